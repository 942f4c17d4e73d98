//! What holds for any bytes whatever. Shared with the fuzz targets (`fuzz/`), which include this
//! file; a violation is a panic.

use std::sync::{Arc, LazyLock};

use kontor_core::{Error, Kind, Secret};
use kontor_protocol::{
    ClientEvent, EventDraft, EventMatcher, FlatEvent, Integrity, Pdu, PowerLevels, PublicKeys,
    PushRules, RoomRules, SignedEvent, SigningKey, Viewer, auth_types, authorize, redact, relation,
    sign, verify,
};
use ruma::api::client::filter::{FilterDefinition, RoomEventFilter, UrlFilter};
use ruma::push::{Action, Ruleset};
use ruma::{
    EventId, MilliSecondsSinceUnixEpoch, OwnedUserId, RoomId, RoomVersionId, ServerName, UserId,
};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// What every run needs: rules of all versions and a key.
struct Bench {
    rules: [RoomRules; 3],
    key: SigningKey,
    keys: PublicKeys,
    alice: OwnedUserId,
}

static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let versions = [RoomVersionId::V10, RoomVersionId::V11, RoomVersionId::V12];
    let key = SigningKey::from_seed(&Secret::new([7; 32]), "a").expect("a seed");
    let keys = key.public_keys(server());
    Bench {
        rules: versions.map(|version| RoomRules::supported(&version).expect("served")),
        key,
        keys,
        alice: OwnedUserId::try_from("@alice:kontor.test").expect("a user id"),
    }
});

fn server() -> &'static ServerName {
    <&ServerName>::try_from("kontor.test").expect("a server name")
}

fn room_id() -> &'static RoomId {
    <&RoomId>::try_from("!room:kontor.test").expect("a room id")
}

fn draft(kind: &str, state_key: Option<&str>, content: Box<RawValue>) -> EventDraft {
    EventDraft {
        room_id: Some(room_id().to_owned()),
        sender: BENCH.alice.clone(),
        kind: kind.into(),
        state_key: state_key.map(ToOwned::to_owned),
        content,
        redacts: None,
        prev_events: Vec::new(),
        auth_events: Vec::new(),
        depth: 1,
        origin_server_ts: MilliSecondsSinceUnixEpoch(1_u32.into()),
    }
}

/// The sender's fault, and said so.
fn assert_blames_the_sender(refused: &Error) {
    let blamed = matches!(refused.kind, Kind::Invalid | Kind::Limited | Kind::Forbidden);
    assert!(blamed, "{refused:?}");
}

/// Whatever content is accepted is stored in canonical form, means the same as before, verifies,
/// and is redacted without changing its id.
pub(crate) fn canonical_json(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(content) = RawValue::from_string(text.to_owned()) else { return };
    let meant: Value = serde_json::from_str(content.get()).unwrap_or_default();
    // One version each time: signatures are what takes long.
    let rules = &BENCH.rules[bytes.len() % BENCH.rules.len()];
    let draft = draft("m.room.message", None, content);
    let event = match sign(draft, rules, server(), &BENCH.key) {
        Ok(event) => event,
        Err(refused) => return assert_blames_the_sender(&refused),
    };
    // The map of this parser is sorted, and it writes neither blanks nor needless escapes.
    let read: Value = serde_json::from_slice(&event.json).expect("stored JSON is JSON");
    assert_eq!(serde_json::to_vec(&read).expect("a value"), event.json, "canonical");
    assert_eq!(read.get("content"), Some(&meant), "means the same");
    assert_eq!(event.pdu.content.get(), meant.to_string(), "the event holds what is stored");
    let verified = verify(&event.json, rules, &BENCH.keys).expect("own events verify");
    assert_eq!(verified.integrity, Integrity::Intact);
    assert_eq!(verified.event.pdu.event_id, event.pdu.event_id);
    assert_redacts(&event, rules);
}

fn assert_redacts(event: &SignedEvent, rules: &RoomRules) {
    let once = redact(&event.json, &event.pdu, rules).expect("redacted");
    let twice = redact(&once.json, &once.pdu, rules).expect("redacted again");
    assert_eq!(once.json, twice.json, "redacting twice is redacting once");
    let verified = verify(&once.json, rules, &BENCH.keys).expect("the signature holds");
    assert_eq!(verified.event.pdu.event_id, event.pdu.event_id, "the id stays");
}

