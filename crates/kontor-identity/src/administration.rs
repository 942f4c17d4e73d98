//! What administrators do with other people's accounts.

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, Permission, Result};
use kontor_store::account;
use ruma::OwnedUserId;

use crate::Identity;
use crate::devices::Ended;

impl Identity {
    /// Signs a person out everywhere: programs discard their keys, browsers are sent to the
    /// sign-in. Answers how many devices that were.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound` if there is no such account; `Unavailable`
    /// if it cannot be recorded.
    pub async fn sign_out(&self, cx: &Cx, user: OwnedUserId) -> Result<u64> {
        cx.require(Permission::ManagePeople)?;
        let sought = user.clone();
        let found = self.inner.db.read(cx, move |tx| account::find_account(tx, &sought)).await?;
        if found.is_none() {
            return Err(Error::not_found("There is no such account."));
        }
        let event = Event::new(Action::SessionsEndedByAdmin).about(&user);
        let work = self.end_sessions(cx, user, Ended::All);
        self.inner.audit.act(cx, event, work).await
    }
}
