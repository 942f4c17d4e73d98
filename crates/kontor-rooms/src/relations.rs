//! What relates to an event: the bundled aggregations, lists of related events, threads.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kontor_core::{Cx, Error, Result, RoomNid, StreamPos};
use kontor_db::Tx;
use kontor_store::relation::{self, ChildRow, RelationGroup, RelationRange, ThreadRow};
use ruma::{EventId, OwnedEventId, UserId};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use crate::load::into_events;
use crate::{Event, Room, Rooms, Sight};

/// Most references bundled with one event.
const REFERENCES: u32 = 50;

/// Levels of relations that are followed where indirect ones are asked for (spec: at least 3).
pub(crate) const LEVELS: u32 = 3;

/// Most events found on the way.
const DESCENDANTS: u32 = 10_000;

/// Bundled aggregations by event id.
pub(crate) type Bundles = HashMap<OwnedEventId, Box<RawValue>>;

/// Which related events are asked for.
#[derive(Clone, Debug)]
pub struct RelatedQuery {
    /// The event related to.
    pub target: OwnedEventId,
    /// Only this relation.
    pub relation: Option<String>,
    /// Only this event type.
    pub kind: Option<String>,
    /// Order, bounds and number.
    pub range: RelationRange,
}

/// The events that bundles show.
struct Newest {
    /// By position.
    events: HashMap<StreamPos, Arc<Event>>,
    /// The newest edits of thread replies, by the position of the reply.
    edits: HashMap<StreamPos, Arc<Event>>,
}

/// The relations of one event that are bundled with it.
#[derive(Default)]
struct Bundle {
    replacement: Option<StreamPos>,
    thread: Option<(i64, StreamPos, bool)>,
    has_references: bool,
}

impl Rooms {
    /// The `m.relations` of events as `viewer` sees them (spec: "Aggregations of child events").
    ///
    /// Two statements for any number of events, none if no event has been related to.
    pub(crate) async fn bundles(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        (viewer, sight): (&UserId, &Sight),
        events: &[Arc<Event>],
    ) -> Result<Bundles> {
        let targets: Vec<&Arc<Event>> =
            events.iter().filter(|e| e.may_be_related_to() && !e.is_redacted()).collect();
        if targets.is_empty() {
            return Ok(HashMap::new());
        }
        let groups = self.relation_groups(cx, room, &targets, sight.horizon()).await?;
        if groups.is_empty() {
            return Ok(HashMap::new());
        }
        let ignored = Vec::new();
        let mut bundles: HashMap<OwnedEventId, Bundle> = HashMap::new();
        for event in &targets {
            let own = groups.get(event.pdu.event_id.as_str()).unwrap_or(&ignored);
            if !own.is_empty() {
                bundles.insert(event.pdu.event_id.clone(), bundle(event, viewer, own));
            }
        }
        let positions: Vec<StreamPos> = bundles
            .values()
            .flat_map(|bundle| bundle.replacement.into_iter().chain(bundle.thread.map(|t| t.1)))
            .collect();
        let mut newest = self.events_at(cx, room, positions).await?;
        newest.retain(|event| sight.sees(event));
        let replies: HashSet<StreamPos> =
            bundles.values().filter_map(|bundle| bundle.thread.map(|thread| thread.1)).collect();
        let replies: Vec<&Arc<Event>> =
            newest.iter().filter(|event| replies.contains(&event.pos())).collect();
        let edits = self.edits_of(cx, room, sight, &replies).await?;
        let newest = Newest {
            events: newest.iter().map(|event| (event.pos(), Arc::clone(event))).collect(),
            edits,
        };
        let mut rendered = HashMap::new();
        for (event_id, bundle) in bundles {
            let references = match bundle.has_references {
                true => self.references(cx, room, &event_id, sight).await?,
                false => Vec::new(),
            };
            if let Some(json) = render(cx, &bundle, &newest, &references)? {
                rendered.insert(event_id, json);
            }
        }
        Ok(rendered)
    }

