//! Room events in the form and with the parts that the filter asks for.

use std::sync::Arc;

use kontor_core::{Cx, Error, Result};
use kontor_protocol::Fields;
use kontor_rooms::{Event, Sight};
use ruma::api::client::filter::EventFormat;
use ruma::serde::Raw;
use serde_json::Value;
use serde_json::value::to_raw_value;

use crate::sync::{RoomHandle, Scope, Sync};

impl Sync {
    /// Events of a room as the filter wants them.
    pub(crate) async fn show<T>(
        &self,
        cx: &Cx,
        scope: &Scope,
        (room, sight): (&RoomHandle, &Sight),
        events: &[Arc<Event>],
    ) -> Result<Vec<Raw<T>>> {
        let shown = match scope.filter.event_format {
            EventFormat::Federation => {
                self.rooms.show_stored_events(cx, room, sight, events).await?
            }
            _ => self.rooms.show_events(cx, room, (sight, false), events).await?,
        };
        match &scope.fields {
            Some(fields) => shown.iter().map(|event| pick(fields, event)).collect(),
            None => Ok(shown),
        }
    }
}

fn pick<T>(fields: &Fields, event: &Raw<T>) -> Result<Raw<T>> {
    let event: Value = serde_json::from_str(event.json().get()).map_err(Error::internal)?;
    to_raw_value(&fields.of(&event)).map(Raw::from_json).map_err(Error::internal)
}
