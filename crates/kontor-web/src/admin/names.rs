//! What people are called, beside the ids by which they stand in records.

use std::collections::{BTreeMap, BTreeSet};

use kontor_core::Cx;
use ruma::{OwnedUserId, UserId};

use crate::frame::{Leave, Visit};

/// Names of those a page speaks of.
pub(super) struct Names(BTreeMap<OwnedUserId, String>);

impl Names {
    /// Looks the names of `users` up.
    ///
    /// # Errors
    /// `Forbidden` for those who may not see what waits for a second person.
    pub(super) async fn of(
        visit: &Visit,
        cx: &Cx,
        users: BTreeSet<OwnedUserId>,
    ) -> Result<Self, Leave> {
        Ok(Self(visit.tenant.identity.names_of(cx, &users).await?))
    }

    /// The name with the id behind it, or the id of somebody who has no name.
    pub(super) fn said(&self, user: &UserId) -> String {
        match self.0.get(user) {
            Some(name) => format!("{name} ({user})"),
            None => user.to_string(),
        }
    }
}
