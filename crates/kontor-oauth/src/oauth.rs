//! The service's parts, and registration.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use kontor_core::{Cx, Error, Result};
use kontor_db::{Db, Tx};
use kontor_identity::Identity;
use kontor_policy::{InForce, Rate, Throttle};
use kontor_store::oauth_client;
use ruma::OwnedUserId;
use serde_json::Value;

use crate::client::Client;
use crate::refusal::{OAuthCode, Refusal};

/// Programs that nobody is signed in with are forgotten so long after the last sign-in.
const UNUSED_CLIENTS_KEPT: Duration = Duration::from_hours(24 * 90);
/// How often an address may register programs or ask for codes.
const STRANGERS: Rate = Rate { per_minute: 20, burst: 40 };
/// How often a person may type in codes: 2 ^ 34 of them cannot be tried out at this rate.
const TYPING: Rate = Rate { per_minute: 10, burst: 10 };

/// The OAuth 2.0 API of one organisation. Clones share everything.
#[derive(Clone)]
pub struct OAuth {
    pub(crate) db: Db,
    pub(crate) identity: Identity,
    policy: InForce,
    strangers: Arc<Throttle<IpAddr>>,
    typing: Arc<Throttle<OwnedUserId>>,
}

impl OAuth {
    /// The service over `db`.
    #[must_use]
    pub fn new(db: Db, identity: Identity, policy: InForce) -> Self {
        Self { db, identity, policy, strangers: Arc::default(), typing: Arc::default() }
    }

    /// Registers a program; answers its id and what is kept of its description (RFC 7591).
    ///
    /// # Errors
    /// `invalid_client_metadata`, `invalid_redirect_uri`; `Limited` for an address that registers
    /// too often.
    pub async fn register(&self, cx: &Cx, metadata: Value) -> Result<(String, Client), Refusal> {
        self.admit_stranger(cx)?;
        let client = Client::check(metadata)?;
        let (id, json, now) = (client.id(), client.to_json(), cx.now);
        let kept_from = now.minus(UNUSED_CLIENTS_KEPT);
        let key = id.clone();
        self.db
            .write(cx, move |tx| {
                oauth_client::delete_unused_clients(tx, kept_from)?;
                oauth_client::upsert_client(tx, &key, &json, now)
            })
            .await?;
        Ok((id, client))
    }

    pub(crate) fn admit_stranger(&self, cx: &Cx) -> Result<()> {
        match (cx.address, &self.policy.now().rate_limits) {
            (Some(address), Some(_)) => self.strangers.take(address, STRANGERS, cx.now),
            _ => Ok(()),
        }
    }

    pub(crate) fn admit_typing(&self, cx: &Cx) -> Result<()> {
        self.typing.take(cx.user()?.to_owned(), TYPING, cx.now)
    }
}

/// The program of an id.
///
/// # Errors
/// `invalid_client`.
pub(crate) fn find_client(tx: &mut Tx<'_>, id: &str) -> Result<Result<Client, Refusal>> {
    let Some(json) = oauth_client::find_client(tx, id)? else {
        let text = "client_id: no such program is registered.";
        return Ok(Err(Refusal::new(OAuthCode::InvalidClient, text)));
    };
    serde_json::from_str(&json).map(Ok).map_err(Error::internal)
}
