use std::path::Path;

use kontor_core::{Actor, Clock, Cx, Error, Random, Secret, StreamPos, TenantId};
use kontor_db::{DatabaseKeys, Db, Migration, Param, Settings, Sql};

static MIGRATIONS: [Migration; 1] = [Migration {
    number: 1,
    name: "note",
    sql: "CREATE TABLE note (tenant_id BIGINT NOT NULL, nid BIGINT NOT NULL, body BYTEA, flag BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, nid))",
}];
static INSERT: Sql = Sql::new(
    "note.insert",
    "INSERT INTO note (tenant_id, nid, body, flag) VALUES ($1, $2, $3, $4)",
);
static IN: Sql = Sql::new(
    "note.in",
    "SELECT nid, body, flag FROM note WHERE tenant_id = $1 AND nid >= $2 AND nid IN {in} ORDER BY nid",
);

fn cx() -> Cx {
    Cx::new(TenantId(1), Actor::Operator, Clock::System, Random::System).unwrap()
}

async fn open(folder: &Path, key: u8) -> Result<Db, Error> {
    let keys = DatabaseKeys { cipher_key: Secret::new([key; 32]), seal_key: Secret::new([9; 32]) };
    Db::open(Settings::Sqlite { path: folder.join("t.db") }, TenantId(1), keys, &MIGRATIONS).await
}

#[tokio::test]
async fn writes_and_reads() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path(), 1).await.unwrap();
    for n in 1..=5_i64 {
        let pos = db
            .write(&cx(), move |tx| {
                tx.execute(&INSERT, &[n.into(), Param::sealed("x"), true.into()])?;
                Ok(tx.next_pos())
            })
            .await
            .unwrap();
        assert_eq!(pos, StreamPos(n));
    }
    let clash =
        db.write(&cx(), |tx| tx.execute(&INSERT, &[1.into(), Param::Null, true.into()])).await;
    assert_eq!(clash.unwrap_err().kind, kontor_core::Kind::Conflict);
    let list: Vec<Param<'_>> = [2_i64, 3, 9].map(Into::into).to_vec();
    let rows = db
        .read(&cx(), move |tx| {
            tx.query_in(&IN, &[1_i64.into()], &list, |row| {
                Ok((row.int(0)?, row.sealed_text(1)?, row.bool(2)?))
            })
        })
        .await
        .unwrap();
    assert_eq!(rows, [(2, "x".to_owned(), true), (3, "x".to_owned(), true)]);
    db.close().await;
    assert!(open(folder.path(), 2).await.err().unwrap().public.contains("key does not open"));
    let db = open(folder.path(), 1).await.unwrap();
    assert_eq!(db.committed(), StreamPos(5));
}
