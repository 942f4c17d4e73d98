//! Databases with every migration applied.

use kontor_db::{Db, Schema, Tx};
use kontor_store::{AUDIT_MIGRATIONS, MIGRATIONS};
use kontor_testdb::{Backend, cx};

/// Runs `test` on SQLite and on PostgreSQL, with each store: the tenant's tables, the audit log's.
pub(crate) fn for_each_store(test: impl AsyncFn([Db; 2]) + Sync) {
    kontor_testdb::for_each_backend(async |backend: Backend| {
        let stores = open_stores(&backend).await;
        test(stores.clone()).await;
        for store in stores {
            store.close().await;
        }
    });
}

/// The tenant's tables and the audit log's.
pub(crate) async fn open_stores(backend: &Backend) -> [Db; 2] {
    let beside = backend.open_beside("audit", AUDIT_MIGRATIONS).await;
    [backend.open(MIGRATIONS).await, beside]
}

/// The tables of all stores together; the engine's own once.
pub(crate) async fn whole_schema(stores: &[Db; 2]) -> Schema {
    let mut whole = Schema { tables: Vec::new() };
    for store in stores {
        for table in schema_of(store).await.tables {
            if !whole.tables.iter().any(|known| known.name == table.name) {
                whole.tables.push(table);
            }
        }
    }
    whole.tables.sort_by(|a, b| a.name.cmp(&b.name));
    whole
}

pub(crate) async fn schema_of(db: &Db) -> Schema {
    db.read(&cx(), schema).await.unwrap()
}

fn schema(tx: &mut Tx<'_>) -> kontor_core::Result<Schema> {
    tx.schema()
}
