//! Which rooms there are and how big they are. law: R-009

use askama::Template;
use kontor_rooms::RoomSize;

use crate::amount::count;
use crate::frame::{Shown, Visit};
use crate::page::{self, Page};
use crate::when::day;

/// Rooms on a page.
const PAGE: u16 = 50;

#[derive(Template)]
#[template(path = "admin/rooms.html")]
struct Rooms {
    page: Page,
    lines: Vec<Line>,
    /// Number to go on from; `None`: that was all.
    older: Option<i64>,
}

struct Line {
    id: String,
    version: String,
    created: String,
    joined: String,
    invited: String,
    /// Events in it; with a mark if there are more than were counted.
    events: String,
    is_encrypted: bool,
    is_published: bool,
}

/// `GET /admin/rooms`
pub(super) async fn show(visit: Visit) -> Shown {
    let (_, cx) = visit.officer()?;
    let before = visit.form.text("before").parse().ok();
    let rooms = visit.tenant.rooms.sizes(&cx, before, PAGE).await?;
    let last = rooms.last().filter(|_| rooms.len() >= usize::from(PAGE));
    let older = last.map(|room| room.nid.0);
    let lines = rooms.into_iter().map(|room| line_of(&visit, room)).collect();
    Ok(page::show(&Rooms { page: Page::new(&visit, "console-rooms-title"), lines, older }))
}

fn line_of(visit: &Visit, room: RoomSize) -> Line {
    let texts = visit.texts;
    let more = if room.events < RoomSize::MOST_COUNTED { "" } else { "≥ " };
    Line {
        id: room.room_id,
        version: room.version,
        created: day(visit, room.created),
        joined: count(texts, room.joined),
        invited: count(texts, room.invited),
        events: format!("{more}{}", count(texts, room.events)),
        is_encrypted: room.encrypted,
        is_published: room.published,
    }
}
