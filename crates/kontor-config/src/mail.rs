//! Section `mail`: the server that passes our mails on.

use std::net::IpAddr;
use std::path::PathBuf;

use crate::reader::Reader;
use crate::{ConfigError, Key, Kind, value};

/// The server that passes our mails on, and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Host name or address.
    pub server: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// Name and file of the password to sign in with; `None`: the server asks for neither.
    pub account: Option<MailAccount>,
    /// Address in `From:`.
    pub from: String,
    /// Roots that the server's certificate is checked against, in PEM; `None`: the system's.
    pub ca_file: Option<PathBuf>,
}

/// How Kontor signs in at the mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAccount {
    /// Name.
    pub user: String,
    /// File with the password as its only line.
    pub password_file: PathBuf,
}

/// How a connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// Begins in the clear and must be switched to TLS before anything is said (STARTTLS).
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// In the clear; to a loopback address only.
    None,
}

static SERVER: Key = Key {
    section: "mail",
    name: "server",
    kind: Kind::Text,
    default: None,
    example: "mail.firma.example",
    flag: None,
    meaning: &[
        "Mail server that passes on links for forgotten passwords and warnings to people about",
        "their own accounts. Without this key no mail is sent. It is a connection to the outside:",
        "see docs/egress.md.",
    ],
};

static PORT: Key = Key {
    section: "mail",
    name: "port",
    kind: Kind::Integer,
    default: None,
    example: "587",
    flag: None,
    meaning: &["Its port. Without it 587 for \"starttls\", 465 for \"tls\", 25 for \"none\"."],
};

static SECURITY: Key = Key {
    section: "mail",
    name: "security",
    kind: Kind::Text,
    default: Some("starttls"),
    example: "starttls",
    flag: None,
    meaning: &[
        "\"starttls\", \"tls\" (from the first byte on), or \"none\" for a mail server on this very",
        "machine, reached at a loopback address. Nothing is ever sent in the clear otherwise.",
    ],
};

static USER: Key = Key {
    section: "mail",
    name: "user",
    kind: Kind::Text,
    default: None,
    example: "kontor",
    flag: None,
    meaning: &["Name to sign in with at the mail server, if it wants one."],
};

static PASSWORD_FILE: Key = Key {
    section: "mail",
    name: "password_file",
    kind: Kind::Text,
    default: None,
    example: "/etc/kontor/mail-password",
    flag: None,
    meaning: &["File with the password as its only line. Refused if everybody may read it."],
};

static FROM: Key = Key {
    section: "mail",
    name: "from",
    kind: Kind::Text,
    default: None,
    example: "kontor@firma.example",
    flag: None,
    meaning: &["Mail address of the sender. Required with mail.server."],
};

static CA_FILE: Key = Key {
    section: "mail",
    name: "ca_file",
    kind: Kind::Text,
    default: None,
    example: "/etc/kontor/ca.pem",
    flag: None,
    meaning: &["Root certificates for a mail server of your own, in PEM, instead of the system's."],
};

impl Mail {
    pub(crate) const KEYS: &'static [&'static Key] =
        &[&SERVER, &PORT, &SECURITY, &USER, &PASSWORD_FILE, &FROM, &CA_FILE];

    pub(crate) fn read(reader: &Reader) -> Result<Option<Self>, ConfigError> {
        let server = reader.optional(&SERVER, host)?;
        let port = reader.optional(&PORT, value::number::<1, 65_535>)?;
        let security = reader.required(&SECURITY, security)?;
        let user = reader.optional(&USER, value::text)?;
        let password_file = reader.optional(&PASSWORD_FILE, value::text)?.map(PathBuf::from);
        let from = reader.optional(&FROM, value::mail_address)?;
        let ca_file = reader.optional(&CA_FILE, value::text)?.map(PathBuf::from);
        let Some(server) = server else { return Ok(None) };
        let Some(from) = from else {
            let place = reader.place(&SERVER);
            return Err(format!("{place} {server}: mails need a sender; set mail.from.").into());
        };
        if security == MailSecurity::None && !is_loopback(&server) {
            let place = reader.place(&SECURITY);
            return Err(format!(
                "{place} \"none\": {server} is no loopback address, and everybody on the way could \
                 read the links in the mails. Use \"starttls\" or \"tls\"."
            )
            .into());
        }
        let account = match (user, password_file) {
            (Some(user), Some(password_file)) => Some(MailAccount { user, password_file }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                let text = "mail.user and mail.password_file go together; set both or none.";
                return Err(text.to_owned().into());
            }
        };
        let port = port.and_then(|port| u16::try_from(port).ok()).unwrap_or(match security {
            MailSecurity::StartTls => 587,
            MailSecurity::Tls => 465,
            MailSecurity::None => 25,
        });
        Ok(Some(Self { server, port, security, account, from, ca_file }))
    }
}

fn security(text: &str) -> Result<MailSecurity, String> {
    value::choice(
        text,
        &[
            ("starttls", MailSecurity::StartTls),
            ("tls", MailSecurity::Tls),
            ("none", MailSecurity::None),
        ],
    )
}

/// A host name or an address, without a port.
fn host(text: &str) -> Result<String, String> {
    let is_name = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let sound = (is_name && !text.is_empty()) || text.parse::<IpAddr>().is_ok();
    if sound { Ok(text.to_owned()) } else { Err("must be a host name or an address.".to_owned()) }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
