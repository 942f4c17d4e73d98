//! Nobody makes more of themselves or of others than their role allows: every role towards every
//! role. law

use kontor_core::{Permission, Role, Roles};
use kontor_testkit::{Person, TestServer, Value, for_each_server, json};

use crate::roles::with_password;

fn wish(person: &Person) -> Value {
    with_password(person, json!({ "held": true, "reason": "Test" }))
}

async fn roles_of(chief: &Person, user: &str) -> Vec<String> {
    let listed = chief.get("/_kontor/admin/v1/roles").await.ok();
    let rows = listed.body["roles"].as_array().cloned().unwrap_or_default();
    let own = rows.iter().filter(|row| row["user_id"] == user);
    own.map(|row| row["role"].as_str().unwrap_or_default().to_owned()).collect()
}

/// `actor` tries to make `user` a `wished`; what comes of it is what `own` allows.
async fn tries((chief, own): (&Person, Role), actor: &Person, (user, wished): (&str, Role)) {
    let before = roles_of(chief, user).await.len();
    let path = format!("/_kontor/admin/v1/people/{user}/roles/{wished}");
    let answer = actor.put(&path, wish(actor)).await;
    let may_change = Roles::of(&[own]).may(Permission::ChangeRoles);
    let may = may_change && user != actor.user_id && !wished.needs_four_eyes();
    let gained = roles_of(chief, user).await.len() > before;
    let at = format!("{own} makes {user} {wished}: {}", answer.body);
    // Even then two offices of one person may not go together.
    assert!(may || (!gained && answer.status != 200), "{at}");
    assert!(may_change || answer.status == 403, "{at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_leads_to_another_but_through_those_who_may_give_it() {
    for_each_server(async |server: TestServer| {
        let chief = server.register_as("chief", Role::OrgAdmin).await;
        for own in Role::ALL {
            let actor = server.register_as(&format!("actor-{own}"), own).await;
            let other = server.register(&format!("other-{own}")).await;
            for wished in Role::ALL {
                tries((&chief, own), &actor, (&actor.user_id, wished)).await;
                tries((&chief, own), &actor, (&other.user_id, wished)).await;
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deciding_role_is_approved_by_nobody_who_may_not_decide() {
    for_each_server(async |server: TestServer| {
        let chief = server.register_as("chief", Role::OrgAdmin).await;
        let ben = server.register("ben").await;
        let wish = json!({
            "act": "change_role", "user_id": ben.user_id, "role": "compliance", "held": true,
            "reason": "Test",
        });
        let asked =
            chief.post("/_kontor/admin/v1/approvals", with_password(&chief, wish)).await.ok();
        let path = format!("/_kontor/admin/v1/approvals/{}/approve", asked.body["id"]);
        let (may, may_not): (Vec<Role>, Vec<Role>) = Role::ALL
            .into_iter()
            .partition(|role| Roles::of(&[*role]).may(Permission::DecideApprovals));
        for role in may_not {
            let person = server.register_as(&format!("one-{role}"), role).await;
            let answer = person.post(&path, with_password(&person, json!({}))).await;
            answer.fails(403, "M_FORBIDDEN");
        }
        for person in [&chief, &ben] {
            let answer = person.post(&path, with_password(person, json!({}))).await;
            answer.fails(403, "M_FORBIDDEN");
        }
        assert!(roles_of(&chief, &ben.user_id).await.is_empty());
        let person = server.register_as("second", may[0]).await;
        person.post(&path, with_password(&person, json!({}))).await.ok();
        assert_eq!(roles_of(&chief, &ben.user_id).await, ["compliance"]);
    })
    .await;
}

/// What would let somebody in as another person, or take her account away.
const TAKING_OVER: [&str; 3] = ["reset_link", "reset_second_factors", "close"];

/// `actor`, whose role is `own`, tries everything on somebody whose role is `theirs`.
async fn gets_at((actor, own): (&Person, Role), (subject, theirs): (&Person, Role)) {
    let is_above = !Roles::of(&[theirs]).offices().beyond(Roles::of(&[own])).is_empty();
    let may = Roles::of(&[own]).may(Permission::ManagePeople) && !is_above;
    for act in TAKING_OVER {
        let path = format!("/_kontor/admin/v1/people/{}/{act}", subject.user_id);
        let answer = actor.post(&path, with_password(actor, json!({}))).await;
        let expected = if may { 200 } else { 403 };
        assert_eq!(answer.status, expected, "{own}: {act} of {theirs}: {}", answer.body);
    }
    let whoami = subject.get("/_matrix/client/v3/account/whoami").await;
    assert_eq!(whoami.status, if may { 401 } else { 200 }, "{own}: {theirs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_at_an_account_that_may_do_more_than_their_own() {
    for_each_server(async |server: TestServer| {
        let chief = server.register_as("chief", Role::OrgAdmin).await;
        let mut subjects = Vec::new();
        for theirs in Role::ALL {
            subjects.push((server.register_as(&format!("subject-{theirs}"), theirs).await, theirs));
        }
        let powerless = |role: &Role| !Roles::of(&[*role]).may(Permission::ManagePeople);
        for own in Role::ALL.into_iter().filter(powerless) {
            let actor = server.register_as(&format!("actor-{own}"), own).await;
            for (subject, theirs) in &subjects {
                gets_at((&actor, own), (subject, *theirs)).await;
            }
        }
        // Nobody is shut out who administers people, too.
        let colleague = server.register_as("colleague", Role::OrgAdmin).await;
        for (what, field) in [("lock", "locked"), ("suspend", "suspended")] {
            let path = format!("/_matrix/client/v1/admin/{what}/{}", colleague.user_id);
            chief.put(&path, json!({ (field): true })).await.fails(403, "M_FORBIDDEN");
        }
        for (subject, theirs) in &subjects {
            gets_at((&chief, Role::OrgAdmin), (subject, *theirs)).await;
        }
    })
    .await;
}
