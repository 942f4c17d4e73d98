//! Parses values. Each function says what is allowed if the text is not.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use ruma::{OwnedServerName, RoomVersionId, ServerName};

use crate::nearest::suggestion;

/// A whole number between `MIN` and `MAX`.
pub(crate) fn number<const MIN: u64, const MAX: u64>(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|value| (MIN..=MAX).contains(value))
        .ok_or_else(|| format!("must be a whole number from {MIN} to {MAX}."))
}

/// Seconds between `MIN` and `MAX`.
pub(crate) fn seconds<const MIN: u64, const MAX: u64>(text: &str) -> Result<Duration, String> {
    number::<MIN, MAX>(text).map(Duration::from_secs)
}

/// `true` or `false`.
pub(crate) fn boolean(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "must be true or false.".to_owned())
}

/// A size such as `50 MiB`, in bytes.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
    let factor: u64 = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => 0,
    };
    let bytes = number.parse().ok().and_then(|number: u64| number.checked_mul(factor));
    bytes
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "must be a size such as \"512 KiB\", \"50 MiB\" or \"2 GiB\".".to_owned())
}

/// An address and port to listen on.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    let local = text.strip_prefix("localhost:").and_then(|port| port.parse().ok());
    if let Some(port) = local {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    text.parse().map_err(|_| {
        "must be IP:PORT such as \"127.0.0.1:8008\", \"0.0.0.0:8008\" or \"[::1]:8008\".".to_owned()
    })
}

/// A Matrix server name, in lower case.
pub(crate) fn server_name(text: &str) -> Result<OwnedServerName, String> {
    ServerName::parse(text.to_ascii_lowercase())
        .ok()
        .filter(|name| !name.as_str().starts_with('.'))
        .ok_or_else(|| "must be a server name such as \"firma.example\".".to_owned())
}

/// A room version that Kontor creates.
pub(crate) fn room_version(text: &str) -> Result<RoomVersionId, String> {
    match text {
        "10" => Ok(RoomVersionId::V10),
        "11" => Ok(RoomVersionId::V11),
        "12" => Ok(RoomVersionId::V12),
        _ => Err("must be \"10\", \"11\" or \"12\".".to_owned()),
    }
}

/// One of the words in `choices`.
pub(crate) fn choice<T: Copy>(text: &str, choices: &[(&'static str, T)]) -> Result<T, String> {
    let found = choices.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        format!("must be one of: {}.{}", words.join(", "), suggestion(text, &words))
    })
}

/// Any text but an empty one.
pub(crate) fn text(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("must not be empty.".to_owned()) } else { Ok(text.to_owned()) }
}

/// Something with the form of a mail address.
pub(crate) fn mail_address(text: &str) -> Result<String, String> {
    let sound = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !text.contains([' ', ',', ':', '\r', '\n'])
    });
    if sound { Ok(text.to_owned()) } else { Err("must be a mail address.".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let table = [
            ("1", Some(1)),
            ("10B", Some(10)),
            ("512 KiB", Some(512 << 10)),
            ("50MiB", Some(50 << 20)),
            ("2 GiB", Some(2 << 30)),
            ("0 MiB", None),
            ("", None),
            ("50 MB", None),
            ("-1 MiB", None),
            ("MiB", None),
            ("99999999999999 GiB", None),
        ];
        for (text, bytes) in table {
            assert_eq!(size(text).ok(), bytes, "{text}");
        }
    }

    #[test]
    fn addresses_are_ip_and_port() {
        assert!(address("localhost:80").unwrap().ip().is_loopback());
        assert!(address("[::1]:8008").is_ok());
        for text in ["8008", "firma.example:80", "127.0.0.1", ":8008", ""] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn server_names_are_lower_case_and_no_paths() {
        assert_eq!(server_name("Firma.Example").unwrap(), "firma.example");
        assert!(server_name("localhost:8008").is_ok());
        for text in ["", "..", "a/b", "a b", "https://a"] {
            assert!(server_name(text).is_err(), "{text}");
        }
    }
}
