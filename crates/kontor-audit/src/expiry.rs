//! Removing entries whose time is over, without breaking the chain. law: R-194

use std::sync::Arc;

use kontor_core::{Cx, Result, Timestamp};
use kontor_db::Tx;
use kontor_store::audit_checkpoint::expire_audit_checkpoints;
use kontor_store::audit_entry::{
    expire_audit_entries, find_audit_head, list_expired_audit_entries,
};
use kontor_store::audit_gap::{
    delete_audit_gap, find_audit_gap_beginning, find_audit_gap_ending, insert_audit_gap,
};

use crate::append::{self, Draft};
use crate::keys::Signer;
use crate::{Action, Audit, Class, Digest, Gap, Line, stored};

/// Entries of one class removed by one write.
const AT_ONCE: u32 = 2000;

impl Audit {
    /// Removes what is older than its class allows; answers how many entries. The newest entry
    /// stays whatever its age: the next one continues it.
    pub async fn expire(&self, cx: &Cx) -> Result<u64> {
        let mut removed = 0;
        loop {
            let (inner, now) = (Arc::clone(&self.inner), cx.now);
            let write = self.inner.db.write(cx, move |tx| {
                let count = remove(tx, &inner.keys.signer, now)?;
                if count > 0 {
                    let told = Draft::of_job(Action::EntriesExpired, count);
                    append::append(tx, inner.scribe(), now, &[told])?;
                }
                Ok(count)
            });
            match write.await? {
                0 => return Ok(removed),
                count => removed += count,
            }
        }
    }
}

/// An entry to be removed.
struct Expired {
    seq: i64,
    class: Class,
    prev: Digest,
    hash: Digest,
}

fn remove(tx: &mut Tx<'_>, signer: &Signer, now: Timestamp) -> Result<u64> {
    let Some(head) = find_audit_head(tx)? else { return Ok(0) };
    let mut expired = Vec::new();
    for class in Class::ALL {
        let bounds = (class.cutoff(now), head.seq);
        let rows = list_expired_audit_entries(tx, class.as_str(), bounds, AT_ONCE)?;
        expired.extend(rows.into_iter().map(|row| Expired {
            seq: row.seq,
            class,
            prev: stored::digest(&row.prev_hash),
            hash: stored::digest(&row.hash),
        }));
    }
    expired.sort_by_key(|entry| entry.seq);
    let seqs: Vec<i64> = expired.iter().map(|entry| entry.seq).collect();
    expire_audit_entries(tx, &seqs)?;
    for gap in gaps(&expired, now) {
        let mut gap = widen(tx, gap)?;
        gap.signature = signer.sign(&Line::Gap(gap.clone()))?;
        insert_audit_gap(tx, &stored::row_of_gap(&gap))?;
        expire_audit_checkpoints(tx, gap.from, gap.to)?;
    }
    Ok(seqs.len() as u64)
}

/// One gap for each stretch of neighbours; `expired` is in order.
fn gaps(expired: &[Expired], now: Timestamp) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for entry in expired {
        let one = gap_of(entry, now);
        match gaps.last_mut() {
            Some(before) if before.to + 1 == entry.seq => *before = joined(before, &one),
            _ => gaps.push(one),
        }
    }
    gaps
}

fn gap_of(entry: &Expired, now: Timestamp) -> Gap {
    let is = |class| i64::from(entry.class == class);
    Gap {
        a: is(Class::A),
        at: now.0,
        b: is(Class::B),
        c: is(Class::C),
        d: is(Class::D),
        from: entry.seq,
        last: entry.hash,
        prev: entry.prev,
        signature: String::new(),
        to: entry.seq,
    }
}

/// The gap over two that touch.
fn joined(left: &Gap, right: &Gap) -> Gap {
    Gap {
        a: left.a + right.a,
        at: left.at.max(right.at),
        b: left.b + right.b,
        c: left.c + right.c,
        d: left.d + right.d,
        from: left.from,
        last: right.last,
        prev: left.prev,
        signature: String::new(),
        to: right.to,
    }
}

/// Takes in the gaps on both sides.
fn widen(tx: &mut Tx<'_>, mut gap: Gap) -> Result<Gap> {
    if let Some(left) = find_audit_gap_ending(tx, gap.from - 1)? {
        delete_audit_gap(tx, left.from)?;
        gap = joined(&stored::gap_of(left), &gap);
    }
    if let Some(right) = find_audit_gap_beginning(tx, gap.to + 1)? {
        delete_audit_gap(tx, right.from)?;
        gap = joined(&gap, &stored::gap_of(right));
    }
    Ok(gap)
}
