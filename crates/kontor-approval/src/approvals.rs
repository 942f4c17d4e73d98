//! Asking, deciding, doing.

use std::time::Duration;

use kontor_audit::{Action, Audit, Event, Pseudonym};
use kontor_core::{Cx, Error, MatrixCode, Permission, Result, Role, Roles, Timestamp};
use kontor_db::{Db, Tx};
use kontor_identity::{CriticalAct, Identity, RoleChange};
use kontor_ledger::Ledger;
use kontor_policy::{Agreement, Change, Policies, ProfileChange};
use kontor_store::account;
use kontor_store::approval::{self, ApprovalRow};
use kontor_store::erasure;
use ruma::OwnedUserId;
use ruma::api::client::uiaa::AuthData;
use serde::Serialize;
use serde_json::{Value, json};

use crate::Proposal;

/// How long a request waits. law: R-010
const WAITS: Duration = Duration::from_hours(72);
/// Requests in one answer.
pub const PAGE: u16 = 100;
/// Longest reason, in bytes.
const LONGEST_REASON_BYTES: usize = 1000;
/// Accounts read at once when a pseudonym is looked up.
const ACCOUNTS: u16 = 1000;

/// What waits for a second person.
#[derive(Clone)]
pub struct Approvals {
    pub(crate) db: Db,
    pub(crate) audit: Audit,
    pub(crate) ledger: Ledger,
    pub(crate) identity: Identity,
    pub(crate) policies: Policies,
}

/// Something asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is to be done.
    pub proposal: Proposal,
    /// Why; shown to the second person and kept in the audit log.
    pub reason: String,
    /// Proof of who asks, where the session has none.
    pub auth: Option<AuthData>,
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nobody has decided.
    Waiting,
    /// Nobody has decided in time.
    Expired,
    /// Allowed and done.
    Approved,
    /// Refused, or taken back by whoever asked.
    Refused,
    /// Allowed, but could not be done.
    Failed,
}

/// A request as shown.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Its number.
    pub nid: i64,
    /// What is to be done.
    pub proposal: Proposal,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub requester: OwnedUserId,
    /// Since when.
    pub requested: Timestamp,
    /// Until when it can be decided.
    pub expires: Timestamp,
    /// How far it has come.
    pub decision: Decision,
    /// Who decided.
    pub decider: Option<OwnedUserId>,
    /// When.
    pub decided: Option<Timestamp>,
    /// What came of it; only for whoever asked.
    pub outcome: Option<Value>,
}

impl Approvals {
    /// The component over the services whose acts it carries out.
    #[must_use]
    pub fn new(
        (db, audit, ledger): (Db, Audit, Ledger),
        identity: Identity,
        policies: Policies,
    ) -> Self {
        Self { db, audit, ledger, identity, policies }
    }

    /// Decides on a setting, once the caller has shown who they are; answers the number of the
    /// decision.
    ///
    /// # Errors
    /// Those of [`Policies::change`] and of [`Identity::step_up`].
    pub async fn change_policy(
        &self,
        cx: &Cx,
        change: Change,
        auth: Option<AuthData>,
    ) -> Result<i64> {
        self.identity.step_up(cx, CriticalAct::ChangePolicy, auth).await?;
        self.policies.change(cx, change).await
    }

    /// Chooses a profile, once the caller has shown who they are; answers the number of the
    /// decision.
    ///
    /// # Errors
    /// Those of [`Policies::choose_profile`] and of [`Identity::step_up`].
    pub async fn choose_profile(
        &self,
        cx: &Cx,
        change: ProfileChange,
        auth: Option<AuthData>,
    ) -> Result<i64> {
        cx.require(Permission::DecidePolicy)?;
        self.identity.step_up(cx, CriticalAct::ChangePolicy, auth).await?;
        self.policies.choose_profile(cx, change).await
    }

