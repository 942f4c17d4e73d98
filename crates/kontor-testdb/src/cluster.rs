//! One PostgreSQL server per test process, one database per test.

use std::path::Path;
use std::process::{self, Command, Output};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use kontor_core::Secret;
use kontor_db::Settings;

/// Starts and stops the private server.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/postgres-for-tests.sh");
/// An ordinary role, so that row-level security holds.
const ROLE: &str = "kontor_test";

/// URL of the server, as superuser.
static SERVER: LazyLock<String> = LazyLock::new(|| {
    #[expect(clippy::disallowed_methods, reason = "tests are told by `make test`, not by a file")]
    let given = std::env::var("KONTOR_TEST_POSTGRES");
    given.unwrap_or_else(|_| {
        let pid = process::id().to_string();
        let dir = std::env::temp_dir().join(format!("kontor-postgres-test-{pid}"));
        run(Command::new(SCRIPT).arg("start").arg(dir).arg(pid))
    })
});

/// A database of its own, owned by an ordinary role; dropped with the value.
#[derive(Debug)]
pub struct Database {
    name: String,
}

impl Database {
    /// Creates an empty one.
    ///
    /// # Panics
    /// If there is no PostgreSQL.
    pub fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // Test processes that start together may all find the role missing.
        let role = format!(
            "DO $$ BEGIN CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}'; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        let database = format!(
            "CREATE DATABASE {name} OWNER {ROLE} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'"
        );
        psql(&SERVER, &[&role, &database]);
        Self { name }
    }

    /// Creates another one beside it, with `options` of CREATE DATABASE in place of collation C.
    #[must_use]
    pub fn with_options(options: &str) -> Self {
        let database = Self::create();
        let name = &database.name;
        psql(
            &SERVER,
            &[
                &format!("DROP DATABASE {name}"),
                &format!("CREATE DATABASE {name} OWNER {ROLE} TEMPLATE template0 {options}"),
            ],
        );
        database
    }

    /// How Kontor reaches it, as the ordinary role.
    pub fn settings(&self) -> Settings {
        Settings::Postgres { url: Secret::new(self.role_url()), beside: None }
    }

    /// URL of the ordinary role.
    ///
    /// # Panics
    /// If `KONTOR_TEST_POSTGRES` is not a URL.
    pub fn role_url(&self) -> String {
        let (scheme, rest) = SERVER.split_once("://").expect("a URL");
        let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
        let host = authority.rsplit('@').next().unwrap_or(authority);
        format!("{scheme}://{ROLE}:{ROLE}@{host}/{}", self.name)
    }

    /// Runs `sql` as superuser, for whom row-level security does not hold; answers the rows, one
    /// a line, columns separated by `|`.
    pub fn psql(&self, sql: &str) -> String {
        psql(&self.superuser_url(), &[sql])
    }

    /// Runs `statements` in one session at `url`; answers the rows, or what `psql` complains about.
    pub fn psql_at(url: &str, statements: &[&str]) -> Result<String, String> {
        answer(&mut psql_command(url, statements))
    }

    /// Every row of every table, as text.
    pub fn dump(&self) -> String {
        run(Command::new("pg_dump").args(["--data-only", "--dbname", &self.superuser_url()]))
    }

    fn superuser_url(&self) -> String {
        let (server, _) = SERVER.rsplit_once('/').expect("a URL with a database");
        format!("{server}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A private server may be gone already; it takes its databases with it.
        let _ = Command::new("psql")
            .args(["-qX", "-d", &SERVER, "-c"])
            .arg(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name))
            .output();
    }
}

fn psql(url: &str, statements: &[&str]) -> String {
    run(&mut psql_command(url, statements))
}

fn psql_command(url: &str, statements: &[&str]) -> Command {
    let mut command = Command::new("psql");
    command.args(["-qXAt", "-v", "ON_ERROR_STOP=1", "-d", url]);
    for statement in statements {
        command.args(["-c", statement]);
    }
    command
}

/// Runs a command that must succeed; answers what it printed.
fn run(command: &mut Command) -> String {
    answer(command).unwrap_or_else(|complaint| panic!("{complaint}"))
}

fn answer(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|error| {
        let program = Path::new(command.get_program()).display();
        panic!("{program}: {error}; run: apt-get install postgresql-15");
    });
    if !status.success() {
        return Err(String::from_utf8_lossy(&stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&stdout).trim_end().to_owned())
}
