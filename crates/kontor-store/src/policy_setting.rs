//! Settings that differ from what is shipped, and who decided so.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};

static LIST: Sql = Sql::new(
    "policy_setting.list",
    "SELECT setting, value, version, locked FROM policy_setting
      WHERE tenant_id = $1 ORDER BY setting",
);

static FIND: Sql = Sql::new(
    "policy_setting.find",
    "SELECT setting, value, version, locked FROM policy_setting
      WHERE tenant_id = $1 AND setting = $2",
);

static UPSERT: Sql = Sql::new(
    "policy_setting.upsert",
    "INSERT INTO policy_setting (tenant_id, setting, value, version, locked)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, setting) DO UPDATE
        SET value = excluded.value, version = excluded.version, locked = excluded.locked",
);

static DELETE: Sql = Sql::new(
    "policy_setting.delete",
    "DELETE FROM policy_setting WHERE tenant_id = $1 AND setting = $2",
);

static NEWEST_VERSION: Sql = Sql::new(
    "policy_setting.newest_version",
    "SELECT version FROM policy_change WHERE tenant_id = $1 ORDER BY version DESC LIMIT 1",
);

static INSERT_CHANGE: Sql = Sql::new(
    "policy_setting.insert_change",
    "INSERT INTO policy_change
       (tenant_id, version, setting, old_value, new_value, author, changed_ms, reason, locked,
        agreement)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);

static LIST_CHANGES: Sql = Sql::new(
    "policy_setting.list_changes",
    "SELECT version, setting, old_value, new_value, author, changed_ms, reason, locked, agreement
       FROM policy_change WHERE tenant_id = $1 AND version < $2
      ORDER BY version DESC LIMIT $3",
);

static LIST_CHANGES_OF: Sql = Sql::new(
    "policy_setting.list_changes_of",
    "SELECT version, setting, old_value, new_value, author, changed_ms, reason, locked, agreement
       FROM policy_change WHERE tenant_id = $1 AND setting IN ($2, 'profile')
      ORDER BY version DESC LIMIT $3",
);

/// All statements of these tables.
pub static STATEMENTS: &[&Sql] = &[
    &LIST,
    &FIND,
    &UPSERT,
    &DELETE,
    &NEWEST_VERSION,
    &INSERT_CHANGE,
    &LIST_CHANGES,
    &LIST_CHANGES_OF,
];

/// A setting that differs from what is shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingRow {
    /// Name.
    pub setting: String,
    /// Value, as JSON.
    pub value: String,
    /// The decision it comes from.
    pub version: i64,
    /// An administrator has locked it.
    pub locked: bool,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// Number, counting from 1.
    pub version: i64,
    /// Name of the setting.
    pub setting: String,
    /// Value before, as JSON; empty: as shipped.
    pub old_value: String,
    /// Value since, as JSON; empty: as shipped.
    pub new_value: String,
    /// User id of the administrator, or `operator`.
    pub author: String,
    /// When.
    pub changed: Timestamp,
    /// Why, in the administrator's words.
    pub reason: String,
    /// Whether it is locked since.
    pub locked: bool,
    /// What the works council agreed to, as JSON; `None` where it was not asked.
    pub agreement: Option<String>,
}

impl ChangeRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            version: row.int(0)?,
            setting: row.text(1)?,
            old_value: row.text(2)?,
            new_value: row.text(3)?,
            author: row.text(4)?,
            changed: row.time(5)?,
            reason: row.sealed_text(6)?,
            locked: row.bool(7)?,
            agreement: row.opt_sealed_text(8)?,
        })
    }
}

/// Every setting that differs, by name.
pub fn list_settings(tx: &mut Tx<'_>) -> Result<Vec<SettingRow>> {
    tx.query(&LIST, &[], setting_of)
}

/// A setting, if it differs.
pub fn find_setting(tx: &mut Tx<'_>, setting: &str) -> Result<Option<SettingRow>> {
    tx.query_opt(&FIND, &[setting.into()], setting_of)
}

/// Stores a value.
pub fn upsert_setting(tx: &mut Tx<'_>, row: &SettingRow) -> Result<()> {
    let params =
        [(&*row.setting).into(), (&*row.value).into(), row.version.into(), row.locked.into()];
    tx.execute(&UPSERT, &params).map(drop)
}

/// Goes back to what is shipped.
pub fn delete_setting(tx: &mut Tx<'_>, setting: &str) -> Result<()> {
    tx.execute(&DELETE, &[setting.into()]).map(drop)
}

/// Number of the newest decision; 0 if there is none.
pub fn newest_version(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.query_opt(&NEWEST_VERSION, &[], |row| row.int(0))?.unwrap_or_default())
}

/// Keeps a decision.
pub fn insert_change(tx: &mut Tx<'_>, change: &ChangeRow) -> Result<()> {
    let params = [
        change.version.into(),
        (&*change.setting).into(),
        (&*change.old_value).into(),
        (&*change.new_value).into(),
        (&*change.author).into(),
        change.changed.into(),
        Param::sealed(change.reason.as_bytes()),
        change.locked.into(),
        Param::opt_sealed(change.agreement.as_deref().map(str::as_bytes)),
    ];
    tx.execute(&INSERT_CHANGE, &params).map(drop)
}

/// At most `limit` decisions before number `before`, the newest first.
pub fn list_changes(tx: &mut Tx<'_>, before: i64, limit: u32) -> Result<Vec<ChangeRow>> {
    tx.query(&LIST_CHANGES, &[before.into(), i64::from(limit).into()], ChangeRow::from_row)
}

/// At most `limit` decisions on one setting, and choices of a profile, the newest first.
pub fn list_changes_of(tx: &mut Tx<'_>, setting: &str, limit: u32) -> Result<Vec<ChangeRow>> {
    tx.query(&LIST_CHANGES_OF, &[setting.into(), i64::from(limit).into()], ChangeRow::from_row)
}

fn setting_of(row: &Row<'_>) -> Result<SettingRow> {
    Ok(SettingRow {
        setting: row.text(0)?,
        value: row.text(1)?,
        version: row.int(2)?,
        locked: row.bool(3)?,
    })
}
