//! Configuration: one struct per section. The only reader of files and environment.
//!
//! A value is looked for on the command line, then in the environment (`KONTOR_SECTION_KEY`), then
//! in `kontor.toml`, then the default holds. Unknown keys and impossible values are refused with
//! their place and the nearest valid key.

mod acme;
mod backup;
mod config;
mod database;
mod document;
mod egress;
mod example;
mod key;
mod listen;
mod log;
mod mail;
mod media;
mod nearest;
mod policy;
mod proxies;
mod push;
mod reader;
mod registration;
mod server;
mod tenant;
mod tls;
mod turn;
mod value;

pub use acme::Acme;
pub use backup::Backup;
pub use config::{Config, Sources};
pub use database::{Database, DatabaseUrl};
pub use egress::{Egress, Purpose};
pub use example::example_toml;
pub use key::{ConfigError, Key, Kind};
pub use listen::Listen;
pub use log::{Log, LogFormat};
pub use mail::{Mail, MailAccount, MailSecurity};
pub use media::Media;
pub use nearest::suggestion;
pub use policy::{Policy, Preset};
pub use proxies::{Proxies, ProxyHeader};
pub use push::{Push, PushHost};
pub use registration::{Registration, RegistrationMode};
pub use server::Server;
pub use tenant::Tenant;
pub use tls::{CertificateFiles, Tls, TlsVersion};
pub use turn::Turn;
