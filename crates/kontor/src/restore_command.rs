//! `kontor restore`.

use std::process::ExitCode;

use kontor_config::Config;
use kontor_core::Clock;
use kontor_node::{LedgerChoice, RestoreReport, require_empty, restore, resume};
use serde_json::json;

use crate::backup_arguments::RestoreFlags;
use crate::backup_command::identities;
use crate::failure::Failure;
use crate::{output, site, utc};

/// Restores sets into an empty data folder, or goes on with it.
pub(crate) fn run(flags: &RestoreFlags, json: bool) -> Result<ExitCode, Failure> {
    let config = Config::load(flags.place.sources())?;
    if flags.resume {
        return go_on(&config, json);
    }
    let identity = flags.identity.as_deref();
    let identity = identity.ok_or_else(|| Failure::usage("name the private key: --identity."))?;
    let identities = identities(identity)?;
    require_empty(&config.server.data)?;
    let ledger = match (&flags.ledger, flags.ledger_lost) {
        (Some(file), _) => LedgerChoice::File(file.clone()),
        (None, true) => LedgerChoice::Lost,
        (None, false) => LedgerChoice::BesideSet,
    };
    for set in &flags.from {
        let work = restore(&config, &Clock::System, (set, &identities), &ledger);
        let report = site::runtime()?.block_on(Box::pin(work))?;
        tell(&report, json);
    }
    if !json {
        let data = config.server.data.display();
        output::line(&format!("Start the server on it: kontor serve --data {data}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn go_on(config: &Config, json: bool) -> Result<ExitCode, Failure> {
    site::require(&config.server.data)?;
    for (name, erasures) in site::runtime()?.block_on(Box::pin(resume(config, &Clock::System)))? {
        if json {
            output::json(&json!({ "server_name": name, "erasures_done_again": erasures }));
        } else {
            output::line(&format!("{name}: {erasures} erasures done again; it can be served now."));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(report: &RestoreReport, json: bool) {
    let RestoreReport { server_name, set, backup_ms, rows, files, erasures, erased, .. } = report;
    if json {
        output::json(&json!({
            "server_name": server_name,
            "set": set,
            "backup_ms": backup_ms,
            "rows": rows,
            "files": files,
            "file_bytes": report.bytes,
            "erasures_done_again": erasures,
            "objects_erased": erased,
            "took_ms": report.took_ms,
        }));
        return;
    }
    output::line(&format!(
        "{server_name}: {rows} rows and {files} files as of {}, in {}.{:03} s.\n{erasures} entries of \
         the erasure ledger were done again; {erased} objects went by them and by the rules.",
        utc(*backup_ms),
        report.took_ms / 1000,
        report.took_ms % 1000
    ));
}
