//! Holds: a restored instance must not delete what was put under hold after the backup. law

use kontor_core::{Error, Random, Result, Timestamp};
use kontor_db::Tx;
use kontor_store::hold::{HoldRow, HoldSubject};
use ruma::OwnedUserId;
use serde::{Deserialize, Serialize};

use crate::{Entry, Kind, Ledger};

/// What a hold says beside whom or what it is on and its end.
#[derive(Debug, Serialize, Deserialize)]
struct Details {
    nid: i64,
    on: On,
    from: Option<i64>,
    until: Option<i64>,
    matter: String,
    basis: String,
    delay: Option<String>,
    placed_by: OwnedUserId,
    allowed_by: OwnedUserId,
}

/// What the tombstone stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum On {
    Person,
    Room,
}

impl Ledger {
    /// Records a hold, in the transaction that places it.
    pub fn record_hold(&self, tx: &mut Tx<'_>, hold: &HoldRow, random: &Random) -> Result<i64> {
        let (on, id) = match &hold.subject {
            HoldSubject::Person(id) => (On::Person, id),
            HoldSubject::Room(id) => (On::Room, id),
        };
        let details = Details {
            nid: hold.nid,
            on,
            from: hold.from.map(|at| at.0),
            until: hold.until.map(|at| at.0),
            matter: hold.matter.clone(),
            basis: hold.basis.clone(),
            delay: hold.delay.clone(),
            placed_by: hold.placed_by.clone(),
            allowed_by: hold.allowed_by.clone(),
        };
        let subject = self.tombstone(Kind::Hold, id);
        let plain = serde_json::to_vec(&details).map_err(Error::internal)?;
        let sealed = self.sealer()?.seal(subject.as_bytes(), &plain, random)?;
        let entry = Entry::new(Kind::Hold, subject, hold.placed);
        let entry = Entry { until: Some(hold.ends), details: Some(sealed), ..entry };
        self.record(tx, &entry)
    }

    /// Records that a hold was released, in the transaction that does it.
    pub fn record_release(&self, tx: &mut Tx<'_>, nid: i64, at: Timestamp) -> Result<i64> {
        let subject = self.tombstone(Kind::Release, &nid.to_string());
        self.record(tx, &Entry::new(Kind::Release, subject, at))
    }

    /// The hold of an entry, as it was placed; the tombstone is in the place of the id of the person or
    /// room.
    ///
    /// # Errors
    /// `Internal` if the entry is that of another organisation, or no hold.
    pub fn hold_of(&self, entry: &Entry) -> Result<HoldRow> {
        let (Some(sealed), Some(ends)) = (&entry.details, entry.until) else {
            return Err(Error::internal("an entry of a hold that says nothing"));
        };
        let plain = self.sealer()?.open(entry.subject.as_bytes(), sealed)?;
        let details: Details = serde_json::from_slice(&plain).map_err(Error::internal)?;
        let tombstone = entry.subject.clone();
        Ok(HoldRow {
            nid: details.nid,
            subject: match details.on {
                On::Person => HoldSubject::Person(tombstone),
                On::Room => HoldSubject::Room(tombstone),
            },
            from: details.from.map(Timestamp),
            until: details.until.map(Timestamp),
            matter: details.matter,
            basis: details.basis,
            delay: details.delay,
            placed: entry.at,
            placed_by: details.placed_by,
            allowed_by: details.allowed_by,
            ends,
            reviewed: entry.at,
            released: None,
            cleaned: None,
            asked: 0,
        })
    }
}
