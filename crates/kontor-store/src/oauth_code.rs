//! Authorization codes, stored as keyed hashes.

use kontor_core::{Result, Timestamp};
use kontor_db::{Row, Sql, Tx};
use ruma::{OwnedDeviceId, OwnedUserId, UserId};

use crate::access_token::TokenHash;

/// What a code stands for.
#[derive(Clone, Debug)]
pub struct CodeRow {
    /// The program it was given to.
    pub client_id: String,
    /// Who signs in.
    pub user_id: OwnedUserId,
    /// The device the program will be.
    pub device_id: OwnedDeviceId,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// Hash of what the program must show, base64url (RFC 7636, `S256`).
    pub challenge: String,
    /// From then on it is refused.
    pub expires: Timestamp,
    /// It has been traded for tokens.
    pub spent: bool,
}

impl CodeRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            client_id: row.text(0)?,
            user_id: row.id(1)?,
            device_id: row.id(2)?,
            redirect_uri: row.text(3)?,
            challenge: row.text(4)?,
            expires: row.time(5)?,
            spent: row.bool(6)?,
        })
    }
}

static INSERT: Sql = Sql::new(
    "oauth_code.insert",
    "INSERT INTO oauth_code (tenant_id, code_hash, client_id, user_id, device_id, redirect_uri,
                             challenge, expires_ms, spent)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

static FIND: Sql = Sql::new(
    "oauth_code.find",
    "SELECT client_id, user_id, device_id, redirect_uri, challenge, expires_ms, spent
       FROM oauth_code WHERE tenant_id = $1 AND code_hash = $2",
);

static SPEND: Sql = Sql::new(
    "oauth_code.spend",
    "UPDATE oauth_code SET spent = TRUE WHERE tenant_id = $1 AND code_hash = $2",
);

static DELETE_EXPIRED: Sql = Sql::new(
    "oauth_code.delete_expired",
    "DELETE FROM oauth_code WHERE tenant_id = $1 AND expires_ms <= $2",
);

static DELETE_OF_USER: Sql = Sql::new(
    "oauth_code.delete_of_user",
    "DELETE FROM oauth_code WHERE tenant_id = $1 AND user_id = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &FIND, &SPEND, &DELETE_EXPIRED, &DELETE_OF_USER];

/// Adds a code. Expired ones are removed on the way.
pub fn insert_code(
    tx: &mut Tx<'_>,
    hash: &TokenHash,
    code: &CodeRow,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&DELETE_EXPIRED, &[now.into()])?;
    let params = [
        hash.into(),
        (&code.client_id).into(),
        (&code.user_id).into(),
        (&code.device_id).into(),
        (&code.redirect_uri).into(),
        (&code.challenge).into(),
        code.expires.into(),
        code.spent.into(),
    ];
    tx.execute(&INSERT, &params).map(drop)
}

/// What a code stands for, spent and expired ones too.
pub fn find_code(tx: &mut Tx<'_>, hash: &TokenHash) -> Result<Option<CodeRow>> {
    tx.query_opt(&FIND, &[hash.into()], CodeRow::from_row)
}

/// Notes that a code was traded for tokens.
pub fn update_code_spent(tx: &mut Tx<'_>, hash: &TokenHash) -> Result<()> {
    tx.execute(&SPEND, &[hash.into()]).map(drop)
}

/// Removes the codes of a user.
pub fn delete_codes_of_user(tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
    tx.execute(&DELETE_OF_USER, &[user.into()]).map(drop)
}
