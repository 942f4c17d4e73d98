//! The rules everybody starts with (spec: "Predefined Rules").

use ruma::UserId;
use ruma::power_levels::NotificationPowerLevelsKey;
use ruma::push::{
    Action, ConditionalPushRule, ConditionalPushRuleInit, EventMatchConditionData,
    HighlightTweakValue, PatternedPushRuleInit, PushCondition, Ruleset,
    SenderNotificationPermissionConditionData, SoundTweakValue, Tweak,
};

/// The server-default rules of a person, with those that guess mentions of older clients.
#[must_use]
pub fn default_rules(user: &UserId) -> Ruleset {
    let mut rules = Ruleset::server_default(user);
    let known: Vec<ConditionalPushRule> = rules.override_.into_iter().collect();
    rules.override_ = known
        .into_iter()
        .flat_map(|rule| {
            let guess = match rule.rule_id.as_str() {
                ".m.rule.is_user_mention" => Some(contains_display_name()),
                ".m.rule.is_room_mention" => Some(room_notification()),
                _ => None,
            };
            std::iter::once(rule).chain(guess)
        })
        .collect();
    let name = PatternedPushRuleInit {
        actions: vec![Action::Notify, sound(), highlight()],
        default: true,
        enabled: true,
        rule_id: ".m.rule.contains_user_name".to_owned(),
        pattern: user.localpart().to_owned(),
    };
    rules.content.insert(name.into());
    rules
}

fn contains_display_name() -> ConditionalPushRule {
    #[expect(deprecated, reason = "part of the specification for events without `m.mentions`")]
    let conditions = vec![PushCondition::ContainsDisplayName];
    ConditionalPushRuleInit {
        actions: vec![Action::Notify, sound(), highlight()],
        default: true,
        enabled: true,
        rule_id: ".m.rule.contains_display_name".to_owned(),
        conditions,
    }
    .into()
}

fn room_notification() -> ConditionalPushRule {
    let body = EventMatchConditionData::new("content.body".to_owned(), "@room".to_owned());
    let permission =
        SenderNotificationPermissionConditionData::new(NotificationPowerLevelsKey::Room);
    ConditionalPushRuleInit {
        actions: vec![Action::Notify, highlight()],
        default: true,
        enabled: true,
        rule_id: ".m.rule.roomnotif".to_owned(),
        conditions: vec![body.into(), permission.into()],
    }
    .into()
}

fn sound() -> Action {
    Action::SetTweak(Tweak::Sound(SoundTweakValue::Default))
}

fn highlight() -> Action {
    Action::SetTweak(Tweak::Highlight(HighlightTweakValue::Yes))
}
