//! `kontor`: the server and its operator's commands in one binary.

mod arguments;
mod audit_command;
mod backup_arguments;
mod backup_command;
mod certificate_command;
mod deletion_arguments;
mod deletion_command;
mod demo;
mod doctor;
mod failure;
mod logging;
mod output;
mod restore_command;
mod role_command;
mod secret_input;
mod serve;
mod site;
mod tenant_command;
mod user_command;
mod utc;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::utc::utc;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(failure) => {
            output::complaint(&failure.text);
            failure.code()
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let json = arguments.json;
    match arguments.command {
        Command::Serve(flags) => serve::run(&flags, json)?,
        Command::Tenant { command } => tenant_command::run(command, json)?,
        Command::User { command } => user_command::run(command, json)?,
        Command::Role { command } => role_command::run(command, json)?,
        Command::Deletion { command } => return deletion_command::run(command, json),
        Command::Audit { command } => return audit_command::run(command, json),
        Command::Backup(flags) => return backup_command::run(flags, json),
        Command::Restore(flags) => return restore_command::run(&flags, json),
        Command::Doctor(place) => return doctor::run(&place, json),
        Command::Config => output::text(&kontor_config::example_toml()),
        Command::Version => version(json),
    }
    Ok(ExitCode::SUCCESS)
}

fn version(json: bool) {
    let version = env!("CARGO_PKG_VERSION");
    if json {
        output::json(&serde_json::json!({ "name": "kontor", "version": version }));
    } else {
        output::line(&format!("kontor {version}"));
    }
}
