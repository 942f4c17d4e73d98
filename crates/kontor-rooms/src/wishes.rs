//! What people wish to hear of others (spec: "Ignoring Users", "Invite permission").

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_db::Tx;
use kontor_store::account_data::{self, GLOBAL};
use parking_lot::Mutex;
use ruma::{OwnedUserId, UserId};
use serde_json::Value;

use crate::{Room, Rooms};

/// Account data that the wishes are read from.
const IGNORED: &str = "m.ignored_user_list";
const INVITATIONS: &str = "m.invite_permission_config";

/// People whose wishes are kept in memory before all are dropped.
const KNOWN: usize = 50_000;

/// People who are ignored.
pub type Ignored = Arc<BTreeSet<OwnedUserId>>;

/// The wishes of one person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    /// Whose messages and invitations are not shown; never the person.
    ignored: Ignored,
    /// Nobody may invite the person.
    no_invitations: bool,
}

/// Wishes in memory.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    wishes: HashMap<OwnedUserId, Wishes>,
    /// Counts changes, so that wishes read before one are not kept after it.
    changes: u64,
}

impl Rooms {
    /// The people whom somebody ignores.
    pub async fn ignored_by(&self, cx: &Cx, user: &UserId) -> Result<Ignored> {
        Ok(self.wishes(cx, user).await?.ignored)
    }

    /// Whether an invitation to this room is kept from the person invited: because of who invites,
    /// or because the person wants none.
    pub async fn hides_invitation(&self, cx: &Cx, room: &Room, user: &UserId) -> Result<bool> {
        let wishes = self.wishes(cx, user).await?;
        let state = room.live().state;
        let sender = state.get("m.room.member", user.as_str()).map(|event| &event.pdu.sender);
        Ok(wishes.no_invitations || sender.is_some_and(|sender| wishes.ignored.contains(sender)))
    }

    /// Tells that account data of a person was written, if the wishes are read from it.
    pub fn account_data_changed(&self, user: &UserId, kind: &str) {
        if kind == IGNORED || kind == INVITATIONS {
            let mut kept = self.wishes.0.lock();
            kept.changes += 1;
            kept.wishes.remove(user);
        }
    }

    /// Forgets what somebody who is erased wished.
    pub(crate) fn forget_wishes(&self, user: &UserId) {
        let mut kept = self.wishes.0.lock();
        kept.changes += 1;
        kept.wishes.remove(user);
    }

    /// Whether somebody may be invited at all.
    pub(crate) async fn takes_invitations(&self, cx: &Cx, user: &UserId) -> Result<bool> {
        Ok(!self.wishes(cx, user).await?.no_invitations)
    }

    /// # Errors
    /// `M_INVITE_BLOCKED` if the person wants no invitations.
    pub(crate) async fn require_takes_invitations(&self, cx: &Cx, user: &UserId) -> Result<()> {
        if self.takes_invitations(cx, user).await? {
            return Ok(());
        }
        let text = format!("{user} takes no invitations.");
        Err(Error::forbidden(text).with_code(MatrixCode::InviteBlocked))
    }

    async fn wishes(&self, cx: &Cx, user: &UserId) -> Result<Wishes> {
        let changes = {
            let kept = self.wishes.0.lock();
            if let Some(wishes) = kept.wishes.get(user) {
                return Ok(wishes.clone());
            }
            kept.changes
        };
        let owner = user.to_owned();
        let wishes = self.db.read(cx, move |tx| load(tx, &owner)).await?;
        let mut kept = self.wishes.0.lock();
        if kept.changes == changes {
            if kept.wishes.len() >= KNOWN {
                kept.wishes.clear();
            }
            kept.wishes.insert(user.to_owned(), wishes.clone());
        }
        Ok(wishes)
    }
}

fn load(tx: &mut Tx<'_>, user: &UserId) -> Result<Wishes> {
    let mut content = |kind| -> Result<Value> {
        let row = account_data::find_account_data(tx, user, GLOBAL, kind)?;
        // What clients keep there may have any shape; then it wishes nothing.
        Ok(row.and_then(|row| serde_json::from_slice(&row.content).ok()).unwrap_or_default())
    };
    let ignored = content(IGNORED)?;
    let named = ignored.get("ignored_users").and_then(Value::as_object);
    let ignored = named.into_iter().flatten().filter_map(|(id, _)| UserId::parse(&**id).ok());
    let action = content(INVITATIONS)?;
    Ok(Wishes {
        ignored: Arc::new(ignored.filter(|id| id != user).collect()),
        no_invitations: action.get("default_action").and_then(Value::as_str) == Some("block"),
    })
}
