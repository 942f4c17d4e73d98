//! One signed-in client with its own keys, syncing in the background.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use matrix_sdk::config::{RequestConfig, SyncSettings};
use matrix_sdk::deserialized_responses::EncryptionInfo;
use matrix_sdk::encryption::{BackupDownloadStrategy, EncryptionSettings};
use matrix_sdk::ruma::api::client::filter::FilterDefinition;
use matrix_sdk::ruma::api::client::sync::sync_events::v3::Filter;
use matrix_sdk::ruma::api::client::uiaa::{
    AuthData, MatrixUserIdentifier, Password, UserIdentifier,
};
use matrix_sdk::ruma::api::error::ErrorKind;
use matrix_sdk::ruma::events::{
    AnyGlobalAccountDataEvent, AnySyncEphemeralRoomEvent, AnySyncTimelineEvent, AnyToDeviceEvent,
    presence::PresenceEvent,
};
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedUserId, RoomId};
use matrix_sdk::{Client, Room, RoomState};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::http::Http;

/// How long a device waits for something to come to pass.
const PATIENCE: Duration = Duration::from_secs(25);

/// An event as the client's application got it.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// Empty for events outside rooms.
    pub(crate) room: String,
    pub(crate) event: Value,
    /// The client decrypted it.
    pub(crate) decrypted: bool,
}

/// A client that is logged in.
pub(crate) struct Device {
    pub(crate) client: Client,
    pub(crate) name: &'static str,
    pub(crate) password: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    rounds: watch::Receiver<u64>,
    sync: JoinHandle<()>,
}

impl Drop for Device {
    fn drop(&mut self) {
        self.sync.abort();
    }
}

/// A client that nobody has logged in to yet.
pub(crate) async fn blank_client(url: &str) -> Result<Client> {
    Ok(Client::builder()
        .homeserver_url(url)
        .request_config(RequestConfig::new().disable_retry())
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: false,
            auto_enable_backups: false,
            backup_download_strategy: BackupDownloadStrategy::Manual,
        })
        .build()
        .await?)
}

impl Device {
    /// Logs in with a password and starts syncing.
    pub(crate) async fn log_in(
        url: &str,
        name: &'static str,
        user: &str,
        password: &str,
    ) -> Result<Self> {
        let client = blank_client(url).await?;
        client
            .matrix_auth()
            .login_username(user, password)
            .initial_device_display_name(name)
            .send()
            .await?;
        Self::start(client, name, password).await
    }

    /// Starts syncing with a client that has a session.
    pub(crate) async fn start(client: Client, name: &'static str, password: &str) -> Result<Self> {
        let heard = Arc::new(Mutex::new(Vec::new()));
        listen(&client, &heard);
        let settings = settings(name);
        client.sync_once(settings.clone().timeout(Duration::ZERO)).await?;
        client.encryption().wait_for_e2ee_initialization_tasks().await;
        let (told, rounds) = watch::channel(0);
        let sync = tokio::spawn(keep_syncing(client.clone(), settings, told));
        Ok(Self { client, name, password: password.to_owned(), heard, rounds, sync })
    }

    pub(crate) fn user(&self) -> OwnedUserId {
        self.client.user_id().map(ToOwned::to_owned).expect("a device is logged in")
    }

    /// Requests with this device's token.
    pub(crate) fn http(&self) -> Http {
        let url = self.client.homeserver().to_string();
        Http::new(url.trim_end_matches('/').to_owned(), self.client.access_token())
    }

    /// The room as this device knows it.
    pub(crate) fn room(&self, room: &RoomId) -> Result<Room> {
        self.client.get_room(room).ok_or_else(|| anyhow!("{} does not know room {room}", self.name))
    }

    /// Proof of password for an interactive request.
    pub(crate) fn proof(&self, session: Option<String>) -> AuthData {
        let user = UserIdentifier::Matrix(MatrixUserIdentifier::new(self.user().to_string()));
        let mut password = Password::new(user, self.password.clone());
        password.session = session;
        AuthData::Password(password)
    }

