//! What classes of rooms there are, what follows from each, and what is supervised.
//! law

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use askama::Template;
use kontor_core::{Permission, RoomClass};
use kontor_policy::{Audience, ClassRules, Encryption};
use kontor_rooms::{Mode, Supervised};
use ruma::OwnedUserId;

use super::names::Names;
use crate::amount::count;
use crate::frame::{Shown, Visit};
use crate::page::{self, Page};
use crate::when::day;

#[derive(Template)]
#[template(path = "admin/classes.html")]
struct Classes {
    page: Page,
    lines: Vec<Class>,
    supervised: Vec<Line>,
    /// Whether the viewer may change settings: then the period is a link.
    may_decide: bool,
}

struct Class {
    name: String,
    purpose: String,
    rooms: String,
    rules: ClassRules,
    /// Whether guests and partners may come in.
    outsiders: bool,
    encryption: String,
    period: String,
    /// Name of the setting with the period.
    setting: String,
}

struct Line {
    purpose: String,
    basis: String,
    people: Vec<String>,
    mode: String,
    until: String,
    is_over: bool,
    members: String,
    looks: String,
}

/// `GET /admin/classes`
pub(super) async fn show(visit: Visit) -> Shown {
    let (session, cx) = visit.officer()?;
    let may_decide = session.roles.may(Permission::DecidePolicy);
    let counts: BTreeMap<RoomClass, u64> =
        visit.tenant.rooms.count_by_class(&cx).await?.into_iter().collect();
    let lines = RoomClass::ALL.into_iter().map(|class| class_of(&visit, class, &counts)).collect();
    let supervised = visit.tenant.rooms.supervised(&cx).await?;
    let names = Names::of_profiles(&visit, &cx, supervisors_of(&supervised)).await?;
    let supervised = supervised.into_iter().map(|room| line_of(&visit, &names, room)).collect();
    let page = Page::new(&visit, "classes-title");
    Ok(page::show(&Classes { page, lines, supervised, may_decide }))
}

fn class_of(visit: &Visit, class: RoomClass, counts: &BTreeMap<RoomClass, u64>) -> Class {
    let texts = visit.texts;
    let rules = ClassRules::of(class);
    let encryption = match rules.encryption {
        Encryption::Always => "classes-encrypted-always",
        Encryption::AsPolicy => "classes-encrypted-policy",
        Encryption::Optional => "classes-encrypted-optional",
    };
    let unit = if class == RoomClass::Ephemeral { "hours" } else { "days" };
    Class {
        name: texts.get(name(class)),
        purpose: texts.get(purpose(class)),
        rooms: count(texts, counts.get(&class).copied().unwrap_or_default()),
        outsiders: rules.audience == Audience::Outsiders,
        encryption: texts.get(encryption),
        rules,
        period: period(visit, class, visit.tenant.policy.now().retention.of(class)),
        setting: format!("retention_{class}_{unit}"),
    }
}

/// How long messages of a class are kept.
pub(crate) fn period(visit: &Visit, class: RoomClass, period: Duration) -> String {
    let hours = usize::try_from(period.as_secs() / 3600).unwrap_or(usize::MAX);
    match class {
        RoomClass::Ephemeral => visit.texts.get_with("classes-hours", "count", hours),
        _ => visit.texts.get_with("classes-days", "count", hours / 24),
    }
}

/// Those who supervise one of these rooms.
pub(crate) fn supervisors_of(rooms: &[Supervised]) -> BTreeSet<OwnedUserId> {
    rooms.iter().flat_map(|room| room.terms.supervisors.iter().cloned()).collect()
}

fn line_of(visit: &Visit, names: &Names, room: Supervised) -> Line {
    let texts = visit.texts;
    let mode = match room.terms.mode {
        Mode::Continuous => "supervision-continuous",
        Mode::OnOccasion => "supervision-on-occasion",
    };
    Line {
        until: day(visit, room.terms.until()),
        basis: room.terms.legal_basis,
        people: room.terms.supervisors.iter().map(|user| names.said(user)).collect(),
        purpose: room.terms.purpose,
        mode: texts.get(mode),
        is_over: !room.lasts,
        members: count(texts, u64::try_from(room.members).unwrap_or(u64::MAX)),
        looks: count(texts, u64::try_from(room.looks).unwrap_or(u64::MAX)),
    }
}

/// Text: the name of a class.
pub(crate) const fn name(class: RoomClass) -> &'static str {
    match class {
        RoomClass::Internal => "class-intern",
        RoomClass::External => "class-extern",
        RoomClass::BusinessLetter => "class-handelsbrief",
        RoomClass::Supervised => "class-beaufsichtigt",
        RoomClass::Private => "class-privat",
        RoomClass::Confidential => "class-vertraulich",
        RoomClass::Ephemeral => "class-fluechtig",
        RoomClass::Announcement => "class-bekanntmachung",
    }
}

/// Text: what rooms of a class are for.
const fn purpose(class: RoomClass) -> &'static str {
    match class {
        RoomClass::Internal => "class-intern-what",
        RoomClass::External => "class-extern-what",
        RoomClass::BusinessLetter => "class-handelsbrief-what",
        RoomClass::Supervised => "class-beaufsichtigt-what",
        RoomClass::Private => "class-privat-what",
        RoomClass::Confidential => "class-vertraulich-what",
        RoomClass::Ephemeral => "class-fluechtig-what",
        RoomClass::Announcement => "class-bekanntmachung-what",
    }
}
