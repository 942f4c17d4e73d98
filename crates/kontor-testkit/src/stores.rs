//! The databases of a stopped server, opened with its own keys: what is really in them.

use std::path::Path;

use kontor_audit::AuditKeys;
use kontor_core::{Cx, Random, Result, Secret};
use kontor_db::{DatabaseKeys, Db, Param, Schema, Settings, Sql, Tx};
use kontor_store::inventory::{self, Subject};
use kontor_store::{AUDIT_MIGRATIONS, MIGRATIONS};
use kontor_testdb::cx_of;
use kontor_vault::Vault;
use ruma::ServerName;

use crate::TestServer;

/// The databases of one organisation.
pub struct Stores {
    /// The organisation's tables, and the audit log's.
    databases: [(Db, Schema); 2],
    cx: Cx,
}

/// A column, as declared and as it is.
#[derive(Clone, Debug)]
pub struct StoredColumn {
    /// Table.
    pub table: String,
    /// Column.
    pub column: String,
    /// Type in SQLite's words: `INTEGER`, `TEXT`, `BLOB`, `BOOLEAN`.
    pub kind: String,
    /// The inventory says that it is about a person.
    pub is_personal: bool,
    /// The inventory says that PostgreSQL gets it sealed.
    pub is_sealed: bool,
}

/// A value to be put into a column.
#[derive(Clone, Debug)]
pub enum Planted {
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Text.
    Text(String),
    /// Bytes; sealed where the inventory says so.
    Bytes(Vec<u8>),
}

impl TestServer {
    /// Stops the server and opens the databases of an organisation. Close them before the server
    /// starts again.
    ///
    /// # Panics
    /// If they do not open.
    pub async fn stores(&mut self, host: &str) -> Stores {
        self.stop().await;
        Stores::at(&self.data().join("data"), host, self.database_url()).await
    }
}

impl Stores {
    /// The databases of an organisation in a data folder that no server has open; `database` is where
    /// PostgreSQL is, if that holds them.
    ///
    /// # Panics
    /// If they do not open.
    pub async fn at(data: &Path, host: &str, database: Option<Secret<String>>) -> Self {
        let server_name = <&ServerName>::try_from(host).expect("a server name");
        let vault = Vault::open(data, Random::System).expect("the vault");
        let keys = vault.open_tenant(server_name).expect("the keys");
        let folder = vault.tenant_dir(server_name).expect("the folder");
        let place = match database {
            Some(url) => Settings::Postgres { url, beside: None },
            None => Settings::Sqlite { path: folder.join("kontor.db") },
        };
        let own = DatabaseKeys { cipher_key: keys.cipher_key, seal_key: keys.seal_key };
        let log = AuditKeys::derive(&keys.audit_key).expect("keys of the log").database().clone();
        let beside = place.beside("audit");
        let tables = Db::open(place, keys.tenant, own, MIGRATIONS).await.expect("the database");
        let audit =
            Db::open(beside, keys.tenant, log, AUDIT_MIGRATIONS).await.expect("the audit log");
        let cx = cx_of(keys.tenant);
        let mut databases = Vec::new();
        for db in [tables, audit] {
            let schema = db.read(&cx, schema).await.expect("the schema");
            databases.push((db, schema.in_sqlite_words()));
        }
        let databases = databases.try_into().ok().expect("two databases");
        Self { databases, cx }
    }

    /// Runs a statement on the organisation's tables; `$1` is the tenant. Answers how many rows it
    /// touched.
    ///
    /// # Panics
    /// If it fails.
    pub async fn execute(&self, statement: &str, params: Vec<Param<'static>>) -> u64 {
        let sql = kept(statement.to_owned());
        let written = self.databases[0].0.write(&self.cx, move |tx| tx.execute(sql, &params));
        written.await.unwrap_or_else(|error| panic!("{statement}: {error:?}"))
    }

    /// The numbers that a query answers; `$1` is the tenant.
    ///
    /// # Panics
    /// If it fails.
    pub async fn numbers(&self, query: &str) -> Vec<i64> {
        let sql = kept(query.to_owned());
        let read = move |tx: &mut Tx<'_>| tx.query(sql, &[], |row| row.int(0));
        let found = self.databases[0].0.read(&self.cx, read);
        found.await.unwrap_or_else(|error| panic!("{query}: {error:?}"))
    }

    /// Every column of every table.
    ///
    /// # Panics
    /// If one is not in the inventory.
    pub fn columns(&self) -> Vec<StoredColumn> {
        let declared = inventory::columns().expect("the inventory");
        let mut columns = Vec::new();
        for table in self.databases.iter().flat_map(|(_, schema)| &schema.tables) {
            for column in &table.columns {
                let found = declared
                    .iter()
                    .find(|one| one.table == table.name && one.column == column.name)
                    .expect("a column of the inventory");
                columns.push(StoredColumn {
                    table: table.name.clone(),
                    column: column.name.clone(),
                    kind: column.kind.clone(),
                    is_personal: found.declaration.subject == Subject::User,
                    is_sealed: found.declaration.sealed,
                });
            }
        }
        columns
    }

    /// Puts a row into a table.
    ///
    /// # Panics
    /// If the table does not take it.
    pub async fn plant(&self, table: &str, row: Vec<(StoredColumn, Planted)>) {
        let names: Vec<&str> = row.iter().map(|(column, _)| &*column.column).collect();
        let places: Vec<String> = (2..row.len() + 2).map(|place| format!("${place}")).collect();
        let (names, places) = (names.join(", "), places.join(", "));
        let text = format!("INSERT INTO {table} (tenant_id, {names}) VALUES ($1, {places})");
        let sql = kept(text);
        let written = self.home(table).write(&self.cx, move |tx| {
            let params: Vec<Param<'_>> = row.iter().map(|(column, it)| bound(column, it)).collect();
            tx.execute(sql, &params)
        });
        written.await.unwrap_or_else(|error| panic!("{table} takes no row: {error:?}"));
    }

