//! Whose entries in lists of people are out of date, so that nobody reads everybody again.

use std::collections::{BTreeSet, VecDeque};

use parking_lot::Mutex;
use ruma::{OwnedUserId, UserId};

/// Changes kept in memory; a list that is older is read anew.
const KEPT: usize = 256;

/// The newest changes of who is here, and of what people are called.
#[derive(Debug, Default)]
pub(crate) struct People(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    version: u64,
    /// Of whom, the newest last; the last one made `version`.
    users: VecDeque<OwnedUserId>,
}

impl People {
    pub(crate) fn changed(&self, user: &UserId) {
        let mut kept = self.0.lock();
        kept.version += 1;
        kept.users.push_back(user.to_owned());
        if kept.users.len() > KEPT {
            kept.users.pop_front();
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.0.lock().version
    }

    /// `None`: too many to tell.
    pub(crate) fn changed_since(&self, version: u64) -> Option<BTreeSet<OwnedUserId>> {
        let kept = self.0.lock();
        let behind = usize::try_from(kept.version.checked_sub(version)?).ok()?;
        let from = kept.users.len().checked_sub(behind)?;
        Some(kept.users.range(from..).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use ruma::user_id;

    use super::*;

    #[test]
    fn changes_are_told_as_long_as_they_are_kept() {
        let people = People::default();
        let (anna, ben) = (user_id!("@anna:k.test"), user_id!("@ben:k.test"));
        people.changed(anna);
        let then = people.version();
        assert_eq!(people.changed_since(then), Some(BTreeSet::new()));
        people.changed(ben);
        people.changed(ben);
        assert_eq!(people.changed_since(then), Some(BTreeSet::from([ben.to_owned()])));
        assert_eq!(people.changed_since(0).map(|users| users.len()), Some(2));
        for _ in 0..KEPT {
            people.changed(anna);
        }
        assert_eq!(people.changed_since(then), None);
        assert_eq!(people.changed_since(then + 2), Some(BTreeSet::from([anna.to_owned()])));
        assert_eq!(people.changed_since(people.version() + 1), None);
    }
}
