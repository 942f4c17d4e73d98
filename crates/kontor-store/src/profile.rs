//! Profiles: one row per field, the value as JSON.

use std::collections::BTreeMap;

use kontor_core::{Error, Result};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};
use serde_json::Value;

/// Fields of one profile by name.
pub type Profile = BTreeMap<String, Value>;

fn value(row: &Row<'_>, column: usize) -> Result<Value> {
    serde_json::from_slice(&row.sealed(column)?).map_err(Error::internal)
}

static UPSERT: Sql = Sql::new(
    "profile.upsert",
    "INSERT INTO profile (tenant_id, user_id, field, value) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, user_id, field) DO UPDATE SET value = excluded.value",
);

static LIST: Sql = Sql::new(
    "profile.list",
    "SELECT field, value FROM profile WHERE tenant_id = $1 AND user_id = $2",
);

static FIND_FIELD: Sql = Sql::new(
    "profile.find_field",
    "SELECT value FROM profile WHERE tenant_id = $1 AND user_id = $2 AND field = $3",
);

static LIST_ACTIVE: Sql = Sql::new(
    "profile.list_active",
    "SELECT a.user_id, p.field, p.value
       FROM account a
       LEFT JOIN profile p ON p.tenant_id = a.tenant_id AND p.user_id = a.user_id
                          AND p.field IN ('displayname', 'avatar_url')
      WHERE a.tenant_id = $1 AND a.deactivated_ms IS NULL
      ORDER BY a.user_id",
);

static DELETE_FIELD: Sql = Sql::new(
    "profile.delete_field",
    "DELETE FROM profile WHERE tenant_id = $1 AND user_id = $2 AND field = $3",
);

static DELETE: Sql =
    Sql::new("profile.delete", "DELETE FROM profile WHERE tenant_id = $1 AND user_id = $2");

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&UPSERT, &LIST, &FIND_FIELD, &LIST_ACTIVE, &DELETE_FIELD, &DELETE];

/// Sets one field.
pub fn upsert_profile_field(
    tx: &mut Tx<'_>,
    user: &UserId,
    field: &str,
    value: &Value,
) -> Result<()> {
    let json = serde_json::to_vec(value).map_err(Error::internal)?;
    tx.execute(&UPSERT, &[user.into(), field.into(), Param::sealed(json)])?;
    Ok(())
}

/// A user's whole profile; empty if nothing is set or the user is unknown.
pub fn list_profile(tx: &mut Tx<'_>, user: &UserId) -> Result<Profile> {
    let fields = tx.query(&LIST, &[user.into()], |row| Ok((row.text(0)?, value(row, 1)?)))?;
    Ok(fields.into_iter().collect())
}

/// One field.
pub fn find_profile_field(tx: &mut Tx<'_>, user: &UserId, field: &str) -> Result<Option<Value>> {
    tx.query_opt(&FIND_FIELD, &[user.into(), field.into()], |row| value(row, 0))
}

/// Every active account with `displayname` and `avatar_url` where set, in order of user id: what
/// the user directory searches.
pub fn list_active_profiles(tx: &mut Tx<'_>) -> Result<Vec<(OwnedUserId, Profile)>> {
    let rows = tx.query(&LIST_ACTIVE, &[], |row| {
        let user: OwnedUserId = row.id(0)?;
        let field = match row.opt_text(1)? {
            Some(name) => Some((name, value(row, 2)?)),
            None => None,
        };
        Ok((user, field))
    })?;
    let mut people: Vec<(OwnedUserId, Profile)> = Vec::new();
    for (user, field) in rows {
        match people.last_mut() {
            Some((last, profile)) if *last == user => profile.extend(field),
            _ => people.push((user, field.into_iter().collect())),
        }
    }
    Ok(people)
}

/// Removes one field; `false` if it was not set.
pub fn delete_profile_field(tx: &mut Tx<'_>, user: &UserId, field: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE_FIELD, &[user.into(), field.into()])? > 0)
}

/// Removes a whole profile.
pub fn delete_profile(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE, &[user.into()])?;
    Ok(())
}
