//! The table the tests work on.

use kontor_core::Result;
use kontor_db::{Db, Migration, Param, Pending, Sql, Tx};
use kontor_testdb::cx;

pub(crate) static MIGRATIONS: [Migration; 1] = [Migration {
    number: 1,
    name: "note",
    sql: "
-- A note; its parent may be written later in the same transaction.
CREATE TABLE note (
    tenant_id BIGINT NOT NULL,
    nid BIGINT NOT NULL,
    parent_nid BIGINT,
    title TEXT NOT NULL,
    body BYTEA,
    done BOOLEAN NOT NULL,
    PRIMARY KEY (tenant_id, nid),
    FOREIGN KEY (tenant_id, parent_nid) REFERENCES note (tenant_id, nid)
        DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX note_title ON note (tenant_id, title);
",
}];

static INSERT: Sql = Sql::new(
    "note.insert",
    "INSERT INTO note (tenant_id, nid, title, body, done) VALUES ($1, $2, $3, $4, FALSE)",
);
static INSERT_CHILD: Sql = Sql::new(
    "note.insert_child",
    "INSERT INTO note (tenant_id, nid, parent_nid, title, done) VALUES ($1, $2, $3, 'c', TRUE)",
);
static LIST: Sql = Sql::new("note.list", "SELECT nid FROM note WHERE tenant_id = $1 ORDER BY nid");
static COUNT: Sql = Sql::new("note.count", "SELECT COUNT(*) FROM note WHERE tenant_id = $1");
static BODY: Sql = Sql::new("note.body", "SELECT body FROM note WHERE tenant_id = $1 AND nid = $2");
static DELETE_BEHIND: Sql =
    Sql::new("note.delete_behind", "DELETE FROM note WHERE tenant_id = $1 AND nid > $2");
static WRONG: Sql = Sql::new("note.wrong", "SELECT nothing FROM nowhere WHERE tenant_id = $1");

pub(crate) fn insert(tx: &mut Tx<'_>, nid: i64) -> Result<u64> {
    insert_titled(tx, nid, &format!("note {nid}"))
}

pub(crate) fn insert_titled(tx: &mut Tx<'_>, nid: i64, title: &str) -> Result<u64> {
    tx.execute(&INSERT, &[nid.into(), title.into(), Param::sealed(format!("body {nid}"))])
}

/// The commit fails if `parent` does not exist by then.
pub(crate) fn insert_child(tx: &mut Tx<'_>, nid: i64, parent: i64) -> Result<u64> {
    tx.execute(&INSERT_CHILD, &[nid.into(), parent.into()])
}

pub(crate) fn list(tx: &mut Tx<'_>) -> Result<Vec<i64>> {
    tx.query(&LIST, &[], |row| row.int(0))
}

pub(crate) fn count(tx: &mut Tx<'_>) -> Result<i64> {
    tx.query_one(&COUNT, &[], |row| row.int(0))
}

pub(crate) fn body(tx: &mut Tx<'_>, nid: i64) -> Result<Option<String>> {
    Ok(tx.query_opt(&BODY, &[nid.into()], |row| row.opt_sealed_text(0))?.flatten())
}

pub(crate) fn delete_behind(tx: &mut Tx<'_>, nid: i64) -> Result<u64> {
    tx.execute(&DELETE_BEHIND, &[nid.into()])
}

pub(crate) fn fail(tx: &mut Tx<'_>) -> Result<Vec<i64>> {
    tx.query(&WRONG, &[], |row| row.int(0))
}

pub(crate) async fn all(db: &Db) -> Vec<i64> {
    db.read(&cx(), list).await.unwrap()
}

/// Holds the writer until the sender is dropped: what is enqueued meanwhile becomes one batch.
pub(crate) async fn hold(db: &Db) -> (Pending<()>, std::sync::mpsc::Sender<()>) {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (began, begun) = tokio::sync::oneshot::channel();
    let pending = db.enqueue(move |_| {
        began.send(()).unwrap();
        let _ = held.recv();
        Ok(())
    });
    begun.await.unwrap();
    (pending, release)
}
