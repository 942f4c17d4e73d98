//! One `kontor serve` process with a data folder of its own.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::person::Person;

/// Server name of every test server.
pub(crate) const NAME: &str = "firma.example";

/// Longest time a server may take to answer after its start.
const START_PATIENCE: Duration = Duration::from_mins(1);

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    folder: PathBuf,
    options: Options,
    /// Removed when dropped, unless the caller brought the folder.
    owned: Option<TempDir>,
}

/// What differs from the usual.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// Environment variables.
    pub(crate) environment: Vec<(&'static str, String)>,
}

impl Options {
    pub(crate) fn with(name: &'static str, value: &str) -> Self {
        Self { environment: vec![(name, value.to_owned())] }
    }

    pub(crate) fn and(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }
}

impl Server {
    /// Starts with an empty folder.
    pub(crate) async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        let owned = tempfile::tempdir().unwrap();
        let mut server = Self::start_in(owned.path(), options).await;
        server.owned = Some(owned);
        server
    }

    /// Starts in a folder that outlives it.
    pub(crate) async fn start_in(folder: &Path, options: Options) -> Self {
        let address = free_address();
        let child = spawn(folder, address, &options);
        let folder = folder.to_owned();
        let mut server = Self { child, address, folder, options, owned: None };
        server.wait_until_ready().await;
        server
    }

    /// Starts again after [`Self::kill`] or [`Self::stop`], at the same address.
    pub(crate) async fn restart(&mut self) {
        self.child = spawn(&self.folder, self.address, &self.options);
        self.wait_until_ready().await;
    }

    async fn wait_until_ready(&mut self) {
        let started = Instant::now();
        let http = kontor_testkit::http().build().unwrap();
        let url = format!("{}/_matrix/client/versions", self.base());
        while started.elapsed() < START_PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended with {status}: {}", self.log());
            }
            if http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("the server does not answer: {}", self.log());
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What differs from the usual.
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the server wrote to its standard error, last start only.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(log_path(&self.folder)).unwrap_or_default()
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// `kill -9` after a while, without holding on to the server.
    pub(crate) fn killed_after(&self, span: Duration) -> impl Future<Output = ()> + use<> {
        let pid = self.child.id().to_string();
        async move {
            sleep(span).await;
            assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
        }
    }

    /// Waits for the end of a killed process.
    pub(crate) fn reap(&mut self) {
        self.child.wait().unwrap();
    }

    /// SIGTERM, then waits for the end.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Number of files and sockets the process has open.
    pub(crate) fn open_files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// Memory the process has resident, in MiB.
    pub(crate) fn resident_mebibytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() / 1024
    }

    /// Registers a new person.
    pub(crate) async fn person(&self, name: &str) -> Person {
        Person::register(&self.base(), name).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        drop(self.owned.take());
        // Kept where a test failed: it says why.
        if !std::thread::panicking() {
            let _ = fs::remove_file(log_path(&self.folder));
        }
    }
}

/// Runs `kontor serve` where it cannot start; answers its status and what it said.
pub(crate) fn failed_start(folder: &Path) -> (ExitStatus, String) {
    let mut child = spawn(folder, free_address(), &Options::default());
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > START_PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the server neither starts nor ends");
        }
        #[expect(clippy::disallowed_methods, reason = "waits for another process")]
        std::thread::sleep(Duration::from_millis(20));
    };
    let log = fs::read_to_string(log_path(folder)).unwrap_or_default();
    fs::remove_file(log_path(folder)).unwrap();
    (status, log)
}

fn spawn(folder: &Path, address: SocketAddr, options: &Options) -> Child {
    let log = File::create(log_path(folder)).unwrap();
    Command::new(env!("CARGO_BIN_EXE_kontor"))
        .args(["serve", "--server-name", NAME, "--preset", "lab"])
        .args(["--listen", &address.to_string()])
        .arg("--data")
        .arg(folder)
        .envs(options.environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// Beside the data folder, not in it: a test may fill or lock the folder.
fn log_path(folder: &Path) -> PathBuf {
    let name = folder.to_string_lossy().replace('/', "_");
    std::env::temp_dir().join(format!("kontor-test{name}.log"))
}

/// A port nobody listens at; the system does not give it out again at once.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
