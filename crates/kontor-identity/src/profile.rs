//! Profiles: what people show of themselves.

use kontor_core::{Actor, Cx, Error, MatrixCode, Result, Timestamp};
use kontor_db::Tx;
use kontor_policy::{FieldRule, Policy};
use kontor_store::profile::{self, Profile};
use kontor_store::{account, media};
use ruma::{MxcUri, OwnedUserId, UserId};
use serde_json::Value;

use crate::Identity;
use crate::proof::end_proof_at_new_name;

/// The field for a phone number; Matrix names none.
const PHONE: &str = "app.kontor.phone";
/// Longest name of a field, in bytes (spec: profile).
const LONGEST_FIELD_NAME_BYTES: usize = 255;
/// Largest whole profile, in bytes of JSON (spec: profile).
const LARGEST_PROFILE_BYTES: usize = 64 * 1024;
/// Longest display name, in characters: it is shown before each message.
const LONGEST_DISPLAY_NAME_CHARS: usize = 256;
/// Longest address of a picture, in bytes.
const LONGEST_AVATAR_URL_BYTES: usize = 1000;

impl Identity {
    /// Somebody's whole profile.
    ///
    /// # Errors
    /// `NotFound` if there is no such active account; `Forbidden` to strangers where user ids are
    /// opaque, because there names are not public (law: R-050).
    pub async fn profile(&self, cx: &Cx, user: OwnedUserId) -> Result<Profile> {
        if matches!(cx.actor, Actor::Anonymous) && !self.inner.policy.now().readable_user_ids {
            return Err(Error::forbidden("Sign in to see profiles."));
        }
        let found = self.inner.db.read(cx, move |tx| {
            let account = account::find_account(tx, &user)?;
            match account.filter(|account| account.deactivated.is_none()) {
                Some(_) => profile::list_profile(tx, &user).map(Some),
                None => Ok(None),
            }
        });
        found.await?.ok_or_else(|| Error::not_found("There is no such profile."))
    }

    /// One field of somebody's profile.
    ///
    /// # Errors
    /// As [`Identity::profile`]; `NotFound` also if the field is not set.
    pub async fn profile_field(&self, cx: &Cx, user: OwnedUserId, field: &str) -> Result<Value> {
        check_field_name(field)?;
        let mut profile = self.profile(cx, user).await?;
        profile.remove(field).ok_or_else(|| Error::not_found("This field is not set."))
    }

    /// Every active account with `displayname` and `avatar_url` where set, in order of user id:
    /// what the user directory searches.
    pub async fn active_profiles(&self, cx: &Cx) -> Result<Vec<(OwnedUserId, Profile)>> {
        self.inner.db.read(cx, profile::list_active_profiles).await
    }
}

/// Whether the organisation lets people set (`Some`) or remove a field of their profile. An empty
/// text removes. law: R-051
///
/// # Errors
/// `Forbidden` for a field that is switched off, and for emptying one that is required.
pub fn check_profile_rules(policy: &Policy, field: &str, value: Option<&Value>) -> Result<()> {
    let rule = match field {
        "displayname" => policy.profile_name,
        "avatar_url" => policy.profile_picture,
        PHONE => policy.profile_phone,
        // It helps others to see what time it is for them, and tells no more than a time zone.
        "m.tz" => FieldRule::Optional,
        _ if policy.profile_other_fields => FieldRule::Optional,
        _ => FieldRule::Off,
    };
    let is_empty =
        value.is_none_or(|value| value.as_str().is_some_and(|text| text.trim().is_empty()));
    let text = match (rule, is_empty) {
        (FieldRule::Off, false) => format!("{field}: your organisation does not use this field."),
        (FieldRule::Required, true) => format!("{field}: your organisation asks for this field."),
        _ => return Ok(()),
    };
    Err(Error::forbidden(text).with_field("field", field))
}

/// Fields of profiles that people may set under a policy; `None`: all. law: R-051
pub fn settable_profile_fields(policy: &Policy) -> Option<Vec<&'static str>> {
    if policy.profile_other_fields {
        return None;
    }
    let rules = [
        ("displayname", policy.profile_name),
        ("avatar_url", policy.profile_picture),
        (PHONE, policy.profile_phone),
        ("m.tz", FieldRule::Optional),
    ];
    Some(rules.iter().filter(|(_, rule)| *rule != FieldRule::Off).map(|(name, _)| *name).collect())
}

/// As [`set_profile_field`], by the owner herself. Answers whether a proof of her identity is over
/// because of it; whoever calls records that. law: R-040
///
/// # Errors
/// As [`set_profile_field`].
pub fn change_own_profile_field(
    tx: &mut Tx<'_>,
    user: &UserId,
    field: &str,
    value: Option<&Value>,
    now: Timestamp,
) -> Result<bool> {
    let is_over = field == "displayname" && end_proof_at_new_name(tx, user, value, now)?;
    set_profile_field(tx, user, field, value)?;
    Ok(is_over)
}

