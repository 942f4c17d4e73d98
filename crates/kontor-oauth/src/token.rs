//! Trading codes and refresh tokens for tokens (RFC 6749 §4.1.3, §6; RFC 8628 §3.4), and giving
//! them back (RFC 7009).

use std::time::Duration;

use kontor_core::{Cx, Error, Kind, Result};
use kontor_db::Tx;
use kontor_identity::NewDevice;
use kontor_store::access_token::TokenHash;
use kontor_store::{account, oauth_client, oauth_code, oauth_device_grant, oauth_session};
use ruma::{OwnedDeviceId, OwnedUserId};

use crate::client::Client;
use crate::code::verifies;
use crate::device_grant::POLL;
use crate::oauth::{OAuth, find_client};
use crate::refusal::{OAuthCode, Refusal};
use crate::scope::scope_of;

/// A program that wants tokens.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// The program.
    pub client_id: String,
    /// What it shows.
    pub grant: Grant,
}

/// What is traded for tokens.
#[derive(Clone, Debug)]
pub enum Grant {
    /// A code from the redirection.
    Code {
        /// The code.
        code: String,
        /// The address it was sent to.
        redirect_uri: String,
        /// What hashes to the challenge.
        verifier: String,
    },
    /// A refresh token.
    Refresh(String),
    /// A code whose sign-in a person has allowed elsewhere.
    Device(String),
}

/// What the program gets.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Proof for requests.
    pub access_token: String,
    /// Buys the next tokens.
    pub refresh_token: Option<String>,
    /// Lifetime of the access token.
    pub expires_in: Option<Duration>,
    /// What was granted; `None`: as before.
    pub scope: Option<String>,
}

/// Whom a grant signs in, on which device.
struct Granted {
    user: OwnedUserId,
    device: OwnedDeviceId,
}

/// What becomes of a grant: part of the write even if it is refused.
type Verdict = Result<Granted, Refusal>;