    /// Asks for a second person; answers the number of the request.
    ///
    /// # Errors
    /// `Forbidden` without the permission for the act; those of [`Identity::step_up`]; `Invalid`
    /// for what needs no second person, and without a reason; `Unavailable` if it cannot be
    /// recorded.
    pub async fn request(&self, cx: &Cx, request: Request) -> Result<i64> {
        cx.require(request.proposal.permission())?;
        let requester = cx.user()?.to_owned();
        check_reason(&request.reason)?;
        let proposal = self.checked(cx, request.proposal).await?;
        self.identity.step_up(cx, CriticalAct::AskForApproval, request.auth).await?;
        let event = Event::new(Action::ApprovalRequested).with_detail(proposal.act());
        let event = event.because(&request.reason);
        let row = ApprovalRow {
            nid: 0,
            act: proposal.act().to_owned(),
            proposal: serde_json::to_string(&proposal).map_err(Error::internal)?,
            reason: request.reason,
            requester,
            requested: cx.now,
            expires: cx.now.plus(WAITS),
            decision: String::new(),
            decider: None,
            decided: None,
            outcome: None,
        };
        let write = self.db.write(cx, move |tx| approval::insert_approval(tx, &row));
        self.audit.act(cx, event, write).await
    }

    /// At most a hundred requests before number `before` (`None`: the newest), newest first.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn list(&self, cx: &Cx, before: Option<i64>) -> Result<Vec<Approval>> {
        cx.require(Permission::SeeApprovals)?;
        let before = before.unwrap_or(i64::MAX);
        let rows = self.db.read(cx, move |tx| approval::list_approvals(tx, before, PAGE)).await?;
        rows.into_iter().map(|row| shown(cx, row)).collect()
    }

    /// Allows a request and does what it says.
    ///
    /// # Errors
    /// `Forbidden` without the permission, for one's own request, for what is about oneself, and
    /// for whoever holds no deciding role that the requester lacks; those of
    /// [`Identity::step_up`]; `NotFound`; `Conflict` if it is decided; `Gone`
    /// (`APP_KONTOR_EXPIRED`); those of the act.
    pub async fn approve(&self, cx: &Cx, nid: i64, auth: Option<AuthData>) -> Result<()> {
        cx.require(Permission::DecideApprovals)?;
        let row = self.waiting(cx, nid).await?;
        let proposal: Proposal = serde_json::from_str(&row.proposal).map_err(Error::internal)?;
        self.check_second(cx, &row, &proposal).await?;
        self.identity.step_up(cx, CriticalAct::Approve, auth).await?;
        self.decide(cx, &row, (Action::ApprovalGranted, "approved")).await?;
        // Every act there is makes it large.
        let done = Box::pin(self.carry_out(cx, &row, proposal)).await;
        let (decision, outcome) = match &done {
            Ok(outcome) => ("approved", outcome.as_ref().map(Value::to_string)),
            Err(_) => ("failed", None),
        };
        let write = self
            .db
            .write(cx, move |tx| approval::finish_approval(tx, nid, decision, outcome.as_deref()));
        write.await?;
        done.map(drop)
    }

    /// Refuses a request, or takes one's own back.
    ///
    /// # Errors
    /// `Forbidden` without the permission, except for one's own; `NotFound`; `Conflict` if it is
    /// decided; `Gone` (`APP_KONTOR_EXPIRED`).
    pub async fn refuse(&self, cx: &Cx, nid: i64) -> Result<()> {
        cx.require(Permission::SeeApprovals)?;
        let row = self.waiting(cx, nid).await?;
        if row.requester != cx.user()? {
            cx.require(Permission::DecideApprovals)?;
        }
        self.decide(cx, &row, (Action::ApprovalRefused, "refused")).await
    }

    /// A request that can be decided.
    async fn waiting(&self, cx: &Cx, nid: i64) -> Result<ApprovalRow> {
        let found = self.db.read(cx, move |tx| approval::find_approval(tx, nid)).await?;
        let Some(row) = found else {
            return Err(Error::not_found("There is no such request."));
        };
        if !row.decision.is_empty() {
            return Err(decided());
        }
        if row.expires <= cx.now {
            let text = "This request has waited for more than 72 hours.";
            return Err(Error::gone(MatrixCode::Expired, text));
        }
        Ok(row)
    }

    /// # Errors
    /// `Forbidden` unless the caller can be the second person.
    async fn check_second(&self, cx: &Cx, row: &ApprovalRow, proposal: &Proposal) -> Result<()> {
        let session = cx.session()?;
        if row.requester == session.user_id {
            return Err(Error::forbidden("Somebody else has to allow what you ask for."));
        }
        if proposal.concerns(&session.user_id) {
            return Err(Error::forbidden("This is about yourself."));
        }
        let asking = self.identity.roles_of(cx, row.requester.clone()).await?;
        let deciding: Roles =
            session.roles.iter().filter(|role| decides(*role, proposal)).collect();
        if deciding.beyond(asking).is_empty() {
            return Err(Error::forbidden("Somebody with another role has to allow this."));
        }
        if !session.roles.has(Role::Betriebsrat) && self.awaits_council(cx, proposal).await? {
            let text = "The works council has to allow this, or its agreement has to be named.";
            return Err(Error::forbidden(text).with_code(MatrixCode::WorksCouncil));
        }
        Ok(())
    }

    /// Whether only a member of the works council can be the second person.
    async fn awaits_council(&self, cx: &Cx, proposal: &Proposal) -> Result<bool> {
        match proposal {
            Proposal::WeakenPolicy { setting, value, agreement: None, .. } => {
                self.policies.needs_works_council(cx, setting, value).await
            }
            Proposal::ChooseProfile { profile, agreement: None, .. } => {
                let preview = self.policies.preview_profile(cx, profile.parse()?).await?;
                Ok(preview.needs_works_council())
            }
            _ => Ok(false),
        }
    }

    async fn decide(
        &self,
        cx: &Cx,
        row: &ApprovalRow,
        (action, decision): (Action, &'static str),
    ) -> Result<()> {
        let proposal: Proposal = serde_json::from_str(&row.proposal).map_err(Error::internal)?;
        let number = u64::try_from(row.nid).unwrap_or_default();
        let event = Event::new(action).about(&row.requester).with_detail(proposal.act());
        let (nid, decider, now) = (row.nid, cx.user()?.to_owned(), cx.now);
        let write = self.db.write(cx, move |tx| {
            if approval::decide_approval(tx, nid, (decision, &decider), now)? {
                return Ok(());
            }
            Err(decided())
        });
        self.audit.act(cx, event.with_count(number), write).await
    }

    /// The proposal as it will be stored.
    ///
    /// # Errors
    /// `Invalid` or `NotFound` for what cannot be done, or by one person alone.
    async fn checked(&self, cx: &Cx, proposal: Proposal) -> Result<Proposal> {
        let alone = || {
            let text = "This needs no second person: do it directly.";
            Error::invalid(MatrixCode::InvalidParam, text)
        };
        match &proposal {
            Proposal::WeakenPolicy { setting, value, agreement, .. } => {
                let council = self.policies.needs_works_council(cx, setting, value).await?;
                let consent = council && agreement.is_none();
                if !consent && !self.policies.needs_approval(cx, setting, value).await? {
                    return Err(alone());
                }
                let before = json(self.policies.value(cx, setting).await?)?;
                let (setting, value) = (setting.clone(), value.clone());
                let agreement = agreement.clone();
                return Ok(Proposal::WeakenPolicy { setting, before, value, agreement });
            }
            Proposal::ChooseProfile { profile, agreement, .. } => {
                let preview = self.policies.preview_profile(cx, profile.parse()?).await?;
                let consent = preview.needs_works_council() && agreement.is_none();
                if !consent && !preview.needs_second() {
                    return Err(alone());
                }
                let before = json(preview.current)?;
                let (profile, agreement) = (profile.clone(), agreement.clone());
                return Ok(Proposal::ChooseProfile { profile, before, agreement });
            }
            Proposal::ChangeRole { role, .. } => {
                if !role.parse::<Role>()?.needs_four_eyes() {
                    return Err(alone());
                }
            }
            Proposal::LookUpPseudonym { pseudonym } => {
                pseudonym.parse::<Pseudonym>()?;
            }
            Proposal::ErasePerson { user_id, .. } => {
                self.identity.check_erasable(cx, user_id.clone()).await?;
            }
            Proposal::PlaceHold { .. } => self.check_hold(cx, &proposal).await?,
        }
        Ok(proposal)
    }

    /// Does what was allowed: every kind of act is here.
    async fn carry_out(
        &self,
        cx: &Cx,
        row: &ApprovalRow,
        proposal: Proposal,
    ) -> Result<Option<Value>> {
        let reason = row.reason.clone();
        match proposal {
            Proposal::WeakenPolicy { setting, before, value, agreement } => {
                if json(self.policies.value(cx, &setting).await?)? != before {
                    return Err(changed_since());
                }
                let agreement = agreement.or_else(|| consent_of(cx, row));
                let change = Change { setting, value, reason, lock: false, agreement };
                let version = self.policies.change_approved(cx, change, &row.requester).await?;
                Ok(Some(json!({ "version": version })))
            }
            Proposal::ChooseProfile { profile, before, agreement } => {
                if json(self.policies.profile(cx).await?)? != before {
                    return Err(changed_since());
                }
                let agreement = agreement.or_else(|| consent_of(cx, row));
                let change = ProfileChange { profile: profile.parse()?, reason, agreement };
                let requester = &row.requester;
                let version = self.policies.choose_profile_approved(cx, change, requester).await?;
                Ok(Some(json!({ "version": version })))
            }
            Proposal::ChangeRole { user_id, role, held } => {
                let change = RoleChange { user_id, role: role.parse()?, held, reason };
                let changed = self.identity.change_role_approved(cx, change).await?;
                Ok(Some(json!({ "changed": changed })))
            }
            Proposal::LookUpPseudonym { pseudonym } => {
                let people = self.db.read(cx, everybody).await?;
                let pseudonym = pseudonym.parse()?;
                let found = self.audit.look_up_approved(cx, &pseudonym, &reason, &people).await?;
                Ok(Some(json!({ "user_id": found })))
            }
            Proposal::ErasePerson { user_id, with_messages } => {
                let number = self.order_erasure(cx, user_id, with_messages).await?;
                Ok(Some(json!({ "erasure": number })))
            }
            hold @ Proposal::PlaceHold { .. } => {
                self.check_hold(cx, &hold).await?;
                let number = self.place_hold(cx, row, hold).await?;
                Ok(Some(json!({ "hold": number })))
            }
        }
    }

    /// Orders what kontor-deletion carries out: it takes longer than a request may.
    async fn order_erasure(&self, cx: &Cx, user: OwnedUserId, with_messages: bool) -> Result<i64> {
        let key = self.identity.check_erasable(cx, user.clone()).await?;
        let stand_in = self.identity.stand_in(cx, &user)?;
        let now = cx.now;
        let order = move |tx: &mut Tx<'_>| {
            erasure::order_erasure(tx, &user, (&stand_in, &key), with_messages, now)
        };
        self.db.write(cx, order).await
    }
}

