//! Between the lines of the chain and the rows of the store.

use kontor_core::Timestamp;
use kontor_store::audit_checkpoint::AuditCheckpointRow;
use kontor_store::audit_entry::AuditEntryRow;
use kontor_store::audit_gap::AuditGapRow;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Checkpoint, Class, Digest, Entry, Gap, Outcome, Purpose};

/// A stored digest; zeros for what is none, so that verification finds it.
pub(crate) fn digest(stored: &[u8]) -> Digest {
    stored.try_into().map_or(Digest::GENESIS, Digest)
}

/// The row of an entry.
pub(crate) fn row_of(entry: &Entry) -> AuditEntryRow {
    AuditEntryRow {
        seq: entry.seq,
        at: Timestamp(entry.at),
        class: entry.class.as_str().to_owned(),
        action: entry.action.clone(),
        purpose: word(entry.purpose),
        actor: entry.actor.clone(),
        object: entry.object.clone(),
        detail: entry.detail.clone(),
        count: entry.count,
        reason: entry.reason.clone(),
        result: entry.result.as_str().to_owned(),
        of: entry.of,
        clock_back_ms: entry.clock_back,
        prev_hash: entry.prev.0.to_vec(),
        hash: entry.hash.0.to_vec(),
    }
}

/// The entry of a row. A row that somebody has made unreadable becomes an entry whose hash does
/// not fit.
pub(crate) fn entry_of(row: AuditEntryRow) -> Entry {
    let (class, purpose, result) = (read(&row.class), read(&row.purpose), read(&row.result));
    let readable = class.is_some() && purpose.is_some() && result.is_some();
    let action = if readable { row.action } else { format!("unreadable: {}", row.action) };
    Entry {
        action,
        actor: row.actor,
        at: row.at.0,
        class: class.unwrap_or(Class::D),
        clock_back: row.clock_back_ms,
        count: row.count,
        detail: row.detail,
        hash: digest(&row.hash),
        object: row.object,
        of: row.of,
        prev: digest(&row.prev_hash),
        purpose: purpose.unwrap_or(Purpose::Accountability),
        reason: row.reason,
        result: result.unwrap_or(Outcome::Done),
        seq: row.seq,
    }
}

/// The checkpoint of a row.
pub(crate) fn checkpoint_of(row: AuditCheckpointRow) -> Checkpoint {
    let AuditCheckpointRow { seq, at, hash, signature } = row;
    Checkpoint { at: at.0, hash: digest(&hash), seq, signature }
}

/// The gap of a row.
pub(crate) fn gap_of(row: AuditGapRow) -> Gap {
    let [a, b, c, d] = row.counts;
    Gap {
        a,
        at: row.at.0,
        b,
        c,
        d,
        from: row.from,
        last: digest(&row.last_hash),
        prev: digest(&row.prev_hash),
        signature: row.signature,
        to: row.to,
    }
}

/// The row of a gap.
pub(crate) fn row_of_gap(gap: &Gap) -> AuditGapRow {
    AuditGapRow {
        from: gap.from,
        to: gap.to,
        at: Timestamp(gap.at),
        counts: [gap.a, gap.b, gap.c, gap.d],
        prev_hash: gap.prev.0.to_vec(),
        last_hash: gap.last.0.to_vec(),
        signature: gap.signature.clone(),
    }
}

/// The word by which a value is written in lines and rows alike.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

fn read<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(Value::String(word.to_owned())).ok()
}
