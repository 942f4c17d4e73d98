//! Every page of the console with every role, and every form of it. law: R-009

use kontor_core::{Permission, Role, Roles};
use kontor_testkit::{TestServer, for_each_server};

use crate::browser::Browser;

/// Pages, and what one must hold to see them: one of these; nothing: any office.
const PAGES: &[(&str, &[Permission])] = &[
    ("/admin/", &[]),
    ("/admin/people", &[Permission::SeePeople]),
    ("/admin/people/invite", &[Permission::ManagePeople]),
    ("/admin/people/@subject:one.example", &[Permission::SeePeople]),
    ("/admin/devices", &[Permission::SeeDevices]),
    ("/admin/rooms", &[Permission::SeeRooms]),
    ("/admin/classes", &[Permission::SeeRoomClasses]),
    ("/admin/deletion", &[Permission::SeeDeletion]),
    ("/admin/policy", &[Permission::ReadPolicyHistory]),
    ("/admin/policy/compare", &[Permission::ReadPolicyHistory]),
    ("/admin/policy/setting/read_receipts", &[Permission::ReadPolicyHistory]),
    ("/admin/backups", &[Permission::SeeBackups]),
    ("/admin/erasures", &[Permission::SeeDeletion]),
    ("/admin/holds", &[Permission::SeeDeletion]),
    ("/admin/approvals", &[Permission::SeeApprovals]),
    ("/admin/audit", &[Permission::ReadAudit]),
];

/// Where a form goes, what it says, and what one must hold to have it done.
type Filled = (&'static str, &'static [(&'static str, &'static str)], Permission);

/// Forms: where they go, what they say, and what one must hold to have them done.
const FORMS: &[Filled] = &[
    ("/admin/people/invite", &[("act", "link")], Permission::ManagePeople),
    ("/admin/people/invite", &[("act", "renew"), ("invitation", "x")], Permission::ManagePeople),
    (
        "/admin/people/invite",
        &[("act", "take-back"), ("invitation", "x")],
        Permission::ManagePeople,
    ),
    ("/admin/people/@subject:one.example", &[("act", "lock")], Permission::ManagePeople),
    ("/admin/people/@subject:one.example", &[("act", "unlock")], Permission::ManagePeople),
    ("/admin/people/@subject:one.example", &[("act", "suspend")], Permission::ManagePeople),
    ("/admin/people/@subject:one.example", &[("act", "unsuspend")], Permission::ManagePeople),
    ("/admin/people/@subject:one.example", &[("act", "renew-guest")], Permission::ManagePeople),
    (
        "/admin/people/@subject:one.example",
        &[("act", "close"), ("user_id", "@subject:one.example")],
        Permission::ManagePeople,
    ),
    ("/admin/people/@subject:one.example", &[("act", "sign-out")], Permission::ManagePeople),
    ("/admin/people/@subject:one.example", &[("act", "reset-password")], Permission::ManagePeople),
    ("/admin/people/@subject:one.example", &[("act", "reset-factors")], Permission::ManagePeople),
    (
        "/admin/people/@subject:one.example",
        &[("act", "prove"), ("method", "records"), ("reason", "Test")],
        Permission::ManagePeople,
    ),
    (
        "/admin/people/@subject:one.example",
        &[("act", "take-role"), ("role", "tech_admin"), ("reason", "Test")],
        Permission::ChangeRoles,
    ),
    (
        "/admin/devices",
        &[("act", "sign-out"), ("user", "@subject:one.example"), ("device", "x")],
        Permission::ManagePeople,
    ),
    ("/admin/devices", &[("act", "no-floor"), ("program", "x")], Permission::DecidePolicy),
    (
        "/admin/policy/setting/read_receipts",
        &[("value", "true"), ("reason", "Test")],
        Permission::DecidePolicy,
    ),
    ("/admin/approvals", &[("act", "approve"), ("approval", "1")], Permission::DecideApprovals),
    ("/admin/approvals", &[("act", "refuse"), ("approval", "1")], Permission::SeeApprovals),
    ("/admin/holds", &[("act", "release"), ("hold", "1")], Permission::PlaceHolds),
    ("/admin/holds", &[("subject", "x")], Permission::PlaceHolds),
    (
        "/admin/erasures",
        &[("user", "@nobody:one.example"), ("reason", "Test")],
        Permission::ErasePeople,
    ),
    ("/admin/audit", &[("act", "verify")], Permission::ReadAudit),
    (
        "/admin/audit",
        &[("act", "look-up"), ("pseudonym", "x"), ("reason", "Test")],
        Permission::LookUpPseudonym,
    ),
];

/// A browser of somebody with one role.
async fn holder(server: &TestServer, role: Role) -> Browser {
    let name = format!("one-{}", role.as_str().replace('_', "-"));
    match role {
        Role::User => drop(server.register(&name).await),
        _ => drop(server.register_as(&name, role).await),
    }
    Browser::signed_in(server, &name).await
}

/// The page answers as the table says, and the navigation leads there or not.
async fn sees(browser: &mut Browser, role: Role, page: &str, may: bool) {
    let expected = if may { 200 } else { 403 };
    assert_eq!(browser.get(page).await.status, expected, "{role}: {page}");
    let area = page.split('/').take(3).collect::<Vec<_>>().join("/");
    if page.matches('/').count() == 2 && role.is_office() {
        let shown = browser.get("/admin/").await.html.contains(&format!("href=\"{area}\""));
        assert_eq!(shown, may, "{role}: {page} in the navigation");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_sees_the_pages_that_the_table_gives_it_and_no_other() {
    for_each_server(async |server| {
        server.register("subject").await;
        for role in Role::ALL {
            let mut browser = holder(&server, role).await;
            let roles = Roles::of(&[role]);
            for (page, permissions) in PAGES {
                let may = !roles.offices().is_empty()
                    && (permissions.is_empty() || permissions.iter().any(|one| roles.may(*one)));
                sees(&mut browser, role, page, may).await;
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_has_the_forms_done_that_the_table_gives_it_and_no_other() {
    for_each_server(async |server| {
        server.register("subject").await;
        for role in Role::ALL {
            let mut browser = holder(&server, role).await;
            for (page, fields, permission) in FORMS {
                let token = browser.get("/account/").await.token();
                let mut all = vec![("form_token", token.as_str())];
                all.extend(*fields);
                let shown = browser.post(page, &all).await;
                // The page of approvals says it beside what waits.
                let refused = shown.status == 403 || shown.html.contains("muss jemand anderes");
                let may = Roles::of(&[role]).may(*permission);
                assert_eq!(!refused, may, "{role}: {page} {fields:?}: {}", shown.status);
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_half_signed_in_people_are_led_to_the_sign_in() {
    let server = TestServer::start().await;
    for (page, _) in PAGES {
        let shown = Browser::new(&server).get(page).await;
        assert_eq!(shown.status, 303, "{page}");
        assert!(shown.header("location").starts_with("/account/login?next="), "{page}");
    }
}