    /// Waits until the probe returns something; asks again after every sync.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        mut probe: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        tokio::time::timeout(PATIENCE, self.ask_until(&mut probe))
            .await
            .unwrap_or_else(|_| Err(anyhow!("no result after {} s", PATIENCE.as_secs())))
            .with_context(|| format!("{} waits for {what}", self.name))
    }

    async fn ask_until<T>(&self, probe: &mut impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
        let mut rounds = self.rounds.clone();
        loop {
            if let Some(found) = probe().await? {
                return Ok(found);
            }
            // Some things change between syncs; the pause bounds how late that is noticed.
            let _ = tokio::time::timeout(Duration::from_millis(100), rounds.changed()).await;
            ensure!(!self.sync.is_finished(), "{}: sync has stopped", self.name);
        }
    }

    /// Waits for a state of a room.
    pub(crate) async fn until_room(&self, room: &RoomId, state: RoomState) -> Result<Room> {
        self.until(&format!("room {room} to be {state:?}"), async || {
            Ok(self.client.get_room(room).filter(|room| room.state() == state))
        })
        .await
    }

    /// Waits for an event that the test accepts.
    pub(crate) async fn until_heard(
        &self,
        what: &str,
        accept: impl Fn(&Heard) -> bool,
    ) -> Result<Heard> {
        self.until(what, async || Ok(self.heard().iter().find(|heard| accept(heard)).cloned()))
            .await
    }

    /// Waits for an event by id and checks that it arrived encrypted and could be read.
    pub(crate) async fn until_read(&self, room: &RoomId, id: &EventId) -> Result<Value> {
        let heard = self
            .until_heard(&format!("event {id}"), |heard| {
                heard.room == *room && heard.event["event_id"] == id.as_str()
            })
            .await?;
        if heard.decrypted {
            return Ok(heard.event);
        }
        // The key came after the event: the SDK decrypts on the next look.
        let room = self.room(room)?;
        self.until(&format!("the key of {id}"), async || {
            let event = room.event(id, None).await?;
            let readable = event.encryption_info().is_some();
            Ok(readable.then(|| event.raw().deserialize_as_unchecked::<Value>()).transpose()?)
        })
        .await
    }

    pub(crate) fn heard(&self) -> MutexGuard<'_, Vec<Heard>> {
        self.heard.lock().expect("no listener panics")
    }

    /// Waits until the background sync has ended, as it does when the token is dead.
    pub(crate) async fn sync_end(&mut self) -> Result<()> {
        Ok(tokio::time::timeout(PATIENCE, &mut self.sync).await??)
    }

    /// Sends a text message.
    pub(crate) async fn say(&self, room: &RoomId, text: &str) -> Result<OwnedEventId> {
        self.send(room, "m.room.message", serde_json::json!({ "msgtype": "m.text", "body": text }))
            .await
    }

    /// Sends any event; the SDK encrypts it if the room is encrypted.
    pub(crate) async fn send(
        &self,
        room: &RoomId,
        kind: &str,
        content: Value,
    ) -> Result<OwnedEventId> {
        Ok(self.room(room)?.send_raw(kind, content).await?.response.event_id)
    }
}

fn listen(client: &Client, heard: &Arc<Mutex<Vec<Heard>>>) {
    fn note<T>(heard: &Mutex<Vec<Heard>>, room: &str, raw: &Raw<T>, decrypted: bool) {
        let event = raw.deserialize_as_unchecked::<Value>().unwrap_or(Value::Null);
        heard.lock().expect("no listener panics").push(Heard {
            room: room.to_owned(),
            event,
            decrypted,
        });
    }
    let list = Arc::clone(heard);
    client.add_event_handler(
        async move |raw: Raw<AnySyncTimelineEvent>, room: Room, info: Option<EncryptionInfo>| {
            note(&list, room.room_id().as_str(), &raw, info.is_some());
        },
    );
    let list = Arc::clone(heard);
    client.add_event_handler(async move |raw: Raw<AnySyncEphemeralRoomEvent>, room: Room| {
        note(&list, room.room_id().as_str(), &raw, false);
    });
    let list = Arc::clone(heard);
    client.add_event_handler(async move |raw: Raw<AnyGlobalAccountDataEvent>| {
        note(&list, "", &raw, false);
    });
    let list = Arc::clone(heard);
    client.add_event_handler(async move |raw: Raw<AnyToDeviceEvent>| note(&list, "", &raw, false));
    let list = Arc::clone(heard);
    client.add_event_handler(async move |raw: Raw<PresenceEvent>| note(&list, "", &raw, false));
}

/// Phones load members when they need them, as today's apps do; the laptop gets them all.
fn settings(name: &str) -> SyncSettings {
    let settings = SyncSettings::new().timeout(Duration::from_secs(10));
    if name == "laptop" {
        return settings;
    }
    settings.filter(Filter::FilterDefinition(FilterDefinition::with_lazy_loading()))
}

/// Syncs until the server says that the token is unknown.
async fn keep_syncing(client: Client, settings: SyncSettings, told: watch::Sender<u64>) {
    loop {
        match client.sync_once(settings.clone()).await {
            Ok(_) => told.send_modify(|round| *round += 1),
            Err(error) => {
                if let Some(ErrorKind::UnknownToken { .. }) = error.client_api_error_kind() {
                    return;
                }
                // The server is being restarted, or is not well; the steps will tell.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
