//! Inviting people, and looking over who has not come.

use std::time::Duration;

use askama::Template;
use axum::response::Response;
use kontor_core::{Error, Kind, Timestamp};
use kontor_identity::{MadeLink, NewInvitation, PendingInvitation, Renewed};

use crate::admin::names::Names;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::when::moment;

/// Days that an invitation may be good, longest first.
const TERMS: [u32; 4] = [7, 3, 2, 1];
const DAY: Duration = Duration::from_hours(24);

#[derive(Template)]
#[template(path = "admin/invite.html")]
struct Invite {
    page: Page,
    /// The link just made, and until when it is good.
    made: Option<(String, String)>,
    /// What was done, in words.
    done: Option<String>,
    typed: Typed,
    wrong: Wrong,
    /// Days, in words, and whether they are chosen.
    terms: Vec<(u32, String, bool)>,
    by_mail: bool,
    pending: Vec<Line>,
}

/// What stands in the form.
#[derive(Default)]
struct Typed {
    display_name: String,
    username: String,
    mail: String,
    guest: bool,
}

/// What is wrong, by field.
#[derive(Default)]
struct Wrong {
    display_name: Option<String>,
    username: Option<String>,
    mail: Option<String>,
}

struct Line {
    id: String,
    name: String,
    hint: Vec<String>,
    /// When it ends or has ended, in words.
    until: String,
    is_over: bool,
    /// Its mail is not sent yet.
    is_waiting: bool,
    /// By whom.
    by: String,
}

/// `GET /admin/people/invite`
pub(in crate::admin) async fn show(visit: Visit) -> Shown {
    let shown = Outcome::default();
    looked_over(&visit, shown, page::show).await
}

/// `POST /admin/people/invite`
pub(in crate::admin) async fn act(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    let identity = &visit.tenant.identity;
    let id = visit.form.text("invitation").to_owned();
    match visit.form.text("act") {
        "take-back" => {
            identity.take_link_back(&cx, id).await?;
            Err(Leave::Done("/admin/people/invite".to_owned(), "layout-done"))
        }
        "renew" => {
            let outcome = match identity.renew_invitation(&cx, id).await? {
                Renewed::Link(made) => Outcome::made(&visit, &made),
                Renewed::Mailed(_) => Outcome::mailed(&visit),
            };
            looked_over(&visit, outcome, page::show).await
        }
        way => {
            let done = match (way, new_of(&visit)) {
                ("mail", new) => {
                    identity.invite_by_mail(&cx, new).await.map(|_| Outcome::mailed(&visit))
                }
                (_, new) => identity
                    .create_invitation(&cx, new)
                    .await
                    .map(|made| Outcome::made(&visit, &made)),
            };
            match done {
                Ok(outcome) => looked_over(&visit, outcome, page::show).await,
                Err(error) => {
                    let outcome = Outcome {
                        wrong: wrong_of(&visit, error)?,
                        again: true,
                        ..Outcome::default()
                    };
                    looked_over(&visit, outcome, show_again).await
                }
            }
        }
    }
}

/// What came of a form.
#[derive(Default)]
struct Outcome {
    made: Option<(String, String)>,
    done: Option<String>,
    wrong: Wrong,
    /// What was typed is shown again.
    again: bool,
}

impl Outcome {
    fn made(visit: &Visit, made: &MadeLink) -> Self {
        let address = visit.tenant.identity.invitation_address(made).expose().clone();
        Self { made: Some((address, moment(visit, made.expires))), ..Self::default() }
    }

    fn mailed(visit: &Visit) -> Self {
        Self { done: Some(visit.texts.get("invite-mailed")), ..Self::default() }
    }
}

fn new_of(visit: &Visit) -> NewInvitation {
    let filled = |name: &str| {
        Some(visit.form.text(name).trim().to_owned()).filter(|value| !value.is_empty())
    };
    let days = visit.form.text("days").parse().ok().filter(|days| TERMS.contains(days));
    NewInvitation {
        display_name: filled("display_name"),
        username: filled("username"),
        guest: visit.form.text("kind") == "guest",
        mail: filled("mail"),
        lifetime: days.map(|days| DAY * days),
    }
}

fn wrong_of(visit: &Visit, error: Error) -> Result<Wrong, Leave> {
    let field = error.fields.get("field").and_then(|field| field.as_str()).unwrap_or_default();
    let text = |id: &str| Some(visit.texts.get(id));
    let wrong = Wrong::default();
    match (error.kind, field) {
        (Kind::Conflict, _) => Ok(Wrong { username: text("invitation-name-taken"), ..wrong }),
        (Kind::Invalid, "display_name") => {
            Ok(Wrong { display_name: text("invitation-display-name-wrong"), ..wrong })
        }
        (Kind::Invalid, "mail") => Ok(Wrong { mail: text("mail-wrong"), ..wrong }),
        (Kind::Invalid, _) => Ok(Wrong { username: text("invitation-name-wrong"), ..wrong }),
        _ => Err(error.into()),
    }
}

async fn looked_over(visit: &Visit, outcome: Outcome, show: fn(&Invite) -> Response) -> Shown {
    let (_, cx) = visit.officer()?;
    let identity = &visit.tenant.identity;
    let pending = identity.invitations(&cx).await?;
    let typed = |name: &str| match outcome.again {
        true => visit.form.text(name).trim().to_owned(),
        false => String::new(),
    };
    let names =
        Names::of_authors(visit, &cx, pending.iter().map(|one| one.invited_by.as_str())).await?;
    let chosen = if outcome.again { visit.form.text("days").parse().ok() } else { None };
    Ok(show(&Invite {
        page: Page::new(visit, "invite-title"),
        typed: Typed {
            display_name: typed("display_name"),
            username: typed("username"),
            mail: typed("mail"),
            guest: typed("kind") == "guest",
        },
        terms: TERMS
            .map(|days| {
                (days, visit.texts.get_with("invite-days", "days", days), chosen == Some(days))
            })
            .into(),
        made: outcome.made,
        done: outcome.done,
        wrong: outcome.wrong,
        by_mail: identity.sends_mail(),
        pending: pending.into_iter().map(|one| line_of(visit, one, (cx.now, &names))).collect(),
    }))
}

fn line_of(visit: &Visit, pending: PendingInvitation, (now, names): (Timestamp, &Names)) -> Line {
    let texts = visit.texts;
    let is_over = pending.expires.is_some_and(|at| at <= now);
    let until = match pending.expires {
        None => texts.get("invite-waits"),
        Some(at) if is_over => texts.get_with("invite-over", "when", moment(visit, at)),
        Some(at) => texts.get_with("invite-until", "when", moment(visit, at)),
    };
    let given = [pending.display_name, pending.username, pending.mail];
    let mut known: Vec<String> = given.into_iter().flatten().collect();
    let name = if known.is_empty() { texts.get("invite-nameless") } else { known.remove(0) };
    if pending.guest {
        known.push(texts.get("role-guest"));
    }
    Line {
        id: pending.id,
        name,
        hint: known,
        until,
        is_over,
        is_waiting: pending.expires.is_none(),
        by: names.author(texts, &pending.invited_by),
    }
}
