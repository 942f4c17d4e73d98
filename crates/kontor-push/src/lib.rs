//! Push rules, unread counts, the list of notifications, pushers.
//!
//! Sending a message costs nothing here. What is unread is worked out when somebody syncs: each
//! event is taken apart once and shared, each person's rules are compiled once, and what has
//! been counted is remembered until the person reads on.
//!
//! Devices that sleep are woken by Web Push, where the operator and the organisation allow it
//! (`delivery.rs`).
//!
//! Rules are account data (`m.push_rules`), so that `/sync` brings their changes by itself.

mod delivery;
mod notifications;
mod pushers;
mod rules;
mod tally;
mod unread;

use std::sync::Arc;

use kontor_account_data::AccountData;
use kontor_core::{RoomNid, StreamPos};
use kontor_db::Db;
use kontor_feed::Feed;
use kontor_policy::{InForce, OwnSettings};
use kontor_protocol::FlatEvent;
use kontor_receipts::Receipts;
use kontor_rooms::Rooms;
use kontor_webpush::{Introduction, WebPush};
use parking_lot::Mutex;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use ruma::{OwnedUserId, UserId};

pub use delivery::Waking;
pub use notifications::NotificationsPage;
pub use rules::Placement;
pub use unread::{Counts, Unread};

use rules::OwnRules;
use tally::Tally;

/// People whose compiled rules are kept in memory.
const RULES: usize = 10_000;

/// Events kept taken apart, about two kilobytes each.
const EVENTS: usize = 4_096;

/// Counts kept in memory, by room and person, and the unread events in all of them together.
const TALLIES: usize = 100_000;
const TALLIED_EVENTS: u64 = 1_000_000;

/// Push rules and notifications of one organisation. Cheap to clone.
#[derive(Clone)]
pub struct Push {
    sources: Sources,
    rules: Arc<Cache<OwnedUserId, Arc<OwnRules>>>,
    /// Counts changes of rules, so that rules read before one are not kept after it.
    rule_changes: Arc<Mutex<u64>>,
    events: Arc<Cache<StreamPos, Arc<FlatEvent>>>,
    tallies: Arc<Cache<(RoomNid, OwnedUserId), Arc<Tally>, ByLength>>,
    told: Arc<delivery::Told>,
}

/// What the service works with.
#[derive(Clone)]
pub struct Sources {
    /// Database of the organisation.
    pub db: Db,
    /// Settings of the organisation.
    pub policy: InForce,
    /// What people decide for themselves.
    pub own: OwnSettings,
    /// Rooms and their events.
    pub rooms: Rooms,
    /// Where the rules are kept.
    pub account_data: AccountData,
    /// How far people have read.
    pub receipts: Receipts,
    /// Says when something may have happened for somebody.
    pub feed: Feed,
    /// The way to the push services, and how the organisation introduces itself there; `None`:
    /// nobody is woken.
    pub web_push: Option<(WebPush, Introduction)>,
}

impl Push {
    /// The service over its sources.
    #[must_use]
    pub fn new(sources: Sources) -> Self {
        Self {
            sources,
            rules: Arc::new(Cache::new(RULES)),
            rule_changes: Arc::default(),
            events: Arc::new(Cache::new(EVENTS)),
            tallies: Arc::new(Cache::with_weighter(TALLIES, TALLIED_EVENTS, ByLength)),
            told: Arc::default(),
        }
    }

    /// Forgets what is in memory of somebody who is erased.
    pub fn forget_person(&self, user: &UserId) {
        self.forget(user);
        self.tallies.retain(|(_, person), _| person != user);
    }
}

/// Weighs a tally by what it lists.
#[derive(Clone)]
struct ByLength;

impl Weighter<(RoomNid, OwnedUserId), Arc<Tally>> for ByLength {
    fn weight(&self, _: &(RoomNid, OwnedUserId), tally: &Arc<Tally>) -> u64 {
        10 + u64::try_from(tally.len()).unwrap_or(u64::MAX / 2)
    }
}

/// The display name in a membership event's content; empty if there is none.
fn display_name(live: &kontor_rooms::Live, user: &UserId) -> String {
    #[derive(serde::Deserialize)]
    struct Content {
        displayname: Option<String>,
    }
    let content: Option<Content> = live.state.content("m.room.member", user.as_str());
    content.and_then(|content| content.displayname).unwrap_or_default()
}
