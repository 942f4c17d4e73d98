//! Sessions in memory: an access token costs one hash and one look-up.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kontor_core::{Error, MatrixCode, Program, Result, Session, Timestamp};
use kontor_db::Tx;
use kontor_feed::Feed;
use kontor_store::access_token::{self, TokenHash};
use kontor_store::{device, device_registration, e2ee, oauth_session, pusher, refresh_token};
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use ruma::{DeviceId, OwnedUserId, UserId};

/// Sessions kept in memory.
const MOST_SESSIONS: usize = 50_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Sessions by hash of their access token.
pub(crate) struct Sessions {
    live: Cache<TokenHash, Arc<Live>>,
    /// Counts revocations, so that what was read before one is not kept after it.
    revocations: Mutex<u64>,
}

/// A session in use.
pub(crate) struct Live {
    pub(crate) session: Arc<Session>,
    /// From then on the token is refused; `None`: never.
    pub(crate) expires: Option<Timestamp>,
    /// The account is locked: nothing but signing out is open.
    pub(crate) locked: bool,
    /// Start of the day of last use, as stored.
    seen_day_ms: AtomicI64,
    /// The program heard of.
    heard: Mutex<Heard>,
}

/// What a device has said of its program.
#[derive(Default)]
struct Heard {
    /// Word by word, so that it is taken apart once.
    agent: Option<Arc<str>>,
    /// As stored.
    program: Option<Program>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { live: Cache::new(MOST_SESSIONS), revocations: Mutex::new(0) }
    }
}

impl Sessions {
    pub(crate) fn get(&self, hash: &TokenHash) -> Option<Arc<Live>> {
        self.live.get(hash)
    }

    /// To be asked before reading the database, and handed to [`Self::keep`].
    pub(crate) fn revocations(&self) -> u64 {
        *self.revocations.lock()
    }

    /// Keeps a session, unless anything was revoked since `revocations` was asked.
    pub(crate) fn keep(&self, hash: TokenHash, live: Arc<Live>, revocations: u64) {
        let now = self.revocations.lock();
        if *now == revocations {
            self.live.insert(hash, live);
        }
    }

    /// Forgets sessions; they must already be revoked in the database.
    pub(crate) fn forget(&self, hashes: &[TokenHash]) {
        let mut revocations = self.revocations.lock();
        *revocations = revocations.wrapping_add(1);
        for hash in hashes {
            self.live.remove(hash);
        }
    }
}

impl Live {
    pub(crate) fn new(session: Session, expires: Option<Timestamp>, seen_day: Timestamp) -> Self {
        let seen_day_ms = AtomicI64::new(seen_day.0);
        let (session, heard) = (Arc::new(session), Mutex::default());
        Self { session, expires, locked: false, seen_day_ms, heard }
    }

    /// The same, of an account that is locked or not.
    pub(crate) fn with_lock(self, locked: bool) -> Self {
        Self { locked, ..self }
    }

    /// The same, with the program that is stored.
    pub(crate) fn with_program(self, program: Option<Program>) -> Self {
        Self { heard: Mutex::new(Heard { agent: None, program }), ..self }
    }

    /// The program to store; `None`: it is stored already, or another one than signed in, as when
    /// a part of the program speaks for itself.
    pub(crate) fn new_program(&self, agent: &Arc<str>) -> Option<Program> {
        let mut heard = self.heard.lock();
        if heard.agent.as_ref() == Some(agent) {
            return None;
        }
        heard.agent = Some(Arc::clone(agent));
        let program = Program::of_agent(agent)?;
        let is_news = match &heard.program {
            Some(known) => known.name == program.name && known.version != program.version,
            None => true,
        };
        is_news.then(|| heard.program.insert(program).clone())
    }

    /// The day to store as that of last use; `None`: it is stored already.
    pub(crate) fn new_day(&self, now: Timestamp) -> Option<Timestamp> {
        let day = day_of(now);
        let before = self.seen_day_ms.fetch_max(day.0, Ordering::Relaxed);
        (before < day.0).then_some(day)
    }
}

/// Start of the day (UTC) of `at`: all that is kept of somebody's use (law: R-047).
pub(crate) const fn day_of(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - at.0.rem_euclid(DAY_MS))
}

/// The device or its keys are gone: clients discard everything.
pub(crate) fn unknown_token() -> Error {
    Error::unauthenticated(MatrixCode::UnknownToken, "This sign-in has ended.")
        .with_field("soft_logout", false)
}

/// The token has run out: clients keep their keys and sign in or refresh.
pub(crate) fn expired_token() -> Error {
    Error::unauthenticated(MatrixCode::UnknownToken, "The access token has expired.")
        .with_field("soft_logout", true)
}

/// The account is locked for a while: clients keep everything and try again later (spec: "Account
/// locking").
pub(crate) fn account_locked() -> Error {
    Error::unauthenticated(MatrixCode::UserLocked, "This account is locked.")
        .with_field("soft_logout", true)
}

