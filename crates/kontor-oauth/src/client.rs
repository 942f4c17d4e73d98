//! Programs and their descriptions (RFC 7591, with the rules of the Matrix specification).

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Host, Url};

use crate::refusal::{OAuthCode, Refusal};

/// Largest description kept, in bytes of JSON.
const METADATA_BYTES: usize = 8 * 1024;
/// Longest name, in characters.
const NAME_CHARS: usize = 100;
/// Most redirection addresses.
const REDIRECT_URIS: usize = 20;
/// Letters of a client id: 132 bits of the hash.
const ID_LETTERS: usize = 22;

/// Kinds of grants that Kontor knows.
pub(crate) const CODE_GRANT: &str = "authorization_code";
pub(crate) const REFRESH_GRANT: &str = "refresh_token";
pub(crate) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Where a program lives: a page on the web.
pub type ClientUri = Url;

/// A registered program. What is in it comes from whoever registered it: nobody has checked that
/// the name is true, only the address can be believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Home page; the host is the program's identity.
    pub client_uri: ClientUri,
    /// Name as the program gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Privacy policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<Url>,
    /// Terms of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<Url>,
    /// Whether it runs on a device (`native`) or in a browser (`web`).
    pub application_type: ApplicationType,
    /// Addresses codes may be sent to.
    pub redirect_uris: Vec<Url>,
    /// Kinds of grants it uses.
    pub grant_types: Vec<String>,
}

/// Where a program runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationType {
    /// In a browser.
    #[default]
    Web,
    /// On a device.
    Native,
}

/// A description as sent. Fields that Kontor does not know are passed over.
#[derive(Deserialize)]
struct Description {
    client_uri: Option<String>,
    client_name: Option<String>,
    policy_uri: Option<String>,
    tos_uri: Option<String>,
    #[serde(default)]
    application_type: ApplicationType,
    #[serde(default)]
    redirect_uris: Vec<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
}

impl Client {
    /// Checks a description.
    pub(crate) fn check(metadata: Value) -> Result<Self, Refusal> {
        let description: Description = serde_json::from_value(metadata)
            .map_err(|cause| Refusal::metadata(format!("Body: {cause}")))?;
        let client_uri = home_page(description.client_uri.as_deref())?;
        if description.token_endpoint_auth_method.as_deref().is_some_and(|method| method != "none")
        {
            return Err(Refusal::metadata("token_endpoint_auth_method: must be none."));
        }
        if description.response_types.is_some_and(|types| !types.iter().any(|kind| kind == "code"))
        {
            return Err(Refusal::metadata("response_types: code is missing."));
        }
        if let Some(name) = &description.client_name
            && (name.trim().is_empty() || name.chars().count() > NAME_CHARS)
        {
            let text = format!("client_name: has 1 to {NAME_CHARS} characters.");
            return Err(Refusal::metadata(text));
        }
        let mut grant_types =
            description.grant_types.unwrap_or_else(|| vec![CODE_GRANT.to_owned()]);
        grant_types.retain(|kind| [CODE_GRANT, REFRESH_GRANT, DEVICE_GRANT].contains(&&**kind));
        grant_types.sort();
        grant_types.dedup();
        let kind = description.application_type;
        let redirect_uris = redirect_uris(&description.redirect_uris, kind, &client_uri)?;
        if redirect_uris.is_empty() && grant_types.iter().any(|kind| kind == CODE_GRANT) {
            let text = "redirect_uris: at least one is needed for codes.";
            return Err(Refusal::new(OAuthCode::InvalidRedirectUri, text));
        }
        let client = Self {
            policy_uri: related("policy_uri", description.policy_uri.as_deref(), &client_uri)?,
            tos_uri: related("tos_uri", description.tos_uri.as_deref(), &client_uri)?,
            client_name: description.client_name.map(|name| name.trim().to_owned()),
            application_type: kind,
            redirect_uris,
            grant_types,
            client_uri,
        };
        if client.to_json().len() > METADATA_BYTES {
            let text = format!("The description is larger than {METADATA_BYTES} bytes.");
            return Err(Refusal::metadata(text));
        }
        Ok(client)
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The program's id: a hash of its description, so that it is the same when it registers again.
    pub(crate) fn id(&self) -> String {
        let hash = digest::digest(&digest::SHA256, self.to_json().as_bytes());
        let mut id = URL_SAFE_NO_PAD.encode(hash);
        id.truncate(ID_LETTERS);
        id
    }

    /// The name to show; the host of its home page if it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        let host = || self.client_uri.host_str().unwrap_or_default();
        self.client_name.as_deref().unwrap_or_else(host)
    }

