//! Passkeys: public keys of people's devices and security keys.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

use crate::access_token::TokenHash;

/// One passkey.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    /// Keyed hash of the credential's id.
    pub credential_key: TokenHash,
    /// Names it to its owner.
    pub passkey_id: String,
    /// Whose.
    pub user_id: OwnedUserId,
    /// What its owner calls it.
    pub name: String,
    /// The credential, in JSON of the identity service.
    pub credential: String,
    /// When it was set up.
    pub created: Timestamp,
    /// Day of its last use; `None`: never used.
    pub last_used_day: Option<Timestamp>,
}

impl PasskeyRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let mut credential_key = TokenHash::default();
        for (to, from) in credential_key.iter_mut().zip(row.bytes(0)?) {
            *to = from;
        }
        Ok(Self {
            credential_key,
            passkey_id: row.text(1)?,
            user_id: row.id(2)?,
            name: row.sealed_text(3)?,
            credential: row.sealed_text(4)?,
            created: row.time(5)?,
            last_used_day: row.opt_time(6)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "passkey.insert",
    "INSERT INTO passkey
       (tenant_id, credential_key, passkey_id, user_id, name, credential, created_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7)",
);

static FIND: Sql = Sql::new(
    "passkey.find",
    "SELECT credential_key, passkey_id, user_id, name, credential, created_ms, last_used_day_ms
       FROM passkey WHERE tenant_id = $1 AND credential_key = $2",
);

static LIST_OF_USER: Sql = Sql::new(
    "passkey.list_of_user",
    "SELECT credential_key, passkey_id, user_id, name, credential, created_ms, last_used_day_ms
       FROM passkey WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_ms, passkey_id",
);

static UPDATE_USE: Sql = Sql::new(
    "passkey.update_use",
    "UPDATE passkey SET credential = $3, last_used_day_ms = $4
      WHERE tenant_id = $1 AND credential_key = $2",
);

static RENAME: Sql = Sql::new(
    "passkey.rename",
    "UPDATE passkey SET name = $4 WHERE tenant_id = $1 AND user_id = $2 AND passkey_id = $3",
);

static DELETE: Sql = Sql::new(
    "passkey.delete",
    "DELETE FROM passkey WHERE tenant_id = $1 AND user_id = $2 AND passkey_id = $3",
);

static DELETE_OF_USER: Sql =
    Sql::new("passkey.delete_of_user", "DELETE FROM passkey WHERE tenant_id = $1 AND user_id = $2");

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&INSERT, &FIND, &LIST_OF_USER, &UPDATE_USE, &RENAME, &DELETE, &DELETE_OF_USER];

/// Adds a passkey; `last_used_day` is not stored.
pub fn insert_passkey(tx: &mut Tx<'_>, row: &PasskeyRow) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            (&row.credential_key).into(),
            (&row.passkey_id).into(),
            (&row.user_id).into(),
            Param::sealed(row.name.as_str()),
            Param::sealed(row.credential.as_str()),
            row.created.into(),
        ],
    )?;
    Ok(())
}

/// The passkey whose credential's id has this keyed hash.
pub fn find_passkey(tx: &mut Tx<'_>, credential_key: &TokenHash) -> Result<Option<PasskeyRow>> {
    tx.query_opt(&FIND, &[credential_key.into()], PasskeyRow::from_row)
}

/// A person's passkeys, oldest first.
pub fn list_passkeys(tx: &mut Tx<'_>, user: &UserId) -> Result<Vec<PasskeyRow>> {
    tx.query(&LIST_OF_USER, &[user.into()], PasskeyRow::from_row)
}

/// Notes a passkey's use on a day, with the counter that is part of its credential.
pub fn update_passkey_use(
    tx: &mut Tx<'_>,
    credential_key: &TokenHash,
    credential: &str,
    day: Timestamp,
) -> Result<()> {
    tx.execute(&UPDATE_USE, &[credential_key.into(), Param::sealed(credential), day.into()])?;
    Ok(())
}

/// Gives one of a person's passkeys another name; `false` if there is no such passkey.
pub fn rename_passkey(tx: &mut Tx<'_>, user: &UserId, id: &str, name: &str) -> Result<bool> {
    Ok(tx.execute(&RENAME, &[user.into(), id.into(), Param::sealed(name)])? > 0)
}

/// Removes one of a person's passkeys; `false` if there is no such passkey.
pub fn delete_passkey(tx: &mut Tx<'_>, user: &UserId, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[user.into(), id.into()])? > 0)
}

/// Removes all passkeys of a person.
pub fn delete_passkeys(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()])?;
    Ok(())
}
