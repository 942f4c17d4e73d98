//! One test, both engines.

use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use kontor_core::{Actor, Clock, Cx, Random, Secret, TenantId};
use kontor_db::{DatabaseKeys, Db, Migration, Settings};
use tempfile::TempDir;
use tokio::runtime::Builder;

use crate::Database;

/// An empty place for one tenant's database.
#[derive(Debug)]
pub enum Backend {
    /// A folder.
    Sqlite(TempDir),
    /// A database on a PostgreSQL server.
    Postgres(Database),
}

impl Backend {
    /// On SQLite.
    ///
    /// # Panics
    /// If no folder can be made.
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a folder for the test"))
    }

    /// On PostgreSQL.
    ///
    /// # Panics
    /// If there is no PostgreSQL.
    pub fn postgres() -> Self {
        Self::Postgres(Database::create())
    }

    /// Opens tenant 1's database with fixed keys.
    ///
    /// # Panics
    /// If it does not open.
    pub async fn open(&self, migrations: &'static [Migration]) -> Db {
        Db::open(self.settings(), TenantId(1), keys(), migrations)
            .await
            .expect("the database opens")
    }

    /// Opens tenant 1's store called `name` beside the database.
    ///
    /// # Panics
    /// If it does not open.
    pub async fn open_beside(&self, name: &'static str, migrations: &'static [Migration]) -> Db {
        Db::open(self.settings().beside(name), TenantId(1), keys(), migrations)
            .await
            .expect("the store opens")
    }

    /// Where the database is.
    pub fn settings(&self) -> Settings {
        match self {
            Self::Sqlite(folder) => Settings::Sqlite { path: folder.path().join("tenant.db") },
            Self::Postgres(database) => database.settings(),
        }
    }

    /// The folder of a SQLite database.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(folder) => Some(folder.path()),
            Self::Postgres(_) => None,
        }
    }
}

/// The keys of every test database.
pub fn keys() -> DatabaseKeys {
    DatabaseKeys { cipher_key: Secret::new([0x11; 32]), seal_key: Secret::new([0x22; 32]) }
}

/// A context of tenant 1.
pub fn cx() -> Cx {
    cx_of(TenantId(1))
}

/// A context of `tenant`: an operator, on the machine's clock.
///
/// # Panics
/// If the system has no randomness.
pub fn cx_of(tenant: TenantId) -> Cx {
    Cx::new(tenant, Actor::Operator, Clock::System, Random::System).expect("a context")
}

/// Runs `test` on SQLite, then on PostgreSQL, each in a thread named after the engine.
///
/// ```no_run
/// # static MIGRATIONS: [kontor_db::Migration; 0] = [];
/// kontor_testdb::for_each_backend(async |backend| {
///     let db = backend.open(&MIGRATIONS).await;
///     db.close().await;
/// });
/// ```
pub fn for_each_backend(test: impl AsyncFn(Backend) + Sync) {
    run_on("sqlite", &test, Backend::sqlite);
    run_on("postgres", &test, Backend::postgres);
}

fn run_on(name: &str, test: &(impl AsyncFn(Backend) + Sync), backend: fn() -> Backend) {
    let work = || {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(test(backend()));
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, work);
        if let Err(panic) = thread.expect("a thread").join() {
            resume_unwind(panic);
        }
    });
}
