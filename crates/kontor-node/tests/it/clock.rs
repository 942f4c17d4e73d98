//! The clock jumps, ahead and back, while people are erased and while a backup is restored: nothing that
//! was acknowledged is lost, nobody who was erased comes back. law

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kontor_core::{Clock, Role, Timestamp};
use kontor_testkit::{Person, json};
use tokio::task::JoinHandle;

use crate::backup::{House, delete_due, on_both_engines, room, texts};
use crate::held::{number, password};

const DAY: Duration = Duration::from_hours(24);
const APPROVALS: &str = "/_kontor/admin/v1/approvals";

/// Jumps the clock about until it is told to stop: ahead by less than any period of messages, back by ten
/// years, to 1970. Then it shows again what it showed.
struct Jumping {
    stop: Arc<AtomicBool>,
    task: JoinHandle<u64>,
    clock: Clock,
    right: Timestamp,
}

impl Jumping {
    fn begin(clock: &Clock) -> Self {
        let (stop, right) = (Arc::new(AtomicBool::new(false)), clock.now());
        let (stopped, jumping) = (Arc::clone(&stop), clock.clone());
        let places = [right, right.plus(20 * DAY), right.minus(3650 * DAY), Timestamp(0)];
        #[expect(clippy::disallowed_methods, reason = "a clock that jumps belongs to no server")]
        let task = tokio::task::spawn_blocking(move || {
            let mut jumps = 0;
            for place in places.into_iter().cycle() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                jumping.set(place);
                jumps += 1;
                std::thread::yield_now();
            }
            jumps
        });
        Self { stop, task, clock: clock.clone(), right }
    }

    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        let jumps = self.task.await.unwrap();
        assert!(jumps > 10, "it jumped {jumps} times");
        self.clock.set(self.right);
    }
}

/// The two who decide, and somebody who stays.
async fn people(house: &House) -> Person {
    house.server.register_admin("chefin").await;
    house.server.register_as("dsb", Role::Dsb).await;
    house.server.register("anna").await
}

/// One asks, the other allows it; answers the number of the erasure.
async fn order(house: &House, whom: &Person) -> i64 {
    let (chief, dsb) = (house.server.login("chefin").await, house.server.login("dsb").await);
    let wish = json!({
        "act": "erase_person", "user_id": whom.user_id, "reason": "Antrag nach Art. 17 DSGVO",
        "auth": password(&chief),
    });
    let asked = chief.post(APPROVALS, wish).await.ok();
    let path = format!("{APPROVALS}/{}/approve", number(&asked.body, "/id"));
    dsb.post(&path, json!({ "auth": password(&dsb) })).await.ok();
    let mine = chief.get(APPROVALS).await.ok();
    number(&mine.body, "/approvals/0/outcome/erasure")
}

async fn is_certified(house: &House, erasure: i64) -> bool {
    let cx = house.cx().await;
    house.tenant().await.deletion.erasure_certificate(&cx, erasure).await.is_ok()
}

async fn assert_gone(house: &House, whom: &Person, seen_by: &Person) {
    let profile = format!("/_matrix/client/v3/profile/{}", whom.user_id);
    seen_by.get(&profile).await.fails(404, "M_NOT_FOUND");
    let whom = house.server.again(whom);
    whom.get("/_matrix/client/v3/account/whoami").await.fails(401, "M_UNKNOWN_TOKEN");
    let login = json!({
        "type": "m.login.password", "password": "correct horse battery staple",
        "identifier": { "type": "m.id.user", "user": whom.user_id },
    });
    let anonymous = house.server.anonymous("one.example");
    assert_eq!(anonymous.post("/_matrix/client/v3/login", login).await.status, 403);
}

/// Joins a room of Anna's and says something in it.
async fn joins(anna: &Person, room: &str, who: &Person) {
    anna.invite(room, who).await;
    who.join(room).await;
    who.send(room, "von jemandem, der geht").await;
}

