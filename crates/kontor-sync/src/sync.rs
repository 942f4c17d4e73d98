//! One `/sync` request: build an answer, or wait until there is one.

use std::sync::Arc;
use std::time::Duration;

use kontor_account_data::{AccountData, check_filter, read_filter};
use kontor_core::{Cx, Error, Kind, MatrixCode, Result, StreamPos};
use kontor_e2ee::{E2ee, Moves};
use kontor_feed::Feed;
use kontor_identity::Identity;
use kontor_presence::{Presence, Pulse, Typing};
use kontor_protocol::{EventMatcher, Fields};
use kontor_push::Push;
use kontor_receipts::Receipts;
use kontor_rooms::{Rooms, UserRoom, UserRooms};
use ruma::api::client::filter::{FilterDefinition, LazyLoadOptions};
use ruma::api::client::sync::sync_events::v3::{self, Request, Response};
use ruma::events::room::member::MembershipState;
use ruma::{OwnedRoomId, OwnedUserId, RoomId};
use tokio::time::Instant;

use crate::encryption::note_moves;
use crate::token::Token;

/// Longest time a request waits for something new.
const WAIT_LIMIT: Duration = Duration::from_secs(90);

/// Timeline events per room if the filter names no number, and the most it may name.
const TIMELINE_DEFAULT: usize = 20;
const TIMELINE_LIMIT: usize = 500;

/// Builds `/sync` answers for one organisation. Cheap to clone.
#[derive(Clone)]
pub struct Sync {
    pub(crate) sources: Sources,
    pub(crate) rooms: Rooms,
}

/// Where the parts of an answer come from.
#[derive(Clone)]
pub struct Sources {
    /// Who must wake.
    pub feed: Feed,
    /// Whether a request that has waited is still let in.
    pub identity: Identity,
    /// Rooms and their events.
    pub rooms: Rooms,
    /// Keys, and messages between devices.
    pub e2ee: E2ee,
    /// Account data and stored filters.
    pub account_data: AccountData,
    /// Read receipts.
    pub receipts: Receipts,
    /// Push rules and unread counts.
    pub push: Push,
    /// Typing notices.
    pub typing: Typing,
    /// Presence.
    pub presence: Presence,
    /// Counts the changes of the last two.
    pub pulse: Pulse,
}

/// What every part of one answer needs.
pub(crate) struct Scope {
    pub(crate) user: OwnedUserId,
    /// Where the device has read to; `None` on a first sync.
    pub(crate) since: Option<Token>,
    /// What this answer covers.
    pub(crate) upto: Token,
    pub(crate) filter: FilterDefinition,
    pub(crate) timeline: EventMatcher,
    pub(crate) state: EventMatcher,
    /// The parts of room events that are asked for; `None`: all.
    pub(crate) fields: Option<Fields>,
    /// Answer the whole state of every room.
    pub(crate) full_state: bool,
    /// Answer state as after the timeline (`use_state_after`).
    pub(crate) state_after: bool,
}

impl Scope {
    /// Position the device has read to; zero on a first sync.
    pub(crate) fn since_pos(&self) -> StreamPos {
        self.since.map_or(StreamPos::ZERO, |since| since.stream)
    }

    /// Most timeline events per room.
    pub(crate) fn timeline_limit(&self) -> usize {
        let asked = self.filter.room.timeline.limit;
        let asked = asked.and_then(|limit| usize::try_from(u64::from(limit)).ok());
        asked.unwrap_or(TIMELINE_DEFAULT).clamp(1, TIMELINE_LIMIT)
    }

    /// Members are sent only for senders in the timeline.
    pub(crate) fn lazy_members(&self) -> bool {
        matches!(self.filter.room.state.lazy_load_options, LazyLoadOptions::Enabled { .. })
    }

    pub(crate) fn wants_room(&self, room_id: &RoomId) -> bool {
        let filter = &self.filter.room;
        filter.rooms.as_ref().is_none_or(|rooms| rooms.iter().any(|id| id == room_id))
            && !filter.not_rooms.iter().any(|id| id == room_id)
    }
}

