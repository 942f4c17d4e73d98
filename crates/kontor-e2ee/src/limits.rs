//! How large keys and messages may be. Honest clients stay far below.

use kontor_core::{Error, MatrixCode, Result};
use kontor_protocol::nesting;

/// Largest device key or cross-signing key, in bytes of JSON.
pub(crate) const KEY_BYTES: usize = 16 * 1024;
/// Largest one-time or fallback key, in bytes of JSON.
pub(crate) const ONE_TIME_KEY_BYTES: usize = 4 * 1024;
/// Most unclaimed one-time keys of a device. SDKs keep 50 to 100.
pub(crate) const ONE_TIME_KEYS: usize = 1000;
/// Largest content of a message to a device, in bytes; that of a room event.
pub(crate) const MESSAGE_BYTES: usize = 65_536;
/// Most devices one request may send to.
pub(crate) const RECIPIENTS: usize = 20_000;
/// Largest public part of a key backup, in bytes of JSON.
pub(crate) const BACKUP_AUTH_BYTES: usize = 64 * 1024;
/// Largest saved session, in bytes of JSON.
pub(crate) const BACKUP_SESSION_BYTES: usize = 64 * 1024;
/// Deepest nesting of keys.
pub(crate) const KEY_DEPTH: usize = 8;
/// Deepest nesting of messages and backups.
pub(crate) const CONTENT_DEPTH: usize = 64;
/// Longest name of a key, session, event type or transaction, in bytes.
pub(crate) const NAME_BYTES: usize = 255;

/// Refuses JSON that is too large or too deep. `what` names it in the error.
pub(crate) fn check_json(what: &str, json: &str, bytes: usize, depth: usize) -> Result<()> {
    if json.len() > bytes {
        let text = format!("{what} is larger than {bytes} bytes.");
        return Err(Error::limited(MatrixCode::TooLarge, text));
    }
    if nesting(json.as_bytes()) > depth {
        let text = format!("{what} is nested deeper than {depth} levels.");
        return Err(Error::invalid(MatrixCode::BadJson, text));
    }
    Ok(())
}

/// Refuses empty and over-long names and those with NUL.
pub(crate) fn check_name(what: &str, name: &str) -> Result<()> {
    if name.is_empty() || name.len() > NAME_BYTES || name.contains('\0') {
        let text = format!("{what} must have 1 to {NAME_BYTES} bytes and no NUL.");
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_and_deep_json_is_refused() {
        assert!(check_json("x", "[[1]]", 5, 2).is_ok());
        assert_eq!(check_json("x", "[[1]]", 4, 2).unwrap_err().code, Some(MatrixCode::TooLarge));
        assert_eq!(check_json("x", "[[1]]", 5, 1).unwrap_err().code, Some(MatrixCode::BadJson));
    }

    #[test]
    fn names_are_short_and_without_nul() {
        assert!(check_name("x", "AAAA").is_ok());
        for bad in [String::new(), "a\0b".to_owned(), "x".repeat(256)] {
            assert!(check_name("x", &bad).is_err());
        }
    }
}
