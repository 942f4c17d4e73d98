//! Allowing, in a browser, that a program replaces the keys others trust a person by.
//!
//! spec: client-server API, "OAuth authentication" (`m.oauth`)

use std::collections::HashMap;
use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Result, Timestamp};
use parking_lot::Mutex;
use ruma::{OwnedUserId, UserId};

use crate::{CriticalAct, Identity};

/// How long a program may take after the person has allowed it.
const LIFETIME: Duration = Duration::from_mins(10);

/// Whose keys may be replaced, and until when. In memory only: after a restart one asks again.
#[derive(Debug, Default)]
pub(crate) struct KeyReplacements(Mutex<HashMap<OwnedUserId, Timestamp>>);

impl KeyReplacements {
    fn allow(&self, user: &UserId, now: Timestamp) {
        let mut allowed = self.0.lock();
        allowed.retain(|_, ends| *ends > now);
        allowed.insert(user.to_owned(), now.plus(LIFETIME));
    }

    /// Whether it is allowed; it is good once.
    pub(crate) fn take(&self, user: &UserId, now: Timestamp) -> bool {
        self.0.lock().remove(user).is_some_and(|ends| ends > now)
    }
}

impl Identity {
    /// Lets a program of the caller replace the caller's cross-signing keys once, within ten
    /// minutes.
    ///
    /// # Errors
    /// `Forbidden` (`APP_KONTOR_STEP_UP`) unless the caller has shown within five minutes who they
    /// are.
    pub async fn allow_key_replacement(&self, cx: &Cx) -> Result<()> {
        let user = cx.user()?;
        self.step_up(cx, CriticalAct::ReplaceKeys, None).await?;
        self.inner.key_replacements.allow(user, cx.now);
        self.inner.audit.note(cx, Event::new(Action::KeyReplacementAllowed).about(user));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_is_allowed_once_and_for_ten_minutes() {
        let (book, alice) = (KeyReplacements::default(), ruma::user_id!("@alice:a.example"));
        assert!(!book.take(alice, Timestamp(0)));
        book.allow(alice, Timestamp(0));
        assert!(!book.take(ruma::user_id!("@bob:a.example"), Timestamp(1)));
        assert!(book.take(alice, Timestamp(599_999)));
        assert!(!book.take(alice, Timestamp(599_999)));
        book.allow(alice, Timestamp(0));
        assert!(!book.take(alice, Timestamp(600_000)));
    }
}
