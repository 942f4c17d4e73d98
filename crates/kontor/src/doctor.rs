//! `kontor doctor`: is everything in order, and if not, what to do.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::process::ExitCode;
use std::time::Duration;

use kontor_config::{Config, Tenant};
use kontor_core::{Clock, Kind, Random};
use kontor_node::{FolderLock, Tenants};
use kontor_tls::{Gravity, Remark};
use kontor_vault::Vault;
use ruma::{OwnedServerName, ServerName};
use serde_json::{Value, json};

use crate::arguments::Place;
use crate::failure::Failure;
use crate::{output, site};

const GIB: u64 = 1 << 30;
/// Less free disk than this is worth a warning.
const FEW_BYTES: u64 = 5 * GIB;
/// Less free disk than this is a failure: the next busy day fills it.
const TOO_FEW_BYTES: u64 = GIB / 4;
/// Fewer files than this are too few for many clients.
const FEW_FILES: u64 = 4096;
/// 2026-01-01: no Kontor is older, so no clock may be.
const EARLIEST_MS: i64 = 1_767_225_600_000;

/// Result of one check.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// One line of the report.
struct Finding {
    what: &'static str,
    verdict: Verdict,
    /// What was found and, unless all is well, what to do.
    text: String,
}

/// Runs every check. The exit code is 1 if one of them fails.
pub(crate) fn run(place: &Place, json: bool) -> Result<ExitCode, Failure> {
    let config = Config::load(place.sources())?;
    let findings = site::runtime()?.block_on(examine(&config));
    let worst = findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Ok);
    if json {
        let list = findings.iter().map(Finding::to_json).collect();
        output::json(&Value::Array(list));
    } else {
        for finding in &findings {
            output::line(&format!(
                "{:4}  {:14}  {}",
                finding.verdict.word(),
                finding.what,
                finding.text
            ));
        }
    }
    Ok(if worst == Verdict::Fail { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![configuration(config), clock(), open_files(), egress(config)];
    if !config.server.data.exists() {
        let folder = config.server.data.display();
        findings.push(Finding::warn(
            "data folder",
            format!("{folder} does not exist yet; `kontor serve` creates it."),
        ));
        findings.extend(ports(config));
        return findings;
    }
    findings.extend([folder(config), disk(config)]);
    findings.extend(certificates(config));
    findings.extend(backups(config));
    match FolderLock::acquire(&config.server.data) {
        Ok(_lock) => {
            findings.extend(ports(config));
            findings.push(keys(config));
            // Keys that do not open keep every database shut; one complaint is enough.
            if findings.last().is_some_and(|finding| finding.verdict != Verdict::Fail) {
                findings.extend(databases(config).await);
            }
        }
        Err(error) if error.kind == Kind::Conflict => {
            let text = "a server runs on this folder; stop it to check keys, databases and port.";
            findings.push(Finding::ok("server", text));
        }
        Err(error) => findings.push(Finding::fail("lock", error.public.to_string())),
    }
    findings
}

fn configuration(config: &Config) -> Finding {
    let text = match &config.file {
        Some(path) => format!("{} is valid.", path.display()),
        None => "no file; defaults, environment and flags are valid.".to_owned(),
    };
    Finding::ok("configuration", text)
}

fn clock() -> Finding {
    if Clock::System.now().0 < EARLIEST_MS {
        let text = "the clock stands before 2026. Set it, best with systemd-timesyncd or chrony.";
        return Finding::fail("clock", text);
    }
    Finding::ok("clock", "plausible.")
}

fn open_files() -> Finding {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    match limit.maximum {
        Some(most) if most < FEW_FILES => Finding::warn(
            "open files",
            format!("at most {most}: few clients fit. Raise it (systemd: LimitNOFILE=65536)."),
        ),
        _ => Finding::ok("open files", "enough."),
    }
}

/// What the configuration makes the server connect to.
fn egress(config: &Config) -> Finding {
    let list: Vec<String> = config.egress().iter().map(ToString::to_string).collect();
    let text = if list.is_empty() { "none.".to_owned() } else { format!("{}.", list.join(", ")) };
    Finding::ok("connects to", text)
}

fn certificates(config: &Config) -> Vec<Finding> {
    if !config.speaks_tls() {
        return Vec::new();
    }
    let (vault, created) = vault(config);
    let named = config.tenants.iter().flat_map(Tenant::all_hosts).map(str::to_owned);
    let hosts: Vec<String> = named.chain(created.iter().map(ToString::to_string)).collect();
    let remarks = kontor_tls::examine(config, vault.as_ref(), &hosts, Clock::System.now());
    remarks.into_iter().map(Finding::from).collect()
}

/// The keys and the organisations there are. What keeps them from opening is told by `keys`.
fn vault(config: &Config) -> (Option<Vault>, Vec<OwnedServerName>) {
    let vault = config.server.data.join("node.key").exists();
    let vault = vault.then(|| Vault::open(&config.server.data, Random::System).ok()).flatten();
    let created = vault.as_ref().and_then(|vault| vault.tenants().ok()).unwrap_or_default();
    (vault, created)
}

/// Whether there are backups, and how old the newest is. law: R-231
fn backups(config: &Config) -> Vec<Finding> {
    let Some(backup) = &config.backup else {
        let text = "nothing is backed up. Set backup.target and backup.recipients \
                    (docs/backup.md); a key: kontor backup keygen";
        return vec![Finding::warn("backups", text)];
    };
    let now = Clock::System.now();
    let by = match backup.hour {
        Some(hour) => format!("the server writes one a day after {hour}:00 UTC"),
        None => "backup.hour is \"never\": something else must run kontor backup".to_owned(),
    };
    let of = |name: &OwnedServerName| {
        let sets = match kontor_backup::Folder::of(&backup.target, name).list() {
            Ok((sets, _)) => sets,
            Err(error) => return Finding::fail("backups", format!("{name}: {}", error.public)),
        };
        newest_backup(name, kontor_backup::newest_until(&sets, now).map(|at| now.since(at)), &by)
    };
    vault(config).1.iter().map(of).collect()
}

/// What is said of an organisation whose newest backup has this age; `by`: what writes them.
fn newest_backup(name: &ServerName, age: Option<Duration>, by: &str) -> Finding {
    let Some(age) = age else {
        return Finding::warn("backups", format!("{name}: none yet; {by}. Now: kontor backup"));
    };
    let old = output::counted(age.as_secs() / 3600, "hour");
    if age > kontor_backup::LATEST {
        let text = format!("{name}: the newest is {old} old; {by}. Now: kontor backup");
        return Finding::fail("backups", text);
    }
    Finding::ok("backups", format!("{name}: the newest is {old} old."))
}

fn folder(config: &Config) -> Finding {
    let path = &config.server.data;
    let shown = path.display();
    let mode = match fs::metadata(path) {
        Ok(found) if !found.is_dir() => {
            return Finding::fail("data folder", format!("{shown} is no folder."));
        }
        Ok(found) => found.permissions().mode() & 0o777,
        Err(error) => return Finding::fail("data folder", format!("{shown}: {error}")),
    };
    let probe = path.join(".doctor");
    if let Err(error) = fs::write(&probe, "x").and_then(|()| fs::remove_file(&probe)) {
        let text = format!("{shown} cannot be written: {error}. Check its owner and the disk.");
        return Finding::fail("data folder", text);
    }
    if mode & 0o077 != 0 {
        let text = format!("others may look into it (mode {mode:03o}). Run: chmod 700 {shown}");
        return Finding::warn("data folder", text);
    }
    Finding::ok("data folder", format!("{shown} is writable and private."))
}

fn disk(config: &Config) -> Finding {
    let space = match rustix::fs::statvfs(&config.server.data) {
        Ok(space) => space,
        Err(error) => return Finding::warn("disk", format!("free space unknown: {error}")),
    };
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    let text = format!("{} GiB free.", free / GIB);
    if free < TOO_FEW_BYTES {
        return Finding::fail("disk", format!("{text} Make room now."));
    }
    if free < FEW_BYTES {
        return Finding::warn("disk", format!("{text} Make room soon."));
    }
    Finding::ok("disk", text)
}

fn ports(config: &Config) -> Vec<Finding> {
    let listen = &config.listen;
    let clients = (listen.address, "--listen or [listen] address");
    let operator = listen.admin_address.map(|it| (it, "--admin-listen or [listen] admin_address"));
    [Some(clients), operator].into_iter().flatten().map(port).collect()
}

fn port((address, setting): (SocketAddr, &str)) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Finding::ok("port", format!("{address} is free.")),
        Err(error) => {
            Finding::fail("port", format!("{address}: {error}. Choose another with {setting}."))
        }
    }
}

