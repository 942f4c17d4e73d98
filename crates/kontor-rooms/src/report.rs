//! Reports to those in charge: a room, an event, a person.

use std::time::Duration;

use kontor_core::{Cx, Error, Kind, Result, Timestamp};
use kontor_store::account;
use kontor_store::report::{self, ReportRow};
use ruma::{EventId, RoomId, UserId};

use crate::Rooms;
use crate::authority::require_joined;
use crate::membership::check_reason;

/// How long a report is kept.
const KEPT: Duration = Duration::from_hours(180 * 24);

/// Length of the text that tells reports apart.
const ID_LENGTH: usize = 16;

impl Rooms {
    /// Reports a room (spec: `POST /rooms/{roomId}/report`). The answer does not tell whether it
    /// exists.
    pub async fn report_room(&self, cx: &Cx, room_id: &RoomId, reason: String) -> Result<()> {
        let mut row = begin(cx, Some(reason))?;
        match self.room(cx, room_id).await {
            Ok(room) => row.room = Some(room.nid),
            Err(error) if error.kind == Kind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        }
        self.keep_report(cx, row).await
    }

    /// Reports an event of a room the caller is in (spec: `POST
    /// /rooms/{roomId}/report/{eventId}`).
    ///
    /// # Errors
    /// `NotFound` if there is no such room or event, or the caller may not see it.
    pub async fn report_event(
        &self,
        cx: &Cx,
        (room_id, event_id): (&RoomId, &EventId),
        reason: Option<String>,
    ) -> Result<()> {
        let mut row = begin(cx, reason)?;
        let unknown = |error: Error| match error.kind {
            Kind::NotFound | Kind::Forbidden => Error::not_found("There is no such event."),
            _ => error,
        };
        let room = self.room(cx, room_id).await.map_err(unknown)?;
        require_joined(cx, &room).map_err(unknown)?;
        let sight = self.own_sight(cx, &room).await.map_err(unknown)?;
        let event = self.visible_event(cx, &room, &sight, event_id).await?;
        row.room = Some(room.nid);
        row.event_id = Some(event.pdu.event_id.clone());
        row.user_id = Some(event.pdu.sender.clone());
        self.keep_report(cx, row).await
    }

    /// Reports a person (spec: `POST /users/{userId}/report`). The answer does not tell whether
    /// they exist.
    pub async fn report_user(&self, cx: &Cx, user: &UserId, reason: String) -> Result<()> {
        let mut row = begin(cx, Some(reason))?;
        let wanted = user.to_owned();
        let found = self.db.read(cx, move |tx| account::find_account(tx, &wanted)).await?;
        if found.is_none() {
            return Ok(());
        }
        row.user_id = Some(user.to_owned());
        self.keep_report(cx, row).await
    }

    /// Old ones are removed on the way.
    async fn keep_report(&self, cx: &Cx, row: ReportRow) -> Result<()> {
        let kept = i64::try_from(KEPT.as_millis()).map_err(Error::internal)?;
        let limit = Timestamp(row.created.0.saturating_sub(kept));
        self.db
            .write(cx, move |tx| {
                report::delete_reports_before(tx, limit)?;
                report::insert_report(tx, &row)
            })
            .await
    }
}

/// A report that says by whom, when and why, but not yet of what.
fn begin(cx: &Cx, reason: Option<String>) -> Result<ReportRow> {
    check_reason(reason.as_deref())?;
    Ok(ReportRow {
        created: cx.now,
        report_id: cx.random.word(ID_LENGTH)?,
        reporter: cx.user()?.to_owned(),
        room: None,
        event_id: None,
        user_id: None,
        reason: reason.filter(|reason| !reason.is_empty()),
    })
}