    /// The newest edits of these events, by the position of what they edit.
    async fn edits_of(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        sight: &Sight,
        events: &[&Arc<Event>],
    ) -> Result<HashMap<StreamPos, Arc<Event>>> {
        let targets: Vec<&Arc<Event>> =
            events.iter().copied().filter(|e| e.may_be_related_to() && !e.is_redacted()).collect();
        if targets.is_empty() {
            return Ok(HashMap::new());
        }
        let groups = self.relation_groups(cx, room, &targets, sight.horizon()).await?;
        let edited: HashMap<StreamPos, StreamPos> = targets
            .iter()
            .filter_map(|event| {
                let own = groups.get(event.pdu.event_id.as_str())?;
                Some((bundle(event, &event.pdu.sender, own).replacement?, event.pos()))
            })
            .collect();
        let edits = self.events_at(cx, room, edited.keys().copied().collect()).await?;
        let seen = edits.into_iter().filter(|edit| sight.sees(edit));
        Ok(seen.filter_map(|edit| Some((*edited.get(&edit.pos())?, edit))).collect())
    }

    async fn relation_groups(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        targets: &[&Arc<Event>],
        upto: StreamPos,
    ) -> Result<HashMap<String, Vec<RelationGroup>>> {
        let ids: Vec<OwnedEventId> =
            targets.iter().map(|event| event.pdu.event_id.clone()).collect();
        let nid = room.nid;
        let rows = self
            .db
            .read(cx, move |tx| {
                let ids: Vec<&EventId> = ids.iter().map(|id| &**id).collect();
                relation::list_relation_groups(tx, nid, &ids, upto)
            })
            .await?;
        let mut groups: HashMap<String, Vec<RelationGroup>> = HashMap::new();
        for row in rows {
            groups.entry(row.target.clone()).or_default().push(row);
        }
        Ok(groups)
    }

    async fn references(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        target: &EventId,
        sight: &Sight,
    ) -> Result<Vec<OwnedEventId>> {
        let range = RelationRange {
            after: StreamPos::ZERO,
            before: StreamPos::MAX,
            forwards: true,
            limit: REFERENCES,
        };
        let (target, relation) = (target.to_owned(), Some("m.reference".to_owned()));
        let query = RelatedQuery { target, relation, kind: None, range };
        let events = self.related(cx, room, query).await?;
        Ok(events
            .iter()
            .filter(|event| sight.sees(event))
            .map(|event| event.pdu.event_id.clone())
            .collect())
    }

    /// Events that relate to one event, whoever asks: the caller filters by sight.
    pub async fn related(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        query: RelatedQuery,
    ) -> Result<Vec<Arc<Event>>> {
        let room = Arc::clone(room);
        self.db
            .read(cx, move |tx| {
                let picked = (query.relation.as_deref(), query.kind.as_deref());
                let target = (room.nid, &*query.target);
                let rows = relation::list_related_events(tx, target, picked, query.range)?;
                into_events(tx, rows, (room.nid, &room.room_id), &room.rules)
            })
            .await
    }

    /// As [`Self::related`], with what relates to those events in turn, down to [`LEVELS`]. Relation
    /// and type choose among all that is found; on the way every relation is followed.
    pub(crate) async fn related_deeply(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        query: RelatedQuery,
    ) -> Result<Vec<Arc<Event>>> {
        let wanted = (Arc::clone(room), query.clone());
        let positions = self.db.read(cx, move |tx| below(tx, wanted.0.nid, &wanted.1)).await?;
        let mut events = self.events_at(cx, room, positions).await?;
        if !query.range.forwards {
            events.reverse();
        }
        Ok(events)
    }

    /// Threads of a room, newest reply first, with their root events.
    pub async fn threads(
        &self,
        cx: &Cx,
        room: &Arc<Room>,
        viewer: &UserId,
        (before, limit): (StreamPos, u32),
    ) -> Result<Vec<(ThreadRow, Arc<Event>)>> {
        let (nid, name) = (room.nid, viewer.to_string());
        let rows = self
            .db
            .read(cx, move |tx| relation::list_threads(tx, nid, &name, before, limit))
            .await?;
        let mut threads = Vec::with_capacity(rows.len());
        for row in rows {
            let root = EventId::parse(&*row.root).map_err(Error::internal)?;
            // A root that was never sent here: the replies name an event of nowhere.
            if let Ok(event) = self.event_in_room(cx, room, &root).await {
                threads.push((row, event));
            }
        }
        Ok(threads)
    }
}

