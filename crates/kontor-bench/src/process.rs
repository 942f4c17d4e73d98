//! The server process: start, CPU time, memory, size on disk.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use http::Method;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::Result;
use crate::client::Client;

/// A running server with its own data folder; both go when it is dropped.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The program.
    pub(crate) binary: PathBuf,
    pid: u32,
    folder: TempDir,
    child: Child,
}

impl Server {
    /// Starts `binary` on an empty folder below `target/`, on the disk the sources are on.
    pub(crate) async fn start(binary: &Path) -> Result<Self> {
        std::fs::create_dir_all("target")?;
        let folder = tempfile::Builder::new().prefix("bench-data-").tempdir_in("target")?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = spawn(binary, &folder.path().join("data"), address)?;
        let pid = child.id().ok_or("the server has already gone")?;
        let mut server = Self { address, pid, binary: binary.to_owned(), folder, child };
        server.wait_until_it_answers().await?;
        Ok(server)
    }

    /// The binary it runs.
    pub(crate) fn binary(&self) -> &Path {
        &self.binary
    }

    /// Its data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Stops it in good order.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        Command::new("kill").args(["-TERM", &self.pid.to_string()]).status().await?;
        self.child.wait().await?;
        Ok(())
    }

    /// Starts it again on the same data.
    pub(crate) async fn start_again(&mut self) -> Result<()> {
        self.child = spawn(&self.binary, &self.data(), self.address)?;
        self.pid = self.child.id().ok_or("the server has already gone")?;
        self.wait_until_it_answers().await
    }

    async fn wait_until_it_answers(&mut self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            if let Ok(mut client) = Client::connect(self.address, None).await
                && client.ok(Method::GET, "client/versions", "").await.is_ok()
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended at once: {status}").into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err("the server did not answer within 20 s".into())
    }

    /// CPU time of all its threads so far, user and system, in milliseconds (steps of 10).
    pub(crate) fn cpu_ms(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        parse_cpu_ms(&stat).ok_or_else(|| "unreadable /proc/PID/stat".into())
    }

    /// Memory in MiB: proportional set size, which counts shared pages once.
    pub(crate) fn pss_mib(&self) -> Result<f64> {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.pid))?;
        parse_kib(&rollup, "Pss:").map(|kib| kib / 1024.0).ok_or_else(|| "no Pss".into())
    }

    /// A folder that goes with the server.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Bytes of everything it has stored.
    pub(crate) fn disk_bytes(&self) -> Result<u64> {
        size_of_folder(self.folder.path())
    }
}

fn spawn(binary: &Path, data: &Path, address: SocketAddr) -> Result<Child> {
    let child = Command::new(binary)
        .args(["serve", "--server-name", "localhost", "--preset", "lab"])
        .arg("--data")
        .arg(data)
        .args(["--listen", &address.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    child.map_err(|error| format!("{}: {error}", binary.display()).into())
}

fn size_of_folder(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        bytes += if about.is_dir() { size_of_folder(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
}

/// `utime` and `stime` are fields 14 and 15; the name in field 2 may contain blanks.
fn parse_cpu_ms(stat: &str) -> Option<f64> {
    /// Linux counts these in 1/100 s on every common configuration.
    const MS_PER_TICK: f64 = 10.0;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) * MS_PER_TICK)
}

fn parse_kib(rollup: &str, label: &str) -> Option<f64> {
    let line = rollup.lines().find(|line| line.starts_with(label))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_read_past_a_name_with_blanks() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 8 0 1 2 3";
        assert_eq!(parse_cpu_ms(stat).map(|ms| ms as u64), Some(3000));
    }

    #[test]
    fn memory_is_read_from_its_own_line() {
        let rollup = "00400000-7fff [rollup]\nRss:  9000 kB\nPss:  2048 kB\nPss_Dirty: 1 kB\n";
        assert_eq!(parse_kib(rollup, "Pss:").map(|kib| kib as u64), Some(2048));
    }
}
