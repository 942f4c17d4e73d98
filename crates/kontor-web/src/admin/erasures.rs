//! Erasing a person: asking for it, how far it has come, and the certificates. law: R-128

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use kontor_approval::{Proposal, Request};
use kontor_core::{Kind, Permission};
use kontor_deletion::ErasureView;
use ruma::OwnedUserId;

use crate::amount::{bytes, count};
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page, show_again};
use crate::when::moment;

/// Erasures on a page.
const ERASURES: u16 = 50;

#[derive(Template)]
#[template(path = "admin/erasures.html")]
struct Erasures {
    page: Page,
    /// She may ask for it.
    may_ask: bool,
    wrong: Option<String>,
    /// What was typed.
    user: String,
    reason: String,
    with_messages: bool,
    rows: Vec<Line>,
}

struct Line {
    number: i64,
    decided: String,
    /// Text: how far it has come.
    state: String,
    rooms: String,
    events: String,
    messages: String,
    files: String,
    size: String,
    records: String,
    certified: bool,
}

/// `GET /admin/erasures`: the page, or a certificate.
pub(super) async fn show(visit: Visit) -> Shown {
    let number = visit.form.text("certificate").parse::<i64>().ok();
    let Some(number) = number else { return Ok(page::show(&whole(&visit, None).await?)) };
    let (_, cx) = visit.officer()?;
    let certificate = visit.tenant.deletion.erasure_certificate(&cx, number).await?;
    let text =
        serde_json::to_string_pretty(&certificate.0).map_err(kontor_core::Error::internal)?;
    let name = format!("attachment; filename=\"erasure-certificate-{number}.json\"");
    let response: Response =
        ([(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, name)], text)
            .into_response();
    Ok(response)
}

/// `POST /admin/erasures`: asks a second person for it.
pub(super) async fn ask(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    cx.require(Permission::ErasePeople)?;
    let reason = visit.form.text("reason").trim().to_owned();
    let typed = visit.form.text("user").trim().parse::<OwnedUserId>();
    let Ok(user_id) = typed else {
        let wrong = visit.texts.get("erasures-user-wrong");
        return Ok(show_again(&whole(&visit, Some(wrong)).await?));
    };
    let with_messages = visit.form.text("with_messages") == "true";
    let proposal = Proposal::ErasePerson { user_id, with_messages };
    let request = Request { proposal, reason, auth: None };
    match visit.tenant.approvals.request(&cx, request).await {
        Ok(_) => Err(Leave::Done("/admin/approvals".to_owned(), "layout-asked")),
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::NotFound | Kind::Conflict) => {
            let id = match error.kind {
                Kind::Invalid => "policy-reason-wrong",
                Kind::Conflict => "erasures-office",
                _ => "erasures-user-wrong",
            };
            let wrong = visit.texts.get(id);
            Ok(show_again(&whole(&visit, Some(wrong)).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn whole(visit: &Visit, wrong: Option<String>) -> Result<Erasures, Leave> {
    let (session, cx) = visit.officer()?;
    let rows = visit.tenant.deletion.erasures(&cx, i64::MAX, ERASURES).await?;
    Ok(Erasures {
        page: Page::new(visit, "erasures-title"),
        may_ask: session.roles.may(Permission::ErasePeople),
        wrong,
        user: visit.typed("user").to_owned(),
        reason: visit.typed("reason").to_owned(),
        with_messages: visit.typed("with_messages") == "true",
        rows: rows.iter().map(|row| line_of(visit, row)).collect(),
    })
}

fn line_of(visit: &Visit, row: &ErasureView) -> Line {
    let texts = visit.texts;
    let number = |it: i64| count(texts, u64::try_from(it).unwrap_or_default());
    let state = match (row.erased, &row.certificate) {
        (None, _) => texts.get("erasures-under-way"),
        (Some(_), None) => texts.get("erasures-being-checked"),
        (Some(at), Some(_)) => moment(visit, at),
    };
    Line {
        number: row.nid,
        decided: moment(visit, row.requested),
        state,
        rooms: number(row.counts.rooms),
        events: number(row.counts.events),
        messages: number(row.counts.messages),
        files: number(row.counts.files),
        size: bytes(texts, u64::try_from(row.counts.file_bytes).unwrap_or_default()),
        records: number(row.counts.records),
        certified: row.certificate.is_some(),
    }
}
