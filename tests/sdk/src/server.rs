//! The Kontor process under test.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::walk::Walk;

/// Lets the walk create administrators.
pub(crate) const SHARED_SECRET: &str = "walk-shared-secret";

/// A running server with its own data folder; both go when it is dropped.
pub(crate) struct Server {
    child: Child,
    folder: TempDir,
    port: u16,
    database: Option<String>,
}

impl Server {
    /// Starts the server on an empty folder and waits until it answers.
    pub(crate) async fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("kontor-walk-").tempdir()?;
        let port = free_port()?;
        let database = std::env::var("KONTOR_WALK_POSTGRES").ok().filter(|url| !url.is_empty());
        let child = spawn(&folder, port, database.as_deref())?;
        let mut server = Self { child, folder, port, database };
        server.wait_until_it_answers().await?;
        Ok(server)
    }

    /// Kills the process without warning and starts it again on the same folder and port.
    pub(crate) async fn kill_and_restart(&mut self) -> Result<()> {
        self.child.kill().await?;
        self.child = spawn(&self.folder, self.port, self.database.as_deref())?;
        self.wait_until_it_answers().await
    }

    /// Asks the process to stop; it must do so by itself, in time and without complaint.
    pub(crate) async fn stop(mut self, walk: &Walk) -> Result<()> {
        walk.step("the server stops on SIGTERM within ten seconds, exit code 0", async {
            let pid = self.child.id().context("the server has already gone")?;
            let status: ExitStatus =
                Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
            ensure!(status.success(), "kill: {status}");
            let status = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await??;
            ensure!(status.success(), "{status}");
            Ok(())
        })
        .await
    }

    /// Where clients connect.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    async fn wait_until_it_answers(&mut self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        let url = format!("{}/_matrix/client/versions", self.url());
        loop {
            if reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended at once: {status}");
            }
            ensure!(Instant::now() < deadline, "the server did not answer within 30 s");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn spawn(folder: &TempDir, port: u16, database: Option<&str>) -> Result<Child> {
    let binary = PathBuf::from(std::env::var("KONTOR_BIN").context("KONTOR_BIN is not set")?);
    let mut command = Command::new(&binary);
    command.args(["serve", "--server-name", "localhost", "--preset", "lab"]);
    command.arg("--data").arg(folder.path().join("data"));
    command.args(["--listen", &format!("127.0.0.1:{port}")]);
    command.args(["--registration-shared-secret", SHARED_SECRET]);
    if let Some(url) = database {
        command.args(["--database", url]);
    }
    // What steers the walk must not configure the server.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KONTOR_") {
            command.env_remove(name);
        }
    }
    if std::env::var("KONTOR_WALK_LOG").is_err() {
        command.stdout(Stdio::null()).stderr(Stdio::null());
    }
    command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| binary.display().to_string())
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
