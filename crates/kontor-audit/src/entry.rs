//! The lines of an export: what the chain consists of.

use serde::{Deserialize, Serialize};

use crate::{Class, Digest, ExportPurpose, Purpose};

/// One line of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Line {
    /// The first line.
    Header(Header),
    /// Something that happened.
    Entry(Entry),
    /// Where entries have expired.
    Gap(Gap),
    /// A signature over the chain so far.
    Checkpoint(Checkpoint),
    /// The last line.
    End(End),
}

/// The first line of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// When it was exported, in milliseconds since 1970 (UTC), like all times here.
    pub at: i64,
    /// 1.
    pub format: u32,
    /// Ed25519 key that signed all signatures in this file, in base64.
    pub public_key: String,
    /// What it was exported for; it may be used for nothing else.
    pub purpose: ExportPurpose,
    /// Whose log it is.
    pub server_name: String,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Name from the catalogue ([`crate::Action`]).
    pub action: String,
    /// Who: `operator`, `anonymous`, `job:NAME`, `admin:USER_ID` or `user:PSEUDONYM`.
    pub actor: String,
    /// When.
    pub at: i64,
    /// How long it is kept.
    pub class: Class,
    /// How far the machine's clock stood before the entry before, in milliseconds; 0 as it should
    /// be. law: R-199
    #[serde(default, skip_serializing_if = "is_zero")]
    pub clock_back: i64,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// A word from a list in the program: a setting, a role, a purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// SHA-256 of this line without this field.
    pub hash: Digest,
    /// Whose account it was done to: `user:PSEUDONYM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The entry that this one takes back: what it announced has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<i64>,
    /// The hash of the entry before; zeros for the first.
    pub prev: Digest,
    /// What it is kept for.
    pub purpose: Purpose,
    /// The reason that the actor gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How it ended.
    pub result: Outcome,
    /// Number: one more than that of the entry before; the first is 1.
    pub seq: i64,
}

/// How an act ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Done; an administrative act is recorded before it is done, see `docs/adr`.
    Done,
    /// Refused.
    Refused,
    /// Announced as done by an earlier entry, but failed.
    Failed,
}

impl Outcome {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// Where entries have expired; signed, so that only the server can make one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// How many of class A.
    pub a: i64,
    /// When the newest of them were removed.
    pub at: i64,
    /// How many of class B.
    pub b: i64,
    /// How many of class C.
    pub c: i64,
    /// How many of class D.
    pub d: i64,
    /// The first.
    pub from: i64,
    /// The hash of the last.
    pub last: Digest,
    /// The hash of the entry before the first.
    pub prev: Digest,
    /// Ed25519 signature of this line without this field, in base64.
    pub signature: String,
    /// The last.
    pub to: i64,
}

/// A signature over the chain up to an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// When it was signed.
    pub at: i64,
    /// The entry's hash.
    pub hash: Digest,
    /// The entry's number.
    pub seq: i64,
    /// Ed25519 signature of this line without this field, in base64.
    pub signature: String,
}

/// The last line of an export: signed, so that nothing can be missing at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// SHA-256 of all bytes before this line.
    pub digest: Digest,
    /// The newest entry's hash; zeros if there is none.
    pub hash: Digest,
    /// How many lines there are before this one.
    pub lines: i64,
    /// The newest entry's number; 0 if there is none.
    pub seq: i64,
    /// Ed25519 signature of this line without this field, in base64.
    pub signature: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
const fn is_zero(value: &i64) -> bool {
    *value == 0
}