/// Positions of the events that relate to one, directly or not, within the query's bounds.
fn below(tx: &mut Tx<'_>, room: RoomNid, query: &RelatedQuery) -> Result<Vec<StreamPos>> {
    let mut level = vec![query.target.to_string()];
    let mut seen: HashSet<String> = level.iter().cloned().collect();
    let mut found: Vec<ChildRow> = Vec::new();
    for _ in 0..LEVELS {
        let targets: Vec<&str> = level.iter().map(String::as_str).collect();
        let left = DESCENDANTS.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
        if targets.is_empty() || left == 0 {
            break;
        }
        let children = relation::list_children(tx, room, &targets, left)?;
        let new: Vec<ChildRow> =
            children.into_iter().filter(|child| seen.insert(child.event_id.clone())).collect();
        level = new.iter().map(|child| child.event_id.clone()).collect();
        found.extend(new);
    }
    let range = query.range;
    found.retain(|child| {
        child.pos > range.after
            && child.pos < range.before
            && query.relation.as_ref().is_none_or(|relation| *relation == child.relation)
            && query.kind.as_ref().is_none_or(|kind| *kind == child.kind)
    });
    found.sort_by_key(|child| child.pos);
    if !range.forwards {
        found.reverse();
    }
    found.truncate(range.limit as usize);
    Ok(found.into_iter().map(|child| child.pos).collect())
}

/// Picks from an event's relations what is bundled.
fn bundle(event: &Event, viewer: &UserId, groups: &[RelationGroup]) -> Bundle {
    let mut bundle = Bundle::default();
    for group in groups {
        match &*group.relation {
            // Only the author may edit, and only by an event of the same type.
            "m.replace"
                if group.sender == event.pdu.sender.as_str()
                    && group.kind == event.pdu.kind.to_string()
                    && !event.is_state() =>
            {
                bundle.replacement = bundle.replacement.max(Some(group.newest));
            }
            "m.thread" => {
                let (count, newest, participated) =
                    bundle.thread.unwrap_or((0, StreamPos::ZERO, false));
                bundle.thread = Some((
                    count + group.count,
                    newest.max(group.newest),
                    participated || group.sender == viewer.as_str(),
                ));
            }
            "m.reference" => bundle.has_references = true,
            _ => {}
        }
    }
    if let Some((_, _, participated)) = &mut bundle.thread {
        *participated = *participated || event.pdu.sender == viewer;
    }
    bundle
}

fn render(
    cx: &Cx,
    bundle: &Bundle,
    newest: &Newest,
    references: &[OwnedEventId],
) -> Result<Option<Box<RawValue>>> {
    let viewer = cx.session().ok();
    let show = |event: &Event| event.render(true, &event.unsigned(viewer, cx.now));
    let mut relations: HashMap<&str, Box<RawValue>> = HashMap::new();
    if let Some(event) = bundle.replacement.and_then(|pos| newest.events.get(&pos)) {
        relations.insert("m.replace", show(event));
    }
    if let Some((count, pos, participated)) = bundle.thread
        && let Some(event) = newest.events.get(&pos)
    {
        let mut beside = event.unsigned(viewer, cx.now);
        if let Some(edit) = newest.edits.get(&pos) {
            let edit = HashMap::from([("m.replace", show(edit))]);
            beside.relations = Some(to_raw_value(&edit).map_err(Error::internal)?);
        }
        let thread = json!({
            "latest_event": event.render(true, &beside),
            "count": count,
            "current_user_participated": participated,
        });
        relations.insert("m.thread", to_raw_value(&thread).map_err(Error::internal)?);
    }
    if !references.is_empty() {
        let chunk: Vec<_> = references.iter().map(|id| json!({ "event_id": id })).collect();
        let list = json!({ "chunk": chunk });
        relations.insert("m.reference", to_raw_value(&list).map_err(Error::internal)?);
    }
    if relations.is_empty() {
        return Ok(None);
    }
    to_raw_value(&relations).map(Some).map_err(Error::internal)
}
