//! The two halves of an `mxc://` address, as they arrive in a path.

use kontor_core::{Error, Random, Result};
use ruma::{OwnedMxcUri, ServerName};

/// Letters and digits of a new media id; 130 random bits, so that it cannot be guessed.
const ID_LETTERS: usize = 26;

/// Longest media id looked up.
const ID_LIMIT_BYTES: usize = 255;

/// A new, unguessable media id.
pub(crate) fn new_id(random: &Random) -> Result<String> {
    random.word(ID_LETTERS)
}

/// The whole address.
pub(crate) fn uri(server: &ServerName, media_id: &str) -> OwnedMxcUri {
    OwnedMxcUri::from(format!("mxc://{server}/{media_id}"))
}

/// Accepts an address on this server only; there is no federation to fetch others from.
///
/// # Errors
/// `NotFound` for another server's, and for ids with characters that the specification forbids.
pub(crate) fn check_own(own: &ServerName, server: &str, media_id: &str) -> Result<()> {
    let is_id = !media_id.is_empty()
        && media_id.len() <= ID_LIMIT_BYTES
        && media_id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if is_id && server == own.as_str() { Ok(()) } else { Err(unknown()) }
}

/// The answer to an address that leads nowhere.
pub(crate) fn unknown() -> Error {
    Error::not_found("Unknown media ID.")
}

#[cfg(test)]
mod tests {
    use ruma::server_name;

    use super::*;

    #[test]
    fn only_own_well_formed_addresses_pass() {
        let own = server_name!("firma.example:8448");
        assert!(check_own(own, "firma.example:8448", "abc-DEF_123").is_ok());
        let rejected = [
            ("firma.example", "abc"),
            ("andere.example", "abc"),
            ("firma.example:8448", ""),
            ("firma.example:8448", "../../etc/passwd"),
            ("firma.example:8448", "a.b"),
            ("firma.example:8448", "a/b"),
            ("firma.example:8448", "a\0b"),
            ("firma.example:8448", "ä"),
        ];
        for (server, id) in rejected {
            assert!(check_own(own, server, id).is_err(), "{server} {id}");
        }
        assert!(check_own(own, own.as_str(), &"a".repeat(256)).is_err());
    }

    #[test]
    fn a_new_id_passes_the_check() {
        let id = new_id(&Random::seeded(1)).unwrap();
        assert_eq!(id.len(), ID_LETTERS);
        assert!(check_own(server_name!("a.b"), "a.b", &id).is_ok());
    }
}
