//! Pushers: where devices want to be told about notifications.
//!
//! Those of Web Push are told (`delivery.rs`). Those of gateways are kept for programs that ask for
//! them, and nothing is sent there: a gateway would read along in which rooms somebody is.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_policy::Signal;
use kontor_store::pusher::{self, PusherKey};
use kontor_webpush::Subscription;
use ruma::OwnedUserId;
use ruma::api::client::push::{Pusher, PusherIds, PusherKind};
use ruma::push::HttpPusherData;
use serde_json::Value;

use crate::Push;

/// Limits of the specification, in bytes and characters.
const PUSHKEY_LIMIT_BYTES: usize = 512;
const APP_ID_LIMIT: usize = 64;

/// Path of every push gateway.
const GATEWAY_PATH: &str = "/_matrix/push/v1/notify";

/// What a pusher of Web Push is called (MSC4174); the second once it is in the specification.
pub(crate) const WEB_PUSH: [&str; 2] = ["org.matrix.msc4174.webpush", "webpush"];

/// Largest pusher, in bytes.
const SIZE_LIMIT_BYTES: usize = 16 * 1024;

/// Most pushers of one person.
const COUNT_LIMIT: i64 = 100;

impl Push {
    /// The caller's pushers, oldest first.
    pub async fn pushers(&self, cx: &Cx) -> Result<Vec<Pusher>> {
        let owner = cx.user()?.to_owned();
        let rows = self.sources.db.read(cx, move |tx| pusher::list_pushers(tx, &owner)).await?;
        rows.iter().map(|json| serde_json::from_slice(json).map_err(Error::internal)).collect()
    }

    /// Hosts that are told when there is something for these people, and for how many pushers each.
    /// Whose they are is not told.
    pub async fn hosts_of(
        &self,
        cx: &Cx,
        users: Vec<OwnedUserId>,
    ) -> Result<BTreeMap<String, usize>> {
        let list = move |tx: &mut kontor_db::Tx<'_>| pusher::list_pushers_of(tx, &users);
        let mut hosts = BTreeMap::new();
        for json in self.sources.db.read(cx, list).await? {
            let pusher: Value = serde_json::from_slice(&json).map_err(Error::internal)?;
            let url = pusher.get("data").and_then(|data| data.get("url")?.as_str());
            let url = url.and_then(|url| url::Url::parse(url).ok());
            if let Some(host) = url.as_ref().and_then(url::Url::host_str) {
                *hosts.entry(host.to_owned()).or_insert(0) += 1;
            }
        }
        Ok(hosts)
    }

    /// Keeps a pusher of the caller. Unless it is to be `appended`, other people lose theirs of
    /// the same key.
    ///
    /// # Errors
    /// `Forbidden` where push services outside are not allowed, or not this one; `M_INVALID_PARAM`
    /// for a malformed one.
    pub async fn set_pusher(&self, cx: &Cx, pusher: Pusher, appended: bool) -> Result<()> {
        let key = key(&pusher.ids)?;
        let is_web_push = match &pusher.kind {
            _ if !self.sources.policy.now().push_gateways_allowed => {
                return Err(Error::forbidden("This organisation allows no push gateways."));
            }
            PusherKind::Http(data) => {
                let user = cx.user()?;
                let with_content = self.sources.own.shows(cx, user, Signal::PushContent).await?;
                check_gateway(data, with_content)?;
                false
            }
            other => {
                let kind = serde_json::to_value(other).map_err(Error::internal)?;
                self.check_subscription(&pusher.ids.pushkey, &kind)?;
                true
            }
        };
        let json = serde_json::to_vec(&pusher).map_err(Error::internal)?;
        if json.len() > SIZE_LIMIT_BYTES {
            let text = format!("The pusher is larger than {SIZE_LIMIT_BYTES} bytes.");
            return Err(Error::limited(MatrixCode::TooLarge, text));
        }
        let (session, now) = (cx.session()?.clone(), cx.now);
        let (this, user) = (self.clone(), session.user_id.clone());
        self.sources
            .db
            .write(cx, move |tx| {
                let owner = (&*session.user_id, &*session.device_id);
                if !appended {
                    pusher::delete_pushers_of_others(tx, owner.0, &key)?;
                }
                pusher::upsert_pusher(tx, owner, &key, &json, now)?;
                if pusher::count_pushers(tx, owner.0)? > COUNT_LIMIT {
                    let text = format!("A person has at most {COUNT_LIMIT} pushers.");
                    return Err(Error::limited(MatrixCode::TooLarge, text));
                }
                if is_web_push {
                    tx.after_commit(move || this.watch_for(&user));
                }
                Ok(())
            })
            .await
    }

