//! Finding people. law: R-009

pub(super) mod invite;
pub(crate) mod person;

use askama::Template;
use kontor_core::{Permission, Role};
use kontor_identity::{AccountState, ListedPerson, PEOPLE_PAGE, PeopleQuery};
use ruma::UserId;

use crate::amount::count;
use crate::frame::{Shown, Visit};
use crate::page::{self, Page};
use crate::texts::Texts;

#[derive(Template)]
#[template(path = "admin/people.html")]
struct People {
    page: Page,
    /// What was searched for.
    q: String,
    roles: Vec<Choice>,
    states: Vec<Choice>,
    /// How many were found, in words.
    found: String,
    lines: Vec<Line>,
    /// Queries of the pages before and after.
    before: Option<String>,
    after: Option<String>,
    may_invite: bool,
}

/// Something to choose from.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) name: String,
    pub(super) chosen: bool,
}

struct Line {
    /// Path of her page.
    path: String,
    user: String,
    name: String,
    login: Option<String>,
    mail: Option<String>,
    /// Roles beside that of a user, in words.
    roles: Vec<String>,
    /// In words, unless all is as usual.
    state: Option<String>,
}

/// `GET /admin/people`
pub(super) async fn show(visit: Visit) -> Shown {
    let (session, cx) = visit.officer()?;
    let texts = visit.texts;
    let query = PeopleQuery {
        text: visit.form.text("q").trim().to_owned(),
        role: visit.form.text("role").parse().ok(),
        state: visit.form.text("state").parse().ok(),
        page: visit.form.text("page").parse().unwrap_or(0),
    };
    let found = visit.tenant.identity.people(&cx, &query).await?;
    let shown_to = query.page.saturating_add(1).saturating_mul(PEOPLE_PAGE);
    let before = query.page.checked_sub(1).map(|page| query_of(&query, page));
    let after = (found.total > shown_to).then(|| query_of(&query, query.page + 1));
    let total = u64::try_from(found.total).unwrap_or(u64::MAX);
    Ok(page::show(&People {
        page: Page::new(&visit, "people-title"),
        roles: role_choices(texts, query.role),
        states: state_choices(texts, query.state),
        found: match total {
            0 => texts.get("people-none"),
            1 => texts.get("people-one"),
            _ => texts.get_with("people-found", "count", count(texts, total)),
        },
        lines: found.people.into_iter().map(|person| line_of(texts, person)).collect(),
        q: query.text,
        before,
        after,
        may_invite: session.roles.may(Permission::ManagePeople),
    }))
}

fn line_of(texts: Texts, person: ListedPerson) -> Line {
    let roles = person.roles.iter().filter(|role| *role != Role::User);
    Line {
        path: path_of(&person.user_id),
        name: name_of(&person),
        user: person.user_id.to_string(),
        login: person.login_name,
        mail: person.mail,
        roles: roles.map(|role| role_name(texts, role)).collect(),
        state: (person.state != AccountState::Active).then(|| state_name(texts, person.state)),
    }
}

/// Path of the page of a person.
fn path_of(user: &UserId) -> String {
    let user: String = url::form_urlencoded::byte_serialize(user.as_bytes()).collect();
    format!("/admin/people/{user}")
}

/// Path of her page once a device of hers was reported lost: what is to be done next stands there.
pub(super) fn path_after_loss(user: &UserId) -> String {
    format!("{}?lost=yes", path_of(user))
}

/// What others call her.
pub(super) fn name_of(person: &ListedPerson) -> String {
    let named = person.display_name.clone().or_else(|| person.login_name.clone());
    named.unwrap_or_else(|| person.user_id.to_string())
}

fn query_of(query: &PeopleQuery, page: usize) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", &query.text)
        .append_pair("role", query.role.map_or("", Role::as_str))
        .append_pair("state", query.state.map_or("", AccountState::as_str))
        .append_pair("page", &page.to_string())
        .finish()
}

fn role_choices(texts: Texts, chosen: Option<Role>) -> Vec<Choice> {
    let choice = |role: Role| Choice {
        value: role.as_str(),
        name: role_name(texts, role),
        chosen: chosen == Some(role),
    };
    Role::ALL.into_iter().map(choice).collect()
}

fn state_choices(texts: Texts, chosen: Option<AccountState>) -> Vec<Choice> {
    let choice = |state: AccountState| Choice {
        value: state.as_str(),
        name: state_name(texts, state),
        chosen: chosen == Some(state),
    };
    AccountState::ALL.into_iter().map(choice).collect()
}

/// What people call a role.
pub(crate) fn role_name(texts: Texts, role: Role) -> String {
    texts.get(match role {
        Role::User => "role-user",
        Role::Guest => "role-guest",
        Role::OrgAdmin => "role-org-admin",
        Role::TechAdmin => "role-tech-admin",
        Role::Dsb => "role-dsb",
        Role::Betriebsrat => "role-betriebsrat",
        Role::Compliance => "role-compliance",
        Role::Auditor => "role-auditor",
        Role::ProviderOperator => "role-provider-operator",
    })
}

/// What people call the state of an account.
pub(super) fn state_name(texts: Texts, state: AccountState) -> String {
    texts.get(match state {
        AccountState::Active => "people-state-active",
        AccountState::Suspended => "people-state-suspended",
        AccountState::Locked => "people-state-locked",
        AccountState::Closed => "people-state-closed",
    })
}
