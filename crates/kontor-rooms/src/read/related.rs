//! `/relations` and `/threads`.

use std::sync::Arc;

use kontor_core::{Cx, Result, StreamPos};
use kontor_store::relation::RelationRange;
use ruma::api::Direction as Dir;
use ruma::api::client::threads::get_threads::v1 as threads;
use ruma::serde::Raw;
use ruma::{OwnedEventId, OwnedRoomId, UInt};

use super::{page_size, token, token_position, unknown_word};
use crate::Rooms;
use crate::relations::{LEVELS, RelatedQuery};

/// What `GET /rooms/{roomId}/relations/{eventId}[/{relType}[/{eventType}]]` asks for.
#[derive(Clone, Debug)]
pub struct RelationsRequest {
    /// Room of the event.
    pub room_id: OwnedRoomId,
    /// The event related to.
    pub event_id: OwnedEventId,
    /// Only this relation.
    pub relation: Option<String>,
    /// Only this event type.
    pub kind: Option<String>,
    /// Token to start from.
    pub from: Option<String>,
    /// Token to stop at.
    pub to: Option<String>,
    /// Order.
    pub dir: Dir,
    /// Most events.
    pub limit: Option<UInt>,
    /// Also what relates to it indirectly.
    pub recurse: bool,
}

/// A page of related events.
#[derive(Debug)]
pub struct RelationsPage<T> {
    /// The events.
    pub chunk: Vec<Raw<T>>,
    /// Where the next page starts.
    pub next_batch: Option<String>,
    /// Where this page started.
    pub prev_batch: Option<String>,
    /// Levels of relations that were followed, if indirect ones were asked for.
    pub depth: Option<UInt>,
}

impl Rooms {
    /// Events that relate to one event.
    pub async fn relations<T>(
        &self,
        cx: &Cx,
        request: RelationsRequest,
    ) -> Result<RelationsPage<T>> {
        let room = self.room_for_member(cx, &request.room_id).await?;
        let sight = self.own_sight(cx, &room).await?;
        self.visible_event(cx, &room, &sight, &request.event_id).await?;
        let forwards = request.dir == Dir::Forward;
        let from = request.from.as_deref().map(token_position).transpose()?;
        let to = request.to.as_deref().map(token_position).transpose()?;
        let after = |pos: Option<StreamPos>| pos.unwrap_or(StreamPos::ZERO);
        let before = |pos: Option<StreamPos>| {
            pos.map_or(StreamPos::MAX, |p| StreamPos(p.0.saturating_add(1)))
        };
        let (after, before) = match forwards {
            true => (after(from), before(to)),
            false => (after(to), before(from)),
        };
        let limit = u32::try_from(page_size(request.limit)).unwrap_or(u32::MAX);
        let range = RelationRange { after, before, forwards, limit };
        let query = RelatedQuery {
            target: request.event_id,
            relation: request.relation,
            kind: request.kind,
            range,
        };
        let mut events = match request.recurse {
            true => self.related_deeply(cx, &room, query).await?,
            false => self.related(cx, &room, query).await?,
        };
        let full = events.len() >= limit as usize;
        let last = events.last().map(|event| match forwards {
            true => event.pos(),
            false => StreamPos(event.pos().0 - 1),
        });
        events.retain(|event| sight.sees(event));
        Ok(RelationsPage {
            chunk: self.show_events(cx, &room, (&sight, true), &events).await?,
            next_batch: last.filter(|_| full).map(token),
            prev_batch: request.from,
            depth: request.recurse.then(|| UInt::from(LEVELS)),
        })
    }

    /// Thread roots, newest reply first (spec: `GET /rooms/{roomId}/threads`).
    pub async fn thread_roots(
        &self,
        cx: &Cx,
        request: threads::Request,
    ) -> Result<threads::Response> {
        let known = [threads::IncludeThreads::All, threads::IncludeThreads::Participated];
        if !known.contains(&request.include) {
            return Err(unknown_word("include", "all or participated"));
        }
        let room = self.room_for_member(cx, &request.room_id).await?;
        let sight = self.own_sight(cx, &room).await?;
        let user = cx.user()?.to_owned();
        let from = request.from.as_deref().map(token_position).transpose()?;
        let before = from.map_or(StreamPos::MAX, |pos| StreamPos(pos.0.saturating_add(1)));
        let limit = page_size(request.limit);
        let sql_limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let found = self.threads(cx, &room, &user, (before, sql_limit)).await?;
        let full = found.len() >= limit;
        let next = found.last().map(|(row, _)| StreamPos(row.newest.0 - 1));
        let only_own = request.include == threads::IncludeThreads::Participated;
        let events: Vec<_> = found
            .into_iter()
            .filter(|(row, root)| !only_own || row.participated || root.pdu.sender == user)
            .map(|(_, root)| root)
            .filter(|root| sight.may_see(root))
            // spec: the thread of somebody who is ignored is shown, what it began with is not.
            .map(|root| if sight.ignores(&root) { Arc::new(root.emptied()) } else { root })
            .collect();
        let chunk = self.show_events(cx, &room, (&sight, true), &events).await?;
        let mut response = threads::Response::new(chunk);
        response.next_batch = next.filter(|_| full).map(token);
        Ok(response)
    }
}