    pub(crate) fn uses(&self, grant_type: &str) -> bool {
        self.grant_types.iter().any(|kind| kind == grant_type)
    }

    /// Whether a code may be sent to `uri`: it was registered, letter by letter. On the device
    /// itself any port will do (RFC 8252 §7.3).
    pub(crate) fn may_redirect_to(&self, uri: &str) -> bool {
        let Ok(asked) = Url::parse(uri) else { return false };
        self.redirect_uris.iter().any(|known| {
            let mut asked = asked.clone();
            if is_loopback(known) {
                // Cannot fail: the address has a host.
                let _ = asked.set_port(known.port());
            }
            asked == *known
        })
    }
}

fn home_page(uri: Option<&str>) -> Result<Url, Refusal> {
    let uri = uri.ok_or_else(|| Refusal::metadata("client_uri: is missing."))?;
    let uri = Url::parse(uri).map_err(|cause| Refusal::metadata(format!("client_uri: {cause}")))?;
    let is_plain = uri.scheme() == "https"
        && matches!(uri.host(), Some(Host::Domain(_)))
        && uri.username().is_empty()
        && uri.password().is_none();
    is_plain.then_some(uri).ok_or_else(|| {
        Refusal::metadata("client_uri: must be https, with a host name and without user.")
    })
}

/// Whether `uri` lies on the host of the program's home page, or below it.
fn is_within(uri: &Url, home: &Url) -> bool {
    let (Some(Host::Domain(host)), Some(Host::Domain(home))) = (uri.host(), home.host()) else {
        return false;
    };
    host == home || host.strip_suffix(home).is_some_and(|rest| rest.ends_with('.'))
}

/// A further address of the program, which must be its own.
fn related(field: &str, uri: Option<&str>, home: &Url) -> Result<Option<Url>, Refusal> {
    let Some(uri) = uri else { return Ok(None) };
    let uri = Url::parse(uri).map_err(|cause| Refusal::metadata(format!("{field}: {cause}")))?;
    if uri.scheme() != "https" || !is_within(&uri, home) {
        return Err(Refusal::metadata(format!(
            "{field}: must be https, on the host of client_uri."
        )));
    }
    Ok(Some(uri))
}

fn redirect_uris(uris: &[String], kind: ApplicationType, home: &Url) -> Result<Vec<Url>, Refusal> {
    let refuse = |text: String| Refusal::new(OAuthCode::InvalidRedirectUri, text);
    if uris.len() > REDIRECT_URIS {
        return Err(refuse(format!("redirect_uris: at most {REDIRECT_URIS}.")));
    }
    uris.iter()
        .map(|text| {
            let uri =
                Url::parse(text).map_err(|cause| refuse(format!("redirect_uris: {cause}")))?;
            let is_allowed = uri.fragment().is_none()
                && match kind {
                    ApplicationType::Web => uri.scheme() == "https" && is_within(&uri, home),
                    ApplicationType::Native => is_native(&uri, home),
                };
            is_allowed.then_some(uri).ok_or_else(|| {
                refuse(format!("redirect_uris: {text} is not an address of this program."))
            })
        })
        .collect()
}

