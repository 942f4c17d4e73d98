//! Getting in, devices, how long one stays signed in, guests.

use std::time::Duration;

use kontor_core::Role;
use kontor_identity::NewInvitation;
use kontor_testkit::{Method, Person, Value, json};

use super::{Case, House};
use crate::browser::{Browser, PASSWORD};
use crate::factors::operator;
use crate::second_step::enrol_app;

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);
/// Answers whoever is let in.
const INSIDE: &str = "/_matrix/client/v3/joined_rooms";

pub(super) fn cases() -> Vec<Case> {
    vec![
        ("registration", json!("closed"), json!("open")),
        ("random_user_ids_only", json!(true), json!(false)),
        ("second_factor", json!("required"), json!("optional")),
        ("password_login_api", json!("off"), json!("on")),
        ("password_min_length", json!(64), json!(12)),
        ("password_min_length_with_factor", json!(64), json!(12)),
        ("password_min_classes", json!(4), json!(1)),
        ("weak_passwords_refused", json!(true), json!(false)),
        ("login_lock_after", json!(3), json!(10)),
        ("access_token_minutes", json!(1), json!(60)),
        ("session_days", json!(1), json!(90)),
        ("browser_session_hours", json!(1), json!(24)),
        ("foreign_browser_minutes", json!(5), json!(60)),
        ("admin_idle_minutes", json!(5), json!(60)),
        ("admin_session_hours", json!(1), json!(12)),
        ("step_up_minutes", json!(1), json!(15)),
        ("devices_allowed", json!("company_only"), json!("private_too")),
        ("program_grace_days", json!(0), json!(30)),
        ("program_grace_critical_hours", json!(0), json!(72)),
        ("guests", json!("off"), json!("invitation")),
        ("guest_link_days", json!(1), json!(7)),
        ("guest_account_days", json!(7), json!(90)),
        ("guest_inactive_days", json!(7), json!(180)),
        ("guest_erase_days", json!(7), json!(180)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn getting_in_is_as_the_organisation_decides() {
    let house = House::open().await;
    Box::pin(house.try_all(cases(), passes)).await;
}

#[expect(clippy::panic, reason = "a setting nobody tries is a failure of the test")]
#[expect(clippy::cognitive_complexity, reason = "one line per setting")]
async fn passes(house: &House, setting: &str) -> bool {
    match setting {
        "registration" => register(house, "neu", PASSWORD).await.is_some(),
        "random_user_ids_only" => {
            let made = register(house, "neu", PASSWORD).await.unwrap();
            made.as_str().unwrap().starts_with("@neu")
        }
        "second_factor" => by_password_alone(house).await,
        "password_login_api" => login(house, &person_name(house).await, PASSWORD).await.is_some(),
        "password_min_length" => register(house, "neu", "correct horse tram").await.is_some(),
        "password_min_length_with_factor" => shorter_password_with_factor(house).await,
        "password_min_classes" => register(house, "neu", "correcthorsebattery").await.is_some(),
        "weak_passwords_refused" => register(house, "neu", "passwordpassword").await.is_some(),
        "login_lock_after" => {
            let name = person_name(house).await;
            for _ in 0..4 {
                login(house, &name, "wrong").await;
            }
            login(house, &name, PASSWORD).await.is_some()
        }
        "access_token_minutes" => {
            let session = refreshing(house).await;
            session["expires_in_ms"].as_u64().unwrap() >= 10 * 60 * 1000
        }
        "session_days" => {
            let session = refreshing(house).await;
            house.later(2 * DAY);
            let body = json!({ "refresh_token": session["refresh_token"] });
            let nobody = house.server.anonymous("one.example");
            nobody.post("/_matrix/client/v3/refresh", body).await.status == 200
        }
        "browser_session_hours" => visits(house, signed_in(house).await, 2, 50 * MINUTE).await,
        "foreign_browser_minutes" => {
            let person = house.person().await;
            person.put("/_kontor/client/v1/device", json!({ "kind": "browser" })).await.ok();
            house.later(10 * MINUTE);
            is_in(&person).await
        }
        "admin_idle_minutes" => visits(house, officer(house).await, 1, 20 * MINUTE).await,
        "admin_session_hours" => visits(house, officer(house).await, 8, 10 * MINUTE).await,
        "step_up_minutes" => decides_later(house).await,
        "devices_allowed" => is_in(&house.person().await).await,
        "program_grace_days" => old_program(house, false).await,
        "program_grace_critical_hours" => old_program(house, true).await,
        "guests" => is_in(&house.guest).await,
        "guest_link_days" => {
            let (cx, tenant) = operator(&house.server).await;
            let new = NewInvitation { guest: true, ..NewInvitation::default() };
            let link = tenant.identity.create_invitation(&cx, new).await.unwrap();
            house.later(2 * DAY);
            let path = format!("/account/invitation/{}", link.token.expose());
            Browser::new(&house.server).get(&path).await.status == 200
        }
        "guest_account_days" => {
            let guest = new_guest(house).await;
            house.later(6 * DAY);
            house.later(4 * DAY);
            house.server.node().tenants().look_after().await;
            is_in(&guest).await
        }
        "guest_inactive_days" => {
            let guest = new_guest(house).await;
            house.later(20 * DAY);
            house.server.node().tenants().look_after().await;
            is_in(&guest).await
        }
        "guest_erase_days" => {
            let guest = new_guest(house).await;
            for days in [100, 20] {
                house.later(days * DAY);
                house.server.node().tenants().look_after().await;
            }
            guest.get(INSIDE).await.body["errcode"] == "M_USER_LOCKED"
        }
        other => panic!("{other} is not tried"),
    }
}

/// The user id of a new account; `None` if it was refused.
async fn register(house: &House, stem: &str, password: &str) -> Option<Value> {
    let body = json!({
        "username": house.name(stem), "password": password, "auth": { "type": "m.login.dummy" },
    });
    let nobody = house.server.anonymous("one.example");
    let answer = nobody.post("/_matrix/client/v3/register", body).await;
    (answer.status == 200).then(|| answer.body["user_id"].clone())
}

/// Whether somebody comes in who has a password and no second factor.
async fn by_password_alone(house: &House) -> bool {
    let name = house.name("person");
    let body = json!({
        "username": name, "password": PASSWORD, "auth": { "type": "m.login.dummy" },
        "inhibit_login": true,
    });
    house.server.anonymous("one.example").post("/_matrix/client/v3/register", body).await.ok();
    Browser::signed_in(&house.server, &name).await.get("/account/").await.status == 200
}

async fn person_name(house: &House) -> String {
    let name = house.name("person");
    house.server.register(&name).await;
    name
}

async fn login(house: &House, name: &str, password: &str) -> Option<Value> {
    let body = json!({
        "type": "m.login.password", "password": password, "refresh_token": true,
        "identifier": { "type": "m.id.user", "user": name },
    });
    let nobody = house.server.anonymous("one.example");
    let answer = nobody.post("/_matrix/client/v3/login", body).await;
    (answer.status == 200).then_some(answer.body)
}

/// A sign-in that can be prolonged.
async fn refreshing(house: &House) -> Value {
    login(house, &person_name(house).await, PASSWORD).await.unwrap()
}

async fn new_guest(house: &House) -> Person {
    house.server.register_as(&house.name("gast"), Role::Guest).await
}

async fn is_in(person: &Person) -> bool {
    person.get(INSIDE).await.status == 200
}

async fn signed_in(house: &House) -> Browser {
    let mut browser = Browser::new(&house.server);
    browser.sign_in(&person_name(house).await, PASSWORD).await;
    browser
}

async fn officer(house: &House) -> Browser {
    Browser::signed_in(&house.server, "leitung").await
}

/// Whether somebody is still signed in after so many visits so far apart.
async fn visits(house: &House, mut browser: Browser, count: usize, apart: Duration) -> bool {
    let mut status = 0;
    for _ in 0..count {
        house.later(apart);
        status = browser.get("/account/").await.status;
    }
    status == 200
}

async fn shorter_password_with_factor(house: &House) -> bool {
    let mut browser = signed_in(house).await;
    enrol_app(&house.server, &mut browser).await;
    let new = "violet tram 7";
    let fields = [("old", PASSWORD), ("new", new), ("again", new)];
    browser.fill("/account/password", &fields).await.status == 303
}

/// Whether an administrator may decide three minutes after she has shown who she is.
async fn decides_later(house: &House) -> bool {
    let mut browser = officer(house).await;
    let page = "/admin/policy/setting/max_upload_mebibytes";
    let token = browser.get(page).await.token();
    house.later(3 * MINUTE);
    let value = house.name("");
    let fields = [("form_token", &*token), ("value", &*value), ("reason", "Probe")];
    !browser.post(page, &fields).await.header("location").starts_with("/account/confirm")
}

/// Whether a program may go on that has just become too old.
async fn old_program(house: &House, critical: bool) -> bool {
    let program = house.name("Probe");
    let path = format!("/_kontor/admin/v1/programs/{program}");
    let floor = json!({ "minimum": "2.0", "critical": critical, "reason": "Probe" });
    house.admin.put(&path, floor).await.ok();
    let person = house.person().await;
    let request = person.request(Method::GET, INSIDE);
    let request = request.header("user-agent", format!("{program}/1.0"));
    house.server.raw(request).await.status == 200
}
