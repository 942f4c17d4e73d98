//! Programs that have registered for OAuth 2.0.

use kontor_core::{Result, Timestamp};
use kontor_db::{Sql, Tx};

static UPSERT: Sql = Sql::new(
    "oauth_client.upsert",
    "INSERT INTO oauth_client (tenant_id, client_id, metadata, used_ms)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, client_id) DO UPDATE SET used_ms = excluded.used_ms",
);

static FIND: Sql = Sql::new(
    "oauth_client.find",
    "SELECT metadata FROM oauth_client WHERE tenant_id = $1 AND client_id = $2",
);

static UPDATE_USED: Sql = Sql::new(
    "oauth_client.update_used",
    "UPDATE oauth_client SET used_ms = $3 WHERE tenant_id = $1 AND client_id = $2",
);

static DELETE_UNUSED: Sql = Sql::new(
    "oauth_client.delete_unused",
    "DELETE FROM oauth_client WHERE tenant_id = $1 AND used_ms < $2
        AND NOT EXISTS (SELECT 1 FROM oauth_session s
                         WHERE s.tenant_id = $1 AND s.client_id = oauth_client.client_id)",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&UPSERT, &FIND, &UPDATE_USED, &DELETE_UNUSED];

/// Stores a program; one that is known counts as used `now`.
pub fn upsert_client(tx: &mut Tx<'_>, id: &str, metadata: &str, now: Timestamp) -> Result<()> {
    tx.execute(&UPSERT, &[id.into(), metadata.into(), now.into()]).map(drop)
}

/// The metadata of a program, as JSON.
pub fn find_client(tx: &mut Tx<'_>, id: &str) -> Result<Option<String>> {
    tx.query_opt(&FIND, &[id.into()], |row| row.text(0))
}

/// Notes that somebody has signed in with a program.
pub fn update_client_used(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<()> {
    tx.execute(&UPDATE_USED, &[id.into(), now.into()]).map(drop)
}

/// Removes programs that nobody is signed in with and nobody has used since `until`.
pub fn delete_unused_clients(tx: &mut Tx<'_>, until: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_UNUSED, &[until.into()])
}
