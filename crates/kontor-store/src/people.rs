//! Everybody at a glance, for those who administer people.

use std::collections::BTreeSet;

use kontor_core::{Error, Result, Role};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::OwnedUserId;
use serde_json::Value;

use crate::account::AccountRow;

/// A person with what others call her.
#[derive(Clone, Debug)]
pub struct PersonRow {
    /// The account.
    pub account: AccountRow,
    /// Name shown to others.
    pub display_name: Option<String>,
    /// Confirmed mail address.
    pub mail: Option<String>,
}

impl PersonRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let shown = row.opt_sealed(7)?;
        let shown: Option<Value> =
            shown.map(|json| serde_json::from_slice(&json).map_err(Error::internal)).transpose()?;
        Ok(Self {
            account: AccountRow::from_row(row)?,
            display_name: shown.and_then(|value| value.as_str().map(str::to_owned)),
            mail: row.opt_sealed_text(8)?,
        })
    }
}

static LIST: Sql = Sql::new(
    "people.list",
    "SELECT a.user_id, a.login_name, a.created_ms, a.deactivated_ms, a.suspended_ms, a.locked_ms,
            FALSE, p.value, m.address
       FROM account a
       LEFT JOIN profile p ON p.tenant_id = a.tenant_id AND p.user_id = a.user_id
                          AND p.field = 'displayname'
       LEFT JOIN mail_address m ON m.tenant_id = a.tenant_id AND m.user_id = a.user_id
      WHERE a.tenant_id = $1
      ORDER BY a.user_id",
);

static LIST_ROLES: Sql = Sql::new(
    "people.list_roles",
    "SELECT user_id, role FROM account_role WHERE tenant_id = $1 ORDER BY user_id, role",
);

static LIST_OF: Sql = Sql::new(
    "people.list_of",
    "SELECT a.user_id, a.login_name, a.created_ms, a.deactivated_ms, a.suspended_ms, a.locked_ms,
            FALSE, p.value, m.address
       FROM account a
       LEFT JOIN profile p ON p.tenant_id = a.tenant_id AND p.user_id = a.user_id
                          AND p.field = 'displayname'
       LEFT JOIN mail_address m ON m.tenant_id = a.tenant_id AND m.user_id = a.user_id
      WHERE a.tenant_id = $1 AND a.user_id IN {in}
      ORDER BY a.user_id",
);

static LIST_ROLES_OF: Sql = Sql::new(
    "people.list_roles_of",
    "SELECT user_id, role FROM account_role
      WHERE tenant_id = $1 AND user_id IN {in} ORDER BY user_id, role",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&LIST, &LIST_ROLES, &LIST_OF, &LIST_ROLES_OF];

/// Every account, closed ones included, in order of user id. Whether somebody holds an office is
/// not looked up: [`list_people_roles`] says more.
pub fn list_people(tx: &mut Tx<'_>) -> Result<Vec<PersonRow>> {
    tx.query(&LIST, &[], PersonRow::from_row)
}

/// Every stored role, in order of user id. One that this version does not know is left out.
pub fn list_people_roles(tx: &mut Tx<'_>) -> Result<Vec<(OwnedUserId, Role)>> {
    Ok(known(tx.query(&LIST_ROLES, &[], role_from)?))
}

/// As [`list_people`], of these only; at most 512, else not in order.
pub fn list_people_of(tx: &mut Tx<'_>, users: &BTreeSet<OwnedUserId>) -> Result<Vec<PersonRow>> {
    tx.query_in(&LIST_OF, &[], &listed(users), PersonRow::from_row)
}

/// As [`list_people_roles`], of these only; at most 512, else not in order.
pub fn list_roles_of(
    tx: &mut Tx<'_>,
    users: &BTreeSet<OwnedUserId>,
) -> Result<Vec<(OwnedUserId, Role)>> {
    Ok(known(tx.query_in(&LIST_ROLES_OF, &[], &listed(users), role_from)?))
}

fn listed(users: &BTreeSet<OwnedUserId>) -> Vec<Param<'_>> {
    users.iter().map(|user| user.as_str().into()).collect()
}

fn role_from(row: &Row<'_>) -> Result<(OwnedUserId, Option<Role>)> {
    Ok((row.id(0)?, row.str(1)?.parse().ok()))
}

fn known(roles: Vec<(OwnedUserId, Option<Role>)>) -> Vec<(OwnedUserId, Role)> {
    roles.into_iter().filter_map(|(user, role)| Some((user, role?))).collect()
}
