//! The command line.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use kontor_audit::{Digest, ExportPurpose};
use kontor_config::Sources;
use kontor_policy::Profile;

use crate::backup_arguments::{BackupFlags, RestoreFlags};
use crate::deletion_arguments::DeletionCommand;

/// Matrix homeserver for many organisations at once.
#[derive(Debug, Parser)]
#[command(
    name = "kontor",
    version,
    about,
    after_help = "Start one on this machine:  kontor serve --data ./data --server-name localhost \
                  --preset lab\nExit codes: 0 done, 1 failed, 2 wrong command line or \
                  configuration."
)]
pub(crate) struct Arguments {
    /// Answer in JSON, for scripts.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server until SIGTERM or Ctrl-C.
    Serve(ServeFlags),
    /// Create, list and carry away organisations.
    Tenant {
        #[command(subcommand)]
        command: TenantCommand,
    },
    /// Create accounts and reset passwords while the server is stopped.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Give, take and list roles while the server is stopped.
    Role {
        #[command(subcommand)]
        command: RoleCommand,
    },
    /// See what is deleted when, carry it out, and get certificates while the server is stopped.
    #[command(after_help = crate::deletion_arguments::IN_THE_CONSOLE)]
    Deletion {
        #[command(subcommand)]
        command: DeletionCommand,
    },
    /// Export the audit log, and verify an export.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Write, list, verify and rehearse encrypted backups; the server may run meanwhile.
    Backup(BackupFlags),
    /// Restore backups into an empty data folder.
    Restore(RestoreFlags),
    /// Check configuration, keys, databases, disk, clock and port.
    Doctor(Place),
    /// Print the commented example configuration.
    Config,
    /// Print the version.
    Version,
}

/// Where Kontor's files are.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Place {
    /// Configuration file [default: kontor.toml in the data folder, else /etc/kontor/kontor.toml].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of keys, databases and media [default: /var/lib/kontor].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<String>,
    /// `sqlite`, or the URL of a PostgreSQL database [default: sqlite].
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

/// Flags of `kontor serve`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ServeFlags {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Matrix server name of the organisation created on first start, for example firma.example.
    #[arg(long, value_name = "NAME")]
    pub(crate) server_name: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:8008].
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) listen: Option<String>,
    /// Address and port for the operator: /health and /metrics [default: none].
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) admin_listen: Option<String>,
    /// Certificate with its chain, in PEM; with it the server speaks HTTPS.
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_certificate: Option<String>,
    /// The certificate's key, in PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_key: Option<String>,
    /// `strict` for real use, `lab` for trying out on this machine [default: strict].
    #[arg(long, value_name = "PRESET")]
    pub(crate) preset: Option<String>,
    /// Whoever knows this secret may create accounts at /_synapse/admin/v1/register.
    #[arg(long, value_name = "SECRET")]
    pub(crate) registration_shared_secret: Option<String>,
    /// Version of new rooms: 10, 11 or 12 [default: 12].
    #[arg(long, value_name = "VERSION")]
    pub(crate) default_room_version: Option<String>,
    /// Lowest level logged: error, warn, info, debug or trace [default: info].
    #[arg(long, value_name = "LEVEL")]
    pub(crate) log_level: Option<String>,
    /// `text` or `json` [default: text].
    #[arg(long, value_name = "FORMAT")]
    pub(crate) log_format: Option<String>,
    /// Show Kontor: on first start creates three people and two rooms and prints their passwords
    /// once. Means `--preset lab --server-name localhost` unless said otherwise.
    #[arg(long)]
    pub(crate) demo: bool,
}

