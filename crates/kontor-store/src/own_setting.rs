//! What people decide for themselves.

use kontor_core::Result;
use kontor_db::{Sql, Tx};
use ruma::UserId;

static LIST: Sql = Sql::new(
    "own_setting.list",
    "SELECT setting, value FROM own_setting WHERE tenant_id = $1 AND user_id = $2
      ORDER BY setting",
);

static UPSERT: Sql = Sql::new(
    "own_setting.upsert",
    "INSERT INTO own_setting (tenant_id, user_id, setting, value) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, user_id, setting) DO UPDATE SET value = excluded.value",
);

static DELETE: Sql = Sql::new(
    "own_setting.delete",
    "DELETE FROM own_setting WHERE tenant_id = $1 AND user_id = $2 AND setting = $3",
);

static DELETE_ALL: Sql = Sql::new(
    "own_setting.delete_all",
    "DELETE FROM own_setting WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&LIST, &UPSERT, &DELETE, &DELETE_ALL];

/// What a person has decided, by name of the setting: values as JSON.
pub fn list_own_settings(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<(String, String)>> {
    tx.query(&LIST, &[user.into()], |row| Ok((row.text(0)?, row.text(1)?)))
}

/// Stores a value, as JSON.
pub fn upsert_own_setting(
    tx: &mut Tx<'_>,
    user: &UserId,
    setting: &str,
    value: &str,
) -> Result<()> {
    tx.execute(&UPSERT, &[user.into(), setting.into(), value.into()]).map(drop)
}

/// Goes back to what the organisation decides.
pub fn delete_own_setting(tx: &mut Tx<'_>, user: &UserId, setting: &str) -> Result<()> {
    tx.execute(&DELETE, &[user.into(), setting.into()]).map(drop)
}

/// Forgets all that a person has decided.
pub fn delete_own_settings(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_ALL, &[user.into()]).map(drop)
}
