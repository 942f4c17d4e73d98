//! `/_kontor/admin/v1/deletion`: what is deleted when, what it would remove, and the certificates.
//! law

use std::time::Duration;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request};
use axum::response::Response;
use axum::routing::{get, post};
use kontor_core::{Error, MatrixCode, Result, RoomClass};
use kontor_deletion::{DryRunRow, Overview, RULES, Rule, RunView};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::frame::{Received, Token, json_answer, receive};

const ROOT: &str = "/_kontor/admin/v1/deletion";

/// Runs on one page.
const RUNS: u16 = 50;

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router
        .route(ROOT, get(overview))
        .route(&format!("{ROOT}/dry_run"), get(dry_run))
        .route(&format!("{ROOT}/runs/{{run}}/certificate"), post(certificate))
}

/// Where a page begins.
#[derive(Deserialize)]
struct Page {
    before: Option<i64>,
}

/// What is to be tried.
#[derive(Deserialize)]
struct Trial {
    #[serde(default = "internal")]
    class: String,
    #[serde(default)]
    days: u16,
}

fn internal() -> String {
    RoomClass::Internal.as_str().to_owned()
}

async fn overview(page: Result<Query<Page>, QueryRejection>, request: Request) -> Response {
    json_answer(show(page.ok().map(|query| query.0), request).await)
}

async fn dry_run(trial: Result<Query<Trial>, QueryRejection>, request: Request) -> Response {
    json_answer(try_out(trial.ok().map(|query| query.0), request).await)
}

async fn certificate(Path(run): Path<String>, request: Request) -> Response {
    json_answer(certify(&run, request).await)
}

async fn show(page: Option<Page>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let Some(page) = page else {
        return Err(Error::invalid(MatrixCode::InvalidParam, "before: must be a whole number."));
    };
    let classes = tenant.deletion.overview(&cx).await?;
    let runs = tenant.deletion.runs(&cx, page.before.unwrap_or(i64::MAX), RUNS).await?;
    let residence = tenant.deletion.residence(&cx).await?;
    Ok(json!({
        "rules": RULES.iter().map(told).collect::<Vec<Value>>(),
        "classes": classes.iter().map(aged).collect::<Vec<Value>>(),
        "ephemeral": {
            "messages": residence.messages,
            "p50_ms": millis(residence.half),
            "p100_ms": millis(residence.longest),
        },
        "runs": runs.iter().map(counted).collect::<Vec<Value>>(),
    }))
}

async fn try_out(trial: Option<Trial>, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let refuse = |text: String| Error::invalid(MatrixCode::InvalidParam, text);
    let trial = trial
        .ok_or_else(|| refuse("class and days: a class of rooms and a whole number.".to_owned()))?;
    let class: RoomClass = trial.class.parse()?;
    let period = Duration::from_hours(24 * u64::from(trial.days));
    let found = tenant.deletion.dry_run(&cx, &[(class, period)]).await?;
    Ok(found.rows.first().map(foreseen).unwrap_or_default())
}

async fn certify(run: &str, request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    // No run has the number 0; that there is none is for those to know who may see them.
    let certificate = tenant.deletion.certify(&cx, run.parse().unwrap_or(0)).await?;
    Ok(Value::Object(certificate.0))
}

fn told(rule: &Rule) -> Value {
    json!({
        "rule": rule.key,
        "data_kinds": rule.data_kinds,
        "name": { "de": rule.name.de, "en": rule.name.en },
        "class": rule.class.letter(),
        "method": { "de": rule.method.de, "en": rule.method.en },
        "law": rule.law,
    })
}

fn aged(row: &Overview) -> Value {
    json!({
        "class": row.class.as_str(),
        "period_ms": millis(row.period),
        "rooms": row.rooms,
        "oldest_ts": row.oldest.map(|at| at.0),
        "overdue_ms": row.overdue.map(|overdue| millis(overdue.by)),
    })
}

fn counted(run: &RunView) -> Value {
    json!({
        "run": run.nid,
        "rule": run.rule,
        "started_ts": run.started.0,
        "ended_ts": run.ended.map(|at| at.0),
        "older_than_ts": run.cutoff.0,
        "objects": run.removed.objects,
        "files": run.removed.files,
        "file_bytes": run.removed.file_bytes,
        "saved_keys": run.removed.keys,
        "held": run.removed.held,
        "failures": run.failures,
    })
}

fn foreseen(row: &DryRunRow) -> Value {
    json!({
        "class": row.class.as_str(),
        "period_ms": millis(row.period),
        "rooms": row.rooms,
        "messages": row.messages,
        "held": row.held,
        "files": row.files,
        "file_bytes": row.file_bytes,
        "oldest_ts": row.oldest.map(|at| at.0),
    })
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