/// An address that leads back to a program on the device: a scheme of its own, its own web page
/// ("universal link"), or the device itself.
fn is_native(uri: &Url, home: &Url) -> bool {
    match uri.scheme() {
        "https" => is_within(uri, home),
        "http" => is_loopback(uri),
        scheme => {
            let host = home.host_str().unwrap_or_default();
            let reversed = host.rsplit('.').collect::<Vec<_>>().join(".");
            let is_own = scheme == reversed
                || scheme.strip_prefix(&reversed).is_some_and(|rest| rest.starts_with('.'));
            is_own && !uri.has_host()
        }
    }
}

/// `http` to the device itself.
fn is_loopback(uri: &Url) -> bool {
    let is_here = match uri.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    uri.scheme() == "http" && is_here
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn element() -> Value {
        json!({
            "client_name": "Element",
            "client_uri": "https://element.example/",
            "application_type": "native",
            "redirect_uris": ["example.element.app:/callback", "http://127.0.0.1/back"],
            "grant_types": ["authorization_code", "refresh_token", "implicit"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "logo_uri": "https://element.example/logo.png",
        })
    }

    fn with(field: &str, value: Value) -> Result<Client, Refusal> {
        let mut description = element();
        description[field] = value;
        Client::check(description)
    }

    #[test]
    fn a_program_has_the_same_id_when_it_registers_again() {
        let client = Client::check(element()).unwrap();
        assert_eq!(client.id(), Client::check(element()).unwrap().id());
        assert_ne!(client.id(), with("client_name", json!("Other")).unwrap().id());
        assert_eq!(client.grant_types, [CODE_GRANT, REFRESH_GRANT]);
        assert_eq!(client.name(), "Element");
        assert_eq!(with("client_name", Value::Null).unwrap().name(), "element.example");
    }

    #[test]
    fn a_description_against_the_rules_is_refused() {
        let bad = [
            ("client_uri", Value::Null),
            ("client_uri", json!("http://element.example/")),
            ("client_uri", json!("https://10.0.0.1/")),
            ("client_uri", json!("https://user@element.example/")),
            ("client_name", json!("")),
            ("client_name", json!("x".repeat(101))),
            ("policy_uri", json!("https://evil.example/")),
            ("tos_uri", json!("http://element.example/")),
            ("token_endpoint_auth_method", json!("client_secret_basic")),
            ("response_types", json!(["token"])),
            ("redirect_uris", json!([])),
            ("redirect_uris", json!(["javascript:alert(1)"])),
            ("redirect_uris", json!(["com.evil.app:/callback"])),
            ("redirect_uris", json!(["example.elementary:/callback"])),
            ("redirect_uris", json!(["example.element.app://host/callback"])),
            ("redirect_uris", json!(["http://element.example/back"])),
            ("redirect_uris", json!(["https://element.example/back#fragment"])),
            ("redirect_uris", json!(vec!["http://[::1]/back"; 21])),
            ("application_type", json!("web")),
            ("application_type", json!("toaster")),
        ];
        for (field, value) in bad {
            assert!(with(field, value.clone()).is_err(), "{field}: {value}");
        }
    }

    #[test]
    fn codes_go_to_registered_addresses_only() {
        let client = Client::check(element()).unwrap();
        for good in ["example.element.app:/callback", "http://127.0.0.1:4711/back"] {
            assert!(client.may_redirect_to(good), "{good}");
        }
        for bad in [
            "",
            "example.element.app:/other",
            "http://127.0.0.1:4711/back/",
            "http://127.0.0.1:4711/back?x=1",
            "http://127.0.0.2/back",
            "http://localhost/back",
            "https://127.0.0.1/back",
            "https://element.example/back",
        ] {
            assert!(!client.may_redirect_to(bad), "{bad}");
        }
    }

    #[test]
    fn programs_on_the_web_stay_on_their_host() {
        let web = |uri: &str| {
            Client::check(json!({
                "client_uri": "https://element.example",
                "redirect_uris": [uri],
            }))
        };
        assert!(web("https://app.element.example/back?x=1").is_ok());
        for bad in [
            "https://evilelement.example/back",
            "https://element.example.evil.example/back",
            "http://localhost/back",
        ] {
            assert!(web(bad).is_err(), "{bad}");
        }
    }
}
