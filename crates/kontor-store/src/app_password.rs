//! App passwords: random passwords for single programs that know no other way to sign in.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::UserId;

use crate::access_token::TokenHash;

/// One app password.
#[derive(Clone, Debug)]
pub struct AppPasswordRow {
    /// Names it to its owner.
    pub app_password_id: String,
    /// What its owner calls the program.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// Day of its last use; `None`: never used.
    pub last_used_day: Option<Timestamp>,
}

impl AppPasswordRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            app_password_id: row.text(0)?,
            name: row.sealed_text(1)?,
            created: row.time(2)?,
            last_used_day: row.opt_time(3)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "app_password.insert",
    "INSERT INTO app_password (tenant_id, user_id, app_password_id, hash, name, created_ms)
     VALUES ($1, $2, $3, $4, $5, $6)",
);

static LIST: Sql = Sql::new(
    "app_password.list",
    "SELECT app_password_id, name, created_ms, last_used_day_ms FROM app_password
      WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_ms, app_password_id",
);

static FIND: Sql = Sql::new(
    "app_password.find",
    "SELECT app_password_id, name, created_ms, last_used_day_ms FROM app_password
      WHERE tenant_id = $1 AND user_id = $2 AND hash = $3",
);

static UPDATE_USE: Sql = Sql::new(
    "app_password.update_use",
    "UPDATE app_password SET last_used_day_ms = $4
      WHERE tenant_id = $1 AND user_id = $2 AND app_password_id = $3",
);

static DELETE: Sql = Sql::new(
    "app_password.delete",
    "DELETE FROM app_password WHERE tenant_id = $1 AND user_id = $2 AND app_password_id = $3",
);

static DELETE_OF_USER: Sql = Sql::new(
    "app_password.delete_of_user",
    "DELETE FROM app_password WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &LIST, &FIND, &UPDATE_USE, &DELETE, &DELETE_OF_USER];

/// Adds an app password; `last_used_day` is not stored.
pub fn insert_app_password(
    tx: &mut Tx<'_>,
    user: &UserId,
    hash: &TokenHash,
    row: &AppPasswordRow,
) -> Result<()> {
    let (id, name) = ((&row.app_password_id).into(), Param::sealed(row.name.as_str()));
    tx.execute(&INSERT, &[user.into(), id, hash.into(), name, row.created.into()])?;
    Ok(())
}

/// A person's app passwords, oldest first.
pub fn list_app_passwords(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<AppPasswordRow>> {
    tx.query(&LIST, &[user.into()], AppPasswordRow::from_row)
}

/// A person's app password with this keyed hash.
pub fn find_app_password(
    tx: &mut Tx<'_>,
    user: &UserId,
    hash: &TokenHash,
) -> Result<Option<AppPasswordRow>> {
    tx.query_opt(&FIND, &[user.into(), hash.into()], AppPasswordRow::from_row)
}

/// Notes an app password's use on a day.
pub fn update_app_password_use(
    tx: &mut Tx<'_>,
    user: &UserId,
    id: &str,
    day: Timestamp,
) -> Result<()> {
    tx.execute(&UPDATE_USE, &[user.into(), id.into(), day.into()])?;
    Ok(())
}

/// Removes one of a person's app passwords; `false` if there is no such one.
pub fn delete_app_password(tx: &mut Tx<'_>, user: &UserId, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[user.into(), id.into()])? > 0)
}

/// Removes all app passwords of a person.
pub fn delete_app_passwords(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()])?;
    Ok(())
}
