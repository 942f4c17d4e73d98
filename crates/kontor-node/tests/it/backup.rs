//! A backup of a running organisation, its loss, and the restore: on both engines. law: R-231 … R-234

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kontor_backup::{Folder, Marker, SetEntry, check};
use kontor_core::{Actor, Cx, Kind, Random};
use kontor_node::{LedgerChoice, restore, resume};
use kontor_policy::Change;
use kontor_testkit::{Method, Person, Setup, TestServer, Value, json};
use kontor_vault::Identity;
use ruma::server_name;
use tempfile::TempDir;

use crate::held::values;

const DAY: Duration = Duration::from_hours(24);
/// Stands in messages, names and files; never in a backup in clear.
const MARKER: &str = "Feuerwehrfest";

/// A server with backups, and somebody who keeps the key.
pub(crate) struct House {
    pub(crate) server: TestServer,
    pub(crate) target: TempDir,
    identity: Identity,
}

impl House {
    pub(crate) async fn open(postgres: bool) -> Self {
        let target = TempDir::new().unwrap();
        let identity = Identity::generate(&Random::System).unwrap();
        let file = format!(
            "[backup]\ntarget = \"{}\"\nrecipients = [\"{}\"]\nhour = \"never\"\n",
            target.path().display(),
            identity.recipient().unwrap()
        );
        let server = TestServer::with(Setup { postgres, file, ..Setup::default() }).await;
        Self { server, target, identity }
    }

    pub(crate) async fn cx(&self) -> Cx {
        let tenant = self.tenant().await;
        let (clock, random) = (tenant.clock.clone(), tenant.random.clone());
        Cx::new(tenant.id, Actor::Operator, clock, random).unwrap()
    }

    pub(crate) async fn tenant(&self) -> std::sync::Arc<kontor_tenant::Tenant> {
        self.server.node().tenants().open(server_name!("one.example")).await.unwrap()
    }

    pub(crate) async fn back_up(&self) -> SetEntry {
        let cx = self.cx().await;
        self.tenant().await.backups.run(&cx).await.unwrap().0.set
    }

    /// Loses the server and restores it from `set`.
    pub(crate) async fn restore(&mut self, set: &Path) -> kontor_node::RestoreReport {
        self.server.lose().await;
        let from = (set, std::slice::from_ref(&self.identity));
        let clock = self.server.clock().clone();
        restore(&self.server.config(), &clock, from, &LedgerChoice::BesideSet).await.unwrap()
    }

    pub(crate) fn pass(&self, span: Duration) {
        let clock = self.server.clock();
        clock.set(clock.now().plus(span));
    }

    pub(crate) async fn decide(&self, setting: &str, value: Value) {
        let (setting, reason) = (setting.to_owned(), "Probe".to_owned());
        let change = Change { setting, value, reason, lock: false, agreement: None };
        let cx = self.cx().await;
        self.tenant().await.policies.change(&cx, change).await.unwrap();
    }

    fn tenant_folder(&self) -> PathBuf {
        self.server.data().join("data/tenants/one.example")
    }

    /// Everything in the target, one after the other.
    fn stored(&self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut folders = vec![self.target.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => all.extend(fs::read(path).unwrap()),
                }
            }
        }
        all
    }
}

#[expect(clippy::future_not_send, reason = "a test runs on one thread")]
pub(crate) async fn on_both_engines(test: impl AsyncFn(House)) {
    for postgres in [false, true] {
        test(House::open(postgres).await).await;
    }
}

/// Uploads; answers where it can be downloaded.
async fn upload(person: &Person, content: &[u8]) -> String {
    let path = "/_matrix/media/v3/upload";
    let answer = person.send_bytes(Method::POST, path, content.to_vec()).await.ok();
    answer.text("content_uri").strip_prefix("mxc://").unwrap().to_owned()
}

async fn download(person: &Person, file: &str) -> Vec<u8> {
    let path = format!("/_matrix/client/v1/media/download/{file}");
    let answer = person.request(Method::GET, &path).send().await.unwrap();
    answer.bytes().await.unwrap().to_vec()
}

pub(crate) async fn room(person: &Person, class: &str) -> String {
    person.create_room(json!({ "creation_content": { "app.kontor.class": class } })).await
}