/// `kontor tenant …`
#[derive(Debug, Subcommand)]
pub(crate) enum TenantCommand {
    /// Create an organisation: its keys and its folder. A running server finds it by itself.
    Create {
        /// Matrix server name, for example firma.example. It can never be changed.
        server_name: String,
        /// Settings to begin with: standard, elevated (professional secrecy, health, personnel) or
        /// trade (business letters, sales). Without it those of the configured preset.
        #[arg(long, value_name = "PROFILE")]
        profile: Option<Profile>,
        #[command(flatten)]
        place: Place,
    },
    /// List the organisations.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Write an organisation's keys to a file, sealed under a passphrase. Keep it apart from the
    /// backups: both together open everything, each alone opens nothing.
    ExportKeys {
        /// Matrix server name.
        server_name: String,
        /// File to create; it must not exist.
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseSource,
        #[command(flatten)]
        place: Place,
    },
    /// Take in keys written by export-keys, before databases and media are copied here.
    ImportKeys {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseSource,
        #[command(flatten)]
        place: Place,
    },
}

/// Where a passphrase comes from.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct PassphraseSource {
    /// Read the passphrase from this file instead of asking for it.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// `kontor audit …`
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Write an organisation's audit log to standard output, one JSON object a line, signed at
    /// the end. The export itself is recorded. The server may run meanwhile.
    Export {
        /// The organisation's server name; not needed if there is only one.
        #[arg(long, value_name = "NAME")]
        tenant: Option<String>,
        /// What it is exported for; it may be used for nothing else: security, accountability,
        /// data-subject or safekeeping.
        #[arg(long, value_name = "PURPOSE", default_value = "accountability",
              value_parser = export_purpose)]
        purpose: ExportPurpose,
        /// Why, in your words; it is recorded.
        #[arg(long, value_name = "TEXT", default_value = "no reason given at the command line")]
        reason: String,
        #[command(flatten)]
        place: Place,
    },
    /// Find every changed, missing, reordered or inserted entry of an export. Needs nothing but
    /// the file. Exit codes: 0 intact, 1 not intact, 2 not looked at.
    Verify {
        /// The export; `-` for standard input.
        file: PathBuf,
        #[command(flatten)]
        anchor: AnchorFlags,
    },
}

/// What an earlier verification showed.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct AnchorFlags {
    /// Fingerprint of the key that must have signed the export.
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) key: Option<String>,
    /// Number and hash of an entry that the export must contain.
    #[arg(long, value_name = "NUMBER:HASH", value_parser = entry)]
    pub(crate) entry: Option<(i64, Digest)>,
}

fn export_purpose(text: &str) -> Result<ExportPurpose, String> {
    let known = ExportPurpose::ALL.into_iter().find(|purpose| purpose.as_str() == text);
    known.ok_or_else(|| {
        let names = ExportPurpose::ALL.map(ExportPurpose::as_str).join(", ");
        format!("the log may be exported for these purposes only: {names}")
    })
}

fn entry(text: &str) -> Result<(i64, Digest), String> {
    let (seq, hash) = text.split_once(':').ok_or("looks like 17:0123…")?;
    let seq = seq.parse().map_err(|_| "the number is not one")?;
    Ok((seq, hash.parse()?))
}

/// `kontor user …`
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Create an account. Without --password-file a password is made up and printed once.
    Create {
        /// Name to sign in with. Unless ids are readable, the user id is random.
        username: String,
        /// Name shown to others.
        #[arg(long, value_name = "NAME")]
        display_name: Option<String>,
        /// Give the roles of an administrator: `org_admin` and `tech_admin`.
        #[arg(long)]
        admin: bool,
        #[command(flatten)]
        account: AccountFlags,
    },
    /// Set a new password and sign out every device.
    ResetPassword {
        /// User id, or the name the person signs in with.
        user: String,
        /// Leave signed-in devices signed in.
        #[arg(long)]
        keep_devices: bool,
        #[command(flatten)]
        account: AccountFlags,
    },
}

