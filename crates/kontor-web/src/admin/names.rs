//! What people are called, beside the ids by which they stand in records.

use std::collections::{BTreeMap, BTreeSet};

use kontor_core::{Cx, Permission};
use ruma::{OwnedUserId, UserId};

use crate::frame::{Leave, Visit};
use crate::recorded::author_in_words;
use crate::texts::Texts;

/// Between who asked and who agreed.
const AND: &str = " + ";

/// Names of those a page speaks of.
pub(crate) struct Names(BTreeMap<OwnedUserId, String>);

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

    /// As [`Self::of`], for those who stand in records as authors: one, or two of whom the second
    /// agreed. Whoever may not learn names sees ids.
    pub(super) async fn of_authors(
        visit: &Visit,
        cx: &Cx,
        authors: impl Iterator<Item = &str>,
    ) -> Result<Self, Leave> {
        if cx.require(Permission::SeeApprovals).is_err() {
            return Ok(Self(BTreeMap::new()));
        }
        let users = authors.flat_map(|author| author.split(AND)).filter_map(|it| it.parse().ok());
        Self::of(visit, cx, users.collect()).await
    }

    /// As [`Self::of`], as everybody sees them who is signed in; whose account is closed has none.
    ///
    /// # Errors
    /// Whatever keeps the list of people from being read.
    pub(crate) async fn of_profiles(
        visit: &Visit,
        cx: &Cx,
        users: BTreeSet<OwnedUserId>,
    ) -> Result<Self, Leave> {
        Ok(Self(visit.tenant.identity.public_names_of(cx, &users).await?))
    }

    /// An author as people say it.
    pub(super) fn author(&self, texts: Texts, author: &str) -> String {
        let said = author.split(AND).map(|one| match one.parse::<OwnedUserId>() {
            Ok(user) => self.said(&user),
            Err(_) => author_in_words(texts, one.to_owned()),
        });
        said.collect::<Vec<_>>().join(AND)
    }

    /// The name with the id behind it, or the id of somebody who has no name.
    pub(crate) fn said(&self, user: &UserId) -> String {
        match self.0.get(user) {
            Some(name) => format!("{name} ({user})"),
            None => user.to_string(),
        }
    }
}