pub(crate) async fn texts(person: &Person, room: &str) -> Vec<String> {
    let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=f&limit=100");
    let found = person.get(&path).await.ok();
    let chunk = found.body.pointer("/chunk").and_then(Value::as_array).unwrap();
    let text = |event: &Value| Some(event.pointer("/content/body")?.as_str()?.to_owned());
    chunk.iter().filter_map(text).collect()
}

async fn sealed_messages(person: &Person, room: &str) -> usize {
    let path = format!("/_matrix/client/v3/rooms/{room}/messages?dir=f&limit=100");
    let found = person.get(&path).await.ok();
    let chunk = found.body.pointer("/chunk").and_then(Value::as_array).unwrap();
    let is_sealed =
        |event: &&Value| event.get("type").is_some_and(|kind| kind == "m.room.encrypted");
    chunk.iter().filter(is_sealed).count()
}

pub(crate) async fn delete_due(server: &TestServer) {
    server.node().tenants().delete_due().await;
}

pub(crate) fn contains(all: &[u8], text: &str) -> bool {
    all.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn what_was_there_is_there_again_and_people_go_on() {
    on_both_engines(async |mut house| {
        let anna = house.server.register("anna").await;
        let intern = room(&anna, "intern").await;
        anna.send(&intern, MARKER).await;
        let file = upload(&anna, MARKER.as_bytes()).await;
        let fleeting = room(&anna, "fluechtig").await;
        // Rooms of this class take sealed messages only.
        let sealed = json!({
            "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkL", "session_id": "X3lUlv",
        });
        anna.send_event(&fleeting, "m.room.encrypted", sealed).await.ok();
        assert_eq!(sealed_messages(&anna, &fleeting).await, 1);
        for (room, days) in [(&intern, json!(30)), (&fleeting, json!(null))] {
            let path = format!("/_kontor/client/v1/rooms/{room}/readers");
            assert_eq!(anna.get(&path).await.ok().body["backup_days"], days, "{room}");
        }
        let since = anna.sync("").await["next_batch"].as_str().unwrap().to_owned();
        let set = house.back_up().await;
        assert!(!contains(&house.stored(), MARKER) && !contains(&house.stored(), "anna"));
        // With the key, every row can be read; without, that all is there can be seen.
        let keys = [house.identity.clone()];
        let found = check(&set, &keys).await.unwrap();
        assert_eq!(found.findings, []);
        assert!(found.rows.unwrap() > 20 && found.media == 1, "{found:?}");
        assert_eq!(check(&set, &[]).await.unwrap().rows, None);
        // What is said after the backup is lost with the server.
        anna.send(&intern, "zu spät").await;
        let late = anna.sync(&since).await["next_batch"].as_str().unwrap().to_owned();

        let report = house.restore(&set.path).await;
        assert_eq!((report.files, report.erasures), (1, 0));
        house.server.restart().await;
        let anna = house.server.again(&anna);
        assert_eq!(texts(&anna, &intern).await, [MARKER]);
        assert_eq!(download(&anna, &file).await, MARKER.as_bytes());
        assert_eq!(sealed_messages(&anna, &fleeting).await, 0);
        // A device that had heard of what is lost hears of what is new.
        anna.send(&intern, "weiter").await;
        let told = anna.sync(&late).await;
        let events = &told["rooms"]["join"][&intern]["timeline"]["events"];
        assert_eq!(events[0]["content"]["body"], "weiter", "{told}");
        // The next backup goes on from there.
        let next = house.back_up().await;
        assert_eq!((next.manifest.media.files, next.manifest.media.copied), (1, 0));
        assert_eq!(next.key, set.key);
        // What was said in the ephemeral room was in no backup, not even where nobody reaches it.
        let values = values(&mut house).await;
        let said = |text: &str| values.iter().any(|(.., value)| contains(value, text));
        assert!(said(MARKER) && !said("AwgAEnACgAkL"));
    })
    .await;
}

#[tokio::test]
async fn what_a_rule_has_deleted_since_stays_deleted_even_if_it_was_loosened() {
    on_both_engines(async |mut house| {
        let anna = house.server.register("anna").await;
        let intern = room(&anna, "intern").await;
        anna.send(&intern, "alt").await;
        delete_due(&house.server).await;
        house.pass(2 * DAY);
        delete_due(&house.server).await;
        anna.send(&intern, "jung").await;
        delete_due(&house.server).await;
        let set = house.back_up().await;
        // A hundred days later the period is shortened, and does its work.
        house.pass(99 * DAY);
        house.decide("retention_intern_days", json!(100)).await;
        delete_due(&house.server).await;
        assert_eq!(texts(&anna, &intern).await, ["jung"]);
        let cx = house.cx().await;
        house.tenant().await.ledger.told(&cx).await.unwrap();

        // The backup knows nothing of it: there, the period is 180 days.
        let report = house.restore(&set.path).await;
        assert!(report.erasures > 0 && report.erased > 0, "{report:?}");
        house.server.restart().await;
        let anna = house.server.again(&anna);
        assert_eq!(texts(&anna, &intern).await, ["jung"]);
    })
    .await;
}

#[tokio::test]
async fn a_ledger_that_is_missing_cut_or_of_somebody_else_is_refused() {
    let mut house = House::open(false).await;
    let anna = house.server.register("anna").await;
    let intern = room(&anna, "intern").await;
    anna.send(&intern, "alt").await;
    delete_due(&house.server).await;
    house.pass(181 * DAY);
    delete_due(&house.server).await;
    let set = house.back_up().await;
    assert_eq!(set.manifest.ledger_seq, 1);
    let ledger = house.target.path().join("one.example/ledger.jsonl");
    let whole = fs::read(&ledger).unwrap();
    house.server.lose().await;
    let (config, clock) = (house.server.config(), house.server.clock().clone());
    let keys = [house.identity.clone()];
    let try_with = async |choice: &LedgerChoice| {
        let done = restore(&config, &clock, (&set.path, &keys), choice).await;
        assert!(!config.server.data.join("node.key").exists() || done.is_ok());
        done
    };
    let refused = async |why: &str| {
        let error = try_with(&LedgerChoice::BesideSet).await.unwrap_err();
        assert!(error.public.contains(why), "{error}");
    };
    fs::remove_file(&ledger).unwrap();
    refused("missing").await;
    fs::write(&ledger, &whole[..whole.len() - 9]).unwrap();
    refused("older than the backup").await;
    let text = String::from_utf8(whole.clone()).unwrap();
    fs::write(&ledger, text.replace("messages_intern", "messages_extern")).unwrap();
    refused("not as signed").await;
    let other = House::open(false).await;
    other.back_up().await;
    assert!(try_with(&LedgerChoice::File(other.target.path().join("none"))).await.is_err());
    fs::write(&ledger, whole).unwrap();
    try_with(&LedgerChoice::BesideSet).await.unwrap();
}

#[tokio::test]
async fn nothing_is_served_before_what_was_erased_is_erased_again() {
    let mut house = House::open(false).await;
    house.server.register("anna").await;
    let set = house.back_up().await;
    house.restore(&set.path).await;
    // As if it had been cut off while the ledger was done again.
    let marker = Marker {
        phase: kontor_backup::Phase::Erasing,
        set: set.path.clone(),
        ledger: house.target.path().join("one.example/ledger.jsonl"),
        ledger_seq: 0,
        backup_ms: set.manifest.started_ms,
    };
    marker.set(&house.tenant_folder()).unwrap();
    let clock = house.server.clock().clone();
    let started = kontor_node::Node::start(house.server.config(), clock.clone(), Random::System);
    let error = started.await.unwrap_err();
    assert!(error.public.contains("kontor restore --resume"), "{error}");
    let done = resume(&house.server.config(), &clock).await.unwrap();
    assert_eq!(done.len(), 1);
    house.server.restart().await;
    let error = resume(&house.server.config(), &clock).await.unwrap_err();
    assert_eq!(error.kind, Kind::Conflict, "a running server keeps the folder");
    // Cut off earlier, the folder is of no use, and says so.
    house.server.stop().await;
    let marker = Marker { phase: kontor_backup::Phase::Reading, ..marker };
    marker.set(&house.tenant_folder()).unwrap();
    let error = resume(&house.server.config(), &clock).await.unwrap_err();
    assert!(error.public.contains("Remove that folder"), "{error}");
}

#[tokio::test]
async fn whoever_has_another_key_reads_nothing_and_a_changed_set_is_found() {
    let house = House::open(false).await;
    let anna = house.server.register("anna").await;
    upload(&anna, MARKER.as_bytes()).await;
    let set = house.back_up().await;
    let stranger = [Identity::generate(&Random::System).unwrap()];
    let found = check(&set, &stranger).await.unwrap();
    assert!(found.findings[0].text.contains("other keys"), "{found:?}");
    // Every file of the set, and one of people's: a changed byte, a cut, a loss.
    let mut files: Vec<PathBuf> =
        set.manifest.files.iter().map(|file| set.path.join(&file.name)).collect();
    let shelf = fs::read_dir(house.target.path().join("one.example/media")).unwrap();
    let shelf = shelf.last().unwrap().unwrap().path();
    files.push(fs::read_dir(shelf).unwrap().last().unwrap().unwrap().path());
    for path in files {
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        for broken in [Some(&changed[..]), Some(&whole[..whole.len() - 1]), None] {
            match broken {
                Some(bytes) => fs::write(&path, bytes).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            let found = check(&set, &[]).await.unwrap();
            assert!(found.count > 0, "{}", path.display());
        }
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(check(&set, &[]).await.unwrap().count, 0);
    let manifest = set.path.join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"ledger_seq\": 0", "\"ledger_seq\": 1")).unwrap();
    assert!(SetEntry::open(&set.path).unwrap_err().public.contains("not as signed"));
    fs::remove_file(&manifest).unwrap();
    assert_eq!(SetEntry::open(&set.path).unwrap_err().kind, Kind::NotFound);
}

#[tokio::test]
async fn old_sets_go_with_the_files_that_only_they_need() {
    let house = House::open(false).await;
    let anna = house.server.register("anna").await;
    let picture = upload(&anna, b"ein Bild").await;
    let first = house.back_up().await;
    let tenant = house.tenant().await;
    let media_id = picture.rsplit('/').next().unwrap().to_owned();
    tenant.media.delete(&house.cx().await, &media_id).await.unwrap();
    upload(&anna, b"ein anderes").await;
    house.pass(20 * DAY);
    let second = house.back_up().await;
    assert_eq!((second.manifest.media.files, second.manifest.media.copied), (1, 1));
    assert!(first.path.exists() && count(&house.target.path().join("one.example/media")) == 2);
    house.pass(11 * DAY);
    tenant.backups.look_after(&house.cx().await).await.unwrap();
    assert!(!first.path.exists() && second.path.exists());
    assert_eq!(count(&house.target.path().join("one.example/media")), 1);
    assert_eq!(check(&second, &[]).await.unwrap().count, 0);
}

fn count(folder: &Path) -> usize {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn a_set_is_written_once_a_day_and_an_old_one_raises_an_alarm() {
    let house = House::with_a_set_a_day().await;
    let sets = || fs::read_dir(house.target.path().join("one.example/sets")).unwrap().count();
    let tenants = house.server.node().tenants();
    // The running server looks by itself, too; one of both writes it.
    while house.whole() == 0 {
        tenants.back_up_due().await;
    }
    assert_eq!(sets(), 1, "the first at once");
    house.pass(Duration::from_hours(1));
    tenants.back_up_due().await;
    assert_eq!(sets(), 1);
    house.pass(Duration::from_hours(2));
    tenants.back_up_due().await;
    assert_eq!(sets(), 2, "the next after two o'clock");
    // The target is away for two days.
    let away = house.target.path().join("away");
    fs::rename(house.target.path().join("one.example"), &away).unwrap();
    fs::write(house.target.path().join("one.example"), b"").unwrap();
    for _ in 0..2 {
        house.pass(DAY);
        tenants.back_up_due().await;
    }
    let officer = house.server.register_as("tina", kontor_core::Role::TechAdmin).await;
    let log = house.audit_log().await;
    assert!(log.contains("backup.failed") && log.contains("backup.overdue"), "{log}");
    drop(officer);
    fs::remove_file(house.target.path().join("one.example")).unwrap();
    fs::rename(&away, house.target.path().join("one.example")).unwrap();
    house.pass(Duration::from_hours(1));
    tenants.back_up_due().await;
    assert_eq!(sets(), 3, "caught up with");
}

impl House {
    /// Sets that are whole.
    fn whole(&self) -> usize {
        let folder = Folder::of(self.target.path(), server_name!("one.example"));
        folder.list().unwrap().0.len()
    }

    /// The running server writes a set a day.
    async fn with_a_set_a_day() -> Self {
        let target = TempDir::new().unwrap();
        let identity = Identity::generate(&Random::System).unwrap();
        let file = format!(
            "[backup]\ntarget = \"{}\"\nrecipients = [\"{}\"]\nhour = \"2\"\n",
            target.path().display(),
            identity.recipient().unwrap()
        );
        let server = TestServer::with(Setup { file, ..Setup::default() }).await;
        Self { server, target, identity }
    }

    async fn audit_log(&self) -> String {
        let (tenant, cx) = (self.tenant().await, self.cx().await);
        let path = self.server.data().join("log");
        let out = fs::File::create(&path).unwrap();
        let about = (kontor_audit::ExportPurpose::Security, "Probe");
        tenant.audit.export(&cx, about, out).await.unwrap();
        fs::read_to_string(path).unwrap()
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_told_and_the_rest_is_backed_up() {
    let house = House::open(false).await;
    let anna = house.server.register("anna").await;
    upload(&anna, b"bleibt").await;
    upload(&anna, b"geht kaputt").await;
    let media = house.tenant_folder().join("media");
    let shelves = fs::read_dir(&media).unwrap().map(|entry| entry.unwrap().path());
    let shelf = shelves.filter(|path| !path.ends_with("incoming")).last().unwrap();
    let blob = fs::read_dir(shelf).unwrap().last().unwrap().unwrap().path();
    // What reads like a broken disk: a folder in place of the file.
    fs::remove_file(&blob).unwrap();
    fs::create_dir(&blob).unwrap();
    let set = house.back_up().await;
    let facts = &set.manifest.media;
    assert_eq!((facts.files, facts.unreadable, facts.gone), (1, 1, 0));
    assert_eq!(check(&set, &[]).await.unwrap().count, 0);
    assert!(house.audit_log().await.contains("backup.failed"));
    // One that is gone was deleted meanwhile: no reason for an alarm.
    fs::remove_dir(&blob).unwrap();
    let set = house.back_up().await;
    assert_eq!((set.manifest.media.unreadable, set.manifest.media.gone), (0, 1));
}

#[tokio::test]
async fn a_clock_that_jumps_neither_takes_the_last_set_nor_keeps_the_next_from_being_written() {
    let house = House::with_a_set_a_day().await;
    let (tenants, clock) = (house.server.node().tenants(), house.server.clock().clone());
    while house.whole() == 0 {
        tenants.back_up_due().await;
    }
    let start = clock.now();
    // Ten years ahead: the new set comes before the old one goes.
    house.pass(3650 * DAY);
    tenants.back_up_due().await;
    tenants.back_up_due().await;
    assert_eq!(house.whole(), 1);
    // And back: that set lies in the future, and does not stand for today's.
    clock.set(start.plus(DAY));
    tenants.back_up_due().await;
    assert_eq!(house.whole(), 2);
    house.pass(DAY);
    tenants.back_up_due().await;
    assert_eq!(house.whole(), 3);
    let shown = house.tenant().await.backups.overview(&house.cx().await).await.unwrap();
    assert!(!shown.is_overdue);
    house.pass(Duration::from_hours(27));
    let shown = house.tenant().await.backups.overview(&house.cx().await).await.unwrap();
    assert!(shown.is_overdue, "what lies in the future does not hide it");
}

#[tokio::test]
async fn a_restore_without_the_media_store_is_refused_and_serves_nothing() {
    let mut house = House::open(false).await;
    let anna = house.server.register("anna").await;
    upload(&anna, MARKER.as_bytes()).await;
    let set = house.back_up().await;
    let (media, away) = (
        house.target.path().join("one.example/media"),
        house.target.path().join("one.example/away"),
    );
    fs::rename(&media, &away).unwrap();
    house.server.lose().await;
    let (config, clock) = (house.server.config(), house.server.clock().clone());
    let keys = [house.identity.clone()];
    let from = (&*set.path, &keys[..]);
    let error = restore(&config, &clock, from, &LedgerChoice::BesideSet).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable, "{error}");
    let started = kontor_node::Node::start(config.clone(), clock.clone(), Random::System);
    let error = started.await.unwrap_err();
    assert!(error.public.contains("Remove that folder"), "{error}");
    fs::rename(&away, &media).unwrap();
    fs::remove_dir_all(&config.server.data).unwrap();
    restore(&config, &clock, from, &LedgerChoice::BesideSet).await.unwrap();
}
