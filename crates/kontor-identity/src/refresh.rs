//! Refreshing tokens, with detection of stolen ones.

use std::time::Duration;

use kontor_core::{Cx, DeviceKind, Result, Timestamp};
use kontor_db::Tx;
use kontor_store::access_token::TokenHash;
use kontor_store::{device, device_registration, refresh_token};

use crate::Identity;
use crate::authenticate::spend_before;
use crate::login::{Refreshes, TokenMaker, Tokens};
use crate::pepper::Purpose;
use crate::sessions::{account_locked, expired_token, unknown_token};

/// Spent refresh tokens whose second use is noticed, in generations.
const WATCHED_GENERATIONS: i64 = 64;

/// New tokens for old.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// Proof for further requests.
    pub access_token: String,
    /// Buys the next access token.
    pub refresh_token: Option<String>,
    /// Lifetime of the access token; `None`: unlimited.
    pub expires_in: Option<Duration>,
}

/// What became of a refresh token.
enum Outcome {
    Renewed(Tokens),
    Unknown,
    Expired,
    /// The account is locked; the token is not used up.
    Locked,
    /// Used although its successor was: one of two holders is a thief.
    Reused,
}

impl Identity {
    /// Trades a refresh token for new tokens. `client_id` is the program that shows it, if it has
    /// signed in by OAuth; a token is good for nobody else.
    ///
    /// The old one stays good until one of the new ones is used, because answers get lost. Its use
    /// after that ends the whole sign-in: either the client or a thief holds a stolen copy.
    ///
    /// # Errors
    /// `Unauthenticated` (`M_UNKNOWN_TOKEN`), with `soft_logout: true` if the device may keep its
    /// keys; (`M_USER_LOCKED`) as long as the account is locked.
    pub async fn refresh(
        &self,
        cx: &Cx,
        token: &str,
        client_id: Option<&str>,
    ) -> Result<Refreshed> {
        let hash = self.inner.pepper.hash(Purpose::RefreshToken, token);
        let this = self.clone();
        let (now, random, client_id) = (cx.now, cx.random.clone(), client_id.map(str::to_owned));
        let outcome = self
            .inner
            .db
            .write(cx, move |tx| {
                let policy = this.inner.policy.now();
                let maker = TokenMaker::new(&this.inner.pepper, &policy, &random);
                this.renew(tx, (&hash, client_id.as_deref()), &maker, now)
            })
            .await?;
        match outcome {
            Outcome::Renewed(tokens) => Ok(Refreshed {
                access_token: tokens.access.token,
                refresh_token: tokens.refresh.map(|minted| minted.token),
                expires_in: tokens.access_ends.map(|at| at.since(now)),
            }),
            Outcome::Unknown => Err(unknown_token()),
            Outcome::Expired => Err(expired_token()),
            Outcome::Locked => Err(account_locked()),
            Outcome::Reused => {
                tracing::warn!(request = %cx.request_id, "refresh token used twice, sign-in ended");
                Err(expired_token())
            }
        }
    }

    fn renew(
        &self,
        tx: &mut Tx<'_>,
        (hash, client_id): (&TokenHash, Option<&str>),
        maker: &TokenMaker<'_>,
        now: Timestamp,
    ) -> Result<Outcome> {
        let Some(found) = refresh_token::find_refresh_token(tx, hash)? else {
            return Ok(Outcome::Unknown);
        };
        if found.client_id.as_deref() != client_id {
            return Ok(Outcome::Unknown);
        }
        let token = found.token;
        let (user, id) = (&token.user_id, &token.device_id);
        if found.deactivated {
            return Ok(Outcome::Unknown);
        }
        if found.locked {
            return Ok(Outcome::Locked);
        }
        // Whoever came in by a password comes in no more where that has been switched off since.
        if client_id.is_none() && !self.offers_password_login() {
            return Ok(Outcome::Expired);
        }
        if token.expires.is_some_and(|at| at <= now) {
            // Nothing stays on somebody else's device. law: R-201
            let known = device_registration::find_registration(tx, user, id)?;
            let is_foreign = known.kind == DeviceKind::Browser;
            return Ok(if is_foreign { Outcome::Unknown } else { Outcome::Expired });
        }
        if token.generation < found.device_generation {
            self.ending(tx).expire_tokens(user, id, now)?;
            return Ok(Outcome::Reused);
        }
        let generation = token.generation;
        device::update_generation(tx, user, id, generation)?;
        // A successor that nobody has used went to a client that did not get the answer.
        let watched = (generation - WATCHED_GENERATIONS, generation);
        refresh_token::delete_refresh_tokens_outside(tx, user, id, watched)?;
        let mut ending = self.ending(tx);
        ending.revoke_access(user, id, |other| other > generation)?;
        spend_before(&mut ending, (user, id), generation)?;
        let tokens = maker.mint(now, Refreshes::of(true, client_id), token.expires)?;
        tokens.store(tx, user, id, generation + 1)?;
        Ok(Outcome::Renewed(tokens))
    }
}