/// Any bytes are an event or refused; an event is shown, related, authorized without a panic.
pub(crate) fn event_parsing(bytes: &[u8]) {
    let event_id = EventId::parse("$event").expect("an event id");
    for rules in &BENCH.rules {
        match verify(bytes, rules, &BENCH.keys) {
            Ok(verified) => assert_shown(&verified.event.pdu, rules),
            Err(refused) => assert_blames_the_sender(&refused),
        }
        if let Ok(pdu) = Pdu::from_stored(event_id.clone(), room_id(), bytes, rules) {
            assert_shown(&pdu, rules);
            sign_again(&pdu, rules);
        }
    }
}

fn assert_shown(pdu: &Pdu, rules: &RoomRules) {
    let shown = ClientEvent::new(pdu).render(Some(&pdu.room_id), Some("{\"age\":1}"));
    let shown: Value = serde_json::from_str(shown.get()).expect("clients get JSON");
    let content: Value = serde_json::from_str(pdu.content.get()).unwrap_or_default();
    assert_eq!(shown.get("content"), Some(&content));
    assert_eq!(shown.get("sender"), Some(&pdu.sender.as_str().into()));
    assert_eq!(shown.get("state_key").is_some(), pdu.state_key.is_some());
    let related = relation(pdu).is_some();
    assert!(!related || pdu.state_key.is_none(), "state is never a relation");
    let _kind = pdu.membership();
    let key = pdu.state_key.as_deref();
    let _types = auth_types(rules, &pdu.kind, &pdu.sender, key, &pdu.content);
    // Judged by itself in every role, as what it is not.
    let _outcome = authorize(rules, pdu, |_, _| Some(pdu));
    let _outcome = authorize(rules, pdu, |_, _| None);
    let levels = PowerLevels::new(rules, Some(pdu), Some(pdu));
    let _level = (levels.of(&pdu.sender), levels.may_set_state(&pdu.sender, "m.room.topic"));
}

/// What was read can be signed as our own, or is refused for what it contains.
fn sign_again(pdu: &Pdu, rules: &RoomRules) {
    let content = pdu.content.get().to_owned();
    let Ok(content) = RawValue::from_string(content) else { return };
    let draft = draft(&pdu.kind.to_string(), pdu.state_key.as_deref(), content);
    match sign(draft, rules, server(), &BENCH.key) {
        Ok(event) => assert_shown(&event.pdu, rules),
        Err(refused) => assert_blames_the_sender(&refused),
    }
}

/// A filter, an event type and a content, on a line each: the matcher agrees with the definition,
/// and with itself after the filter went through the store.
pub(crate) fn filters(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.splitn(3, '\n');
    let (Some(filter), Some(kind)) = (lines.next(), lines.next()) else { return };
    if let Ok(whole) = serde_json::from_str::<FilterDefinition>(filter) {
        let stored = serde_json::to_string(&whole).expect("filters are stored as JSON");
        let read: FilterDefinition = serde_json::from_str(&stored).expect("and read again");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), stored);
    }
    let Ok(filter) = serde_json::from_str::<RoomEventFilter>(filter) else { return };
    let content = lines.next().unwrap_or("{}").to_owned();
    let Ok(content) = RawValue::from_string(content) else { return };
    let pdu = unsigned_pdu(kind, &content);
    let matches = EventMatcher::new(&filter).matches(&pdu);
    assert_eq!(matches, naive_match(&filter, &pdu), "{filter:?} on {pdu:?}");
    let stored = serde_json::to_string(&filter).expect("JSON");
    let read: RoomEventFilter = serde_json::from_str(&stored).expect("and read again");
    assert_eq!(EventMatcher::new(&read).matches(&pdu), matches, "{stored}");
}

