//! Databases with every migration applied.

use kontor_db::{Db, Schema, Tx};
use kontor_store::MIGRATIONS;
use kontor_testdb::{Backend, cx};

/// Runs `test` on SQLite and on PostgreSQL.
pub(crate) fn for_each_backend(test: impl AsyncFn(Db) + Sync) {
    kontor_testdb::for_each_backend(async |backend: Backend| {
        let db = backend.open(MIGRATIONS).await;
        test(db.clone()).await;
        db.close().await;
    });
}

pub(crate) async fn schema_of(db: &Db) -> Schema {
    db.read(&cx(), schema).await.unwrap()
}

fn schema(tx: &mut Tx<'_>) -> kontor_core::Result<Schema> {
    tx.schema()
}
