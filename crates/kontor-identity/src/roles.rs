//! Giving and taking roles. law

use kontor_audit::{Action, Event};
use kontor_core::{
    Actor, Cx, Error, MatrixCode, Permission, Result, Role, Roles, RoomClass, Session,
};
use kontor_db::Tx;
use kontor_policy::{Audience, ClassRules};
use kontor_store::account_role::{self, RoleRow};
use kontor_store::{account, device, guest_account, membership};
use ruma::api::client::uiaa::AuthData;
use ruma::{OwnedUserId, UserId};
use serde::{Deserialize, Serialize};

use crate::sessions::day_of;
use crate::{CriticalAct, Identity};

/// Longest reason, in bytes.
const LONGEST_REASON_BYTES: usize = 1000;
/// Said of roles held since before there were roles, and of those given at creation.
pub const AS_ADMINISTRATOR: &str = "administrator from the beginning";

/// A role that somebody is to have or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChange {
    /// Who.
    pub user_id: OwnedUserId,
    /// Which role; `user` cannot be given or taken.
    #[serde(with = "role_name")]
    pub role: Role,
    /// Whether to have it.
    pub held: bool,
    /// Why; kept with the role and in the audit log.
    pub reason: String,
}

impl Identity {
    /// Gives or takes a role. Open sessions of the person follow at once. Answers whether anything
    /// has changed.
    ///
    /// # Errors
    /// `Forbidden` without the permission, for one's own roles, and (`APP_KONTOR_FOUR_EYES`) for
    /// roles that need a second person; those of [`Self::step_up`]; others as [`Self::change_role_approved`].
    pub async fn change_role(
        &self,
        cx: &Cx,
        change: RoleChange,
        auth: Option<AuthData>,
    ) -> Result<bool> {
        cx.require(Permission::ChangeRoles)?;
        if let Actor::User(session) = &cx.actor {
            check_alone(session, &change)?;
        }
        check_change(&change)?;
        self.step_up(cx, CriticalAct::ChangeRole, auth).await?;
        self.change_role_approved(cx, change).await
    }

    /// Gives or takes a role. Whoever calls has seen to it that two people want it, or that one is
    /// enough.
    ///
    /// # Errors
    /// `Conflict` (`APP_KONTOR_FORBIDDEN_ROLES`) if nobody may hold it together with what the
    /// person holds, and for the last `org_admin`; `NotFound` if there is no such active account;
    /// `Invalid` for the role `user` and for a missing or over-long reason; `Unavailable` if it
    /// cannot be recorded.
    pub async fn change_role_approved(&self, cx: &Cx, change: RoleChange) -> Result<bool> {
        check_change(&change)?;
        if change.held {
            self.admit_guest(Roles::of(&[change.role]))?;
        }
        let event = Event::new(Action::RoleChanged).about(&change.user_id);
        let event = event.with_detail(word(change.role, change.held)).because(&change.reason);
        let row = RoleRow {
            user_id: change.user_id,
            role: change.role,
            granted: cx.now,
            granted_by: author(cx),
            reason: change.reason,
        };
        let this = self.clone();
        let held = change.held;
        // What changes nothing is not recorded either.
        let (user, role) = (row.user_id.clone(), row.role);
        let stored = self.inner.db.read(cx, move |tx| account_role::roles_of(tx, &user)).await?;
        if stored.has(role) == held {
            return Ok(false);
        }
        let write = self.inner.db.write(cx, move |tx| {
            let changed = if held { give(tx, &row)? } else { take(tx, &row)? };
            if changed {
                this.people_change(tx, &row.user_id);
                this.reconsider_sessions(tx, &row.user_id)?;
            }
            Ok(changed)
        });
        self.inner.audit.act(cx, event, write).await
    }

    /// What an account is; only users for ids of nobody.
    pub async fn roles_of(&self, cx: &Cx, user: OwnedUserId) -> Result<Roles> {
        let stored = self.inner.db.read(cx, move |tx| account_role::roles_of(tx, &user)).await?;
        Ok(Roles::of_account(stored))
    }

