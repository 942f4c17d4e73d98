//! Rules for names: user ids, login names, device ids and their texts.

use kontor_core::{Error, MatrixCode, Random, Result};
use ruma::{DeviceId, OwnedUserId, ServerName, UserId};

/// Longest device id, in bytes.
const LONGEST_DEVICE_ID_BYTES: usize = 255;
/// Longest name of a device, in characters.
const LONGEST_DEVICE_NAME_CHARS: usize = 256;
/// Random letters of a user id that tells nothing: 75 bits.
const OPAQUE_LETTERS: usize = 15;

/// The user id `@name:server`.
///
/// # Errors
/// `Invalid` (`M_INVALID_USERNAME`) unless `name` consists of `a-z0-9._=-/+` and the id has at
/// most 255 bytes (spec: appendices, "User Identifiers").
pub(crate) fn readable_user_id(name: &str, server: &ServerName) -> Result<OwnedUserId> {
    let invalid = |text: &'static str| Error::invalid(MatrixCode::InvalidUsername, text);
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._=-/+".contains(&b);
    if name.is_empty() || !name.bytes().all(legal) {
        return Err(invalid("A user name consists of the characters a-z 0-9 . _ = - / +"));
    }
    // Of the 255 bytes, '@' and ':' take two.
    if name.len() + server.as_str().len() > 253 {
        return Err(invalid("This user name is too long."));
    }
    UserId::parse(format!("@{name}:{server}")).map_err(|_| invalid("This is no user name."))
}

/// A user id that tells nothing about its owner. law: R-050
pub(crate) fn opaque_user_id(server: &ServerName, random: &Random) -> Result<OwnedUserId> {
    UserId::parse(format!("@k{}:{server}", random.word(OPAQUE_LETTERS)?)).map_err(Error::internal)
}

/// # Errors
/// `Invalid` (`M_INVALID_PARAM`) for an empty or over-long id or one with control characters.
pub(crate) fn check_device_id(id: &DeviceId) -> Result<()> {
    let text = id.as_str();
    if text.is_empty() || text.len() > LONGEST_DEVICE_ID_BYTES || text.chars().any(char::is_control)
    {
        let text = "A device id has 1 to 255 bytes and no control characters.";
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    Ok(())
}

/// # Errors
/// `Invalid`: `M_TOO_LARGE` for an over-long name, `M_INVALID_PARAM` for one with NUL.
pub(crate) fn check_device_name(name: Option<&str>) -> Result<()> {
    let Some(name) = name else { return Ok(()) };
    if name.chars().count() > LONGEST_DEVICE_NAME_CHARS {
        let text = format!("A device name has at most {LONGEST_DEVICE_NAME_CHARS} characters.");
        return Err(Error::invalid(MatrixCode::TooLarge, text));
    }
    if name.contains('\0') {
        return Err(Error::invalid(MatrixCode::InvalidParam, "Text must not contain NUL."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ruma::{device_id, server_name};

    use super::*;

    #[test]
    fn user_names_follow_the_grammar() {
        let server = server_name!("firma.example");
        for good in ["alice", "a", "a.b_c=d-e/f+0", &"x".repeat(240)] {
            assert!(readable_user_id(good, server).is_ok(), "{good}");
        }
        let overlong = "x".repeat(241);
        for bad in ["", "Alice", "alice:x", "@alice", "a b", "ä", "a\0", "a\n", &overlong] {
            let error = readable_user_id(bad, server).unwrap_err();
            assert_eq!(error.code, Some(MatrixCode::InvalidUsername), "{bad}");
        }
    }

    #[test]
    fn opaque_ids_do_not_repeat() {
        let (server, random) = (server_name!("firma.example"), Random::seeded(1));
        let one = opaque_user_id(server, &random).unwrap();
        assert!(one.localpart().starts_with('k') && one.localpart().len() == 16);
        assert_ne!(one, opaque_user_id(server, &random).unwrap());
    }

    #[test]
    fn device_ids_and_names_have_limits() {
        assert!(check_device_id(device_id!("ABCDEF")).is_ok());
        assert!(check_device_id("".into()).is_err());
        assert!(check_device_id("a\0".into()).is_err());
        assert!(check_device_id(<&DeviceId>::from("x".repeat(256).as_str())).is_err());
        assert!(check_device_name(None).is_ok());
        assert!(check_device_name(Some(&"ä".repeat(256))).is_ok());
        assert!(check_device_name(Some(&"ä".repeat(257))).is_err());
        assert!(check_device_name(Some("a\0")).is_err());
    }
}
