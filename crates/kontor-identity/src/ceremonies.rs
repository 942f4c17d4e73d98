//! What somebody has begun and must finish within minutes: setting up a second factor, or showing
//! a passkey. In memory; each is good once.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use kontor_core::{Error, Random, Result, Secret, Timestamp};
use parking_lot::Mutex;
use ruma::{OwnedUserId, UserId};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyAuthentication, PasskeyRegistration,
};

/// How long a ceremony may take.
const LIFETIME: Duration = Duration::from_mins(5);
/// Open ceremonies of people who have shown a password, and as many of strangers; the oldest give
/// way.
const MOST_CEREMONIES: usize = 20_000;
/// Random letters of a ceremony's id: 120 bits.
const ID_LETTERS: usize = 24;

/// Something begun.
#[derive(Clone)]
pub(crate) enum Ceremony {
    /// Setting up an authenticator app with this secret.
    NewTotp(Secret<Vec<u8>>),
    /// Setting up a passkey.
    NewPasskey(Box<PasskeyRegistration>),
    /// Showing one of one's passkeys.
    OwnPasskey(Box<PasskeyAuthentication>),
    /// Showing any passkey, without a name.
    AnyPasskey(Box<DiscoverableAuthentication>),
}

/// Everything begun and not finished.
#[derive(Default)]
pub(crate) struct Ceremonies {
    of_people: Mutex<Book>,
    of_strangers: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    open: HashMap<String, Entry>,
    /// Oldest first; ids of finished ceremonies stay until their time.
    order: VecDeque<(Timestamp, String)>,
}

struct Entry {
    ceremony: Ceremony,
    user: Option<OwnedUserId>,
    ends: Timestamp,
}

impl Ceremonies {
    /// Opens a ceremony of `user`, or of a stranger; answers its id.
    pub(crate) fn begin(
        &self,
        user: Option<&UserId>,
        ceremony: Ceremony,
        (now, random): (Timestamp, &Random),
    ) -> Result<String> {
        let id = random.word(ID_LETTERS)?;
        let entry = Entry { ceremony, user: user.map(UserId::to_owned), ends: now.plus(LIFETIME) };
        self.book(user).lock().insert(id.clone(), entry, now);
        Ok(id)
    }

    /// Looks at a ceremony without ending it.
    ///
    /// # Errors
    /// `Invalid` if it is over, was never begun, or is somebody else's.
    pub(crate) fn look(&self, user: Option<&UserId>, id: &str, now: Timestamp) -> Result<Ceremony> {
        let book = self.book(user).lock();
        let entry = book.open.get(id).filter(|entry| entry.is_good(user, now));
        entry.map(|entry| entry.ceremony.clone()).ok_or_else(over)
    }

    /// Ends a ceremony. Of two who try, one gets it.
    ///
    /// # Errors
    /// As [`Self::look`].
    pub(crate) fn take(&self, user: Option<&UserId>, id: &str, now: Timestamp) -> Result<Ceremony> {
        let mut book = self.book(user).lock();
        let good = book.open.get(id).is_some_and(|entry| entry.is_good(user, now));
        let taken = if good { book.open.remove(id) } else { None };
        taken.map(|entry| entry.ceremony).ok_or_else(over)
    }

    const fn book(&self, user: Option<&UserId>) -> &Mutex<Book> {
        match user {
            Some(_) => &self.of_people,
            None => &self.of_strangers,
        }
    }
}

impl Entry {
    fn is_good(&self, user: Option<&UserId>, now: Timestamp) -> bool {
        self.user.as_deref() == user && self.ends > now
    }
}

impl Book {
    fn insert(&mut self, id: String, entry: Entry, now: Timestamp) {
        while let Some((ends, oldest)) = self.order.front()
            && (*ends <= now || self.order.len() >= MOST_CEREMONIES)
        {
            self.open.remove(oldest);
            self.order.pop_front();
        }
        self.order.push_back((entry.ends, id.clone()));
        self.open.insert(id, entry);
    }
}

/// The form was left open for too long, or sent twice.
pub(crate) fn over() -> Error {
    let text = "This took too long or was sent twice. Please begin again.";
    Error::invalid(kontor_core::MatrixCode::InvalidParam, text)
}

#[cfg(test)]
mod tests {
    use ruma::user_id;

    use super::*;

    fn secret() -> Ceremony {
        Ceremony::NewTotp(Secret::new(vec![1]))
    }

    #[test]
    fn a_ceremony_is_good_once_for_its_owner_and_for_five_minutes() {
        let (all, random) = (Ceremonies::default(), Random::seeded(1));
        let (anna, ben) = (Some(user_id!("@anna:a.example")), Some(user_id!("@ben:a.example")));
        let id = all.begin(anna, secret(), (Timestamp(0), &random)).unwrap();
        assert!(all.look(ben, &id, Timestamp(1)).is_err());
        assert!(all.look(None, &id, Timestamp(1)).is_err());
        assert!(all.look(anna, &id, Timestamp(300_000)).is_err());
        assert!(all.look(anna, &id, Timestamp(299_999)).is_ok());
        assert!(all.take(anna, &id, Timestamp(1)).is_ok());
        assert!(all.take(anna, &id, Timestamp(1)).is_err());
    }

    #[test]
    fn strangers_do_not_push_people_out() {
        let (all, random) = (Ceremonies::default(), Random::seeded(1));
        let anna = Some(user_id!("@anna:a.example"));
        let id = all.begin(anna, secret(), (Timestamp(0), &random)).unwrap();
        let first = all.begin(None, secret(), (Timestamp(0), &random)).unwrap();
        for _ in 0..MOST_CEREMONIES {
            all.begin(None, secret(), (Timestamp(0), &random)).unwrap();
        }
        assert!(all.look(None, &first, Timestamp(1)).is_err());
        assert_eq!(all.of_strangers.lock().open.len(), MOST_CEREMONIES);
        assert!(all.look(anna, &id, Timestamp(1)).is_ok());
    }
}
