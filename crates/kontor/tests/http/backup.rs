//! Backups and restores by the real program: beside a running server, killed at any moment, on a disk
//! that takes no more.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use kontor_testkit::Stores;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::kills::{order_erasure, told};
use crate::media::{download, upload};
use crate::person::transaction;
use crate::server::{NAME, Options, Server, failed_start};

/// Stands in a message; never in a backup in clear.
const MARKER: &str = "Kaffeekasse";

/// Kills at random moments in `make test`; `make faults` asks for more by `KONTOR_KILLS`.
const KILLS: u32 = 12;

/// A private key that only its owner may read: any other is refused.
fn keep_private(path: &Path, text: &[u8]) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A server whose backups go into a folder beside its data.
pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) server: Server,
}

impl House {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = run(&["backup", "keygen"], &[]);
        keep_private(&folder.path().join("key"), &key.stdout);
        let text = String::from_utf8(key.stdout).unwrap();
        let public = text.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
        let options = Options::with("KONTOR_BACKUP_RECIPIENTS", public)
            .and("KONTOR_BACKUP_TARGET", folder.path().join("target").to_str().unwrap())
            .and("KONTOR_BACKUP_HOUR", "never");
        let server = Server::start_in(&folder.path().join("data"), options).await;
        Self { folder, server }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        self.server.options().environment.clone()
    }

    /// `kontor backup …` beside the running server.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.args(["--data", &self.path("data")]).envs(self.environment());
        command
    }

    pub(crate) fn back_up(&self) -> Output {
        self.command(&["--json", "backup"]).output().unwrap()
    }

    /// The whole sets, as `kontor backup list` tells.
    pub(crate) fn sets(&self) -> Vec<PathBuf> {
        let output = self.command(&["--json", "backup", "list"]).output().unwrap();
        let list: Value = serde_json::from_slice(&output.stdout).unwrap();
        let paths = list.as_array().unwrap().iter();
        paths.map(|set| PathBuf::from(set["path"].as_str().unwrap())).collect()
    }

    /// Waits until the erasure ledger beside the backups has an entry of this kind.
    pub(crate) async fn wait_for_ledger(&self, kind: &str) {
        let ledger = self.folder.path().join("target").join(NAME).join("ledger.jsonl");
        let (begun, wanted) = (Instant::now(), format!("\"kind\":\"{kind}\""));
        while !fs::read_to_string(&ledger).unwrap_or_default().contains(&wanted) {
            assert!(begun.elapsed() < Duration::from_mins(1), "no entry of the kind {kind}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn restore_command(&self, set: &Path, to: &str) -> Command {
        let (set, key) = (set.to_str().unwrap(), self.path("key"));
        command(&["--json", "restore", "--from", set, "--identity", &key, "--data", to])
    }
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kontor"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let output = command(arguments).envs(environment.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    output
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn kills() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "how long a test runs is no configuration")]
    let asked = std::env::var("KONTOR_KILLS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// Starts `command` and kills it after a part of `whole` that differs from round to round.
fn kill_during(mut command: Command, whole: Duration, round: u32) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Spread over the whole time by the golden ratio: no two rounds are alike.
    let part = f64::from(round) * 0.618_034 % 1.0;
    let (begun, wait) = (Instant::now(), whole.mul_f64(part));
    while begun.elapsed() < wait && child.try_wait().unwrap().is_none() {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn a_backup_beside_the_running_server_comes_back_on_another_machine() {
    let mut house = House::open().await;
    let anna = house.server.person("anna").await;
    let room = anna.room().await;
    anna.say(&room, MARKER).await;
    let media = upload(&anna, MARKER.repeat(10_000).as_bytes(), "text/plain", None).await;
    let written = house.back_up();
    assert!(written.status.success(), "{}", said(&written));
    anna.say(&room, "nachher").await;
    let sets = house.sets();
    assert_eq!(sets.len(), 1);
    let found = Command::new("grep")
        .args(["-r", "-l", "-a", "-e", MARKER, "-e", "anna"])
        .arg(house.path("target"))
        .output()
        .unwrap();
    assert!(found.stdout.is_empty(), "in clear: {}", String::from_utf8_lossy(&found.stdout));
    let set = sets[0].to_str().unwrap();
    run(&["backup", "verify", set], &[]);
    let key = house.path("key");
    let told = run(&["backup", "verify", set, "--identity", &key], &[]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("rows read"));
    // Rehearsed, too, while people go on writing.
    let scratch = house.path("");
    let mut rehearse = house.command(&["--json", "backup", "rehearse", "--identity", &key]);
    let rehearsed = rehearse.args(["--scratch", &scratch]).output().unwrap();
    assert!(rehearsed.status.success(), "{}", said(&rehearsed));
    let statement: Value = serde_json::from_slice(&rehearsed.stdout).unwrap();
    assert_eq!((&statement["identical"], &statement["usable"]), (&json!(true), &json!(true)));
    let trial = &statement["trial"];
    assert_eq!((&trial["rooms_read"], &trial["files_opened"]), (&json!(1), &json!(1)), "{trial}");
    // And told in words to whoever reads along.
    let mut rehearse = house.command(&["backup", "rehearse", "--identity", &key]);
    let rehearsed = rehearse.args(["--scratch", &scratch]).output().unwrap();
    let words = String::from_utf8_lossy(&rehearsed.stdout).into_owned();
    assert!(rehearsed.status.success(), "{}", said(&rehearsed));
    assert!(words.contains("in 1 room and opened 1 file"), "{words}");
    assert!(!words.contains(['{', '"']), "{words}");
    assert!(trial["events_read"].as_u64() > Some(1), "{trial}");
    assert_eq!(trial["file_bytes_opened"], MARKER.len() * 10_000, "{trial}");
    assert!(!statement.to_string().contains(MARKER) && !statement.to_string().contains("anna"));
    assert!(fs::read_dir(&scratch).unwrap().count() <= 3, "the sandbox is gone");

    house.server.kill();
    let data = house.path("new");
    let restored = house.restore_command(&sets[0], &data).output().unwrap();
    assert!(restored.status.success(), "{}", said(&restored));
    let again = house.restore_command(&sets[0], &data).output().unwrap();
    assert!(!again.status.success() && said(&again).contains("is not empty"));
    let new = Server::start_in(Path::new(&data), Options::default()).await;
    let anna = anna.at(&new.base());
    assert_eq!(anna.texts(&room).await, [MARKER]);
    assert_eq!(download(&anna, &media).await, MARKER.repeat(10_000).as_bytes());
}

#[tokio::test]
async fn a_set_that_comes_back_identical_and_is_of_no_use_fails_the_rehearsal() {
    let mut house = House::open().await;
    let anna = house.server.person("anna").await;
    upload(&anna, MARKER.repeat(1000).as_bytes(), "text/plain", None).await;
    house.server.stop();
    // A disk that forgets a bit: the backup takes over faithfully what nobody can open any more.
    let media = house.folder.path().join("data/tenants").join(NAME).join("media");
    let shelves = fs::read_dir(&media).unwrap().map(|entry| entry.unwrap().path());
    let shelf = shelves.filter(|path| !path.ends_with("incoming")).last().unwrap();
    let blob = fs::read_dir(shelf).unwrap().last().unwrap().unwrap().path();
    let mut bytes = fs::read(&blob).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&blob, bytes).unwrap();
    assert!(house.back_up().status.success());
    let (key, scratch) = (house.path("key"), house.path(""));
    let mut rehearse = house.command(&["--json", "backup", "rehearse", "--identity", &key]);
    let rehearsed = rehearse.args(["--scratch", &scratch]).output().unwrap();
    assert_eq!(rehearsed.status.code(), Some(1), "{}", said(&rehearsed));
    let statement: Value = serde_json::from_slice(&rehearsed.stdout).unwrap();
    assert_eq!((&statement["identical"], &statement["usable"]), (&json!(true), &json!(false)));
    assert!(statement["trial"]["failed"].is_string(), "{statement}");
}

#[tokio::test]
async fn a_backup_that_is_killed_leaves_nothing_that_looks_whole() {
    let house = House::open().await;
    let anna = house.server.person("anna").await;
    let room = anna.room().await;
    for number in 0..40 {
        anna.say(&room, &format!("{MARKER} {number}")).await;
    }
    for number in 0_u8..6 {
        upload(&anna, &vec![number; 700_000], "application/octet-stream", None).await;
    }
    let begun = Instant::now();
    assert!(house.back_up().status.success());
    let (whole, mut cut) = (begun.elapsed(), 0);
    for round in 1..=kills() {
        let before = house.sets().len();
        // New files each time, so that there is something to copy.
        let bytes: Vec<u8> = (0..400_000_u32).map(|at| (at ^ round).to_le_bytes()[0]).collect();
        upload(&anna, &bytes, "application/octet-stream", None).await;
        kill_during(house.command(&["backup"]), whole, round);
        let sets = house.sets();
        cut += u32::from(sets.len() == before);
        // All but the newest were read in an earlier round.
        for set in sets.into_iter().skip(before) {
            let set = set.to_str().unwrap().to_owned();
            run(&["backup", "verify", &set, "--identity", &house.path("key")], &[]);
        }
    }
    // What the kills left is cleared away by the next one, which has everything.
    let last = house.back_up();
    assert!(last.status.success(), "{}", said(&last));
    let written: Value = serde_json::from_slice(&last.stdout).unwrap();
    assert_eq!(written["media"]["files"], 6 + kills());
    let on_disk = fs::read_dir(house.folder.path().join("target").join(NAME).join("sets"));
    assert_eq!(on_disk.unwrap().count(), house.sets().len());
    let last = PathBuf::from(written["path"].as_str().unwrap());
    run(&["backup", "verify", last.to_str().unwrap(), "--identity", &house.path("key")], &[]);
    let restored = house.restore_command(&last, &house.path("new")).output().unwrap();
    assert!(restored.status.success(), "{}", said(&restored));
    told(&format!("{} kills during backups: {cut} were cut off", kills()));
}

#[tokio::test]
async fn a_restore_that_is_killed_is_served_whole_or_not_at_all() {
    let mut house = House::open().await;
    let anna = house.server.person("anna").await;
    let room = anna.room().await;
    let ben = house.server.person("ben").await;
    let mut events = Vec::new();
    for number in 0..60 {
        events.push(anna.say(&room, &format!("{MARKER} {number}")).await);
    }
    upload(&anna, &vec![7; 3_000_000], "application/octet-stream", None).await;
    assert!(house.back_up().status.success());
    let set = house.sets().remove(0);
    // After the backup: some messages are deleted, somebody is erased.
    for event in events.iter().skip(40) {
        let path = format!("/rooms/{room}/redact/{event}/{}", transaction());
        anna.call("PUT", &path, &json!({})).await.ok();
    }
    house.server.kill();
    let stores = Stores::at(Path::new(&house.path("data")), NAME, None).await;
    order_erasure(&stores, &ben.user_id, 1).await;
    stores.close().await;
    house.server.restart().await;
    house.wait_for_ledger("person").await;
    house.server.kill();
    let begun = Instant::now();
    assert!(house.restore_command(&set, &house.path("whole")).output().unwrap().status.success());
    let whole = begun.elapsed();
    let (mut refused, mut resumed, mut finished) = (0, 0, 0);
    for round in 1..=kills() {
        let data = house.path(&format!("new{round}"));
        kill_during(house.restore_command(&set, &data), whole, round);
        let folder = Path::new(&data).join("tenants").join(NAME);
        let is_begun = folder.join("keys.json").exists();
        let marker = fs::read_to_string(folder.join("restore.json")).unwrap_or_default();
        if is_begun && marker.is_empty() {
            finished += 1;
        } else if marker.contains("erasing") {
            let (status, log) = failed_start(Path::new(&data));
            assert!(!status.success() && log.contains("--resume"), "{log}");
            run(&["restore", "--resume", "--data", &data], &[]);
            resumed += 1;
        } else {
            // Not even begun, it would be a new organisation without anybody; begun, it is refused.
            if is_begun {
                let (status, log) = failed_start(Path::new(&data));
                assert!(!status.success() && log.contains("cut off"), "{log}");
            }
            refused += 1;
            fs::remove_dir_all(&data).unwrap_or_default();
            continue;
        }
        let server = Server::start_in(Path::new(&data), Options::default()).await;
        let anna = anna.at(&server.base());
        assert_eq!(anna.texts(&room).await.len(), 40, "what was deleted stays deleted");
        let gone = anna.get(&format!("/profile/{}", ben.user_id)).await;
        assert_eq!(gone.status, 404, "who was erased stays erased");
        drop(server);
        fs::remove_dir_all(&data).unwrap();
    }
    assert_eq!(refused + resumed + finished, kills());
    assert!(refused > 0, "no kill hit");
    told(&format!(
        "{} kills during restores: {refused} cut off while reading, {resumed} while erasing again",
        kills()
    ));
}

#[tokio::test]
async fn a_disk_that_is_full_leaves_no_set_and_says_so() {
    let house = House::open().await;
    let anna = house.server.person("anna").await;
    upload(&anna, &vec![1; 4_000_000], "application/octet-stream", None).await;
    assert!(house.sets().is_empty());
    // No file may grow beyond a megabyte: what a full disk does, without one.
    let limited = format!(
        "trap '' XFSZ; ulimit -f 1024; exec {} backup --data {}",
        env!("CARGO_BIN_EXE_kontor"),
        house.path("data")
    );
    let mut bash = Command::new("bash");
    let output = bash.args(["-c", &limited]).envs(house.environment()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("target"), "{}", said(&output));
    assert!(house.sets().is_empty());
    let sets = house.folder.path().join("target").join(NAME).join("sets");
    assert_eq!(fs::read_dir(sets).unwrap().count(), 0, "nothing is left of it");
    let output = house.back_up();
    assert!(output.status.success(), "with room again: {}", said(&output));
    assert_eq!(house.sets().len(), 1);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_answered_with_what_is_wrong() {
    let house = House::open().await;
    house.server.person("anna").await;
    assert!(house.back_up().status.success());
    let set = house.sets().remove(0);
    // Another key.
    let other = run(&["backup", "keygen"], &[]);
    keep_private(Path::new(&house.path("other")), &other.stdout);
    fs::write(house.path("seen"), &other.stdout).unwrap();
    fs::set_permissions(house.path("seen"), fs::Permissions::from_mode(0o644)).unwrap();
    let (set, data) = (set.to_str().unwrap(), house.path("data"));
    for (arguments, code, text) in [
        (vec!["backup", "verify", set, "--identity", &house.path("other")], 1, "other keys"),
        (
            vec!["backup", "verify", set, "--identity", &house.path("data/node.key")],
            2,
            "no private",
        ),
        (vec!["backup", "verify", set, "--identity", &house.path("seen")], 2, "chmod 600"),
        (
            vec!["backup", "rehearse", "--data", &data, "--identity", &house.path("seen")],
            2,
            "(mode 644)",
        ),
        (vec!["backup", "verify", set, "--key", "00"], 1, "NOT SOUND: 1 finding in"),
        (vec!["backup", "verify", set, "--key", "00"], 1, "another key"),
        (vec!["backup", "verify", &house.path("target")], 1, "never finished"),
        (vec!["restore", "--data", &house.path("x")], 2, "--from"),
        (
            vec!["restore", "--from", set, "--identity", &house.path("other"), "--data", &data],
            1,
            "is not empty",
        ),
    ] {
        let output = command(&arguments).output().unwrap();
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), said(&output));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(text), "{arguments:?}: {told}");
    }
    // A private key in the configuration is refused, and so is a target inside of the data folder.
    let private = String::from_utf8(fs::read(house.path("key")).unwrap()).unwrap();
    let private = private.lines().last().unwrap();
    let inside = house.path("data/backup");
    let target = house.path("target");
    for (target, recipients, text) in [
        (&*target, private, "does not belong on this server"),
        (&*inside, "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z", "outside"),
        ("backup", "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z", "from /"),
    ] {
        let mut command = command(&["backup", "--data", &data]);
        command.env("KONTOR_BACKUP_TARGET", target).env("KONTOR_BACKUP_RECIPIENTS", recipients);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(text), "{}", said(&output));
    }
}
