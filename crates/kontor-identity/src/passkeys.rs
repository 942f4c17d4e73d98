//! Passkeys (WebAuthn): setting one up, signing in with one, looking after them.
//!
//! Every passkey must check its owner by fingerprint, PIN or the like, and thus is two factors in
//! one. What the browser is told and what it answers are JSON of the `WebAuthn` API.

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_store::access_token::TokenHash;
use kontor_store::account;
use kontor_store::passkey::{self, PasskeyRow};
use ruma::{ServerName, UserId};
use serde_json::Value;
use webauthn_rs::prelude::{
    AuthenticationResult, Passkey, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::browser_session::BrowserSession;
use crate::ceremonies::{Ceremony, over};
use crate::methods::{Method, Methods};
use crate::pepper::Purpose;
use crate::sessions::day_of;
use crate::{BrowserSignIn, CriticalAct, Identity};

/// Most passkeys of one person.
const MOST_PASSKEYS: usize = 20;
/// Longest name of a passkey, in characters.
const LONGEST_NAME_CHARS: usize = 100;
/// Random letters of a passkey's name in requests.
const ID_LETTERS: usize = 10;

/// What a browser's `WebAuthn` API must be told.
#[derive(Clone, Debug)]
pub struct PasskeyQuestion {
    /// Names the ceremony when it is finished.
    pub ceremony: String,
    /// Argument of `navigator.credentials.create` or `.get`, binary values in base64url.
    pub options: Value,
}

/// The place whose passkeys are accepted: the public address, or else the server name. `None` for
/// a bare IP address, where browsers know no passkeys.
pub(crate) fn relying_party(
    public_url: Option<&str>,
    server_name: &ServerName,
) -> Option<Webauthn> {
    let local = server_name.host() == "localhost";
    let scheme = if local { "http" } else { "https" };
    let address = public_url.map_or_else(|| format!("{scheme}://{server_name}"), str::to_owned);
    let origin = Url::parse(&address).ok()?;
    let host = origin.domain()?.to_owned();
    let builder = WebauthnBuilder::new(&host, &origin).ok()?;
    builder.rp_name(server_name.as_str()).allow_any_port(local).build().ok()
}

impl Identity {
    /// Begins to set up a passkey.
    ///
    /// # Errors
    /// `Forbidden` unless she must set one up or has proved who she is just now (`APP_KONTOR_STEP_UP`); `Limited` if she has twenty.
    pub async fn begin_passkey(
        &self,
        cx: &Cx,
        session: &BrowserSession,
    ) -> Result<PasskeyQuestion> {
        Self::require_enrolling(cx, session)?;
        let user = session.user_id.clone();
        let read = self.inner.db.read(cx, move |tx| {
            let account = account::find_account(tx, &user)?;
            Ok((account.and_then(|account| account.login_name), passkey::list_passkeys(tx, &user)?))
        });
        let (login_name, rows) = read.await?;
        if rows.len() >= MOST_PASSKEYS {
            let text = format!("A person has at most {MOST_PASSKEYS} passkeys.");
            return Err(Error::limited(MatrixCode::LimitExceeded, text));
        }
        let known: Result<Vec<Passkey>> = rows.iter().map(credential).collect();
        let known = known?.iter().map(|passkey| passkey.cred_id().clone()).collect();
        let name = login_name.unwrap_or_else(|| session.user_id.localpart().to_owned());
        let (challenge, state) = self
            .party()?
            .start_passkey_registration(self.handle(&session.user_id), &name, &name, Some(known))
            .map_err(internal)?;
        let ceremony = Ceremony::NewPasskey(Box::new(state));
        let mut question = self.question(cx, Some(&session.user_id), ceremony, &challenge)?;
        // So that the browser finds it without a name being typed.
        if let Some(selection) = question.options.pointer_mut("/publicKey/authenticatorSelection") {
            selection["residentKey"] = "required".into();
            selection["requireResidentKey"] = true.into();
        }
        Ok(question)
    }

    /// Finishes with what the browser answered, and names the passkey.
    ///
    /// # Errors
    /// `Invalid` if it took too long or the answer proves nothing; `Conflict` if the passkey is
    /// known already.
    pub async fn finish_passkey(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        (ceremony, name): (&str, &str),
        answer: Value,
    ) -> Result<BrowserSignIn> {
        Self::require_enrolling(cx, session)?;
        let name = checked_name(name)?;
        let user = session.user_id.clone();
        let begun = self.inner.ceremonies.take(Some(&user), ceremony, cx.now)?;
        let Ceremony::NewPasskey(state) = begun else { return Err(over()) };
        let answer: RegisterPublicKeyCredential = parsed(answer)?;
        let made = self.party()?.finish_passkey_registration(&answer, &state);
        let made = made.map_err(|_| unproven())?;
        let row = PasskeyRow {
            credential_key: self.credential_key(made.cred_id()),
            passkey_id: cx.random.word(ID_LETTERS)?,
            user_id: user.clone(),
            name,
            credential: serde_json::to_string(&made).map_err(Error::internal)?,
            created: cx.now,
            last_used_day: None,
        };
        let renewal = self.renewal(cx, session, Method::Passkey)?;
        let this = self.clone();
        let write = self.inner.db.write(cx, move |tx| {
            if passkey::find_passkey(tx, &row.credential_key)?.is_some() {
                let text = "This passkey is known already.";
                return Err(Error::conflict(MatrixCode::InvalidParam, text));
            }
            passkey::insert_passkey(tx, &row)?;
            renewal.store(tx, &this)
        });
        let signed_in = write.await?;
        self.note_factor(cx, Action::FactorEnrolled, (&user, "passkey"));
        Ok(signed_in)
    }

    /// Begins to sign in with any passkey, without a name. Also for the list that browsers offer
    /// in the name's field ("conditional UI"). Whoever asks learns nothing about accounts.
    pub fn begin_passkey_sign_in(&self, cx: &Cx) -> Result<PasskeyQuestion> {
        let (challenge, state) =
            self.party()?.start_discoverable_authentication().map_err(internal)?;
        self.question(cx, None, Ceremony::AnyPasskey(Box::new(state)), &challenge)
    }

    /// Signs in with a passkey.
    ///
    /// # Errors
    /// `Forbidden` if it opens no account; `Invalid` if it took too long; `Limited`.
    pub async fn finish_passkey_sign_in(
        &self,
        cx: &Cx,
        ceremony: &str,
        answer: Value,
    ) -> Result<BrowserSignIn> {
        self.throttle_address(cx)?;
        let begun = self.inner.ceremonies.take(None, ceremony, cx.now)?;
        let Ceremony::AnyPasskey(state) = begun else { return Err(over()) };
        let answer: PublicKeyCredential = parsed(answer)?;
        let key = self.credential_key(answer.get_credential_id());
        let found = self.inner.db.read(cx, move |tx| passkey::find_passkey(tx, &key)).await?;
        let refused = || {
            self.inner.audit.note(cx, Event::refused(Action::LoginFailed));
            Error::forbidden("This passkey opens no account here.")
        };
        let row = found.ok_or_else(refused)?;
        let known = credential(&row)?;
        // The account it names must be that of the passkey.
        let party = self.party()?;
        let owner = party.identify_discoverable_authentication(&answer);
        if !owner.is_ok_and(|(handle, _)| handle == self.handle(&row.user_id)) {
            return Err(refused());
        }
        let proof = party
            .finish_discoverable_authentication_v2(&answer, *state, &known)
            .map_err(|_| refused())?;
        let used = used(row, known, &proof)?;
        let opening =
            self.browser_opening(cx, used.user_id.clone(), Methods::only(Method::Passkey))?;
        let (this, cx_in, day) = (self.clone(), cx.clone(), day_of(cx.now));
        let write = self.inner.db.write(cx, move |tx| {
            passkey::update_passkey_use(tx, &used.credential_key, &used.credential, day)?;
            opening.store(tx, &this, &cx_in)
        });
        write.await
    }

    /// Begins to show one of one's own passkeys: as second factor, or to prove again who one is.
    ///
    /// # Errors
    /// `NotFound` if she has none.
    pub async fn begin_passkey_confirmation(
        &self,
        cx: &Cx,
        session: &BrowserSession,
    ) -> Result<PasskeyQuestion> {
        let user = session.user_id.clone();
        let rows = self.inner.db.read(cx, move |tx| passkey::list_passkeys(tx, &user)).await?;
        let known: Result<Vec<Passkey>> = rows.iter().map(credential).collect();
        let known = known?;
        if known.is_empty() {
            return Err(no_passkey());
        }
        let (challenge, state) =
            self.party()?.start_passkey_authentication(&known).map_err(internal)?;
        let ceremony = Ceremony::OwnPasskey(Box::new(state));
        self.question(cx, Some(&session.user_id), ceremony, &challenge)
    }

    /// Finishes it.
    ///
    /// # Errors
    /// `Forbidden` if the answer proves nothing; `Invalid` if it took too long; `Limited`.
    pub async fn confirm_with_passkey(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        ceremony: &str,
        answer: Value,
    ) -> Result<BrowserSignIn> {
        let user = session.user_id.clone();
        self.throttle_factor(cx, &user).await?;
        let begun = self.inner.ceremonies.take(Some(&user), ceremony, cx.now)?;
        let Ceremony::OwnPasskey(state) = begun else { return Err(over()) };
        let answer: PublicKeyCredential = parsed(answer)?;
        let proof = self.party()?.finish_passkey_authentication(&answer, &state);
        let Ok(proof) = proof else {
            return Err(self.wrong_factor(cx, &user, "This passkey was not accepted.").await);
        };
        let key = self.credential_key(proof.cred_id());
        let renewal = self.renewal(cx, session, Method::Passkey)?;
        let (this, day) = (self.clone(), day_of(cx.now));
        let write = self.inner.db.write(cx, move |tx| {
            // It may have been removed meanwhile.
            let row = passkey::find_passkey(tx, &key)?.filter(|row| row.user_id == user);
            let row = row.ok_or_else(no_passkey)?;
            let known = credential(&row)?;
            let used = used(row, known, &proof)?;
            passkey::update_passkey_use(tx, &key, &used.credential, day)?;
            this.forget_wrong_factors(tx, &user)?;
            renewal.store(tx, &this)
        });
        write.await
    }

    /// Renames one of the caller's passkeys.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for an empty or over-long name.
    pub async fn rename_passkey(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        (id, name): (String, &str),
    ) -> Result<()> {
        let acting = session.acting(cx)?;
        let (name, user) = (checked_name(name)?, session.user_id.clone());
        let write = self.inner.db.write(&acting, move |tx| {
            if passkey::rename_passkey(tx, &user, &id, &name)? { Ok(()) } else { Err(no_passkey()) }
        });
        write.await
    }

    /// Removes one of the caller's passkeys.
    ///
    /// # Errors
    /// `Forbidden` unless she has proved who she is just now, or if a second factor is needed and
    /// this is the last; `NotFound`.
    pub async fn remove_passkey(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        id: String,
    ) -> Result<()> {
        let acting = Self::step_up_in_browser(cx, session, CriticalAct::ChangeFactors)?;
        let (this, user) = (self.clone(), session.user_id.clone());
        let write = self.inner.db.write(&acting, move |tx| {
            if !passkey::delete_passkey(tx, &user, &id)? {
                return Err(no_passkey());
            }
            this.require_enough_left(tx, &user)
        });
        write.await?;
        self.note_factor(&acting, Action::FactorRemoved, (&session.user_id, "passkey"));
        Ok(())
    }

    fn party(&self) -> Result<&Webauthn> {
        self.inner.relying_party.as_ref().ok_or_else(|| {
            Error::not_found("Passkeys need a host name; this server is reached by an address.")
        })
    }

    fn question(
        &self,
        cx: &Cx,
        user: Option<&UserId>,
        ceremony: Ceremony,
        options: &impl serde::Serialize,
    ) -> Result<PasskeyQuestion> {
        let options = serde_json::to_value(options).map_err(Error::internal)?;
        let ceremony = self.inner.ceremonies.begin(user, ceremony, (cx.now, &cx.random))?;
        Ok(PasskeyQuestion { ceremony, options })
    }

    /// What authenticators know a person by; tells nothing to whoever reads it there.
    fn handle(&self, user: &UserId) -> Uuid {
        let hash = self.inner.pepper.hash(Purpose::PasskeyOwner, user.as_str());
        let (handle, _) = hash.split_at(16);
        Uuid::from_slice(handle).unwrap_or_default()
    }

    fn credential_key(&self, credential_id: &[u8]) -> TokenHash {
        self.inner.pepper.hash_bytes(Purpose::Passkey, credential_id)
    }
}

fn credential(row: &PasskeyRow) -> Result<Passkey> {
    serde_json::from_str(&row.credential)
        .map_err(|e| Error::internal(format!("passkey.credential: {e}")))
}

/// The row after a use: its counter has gone up.
fn used(row: PasskeyRow, mut known: Passkey, proof: &AuthenticationResult) -> Result<PasskeyRow> {
    known.update_credential(proof);
    let credential = serde_json::to_string(&known).map_err(Error::internal)?;
    Ok(PasskeyRow { credential, ..row })
}

fn parsed<T: serde::de::DeserializeOwned>(answer: Value) -> Result<T> {
    serde_json::from_value(answer).map_err(|_| unproven())
}

/// # Errors
/// `Invalid` for an empty or over-long name or one with control characters.
fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty()
        || name.chars().count() > LONGEST_NAME_CHARS
        || name.chars().any(char::is_control)
    {
        let text = format!("A passkey's name has 1 to {LONGEST_NAME_CHARS} characters.");
        return Err(Error::invalid(MatrixCode::InvalidParam, text).with_field("field", "name"));
    }
    Ok(name.to_owned())
}

fn unproven() -> Error {
    Error::invalid(MatrixCode::InvalidParam, "The browser's answer proves nothing.")
}

fn no_passkey() -> Error {
    Error::not_found("There is no such passkey.")
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn internal(error: webauthn_rs::prelude::WebauthnError) -> Error {
    Error::internal(format!("WebAuthn: {error}"))
}
