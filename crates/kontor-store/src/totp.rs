//! Authenticator apps: one secret a person.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Sql, Tx};
use ruma::UserId;

/// A person's authenticator app.
#[derive(Clone, Debug)]
pub struct TotpRow {
    /// The secret both sides compute codes from.
    pub secret: Vec<u8>,
    /// Newest time step whose code was accepted.
    pub last_step: i64,
    /// When it was set up.
    pub created: Timestamp,
}

static UPSERT: Sql = Sql::new(
    "totp.upsert",
    "INSERT INTO totp (tenant_id, user_id, secret, last_step, created_ms)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, user_id) DO UPDATE
        SET secret = excluded.secret, last_step = excluded.last_step,
            created_ms = excluded.created_ms",
);

static FIND: Sql = Sql::new(
    "totp.find",
    "SELECT secret, last_step, created_ms FROM totp WHERE tenant_id = $1 AND user_id = $2",
);

static SPEND: Sql = Sql::new(
    "totp.spend",
    "UPDATE totp SET last_step = $3 WHERE tenant_id = $1 AND user_id = $2 AND last_step < $3",
);

static DELETE: Sql =
    Sql::new("totp.delete", "DELETE FROM totp WHERE tenant_id = $1 AND user_id = $2");

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &FIND, &SPEND, &DELETE];

/// Sets a person's authenticator app; one before is gone.
pub fn upsert_totp(tx: &mut Tx<'_>, user: &UserId, row: &TotpRow) -> Result<()> {
    let secret = Param::sealed(row.secret.as_slice());
    tx.execute(&UPSERT, &[user.into(), secret, row.last_step.into(), row.created.into()])?;
    Ok(())
}

/// A person's authenticator app.
pub fn find_totp(tx: &mut Tx<'_>, user: &UserId) -> Result<Option<TotpRow>> {
    tx.query_opt(&FIND, &[user.into()], |row| {
        Ok(TotpRow { secret: row.sealed(0)?, last_step: row.int(1)?, created: row.time(2)? })
    })
}

/// Uses up the codes until time step `step`; `false` if they are used up already.
pub fn spend_totp(tx: &mut Tx<'_>, user: &UserId, step: i64) -> Result<bool> {
    Ok(tx.execute(&SPEND, &[user.into(), step.into()])? > 0)
}

/// Removes a person's authenticator app; `false` if there is none.
pub fn delete_totp(tx: &mut Tx<'_>, user: &UserId) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[user.into()])? > 0)
}
