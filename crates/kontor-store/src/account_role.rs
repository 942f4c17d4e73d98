//! Roles that people hold beside that of a user.

use kontor_core::{Result, Role, Roles, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// That a person holds a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRow {
    /// Who.
    pub user_id: OwnedUserId,
    /// Which role.
    pub role: Role,
    /// Since when.
    pub granted: Timestamp,
    /// User id of whoever gave it, or `operator`.
    pub granted_by: String,
    /// Why, in the words of whoever gave it.
    pub reason: String,
}

static INSERT: Sql = Sql::new(
    "account_role.insert",
    "INSERT INTO account_role (tenant_id, user_id, role, granted_ms, granted_by, reason)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant_id, user_id, role) DO NOTHING",
);

static DELETE: Sql = Sql::new(
    "account_role.delete",
    "DELETE FROM account_role WHERE tenant_id = $1 AND user_id = $2 AND role = $3",
);

static DELETE_OF_USER: Sql = Sql::new(
    "account_role.delete_of_user",
    "DELETE FROM account_role WHERE tenant_id = $1 AND user_id = $2",
);

static LIST_OF_USER: Sql = Sql::new(
    "account_role.list_of_user",
    "SELECT user_id, role, granted_ms, granted_by, reason FROM account_role
      WHERE tenant_id = $1 AND user_id = $2",
);

static NAMES_OF_USER: Sql = Sql::new(
    "account_role.names_of_user",
    "SELECT role FROM account_role WHERE tenant_id = $1 AND user_id = $2",
);

static LIST: Sql = Sql::new(
    "account_role.list",
    "SELECT user_id, role, granted_ms, granted_by, reason FROM account_role
      WHERE tenant_id = $1 AND user_id > $2 ORDER BY user_id, role LIMIT $3",
);

static LIST_HOLDERS: Sql = Sql::new(
    "account_role.list_holders",
    "SELECT user_id FROM account_role WHERE tenant_id = $1 AND role = $2 ORDER BY user_id LIMIT $3",
);

static LIST_OLD_ADMINISTRATORS: Sql = Sql::new(
    "account_role.list_old_administrators",
    "SELECT user_id FROM account WHERE tenant_id = $1 AND admin ORDER BY user_id",
);

static FORGET_OLD_ADMINISTRATORS: Sql = Sql::new(
    "account_role.forget_old_administrators",
    "UPDATE account SET admin = FALSE WHERE tenant_id = $1 AND admin",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[
    &INSERT,
    &DELETE,
    &DELETE_OF_USER,
    &LIST_OF_USER,
    &NAMES_OF_USER,
    &LIST,
    &LIST_HOLDERS,
    &LIST_OLD_ADMINISTRATORS,
    &FORGET_OLD_ADMINISTRATORS,
];

/// Gives a role; `false` if it was held already.
pub fn insert_role(tx: &mut Tx<'_>, row: &RoleRow) -> Result<bool> {
    let params = [
        (&row.user_id).into(),
        row.role.as_str().into(),
        row.granted.into(),
        (&*row.granted_by).into(),
        Param::sealed(row.reason.as_bytes()),
    ];
    Ok(tx.execute(&INSERT, &params)? > 0)
}

/// Takes a role; `false` if it was not held.
pub fn delete_role(tx: &mut Tx<'_>, user: &UserId, role: Role) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[user.into(), role.as_str().into()])? > 0)
}

/// Takes all roles of a person.
pub fn delete_roles(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()]).map(drop)
}

/// The stored roles of a person. One that this version does not know gives nothing.
pub fn roles_of(tx: &mut Tx<'_>, user: &UserId) -> Result<Roles> {
    let names = tx.query(&NAMES_OF_USER, &[user.into()], |row| row.text(0))?;
    Ok(names.iter().filter_map(|name| name.parse::<Role>().ok()).collect())
}

/// The stored roles of a person, with where they come from.
pub fn list_roles_of(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<RoleRow>> {
    let rows = tx.query(&LIST_OF_USER, &[user.into()], from_row)?;
    Ok(rows.into_iter().flatten().collect())
}

/// Up to `limit` stored roles of people after `after` (`""`: from the start), in order of user id.
pub fn list_roles(tx: &mut Tx<'_>, after: &str, limit: u16) -> Result<Vec<RoleRow>> {
    let rows = tx.query(&LIST, &[after.into(), limit.into()], from_row)?;
    Ok(rows.into_iter().flatten().collect())
}

/// Up to `limit` people with a role.
pub fn list_holders(tx: &mut Tx<'_>, role: Role, limit: u16) -> Result<Vec<OwnedUserId>> {
    tx.query(&LIST_HOLDERS, &[role.as_str().into(), limit.into()], |row| row.id(0))
}

/// Administrators from before there were roles. PostgreSQL lets no migration touch the rows of a
/// tenant, so they are taken over when an organisation is opened.
pub fn list_old_administrators(tx: &mut Tx<'_>) -> Result<Vec<OwnedUserId>> {
    tx.query(&LIST_OLD_ADMINISTRATORS, &[], |row| row.id(0))
}

/// To be called once they have roles.
pub fn forget_old_administrators(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(&FORGET_OLD_ADMINISTRATORS, &[]).map(drop)
}

fn from_row(row: &Row<'_>) -> Result<Option<RoleRow>> {
    let Ok(role) = row.text(1)?.parse::<Role>() else { return Ok(None) };
    Ok(Some(RoleRow {
        user_id: row.id(0)?,
        role,
        granted: row.time(2)?,
        granted_by: row.text(3)?,
        reason: row.sealed_text(4)?,
    }))
}
