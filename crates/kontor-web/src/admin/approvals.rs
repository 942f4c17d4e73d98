//! What waits for a second person, and deciding on it. law: R-010

use askama::Template;
use kontor_approval::{Approval, Decision, PAGE, Proposal};
use kontor_core::{Kind, MatrixCode, Permission, Timestamp};
use kontor_policy::setting;
use ruma::{OwnedUserId, UserId};

use super::names::Names;
use super::policy::{profile_in_words, stored_in_words};
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::when::{day, moment};

#[derive(Template)]
#[template(path = "admin/approvals.html")]
struct Approvals {
    page: Page,
    wrong: Option<String>,
    /// She may be the second person.
    may_decide: bool,
    waiting: Vec<Line>,
    decided: Vec<Line>,
    /// Number to go on from; `None`: that was all.
    older: Option<i64>,
}

struct Line {
    nid: i64,
    /// What is asked for, in words.
    what: String,
    reason: String,
    requester: String,
    /// She has asked for it herself.
    own: bool,
    requested: String,
    expires: String,
    /// Text: how it ended.
    decision: String,
    decider: Option<String>,
    /// What was found out, for whoever may know.
    outcome: Option<String>,
}

/// `GET /admin/approvals`
pub(super) async fn show(visit: Visit) -> Shown {
    Ok(page::show(&looked_over(&visit, None).await?))
}

/// `POST /admin/approvals`
pub(super) async fn decide(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    let number = visit.form.text("approval").parse().unwrap_or(0);
    let approvals = &visit.tenant.approvals;
    let done = if visit.form.text("act") == "approve" {
        approvals.approve(&cx, number, None).await
    } else {
        approvals.refuse(&cx, number).await
    };
    match done {
        Ok(()) => Err(Leave::Done("/admin/approvals".to_owned(), "layout-done")),
        Err(error) if matches!(error.kind, Kind::Conflict | Kind::Gone | Kind::NotFound) => {
            let wrong = visit.texts.get("approvals-too-late");
            Ok(show_again(&looked_over(&visit, Some(wrong)).await?))
        }
        Err(error) if error.code == Some(MatrixCode::WorksCouncil) => {
            let wrong = visit.texts.get("approvals-council");
            Ok(show_again(&looked_over(&visit, Some(wrong)).await?))
        }
        Err(error) if error.kind == Kind::Forbidden && error.code.is_none() => {
            let wrong = visit.texts.get("approvals-not-you");
            Ok(show_again(&looked_over(&visit, Some(wrong)).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn looked_over(visit: &Visit, wrong: Option<String>) -> Result<Approvals, Leave> {
    let (session, cx) = visit.officer()?;
    let before = visit.form.text("before").parse().ok();
    let all = visit.tenant.approvals.list(&cx, before).await?;
    let older = (all.len() >= usize::from(PAGE)).then(|| all.last().map(|last| last.nid));
    let (waiting, decided): (Vec<Approval>, Vec<Approval>) =
        all.into_iter().partition(|approval| approval.decision == Decision::Waiting);
    let people = waiting.iter().chain(&decided).flat_map(people_of).collect();
    let names = Names::of(visit, &cx, people).await?;
    let lines = |list: Vec<Approval>| {
        list.into_iter()
            .map(|approval| line_of(visit, (&session.user_id, &names), approval))
            .collect()
    };
    Ok(Approvals {
        page: Page::new(visit, "approvals-title"),
        wrong,
        may_decide: session.roles.may(Permission::DecideApprovals),
        waiting: lines(waiting),
        decided: lines(decided),
        older: older.flatten(),
    })
}

/// Everybody a request speaks of.
fn people_of(approval: &Approval) -> impl Iterator<Item = OwnedUserId> {
    let told = [Some(&approval.requester), approval.decider.as_ref(), approval.proposal.subject()];
    let found_out = found_out(approval);
    told.into_iter().flatten().cloned().chain(found_out).collect::<Vec<_>>().into_iter()
}

/// Whom a pseudonym turned out to be.
fn found_out(approval: &Approval) -> Option<OwnedUserId> {
    approval.outcome.as_ref()?.get("user_id")?.as_str()?.parse().ok()
}

fn line_of(visit: &Visit, (viewer, names): (&UserId, &Names), approval: Approval) -> Line {
    let decision = match approval.decision {
        Decision::Waiting => "approvals-waiting",
        Decision::Approved => "approvals-approved",
        Decision::Refused => "approvals-refused",
        Decision::Failed => "approvals-failed",
        Decision::Expired => "approvals-expired",
    };
    Line {
        nid: approval.nid,
        what: in_words(visit, names, &approval.proposal),
        own: approval.requester == viewer,
        requester: names.said(&approval.requester),
        requested: moment(visit, approval.requested),
        expires: moment(visit, approval.expires),
        decision: visit.texts.get(decision),
        decider: approval.decider.as_deref().map(|user| names.said(user)),
        outcome: found_out(&approval).map(|user| names.said(&user)),
        reason: approval.reason,
    }
}

/// What is asked for: exactly what is carried out.
fn in_words(visit: &Visit, names: &Names, proposal: &Proposal) -> String {
    let texts = visit.texts;
    match proposal {
        Proposal::WeakenPolicy { setting: key, before, value, .. } => match setting(key) {
            Ok(setting) => {
                let said =
                    |json: &serde_json::Value| stored_in_words(texts, setting, &json.to_string());
                format!("{}: {} → {}", texts.of(setting.name), said(before), said(value))
            }
            Err(_) => format!("{key}: {before} → {value}"),
        },
        Proposal::ChooseProfile { profile, before, .. } => {
            let named = |word: Option<&str>| {
                profile_in_words(texts, word.and_then(|word| word.parse().ok()))
            };
            format!("{} → {}", named(before.as_str()), named(Some(profile)))
        }
        Proposal::ChangeRole { user_id, role, held: true } => {
            format!("{} {role}: {}", texts.get("approvals-give-role"), names.said(user_id))
        }
        Proposal::ChangeRole { user_id, role, held: false } => {
            format!("{} {role}: {}", texts.get("approvals-take-role"), names.said(user_id))
        }
        Proposal::LookUpPseudonym { pseudonym } => {
            format!("{}: {pseudonym}", texts.get("approvals-look-up"))
        }
        Proposal::ErasePerson { user_id, with_messages } => {
            let id = match with_messages {
                true => "erasures-approval-with-messages",
                false => "erasures-approval",
            };
            format!("{}: {}", texts.get(id), names.said(user_id))
        }
        Proposal::PlaceHold { .. } => hold_in_words(visit, names, proposal),
    }
}

/// Everything that a hold says, since the second person answers for it.
fn hold_in_words(visit: &Visit, names: &Names, proposal: &Proposal) -> String {
    let Proposal::PlaceHold { user_id, room_id, from_ts, until_ts, days, basis, delay } = proposal
    else {
        return String::new();
    };
    let texts = visit.texts;
    let subject = user_id.as_deref().map(|user| names.said(user));
    let subject = subject.or_else(|| room_id.as_ref().map(ToString::to_string));
    let bound =
        |at: &Option<i64>| at.map_or_else(|| "…".to_owned(), |at| day(visit, Timestamp(at)));
    let delayed = delay.as_ref().map(|why| format!(" · {}: {why}", texts.get("holds-not-told")));
    format!(
        "{}: {} · {} – {} · {} · {basis}{}",
        texts.get("holds-approval"),
        subject.unwrap_or_default(),
        bound(from_ts),
        bound(until_ts),
        texts.get_with("classes-days", "count", usize::from(*days)),
        delayed.unwrap_or_default(),
    )
}