/// Changes to sessions inside one write; memory follows before the write is acknowledged.
pub(crate) struct Ending<'t, 'c> {
    pub(crate) tx: &'t mut Tx<'c>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) feed: Feed,
}

impl Ending<'_, '_> {
    /// Revokes every token of a device; the device and its keys stay.
    pub(crate) fn revoke_tokens(&mut self, user: &UserId, id: &DeviceId) -> Result<()> {
        refresh_token::delete_refresh_tokens(self.tx, user, id)?;
        let (feed, owner) = (self.feed.clone(), user.to_owned());
        self.tx.after_commit(move || feed.gone(&owner, None));
        self.revoke_access(user, id, |_| true)
    }

    /// Revokes the access tokens of a device whose generation `chosen` names.
    pub(crate) fn revoke_access(
        &mut self,
        user: &UserId,
        id: &DeviceId,
        chosen: impl Fn(i64) -> bool,
    ) -> Result<()> {
        let mut gone = Vec::new();
        for (hash, generation) in access_token::list_access_tokens(self.tx, user, id)? {
            if chosen(generation) {
                access_token::delete_access_token(self.tx, &hash)?;
                gone.push(hash);
            }
        }
        self.forget(user.to_owned(), gone);
        Ok(())
    }

    /// Makes memory look again at the access tokens of a device whose generation `chosen` names.
    pub(crate) fn forget_access(
        &mut self,
        user: &UserId,
        id: &DeviceId,
        chosen: impl Fn(i64) -> bool,
    ) -> Result<()> {
        let tokens = access_token::list_access_tokens(self.tx, user, id)?;
        let spent = tokens.into_iter().filter(|(_, generation)| chosen(*generation));
        self.forget(user.to_owned(), spent.map(|(hash, _)| hash).collect());
        Ok(())
    }

    /// Removes a device with its tokens, pushers, keys and inbox; `false` if there is none.
    pub(crate) fn delete_device(&mut self, user: &UserId, id: &DeviceId) -> Result<bool> {
        self.revoke_tokens(user, id)?;
        pusher::delete_pushers_of_device(self.tx, user, id)?;
        oauth_session::delete_oauth_session(self.tx, user, id)?;
        let change = e2ee::delete_device(self.tx, user, id)?;
        let (lists, owner) = (Arc::clone(self.feed.device_lists()), user.to_owned());
        self.tx.after_commit(move || lists.note_removal(&owner, change));
        if change.is_some() {
            // Everybody who shares a room learns of it; devices with keys go rarely.
            let feed = self.feed.clone();
            self.tx.after_visible(move || feed.wake_everyone());
        }
        device_registration::delete_registration(self.tx, user, id)?;
        device::delete_device_row(self.tx, user, id)
    }

    /// Ends every token of a device without forgetting it: whoever holds one is asked to sign in
    /// again and keeps the keys.
    pub(crate) fn expire_tokens(
        &mut self,
        user: &UserId,
        id: &DeviceId,
        now: Timestamp,
    ) -> Result<()> {
        refresh_token::expire_refresh_tokens(self.tx, user, id, now)?;
        access_token::expire_access_tokens(self.tx, user, id, now)?;
        self.forget_access(user, id, |_| true)
    }

    /// Drops sessions from memory once the write is durable, and wakes waiting requests of `user`
    /// so that they notice.
    fn forget(&mut self, user: OwnedUserId, hashes: Vec<TokenHash>) {
        if hashes.is_empty() {
            return;
        }
        let sessions = Arc::clone(&self.sessions);
        self.tx.after_commit(move || sessions.forget(&hashes));
        let feed = self.feed.clone();
        self.tx.after_visible(move || feed.wake([&*user]));
    }
}

#[cfg(test)]
mod tests {
    use ruma::{owned_device_id, owned_user_id};

    use super::*;

    fn live() -> Arc<Live> {
        let session = Session::new(
            owned_user_id!("@alice:a.example"),
            owned_device_id!("A"),
            kontor_core::Roles::USER,
        );
        Arc::new(Live::new(session, None, Timestamp(0)))
    }

    #[test]
    fn what_was_read_before_a_revocation_is_not_kept() {
        let sessions = Sessions::default();
        let before = sessions.revocations();
        sessions.forget(&[]);
        sessions.keep([1; 32], live(), before);
        assert!(sessions.get(&[1; 32]).is_none());
        sessions.keep([1; 32], live(), sessions.revocations());
        assert!(sessions.get(&[1; 32]).is_some());
        sessions.forget(&[[1; 32]]);
        assert!(sessions.get(&[1; 32]).is_none());
    }

    #[test]
    fn each_day_is_reported_once() {
        let live = live();
        assert_eq!(live.new_day(Timestamp(DAY_MS - 1)), None);
        assert_eq!(live.new_day(Timestamp(DAY_MS + 5)), Some(Timestamp(DAY_MS)));
        assert_eq!(live.new_day(Timestamp(DAY_MS + 6)), None);
        assert_eq!(live.new_day(Timestamp(0)), None);
    }
}
