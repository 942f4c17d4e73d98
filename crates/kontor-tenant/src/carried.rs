//! What a browser finds on the page it comes back to: what somebody had typed before she was asked
//! who she is, and the sentence that says that something is done. In memory, for minutes.

use std::collections::HashMap;
use std::time::Duration;

use kontor_core::Timestamp;
use parking_lot::Mutex;
use ruma::{OwnedUserId, UserId};

/// Long enough to look for one's phone; what was typed is nobody's afterwards.
const LIFETIME: Duration = Duration::from_mins(10);
/// So many browsers at most; what ends first gives way.
const MOST_BROWSERS: usize = 2000;
/// What is longer is typed again, so that the memory of all stays small.
const MOST_BYTES: usize = 16 * 1024;

/// What waits on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Path of the page.
    pub path: String,
    /// Names and values of the form, without secrets.
    pub fields: Vec<(String, String)>,
    /// Text to be shown there.
    pub said: &'static str,
    /// Only once she has shown who she is.
    pub needs_proof: bool,
    /// Whose it is, where her session had run out: it waits for her to sign in again.
    pub owner: Option<OwnedUserId>,
}

/// What waits for the browsers of one organisation, by the name of their session: the newest of
/// each.
#[derive(Debug, Default)]
pub struct Carrying(Mutex<HashMap<String, (Timestamp, Carried)>>);

impl Carrying {
    /// Keeps something for a session, in the place of what waited there; a form that is too long
    /// goes without its fields.
    pub fn leave(&self, session: &str, mut carried: Carried, now: Timestamp) {
        let length: usize =
            carried.fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        if length > MOST_BYTES {
            carried.fields.clear();
        }
        let mut all = self.0.lock();
        if all.len() >= MOST_BROWSERS {
            all.retain(|_, (ends, _)| *ends > now);
        }
        if all.len() >= MOST_BROWSERS {
            let first = all.iter().min_by_key(|(_, (ends, _))| *ends);
            if let Some(first) = first.map(|(session, _)| session.clone()) {
                all.remove(&first);
            }
        }
        all.insert(session.to_owned(), (now.plus(LIFETIME), carried));
    }

    /// What waits for whoever had signed in with this browser before goes over to the new session of
    /// `user`; if somebody else has signed in, it is gone.
    pub fn hand_over(&self, before: &str, (user, session): (&UserId, &str)) {
        let mut all = self.0.lock();
        if let Some(waiting) = all.remove(before)
            && waiting.1.owner.as_deref() == Some(user)
        {
            all.insert(session.to_owned(), waiting);
        }
    }

    /// What waits for a session on the page at `path`; it is gone afterwards.
    #[must_use]
    pub fn take(
        &self,
        session: &str,
        (path, has_proof): (&str, bool),
        now: Timestamp,
    ) -> Option<Carried> {
        let mut all = self.0.lock();
        let (ends, carried) = all.get(session)?;
        if *ends <= now {
            all.remove(session);
            return None;
        }
        if carried.path != path || (carried.needs_proof && !has_proof) {
            return None;
        }
        all.remove(session).map(|(_, carried)| carried)
    }
}

#[cfg(test)]
mod tests {
    use ruma::user_id;

    use super::*;

    fn form(value: &str) -> Carried {
        let fields = vec![("reason".to_owned(), value.to_owned())];
        Carried { path: "/a".to_owned(), fields, said: "again", needs_proof: true, owner: None }
    }

    #[test]
    fn a_form_waits_once_for_its_session_on_its_page_after_a_proof() {
        let all = Carrying::default();
        all.leave("one", form("x"), Timestamp(0));
        assert_eq!(all.take("two", ("/a", true), Timestamp(1)), None);
        assert_eq!(all.take("one", ("/b", true), Timestamp(1)), None);
        assert_eq!(all.take("one", ("/a", false), Timestamp(1)), None);
        assert_eq!(all.take("one", ("/a", true), Timestamp(1)), Some(form("x")));
        assert_eq!(all.take("one", ("/a", true), Timestamp(1)), None);
        all.leave("one", form("x"), Timestamp(0));
        assert_eq!(all.take("one", ("/a", true), Timestamp(600_000)), None, "ten minutes");
    }

    #[test]
    fn a_form_goes_over_to_the_next_session_of_its_owner_and_of_nobody_else() {
        let (alice, bob) = (user_id!("@alice:a.example"), user_id!("@bob:a.example"));
        let all = Carrying::default();
        let left = || Carried { owner: Some(alice.to_owned()), ..form("x") };
        all.leave("before", left(), Timestamp(0));
        all.hand_over("another browser", (alice, "new"));
        assert_eq!(all.take("new", ("/a", true), Timestamp(1)), None);
        all.hand_over("before", (alice, "new"));
        assert_eq!(all.take("new", ("/a", true), Timestamp(1)), Some(left()));
        all.leave("before", left(), Timestamp(0));
        all.hand_over("before", (bob, "bob's"));
        assert_eq!(all.take("bob's", ("/a", true), Timestamp(1)), None);
        all.hand_over("before", (alice, "new"));
        assert_eq!(all.take("new", ("/a", true), Timestamp(1)), None, "it is gone");
    }

    #[test]
    fn the_memory_is_bounded() {
        let all = Carrying::default();
        for number in 0..=MOST_BROWSERS {
            let now = Timestamp(i64::try_from(number).unwrap());
            all.leave(&number.to_string(), form("x"), now);
        }
        assert_eq!(all.0.lock().len(), MOST_BROWSERS);
        assert_eq!(all.take("0", ("/a", true), Timestamp(9)), None, "the oldest gave way");
        all.leave("long", form(&"x".repeat(MOST_BYTES)), Timestamp(0));
        let kept = all.take("long", ("/a", true), Timestamp(1)).unwrap();
        assert_eq!((kept.fields.len(), kept.said), (0, "again"));
    }
}
