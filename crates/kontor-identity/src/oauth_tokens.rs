//! What the OAuth 2.0 API needs to know about tokens.

use kontor_core::{Cx, Result};
use kontor_db::Tx;
use kontor_store::access_token::{self, TokenHash};
use kontor_store::{oauth_session, refresh_token};
use ruma::{OwnedDeviceId, OwnedUserId, UserId};

use crate::Identity;
use crate::devices::Ended;
use crate::pepper::Purpose;

impl Identity {
    /// Keyed hash of a code of the OAuth 2.0 API, under which it is stored.
    #[must_use]
    pub fn hash_oauth_code(&self, code: &str) -> TokenHash {
        self.inner.pepper.hash(Purpose::OAuthCode, code)
    }

    /// Signs out the device that an access or refresh token belongs to, if it is the program
    /// `client_id` (RFC 7009). Tokens of others, and what is no token, are passed over.
    pub async fn revoke_oauth_token(&self, cx: &Cx, token: &str, client_id: &str) -> Result<()> {
        let access = self.inner.pepper.hash(Purpose::AccessToken, token);
        let refresh = self.inner.pepper.hash(Purpose::RefreshToken, token);
        let (this, client_id) = (self.clone(), client_id.to_owned());
        self.inner
            .db
            .write(cx, move |tx| {
                let Some((user, device)) = place_of(tx, &access, &refresh)? else { return Ok(()) };
                if oauth_session::find_oauth_session(tx, &user, &device)? != Some(client_id) {
                    return Ok(());
                }
                this.end_session(tx, &user, device)
            })
            .await
    }

    /// Signs a device out inside `tx`, as at the person's own wish.
    pub fn end_session(&self, tx: &mut Tx<'_>, user: &UserId, device: OwnedDeviceId) -> Result<()> {
        self.end_sessions_in(tx, user, &Ended::These(vec![device])).map(drop)
    }
}

/// Whose token it is.
fn place_of(
    tx: &mut Tx<'_>,
    access: &TokenHash,
    refresh: &TokenHash,
) -> Result<Option<(OwnedUserId, OwnedDeviceId)>> {
    let token = match access_token::find_access_token(tx, access)? {
        Some(found) => Some(found.token),
        None => refresh_token::find_refresh_token(tx, refresh)?.map(|found| found.token),
    };
    Ok(token.map(|token| (token.user_id, token.device_id)))
}
