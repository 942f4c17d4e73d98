//! `kontor deletion …`: what is deleted when, what people's erasures and holds are at.

use std::process::ExitCode;
use std::time::Duration;

use kontor_config::suggestion;
use kontor_core::{RoomClass, Timestamp};
use kontor_deletion::{Deletion, ErasureView, HoldView, Overview, RULES, Review, RunView};
use serde_json::{Value, json};

use crate::arguments::RolePlace;
use crate::certificate_command::verify;
use crate::deletion_arguments::DeletionCommand;
use crate::failure::Failure;
use crate::role_command::at;
use crate::site;
use crate::{output, utc};

/// Rows in one answer.
const ROWS: u16 = 500;
const DAY_SECS: u64 = 24 * 60 * 60;

/// Runs one of the commands.
pub(crate) fn run(command: DeletionCommand, json: bool) -> Result<ExitCode, Failure> {
    match command {
        DeletionCommand::Rules => rules(json),
        DeletionCommand::Classes { place } => classes(&place, json)?,
        DeletionCommand::DryRun { class, days, place } => dry_run(&class, days, &place, json)?,
        DeletionCommand::Run { place } => carry_out(&place, json)?,
        DeletionCommand::Runs { place } => runs(&place, json)?,
        DeletionCommand::Certificate { run, erasure, place } => certificate(run, erasure, &place)?,
        DeletionCommand::Verify { file, key } => return verify(&file, key.as_deref(), json),
        DeletionCommand::Erasures { place } => erasures(&place, json)?,
        DeletionCommand::Holds { place } => holds(&place, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn rules(json: bool) {
    if json {
        let rules = RULES.iter().map(|rule| {
            json!({
                "rule": rule.key, "data_kinds": rule.data_kinds, "class": rule.class.letter(),
                "name": rule.name.en, "method": rule.method.en, "law": rule.law,
            })
        });
        output::json(&json!({ "rules": rules.collect::<Vec<Value>>() }));
        return;
    }
    for rule in RULES {
        let class = rule.class.letter();
        output::line(&format!("{}  ({class}, {}): {}", rule.name.en, rule.law, rule.method.en));
    }
}

fn classes(place: &RolePlace, json: bool) -> Result<(), Failure> {
    at(place, async |tenant| {
        let cx = site::operator(tenant)?;
        let rows = tenant.deletion.overview(&cx).await?;
        if json {
            output::json(&json!({ "classes": rows.iter().map(class).collect::<Vec<Value>>() }));
            return Ok(());
        }
        for row in &rows {
            let oldest = row.oldest.map_or_else(|| "–".to_owned(), |at| utc(at.0));
            let overdue = if row.overdue.is_some() { "  OVERDUE" } else { "" };
            let (class, days) = (row.class, row.period.as_secs() / DAY_SECS);
            let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
            let rooms = if row.rooms == 1 { "room" } else { "rooms" };
            output::line(&format!(
                "{class}  {} {rooms}  kept for {days}  oldest message {oldest}{overdue}",
                row.rooms
            ));
        }
        Ok(())
    })
}

fn class(row: &Overview) -> Value {
    json!({
        "class": row.class.as_str(), "rooms": row.rooms,
        "days": row.period.as_secs() / DAY_SECS, "oldest_ts": row.oldest.map(|at| at.0),
        "overdue_ms": row.overdue.map(|it| u64::try_from(it.by.as_millis()).unwrap_or(u64::MAX)),
    })
}

/// The class that somebody names.
fn class_of(word: &str) -> Result<RoomClass, Failure> {
    word.parse().map_err(|_: kontor_core::Error| {
        let names = RoomClass::ALL.map(RoomClass::as_str);
        let hint = suggestion(word, &names);
        Failure::usage(format!("--class {word}: must be one of {}.{hint}", names.join(", ")))
    })
}

fn dry_run(class: &str, days: u16, place: &RolePlace, json: bool) -> Result<(), Failure> {
    let class = class_of(class)?;
    let period = Duration::from_hours(24 * u64::from(days));
    at(place, async |tenant| {
        let cx = site::operator(tenant)?;
        let found = tenant.deletion.dry_run(&cx, &[(class, period)]).await?;
        let Some(row) = found.rows.first() else { return Ok(()) };
        if json {
            output::json(&json!({
                "class": class.as_str(), "days": days, "rooms": row.rooms,
                "messages": row.messages, "held": row.held, "files": row.files,
                "file_bytes": row.file_bytes, "oldest_ts": row.oldest.map(|at| at.0),
            }));
            return Ok(());
        }
        let oldest = row.oldest.map_or_else(|| "–".to_owned(), |at| utc(at.0));
        output::line(&format!(
            "Would remove {} messages ({} of them held), {} files ({} bytes) from {} rooms of \
             class {class}; the oldest is of {oldest}. Nothing was removed.",
            row.messages, row.held, row.files, row.file_bytes, row.rooms
        ));
        Ok(())
    })
}

fn carry_out(place: &RolePlace, json: bool) -> Result<(), Failure> {
    at(place, async |tenant| {
        let cx = site::operator(tenant)?;
        let erased = tenant.erase_waiting(&cx).await?;
        tenant.deletion.look_after(&cx).await?;
        if json {
            output::json(&json!({ "erased": erased }));
        } else {
            let people = if erased == 1 { "person was" } else { "people were" };
            output::line(&format!("Done. {erased} {people} erased."));
        }
        Ok(())
    })
}

fn runs(place: &RolePlace, json: bool) -> Result<(), Failure> {
    at(place, async |tenant| {
        let cx = site::operator(tenant)?;
        let runs = tenant.deletion.runs(&cx, i64::MAX, ROWS).await?;
        if json {
            output::json(&json!({ "runs": runs.iter().map(told).collect::<Vec<Value>>() }));
            return Ok(());
        }
        for run in &runs {
            let removed = run.removed;
            let state = if run.ended.is_some() { "certified" } else { "open" };
            output::line(&format!(
                "{}  {}  {}  {} objects, {} files, {} keys, {} held  {state}",
                run.nid,
                utc(run.started.0),
                run.rule,
                removed.objects,
                removed.files,
                removed.keys,
                removed.held
            ));
        }
        Ok(())
    })
}

fn told(run: &RunView) -> Value {
    json!({
        "run": run.nid, "rule": run.rule, "started_ts": run.started.0,
        "ended_ts": run.ended.map(|at| at.0), "older_than_ts": run.cutoff.0,
        "objects": run.removed.objects, "files": run.removed.files,
        "file_bytes": run.removed.file_bytes, "saved_keys": run.removed.keys,
        "held": run.removed.held,
    })
}

/// Certificates are JSON whatever was asked for: that is what is signed.
fn certificate(number: i64, erasure: bool, place: &RolePlace) -> Result<(), Failure> {
    at(place, async |tenant| {
        let cx = site::operator(tenant)?;
        let certificate = match erasure {
            true => tenant.deletion.erasure_certificate(&cx, number).await?,
            false => tenant.deletion.certify(&cx, number).await?,
        };
        output::json(&Value::Object(certificate.0));
        Ok(())
    })
}

fn erasures(place: &RolePlace, json: bool) -> Result<(), Failure> {
    at(place, async |tenant| {
        let cx = site::operator(tenant)?;
        let rows = tenant.deletion.erasures(&cx, i64::MAX, ROWS).await?;
        if json {
            let rows: Vec<Value> = rows.iter().map(erasure).collect();
            output::json(&json!({ "erasures": rows }));
            return Ok(());
        }
        for row in &rows {
            let state = match row.erased {
                Some(at) if row.certificate.is_some() => format!("erased {}", utc(at.0)),
                _ => state_of(row).replace('_', " "),
            };
            output::line(&format!("{}  decided {}  {state}", row.nid, utc(row.requested.0)));
        }
        Ok(())
    })
}

/// How far an erasure has come.
fn state_of(row: &ErasureView) -> &'static str {
    match (row.erased, &row.certificate) {
        (None, _) => "waits",
        (Some(_), None) => "is_being_checked",
        (Some(_), Some(_)) => "certified",
    }
}

fn erasure(row: &ErasureView) -> Value {
    json!({
        "erasure": row.nid, "state": state_of(row), "decided_ts": row.requested.0,
        "erased_ts": row.erased.map(|at| at.0), "with_messages": row.with_messages,
        "certified": row.certificate.is_some(),
    })
}

fn holds(place: &RolePlace, json: bool) -> Result<(), Failure> {
    at(place, async |tenant| {
        let cx = site::operator(tenant)?;
        let rows = tenant.deletion.holds(&cx, i64::MAX, ROWS).await?;
        if json {
            let rows: Vec<Value> = rows.iter().map(|row| hold(row, cx.now)).collect();
            output::json(&json!({ "holds": rows }));
            return Ok(());
        }
        for row in &rows {
            let (kind, subject) = row.subject.parts();
            let state = match (row.is_active(cx.now), Deletion::review(row, cx.now)) {
                (false, _) => "over",
                (true, Review::Current) => "active",
                (true, Review::Due | Review::DueAgain) => "WAITS TO BE LOOKED AT",
                (true, Review::ReleaseProposed) => "RELEASE PROPOSED",
            };
            output::line(&format!(
                "{}  {kind} {subject}  until {}  {state}: {}",
                row.nid,
                utc(row.ends.0),
                row.matter
            ));
        }
        Ok(())
    })
}

fn hold(row: &HoldView, now: Timestamp) -> Value {
    let (kind, subject) = row.subject.parts();
    json!({
        "hold": row.nid, "kind": kind, "subject": subject, "matter": row.matter,
        "basis": row.basis, "ends_ts": row.ends.0,
        "review_due_ts": Deletion::review_due(row).0,
        "review": Deletion::review(row, now).as_str(), "active": row.is_active(now),
    })
}