/// Sets (`Some`) or removes (`None`) one field of a profile inside a write. Whoever calls also
/// tells the rooms.
///
/// # Errors
/// `Invalid`: `M_INVALID_PARAM` for a name or value against the rules, `M_KEY_TOO_LARGE`,
/// `M_PROFILE_TOO_LARGE`.
pub fn set_profile_field(
    tx: &mut Tx<'_>,
    user: &UserId,
    field: &str,
    value: Option<&Value>,
) -> Result<()> {
    check_field_name(field)?;
    if field == "avatar_url" {
        let uri = value.and_then(Value::as_str).map(<&MxcUri>::from);
        media::attach_picture(tx, user, uri.and_then(|uri| uri.media_id().ok()))?;
    }
    let Some(value) = value else {
        profile::delete_profile_field(tx, user, field)?;
        return Ok(());
    };
    check_value(field, value)?;
    let mut whole = profile::list_profile(tx, user)?;
    whole.insert(field.to_owned(), value.clone());
    let size = serde_json::to_vec(&whole).map_err(Error::internal)?.len();
    if size >= LARGEST_PROFILE_BYTES {
        let text = "A profile has less than 64 KiB.";
        return Err(Error::invalid(MatrixCode::ProfileTooLarge, text));
    }
    profile::upsert_profile_field(tx, user, field, value)
}

/// `avatar_url`, `displayname`, `m.tz` or a namespaced name (spec: "Common Namespaced Identifier
/// Grammar").
fn check_field_name(field: &str) -> Result<()> {
    if field.len() > LONGEST_FIELD_NAME_BYTES {
        let text = "The name of a profile field has at most 255 bytes.";
        return Err(Error::invalid(MatrixCode::KeyTooLarge, text));
    }
    let known = matches!(field, "avatar_url" | "displayname");
    if known || (field.contains('.') && field.split('.').all(is_name_part)) {
        return Ok(());
    }
    Err(Error::invalid(MatrixCode::InvalidParam, "This is no name of a profile field."))
}

fn is_name_part(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_lowercase())
        && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a character makes what stands behind it read in another order, so that a name looks like that
/// of somebody else. Marks, which letters of right-to-left scripts need, are none.
const fn turns_what_follows(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn check_value(field: &str, value: &Value) -> Result<()> {
    let invalid = |text: &'static str| Err(Error::invalid(MatrixCode::InvalidParam, text));
    match (field, value) {
        ("displayname", Value::String(name)) => {
            if name.chars().count() > LONGEST_DISPLAY_NAME_CHARS || name.contains('\0') {
                return invalid("A display name has at most 256 characters and no NUL.");
            }
            if name.contains(turns_what_follows) {
                return invalid(
                    "A display name has no characters that turn the direction of text.",
                );
            }
            Ok(())
        }
        ("avatar_url", Value::String(url)) => {
            // An empty address is how clients remove the picture.
            let legal = url.is_empty() || <&MxcUri>::from(url.as_str()).is_valid();
            if !legal || url.len() > LONGEST_AVATAR_URL_BYTES {
                return invalid("A picture's address has the form mxc://server/media.");
            }
            Ok(())
        }
        ("m.tz", Value::String(_)) => Ok(()),
        ("displayname" | "avatar_url" | "m.tz", _) => invalid("This profile field is a text."),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn field_names_follow_the_grammar() {
        for good in ["displayname", "avatar_url", "m.tz", "org.example.x_1"] {
            assert!(check_field_name(good).is_ok(), "{good}");
        }
        for bad in ["", "custom", "m.", ".m", "m.Tz", "m.1", "m..a", "m.ä", "M.tz"] {
            let error = check_field_name(bad).unwrap_err();
            assert_eq!(error.code, Some(MatrixCode::InvalidParam), "{bad}");
        }
        let overlong = check_field_name(&format!("m.{}", "x".repeat(254))).unwrap_err();
        assert_eq!(overlong.code, Some(MatrixCode::KeyTooLarge));
    }

    #[test]
    fn fields_are_off_voluntary_or_required() {
        let strict = Policy::strict();
        let cases = [
            ("displayname", Some(json!("Alice")), true),
            ("displayname", Some(json!(" ")), false),
            ("displayname", None, false),
            ("avatar_url", Some(json!("mxc://a.example/b")), true),
            ("avatar_url", None, true),
            (PHONE, Some(json!("+49 30 1234")), false),
            (PHONE, None, true),
            ("m.tz", Some(json!("Europe/Berlin")), true),
            ("org.example.mood", Some(json!({})), false),
            ("org.example.mood", None, true),
        ];
        for (field, value, allowed) in cases {
            let checked = check_profile_rules(&strict, field, value.as_ref());
            assert_eq!(checked.is_ok(), allowed, "{field} {value:?}");
            assert!(check_profile_rules(&Policy::lab(), field, value.as_ref()).is_ok(), "{field}");
        }
        let settable = settable_profile_fields(&strict).unwrap();
        assert_eq!(settable, ["displayname", "avatar_url", "m.tz"]);
        assert_eq!(settable_profile_fields(&Policy::lab()), None);
    }

    #[test]
    fn known_fields_have_typed_values() {
        let good = [
            ("displayname", json!("Alice")),
            ("displayname", json!("")),
            ("avatar_url", json!("mxc://a.example/b")),
            ("avatar_url", json!("")),
            ("m.tz", json!("Europe/Berlin")),
            ("org.example.x", json!({"a": [1, null]})),
        ];
        for (field, value) in good {
            assert!(check_value(field, &value).is_ok(), "{field} {value}");
        }
        let bad = [
            ("displayname", json!(1)),
            ("displayname", json!(null)),
            ("displayname", json!("ä".repeat(257))),
            ("displayname", json!("a\0")),
            ("displayname", json!("Anna \u{202E}nimda")),
            ("avatar_url", json!("https://a.example/b")),
            ("avatar_url", json!(["mxc://a.example/b"])),
            ("m.tz", json!(1)),
        ];
        for (field, value) in bad {
            assert!(check_value(field, &value).is_err(), "{field} {value}");
        }
    }
}
