//! How sure the organisation is who somebody is, and the badge that clients show of it. law: R-040

use std::collections::HashMap;

use kontor_audit::{Action, Event};
use kontor_core::{Actor, Cx, Error, MatrixCode, Permission, Result, Timestamp};
use kontor_db::Tx;
use kontor_store::identity_proof::{self, ProofRow};
use kontor_store::{account, profile};
use ruma::api::client::uiaa::AuthData;
use ruma::{OwnedUserId, UserId};
use serde_json::Value;

use crate::roles::author;
use crate::{CriticalAct, Identity};

/// Most people in one question for badges.
pub const MOST_BADGES: usize = 500;
/// Longest reason, in bytes.
const LONGEST_REASON_BYTES: usize = 1000;
/// Stands in the place of the method where a proof is over because its owner took another name.
pub const ENDED_BY_NEW_NAME: &str = "renamed";

/// How somebody's identity was proved; each stands for a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofMethod {
    /// Not at all (level 0).
    Unproved,
    /// Invited at a known address (level 1).
    Invited,
    /// The account was made and handed over by an administrator (level 1).
    Created,
    /// By the personnel records or the organisation's sign-on service (level 2).
    Records,
    /// Seen in person, with a document; no copy of it is kept (level 3).
    InPerson,
}

impl ProofMethod {
    /// Every method, the weakest first.
    pub const ALL: [Self; 5] =
        [Self::Unproved, Self::Invited, Self::Created, Self::Records, Self::InPerson];

    /// Name as stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unproved => "unproved",
            Self::Invited => "invited",
            Self::Created => "created",
            Self::Records => "records",
            Self::InPerson => "in_person",
        }
    }

    /// 0 to 3.
    #[must_use]
    pub const fn level(self) -> u8 {
        match self {
            Self::Unproved => 0,
            Self::Invited | Self::Created => 1,
            Self::Records => 2,
            Self::InPerson => 3,
        }
    }
}

impl std::str::FromStr for ProofMethod {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            Error::invalid(MatrixCode::InvalidParam, format!("method: must be one of {names}."))
        })
    }
}

/// What clients show beside a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// Whose.
    pub user_id: OwnedUserId,
    /// Whether the person belongs to the organisation.
    pub standing: Standing,
    /// 0 (not proved) to 3 (in person).
    pub level: u8,
}

/// Whether somebody belongs to the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// "von der Organisation bestätigt"
    Confirmed,
    /// "extern": a guest, or on another server.
    External,
    /// "unbestätigt"
    Unconfirmed,
}

impl Standing {
    /// Name as sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::External => "external",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

/// Whose identity was proved how.
#[derive(Clone, Debug)]
pub struct NewProof {
    /// Whose.
    pub user_id: OwnedUserId,
    /// How; [`ProofMethod::Unproved`] takes an earlier proof back.
    pub method: ProofMethod,
    /// What was checked.
    pub reason: String,
}

impl Identity {
    /// The badges of these people, in their order; who has no account here is external.
    ///
    /// # Errors
    /// `Unauthenticated` for strangers; `Invalid` for more than [`MOST_BADGES`].
    pub async fn badges(&self, cx: &Cx, users: Vec<OwnedUserId>) -> Result<Vec<Badge>> {
        if matches!(cx.actor, Actor::Anonymous) {
            return Err(Error::unauthenticated(MatrixCode::MissingToken, "Missing access token."));
        }
        if users.len() > MOST_BADGES {
            let text = format!("users: at most {MOST_BADGES}.");
            return Err(Error::invalid(MatrixCode::InvalidParam, text));
        }
        let sought = users.clone();
        let read = self.inner.db.read(cx, move |tx| identity_proof::list_levels(tx, &sought));
        let known: HashMap<_, _> =
            read.await?.into_iter().map(|(user, level, guest)| (user, (level, guest))).collect();
        let badge = |user_id: OwnedUserId| {
            let (level, is_external) = known.get(&user_id).copied().unwrap_or((0, true));
            let standing = match (is_external, level) {
                (true, _) => Standing::External,
                (false, 0) => Standing::Unconfirmed,
                (false, _) => Standing::Confirmed,
            };
            Badge { user_id, standing, level: u8::try_from(level).unwrap_or_default() }
        };
        Ok(users.into_iter().map(badge).collect())
    }

