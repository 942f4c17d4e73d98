//! Encryption to public keys in the age format, version 1 (<https://age-encryption.org/v1>): what a
//! server can write and not read again. The usual `age` program opens it, too.
//!
//! Written here over the one cryptography library there is, because the crate would bring a second
//! one. Only X25519 recipients; a stream of chunks of 64 KiB.

mod header;
mod keys;
mod stream;

pub use keys::{Identity, Recipient};
pub use stream::{Decryptor, Encryptor};

#[cfg(test)]
mod tests;
