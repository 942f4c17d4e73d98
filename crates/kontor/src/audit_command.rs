//! `kontor audit …`

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter};
use std::path::Path;
use std::process::ExitCode;

use kontor_audit::{Anchor, ExportPurpose, Report, verify};
use kontor_config::Config;
use kontor_node::AuditSite;
use ruma::{OwnedServerName, ServerName};
use serde_json::json;

use crate::arguments::{AnchorFlags, AuditCommand, Place};
use crate::failure::Failure;
use crate::site::{self, choose};
use crate::{output, utc};

/// Runs one of the commands of the audit log.
pub(crate) fn run(command: AuditCommand, json: bool) -> Result<ExitCode, Failure> {
    match command {
        AuditCommand::Export { tenant, purpose, reason, place } => {
            export(tenant.as_deref(), (purpose, &reason), &place)?;
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Verify { file, anchor } => check(&file, &anchor, json),
    }
}

/// Opens the log of `name`, does `work` with it and closes it.
pub(crate) fn with_log<T>(
    config: &Config,
    name: &ServerName,
    work: impl AsyncFnOnce(&AuditSite) -> kontor_core::Result<T>,
) -> Result<T, Failure> {
    site::runtime()?.block_on(async {
        let site = AuditSite::open(config, name).await?;
        let done = work(&site).await;
        site.close().await;
        Ok(done?)
    })
}

fn export(
    tenant: Option<&str>,
    about: (ExportPurpose, &str),
    place: &Place,
) -> Result<(), Failure> {
    let config = Config::load(place.sources())?;
    let name = chosen(&config, tenant)?;
    let out = BufWriter::new(io::stdout());
    with_log(&config, &name, async |site| site.audit.export(&site.cx, about, out).await)?;
    Ok(())
}

fn chosen(config: &Config, tenant: Option<&str>) -> Result<OwnedServerName, Failure> {
    site::require(&config.server.data)?;
    let vault = kontor_vault::Vault::open(&config.server.data, kontor_core::Random::System)?;
    choose(tenant, &vault.tenants()?)
}

fn check(file: &Path, anchor: &AnchorFlags, json: bool) -> Result<ExitCode, Failure> {
    // Whoever runs this in a script must tell a broken log from one that was not looked at.
    let unread = |error: io::Error| Failure::usage(format!("{}: {error}", file.display()));
    let from: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).map_err(unread)?))
    };
    let anchor = Anchor { key: anchor.key.clone(), entry: anchor.entry };
    let report = verify(from, &anchor).map_err(unread)?;
    if json {
        output::json(&to_json(&report));
    } else {
        tell(&report);
    }
    Ok(if report.is_intact() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(report: &Report) {
    for finding in &report.findings {
        output::line(&finding.to_string());
    }
    let name = report.server_name.as_deref().unwrap_or("an unknown organisation");
    let Report { entries, expired, checkpoints, .. } = report;
    let about = format!(
        "{entries} entries of {name}, {expired} more have expired, {checkpoints} checkpoints"
    );
    if !report.is_intact() {
        let findings = output::counted(report.findings.len(), "finding");
        output::line(&format!("NOT INTACT: {findings} in {about}."));
        return;
    }
    let when = report.exported_ms.map_or_else(String::new, |at| format!(" Exported {}.", utc(at)));
    output::line(&format!("Intact: {about}.{when}"));
    if let (Some(key), Some((seq, hash))) = (&report.key, report.newest) {
        output::line(&format!(
            "Note these down elsewhere and give them to the next verification; then neither a \
             forgery\nsigned by another key nor a shortened log can pass:\n  --key {key} --entry \
             {seq}:{hash}"
        ));
    }
}

fn to_json(report: &Report) -> serde_json::Value {
    let findings = report.findings.iter().map(|finding| {
        json!({
            "line": finding.line,
            "seq": finding.seq,
            "wrong": finding.wrong.as_str(),
            "text": finding.text,
        })
    });
    json!({
        "intact": report.is_intact(),
        "server_name": report.server_name,
        "exported_ms": report.exported_ms,
        "key": report.key,
        "entries": report.entries,
        "expired": report.expired,
        "checkpoints": report.checkpoints,
        "newest": report.newest.map(|(seq, hash)| json!({ "seq": seq, "hash": hash.to_string() })),
        "findings": findings.collect::<Vec<_>>(),
    })
}
