//! What a program asks for (spec: "OAuth 2.0 API", scope).

use ruma::OwnedDeviceId;

use crate::refusal::{OAuthCode, Refusal};

const API: [&str; 2] = ["urn:matrix:client:api:*", "urn:matrix:org.matrix.msc2967.client:api:*"];
const DEVICE: [&str; 2] =
    ["urn:matrix:client:device:", "urn:matrix:org.matrix.msc2967.client:device:"];
/// Longest device id, in bytes.
const DEVICE_ID_BYTES: usize = 255;

/// The scope of a sign-in as told to the program.
pub(crate) fn scope_of(device: &OwnedDeviceId) -> String {
    let [api, _] = API;
    let [prefix, _] = DEVICE;
    format!("{api} {prefix}{device}")
}

/// The device that a scope names. Words Kontor does not know are passed over, as RFC 6749 wants it.
pub(crate) fn device_of(scope: &str) -> Result<OwnedDeviceId, Refusal> {
    let refuse = |text: &str| Err(Refusal::new(OAuthCode::InvalidScope, text));
    let words = || scope.split_ascii_whitespace();
    if !words().any(|word| API.contains(&word)) {
        return refuse("scope: urn:matrix:client:api:* is missing.");
    }
    let mut devices = words().filter_map(|word| DEVICE.iter().find_map(|p| word.strip_prefix(p)));
    let Some(device) = devices.next() else {
        return refuse("scope: urn:matrix:client:device:ID is missing.");
    };
    // The same device in both spellings is one device.
    if devices.any(|other| other != device) {
        return refuse("scope: more than one device.");
    }
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if device.is_empty() || device.len() > DEVICE_ID_BYTES || !device.bytes().all(unreserved) {
        return refuse("scope: a device id has 1 to 255 letters, digits or -._~.");
    }
    Ok(device.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_names_one_device() {
        let (api, device) = (API[0], DEVICE[0]);
        let good = [
            format!("{api} {device}ABCDEFGHIJ"),
            format!("openid {} {}ABCDEFGHIJ email", API[1], DEVICE[1]),
            format!("{api} {device}ABCDEFGHIJ {}ABCDEFGHIJ", DEVICE[1]),
        ];
        for scope in &good {
            assert_eq!(device_of(scope).unwrap(), "ABCDEFGHIJ", "{scope}");
        }
        let bad = [
            String::new(),
            format!("{device}ABCDEFGHIJ"),
            api.to_owned(),
            format!("{api} {device}"),
            format!("{api} {device}A/B"),
            format!("{api} {device}A {device}B"),
            format!("{api} {device}{}", "x".repeat(256)),
        ];
        for scope in &bad {
            assert!(device_of(scope).is_err(), "{scope}");
        }
        assert_eq!(device_of(&scope_of(&"ABC".into())).unwrap(), "ABC");
    }
}
