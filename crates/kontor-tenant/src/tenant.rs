//! One organisation.

use std::net::IpAddr;
use std::sync::Arc;

use kontor_account_data::AccountData;
use kontor_approval::Approvals;
use kontor_audit::Audit;
use kontor_backup::Backups;
use kontor_core::{Actor, Clock, Cx, Error, Random, Result, Roles, Session, TenantId};
use kontor_deletion::Deletion;
use kontor_e2ee::E2ee;
use kontor_health::Health;
use kontor_identity::Identity;
use kontor_ledger::Ledger;
use kontor_media::Media;
use kontor_oauth::{Endpoints, OAuth};
use kontor_policy::{InForce, OwnSettings, Policies};
use kontor_presence::{Presence, Typing};
use kontor_push::Push;
use kontor_receipts::Receipts;
use kontor_rooms::Rooms;
use kontor_sync::Sync;
use ruma::api::client::uiaa::AuthData;
use ruma::{OwnedDeviceId, OwnedServerName, OwnedUserId, UserId};

use crate::{Carrying, Pace, Relay};

/// One organisation: its name and its services.
///
/// The node puts an `Arc<Tenant>` into each request's extensions, chosen by the `Host` header. A
/// handler can reach nothing but this, so organisations cannot see each other.
pub struct Tenant {
    /// Number inside this node.
    pub id: TenantId,
    /// Matrix server name.
    pub server_name: OwnedServerName,
    /// Source of time.
    pub clock: Clock,
    /// Source of randomness.
    pub random: Random,
    /// Address of the client-server API as seen from outside, `https://matrix.firma.example`;
    /// `None`: it is not announced.
    pub public_url: Option<String>,
    /// Settings.
    pub policy: InForce,
    /// Deciding on settings.
    pub policies: Policies,
    /// What people decide for themselves.
    pub own: OwnSettings,
    /// The log of administrative acts and security events.
    pub audit: Audit,
    /// How the server is doing.
    pub health: Health,
    /// What waits for a second person.
    pub approvals: Approvals,
    /// What people have asked for lately.
    pub pace: Pace,
    /// What waits on pages that people come back to.
    pub carrying: Carrying,
    /// Accounts, sessions and devices.
    pub identity: Identity,
    /// Signing in to programs.
    pub oauth: OAuth,
    /// Uploaded files.
    pub media: Media,
    /// Rooms and their events.
    pub rooms: Rooms,
    /// Encrypted backups.
    pub backups: Backups,
    /// What was erased, for restored backups.
    pub ledger: Ledger,
    /// What is removed when its time is over.
    pub deletion: Deletion,
    /// Keys, messages between devices, key backup.
    pub e2ee: E2ee,
    /// Account data, tags and filters.
    pub account_data: AccountData,
    /// How far people have read.
    pub receipts: Receipts,
    /// Push rules, notifications and pushers.
    pub push: Push,
    /// Who is typing.
    pub typing: Typing,
    /// Who is there.
    pub presence: Presence,
    /// What devices have not seen yet.
    pub sync: Sync,
    /// The server that relays calls; `None`: there is none.
    pub relay: Option<Relay>,
}

impl Tenant {
    /// The context of a request before anybody knows whose it is.
    ///
    /// # Errors
    /// `Unavailable` if the operating system has no randomness.
    pub fn anonymous(&self) -> Result<Cx> {
        Cx::new(self.id, Actor::Anonymous, self.clock.clone(), self.random.clone())
    }

    /// Closes the caller's account, after they have shown who they are: they leave all rooms, and
    /// what [`Identity::deactivate`] says goes.
    ///
    /// # Errors
    /// Those of [`Identity::check_closing`] and [`Identity::deactivate`].
    pub async fn close_account(&self, cx: &Cx) -> Result<()> {
        self.identity.check_closing(cx, cx.user()?, None).await?;
        self.leave_rooms(cx).await?;
        self.identity.deactivate(cx, cx.user()?.to_owned()).await
    }

    /// Closes somebody's account: they leave all rooms, and what [`Identity::deactivate`] says goes.
    ///
    /// # Errors
    /// `Forbidden` for one's own; those of [`Identity::check_closing`] and [`Identity::deactivate`].
    pub async fn close_account_of(
        &self,
        cx: &Cx,
        user: OwnedUserId,
        auth: Option<AuthData>,
    ) -> Result<()> {
        if cx.user().ok() == Some(&*user) {
            return Err(Error::forbidden("Nobody does this to their own account."));
        }
        self.identity.check_closing(cx, &user, auth).await?;
        self.leave_rooms(&in_person(cx, user.clone())).await?;
        self.identity.deactivate(cx, user).await
    }

    /// Shuts out guests whose time is over, and closes the accounts of those who have been shut out
    /// for long. To be called every few minutes.
    ///
    /// # Errors
    /// Those of [`Identity::look_after_guests`].
    pub async fn look_after_guests(&self, cx: &Cx) -> Result<()> {
        for user in self.identity.look_after_guests(cx).await? {
            self.leave_rooms(&in_person(cx, user.clone())).await?;
            self.identity.close_guest(cx, user).await?;
        }
        Ok(())
    }

    async fn leave_rooms(&self, cx: &Cx) -> Result<()> {
        for room_id in self.rooms.joined_rooms(cx).await? {
            // A room that cannot be left must not keep the account open.
            if let Err(error) = self.rooms.leave(cx, &room_id, None).await {
                tracing::warn!(%error, "a closing account stays in a room");
            }
        }
        Ok(())
    }

    /// Carries out every erasure that was decided on; answers how many people were erased.
    ///
    /// # Errors
    /// Those of [`Deletion::erase_waiting`].
    pub async fn erase_waiting(&self, cx: &Cx) -> Result<u64> {
        let forget = |user: &UserId| {
            self.push.forget_person(user);
            self.presence.forget(user);
            self.own.forget(user);
            self.account_data.forget(user);
            self.receipts.forget(user);
        };
        self.deletion.erase_waiting(cx, &forget).await
    }

    /// Where the OAuth 2.0 API is; `None` without a public address, because programs must know whom
    /// they talk to.
    #[must_use]
    pub fn oauth_endpoints(&self) -> Option<Endpoints> {
        self.public_url.as_deref().map(Endpoints::new)
    }
}

/// As whoever leaves does it, on nobody's device.
fn in_person(cx: &Cx, user: OwnedUserId) -> Cx {
    let session = Session::new(user, OwnedDeviceId::from(""), Roles::USER);
    cx.acting_as(Actor::User(Arc::new(session)))
}

/// Where a request came from; the node puts it into the request's extensions. Used for throttling
/// only.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// How a request came; the node puts it into the request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct Transport {
    /// By TLS, as far as the client is concerned.
    pub is_secure: bool,
}