impl Sync {
    /// The service over its sources.
    #[must_use]
    pub fn new(sources: Sources) -> Self {
        Self { rooms: sources.rooms.clone(), sources }
    }

    /// Answers at once if there is something new, else as soon as there is, at the latest after
    /// the request's timeout.
    ///
    /// # Errors
    /// `Unauthenticated` as soon as the sign-in ends while it waits.
    pub async fn sync(&self, cx: &Cx, request: Request) -> Result<Response> {
        let wait = request.timeout.unwrap_or_default().min(WAIT_LIMIT);
        let deadline = Instant::now() + wait;
        let presence = request.set_presence.clone();
        let mut scope = self.scope(cx, request).await?;
        self.sources.presence.seen(cx, presence).await?;
        self.confirm(cx, &scope)?;
        let mut listener = self.sources.feed.listen(&scope.user);
        loop {
            // Whoever was signed out is woken, but hears nothing more.
            self.sources.identity.authenticate_again(cx).await?;
            scope.upto = Token {
                stream: self.rooms.committed(),
                ephemeral: self.sources.pulse.now(),
                inbox: None,
            };
            let response = self.build(cx, &scope).await?;
            let waits = scope.since.is_some() && !scope.full_state && is_empty(&response);
            if !waits || tokio::time::timeout_at(deadline, listener.changed()).await.is_err() {
                self.note_gaps(cx, &scope, &response)?;
                return Ok(response);
            }
        }
    }

    /// Whoever asks for what is new has what came before, unless a filter kept something away.
    fn confirm(&self, cx: &Cx, scope: &Scope) -> Result<()> {
        let filter = &scope.filter.room;
        let timeline = &filter.timeline;
        let is_whole = filter.rooms.is_none()
            && filter.not_rooms.is_empty()
            && timeline.types.is_none()
            && timeline.not_types.is_empty()
            && timeline.senders.is_none()
            && timeline.not_senders.is_empty()
            && timeline.rooms.is_none()
            && timeline.not_rooms.is_empty();
        if let Some(since) = scope.since.filter(|_| is_whole) {
            let device = (scope.user.clone(), cx.device()?.to_owned());
            self.sources.feed.deliveries().confirm(device, since.stream);
        }
        Ok(())
    }

    /// Of these rooms the device gets the newest part only.
    fn note_gaps(&self, cx: &Cx, scope: &Scope, response: &Response) -> Result<()> {
        for (room_id, room) in &response.rooms.join {
            if room.timeline.limited {
                let device = (scope.user.clone(), cx.device()?.to_owned());
                let (deliveries, upto) = (self.sources.feed.deliveries(), scope.upto.stream);
                deliveries.note_gap(device, room_id.clone(), upto);
            }
        }
        Ok(())
    }

    async fn scope(&self, cx: &Cx, request: Request) -> Result<Scope> {
        let since = request.since.as_deref().map(Token::parse).transpose()?;
        let filter = match request.filter {
            Some(v3::Filter::FilterDefinition(filter)) => filter,
            Some(v3::Filter::FilterId(text)) => self.filter(cx, &text).await?,
            _ => FilterDefinition::default(),
        };
        check_filter(&filter)?;
        Ok(Scope {
            user: cx.user()?.to_owned(),
            since,
            upto: Token { stream: StreamPos::ZERO, ephemeral: 0, inbox: None },
            timeline: EventMatcher::new(&filter.room.timeline),
            state: EventMatcher::new(&filter.room.state),
            fields: filter.event_fields.as_deref().map(Fields::new),
            filter,
            full_state: request.full_state,
            state_after: request.use_state_after,
        })
    }

