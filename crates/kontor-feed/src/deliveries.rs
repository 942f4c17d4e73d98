//! How far each device has confirmed what it was sent, so that what everybody has can go. law: R-114
//!
//! In memory only: after a start nothing counts as delivered until the devices ask again.

use std::collections::HashMap;

use kontor_core::StreamPos;
use parking_lot::Mutex;
use ruma::{OwnedDeviceId, OwnedRoomId, OwnedUserId};

/// Gaps kept for one device; with more, the oldest rooms wait for their time instead.
const GAPS: usize = 1_000;

/// Confirmed positions of devices.
#[derive(Debug, Default)]
pub struct Deliveries(Mutex<HashMap<(OwnedUserId, OwnedDeviceId), Confirmed>>);

#[derive(Debug, Default)]
struct Confirmed {
    upto: StreamPos,
    /// In these rooms, what is at or before the position may never have been sent.
    gaps: HashMap<OwnedRoomId, StreamPos>,
}

impl Deliveries {
    /// The device has everything up to `pos`.
    pub fn confirm(&self, device: (OwnedUserId, OwnedDeviceId), pos: StreamPos) {
        let mut known = self.0.lock();
        let confirmed = known.entry(device).or_default();
        confirmed.upto = confirmed.upto.max(pos);
    }

    /// The device was sent a part only of what a room had up to `pos`.
    pub fn note_gap(
        &self,
        device: (OwnedUserId, OwnedDeviceId),
        room: OwnedRoomId,
        pos: StreamPos,
    ) {
        let mut known = self.0.lock();
        let gaps = &mut known.entry(device).or_default().gaps;
        if gaps.len() >= GAPS
            && let Some(oldest) = gaps.iter().min_by_key(|(_, pos)| **pos).map(|it| it.0.clone())
        {
            gaps.remove(&oldest);
        }
        gaps.insert(room, pos);
    }

    /// What all of these devices have of a room: everything behind the first position and up to the
    /// second; `None` if one of them has confirmed nothing yet.
    #[must_use]
    pub fn of_all(
        &self,
        devices: &[(OwnedUserId, OwnedDeviceId)],
        room: &OwnedRoomId,
    ) -> Option<(StreamPos, StreamPos)> {
        let known = self.0.lock();
        let (mut after, mut upto) = (StreamPos::ZERO, StreamPos::MAX);
        for device in devices {
            let confirmed = known.get(device)?;
            upto = upto.min(confirmed.upto);
            after = after.max(confirmed.gaps.get(room).copied().unwrap_or_default());
        }
        (!devices.is_empty() && after < upto).then_some((after, upto))
    }

    /// Forgets devices that are no more.
    pub fn retain(&self, is_there: impl Fn(&OwnedUserId, &OwnedDeviceId) -> bool) {
        self.0.lock().retain(|(user, device), _| is_there(user, device));
    }
}

#[cfg(test)]
mod tests {
    use ruma::{owned_room_id, owned_user_id};

    use super::*;

    fn device(name: &str) -> (OwnedUserId, OwnedDeviceId) {
        (owned_user_id!("@anna:a.example"), name.into())
    }

    #[test]
    fn delivered_is_what_every_device_has() {
        let deliveries = Deliveries::default();
        let room = owned_room_id!("!r:a.example");
        let both = [device("PHONE"), device("DESK")];
        deliveries.confirm(device("PHONE"), StreamPos(9));
        assert_eq!(deliveries.of_all(&both, &room), None);
        deliveries.confirm(device("DESK"), StreamPos(5));
        assert_eq!(deliveries.of_all(&both, &room), Some((StreamPos::ZERO, StreamPos(5))));
        deliveries.note_gap(device("DESK"), room.clone(), StreamPos(3));
        assert_eq!(deliveries.of_all(&both, &room), Some((StreamPos(3), StreamPos(5))));
        deliveries.note_gap(device("PHONE"), room.clone(), StreamPos(5));
        assert_eq!(deliveries.of_all(&both, &room), None);
        deliveries.retain(|_, device| device == "PHONE");
        assert_eq!(deliveries.of_all(&both, &room), None);
        assert_eq!(deliveries.of_all(&[], &room), None);
    }
}