    /// Checks what a browser gave out; whether its push service may be asked says the operator.
    fn check_subscription(&self, pushkey: &str, kind: &Value) -> Result<()> {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        if !text(kind.get("kind")).is_some_and(|kind| WEB_PUSH.contains(&&*kind)) {
            return Err(invalid("kind: only http and org.matrix.msc4174.webpush are supported."));
        }
        let data = kind.get("data").unwrap_or(&Value::Null);
        let device = subscription(pushkey, data)?;
        if !matches!(text(data.get("format")).as_deref(), None | Some("event_id_only")) {
            return Err(invalid("data.format: must be event_id_only."));
        }
        match &self.sources.web_push {
            Some((web_push, _)) if web_push.permits(&device) => Ok(()),
            _ => Err(Error::forbidden("data.url: this server asks no such push service.")),
        }
    }

    /// Removes a pusher of the caller; nothing happens if there is none.
    pub async fn delete_pusher(&self, cx: &Cx, ids: &PusherIds) -> Result<()> {
        let (owner, key) = (cx.user()?.to_owned(), key(ids)?);
        self.sources
            .db
            .write(cx, move |tx| pusher::delete_pusher(tx, &owner, &key).map(|_| ()))
            .await
    }
}

/// What a pusher of Web Push says about its device.
pub(crate) fn subscription(pushkey: &str, data: &Value) -> Result<Subscription> {
    let text = |field: &str| data.get(field).and_then(Value::as_str).unwrap_or_default();
    Subscription::parse(text("url"), pushkey, text("auth"))
}

pub(crate) fn key(ids: &PusherIds) -> Result<PusherKey> {
    if ids.pushkey.is_empty() || ids.pushkey.len() > PUSHKEY_LIMIT_BYTES {
        return Err(invalid(format!("pushkey: 1 to {PUSHKEY_LIMIT_BYTES} bytes.")));
    }
    let length = ids.app_id.chars().count();
    if length == 0 || length > APP_ID_LIMIT || ids.app_id.contains('\0') {
        return Err(invalid(format!("app_id: 1 to {APP_ID_LIMIT} characters without NUL.")));
    }
    let mut pushkey_hash = [0; 32];
    let hash = digest(&SHA256, ids.pushkey.as_bytes());
    pushkey_hash.copy_from_slice(hash.as_ref());
    Ok(PusherKey { app_id: ids.app_id.clone(), pushkey_hash })
}

/// spec: "MUST be an HTTPS URL with a path of `/_matrix/push/v1/notify`".
fn check_gateway(data: &HttpPusherData, with_content: bool) -> Result<()> {
    let authority = data.url.strip_prefix("https://").and_then(|rest| rest.split_once('/'));
    let sound = authority.is_some_and(|(host, path)| {
        !host.is_empty() && GATEWAY_PATH.strip_prefix('/') == Some(path)
    });
    if !sound {
        let text = format!("data.url: must be https://HOST{GATEWAY_PATH}.");
        return Err(invalid(text));
    }
    let format = serde_json::to_value(&data.format).map_err(Error::internal)?;
    match format {
        Value::Null if with_content => Ok(()),
        Value::String(format) if format == "event_id_only" => Ok(()),
        _ => Err(invalid("data.format: must be event_id_only.")),
    }
}

fn invalid(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::invalid(MatrixCode::InvalidParam, text)
}
