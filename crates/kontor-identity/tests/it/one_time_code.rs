//! An authenticator app for tests.

use aws_lc_rs::hmac;
use kontor_core::Timestamp;

/// The code that the app shows at a time (RFC 6238).
pub(crate) fn app_code(secret: &[u8], at: Timestamp) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &(at.0 / 30_000).to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes(tag[offset..offset + 4].try_into().unwrap());
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// A secret as typed into the app.
pub(crate) fn decoded(base32: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut out, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in base32.chars() {
        buffer = (buffer << 5) | u32::try_from(alphabet.find(letter).unwrap()).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((buffer >> bits) & 255).unwrap());
        }
    }
    out
}