async fn told(house: &House) {
    let cx = house.cx().await;
    house.tenant().await.ledger.told(&cx).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_by_a_wrong_clock_is_gone_and_stays_gone_after_a_restore() {
    on_both_engines(async |mut house| {
        let anna = people(&house).await;
        let intern = room(&anna, "intern").await;
        anna.send(&intern, "bleibt").await;
        delete_due(&house.server).await;
        let right = house.server.clock().now();
        for (name, wrong) in [
            ("back", right.minus(3650 * DAY)),
            ("nineteen-seventy", Timestamp(0)),
            ("ahead", right.plus(20 * DAY)),
        ] {
            let (anna, leaver) = (house.server.again(&anna), house.server.register(name).await);
            joins(&anna, &intern, &leaver).await;
            let set = house.back_up().await;
            house.server.clock().set(wrong);
            let erasure = order(&house, &leaver).await;
            delete_due(&house.server).await;
            assert!(is_certified(&house, erasure).await, "{name}");
            assert_gone(&house, &leaver, &house.server.login("anna").await).await;
            told(&house).await;
            // Set right again, it looks after everything, more than once.
            house.server.clock().set(right);
            for _ in 0..2 {
                delete_due(&house.server).await;
            }
            assert!(is_certified(&house, erasure).await, "{name}: its certificate is kept");
            house.restore(&set.path).await;
            house.server.restart().await;
            let anna = house.server.again(&anna);
            assert_gone(&house, &leaver, &anna).await;
            assert_eq!(texts(&anna, &intern).await[0], "bleibt", "{name}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_while_the_clock_jumps_comes_to_its_end_and_takes_nothing_of_others() {
    on_both_engines(async |mut house| {
        let anna = people(&house).await;
        let mut rooms = Vec::new();
        let leaver = house.server.register("ben").await;
        for _ in 0..8 {
            let room = room(&anna, "intern").await;
            joins(&anna, &room, &leaver).await;
            anna.send(&room, "bleibt").await;
            rooms.push(room);
        }
        delete_due(&house.server).await;
        let erasure = order(&house, &leaver).await;
        let jumping = Jumping::begin(house.server.clock());
        delete_due(&house.server).await;
        jumping.end().await;
        // If 1970 was the last that deletion saw, the right time looks like a jump ahead, and it waits
        // for an hour, by a clock that nobody can set. Whoever starts anew has seen no jump.
        house.server.restart().await;
        delete_due(&house.server).await;
        assert!(is_certified(&house, erasure).await);
        let anna = house.server.login("anna").await;
        assert_gone(&house, &leaver, &anna).await;
        for room in &rooms {
            assert_eq!(texts(&anna, room).await, ["von jemandem, der geht", "bleibt"]);
        }
    })
    .await;
}

/// Restores `set` by a clock that is wrong, or jumps meanwhile.
async fn restore_by(house: &mut House, set: &Path, wrong: Option<Timestamp>) {
    let (clock, right) = (house.server.clock().clone(), house.server.clock().now());
    if let Some(wrong) = wrong {
        clock.set(wrong);
        house.restore(set).await;
        clock.set(right);
        return;
    }
    let jumping = Jumping::begin(&clock);
    house.restore(set).await;
    jumping.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_by_a_wrong_or_jumping_clock_loses_nothing_and_brings_nothing_back() {
    on_both_engines(async |mut house| {
        let anna = people(&house).await;
        let intern = room(&anna, "intern").await;
        let ben = house.server.register("ben").await;
        anna.send(&intern, "alt").await;
        delete_due(&house.server).await;
        house.pass(160 * DAY);
        joins(&anna, &intern, &ben).await;
        anna.send(&intern, "bleibt").await;
        delete_due(&house.server).await;
        let set = house.back_up().await;
        // Since then: a rule has been at work, somebody is erased.
        house.pass(25 * DAY);
        delete_due(&house.server).await;
        let anna = house.server.login("anna").await;
        let left = ["von jemandem, der geht", "bleibt"];
        assert_eq!(texts(&anna, &intern).await, left);
        let erasure = order(&house, &ben).await;
        delete_due(&house.server).await;
        assert!(is_certified(&house, erasure).await);
        told(&house).await;
        let right = house.server.clock().now();
        for wrong in [Some(Timestamp(0)), Some(right.plus(20 * DAY)), None] {
            restore_by(&mut house, &set.path, wrong).await;
            house.server.restart().await;
            let anna = house.server.again(&anna);
            // Sessions are as of the backup: she signs in anew.
            let anna = if anna.get("/_matrix/client/v3/account/whoami").await.status == 200 {
                anna
            } else {
                house.server.login("anna").await
            };
            assert_eq!(texts(&anna, &intern).await, left, "{wrong:?}");
            assert_gone(&house, &ben, &anna).await;
            // The rule goes on by the right clock, and is early with nothing.
            delete_due(&house.server).await;
            assert_eq!(texts(&anna, &intern).await, left, "{wrong:?}");
        }
        house.pass(156 * DAY);
        delete_due(&house.server).await;
        let anna = house.server.login("anna").await;
        assert_eq!(texts(&anna, &intern).await, [""; 0], "late by nothing");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_while_the_clock_was_behind_stands_in_the_ledger_while_a_set_needs_it() {
    let mut house = House::open(false).await;
    let anna = people(&house).await;
    let (ben, carl) = (house.server.register("ben").await, house.server.register("carl").await);
    let set = house.back_up().await;
    let (clock, right) = (house.server.clock().clone(), house.server.clock().now());
    clock.set(right.minus(3650 * DAY));
    order(&house, &ben).await;
    delete_due(&house.server).await;
    // Set right; ten years seem to lie between one entry and the next.
    clock.set(right.plus(DAY));
    order(&house, &carl).await;
    for _ in 0..2 {
        house.server.node().tenants().back_up_due().await;
        delete_due(&house.server).await;
    }
    told(&house).await;
    house.restore(&set.path).await;
    house.server.restart().await;
    let anna = house.server.again(&anna);
    for gone in [&ben, &carl] {
        assert_gone(&house, gone, &anna).await;
    }
}