    /// The roles a person holds beside that of a user, and where they come from. One's own are
    /// always shown.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn list_roles_of(&self, cx: &Cx, user: OwnedUserId) -> Result<Vec<RoleRow>> {
        if cx.user().ok() != Some(&*user) {
            cx.require(Permission::SeeRoles)?;
        }
        self.inner.db.read(cx, move |tx| account_role::list_roles_of(tx, &user)).await
    }

    /// Up to `limit` roles of people after `after` (`""`: from the start), in order of user id.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn list_roles(&self, cx: &Cx, after: String, limit: u16) -> Result<Vec<RoleRow>> {
        cx.require(Permission::SeeRoles)?;
        self.inner.db.read(cx, move |tx| account_role::list_roles(tx, &after, limit)).await
    }

    /// Gives administrators from before there were roles those of [`Roles::ADMINISTRATOR`]. To be
    /// called when an organisation is opened.
    pub async fn adopt_administrators(&self, cx: &Cx) -> Result<()> {
        let old = self.inner.db.read(cx, account_role::list_old_administrators).await?;
        if old.is_empty() {
            return Ok(());
        }
        let now = cx.now;
        let write = self.inner.db.write(cx, move |tx| {
            for user in account_role::list_old_administrators(tx)? {
                for role in Roles::ADMINISTRATOR.iter() {
                    let row = from_the_beginning(&user, role, (BY_OPERATOR, now));
                    account_role::insert_role(tx, &row)?;
                }
            }
            account_role::forget_old_administrators(tx)
        });
        write.await
    }

    /// Makes memory read again what the person may do.
    pub(crate) fn reconsider_sessions(&self, tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
        for row in device::list_devices(tx, user)? {
            self.ending(tx).forget_access(user, &row.device_id, |_| true)?;
        }
        Ok(())
    }

    /// Lets pass who may act on the account of `user`: nobody takes over an account that may do
    /// more than their own.
    ///
    /// # Errors
    /// `Forbidden`.
    pub(crate) async fn require_over(&self, cx: &Cx, user: &UserId) -> Result<()> {
        let Actor::User(session) = &cx.actor else { return Ok(()) };
        let theirs = self.roles_of(cx, user.to_owned()).await?.offices();
        if theirs.beyond(session.roles).is_empty() {
            return Ok(());
        }
        Err(Error::forbidden("This account holds roles that yours does not."))
    }
}

/// Who gives a role when no person does.
pub(crate) const BY_OPERATOR: &str = "operator";

/// The row of a role given with the account itself: by whom, and when.
pub(crate) fn from_the_beginning(
    user: &UserId,
    role: Role,
    (by, now): (&str, kontor_core::Timestamp),
) -> RoleRow {
    RoleRow {
        user_id: user.to_owned(),
        role,
        granted: now,
        granted_by: by.to_owned(),
        reason: AS_ADMINISTRATOR.to_owned(),
    }
}

/// # Errors
/// `Forbidden` where one person is not enough.
fn check_alone(session: &Session, change: &RoleChange) -> Result<()> {
    if session.user_id == change.user_id {
        return Err(Error::forbidden("Nobody changes their own roles."));
    }
    if change.role.needs_four_eyes() {
        let text = format!("{}: needs a second person. Ask for an approval.", change.role);
        return Err(Error::forbidden(text).with_code(MatrixCode::FourEyes));
    }
    Ok(())
}

