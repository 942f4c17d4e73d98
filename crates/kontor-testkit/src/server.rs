//! The server under test.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use kontor_config::{Config, Sources};
use kontor_core::{Actor, Clock, Cx, Random, Role, Roles, Secret, Timestamp};
use kontor_identity::NewUser;
use kontor_node::Node;
use kontor_policy::{Change, Policy, SecondFactor};
use kontor_tenant::Tenant;
use kontor_testdb::Database;
use reqwest::{Client, ClientBuilder};
use ruma::ServerName;
use rustls::crypto::aws_lc_rs;
use serde_json::json;
use tempfile::TempDir;

use crate::person::{Answer, Person, request};

/// Time at which hand-set clocks start: 2026-01-01.
const START: Timestamp = Timestamp(1_767_225_600_000);

/// Password of everybody.
const PASSWORD: &str = "correct horse battery staple";

/// How a test server is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Organisations; the first is the one people register with.
    pub server_names: Vec<&'static str>,
    /// Further flags of `kontor serve`, without dashes.
    pub flags: Vec<(&'static str, String)>,
    /// Text of the configuration file.
    pub file: String,
    /// On PostgreSQL instead of SQLite.
    pub postgres: bool,
    /// The machine's clock instead of one set by hand.
    pub system_clock: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            server_names: vec!["one.example"],
            flags: vec![("preset", "lab".to_owned())],
            file: String::new(),
            postgres: false,
            system_clock: false,
        }
    }
}

/// A running server with its data folder; stopped and removed with the value.
#[derive(Debug)]
pub struct TestServer {
    setup: Setup,
    node: Option<Node>,
    folder: TempDir,
    database: Option<Database>,
    clock: Clock,
    http: Client,
}