    /// Multiplies the message that was sent to each room with the transaction id `txn`, in the order in
    /// which people would have written, with ids like hashes and the transaction ids of their devices.
    /// Answers how many messages came. On SQLite.
    ///
    /// # Panics
    /// If that fails.
    pub async fn fill_with_messages(&self, txn: &str, per_room: i64) -> u64 {
        let fill = "INSERT INTO event (tenant_id, room_nid, pos, event_id, kind, sender, device_id,
                                       txn_id)
             WITH RECURSIVE turn(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < $2)
             SELECT e.tenant_id, e.room_nid, 10000000 + turn.n * 1000 + e.room_nid,
                    CHAR(36) || SUBSTR(HEX(RANDOMBLOB(22)), 2), e.kind, e.sender, e.device_id,
                    'm' || (1700000000000 + turn.n * 1000 + e.room_nid) || '.' || turn.n
               FROM turn CROSS JOIN event e
              WHERE e.tenant_id = $1 AND e.txn_id = $3
              ORDER BY turn.n, e.room_nid";
        let params = vec![Param::Int(per_room), Param::from(txn.to_owned())];
        let filled = self.execute(fill, params).await;
        let say = "INSERT INTO event_content (tenant_id, pos, room_nid, json)
             SELECT e.tenant_id, e.pos, e.room_nid, c.json
               FROM event e
               JOIN event f ON f.tenant_id = e.tenant_id AND f.room_nid = e.room_nid AND f.txn_id = $2
               JOIN event_content c ON c.tenant_id = f.tenant_id AND c.pos = f.pos
              WHERE e.tenant_id = $1 AND e.pos > 10000000
              ORDER BY e.pos";
        self.execute(say, vec![Param::from(txn.to_owned())]).await;
        let head = "UPDATE stream_head SET pos = 100000000 WHERE tenant_id = $1";
        self.execute(head, Vec::new()).await;
        let mark = "INSERT INTO stream_mark (tenant_id, pos, at_ms) VALUES ($1, 99999999, $2)";
        self.execute(mark, vec![Param::Int(self.cx.now.0)]).await;
        filled
    }

    /// Lets the first `count` of those messages of each room be two hundred days old.
    ///
    /// # Panics
    /// If that fails.
    pub async fn let_be_old(&self, count: i64) {
        const DAYS_MS: i64 = 200 * 24 * 60 * 60 * 1000;
        let mark = "INSERT INTO stream_mark (tenant_id, pos, at_ms) VALUES ($1, $2, $3)";
        let (pos, old) = (10_000_999 + count * 1000, self.cx.now.0 - DAYS_MS + count);
        self.execute(mark, vec![Param::Int(pos), Param::Int(old)]).await;
    }

    /// Every text and every run of bytes of every table, unsealed: table, column and value.
    ///
    /// # Panics
    /// If something cannot be read.
    pub async fn values(&self) -> Vec<(String, String, Vec<u8>)> {
        let mut values = Vec::new();
        for column in self.columns().into_iter().filter(|it| it.table != "schema_migration") {
            if !matches!(&*column.kind, "TEXT" | "BLOB") {
                continue;
            }
            let (table, name) = (column.table.clone(), column.column.clone());
            let whose = "tenant_id = $1";
            let sql =
                kept(format!("SELECT {name} FROM {table} WHERE {whose} AND {name} IS NOT NULL"));
            let (is_text, is_sealed) = (column.kind == "TEXT", column.is_sealed);
            let rows = self.home(&table).read(&self.cx, move |tx| match (is_text, is_sealed) {
                (true, _) => tx.query(sql, &[], |row| Ok(row.text(0)?.into_bytes())),
                (false, true) => tx.query(sql, &[], |row| row.sealed(0)),
                (false, false) => tx.query(sql, &[], |row| row.bytes(0)),
            });
            let rows = rows.await.expect("a column that can be read");
            values.extend(rows.into_iter().map(|value| (table.clone(), name.clone(), value)));
        }
        values
    }

    /// Free pages of the organisation's database: what was deleted may still be in them.
    ///
    /// # Panics
    /// If they cannot be counted.
    pub async fn free_pages(&self) -> u64 {
        self.databases[0].0.compact(1).await.expect("free pages are counted")
    }

    /// Closes the databases.
    pub async fn close(self) {
        for (db, _) in self.databases {
            db.close().await;
        }
    }

    fn home(&self, table: &str) -> &Db {
        let holds = |schema: &Schema| schema.tables.iter().any(|one| one.name == table);
        let home = self.databases.iter().find(|(_, schema)| holds(schema));
        &home.expect("a table of a store").0
    }
}

fn schema(tx: &mut Tx<'_>) -> Result<Schema> {
    tx.schema()
}

fn bound<'p>(column: &StoredColumn, value: &'p Planted) -> Param<'p> {
    match value {
        Planted::Number(it) => Param::Int(*it),
        Planted::Flag(it) => Param::Bool(*it),
        Planted::Text(it) => Param::from(it.as_str()),
        Planted::Bytes(it) if column.is_sealed => Param::sealed(it.as_slice()),
        Planted::Bytes(it) => Param::Bytes(it.as_slice().into()),
    }
}

/// Statements live as long as the program; those of tests, too.
fn kept(text: String) -> &'static Sql {
    let text: &'static str = text.leak();
    Box::leak(Box::new(Sql::new(text, text)))
}
