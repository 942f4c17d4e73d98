//! `kontor tenant …`

use std::path::Path;

use kontor_audit::{Action, Event};
use kontor_config::Config;
use kontor_core::{Random, Secret};
use kontor_policy::Profile;
use kontor_vault::Vault;
use ruma::{OwnedServerName, ServerName};
use serde_json::{Value, json};

use crate::arguments::{PassphraseSource, Place, TenantCommand};
use crate::audit_command::with_log;
use crate::failure::Failure;
use crate::site::words_of;
use crate::{output, secret_input};

/// Runs one of the tenant commands.
pub(crate) fn run(command: TenantCommand, json: bool) -> Result<(), Failure> {
    match command {
        TenantCommand::Create { server_name, profile, place } => {
            create((&server_name, profile), &place, json)
        }
        TenantCommand::List { place } => list(&place, json),
        TenantCommand::ExportKeys { server_name, output, passphrase, place } => {
            export(&server_name, &output, &passphrase, (&place, json))
        }
        TenantCommand::ImportKeys { file, passphrase, place } => {
            import(&file, &passphrase, &place, json)
        }
    }
}

fn create(
    (name, profile): (&str, Option<Profile>),
    place: &Place,
    json: bool,
) -> Result<(), Failure> {
    let name = parse(name)?;
    let config = Config::load(place.sources())?;
    let vault = Vault::open(&config.server.data, Random::System)?;
    vault.create_tenant_with(&name, profile.map(Profile::as_str))?;
    with_log(&config, &name, async |log| {
        log.audit.record(&log.cx, Event::new(Action::TenantCreated)).await
    })?;
    if json {
        output::json(&json!({ "server_name": name, "folder": vault.tenant_dir(&name)? }));
        return Ok(());
    }
    output::line(&format!(
        "Created {name}. A running server serves it within seconds under the host name {name};\n\
         further host names: [[tenant]] in kontor.toml. First account:\n  kontor user create NAME \
         --tenant {name} --admin{}",
        words_of(place)
    ));
    Ok(())
}

fn list(place: &Place, json: bool) -> Result<(), Failure> {
    let names = vault(place)?.tenants()?;
    if json {
        let list = names.iter().map(|name| json!({ "server_name": name })).collect();
        output::json(&Value::Array(list));
        return Ok(());
    }
    if names.is_empty() {
        let flags = words_of(place);
        output::line(&format!(
            "No organisation yet. Create one with: kontor tenant create NAME{flags}"
        ));
    }
    for name in names {
        output::line(name.as_str());
    }
    Ok(())
}

fn export(
    name: &str,
    target: &Path,
    source: &PassphraseSource,
    (place, json): (&Place, bool),
) -> Result<(), Failure> {
    let name = parse(name)?;
    let config = Config::load(place.sources())?;
    let vault = Vault::open(&config.server.data, Random::System)?;
    let passphrase = passphrase(source, true)?;
    with_log(&config, &name, async |log| {
        let work = async { vault.export_tenant_keys(&name, &passphrase, target) };
        log.audit.act(&log.cx, Event::new(Action::KeysExported), work).await
    })?;
    let file = target.display().to_string();
    if json {
        output::json(&json!({ "server_name": name, "file": file }));
        return Ok(());
    }
    output::line(&format!(
        "Wrote the keys of {name} to {file}. Keep the file and its passphrase apart from each \
         other\nand from the backups. On another machine: kontor tenant import-keys {file}"
    ));
    Ok(())
}

fn import(
    file: &Path,
    source: &PassphraseSource,
    place: &Place,
    json: bool,
) -> Result<(), Failure> {
    let vault = vault(place)?;
    let passphrase = passphrase(source, false)?;
    let name = vault.import_tenant_keys(file, &passphrase)?;
    let folder = vault.tenant_dir(&name)?;
    if json {
        output::json(&json!({ "server_name": name, "folder": folder }));
        return Ok(());
    }
    output::line(&format!(
        "Took in the keys of {name}. Before the server starts, copy its databases and media to {}",
        folder.display()
    ));
    Ok(())
}

fn passphrase(source: &PassphraseSource, twice: bool) -> Result<Secret<String>, Failure> {
    match &source.passphrase_file {
        Some(file) => secret_input::from_file(file),
        None => secret_input::asked("Passphrase (at least 12 characters): ", twice),
    }
}

fn vault(place: &Place) -> Result<Vault, Failure> {
    let config = Config::load(place.sources())?;
    Ok(Vault::open(&config.server.data, Random::System)?)
}

fn parse(name: &str) -> Result<OwnedServerName, Failure> {
    ServerName::parse(name.to_ascii_lowercase())
        .map_err(|_| Failure::usage(format!("{name} is no server name. Example: firma.example")))
}
