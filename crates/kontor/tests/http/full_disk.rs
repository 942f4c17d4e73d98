//! The disk gets full in the middle of an erasure and of a restore: nothing that was acknowledged is lost,
//! nobody is half erased and certified, nothing half restored is served, and with room again both come
//! to their end. law

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Output;

use kontor_testkit::Stores;
use serde_json::{Value, json};

use crate::backup::{House, command, run, said};
use crate::bad_input::disk::SmallDisk;
use crate::kills::{order_erasure, present, room, send, told};
use crate::person::{Person, transaction};
use crate::server::{NAME, Options, Server, failed_start};

/// Rooms that somebody who is erased has been in: enough that erasing takes more than one page of disk.
const ROOMS: usize = 12;
/// Erasures, each with more room than the one before: from none at all to enough.
const ERASURES: u32 = 10;
const ERASURE_STEP_BYTES: u32 = 160 * 1024;
/// As many restores as it takes; what is between a set that is read and one that is erased again is narrow.
const RESTORE_STEP_BYTES: u32 = 80 * 1024;

/// A file that takes all room on its disk but `left` bytes, until it is dropped.
struct Ballast<'f>(&'f Path);

impl<'f> Ballast<'f> {
    fn leaving(path: &'f Path, left: u32) -> Self {
        let mut file = fs::File::create(path).unwrap();
        while file.write_all(&[7; 4096]).is_ok() {}
        let written = file.metadata().unwrap().len();
        file.set_len(written.saturating_sub(left.into())).unwrap();
        Self(path)
    }
}

impl Drop for Ballast<'_> {
    fn drop(&mut self) {
        fs::remove_file(self.0).unwrap();
    }
}

/// Deletes and erases what waits, as the server does, until it is done or fails.
pub(crate) fn carry_out(data: &Path) -> Output {
    command(&["--json", "deletion", "run", "--data", data.to_str().unwrap()]).output().unwrap()
}

async fn joins(keeper: &Person, guest: &Person, rooms: &[String]) {
    for room in rooms {
        let body = json!({ "user_id": guest.user_id });
        keeper.call("POST", &format!("/rooms/{room}/invite"), &body).await.ok();
        guest.call("POST", &format!("/join/{room}"), &json!({})).await.ok();
        send(guest, room, "von jemandem, der geht").await.unwrap();
    }
}

/// Tables with a value that is this id.
async fn tables_with(stores: &Stores, id: &str) -> BTreeSet<String> {
    let values = stores.values().await;
    let found = values.into_iter().filter(|(.., value)| value == id.as_bytes());
    found.map(|(table, ..)| table).collect()
}

/// What is left of everybody who was erased.
fn skeleton() -> BTreeSet<String> {
    ["event", "room_state"].map(str::to_owned).into()
}

