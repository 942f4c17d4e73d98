//! Which of one's rooms are supervised, and that one knows. law

use askama::Template;
use kontor_core::{Error, MatrixCode, Role};
use kontor_rooms::{Mode, Terms};
use ruma::RoomId;

use crate::admin::classes::supervisors_of;
use crate::admin::names::Names;
use crate::amount::count;
use crate::frame::{Leave, Shown, Visit};
use crate::page::{self, Page};
use crate::when::day;

#[derive(Template)]
#[template(path = "account/supervision.html")]
struct Supervision {
    page: Page,
    own: Vec<Notice>,
    /// Everything supervised in the organisation; nothing for guests.
    register: Vec<Entry>,
    is_guest: bool,
}

/// By whom one of her rooms is supervised.
struct Notice {
    room_id: String,
    version: i64,
    terms: Shape,
    /// When she has acknowledged it.
    acknowledged: Option<String>,
}

/// A line of the register.
struct Entry {
    terms: Shape,
    members: String,
    looks: String,
}

/// Terms as people read them.
struct Shape {
    purpose: String,
    basis: String,
    balancing: String,
    agreement: String,
    people: Vec<String>,
    mode: String,
    until: String,
}

/// `GET /account/supervision`
pub(super) async fn show(visit: Visit) -> Shown {
    let (session, cx) = visit.person()?;
    let rooms = &visit.tenant.rooms;
    let is_guest = session.roles.has(Role::Guest);
    let own = rooms.own_supervised(&cx).await?;
    let all = if is_guest { Vec::new() } else { rooms.supervised(&cx).await? };
    let mut users = supervisors_of(&all);
    users.extend(own.iter().flat_map(|(_, terms, _)| terms.supervisors.iter().cloned()));
    let names = Names::of_profiles(&visit, &cx, users).await?;
    let own = own.into_iter().map(|(room_id, terms, at)| Notice {
        room_id: room_id.to_string(),
        version: terms.version,
        terms: shape(&visit, &names, terms),
        acknowledged: at.map(|at| day(&visit, at)),
    });
    let own = own.collect();
    let amount = |number: usize| count(visit.texts, u64::try_from(number).unwrap_or(0));
    let register = all.into_iter().filter(|room| room.lasts).map(|room| Entry {
        members: amount(room.members),
        looks: amount(room.looks),
        terms: shape(&visit, &names, room.terms),
    });
    let register = register.collect();
    let page = Page::new(&visit, "supervision-title");
    Ok(page::show(&Supervision { page, own, register, is_guest }))
}

/// `POST /account/supervision`: she knows.
pub(super) async fn acknowledge(visit: Visit) -> Shown {
    let (_, cx) = visit.person()?;
    let wrong = || Error::invalid(MatrixCode::InvalidParam, "room: is none.");
    let room_id = RoomId::parse(visit.form.text("room")).map_err(|_| wrong())?;
    let version = visit.form.text("version").parse().map_err(|_| wrong())?;
    visit.tenant.rooms.acknowledge(&cx, &room_id, version).await?;
    Err(Leave::Done("/account/supervision".to_owned(), "layout-done"))
}

fn shape(visit: &Visit, names: &Names, terms: Terms) -> Shape {
    let mode = match terms.mode {
        Mode::Continuous => "supervision-continuous",
        Mode::OnOccasion => "supervision-on-occasion",
    };
    Shape {
        until: day(visit, terms.until()),
        people: terms.supervisors.iter().map(|user| names.said(user)).collect(),
        purpose: terms.purpose,
        basis: terms.legal_basis,
        balancing: terms.balancing,
        agreement: terms.agreement,
        mode: visit.texts.get(mode),
    }
}