fn unsigned_pdu(kind: &str, content: &RawValue) -> Pdu {
    Pdu {
        event_id: EventId::parse("$event").expect("an event id"),
        room_id: room_id().to_owned(),
        sender: BENCH.alice.clone(),
        kind: kind.into(),
        state_key: None,
        content: Arc::from(to_raw_value(content).expect("JSON")),
        origin_server_ts: MilliSecondsSinceUnixEpoch(1_u32.into()),
        prev_events: Vec::new(),
        auth_events: Vec::new(),
        depth: 1,
        redacts: None,
    }
}

/// The definition of the specification, word by word.
fn naive_match(filter: &RoomEventFilter, pdu: &Pdu) -> bool {
    let kind = pdu.kind.to_string();
    let content: Value = serde_json::from_str(pdu.content.get()).unwrap_or_default();
    let has_url = content.get("url").is_some_and(Value::is_string);
    let excluded = filter.not_types.iter().any(|pattern| naive_glob(pattern, &kind))
        || filter.not_senders.contains(&pdu.sender)
        || filter.not_rooms.contains(&pdu.room_id);
    let included = filter
        .types
        .as_ref()
        .is_none_or(|types| types.iter().any(|pattern| naive_glob(pattern, &kind)))
        && filter.senders.as_ref().is_none_or(|senders| senders.contains(&pdu.sender))
        && filter.rooms.as_ref().is_none_or(|rooms| rooms.contains(&pdu.room_id));
    let url = match filter.url_filter {
        None => true,
        Some(UrlFilter::EventsWithUrl) => has_url,
        Some(UrlFilter::EventsWithoutUrl) => !has_url,
    };
    included && !excluded && url
}

/// Push rules and the content of an event, on a line each: what they say comes from an enabled
/// rule, and is the same after the rules went through the store.
pub(crate) fn push_rules(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some((rules, content)) = text.split_once('\n') else { return };
    let Ok(rules) = serde_json::from_str::<Ruleset>(rules) else { return };
    let Ok(content) = RawValue::from_string(content.to_owned()) else { return };
    let event = FlatEvent::new(&unsigned_pdu("m.room.message", &content), &PowerLevels::default());
    let bob = OwnedUserId::try_from("@bob:kontor.test").expect("a user id");
    let judge = |user: &UserId, rules: &Ruleset| {
        // A name made of wildcards is a name.
        let viewer = Viewer { members: bytes.len() % 4, display_name: "b*b?" };
        let verdict = PushRules::new(user, rules).verdict(&event, viewer).cloned();
        verdict.map(|verdict| (verdict.notify, verdict.highlight, actions(&verdict.actions)))
    };
    assert_eq!(judge(&BENCH.alice, &rules), None, "own events notify nobody");
    let verdict = judge(&bob, &rules);
    if let Some((notify, highlight, said)) = &verdict {
        assert!(*notify || !*highlight, "what is prominent is shown");
        let known = rules.iter().filter(|rule| rule.enabled());
        assert!(known.map(|rule| actions(rule.actions())).any(|actions| actions == *said));
    }
    let stored = serde_json::to_string(&rules).expect("rules are stored as JSON");
    let read: Ruleset = serde_json::from_str(&stored).expect("and read again");
    assert_eq!(judge(&bob, &read), verdict, "{stored}");
}

fn actions(actions: &[Action]) -> String {
    serde_json::to_string(actions).expect("actions are JSON")
}

/// In a filter, `*` stands for any text.
pub(crate) fn naive_glob(pattern: &str, text: &str) -> bool {
    naive_fit(pattern, text, |wanted, found| wanted == found)
}

/// `*` stands for any text: tries them all, remembering which prefixes fit.
pub(crate) fn naive_fit(pattern: &str, text: &str, same: fn(char, char) -> bool) -> bool {
    let text: Vec<char> = text.chars().collect();
    // `fits[i]`: the pattern read so far fits the first i characters.
    let mut fits = vec![false; text.len() + 1];
    fits[0] = true;
    for wanted in pattern.chars() {
        let before = fits.clone();
        for end in 0..=text.len() {
            fits[end] = match wanted {
                '*' => before[..=end].contains(&true),
                _ => end > 0 && before[end - 1] && same(wanted, text[end - 1]),
            };
        }
    }
    fits[text.len()]
}