/// # Errors
/// `Invalid` for what can be said before looking at the person.
fn check_change(change: &RoleChange) -> Result<()> {
    if change.role == Role::User {
        let text = "user: everybody who is not a guest is one.";
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    let reason = &change.reason;
    if reason.trim().is_empty() || reason.len() > LONGEST_REASON_BYTES || reason.contains('\0') {
        let text = format!("reason: needs 1 to {LONGEST_REASON_BYTES} bytes and no NUL.");
        return Err(Error::invalid(MatrixCode::InvalidParam, text));
    }
    Ok(())
}

fn give(tx: &mut Tx<'_>, row: &RoleRow) -> Result<bool> {
    let account = account::find_account(tx, &row.user_id)?;
    if account.is_none_or(|account| account.deactivated.is_some()) {
        return Err(Error::not_found("There is no such account."));
    }
    let after = account_role::roles_of(tx, &row.user_id)?.with(row.role);
    if let Some((one, other)) = after.forbidden_pair() {
        let text = format!("Nobody may be {one} and {other}.");
        let error = Error::conflict(MatrixCode::ForbiddenRoles, text);
        return Err(error.with_field("roles", vec![one.as_str(), other.as_str()]));
    }
    if row.role == Role::Guest {
        require_outside(tx, &row.user_id)?;
        // Whom the operator took in has no host: that is a word then, and nobody's id.
        let by = UserId::parse(&row.granted_by).ok();
        guest_account::insert_guest(tx, &row.user_id, by.as_deref(), day_of(row.granted))?;
    }
    account_role::insert_role(tx, row)
}

/// Whoever becomes a guest must not be in rooms that are closed to guests. law: R-078
///
/// # Errors
/// `Conflict`, with the number of rooms to leave first.
fn require_outside(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    let inside = |class: &RoomClass| ClassRules::of(*class).audience == Audience::Organisation;
    let classes: Vec<RoomClass> = RoomClass::ALL.into_iter().filter(inside).collect();
    let rooms = membership::count_rooms_of(tx, user, &classes)?;
    if rooms == 0 {
        return Ok(());
    }
    let text = format!(
        "This person is in {rooms} rooms for people of the organisation: leave them first."
    );
    Err(Error::conflict(MatrixCode::Unknown, text).with_field("rooms", rooms))
}

fn take(tx: &mut Tx<'_>, row: &RoleRow) -> Result<bool> {
    if row.role == Role::OrgAdmin {
        let holders = account_role::list_holders(tx, Role::OrgAdmin, 2)?;
        if *holders == [row.user_id.clone()] {
            let text = "This is the last org_admin: nobody could administer people any more.";
            return Err(Error::conflict(MatrixCode::ForbiddenRoles, text));
        }
    }
    if row.role == Role::Guest {
        guest_account::delete_guest(tx, &row.user_id)?;
    }
    account_role::delete_role(tx, &row.user_id, row.role)
}

pub(crate) fn author(cx: &Cx) -> String {
    match &cx.actor {
        Actor::User(session) => session.user_id.to_string(),
        Actor::Anonymous | Actor::Operator | Actor::Job(_) => "operator".to_owned(),
    }
}

/// What the audit log says of a change.
const fn word(role: Role, held: bool) -> &'static str {
    match (role, held) {
        (Role::User, true) => "+user",
        (Role::User, false) => "-user",
        (Role::Guest, true) => "+guest",
        (Role::Guest, false) => "-guest",
        (Role::OrgAdmin, true) => "+org_admin",
        (Role::OrgAdmin, false) => "-org_admin",
        (Role::TechAdmin, true) => "+tech_admin",
        (Role::TechAdmin, false) => "-tech_admin",
        (Role::Dsb, true) => "+dsb",
        (Role::Dsb, false) => "-dsb",
        (Role::Betriebsrat, true) => "+betriebsrat",
        (Role::Betriebsrat, false) => "-betriebsrat",
        (Role::Compliance, true) => "+compliance",
        (Role::Compliance, false) => "-compliance",
        (Role::Auditor, true) => "+auditor",
        (Role::Auditor, false) => "-auditor",
        (Role::ProviderOperator, true) => "+provider_operator",
        (Role::ProviderOperator, false) => "-provider_operator",
    }
}

/// Roles by name in JSON.
mod role_name {
    use kontor_core::Role;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    pub(super) fn serialize<S: Serializer>(role: &Role, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(role.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Role, D::Error> {
        let name = String::deserialize(input)?;
        name.parse().map_err(|error: kontor_core::Error| serde::de::Error::custom(error.public))
    }
}
