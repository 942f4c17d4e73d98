//! Signing in on a device without keyboard or browser (RFC 8628).

use std::time::Duration;

use kontor_core::{Cx, Error, MatrixCode, Result, Timestamp};
use kontor_store::oauth_device_grant::{self, DeviceGrantRow};
use kontor_store::oauth_session;

use crate::authorization::Question;
use crate::client::DEVICE_GRANT;
use crate::code::{program_code, typed_user_code, user_code};
use crate::oauth::{OAuth, find_client};
use crate::refusal::{OAuthCode, Refusal};
use crate::scope::device_of;

/// Prefix of device codes, so that scanners recognise a leaked one.
pub(crate) const DEVICE_CODE_PREFIX: &str = "kd_";
/// How long the person may take.
const LIFETIME: Duration = Duration::from_mins(10);
/// Expired ones are told from unknown ones for so long.
const REMEMBERED: Duration = Duration::from_mins(30);
/// How long a program waits between two questions.
pub(crate) const POLL: Duration = Duration::from_secs(5);

/// What the program gets.
#[derive(Clone, Debug)]
pub struct DeviceCodes {
    /// Kept by the program.
    pub device_code: String,
    /// Shown to the person.
    pub user_code: String,
    /// How long they are good.
    pub expires_in: Duration,
    /// How long the program waits between two questions.
    pub interval: Duration,
}

/// A code as the person typed it.
pub type UserCode = str;

impl OAuth {
    /// Begins a sign-in that a person allows elsewhere.
    ///
    /// # Errors
    /// `invalid_client`, `invalid_scope`, `unsupported_grant_type`; `Limited` for an address that
    /// asks too often.
    pub async fn start_device_grant(
        &self,
        cx: &Cx,
        client_id: &str,
        scope: &str,
    ) -> Result<DeviceCodes, Refusal> {
        self.admit_stranger(cx)?;
        let device_id = device_of(scope)?;
        let device_code = program_code(&cx.random, DEVICE_CODE_PREFIX)?;
        let user_code = user_code(&cx.random)?;
        let hashes = (
            self.identity.hash_oauth_code(&device_code),
            self.identity.hash_oauth_code(&user_code),
        );
        let now = cx.now;
        let row = DeviceGrantRow {
            client_id: client_id.to_owned(),
            device_id,
            expires: now.plus(LIFETIME),
            // The first question may come at once.
            polled: Timestamp(0),
            user_id: None,
            allowed: false,
        };
        self.db
            .write(cx, move |tx| {
                match find_client(tx, &row.client_id)? {
                    Ok(client) if client.uses(DEVICE_GRANT) => {}
                    Ok(_) => {
                        let text = "This program has not registered for device codes.";
                        return Ok(Err(Refusal::new(OAuthCode::UnsupportedGrantType, text)));
                    }
                    Err(refusal) => return Ok(Err(refusal)),
                }
                let kept_from = now.minus(REMEMBERED);
                let codes = (&hashes.0, &hashes.1);
                oauth_device_grant::insert_device_grant(tx, codes, &row, kept_from).map(Ok)
            })
            .await??;
        Ok(DeviceCodes { device_code, user_code, expires_in: LIFETIME, interval: POLL })
    }

    /// What the code of another device asks the signed-in person.
    ///
    /// # Errors
    /// `NotFound` if there is nothing to be decided; `Limited` after too many tries.
    pub async fn look_at_user_code(&self, cx: &Cx, typed: &UserCode) -> Result<Question> {
        self.admit_typing(cx)?;
        let code = typed_user_code(typed).ok_or_else(no_such_code)?;
        let hash = self.identity.hash_oauth_code(&code);
        let (now, user) = (cx.now, cx.user()?.to_owned());
        let found = self
            .db
            .read(cx, move |tx| {
                let found = oauth_device_grant::find_device_grant_by_user_code(tx, &hash)?;
                let Some(grant) = found.filter(|grant| grant.user_id.is_none()) else {
                    return Ok(None);
                };
                let holder = oauth_session::find_oauth_session(tx, &user, &grant.device_id)?;
                let is_free = holder.is_none_or(|holder| holder == grant.client_id);
                if grant.expires <= now || !is_free {
                    return Ok(None);
                }
                let client = find_client(tx, &grant.client_id)?.ok();
                Ok(client.map(|client| Question { client, device_id: grant.device_id }))
            })
            .await?;
        found.ok_or_else(no_such_code)
    }

    /// The signed-in person allows or refuses what the code of another device asks.
    ///
    /// # Errors
    /// As [`OAuth::look_at_user_code`].
    pub async fn decide_device_grant(
        &self,
        cx: &Cx,
        typed: &UserCode,
        allowed: bool,
    ) -> Result<()> {
        self.look_at_user_code(cx, typed).await?;
        let code = typed_user_code(typed).ok_or_else(no_such_code)?;
        let hash = self.identity.hash_oauth_code(&code);
        let (user, now) = (cx.user()?.to_owned(), cx.now);
        let is_decided = self
            .db
            .write(cx, move |tx| {
                let decision = (&*user, allowed);
                oauth_device_grant::update_device_grant_decided(tx, &hash, decision, now)
            })
            .await?;
        is_decided.then_some(()).ok_or_else(no_such_code)
    }
}

fn no_such_code() -> Error {
    let text = "user_code: this code is not known, or no longer. Codes are good for ten minutes.";
    Error::not_found(text).with_code(MatrixCode::NotFound)
}
