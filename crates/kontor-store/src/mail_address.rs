//! Mail addresses of people: for links to a new password and warnings about their own account.

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Row, Sql, Tx};
use ruma::{OwnedUserId, UserId};

/// What is known of somebody's mail address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailAddressRow {
    /// The address that she has confirmed.
    pub address: Option<String>,
    /// One that she has still to confirm.
    pub pending: Option<String>,
    /// Language of mails: `de` or `en`.
    pub locale: String,
    /// When she confirmed it.
    pub confirmed: Option<Timestamp>,
}

impl MailAddressRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            address: row.opt_sealed_text(0)?,
            pending: row.opt_sealed_text(1)?,
            locale: row.text(2)?,
            confirmed: row.opt_time(3)?,
        })
    }
}

static FIND: Sql = Sql::new(
    "mail_address.find",
    "SELECT address, pending, locale, confirmed_ms FROM mail_address
      WHERE tenant_id = $1 AND user_id = $2",
);

static LIST_OWNERS: Sql = Sql::new(
    "mail_address.list_owners",
    "SELECT user_id FROM mail_address WHERE tenant_id = $1 AND address_key = $2
      ORDER BY user_id LIMIT $3",
);

static UPSERT_PENDING: Sql = Sql::new(
    "mail_address.upsert_pending",
    "INSERT INTO mail_address
       (tenant_id, user_id, address, address_key, pending, locale, confirmed_ms)
     VALUES ($1, $2, NULL, NULL, $3, $4, NULL)
     ON CONFLICT (tenant_id, user_id) DO UPDATE
        SET pending = excluded.pending, locale = excluded.locale",
);

static UPSERT_CONFIRMED: Sql = Sql::new(
    "mail_address.upsert_confirmed",
    "INSERT INTO mail_address
       (tenant_id, user_id, address, address_key, pending, locale, confirmed_ms)
     VALUES ($1, $2, $3, $4, NULL, $5, $6)
     ON CONFLICT (tenant_id, user_id) DO UPDATE
        SET address = excluded.address, address_key = excluded.address_key, pending = NULL,
            locale = excluded.locale, confirmed_ms = excluded.confirmed_ms",
);

static DELETE: Sql = Sql::new(
    "mail_address.delete",
    "DELETE FROM mail_address WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] =
    &[&FIND, &LIST_OWNERS, &UPSERT_PENDING, &UPSERT_CONFIRMED, &DELETE];

/// What is known of somebody's mail address; `None`: she has given none.
pub fn find_mail_address(tx: &mut Tx<'_>, user: &UserId) -> Result<Option<MailAddressRow>> {
    tx.query_opt(&FIND, &[user.into()], MailAddressRow::from_row)
}

/// Up to `limit` people who have confirmed the address with this keyed hash.
pub fn list_mail_address_owners(
    tx: &mut Tx<'_>,
    key: &[u8; 32],
    limit: u16,
) -> Result<Vec<OwnedUserId>> {
    tx.query(&LIST_OWNERS, &[key.into(), limit.into()], |row| row.id(0))
}

/// Notes an address that is still to be confirmed; a confirmed one stays until then.
pub fn upsert_pending_mail_address(
    tx: &mut Tx<'_>,
    user: &UserId,
    address: &str,
    locale: &str,
) -> Result<()> {
    tx.execute(&UPSERT_PENDING, &[user.into(), Param::sealed(address), locale.into()])?;
    Ok(())
}

/// Sets the confirmed address. `key` is its keyed hash.
pub fn upsert_mail_address(
    tx: &mut Tx<'_>,
    user: &UserId,
    (address, key): (&str, &[u8; 32]),
    locale: &str,
    now: Timestamp,
) -> Result<()> {
    let address = Param::sealed(address);
    tx.execute(&UPSERT_CONFIRMED, &[user.into(), address, key.into(), locale.into(), now.into()])?;
    Ok(())
}

/// Forgets somebody's mail address; `false` if there is none.
pub fn delete_mail_address(tx: &mut Tx<'_>, user: &UserId) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[user.into()])? > 0)
}
