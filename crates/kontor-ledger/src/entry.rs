//! Entries.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use kontor_core::{Error, Result, Timestamp};
use kontor_store::erasure_ledger::LedgerRow;
use serde_json::{Map, Value, json};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A person was erased; the subject is the tombstone of their user id.
    Person,
    /// A room was removed; the subject is the tombstone of its id.
    Room,
    /// A deletion rule has removed what was older than its cutoff; the subject is its key.
    Rule,
    /// Somebody has deleted an event; the subject is the tombstone of its id.
    Event,
    /// Data of a person or a room are held; the subject is the tombstone of the id.
    Hold,
    /// A hold was released before its end; the subject is the tombstone of its number.
    Release,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Person, Self::Room, Self::Rule, Self::Event, Self::Hold, Self::Release];

    /// Name in rows and files; never changes its meaning.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Room => "room",
            Self::Rule => "rule",
            Self::Event => "event",
            Self::Hold => "hold",
            Self::Release => "release",
        }
    }

    /// Whether it changes what is held, and with that what other entries remove.
    #[must_use]
    pub const fn is_of_holds(self) -> bool {
        matches!(self, Self::Hold | Self::Release)
    }

    /// The kind of that name. One that is not known cannot be done again, so it must not be passed
    /// over.
    ///
    /// # Errors
    /// `Unavailable`: a newer Kontor wrote it.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| {
            Error::unavailable(format!(
                "The erasure ledger has an entry of the kind {name:?}, which this Kontor does not \
                 know. Use the newer version that wrote it."
            ))
        })
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number, counted up from 1.
    pub seq: i64,
    /// What was done.
    pub kind: Kind,
    /// Tombstone (64 hexadecimal digits), or the key of a rule.
    pub subject: String,
    /// When.
    pub at: Timestamp,
    /// Rule: what was older went.
    pub cutoff: Option<Timestamp>,
    /// Rule: the period that was applied, in milliseconds.
    pub period_ms: Option<i64>,
    /// Hold: its end.
    pub until: Option<Timestamp>,
    /// Hold: what else it says, encrypted.
    pub details: Option<Vec<u8>>,
}

impl Entry {
    /// An entry about one thing, without a number yet.
    #[must_use]
    pub const fn new(kind: Kind, subject: String, at: Timestamp) -> Self {
        Self {
            seq: 0,
            kind,
            subject,
            at,
            cutoff: None,
            period_ms: None,
            until: None,
            details: None,
        }
    }

    pub(crate) fn from_row(row: LedgerRow) -> Result<Self> {
        let LedgerRow { seq, kind, subject, at, cutoff, period_ms, until, details } = row;
        Ok(Self { seq, kind: Kind::parse(&kind)?, subject, at, cutoff, period_ms, until, details })
    }

    pub(crate) fn to_row(&self, seq: i64) -> LedgerRow {
        LedgerRow {
            seq,
            kind: self.kind.as_str().to_owned(),
            subject: self.subject.clone(),
            at: self.at,
            cutoff: self.cutoff,
            period_ms: self.period_ms,
            until: self.until,
            details: self.details.clone(),
        }
    }

    /// The fields of a line of the file.
    pub(crate) fn to_fields(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        put("seq", json!(self.seq));
        put("kind", json!(self.kind.as_str()));
        put("subject", json!(self.subject));
        put("at_ms", json!(self.at.0));
        let optional = [
            ("cutoff_ms", self.cutoff.map(|at| at.0)),
            ("period_ms", self.period_ms),
            ("until_ms", self.until.map(|at| at.0)),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                put(name, json!(value));
            }
        }
        if let Some(details) = &self.details {
            fields.insert("details".to_owned(), BASE64_STANDARD.encode(details).into());
        }
        fields
    }

    /// The entry of a line of the file; `None` if a field is missing.
    pub(crate) fn from_fields(fields: &Map<String, Value>) -> Result<Option<Self>> {
        let number = |name: &str| fields.get(name).and_then(Value::as_i64);
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        let found = (number("seq"), text("kind"), text("subject"), number("at_ms"));
        let (Some(seq), Some(kind), Some(subject), Some(at)) = found else { return Ok(None) };
        let details = text("details").map(|text| BASE64_STANDARD.decode(text)).transpose();
        let Ok(details) = details else { return Ok(None) };
        Ok(Some(Self {
            seq,
            kind: Kind::parse(kind)?,
            subject: subject.to_owned(),
            at: Timestamp(at),
            cutoff: number("cutoff_ms").map(Timestamp),
            period_ms: number("period_ms"),
            until: number("until_ms").map(Timestamp),
            details,
        }))
    }
}
