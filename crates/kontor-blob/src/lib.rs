//! Media bytes on the file system, sealed with the tenant's media key.
//!
//! A blob is a file with a random name; nothing in it or in its name can be read without the key.
//! See [`format`](mod@format) for the layout. A blob exists whole and durable, or not at all.

mod blob_id;
mod disk;
mod format;
mod reader;
mod store;
mod upload;

pub use blob_id::BlobId;
pub use reader::BlobReader;
pub use store::BlobStore;
pub use upload::{Stored, Upload};

#[cfg(test)]
mod tests;
