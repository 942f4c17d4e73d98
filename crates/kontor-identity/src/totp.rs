//! Authenticator apps: setting one up, showing a code, removing it.

use kontor_audit::Action;
use kontor_core::{Cx, Error, Result, Secret};
use kontor_store::totp::{self, TotpRow};

use crate::browser_session::BrowserSession;
use crate::ceremonies::{Ceremony, over};
use crate::methods::Method;
use crate::one_time_code::{accepted_step, base32};
use crate::{BrowserSignIn, CriticalAct, Identity};

/// Bytes of a secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
const WRONG_CODE: &str = "This code is wrong or was used already.";

/// What an authenticator app must be told.
#[derive(Clone, Debug)]
pub struct NewTotp {
    /// Names the set-up in [`Identity::finish_totp`].
    pub ceremony: String,
    /// `otpauth://` address to be shown as a QR code.
    pub uri: Secret<String>,
    /// The secret for typing.
    pub secret: Secret<String>,
}

impl Identity {
    /// Begins to set up an authenticator app. Nothing changes until a code of it is shown.
    ///
    /// # Errors
    /// `Forbidden` unless she must set one up or has proved who she is just now (`APP_KONTOR_STEP_UP`).
    pub async fn begin_totp(&self, cx: &Cx, session: &BrowserSession) -> Result<NewTotp> {
        Self::require_enrolling(cx, session)?;
        let account = self.find_user(cx, session.user_id.clone()).await?;
        let label = account.and_then(|account| account.login_name);
        let label = label.unwrap_or_else(|| session.user_id.localpart().to_owned());
        let secret = Secret::new(cx.random.bytes::<SECRET_BYTES>()?.to_vec());
        let text = base32(secret.expose());
        let (issuer, label) = (escaped(self.inner.server_name.as_str()), escaped(&label));
        let uri = format!("otpauth://totp/{issuer}:{label}?secret={text}&issuer={issuer}");
        let ceremony = Ceremony::NewTotp(secret);
        let who = Some(&*session.user_id);
        let ceremony = self.inner.ceremonies.begin(who, ceremony, (cx.now, &cx.random))?;
        Ok(NewTotp { ceremony, uri: Secret::new(uri), secret: Secret::new(text) })
    }

    /// Finishes with the first code that the app shows. An app set up before is replaced.
    ///
    /// # Errors
    /// `Forbidden` for a wrong code, which may be tried again; `Limited` after too many; `Invalid`
    /// if it took too long.
    pub async fn finish_totp(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        (ceremony, code): (&str, &str),
    ) -> Result<BrowserSignIn> {
        Self::require_enrolling(cx, session)?;
        let user = session.user_id.clone();
        self.throttle_factor(cx, &user).await?;
        let begun = self.inner.ceremonies.look(Some(&user), ceremony, cx.now)?;
        let Ceremony::NewTotp(secret) = begun else { return Err(over()) };
        let Some(step) = accepted_step(secret.expose(), code, (cx.now, 0)) else {
            return Err(self.wrong_factor(cx, &user, WRONG_CODE).await);
        };
        self.inner.ceremonies.take(Some(&user), ceremony, cx.now)?;
        let row = TotpRow { secret: secret.expose().clone(), last_step: step, created: cx.now };
        let renewal = self.renewal(cx, session, Method::Totp)?;
        let (this, cx_in) = (self.clone(), cx.clone());
        self.inner
            .db
            .write(cx, move |tx| {
                totp::upsert_totp(tx, &user, &row)?;
                this.forget_wrong_factors(tx, &user)?;
                let signed_in = renewal.store(tx, &this)?;
                tx.after_commit(move || {
                    this.note_factor(&cx_in, Action::FactorEnrolled, (&user, "totp"));
                });
                Ok(signed_in)
            })
            .await
    }

    /// Shows a code: as second factor, or to prove again who she is.
    ///
    /// # Errors
    /// `Forbidden` for a wrong or used code, or if only a passkey will do; `Limited` after too many.
    pub async fn confirm_with_totp(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        code: &str,
    ) -> Result<BrowserSignIn> {
        let user = session.user_id.clone();
        self.throttle_factor(cx, &user).await?;
        let renewal = self.renewal(cx, session, Method::Totp)?;
        let (this, typed, now, owner) = (self.clone(), code.to_owned(), cx.now, user.clone());
        let done = self.inner.db.write(cx, move |tx| {
            this.require_accepted(tx, &owner, Method::Totp)?;
            let Some(row) = totp::find_totp(tx, &owner)? else { return Ok(None) };
            let Some(step) = accepted_step(&row.secret, &typed, (now, row.last_step)) else {
                return Ok(None);
            };
            if !totp::spend_totp(tx, &owner, step)? {
                return Ok(None);
            }
            this.forget_wrong_factors(tx, &owner)?;
            renewal.store(tx, &this).map(Some)
        });
        match done.await? {
            Some(signed_in) => Ok(signed_in),
            None => Err(self.wrong_factor(cx, &user, WRONG_CODE).await),
        }
    }

    /// Removes the authenticator app.
    ///
    /// # Errors
    /// `Forbidden` unless she has proved who she is just now, or if a second factor is needed and
    /// this is the last; `NotFound` if there is none.
    pub async fn remove_totp(&self, cx: &Cx, session: &BrowserSession) -> Result<()> {
        let acting = Self::step_up_in_browser(cx, session, CriticalAct::ChangeFactors)?;
        let (this, user) = (self.clone(), session.user_id.clone());
        let write = self.inner.db.write(&acting, move |tx| {
            if !totp::delete_totp(tx, &user)? {
                return Err(Error::not_found("There is no authenticator app."));
            }
            this.require_enough_left(tx, &user)
        });
        write.await?;
        self.note_factor(&acting, Action::FactorRemoved, (&session.user_id, "totp"));
        Ok(())
    }
}

/// `text` as part of an address.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]);
        }
    }
    out
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase()
}
