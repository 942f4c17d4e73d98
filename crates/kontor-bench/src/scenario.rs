//! What is measured.

mod backup;
mod deletion;
mod delivery;
mod keys;
mod logins;
mod media;
mod messages;
mod reading;

use crate::Result;
use crate::figure::Figure;
use crate::population::Population;

/// A group of figures that `--only` can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// Messages into many small rooms.
    Send,
    /// Sync without news.
    Sync,
    /// Sync of a client that knows nothing.
    FirstSync,
    /// Two hundred waiting clients and nothing happens.
    Idle,
    /// From a message to the other members' waiting syncs.
    Delivery,
    /// Messages into large rooms.
    FanOut,
    /// The cheapest authenticated request.
    Whoami,
    /// End-to-end encryption keys.
    Keys,
    /// Files.
    Media,
    /// Many logins at once while others write.
    Logins,
    /// A backup while others write.
    Backup,
    /// A million messages go while somebody writes.
    Deletion,
}

impl Scenario {
    /// In the order in which they run.
    pub(crate) const ALL: [Self; 12] = [
        Self::Whoami,
        Self::Send,
        Self::Idle,
        Self::Delivery,
        Self::Sync,
        Self::FirstSync,
        Self::FanOut,
        Self::Keys,
        Self::Media,
        Self::Logins,
        Self::Backup,
        Self::Deletion,
    ];

    /// Name for `--only`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Sync => "sync",
            Self::FirstSync => "first-sync",
            Self::Idle => "idle",
            Self::Delivery => "delivery",
            Self::FanOut => "fan-out",
            Self::Whoami => "whoami",
            Self::Keys => "keys",
            Self::Media => "media",
            Self::Logins => "logins",
            Self::Backup => "backup",
            Self::Deletion => "deletion",
        }
    }

    /// One line about it.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Send => "50 rooms of 8 members, 1, 16 and 64 senders; memory and disk after it",
            Self::Sync => "sync without news, for people with 60 and 200 rooms",
            Self::FirstSync => "sync from nothing, for people with 60 and 200 rooms",
            Self::Idle => "200 waiting clients, nothing happens",
            Self::Delivery => "20 messages a second, 200 waiting clients",
            Self::FanOut => "rooms of 200 and 1,000 members, 100 of them waiting",
            Self::Whoami => "the cheapest authenticated request",
            Self::Keys => "query, claim and to-device messages for 100 people",
            Self::Media => "files of 100 KiB",
            Self::Backup => "a backup of a gigabyte while somebody writes",
            Self::Logins => "100 people log in at once while somebody writes",
            Self::Deletion => "1,000,000 messages in 500 rooms expire while somebody writes",
        }
    }

    /// Runs it once; in a comparison (`rounds` > 1) each run is shorter.
    pub(crate) async fn run(self, people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
        match self {
            Self::Send => messages::send(people, rounds).await,
            Self::Sync => reading::empty_sync(people, rounds).await,
            Self::FirstSync => reading::first_sync(people, rounds).await,
            Self::Idle => delivery::idle(people, rounds).await,
            Self::Delivery => delivery::steady(people, rounds).await,
            Self::FanOut => delivery::fan_out(people, rounds).await,
            Self::Whoami => reading::whoami(people, rounds).await,
            Self::Keys => keys::run(people, rounds).await,
            Self::Media => media::run(people, rounds).await,
            Self::Logins => logins::run(people, rounds).await,
            Self::Backup => backup::run(people, rounds).await,
            Self::Deletion => deletion::run(people, rounds).await,
        }
    }
}
