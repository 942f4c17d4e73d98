//! Registration tokens: invitations to create an account.

use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Permission, Result};
use kontor_store::access_token::TokenHash;
use kontor_store::registration_token;

use crate::Identity;
use crate::pepper::Purpose;
use crate::throttle::Subject;

/// Random letters of a token: 100 bits.
const TOKEN_LETTERS: usize = 20;

impl Identity {
    /// Makes a token with which `uses` accounts (`None`: any number) can be created within
    /// `lifetime` (`None`: for ever). It is shown once.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn create_registration_token(
        &self,
        cx: &Cx,
        uses: Option<u32>,
        lifetime: Option<Duration>,
    ) -> Result<String> {
        cx.require(Permission::ManagePeople)?;
        let token = cx.random.word(TOKEN_LETTERS)?;
        let hash = self.inner.pepper.hash(Purpose::RegistrationToken, &token);
        let times = (cx.now, lifetime.map(|span| cx.now.plus(span)));
        let event = Event::new(Action::RegistrationTokenCreated);
        let event = match uses {
            Some(uses) => event.with_count(uses.into()),
            None => event,
        };
        let write = self.inner.db.write(cx, move |tx| {
            registration_token::insert_registration_token(tx, &hash, uses, times)
        });
        self.inner.audit.act(cx, event, write).await?;
        Ok(token)
    }

    /// Whether an account could be created with `token` now (spec: registration token validity).
    ///
    /// # Errors
    /// `Forbidden` if no tokens are in use here; `Limited` after too many tries.
    pub async fn is_registration_token_valid(&self, cx: &Cx, token: &str) -> Result<bool> {
        if self.inner.policy.now().registration != kontor_policy::Registration::Token {
            return Err(kontor_core::Error::forbidden("Registration tokens are not in use here."));
        }
        Ok(self.usable_registration_token(cx, token).await?.is_some())
    }

    /// Hash of a token that can be used now.
    pub(crate) async fn usable_registration_token(
        &self,
        cx: &Cx,
        token: &str,
    ) -> Result<Option<TokenHash>> {
        if let (Some(limits), Some(address)) = (&self.inner.policy.now().rate_limits, cx.address) {
            self.inner.throttle.take(Subject::Address(address), limits.login, cx.now)?;
        }
        let hash = self.inner.pepper.hash(Purpose::RegistrationToken, token);
        let now = cx.now;
        let usable = self
            .inner
            .db
            .read(cx, move |tx| registration_token::is_registration_token_usable(tx, &hash, now))
            .await?;
        Ok(usable.then_some(hash))
    }
}
