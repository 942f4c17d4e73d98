//! Appending to the chain, on the writer's thread.

use kontor_core::{Cx, Random, Result, Timestamp};
use kontor_db::Tx;
use kontor_store::audit_checkpoint::{
    AuditCheckpointRow, find_newest_audit_checkpoint, insert_audit_checkpoint,
};
use kontor_store::audit_entry::{AuditHead, find_audit_head, insert_audit_entry};

use crate::canonical::hash_of;
use crate::event::{Name, actor};
use crate::keys::Signer;
use crate::pseudonym::Pseudonyms;
use crate::stored;
use crate::{Action, Checkpoint, Digest, Entry, Event, Line, Outcome};

/// A checkpoint is signed once so many entries are not vouched for …
const CHECKPOINT_ENTRIES: i64 = 256;
/// … or any for so long. law: R-190
const CHECKPOINT_AFTER_MS: i64 = 60 * 60 * 1000;

/// What entries are written with.
#[derive(Clone, Copy)]
pub(crate) struct Scribe<'k> {
    pub(crate) signer: &'k Signer,
    pub(crate) pseudonyms: &'k Pseudonyms,
    pub(crate) random: &'k Random,
}

impl Scribe<'_> {
    /// Somebody as the log shows them.
    fn name(self, tx: &mut Tx<'_>, name: &Name, at: Timestamp) -> Result<String> {
        match name {
            Name::Plain(text) => Ok(text.clone()),
            Name::Person(user) => {
                let pseudonym = self.pseudonyms.at(tx, self.random, (user, at))?;
                Ok(format!("user:{pseudonym}"))
            }
        }
    }
}

/// An entry that has no place in the chain yet.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    action: Action,
    actor: Name,
    object: Option<Name>,
    /// When; pseudonyms are those of this time.
    named: Timestamp,
    detail: Option<&'static str>,
    count: Option<i64>,
    reason: Option<String>,
    outcome: Outcome,
    of: Option<i64>,
}

impl Draft {
    pub(crate) fn new(cx: &Cx, event: Event) -> Self {
        Self {
            action: event.action,
            actor: actor(cx),
            object: event.object(),
            named: cx.now,
            detail: event.detail,
            count: event.count,
            reason: event.reason,
            outcome: event.outcome,
            of: event.of,
        }
    }

    /// Something this service does by itself, so many times.
    pub(crate) fn of_job(action: Action, count: u64) -> Self {
        Self {
            action,
            actor: Name::Plain("job:audit".to_owned()),
            object: None,
            named: Timestamp(0),
            detail: None,
            count: Some(i64::try_from(count).unwrap_or(i64::MAX)),
            reason: None,
            outcome: Outcome::Done,
            of: None,
        }
    }

    /// The entry after `head`, at `now`.
    fn place(
        &self,
        tx: &mut Tx<'_>,
        scribe: Scribe<'_>,
        (head, now): (Option<&AuditHead>, Timestamp),
    ) -> Result<Entry> {
        let rule = self.action.rule();
        let actor = scribe.name(tx, &self.actor, self.named)?;
        let object = self.object.as_ref().map(|object| scribe.name(tx, object, self.named));
        let mut entry = Entry {
            action: rule.name.to_owned(),
            actor,
            at: now.0,
            class: rule.class,
            clock_back: head.map_or(0, |head| head.at.0.saturating_sub(now.0).max(0)),
            count: self.count,
            detail: self.detail.map(str::to_owned),
            hash: Digest::GENESIS,
            object: object.transpose()?,
            of: self.of,
            prev: head.map_or(Digest::GENESIS, |head| stored::digest(&head.hash)),
            purpose: rule.purpose,
            reason: self.reason.clone(),
            result: self.outcome,
            seq: head.map_or(1, |head| head.seq.saturating_add(1)),
        };
        entry.hash = hash_of(&Line::Entry(entry.clone()))?;
        Ok(entry)
    }
}

/// Appends `drafts`; answers the number of the last. The newest entry is read, not remembered:
/// another process may have written meanwhile.
pub(crate) fn append(
    tx: &mut Tx<'_>,
    scribe: Scribe<'_>,
    now: Timestamp,
    drafts: &[Draft],
) -> Result<i64> {
    let mut head = find_audit_head(tx)?;
    for draft in drafts {
        let entry = draft.place(tx, scribe, (head.as_ref(), now))?;
        insert_audit_entry(tx, &stored::row_of(&entry))?;
        head = Some(AuditHead { seq: entry.seq, at: now, hash: entry.hash.0.to_vec() });
    }
    let Some(head) = head else { return Ok(0) };
    let newest = find_newest_audit_checkpoint(tx)?;
    if is_due(&head, newest.as_ref(), now) {
        insert_checkpoint(tx, scribe.signer, &head, now)?;
    }
    Ok(head.seq)
}

/// Signs a checkpoint for the newest entry, unless it has one.
pub(crate) fn sign(tx: &mut Tx<'_>, signer: &Signer, now: Timestamp) -> Result<()> {
    let Some(head) = find_audit_head(tx)? else { return Ok(()) };
    if find_newest_audit_checkpoint(tx)?.is_none_or(|newest| newest.seq < head.seq) {
        insert_checkpoint(tx, signer, &head, now)?;
    }
    Ok(())
}

/// Whether entries have waited long enough to be vouched for.
pub(crate) fn is_checkpoint_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool> {
    let Some(head) = find_audit_head(tx)? else { return Ok(false) };
    Ok(is_due(&head, find_newest_audit_checkpoint(tx)?.as_ref(), now))
}

fn is_due(head: &AuditHead, newest: Option<&AuditCheckpointRow>, now: Timestamp) -> bool {
    let Some(newest) = newest else { return true };
    let unsigned = head.seq - newest.seq;
    let late = newest.at.0.saturating_add(CHECKPOINT_AFTER_MS) <= now.0 || newest.at > now;
    unsigned >= CHECKPOINT_ENTRIES || (unsigned > 0 && late)
}

fn insert_checkpoint(
    tx: &mut Tx<'_>,
    signer: &Signer,
    head: &AuditHead,
    now: Timestamp,
) -> Result<()> {
    let (seq, hash) = (head.seq, stored::digest(&head.hash));
    let mut point = Checkpoint { at: now.0, hash, seq, signature: String::new() };
    point.signature = signer.sign(&Line::Checkpoint(point.clone()))?;
    let row =
        AuditCheckpointRow { seq, at: now, hash: head.hash.clone(), signature: point.signature };
    insert_audit_checkpoint(tx, &row)?;
    // Whoever keeps the program's log elsewhere has an anchor for `kontor audit verify`.
    tx.after_commit(move || tracing::info!(seq, %hash, "audit checkpoint"));
    Ok(())
}
