//! The commented example file, made from the keys themselves.

use std::fmt::Write;

use crate::{Config, Key, Kind};

const HEAD: &str = "\
# Kontor's configuration. Every line below shows a default or an example; uncomment what you change.
# A flag of `kontor serve` goes before the environment, the environment before this file.
# Kontor looks for this file at --config, KONTOR_CONFIG, DATA/kontor.toml, /etc/kontor/kontor.toml.

";

const TENANTS: &str = "\
# Host names under which an organisation is reached beside its server name; one section for each.
# Organisations are created here or with: kontor tenant create NAME
#[[tenant]]
#server_name = \"firma.example\"
#hosts = [\"chat.firma.example\"]
# Its own certificate and key, instead of those in [tls]; both or none.
#certificate = \"/etc/kontor/firma.example.pem\"
#key = \"/etc/kontor/firma.example.key\"
";

/// The commented example file: `kontor.example.toml`.
pub fn example_toml() -> String {
    let mut text = HEAD.to_owned();
    let mut section = "";
    for key in Config::keys() {
        if key.section != section {
            section = key.section;
            let _ = writeln!(text, "[{section}]");
        }
        for line in key.meaning {
            let _ = writeln!(text, "# {line}");
        }
        let flag = key.flag.map(|flag| format!(", --{flag}")).unwrap_or_default();
        let _ = writeln!(text, "# Environment: {}{flag}", key.variable());
        let _ = writeln!(text, "#{} = {}\n", key.name, example_value(key));
    }
    text + TENANTS
}

fn example_value(key: &Key) -> String {
    let value = key.default.unwrap_or(key.example);
    match key.kind {
        Kind::Text | Kind::Secret => format!("{value:?}"),
        Kind::Integer | Kind::Boolean => value.to_owned(),
        Kind::Texts => format!("{:?}", value.split(',').collect::<Vec<_>>()),
    }
}