/// The consent of the works council, if a member of it decides.
fn consent_of(cx: &Cx, row: &ApprovalRow) -> Option<Agreement> {
    let session = cx.session().ok()?;
    let is_member = session.roles.has(Role::Betriebsrat);
    is_member.then(|| Agreement::consent(row.nid, cx.now, &session.user_id))
}

fn json(value: impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(Error::internal)
}

fn changed_since() -> Error {
    let text = "The setting has changed since this was asked for.";
    Error::conflict(MatrixCode::Unknown, text)
}

/// Whether a holder of `role` may be the second person: nobody decides alone on who joins those
/// who share their role.
fn decides(role: Role, proposal: &Proposal) -> bool {
    let deciding = Permission::DecideApprovals.holders().has(role);
    deciding && proposal.role() != Some(role)
}

fn shown(cx: &Cx, row: ApprovalRow) -> Result<Approval> {
    let own = cx.user().ok() == Some(&*row.requester);
    let outcome = row.outcome.filter(|_| own);
    let decision = match &*row.decision {
        "" if row.expires <= cx.now => Decision::Expired,
        "" => Decision::Waiting,
        "approved" => Decision::Approved,
        "refused" => Decision::Refused,
        _ => Decision::Failed,
    };
    Ok(Approval {
        nid: row.nid,
        proposal: serde_json::from_str(&row.proposal).map_err(Error::internal)?,
        reason: row.reason,
        requester: row.requester,
        requested: row.requested,
        expires: row.expires,
        decision,
        decider: row.decider,
        decided: row.decided,
        outcome: outcome
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(Error::internal)?,
    })
}

fn everybody(tx: &mut Tx<'_>) -> Result<Vec<OwnedUserId>> {
    let mut people: Vec<OwnedUserId> = Vec::new();
    loop {
        let after = people.last().map_or(String::new(), |user: &OwnedUserId| user.to_string());
        let page = account::list_accounts(tx, &after, ACCOUNTS)?;
        if page.is_empty() {
            return Ok(people);
        }
        people.extend(page.into_iter().map(|account| account.user_id));
    }
}

fn check_reason(reason: &str) -> Result<()> {
    if reason.trim().is_empty() || reason.len() > LONGEST_REASON_BYTES || reason.contains('\0') {
        let text = format!("reason: needs 1 to {LONGEST_REASON_BYTES} bytes and no NUL.");
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    Ok(())
}

fn decided() -> Error {
    Error::conflict(MatrixCode::Unknown, "This request has been decided.")
}

impl Decision {
    /// As shown to programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Expired => "expired",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}