    /// Records how somebody's identity was proved, or takes that back.
    ///
    /// # Errors
    /// `Forbidden` without the permission and for oneself; those of [`Self::step_up`]; `NotFound`
    /// if there is no such active account; `Invalid` for a missing or over-long reason;
    /// `Unavailable` if it cannot be recorded.
    pub async fn prove_identity(
        &self,
        cx: &Cx,
        new: NewProof,
        auth: Option<AuthData>,
    ) -> Result<()> {
        cx.require(Permission::ManagePeople)?;
        if cx.user().ok() == Some(&*new.user_id) {
            return Err(Error::forbidden("Nobody proves their own identity."));
        }
        check_reason(&new.reason)?;
        self.step_up(cx, CriticalAct::ProveIdentity, auth).await?;
        let event = Event::new(Action::IdentityProved)
            .about(&new.user_id)
            .with_detail(new.method.as_str())
            .because(&new.reason);
        let row = ProofRow {
            level: new.method.level().into(),
            method: new.method.as_str().to_owned(),
            proved: cx.now,
            proved_by: author(cx),
            user_id: new.user_id,
            reason: new.reason,
        };
        let write = self.inner.db.write(cx, move |tx| {
            let found = account::find_account(tx, &row.user_id)?;
            if found.is_none_or(|account| account.deactivated.is_some()) {
                return Err(Error::not_found("There is no such account."));
            }
            match row.level {
                0 => identity_proof::delete_proof(tx, &row.user_id),
                _ => identity_proof::upsert_proof(tx, &row),
            }
        });
        self.inner.audit.act(cx, event, write).await
    }

    /// The proof of somebody's identity, with who checked and why; one's own is always shown. Of level 0
    /// if it is over.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn identity_proof(&self, cx: &Cx, user: OwnedUserId) -> Result<Option<ProofRow>> {
        if cx.user().ok() != Some(&*user) {
            cx.require(Permission::SeePeople)?;
        }
        self.inner.db.read(cx, move |tx| identity_proof::find_proof(tx, &user)).await
    }
}

/// Ends the proof of somebody's identity if she takes another name than the one it was given under:
/// nobody has proved that one, and it could be that of somebody else. A first name ends nothing, taking
/// one's name away does. Answers whether there was a proof. law: R-040
pub(crate) fn end_proof_at_new_name(
    tx: &mut Tx<'_>,
    user: &UserId,
    name: Option<&Value>,
    now: Timestamp,
) -> Result<bool> {
    let said =
        |name: Option<&Value>| name.and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let before = said(profile::list_profile(tx, user)?.get("displayname"));
    if before.is_empty() || before == said(name) {
        return Ok(false);
    }
    if identity_proof::find_proof(tx, user)?.is_none_or(|proof| proof.level == 0) {
        return Ok(false);
    }
    let over = ProofRow {
        user_id: user.to_owned(),
        level: 0,
        method: ENDED_BY_NEW_NAME.to_owned(),
        proved: now,
        proved_by: user.to_string(),
        reason: String::new(),
    };
    identity_proof::upsert_proof(tx, &over)?;
    Ok(true)
}

fn check_reason(reason: &str) -> Result<()> {
    if reason.trim().is_empty() || reason.len() > LONGEST_REASON_BYTES || reason.contains('\0') {
        let text = format!("reason: needs 1 to {LONGEST_REASON_BYTES} bytes and no NUL.");
        return Err(Error::invalid(MatrixCode::InvalidParam, text).with_field("field", "reason"));
    }
    Ok(())
}
