//! A person's push rules, compiled.

use std::ops::RangeBounds;

use ruma::power_levels::NotificationPowerLevelsKey;
use ruma::push::{Action, AnyPushRuleRef, PushCondition, RoomMemberCountIs, Ruleset};
use ruma::{OwnedUserId, UInt, UserId};

use super::flat::{FlatEvent, Scalar};
use super::pattern::Pattern;

/// Server-default rules that guess mentions from the text; off for events that name them.
const GUESSING: [&str; 3] =
    [".m.rule.contains_display_name", ".m.rule.roomnotif", ".m.rule.contains_user_name"];

/// The enabled rules of one person, in order of precedence.
#[derive(Debug)]
pub struct PushRules {
    user: OwnedUserId,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    tests: Vec<Test>,
    guesses: bool,
    verdict: Verdict,
}

/// What the first matching rule says.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The event counts as a notification.
    pub notify: bool,
    /// The notification is to be shown prominently.
    pub highlight: bool,
    /// The rule's actions.
    pub actions: Vec<Action>,
}

/// Circumstances that rules may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'v> {
    /// Joined members of the room.
    pub members: usize,
    /// The person's display name in the room; empty if there is none.
    pub display_name: &'v str,
}

#[derive(Debug)]
enum Test {
    /// A text, all of it.
    Fits {
        path: String,
        pattern: Pattern,
    },
    /// The body, some words of it.
    Body(Pattern),
    /// A text, exactly.
    Text {
        path: &'static str,
        text: String,
    },
    Is {
        path: String,
        value: Scalar,
    },
    Contains {
        path: String,
        value: Scalar,
    },
    DisplayName,
    Members(RoomMemberCountIs),
    MayNotifyRoom,
    /// Not known to this server, or malformed.
    Never,
}

impl PushRules {
    /// Compiles the rules of `user`.
    #[must_use]
    pub fn new(user: &UserId, ruleset: &Ruleset) -> Self {
        // The order of the specification: override, content, room, sender, underride.
        let rules = ruleset.override_.iter().map(AnyPushRuleRef::Override);
        let rules = rules.chain(ruleset.content.iter().map(AnyPushRuleRef::Content));
        let rules = rules.chain(ruleset.room.iter().map(AnyPushRuleRef::Room));
        let rules = rules.chain(ruleset.sender.iter().map(AnyPushRuleRef::Sender));
        let rules = rules.chain(ruleset.underride.iter().map(AnyPushRuleRef::Underride));
        let rules = rules.filter(|rule| rule.enabled()).map(Rule::new).collect();
        Self { user: user.to_owned(), rules }
    }

    /// What the first matching rule says about an event; `None` for own events and if no rule
    /// matches.
    #[must_use]
    pub fn verdict(&self, event: &FlatEvent, viewer: Viewer<'_>) -> Option<&Verdict> {
        if event.text("sender") == Some(self.user.as_str()) {
            return None;
        }
        let applies = |rule: &&Rule| {
            !(rule.guesses && event.has_mentions())
                && rule.tests.iter().all(|test| test.holds(event, viewer))
        };
        self.rules.iter().find(applies).map(|rule| &rule.verdict)
    }
}

impl Rule {
    fn new(rule: AnyPushRuleRef<'_>) -> Self {
        let tests = match rule {
            AnyPushRuleRef::Override(rule) | AnyPushRuleRef::Underride(rule) => {
                rule.conditions.iter().map(Test::new).collect()
            }
            AnyPushRuleRef::Content(rule) => vec![Test::words(&rule.pattern)],
            AnyPushRuleRef::Room(rule) => {
                vec![Test::Text { path: "room_id", text: rule.rule_id.to_string() }]
            }
            AnyPushRuleRef::Sender(rule) => {
                vec![Test::Text { path: "sender", text: rule.rule_id.to_string() }]
            }
            _ => vec![Test::Never],
        };
        let notify = rule.triggers_notification();
        let verdict = Verdict {
            notify,
            highlight: notify && rule.triggers_highlight(),
            actions: rule.actions().to_vec(),
        };
        Self { tests, guesses: GUESSING.contains(&rule.rule_id()), verdict }
    }
}

impl Test {
    fn new(condition: &PushCondition) -> Self {
        match condition {
            PushCondition::EventMatch(wanted) if wanted.key == "content.body" => {
                Self::words(&wanted.pattern)
            }
            PushCondition::EventMatch(wanted) => match Pattern::new(&wanted.pattern) {
                Some(pattern) => Self::Fits { path: wanted.key.clone(), pattern },
                None => Self::Never,
            },
            PushCondition::EventPropertyIs(wanted) => {
                Self::Is { path: wanted.key.clone(), value: Scalar::from(&wanted.value) }
            }
            PushCondition::EventPropertyContains(wanted) => {
                Self::Contains { path: wanted.key.clone(), value: Scalar::from(&wanted.value) }
            }
            PushCondition::RoomMemberCount(wanted) => Self::Members(wanted.is),
            PushCondition::SenderNotificationPermission(wanted) => match wanted.key {
                NotificationPowerLevelsKey::Room => Self::MayNotifyRoom,
                _ => Self::Never,
            },
            other if other.kind() == "contains_display_name" => Self::DisplayName,
            _ => Self::Never,
        }
    }

    fn words(pattern: &str) -> Self {
        Pattern::new(pattern).map_or(Self::Never, Self::Body)
    }

    fn holds(&self, event: &FlatEvent, viewer: Viewer<'_>) -> bool {
        match self {
            Self::Fits { path, pattern } => event.text(path).is_some_and(|text| pattern.fits(text)),
            Self::Body(pattern) => event.body().is_some_and(|body| pattern.occurs_in(body)),
            Self::Text { path, text } => event.text(path) == Some(text.as_str()),
            Self::Is { path, value } => event.is(path, value),
            Self::Contains { path, value } => event.contains(path, value),
            Self::DisplayName => event.body().is_some_and(|body| {
                let name = viewer.display_name;
                // A name is a text, not a pattern.
                let name = name.replace(['*', '?'], " ");
                !name.trim().is_empty()
                    && Pattern::new(&name).is_some_and(|name| name.occurs_in(body))
            }),
            Self::Members(wanted) => {
                UInt::try_from(viewer.members).is_ok_and(|members| wanted.contains(&members))
            }
            Self::MayNotifyRoom => event.may_notify_room(),
            Self::Never => false,
        }
    }
}