impl TestServer {
    /// A server of one organisation in the preset lab, on SQLite.
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    /// A server set up differently.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn with(setup: Setup) -> Self {
        let folder = TempDir::new().expect("a folder for the data");
        let database = setup.postgres.then(Database::create);
        let clock = if setup.system_clock { Clock::System } else { Clock::manual(START) };
        let http = http().build().expect("an HTTP client");
        let mut server = Self { setup, node: None, folder, database, clock, http };
        server.open().await;
        server
    }

    async fn open(&mut self) {
        let node = Node::start(self.config(), self.clock.clone(), Random::System).await;
        self.node = Some(node.unwrap_or_else(|error| panic!("the server starts: {error}")));
    }

    /// The configuration it starts with.
    ///
    /// # Panics
    /// If it is not sound.
    pub fn config(&self) -> Config {
        let data = self.folder.path().join("data");
        let file = self.folder.path().join("kontor.toml");
        let mut text = self.setup.file.clone();
        for name in &self.setup.server_names {
            write!(text, "\n[[tenant]]\nserver_name = \"{name}\"\n").expect("text takes text");
        }
        std::fs::write(&file, text).expect("the configuration file is written");
        let mut flags: BTreeMap<&'static str, String> = self.setup.flags.iter().cloned().collect();
        flags.insert("data", data.display().to_string());
        flags.entry("listen").or_insert_with(|| "127.0.0.1:0".to_owned());
        if let Some(database) = &self.database {
            flags.insert("database", database.role_url());
        }
        Config::load(Sources { file: Some(file), flags }).expect("the configuration is sound")
    }

    /// Stops the server and loses everything it has: data folder and database are new and empty.
    ///
    /// # Panics
    /// If that fails.
    pub async fn lose(&mut self) {
        self.stop().await;
        let data = self.folder.path().join("data");
        std::fs::remove_dir_all(&data).expect("the data folder is removed");
        self.database = self.setup.postgres.then(Database::create);
    }

    /// Stops the server in good order and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.open().await;
    }

    /// Stops the server in good order.
    pub async fn stop(&mut self) {
        if let Some(node) = self.node.take() {
            node.stop().await;
        }
    }

    /// `http://127.0.0.1:PORT`, or with `https`.
    ///
    /// # Panics
    /// If the server is stopped.
    pub fn base(&self) -> String {
        let node = self.node.as_ref().expect("the server runs");
        let scheme = if node.speaks_tls() { "https" } else { "http" };
        format!("{scheme}://{}", node.address())
    }

    /// Starts a stopped server again on the same data.
    pub async fn start_again(&mut self) {
        self.open().await;
    }

    /// Where the PostgreSQL database is; `None` on SQLite.
    pub(crate) fn database_url(&self) -> Option<Secret<String>> {
        self.database.as_ref().map(|database| Secret::new(database.role_url()))
    }

    /// Every row of every table of the PostgreSQL database, as text.
    ///
    /// # Panics
    /// If the server runs on SQLite.
    pub fn postgres_dump(&self) -> String {
        self.database.as_ref().expect("a server on PostgreSQL").dump()
    }

    /// The folder with everything the server writes.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// The clock; hand-set unless the setup says otherwise.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The node itself.
    ///
    /// # Panics
    /// If the server is stopped.
    pub fn node(&self) -> &Node {
        self.node.as_ref().expect("the server runs")
    }

    /// Registers a person with the first organisation.
    pub async fn register(&self, name: &str) -> Person {
        let host = self.setup.server_names.first().copied().unwrap_or("one.example");
        self.register_at(host, name).await
    }

    /// Registers a person with the organisation served under `host`.
    pub async fn register_at(&self, host: &str, name: &str) -> Person {
        let body = json!({
            "username": name,
            "password": PASSWORD,
            "auth": { "type": "m.login.dummy" },
        });
        let answer = self.anonymous(host).post("/_matrix/client/v3/register", body).await;
        self.person(host, &answer)
    }

    /// Creates an administrator of the first organisation, as the operator does, and signs in.
    ///
    /// # Panics
    /// If that fails.
    pub async fn register_admin(&self, name: &str) -> Person {
        self.register_with(name, Roles::ADMINISTRATOR).await
    }

    /// As [`Self::register_admin`], but somebody with one role.
    ///
    /// # Panics
    /// If that fails.
    pub async fn register_as(&self, name: &str, role: Role) -> Person {
        self.register_with(name, Roles::of(&[role]).without(Role::User)).await
    }

    /// Lets programs sign in by password alone, which the strict preset does not.
    ///
    /// # Panics
    /// If that fails.
    pub async fn accept_passwords(&self) {
        let (tenant, operator) = self.operator().await;
        let change = Change {
            setting: "password_login_api".to_owned(),
            value: json!("on"),
            reason: "test".to_owned(),
            lock: false,
            agreement: None,
        };
        tenant.policies.change(&operator, change).await.expect("the setting is changed");
        // Locked as shipped, so that it is not for one person to decide; holds until the next decision.
        let policy = (*tenant.policy.now()).clone();
        tenant.policy.replace(Policy { second_factor: SecondFactor::Optional, ..policy });
    }

    /// The services of an organisation, and a context of its operator.
    ///
    /// # Panics
    /// If it does not open.
    pub async fn operator_of(&self, host: &str) -> (Arc<Tenant>, Cx) {
        let host = <&ServerName>::try_from(host).expect("a server name");
        let tenant = self.node().tenants().open(host).await.expect("the organisation opens");
        let (clock, random) = (tenant.clock.clone(), tenant.random.clone());
        let cx = Cx::new(tenant.id, Actor::Operator, clock, random).expect("a context");
        (tenant, cx)
    }

    async fn operator(&self) -> (Arc<Tenant>, Cx) {
        let host = self.setup.server_names.first().copied().unwrap_or("one.example");
        self.operator_of(host).await
    }

    async fn register_with(&self, name: &str, roles: Roles) -> Person {
        let (tenant, operator) = self.operator().await;
        let new = NewUser {
            username: Some(name.to_owned()),
            password: Some(Secret::new(PASSWORD.to_owned())),
            roles,
            ..NewUser::default()
        };
        let created = tenant.identity.create_user(&operator, new).await;
        created.expect("the account is created");
        self.login(name).await
    }

    /// Signs a registered person in on another device.
    pub async fn login(&self, name: &str) -> Person {
        let host = self.setup.server_names.first().copied().unwrap_or("one.example");
        let body = json!({
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": name },
            "password": PASSWORD,
        });
        let answer = self.anonymous(host).post("/_matrix/client/v3/login", body).await;
        self.person(host, &answer)
    }

    /// Somebody of this server, after it was started again.
    ///
    /// # Panics
    /// If the server is stopped.
    pub fn again(&self, person: &Person) -> Person {
        Person { base: self.base(), ..person.clone() }
    }

    /// Somebody who has not signed in, calling the organisation under `host`.
    pub fn anonymous(&self, host: &str) -> Person {
        Person {
            user_id: String::new(),
            device_id: String::new(),
            token: String::new(),
            host: host.to_owned(),
            base: self.base(),
            http: self.http.clone(),
        }
    }

    /// A request of any kind.
    pub async fn raw(&self, request: reqwest::RequestBuilder) -> Answer {
        self::request(request).await
    }

    fn person(&self, host: &str, answer: &Answer) -> Person {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let text = |field: &str| answer.text(field).to_owned();
        Person {
            user_id: text("user_id"),
            device_id: text("device_id"),
            token: text("access_token"),
            host: host.to_owned(),
            base: self.base(),
            http: self.http.clone(),
        }
    }
}

/// The beginnings of an HTTP client that goes through no proxy.
#[expect(clippy::disallowed_methods, reason = "the one place that makes clients for tests")]
pub fn http() -> ClientBuilder {
    // Each client wants to know it, TLS or not. An error means that it is known already.
    let _ = aws_lc_rs::default_provider().install_default();
    Client::builder().no_proxy()
}

/// Runs a test on SQLite and on PostgreSQL.
#[expect(clippy::future_not_send, reason = "a test runs on the thread that started it")]
pub async fn for_each_server(test: impl AsyncFn(TestServer)) {
    for postgres in [false, true] {
        test(TestServer::with(Setup { postgres, ..Setup::default() }).await).await;
    }
}
