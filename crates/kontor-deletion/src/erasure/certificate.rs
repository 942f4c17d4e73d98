//! The signed statement on an erasure: numbers, nobody's id.

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, Permission, Result};
use kontor_db::Tx;
use kontor_store::erasure::{self, ErasureRow};
use kontor_store::person;
use ruma::UserId;
use serde_json::{Value, json};

use crate::{Certificate, Deletion};

/// Times that it is looked again: what a request that was under way has written goes, too.
const LOOKS: usize = 3;

impl Deletion {
    /// The certificate of an erasure.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound` if there is no such erasure, or it is under way.
    pub async fn erasure_certificate(&self, cx: &Cx, nid: i64) -> Result<Certificate> {
        cx.require(Permission::SeeDeletion)?;
        let found = self.inner.db.read(cx, move |tx| erasure::find_erasure(tx, nid)).await?;
        let text = found.and_then(|row| row.certificate);
        let text = text.ok_or_else(|| Error::not_found("There is no such certificate yet."))?;
        serde_json::from_str(&text).map(Certificate).map_err(Error::internal)
    }

    /// Looks again, certifies, and forgets whose erasure it was.
    pub(super) async fn certify_erasure(&self, cx: &Cx, nid: i64, user: &UserId) -> Result<()> {
        let row = self.nothing_left(cx, nid, user).await?;
        let number = u64::try_from(nid).unwrap_or_default();
        let told = Event::new(Action::PersonErased).about(user).with_count(number);
        let seq = self.inner.audit.record(cx, told).await?;
        self.inner.audit.forget(cx, user).await?;
        let statement = json!({
            "statement": "app.kontor.erasure_certificate",
            "format": 1,
            "server_name": self.inner.rooms.server_name(),
            "erasure": nid,
            "decided_ts": row.requested.0,
            "erased_ts": row.erased.map(|at| at.0),
            "messages": if row.with_messages { "removed" } else { "by_the_rule_of_their_room" },
            "removed": {
                "rooms": row.counts.rooms,
                "membership_events_stripped": row.counts.events,
                "messages": row.counts.messages,
                "files": row.counts.files,
                "file_bytes": row.counts.file_bytes,
                "records": row.counts.records,
            },
            "verified_ts": cx.clock.now().0,
            "remaining": 0,
            "audit_entry": seq,
        });
        let Value::Object(statement) = statement else {
            return Err(Error::internal("a certificate is an object"));
        };
        let signed = self.inner.audit.sign_statement(statement)?;
        let text = serde_json::to_string(&signed).map_err(Error::internal)?;
        let keep = move |tx: &mut Tx<'_>| erasure::certify_erasure(tx, nid, &text);
        self.inner.db.write(cx, keep).await.map(drop)
    }

    /// Looks through every table again until nothing of the person is found.
    async fn nothing_left(&self, cx: &Cx, nid: i64, user: &UserId) -> Result<ErasureRow> {
        for _ in 0..LOOKS {
            let user = user.to_owned();
            let look = move |tx: &mut Tx<'_>| {
                let row = erasure::find_erasure(tx, nid)?;
                let row = row.ok_or_else(|| Error::internal("an erasure without its row"))?;
                let left = person::erase_person(tx, &user, &row.stand_in)?;
                Ok((row, left))
            };
            let (row, left) = self.inner.db.write(cx, look).await?;
            if left == 0 {
                return Ok(row);
            }
            tracing::warn!(erasure = nid, left, "something came after an erasure, and went");
        }
        Err(Error::unavailable("Something of the person comes again and again."))
    }
}