    /// The filter kept under this id.
    ///
    /// # Errors
    /// `Invalid`, naming what is wrong, if there is none, or if it is a filter of the wrong shape.
    async fn filter(&self, cx: &Cx, text: &str) -> Result<FilterDefinition> {
        if text.trim_start().starts_with('{') {
            return read_filter(text);
        }
        let found = self.sources.account_data.filter(cx, cx.user()?, text).await;
        found.map_err(|error| match error.kind {
            Kind::NotFound => {
                Error::invalid(MatrixCode::InvalidParam, "filter: there is no such filter.")
            }
            _ => error,
        })
    }

    async fn build(&self, cx: &Cx, scope: &Scope) -> Result<Response> {
        let mut response = Response::new(scope.upto.to_string());
        let rooms = self.rooms.rooms_of(cx, &scope.user).await?;
        let mut moves = Moves::default();
        for (room_id, entry) in self.rooms_to_visit(&rooms, scope) {
            if let Some(since) = scope.since {
                let room = self.rooms.room(cx, &room_id).await?;
                note_moves(&mut moves, (&room, entry), since.stream);
            }
            self.add_room(cx, scope, (room_id, entry), &mut response).await?;
        }
        self.add_to_device(cx, scope, &mut response).await?;
        self.add_keys(cx, scope, &moves, &mut response).await?;
        self.add_ephemeral(cx, scope, &rooms, &mut response).await?;
        self.add_account_data(cx, scope, &rooms, &mut response).await?;
        self.add_default_rules(cx, scope, &mut response).await?;
        self.add_unread(cx, scope, &mut response).await?;
        self.add_presence(cx, scope, &mut response).await?;
        Ok(response)
    }

    /// Rooms that may have something new for the device.
    fn rooms_to_visit<'r>(
        &self,
        rooms: &'r UserRooms,
        scope: &Scope,
    ) -> Vec<(OwnedRoomId, &'r UserRoom)> {
        let candidates = match scope.since {
            Some(since) if !scope.full_state => self.rooms.changed_rooms(rooms, since.stream),
            _ => rooms.keys().cloned().collect(),
        };
        candidates
            .into_iter()
            .filter(|room_id| scope.wants_room(room_id))
            .filter_map(|room_id| rooms.get(&room_id).map(|entry| (room_id, entry)))
            .collect()
    }

    async fn add_room(
        &self,
        cx: &Cx,
        scope: &Scope,
        (room_id, entry): (OwnedRoomId, &UserRoom),
        response: &mut Response,
    ) -> Result<()> {
        // A membership behind the answer's position comes with the next answer.
        let changed = entry.pos > scope.since_pos();
        match entry.membership {
            MembershipState::Join => {
                let room = self.rooms.room(cx, &room_id).await?;
                if let Some(joined) = self.joined(cx, scope, &room, entry).await? {
                    response.rooms.join.insert(room_id, joined);
                }
            }
            MembershipState::Invite if changed || scope.full_state => {
                let room = self.rooms.room(cx, &room_id).await?;
                if self.rooms.hides_invitation(cx, &room, &scope.user).await? {
                    return Ok(());
                }
                response.rooms.invite.insert(room_id, self.invited(scope, &room));
            }
            MembershipState::Knock if changed || scope.full_state => {
                let room = self.rooms.room(cx, &room_id).await?;
                response.rooms.knock.insert(room_id, self.knocked(scope, &room));
            }
            MembershipState::Leave | MembershipState::Ban if !entry.forgotten && changed => {
                let room = self.rooms.room(cx, &room_id).await?;
                if let Some(left) = self.left(cx, scope, &room, entry).await? {
                    response.rooms.leave.insert(room_id, left);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Nothing in it that is worth waking a device for.
fn is_empty(response: &Response) -> bool {
    response.rooms.is_empty()
        && response.presence.events.is_empty()
        && response.account_data.events.is_empty()
        && response.to_device.events.is_empty()
        && response.device_lists.changed.is_empty()
        && response.device_lists.left.is_empty()
}

/// Shared handle, as the parts of an answer take it.
pub(crate) type RoomHandle = Arc<kontor_rooms::Room>;