async fn begun_and_open(stores: &Stores) -> (bool, bool) {
    let open = "UPDATE erasure SET records = records WHERE tenant_id = $1 AND certificate IS NULL";
    let begun = format!("{open} AND rooms + records > 0");
    let is_begun = stores.execute(&begun, Vec::new()).await > 0;
    (is_begun, stores.execute(open, Vec::new()).await > 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_on_a_full_disk_is_not_certified_half_done_and_ends_once_there_is_room() {
    let disk = SmallDisk::mount("64m");
    let (data, ballast) = (disk.path().join("data"), disk.path().join("ballast"));
    let mut server = Server::start_in(&data, Options::default()).await;
    let keeper = server.person("keeper").await;
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        rooms.push(room(&keeper, "extern").await);
    }
    let mut kept = BTreeSet::new();
    let (mut refused, mut cut) = (0, 0);
    for step in 0..ERASURES {
        let leaver = server.person(&format!("leaver{step}")).await;
        joins(&keeper, &leaver, &rooms).await;
        kept.insert(send(&keeper, &rooms[0], "bleibt").await.unwrap());
        server.stop();
        let stores = Stores::at(&data, NAME, None).await;
        order_erasure(&stores, &leaver.user_id, step + 1).await;
        stores.close().await;

        let full = Ballast::leaving(&ballast, step * ERASURE_STEP_BYTES);
        let tried = carry_out(&data);
        drop(full);
        let stores = Stores::at(&data, NAME, None).await;
        let (is_begun, is_open) = begun_and_open(&stores).await;
        refused += u32::from(!tried.status.success());
        cut += u32::from(is_begun && is_open);
        if !is_open {
            let tables = tables_with(&stores, &leaver.user_id).await;
            assert!(tables.is_subset(&skeleton()), "certified, and still in {tables:?}");
        }
        stores.close().await;

        let done = carry_out(&data);
        assert!(done.status.success(), "with room again: {}", said(&done));
        let stores = Stores::at(&data, NAME, None).await;
        assert!(!begun_and_open(&stores).await.1, "step {step} has not come to its end");
        let tables = tables_with(&stores, &leaver.user_id).await;
        assert!(tables.is_subset(&skeleton()), "{} is still in {tables:?}", leaver.user_id);
        stores.close().await;
        server.restart().await;
        let found = present(&keeper, &rooms[0]).await;
        assert!(kept.is_subset(&found), "acknowledged, but not there");
    }
    assert!(refused > 0 && refused < ERASURES, "{refused} of {ERASURES} failed");
    assert!(cut > 0, "no erasure was cut off in the middle");
    told(&format!(
        "{ERASURES} erasures on a full disk: {refused} failed, {cut} of them in the middle"
    ));
    drop(server);
}

/// What a restore that failed has left.
#[derive(Debug, Default)]
struct Cut {
    reading: u32,
    erasing: u32,
    finished: u32,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_onto_a_full_disk_is_served_whole_or_not_at_all() {
    let mut house = House::open().await;
    let anna = house.server.person("anna").await;
    let ben = house.server.person("ben").await;
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        rooms.push(room(&anna, "extern").await);
    }
    joins(&anna, &ben, &rooms).await;
    let (mut kept, mut deleted) = (BTreeSet::new(), BTreeSet::new());
    for number in 0..80 {
        let id = send(&anna, &rooms[0], "Kaffeekasse").await.unwrap();
        if number % 2 == 0 {
            kept.insert(id)
        } else {
            deleted.insert(id)
        };
    }
    assert!(house.back_up().status.success());
    let set = house.sets().remove(0);
    for event in &deleted {
        let path = format!("/rooms/{}/redact/{event}/{}", rooms[0], transaction());
        anna.call("PUT", &path, &json!({})).await.ok();
    }
    house.server.stop();
    let stores = Stores::at(Path::new(&house.path("data")), NAME, None).await;
    order_erasure(&stores, &ben.user_id, 1).await;
    stores.close().await;
    house.server.restart().await;
    house.wait_for_ledger("person").await;
    house.server.stop();

    let disk = SmallDisk::mount("64m");
    let (data, ballast) = (disk.path().join("data"), disk.path().join("ballast"));
    let mut cut = Cut::default();
    for step in 5..100 {
        let full = Ballast::leaving(&ballast, step * RESTORE_STEP_BYTES);
        let restored = house.restore_command(&set, data.to_str().unwrap()).output().unwrap();
        let is_whole = restored.status.success();
        let folder = data.join("tenants").join(NAME);
        let marker = fs::read_to_string(folder.join("restore.json")).unwrap_or_default();
        if is_whole {
            assert!(marker.is_empty());
            cut.finished += 1;
        } else {
            assert_eq!(restored.status.code(), Some(1), "{}", said(&restored));
            if folder.join("keys.json").exists() {
                let (status, log) = failed_start(&data);
                assert!(!status.success(), "half a restore was served: {log}");
            }
        }
        if marker.contains("erasing") {
            // Going on needs room, too; without it, it is still not served.
            let resumed = command(&["restore", "--resume", "--data", data.to_str().unwrap()]);
            let resumed = { resumed }.output().unwrap();
            drop(full);
            if !resumed.status.success() {
                run(&["restore", "--resume", "--data", data.to_str().unwrap()], &[]);
            }
            cut.erasing += 1;
        } else {
            drop(full);
            cut.reading += u32::from(!is_whole);
        }
        if is_whole || marker.contains("erasing") {
            let server = Server::start_in(&data, Options::default()).await;
            check_restored((&anna.at(&server.base()), &ben), &rooms[0], (&kept, &deleted)).await;
            drop(server);
        }
        fs::remove_dir_all(&data).unwrap_or_default();
        if cut.finished == 1 {
            break;
        }
    }
    told(&format!("restores onto a full disk: {cut:?}"));
    assert!(cut.reading > 0 && cut.erasing > 0 && cut.finished > 0, "{cut:?}");
}

/// What was acknowledged before the backup is there, what was deleted after it is not.
async fn check_restored(
    (anna, ben): (&Person, &Person),
    room: &str,
    (kept, deleted): (&BTreeSet<String>, &BTreeSet<String>),
) {
    let path = format!("/rooms/{room}/messages?dir=b&limit=500");
    let page = anna.get(&path).await.ok();
    let has_content = |event: &&Value| event["content"]["ciphertext"] == "Kaffeekasse";
    let full: BTreeSet<String> = page["chunk"]
        .as_array()
        .unwrap()
        .iter()
        .filter(has_content)
        .map(|event| event["event_id"].as_str().unwrap().to_owned())
        .collect();
    assert!(kept.is_subset(&full), "lost: {:?}", kept.difference(&full));
    assert!(full.is_disjoint(deleted), "what was deleted is back");
    let gone = anna.get(&format!("/profile/{}", ben.user_id)).await;
    assert_eq!(gone.status, 404, "who was erased is back");
}
