//! What the audit log costs a log-in: CPU time of the whole process, its own durable commit included.
//!
//! Two people sign in by password on the same way: one whose sign-ins are not recorded, as most
//! people's, and one with an office, whose sign-ins are. Hashing of passwords is made cheap, so that
//! it does not hide the rest. `make bench` runs it; it fails where the log costs a log-in more than
//! 0.2 ms.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement prints, and may stop anywhere"
)]

use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use kontor_audit::{Action, Audit, Event, Wanted};
use kontor_core::{Actor, Clock, Cx, Random, Role, Roles, Secret, TenantId};
use kontor_db::{DatabaseKeys, Db, Settings as Place};
use kontor_feed::Feed;
use kontor_identity::{Hasher, Identity, NewUser, PasswordCost, Settings};
use kontor_policy::{InForce, Policy};
use kontor_store::MIGRATIONS;
use ruma::owned_server_name;

/// Most that the log may cost a log-in. Issue 3.
const MOST_MS: f64 = 0.2;
/// Log-ins of each person in a turn.
const LOGINS: u32 = 400;
/// Turns, so that a change of the machine's mood touches all alike.
const TURNS: u32 = 10;
/// Kernel clock ticks per second, the unit of `/proc/self/stat`.
const TICKS: f64 = 100.0;
const PASSWORD: &str = "seven bridges under a violet tram";

/// CPU milliseconds of the process so far.
fn cpu_ms() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = fields.get(11..13).unwrap().iter().map(|ticks| ticks.parse::<f64>().unwrap());
    ticks.sum::<f64>() / TICKS * 1000.0
}

struct Office {
    identity: Identity,
    audit: Audit,
    cx: Cx,
}

impl Office {
    async fn open(folder: &std::path::Path) -> Self {
        let cx = Cx::new(TenantId(1), Actor::Operator, Clock::System, Random::System).unwrap();
        let server_name = owned_server_name!("firma.example");
        let place = Place::Sqlite { path: folder.join("kontor.db") };
        let audit = Audit::open(&cx, &place, &server_name, &Secret::new([1; 32])).await.unwrap();
        let keys =
            DatabaseKeys { cipher_key: Secret::new([2; 32]), seal_key: Secret::new([3; 32]) };
        let db = Db::open(place, TenantId(1), keys, MIGRATIONS).await.unwrap();
        let settings = Settings {
            server_name,
            public_url: None,
            audit: audit.clone(),
            policy: InForce::new(Policy::lab()),
            pepper: Secret::new([4; 32]),
            hasher: Hasher::new(PasswordCost { memory_kib: 64, passes: 1, lanes: 1 }),
            registration_shared_secret: None,
            mailer: None,
        };
        let identity = Identity::new(db, Feed::default(), settings);
        let office = Self { identity, audit, cx };
        office.hire("anna", Roles::NONE).await;
        office.hire("olga", Roles::of(&[Role::OrgAdmin])).await;
        office
    }

    async fn hire(&self, name: &str, roles: Roles) {
        let new = NewUser {
            username: Some(name.to_owned()),
            password: Some(Secret::new(PASSWORD.to_owned())),
            roles,
            ..NewUser::default()
        };
        self.identity.create_user(&self.cx, new).await.unwrap();
    }

    /// CPU milliseconds of a log-in, on average over a turn; each is recorded `entries` times.
    async fn turn(&self, name: &str, entries: u32) -> f64 {
        let stranger = self.cx.acting_as(Actor::Anonymous);
        let first = self.newest_entry().await;
        let before = cpu_ms();
        for _ in 0..LOGINS {
            let password = Secret::new(PASSWORD.to_owned());
            self.identity.sign_in_with_password(&stranger, name, password).await.unwrap();
        }
        // An entry that is waited for: by then those before it are written, too.
        let event = Event::new(Action::RegistrationTokenCreated).with_count(1);
        self.audit.record(&self.cx, event).await.unwrap();
        let spent = cpu_ms() - before;
        let written = self.newest_entry().await - first;
        assert_eq!(written, i64::from(LOGINS * entries + 1), "{name}");
        spent / f64::from(LOGINS)
    }

    async fn newest_entry(&self) -> i64 {
        let newest = self.audit.entries(&self.cx, Wanted::default()).await.unwrap();
        newest.first().map_or(0, |entry| entry.seq)
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let folder = tempfile::tempdir_in(".").unwrap();
    let office = Office::open(folder.path()).await;
    let began = Instant::now();
    // The first turn warms up and does not count.
    let (mut plain, mut recorded) = (Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let (one, other) = (office.turn("anna", 0).await, office.turn("olga", 1).await);
        if turn > 0 {
            plain.push(one);
            recorded.push(other);
        }
    }
    let cost = median(&mut recorded) - median(&mut plain);
    println!(
        "log-in: {:.3} ms CPU without an entry in the audit log, {:.3} ms with; the log costs {cost:.3} \
         ms (at most {MOST_MS} ms); {} turns of {LOGINS} in {:.1} s",
        median(&mut plain),
        median(&mut recorded),
        TURNS,
        began.elapsed().as_secs_f64()
    );
    office.audit.close(&office.cx).await;
    if cost < MOST_MS { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
