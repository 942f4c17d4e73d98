//! Critical acts: none is done in a session whose owner has not shown just now who she is.
//! law: R-045

use std::time::Duration;

use kontor_core::Role;
use kontor_identity::CriticalAct;
use kontor_testkit::{TestServer, for_each_server};

use crate::browser::{Browser, PASSWORD};

/// Where an act is asked for: whose page, the form and its fields.
struct Way {
    who: &'static str,
    page: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

/// How each act is asked for. A new act does not compile without.
const fn ways(act: CriticalAct) -> &'static [Way] {
    const PERSON: &str = "/admin/people/@subject:one.example";
    match act {
        CriticalAct::ChangePolicy => &[Way {
            who: "olga",
            page: "/admin/policy/setting/read_receipts",
            fields: &[("value", "false"), ("reason", "Test")],
        }],
        CriticalAct::AskForApproval => &[Way {
            who: "olga",
            page: PERSON,
            fields: &[("act", "give-role"), ("role", "auditor"), ("reason", "Test")],
        }],
        CriticalAct::Approve => &[Way {
            who: "berta",
            page: "/admin/approvals",
            fields: &[("act", "approve"), ("approval", "1")],
        }],
        CriticalAct::ChangeRole => &[
            Way {
                who: "olga",
                page: PERSON,
                fields: &[("act", "give-role"), ("role", "tech_admin"), ("reason", "Test")],
            },
            Way {
                who: "olga",
                page: PERSON,
                fields: &[("act", "take-role"), ("role", "tech_admin"), ("reason", "Test")],
            },
        ],
        CriticalAct::ProveIdentity => &[Way {
            who: "olga",
            page: PERSON,
            fields: &[("act", "prove"), ("method", "records"), ("reason", "Test")],
        }],
        CriticalAct::ResetPassword => {
            &[Way { who: "olga", page: PERSON, fields: &[("act", "reset-password")] }]
        }
        CriticalAct::ResetSecondFactors => {
            &[Way { who: "olga", page: PERSON, fields: &[("act", "reset-factors")] }]
        }
        CriticalAct::ReplaceKeys => &[Way { who: "subject", page: "/account/keys", fields: &[] }],
        CriticalAct::CloseAccount => &[Way {
            who: "subject",
            page: "/account/close",
            fields: &[("user_id", "@subject:one.example")],
        }],
        CriticalAct::CloseOthersAccount => &[Way {
            who: "olga",
            page: PERSON,
            fields: &[("act", "close"), ("user_id", "@subject:one.example")],
        }],
        CriticalAct::ChangeFactors => {
            &[Way { who: "subject", page: "/account/security", fields: &[("act", "codes")] }]
        }
        CriticalAct::MakeAppPassword => {
            &[Way { who: "subject", page: "/account/app-passwords", fields: &[("name", "Test")] }]
        }
        CriticalAct::ChangeMailAddress => &[],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_critical_act_is_done_without_a_fresh_proof() {
    for_each_server(async |server| {
        let subject = server.register("subject").await;
        for (name, role) in [("olga", Role::OrgAdmin), ("berta", Role::Betriebsrat)] {
            server.register_as(name, role).await;
        }
        // Something that waits for a second person.
        let mut olga = Browser::signed_in(&server, "olga").await;
        let ask = [("act", "give-role"), ("role", "compliance"), ("reason", "Test")];
        let person = format!("/admin/people/{}", subject.user_id);
        assert_eq!(olga.fill(&person, &ask).await.status, 303);

        for act in CriticalAct::ALL {
            for Way { who, page, fields } in ways(act) {
                let mut browser = Browser::signed_in(&server, who).await;
                server.clock().set(server.clock().now().plus(Duration::from_mins(6)));
                let token = browser.get("/account/").await.token();
                let mut all = vec![("form_token", token.as_str())];
                all.extend(*fields);
                let asked = browser.post(page, &all).await;
                assert_eq!(asked.status, 303, "{act:?} {fields:?}: {}", asked.html);
                let led = asked.header("location");
                assert!(led.starts_with("/account/confirm?next="), "{act:?} {fields:?}: {led}");
            }
        }
        // What was asked for still waits, and nothing else has happened.
        olga.sign_in("olga", PASSWORD).await;
        let page = olga.get("/admin/approvals").await;
        assert_eq!(page.html.matches("compliance").count(), 1, "{}", page.html);
        olga.get(&person).await.shows("Keine besondere Rolle.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_minutes_are_enough_and_six_are_not() {
    let server = TestServer::start().await;
    server.register("subject").await;
    server.register_as("olga", Role::OrgAdmin).await;
    let mut olga = Browser::signed_in(&server, "olga").await;
    let page = "/admin/people/@subject:one.example";
    let pass = |seconds| {
        server.clock().set(server.clock().now().plus(Duration::from_secs(seconds)));
    };
    pass(299);
    assert_eq!(olga.fill(page, &[("act", "reset-password")]).await.status, 200);
    pass(1);
    assert_eq!(olga.fill(page, &[("act", "reset-password")]).await.status, 303);
}