/// `kontor role …`
#[derive(Debug, Subcommand)]
pub(crate) enum RoleCommand {
    /// Give somebody a role.
    Grant(RoleFlags),
    /// Take a role from somebody.
    Revoke(RoleFlags),
    /// List who holds which role since when, on whose word and why.
    List {
        #[command(flatten)]
        account: RolePlace,
    },
}

/// Whose role is changed, and why.
#[derive(Args, Clone, Debug)]
pub(crate) struct RoleFlags {
    /// User id, or the name the person signs in with.
    pub(crate) user: String,
    /// `guest`, `org_admin`, `tech_admin`, `dsb`, `betriebsrat`, `compliance`, `auditor` or
    /// `provider_operator`.
    pub(crate) role: String,
    /// Why; kept with the role and in the audit log.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) account: RolePlace,
}

/// Where the roles are.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct RolePlace {
    /// The organisation's server name; not needed if there is only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// What account commands have in common.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct AccountFlags {
    /// The organisation's server name; not needed if there is only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    /// Read the password from this file (`-`: standard input) instead of making one up.
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// `strict` or `lab`, if the server is run with that flag.
    #[arg(long, value_name = "PRESET")]
    pub(crate) preset: Option<String>,
    #[command(flatten)]
    pub(crate) place: Place,
}

impl Place {
    /// The configuration's sources.
    pub(crate) fn sources(&self) -> Sources {
        let flags = given([("data", &self.data), ("database", &self.database)]);
        Sources { file: self.config.clone(), flags }
    }
}

impl ServeFlags {
    /// The configuration's sources.
    pub(crate) fn sources(&self) -> Sources {
        let mut sources = self.place.sources();
        sources.flags.extend(given([
            ("server-name", &self.server_name),
            ("listen", &self.listen),
            ("admin-listen", &self.admin_listen),
            ("tls-certificate", &self.tls_certificate),
            ("tls-key", &self.tls_key),
            ("preset", &self.preset),
            ("registration-shared-secret", &self.registration_shared_secret),
            ("default-room-version", &self.default_room_version),
            ("log-level", &self.log_level),
            ("log-format", &self.log_format),
        ]));
        if self.demo {
            sources.flags.entry("preset").or_insert_with(|| "lab".to_owned());
            sources.flags.entry("server-name").or_insert_with(|| "localhost".to_owned());
        }
        sources
    }
}

impl AccountFlags {
    /// The configuration's sources.
    pub(crate) fn sources(&self) -> Sources {
        let mut sources = self.place.sources();
        sources.flags.extend(given([("preset", &self.preset)]));
        sources
    }
}

fn given<const N: usize>(
    flags: [(&'static str, &Option<String>); N],
) -> BTreeMap<&'static str, String> {
    let given = |(name, value): (&'static str, &Option<String>)| Some((name, value.clone()?));
    flags.into_iter().filter_map(given).collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use kontor_config::Config;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_flag_that_the_configuration_promises_exists_and_arrives() {
        let keys = Config::keys().into_iter().filter_map(|key| key.flag);
        let values = |flag: &str| format!("value of {flag}");
        let mut line = vec!["kontor".to_owned(), "serve".to_owned()];
        for flag in keys.clone() {
            line.extend([format!("--{flag}"), values(flag)]);
        }
        let Command::Serve(flags) = Arguments::try_parse_from(line).unwrap().command else {
            panic!("serve is serve");
        };
        let sources = flags.sources();
        for flag in keys {
            assert_eq!(sources.flags.get(flag), Some(&values(flag)), "--{flag}");
        }
    }

    #[test]
    fn the_demo_is_a_lab_unless_said_otherwise() {
        let flags = ServeFlags { demo: true, ..ServeFlags::default() };
        let sources = flags.sources();
        assert_eq!(sources.flags["preset"], "lab");
        assert_eq!(sources.flags["server-name"], "localhost");
        let named = ServeFlags { server_name: Some("a.example".to_owned()), ..flags };
        assert_eq!(named.sources().flags["server-name"], "a.example");
    }
}
