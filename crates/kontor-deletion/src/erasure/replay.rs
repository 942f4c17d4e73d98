//! Erases people again in a restored instance. law

use kontor_core::{Cx, Result};
use kontor_db::Tx;
use kontor_ledger::{Entry, Kind};
use kontor_store::{account, erasure};
use ruma::{OwnedUserId, UserId};

use super::Recording;
use crate::Deletion;

/// Accounts looked at in one read.
const ACCOUNTS: u16 = 500;

impl Deletion {
    /// Erases the person of an entry again; nothing if the backup does not know the person. Answers how
    /// many people that were.
    ///
    /// # Errors
    /// Those of the erasure: then the instance must not open.
    pub(crate) async fn replay_person(&self, cx: &Cx, entry: &Entry) -> Result<u64> {
        let Some(user) = self.find_person(cx, &entry.subject).await? else { return Ok(0) };
        let identity = self.inner.identity.clone();
        let (stand_in, key) = (identity.stand_in(cx, &user)?, identity.erasure_key(&user));
        let (with_messages, at) = (entry.cutoff.is_some(), entry.at);
        let order = move |tx: &mut Tx<'_>| {
            let nid = erasure::order_erasure(tx, &user, (&stand_in, &key), with_messages, at)?;
            erasure::find_erasure(tx, nid)
        };
        let Some(row) = self.inner.db.write(cx, order).await? else { return Ok(0) };
        // Nothing of the person is in memory yet: the instance is not open.
        let forget = |_: &UserId| {};
        Box::pin(self.erase(cx, &row, (&forget, Recording::Again))).await?;
        Ok(1)
    }

    async fn find_person(&self, cx: &Cx, subject: &str) -> Result<Option<OwnedUserId>> {
        let mut after = String::new();
        loop {
            let from = after.clone();
            let list = move |tx: &mut Tx<'_>| account::list_accounts(tx, &from, ACCOUNTS);
            let accounts = self.inner.db.read(cx, list).await?;
            let Some(last) = accounts.last() else { return Ok(None) };
            after = last.user_id.to_string();
            let is_meant =
                |user: &UserId| self.inner.ledger.tombstone(Kind::Person, user.as_str()) == subject;
            if let Some(found) = accounts.iter().find(|account| is_meant(&account.user_id)) {
                return Ok(Some(found.user_id.clone()));
            }
        }
    }
}