impl OAuth {
    /// Trades a grant for tokens.
    ///
    /// A code that is shown twice ends the sign-in it was good for: somebody has stolen it. So does
    /// a refresh token whose successor is in use ([`kontor_identity::Identity::refresh`]).
    ///
    /// # Errors
    /// See [`OAuthCode`].
    pub async fn tokens(&self, cx: &Cx, request: TokenRequest) -> Result<Tokens, Refusal> {
        let TokenRequest { client_id, grant } = request;
        match grant {
            Grant::Refresh(token) => self.refresh(cx, &client_id, &token).await,
            Grant::Code { code, redirect_uri, verifier } => {
                let hash = self.identity.hash_oauth_code(&code);
                let this = self.clone();
                let now = cx.now;
                let redeem = move |tx: &mut Tx<'_>, client_id: &str| {
                    let shown = Shown { hash, client_id, redirect_uri: &redirect_uri, now };
                    this.redeem_code(tx, &shown, &verifier)
                };
                self.sign_in(cx, client_id, redeem).await
            }
            Grant::Device(code) => {
                let hash = self.identity.hash_oauth_code(&code);
                let now = cx.now;
                let redeem = move |tx: &mut Tx<'_>, client_id: &str| {
                    redeem_device_code(tx, &hash, client_id, now)
                };
                self.sign_in(cx, client_id, redeem).await
            }
        }
    }

    /// Ends the sign-in that a token of the program belongs to; answers as well if there is none.
    pub async fn revoke(&self, cx: &Cx, client_id: &str, token: &str) -> Result<()> {
        self.identity.revoke_oauth_token(cx, token, client_id).await
    }

    async fn refresh(&self, cx: &Cx, client_id: &str, token: &str) -> Result<Tokens, Refusal> {
        match self.identity.refresh(cx, token, Some(client_id)).await {
            Ok(new) => Ok(Tokens {
                access_token: new.access_token,
                refresh_token: new.refresh_token,
                expires_in: new.expires_in,
                scope: None,
            }),
            Err(Error { kind: Kind::Unauthenticated, .. }) => Err(Refusal::grant()),
            Err(error) => Err(error.into()),
        }
    }

    /// Redeems a grant and opens the session in one write.
    async fn sign_in(
        &self,
        cx: &Cx,
        client_id: String,
        redeem: impl FnOnce(&mut Tx<'_>, &str) -> Result<Verdict> + Send + 'static,
    ) -> Result<Tokens, Refusal> {
        let (identity, cx_of_write) = (self.identity.clone(), cx.clone());
        let write = move |tx: &mut Tx<'_>| {
            let client: Client = match find_client(tx, &client_id)? {
                Ok(client) => client,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let Granted { user, device } = match redeem(tx, &client_id)? {
                Ok(granted) => granted,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let account = account::find_account(tx, &user)?;
            let is_shut =
                |it: &account::AccountRow| it.deactivated.is_some() || it.locked.is_some();
            if account.as_ref().is_none_or(is_shut) {
                return Ok(Err(Refusal::grant()));
            }
            oauth_client::update_client_used(tx, &client_id, cx_of_write.now)?;
            let device = NewDevice {
                device_id: Some(device),
                display_name: Some(client.name().to_owned()),
                refreshes: true,
                client_id: Some(client_id),
            };
            let opening = identity.open_session(&cx_of_write, device)?;
            let answer = opening.answer(user.clone());
            opening.store(tx, &identity, &user)?;
            Ok(Ok(answer))
        };
        let answer = self.db.write(cx, write).await??;
        Ok(Tokens {
            access_token: answer.access_token,
            refresh_token: answer.refresh_token,
            expires_in: answer.expires_in,
            scope: Some(scope_of(&answer.device_id)),
        })
    }

    fn redeem_code(&self, tx: &mut Tx<'_>, shown: &Shown<'_>, verifier: &str) -> Result<Verdict> {
        let Some(row) = oauth_code::find_code(tx, &shown.hash)? else {
            return Ok(Err(Refusal::grant()));
        };
        let is_right = row.client_id == shown.client_id
            && row.redirect_uri == shown.redirect_uri
            && verifies(verifier, &row.challenge);
        if row.spent {
            let holder = oauth_session::find_oauth_session(tx, &row.user_id, &row.device_id)?;
            if holder.is_some_and(|holder| holder == row.client_id) {
                self.identity.end_session(tx, &row.user_id, row.device_id)?;
            }
            return Ok(Err(Refusal::grant()));
        }
        // Whoever shows it wrongly does not get another try.
        oauth_code::update_code_spent(tx, &shown.hash)?;
        if !is_right || row.expires <= shown.now {
            return Ok(Err(Refusal::grant()));
        }
        Ok(Ok(Granted { user: row.user_id, device: row.device_id }))
    }
}

/// A code and who shows it.
struct Shown<'s> {
    hash: TokenHash,
    client_id: &'s str,
    redirect_uri: &'s str,
    now: kontor_core::Timestamp,
}

fn redeem_device_code(
    tx: &mut Tx<'_>,
    hash: &TokenHash,
    client_id: &str,
    now: kontor_core::Timestamp,
) -> Result<Verdict> {
    let found = oauth_device_grant::find_device_grant(tx, hash)?;
    let Some(row) = found.filter(|row| row.client_id == client_id) else {
        return Ok(Err(Refusal::grant()));
    };
    let wait = |code, text: &str| Ok(Err(Refusal::new(code, text)));
    if row.expires <= now {
        return wait(OAuthCode::ExpiredToken, "Nobody has decided in time.");
    }
    let Some(user) = row.user_id else {
        let is_early = now < row.polled.plus(POLL);
        oauth_device_grant::update_device_grant_polled(tx, hash, now)?;
        if is_early {
            return wait(OAuthCode::SlowDown, "Ask every five seconds.");
        }
        return wait(OAuthCode::AuthorizationPending, "Nobody has decided yet.");
    };
    oauth_device_grant::delete_device_grant(tx, hash)?;
    if !row.allowed {
        return wait(OAuthCode::AccessDenied, "The person said no.");
    }
    Ok(Ok(Granted { user, device: row.device_id }))
}
