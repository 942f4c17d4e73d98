//! The command line of `kontor deletion`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::arguments::RolePlace;

/// What a command cannot do, because one person is not enough for it.
pub(crate) const IN_THE_CONSOLE: &str = "Whatever needs a second person is asked for and allowed in the \
    console, by people who sign in there: erasing somebody, placing a hold, keeping longer than is \
    locked (/admin/approvals). Ending a hold, or saying that it is still needed, is done there, too \
    (/admin/holds).";

/// `kontor deletion …`
#[derive(Debug, Subcommand)]
pub(crate) enum DeletionCommand {
    /// List the rules: which data go when.
    Rules,
    /// List the classes of rooms: how many there are, how long each keeps messages, how old the oldest
    /// is, and what is overdue.
    Classes {
        #[command(flatten)]
        place: RolePlace,
    },
    /// Say what a period would remove; removes nothing.
    DryRun {
        /// Class of rooms: intern, extern, handelsbrief, beaufsichtigt, privat, vertraulich,
        /// fluechtig or bekanntmachung.
        #[arg(long, value_name = "CLASS", default_value = "intern")]
        class: String,
        /// The period, in days.
        #[arg(long, value_name = "DAYS")]
        days: u16,
        #[command(flatten)]
        place: RolePlace,
    },
    /// Delete what is due, and erase people as decided; a running server does this by itself.
    Run {
        #[command(flatten)]
        place: RolePlace,
    },
    /// List the runs, newest first.
    Runs {
        #[command(flatten)]
        place: RolePlace,
    },
    /// Print the signed certificate of a run, which ends it; always JSON.
    Certificate {
        /// Number of the run, or of the erasure.
        run: i64,
        /// The number is that of an erasure.
        #[arg(long)]
        erasure: bool,
        #[command(flatten)]
        place: RolePlace,
    },
    /// Say whether a certificate is as it was signed; also a statement on a rehearsed restore. Needs
    /// nothing but the file. Exit codes: 0 as signed, 1 not, 2 not looked at.
    Verify {
        /// The certificate; `-` for standard input.
        file: PathBuf,
        /// Fingerprint of the key that must have signed it (see `kontor audit verify`).
        #[arg(long, value_name = "FINGERPRINT")]
        key: Option<String>,
    },
    /// List erasures of people, newest first.
    Erasures {
        #[command(flatten)]
        place: RolePlace,
    },
    /// List holds for claims at law, newest first.
    Holds {
        #[command(flatten)]
        place: RolePlace,
    },
}
