//! Sections `[[tenant]]`: under which host names an organisation is reached.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ruma::OwnedServerName;

use crate::document::{Document, Entry, Value};
use crate::nearest::suggestion;
use crate::{CertificateFiles, ConfigError, value};

/// Under which host names an organisation is reached, beside its server name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Matrix server name; the organisation is created on first start.
    pub server_name: OwnedServerName,
    /// Further host names, in lower case, with port if it is not the standard one.
    pub hosts: Vec<String>,
    /// Certificate for its host names; `None`: the authority's, or the one in `[tls]`.
    pub certificate: Option<CertificateFiles>,
}

const KEYS: [&str; 4] = ["server_name", "hosts", "certificate", "key"];

impl Tenant {
    pub(crate) fn read_all(document: &Document) -> Result<Vec<Self>, ConfigError> {
        let tenants = document.tenants.iter().map(|entries| Self::read(document, entries));
        let tenants: Vec<Self> = tenants.collect::<Result<_, _>>()?;
        let mut hosts = BTreeSet::new();
        for host in tenants.iter().flat_map(Self::all_hosts) {
            if !hosts.insert(host) {
                let path = document.path.display();
                return Err(format!("{path}: two [[tenant]] claim the host \"{host}\".").into());
            }
        }
        Ok(tenants)
    }

    /// Every name under which it is reached.
    pub fn all_hosts(&self) -> impl Iterator<Item = &str> {
        let name = self.server_name.as_str();
        let own = (!self.hosts.iter().any(|host| host == name)).then_some(name);
        self.hosts.iter().map(String::as_str).chain(own)
    }

    fn read(document: &Document, entries: &[Entry]) -> Result<Self, ConfigError> {
        let (mut server_name, mut hosts) = (None, Vec::new());
        let (mut certificate, mut key) = (None, None);
        for entry in entries {
            let refused = |why: String| document.problem(entry.line, &why);
            match entry.name.as_str() {
                "server_name" => server_name = Some(parse_name(&entry.value).map_err(refused)?),
                "hosts" => hosts = parse_hosts(&entry.value).map_err(refused)?,
                "certificate" => certificate = Some(parse_path(entry).map_err(refused)?),
                "key" => key = Some(parse_path(entry).map_err(refused)?),
                name => {
                    let hint = suggestion(name, &KEYS);
                    let text = format!("unknown key \"{name}\" in [[tenant]].{hint}");
                    return Err(refused(text).into());
                }
            }
        }
        let line = entries.first().map_or(1, |entry| entry.line);
        let Some(server_name) = server_name else {
            return Err(document.problem(line, "this [[tenant]] has no server_name.").into());
        };
        let certificate = CertificateFiles::both_or_none(certificate, key).map_err(|missing| {
            document.problem(line, &format!("this [[tenant]] has no {missing}."))
        })?;
        Ok(Self { server_name, hosts, certificate })
    }
}

fn parse_name(value: &Value) -> Result<OwnedServerName, String> {
    let Value::Text(text) = value else { return Err("server_name must be a text.".to_owned()) };
    value::server_name(text).map_err(|why| format!("tenant.server_name = {text:?}: {why}"))
}

fn parse_path(entry: &Entry) -> Result<PathBuf, String> {
    match &entry.value {
        Value::Text(text) if !text.is_empty() => Ok(text.into()),
        _ => Err(format!("{} must be the path of a file.", entry.name)),
    }
}

fn parse_hosts(value: &Value) -> Result<Vec<String>, String> {
    let refused = || "hosts must be a list of host names: [\"chat.firma.example\"].".to_owned();
    let Value::Texts(texts) = value else { return Err(refused()) };
    let names = texts.iter().map(|text| value::server_name(text).map(|name| name.to_string()));
    names.collect::<Result<_, _>>().map_err(|_| refused())
}
