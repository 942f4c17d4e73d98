//! `kontor deletion verify`: whether a signed statement is as it was signed. Needs nothing but the file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use kontor_audit::verify_statement;
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::output;

/// Longest statement that is looked at, in bytes.
const LONGEST: u64 = 1 << 20;

/// Holds the statement in `file` against its signature, and against `key` if that is given.
pub(crate) fn verify(file: &Path, key: Option<&str>, json: bool) -> Result<ExitCode, Failure> {
    let unread = |why: &str| Failure::usage(format!("{}: {why}", file.display()));
    let text = read(file).map_err(|error| unread(&error.to_string()))?;
    let statement: Map<String, Value> = serde_json::from_str(&text)
        .map_err(|_| unread("this is no certificate: no JSON object"))?;
    let field = |name: &str| statement.get(name).and_then(Value::as_str);
    let kind = field("statement").ok_or_else(|| unread("this is no certificate"))?;
    let server_name = field("server_name").unwrap_or_default();
    let signed_by = verify_statement(&statement);
    let is_ours = signed_by.as_deref().is_some_and(|found| key.is_none_or(|key| key == found));
    if json {
        output::json(&json!({
            "sound": is_ours,
            "statement": kind,
            "server_name": server_name,
            "key": signed_by,
        }));
    } else {
        output::line(&match (&signed_by, is_ours) {
            (Some(found), true) => {
                format!("As signed: {kind} of {server_name}. Signed by {found}.")
            }
            (Some(found), false) => format!("SIGNED BY ANOTHER KEY: {found}."),
            (None, _) => "NOT AS SIGNED: something in it was changed.".to_owned(),
        });
    }
    Ok(if is_ours { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(file: &Path) -> io::Result<String> {
    let from: Box<dyn Read> = match file.to_str() {
        Some("-") => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(file)?),
    };
    let mut text = String::new();
    from.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}
