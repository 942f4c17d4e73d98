//! The command line of `kontor backup` and `kontor restore`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::arguments::Place;

/// `kontor backup`: without a further word it writes a backup.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BackupFlags {
    #[command(subcommand)]
    pub(crate) command: Option<BackupCommand>,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Which organisation, and where Kontor's files are.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Which {
    /// The organisation's server name; without it all of them.
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// `kontor backup …`
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Make a key pair. The private key is printed once and kept nowhere: keep it away from this
    /// server, best with two people.
    Keygen,
    /// List the backups that are whole.
    List {
        #[command(flatten)]
        which: Which,
    },
    /// Read a backup and say whether all of it is there and as signed; with --identity also whether
    /// it can be read.
    Verify {
        /// Folder of the set: TARGET/firma.example/sets/20261130T020000Z.
        set: PathBuf,
        /// File with the private key.
        #[arg(long, value_name = "FILE")]
        identity: Option<PathBuf>,
        /// Fingerprint that the key of the signature must have (see `kontor audit verify`).
        #[arg(long, value_name = "FINGERPRINT")]
        key: Option<String>,
    },
    /// Restore a backup into a throw-away folder, compare everything, and keep a signed statement.
    Rehearse {
        /// Folder of the set; without it the newest.
        #[arg(long, value_name = "SET")]
        from: Option<PathBuf>,
        /// File with the private key.
        #[arg(long, value_name = "FILE")]
        identity: PathBuf,
        /// Folder with room for it; what is restored there is removed afterwards.
        #[arg(long, value_name = "DIR", default_value = "/var/tmp")]
        scratch: PathBuf,
        /// An empty PostgreSQL database to restore into, if the server uses one.
        #[arg(long, value_name = "URL")]
        scratch_database: Option<String>,
        #[command(flatten)]
        which: Which,
    },
}

/// Flags of `kontor restore`.
#[derive(Args, Clone, Debug)]
pub(crate) struct RestoreFlags {
    /// Folder of the set; once for each organisation.
    #[arg(long, value_name = "SET", required_unless_present = "resume")]
    pub(crate) from: Vec<PathBuf>,
    /// File with the private key.
    #[arg(long, value_name = "FILE", required_unless_present = "resume")]
    pub(crate) identity: Option<PathBuf>,
    /// The erasure ledger, if it is not the one beside the set.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// The erasure ledger is lost for good: people and messages that were erased since the backup
    /// come back, and must be erased again by hand.
    #[arg(long, conflicts_with = "ledger")]
    pub(crate) ledger_lost: bool,
    /// Go on with a restore that was cut off while it erased again.
    #[arg(long, conflicts_with_all = ["from", "identity", "ledger", "ledger_lost"])]
    pub(crate) resume: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}