fn keys(config: &Config) -> Finding {
    if !config.server.data.join("node.key").exists() {
        return Finding::warn("keys", "no node key yet; the first `kontor serve` creates it.");
    }
    let opened = Vault::open(&config.server.data, Random::System).and_then(|vault| {
        let names = vault.tenants()?;
        names.iter().try_for_each(|name| vault.open_tenant(name).map(drop))?;
        Ok(names.len())
    });
    match opened {
        Ok(count) => Finding::ok("keys", format!("private; {count} organisation(s) open.")),
        Err(error) => Finding::fail("keys", error.public.to_string()),
    }
}

async fn databases(config: &Config) -> Vec<Finding> {
    let tenants = match Tenants::new(config, Clock::System, Random::System) {
        Ok(tenants) => tenants,
        Err(error) => return vec![Finding::fail("databases", Failure::from(error).text)],
    };
    let mut findings = Vec::new();
    for name in tenants.names() {
        findings.push(match tenants.open(&name).await {
            Ok(_) => Finding::ok("database", format!("{name} opens.")),
            Err(error) => {
                Finding::fail("database", format!("{name}: {}", Failure::from(error).text))
            }
        });
    }
    tenants.close().await;
    findings
}

impl From<Remark> for Finding {
    fn from(remark: Remark) -> Self {
        let verdict = match remark.gravity {
            Gravity::Fine => Verdict::Ok,
            Gravity::Warning => Verdict::Warn,
            Gravity::Failure => Verdict::Fail,
        };
        Self { what: "certificate", verdict, text: remark.text }
    }
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

impl Finding {
    fn ok(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Ok, text: text.into() }
    }

    fn warn(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Warn, text: text.into() }
    }

    fn fail(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Fail, text: text.into() }
    }

    fn to_json(&self) -> Value {
        json!({ "check": self.what, "verdict": self.verdict.word(), "text": self.text })
    }
}

#[cfg(test)]
mod tests {
    use ruma::server_name;

    use super::*;

    #[test]
    fn a_backup_that_is_older_than_a_day_and_two_hours_fails() {
        let of = |hours| {
            let age = Some(Duration::from_hours(hours));
            newest_backup(server_name!("firma.example"), age, "something writes them")
        };
        assert!(of(26).verdict == Verdict::Ok && of(1).text.ends_with("1 hour old."));
        let old = of(27);
        assert!(old.verdict == Verdict::Fail);
        assert!(old.text.contains("27 hours old; something writes them"), "{}", old.text);
    }
}
