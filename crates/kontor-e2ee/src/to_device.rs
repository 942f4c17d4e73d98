//! Sending messages to devices (spec: "Send-to-Device messaging").

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use kontor_core::{Cx, Error, MatrixCode, Result, StreamPos, Timestamp};
use kontor_db::{Param, Tx};
use kontor_store::to_device::{self, NewMessage};
use ruma::events::AnyToDeviceEventContent;
use ruma::serde::Raw;
use ruma::to_device::DeviceIdOrAllDevices;
use ruma::{OwnedDeviceId, OwnedUserId, UserId};

use crate::E2ee;
use crate::limits::{CONTENT_DEPTH, MESSAGE_BYTES, RECIPIENTS, check_json, check_name};

/// How long a repeated transaction id is recognised.
const REMEMBERED: Duration = Duration::from_hours(24);
/// One in so many messages clears old transaction ids.
const CLEARS_ONE_IN: i64 = 512;

/// Contents by user and device (`*`: all).
pub type Messages =
    BTreeMap<OwnedUserId, BTreeMap<DeviceIdOrAllDevices, Raw<AnyToDeviceEventContent>>>;

/// A request to send messages to devices.
#[derive(Clone, Debug)]
pub struct ToDevice {
    /// Event type.
    pub kind: String,
    /// Repeating it within a day sends nothing.
    pub txn_id: String,
    /// Contents.
    pub messages: Messages,
}

/// A message for one device, stored.
struct Delivered {
    user: OwnedUserId,
    device: OwnedDeviceId,
    pos: StreamPos,
}

impl From<&NewMessage<'_>> for Delivered {
    fn from(message: &NewMessage<'_>) -> Self {
        let NewMessage { pos, user, device, .. } = *message;
        Self { user: user.to_owned(), device: device.to_owned(), pos }
    }
}

impl E2ee {
    /// Puts messages into the inboxes of devices and wakes them.
    ///
    /// Unknown devices and people of other servers are passed over in silence, as the
    /// specification wants it.
    pub async fn send_to_device(&self, cx: &Cx, mut request: ToDevice) -> Result<()> {
        check_name("The event type", &request.kind)?;
        check_name("The transaction id", &request.txn_id)?;
        check_messages(&request.messages)?;
        request.messages.retain(|user, _| self.is_local(user));
        let session = cx.session()?.clone();
        let (now, service) = (cx.now, self.clone());
        self.db
            .write(cx, move |tx| {
                let from = (&*session.user_id, &*session.device_id);
                if !to_device::insert_txn(tx, from, &request.kind, &request.txn_id, now)? {
                    return Ok(());
                }
                let delivered = store_messages(tx, &session.user_id, &request)?;
                forget_old_transactions(tx, now, &delivered)?;
                service.announce(tx, delivered);
                Ok(())
            })
            .await
    }

    fn announce(&self, tx: &mut Tx<'_>, delivered: Vec<Delivered>) {
        let users: BTreeSet<OwnedUserId> =
            delivered.iter().map(|message| message.user.clone()).collect();
        let inboxes = Arc::clone(&self.inboxes);
        let messages = delivered.into_iter().map(|one| (one.user, one.device, one.pos));
        tx.after_commit(move || inboxes.add(messages));
        self.wake_after(tx, users.into_iter().collect());
    }
}

fn check_messages(messages: &Messages) -> Result<()> {
    if messages.values().map(BTreeMap::len).sum::<usize>() > RECIPIENTS {
        let text = format!("One request may send to at most {RECIPIENTS} devices.");
        return Err(Error::limited(MatrixCode::TooLarge, text));
    }
    for content in messages.values().flat_map(BTreeMap::values) {
        let json = content.json().get();
        if !json.starts_with('{') {
            return Err(Error::invalid(MatrixCode::BadJson, "A message must be an object."));
        }
        check_json("A message", json, MESSAGE_BYTES, CONTENT_DEPTH)?;
    }
    Ok(())
}

fn store_messages(tx: &mut Tx<'_>, sender: &UserId, request: &ToDevice) -> Result<Vec<Delivered>> {
    let users: Vec<Param<'_>> = request.messages.keys().map(Param::from).collect();
    let mut devices: HashMap<OwnedUserId, Vec<OwnedDeviceId>> = HashMap::new();
    for (user, device) in to_device::list_devices_of(tx, &users)? {
        devices.entry(user).or_default().push(device);
    }
    let mut messages = Vec::new();
    for (user, contents) in &request.messages {
        let known = devices.get(user).map_or(&[][..], Vec::as_slice);
        for (target, content) in contents {
            let chosen = known.iter().filter(|device| match target {
                DeviceIdOrAllDevices::AllDevices => true,
                DeviceIdOrAllDevices::DeviceId(one) => one == *device,
            });
            messages.extend(chosen.map(|device| NewMessage {
                pos: tx.next_pos(),
                user,
                device,
                content: content.json().get(),
            }));
        }
    }
    to_device::insert_messages(tx, (sender, &request.kind), &messages)?;
    Ok(messages.iter().map(Delivered::from).collect())
}

/// Now and then clears transaction ids nobody repeats any more.
fn forget_old_transactions(tx: &mut Tx<'_>, now: Timestamp, delivered: &[Delivered]) -> Result<()> {
    if delivered.iter().any(|message| message.pos.0 % CLEARS_ONE_IN == 0) {
        let span = i64::try_from(REMEMBERED.as_millis()).unwrap_or(i64::MAX);
        to_device::delete_txns(tx, Timestamp(now.0.saturating_sub(span)))?;
    }
    Ok(())
}
