//! A person annotates an event with the same key only once
//! (spec: "Avoiding duplicate annotations").

use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, StreamPos};
use kontor_protocol::relation_in;
use kontor_store::relation::{self, RelationRange};

use crate::append::NewEvent;
use crate::load::into_events;
use crate::{Room, Rooms};

const ANNOTATION: &str = "m.annotation";
/// Annotations of one event that are looked through.
const LOOKED_THROUGH: u32 = 1_000;

impl Rooms {
    /// Refuses an annotation that its sender has made already and not taken back.
    pub(crate) async fn require_new_annotation(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        event: &NewEvent,
    ) -> Result<()> {
        let annotation = relation_in(&event.content).filter(|relation| relation.kind == ANNOTATION);
        let Some(annotation) = annotation else { return Ok(()) };
        let (room, kind, sender) = (Arc::clone(room), event.kind.to_string(), event.sender.clone());
        let is_known = self.db.read(cx, move |tx| {
            let target = (room.nid, &*annotation.target);
            let groups = relation::list_relation_groups(tx, room.nid, &[target.1], StreamPos::MAX)?;
            let is_own = |group: &relation::RelationGroup| {
                group.relation == ANNOTATION && group.sender == sender && group.kind == kind
            };
            if !groups.iter().any(is_own) {
                return Ok(false);
            }
            let range = RelationRange {
                after: StreamPos::ZERO,
                before: StreamPos::MAX,
                forwards: false,
                limit: LOOKED_THROUGH,
            };
            let picked = (Some(ANNOTATION), Some(&*kind));
            let rows = relation::list_related_events(tx, target, picked, range)?;
            let events = into_events(tx, rows, (room.nid, &room.room_id), &room.rules)?;
            Ok(events.iter().any(|known| {
                known.pdu.sender == sender && known.relation.as_ref() == Some(&annotation)
            }))
        });
        if is_known.await? {
            let text = "You have annotated this event with this key already.";
            return Err(Error::invalid(MatrixCode::DuplicateAnnotation, text));
        }
        Ok(())
    }
}
