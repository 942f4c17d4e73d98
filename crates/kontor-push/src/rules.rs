//! A person's push rules (spec: "Push Rules: API").

use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_protocol::{PATTERN_LIMIT, PushRules, default_rules};
use kontor_store::account_data::{self, GLOBAL};
use ruma::UserId;
use ruma::push::{
    Action, AnyPushRule, InsertPushRuleError, NewPushRule, PushCondition, RemovePushRuleError,
    RuleKind, Ruleset,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::Push;

/// Type of the account data that holds the rules.
const KIND: &str = "m.push_rules";

/// Most rules of one person, those of the server included.
const COUNT_LIMIT: usize = 1_000;

/// Largest set of rules, in bytes.
const SIZE_LIMIT_BYTES: usize = 256 * 1024;

/// Longest rule id, in bytes.
const ID_LIMIT_BYTES: usize = 512;

/// Most conditions of one rule.
const CONDITION_LIMIT: usize = 50;

/// One person's rules, as shown and as applied.
pub(crate) struct OwnRules {
    pub(crate) ruleset: Ruleset,
    pub(crate) compiled: PushRules,
}

/// Where a rule goes among those of its kind; without either, a new one goes first.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    /// Just before this rule of the person's own.
    pub before: Option<String>,
    /// Just after this rule of the person's own.
    pub after: Option<String>,
}

/// Content of `m.push_rules`.
#[derive(Serialize, Deserialize)]
struct Content {
    global: Ruleset,
}

impl Push {
    /// The caller's rules.
    pub async fn ruleset(&self, cx: &Cx) -> Result<Ruleset> {
        Ok(self.rules_of(cx, cx.user()?).await?.ruleset.clone())
    }

    /// One of the caller's rules.
    ///
    /// # Errors
    /// `NotFound` if there is none of that id; `M_INVALID_PARAM` for an unknown kind.
    pub async fn rule(&self, cx: &Cx, kind: &RuleKind, id: &str) -> Result<AnyPushRule> {
        require_known(kind)?;
        let rules = self.rules_of(cx, cx.user()?).await?;
        let found = rules.ruleset.get(kind.clone(), id);
        found.map(ruma::push::AnyPushRuleRef::to_owned).ok_or_else(no_rule)
    }

    /// The caller's rules as the content of `m.push_rules`.
    pub async fn account_data(&self, cx: &Cx) -> Result<Box<RawValue>> {
        let rules = self.rules_of(cx, cx.user()?).await?;
        to_raw_value(&Content { global: rules.ruleset.clone() }).map_err(Error::internal)
    }

    /// Adds one of the caller's own rules, or changes it.
    ///
    /// # Errors
    /// `M_INVALID_PARAM` for malformed rules, `NotFound` for a placement beside a rule that
    /// does not exist.
    pub async fn set_rule(&self, cx: &Cx, rule: NewPushRule, placement: Placement) -> Result<()> {
        let rule = checked(rule)?;
        self.change(cx, move |ruleset| insert(ruleset, rule, &placement)).await
    }

    /// Removes one of the caller's own rules.
    ///
    /// # Errors
    /// `NotFound`; `M_INVALID_PARAM` for rules of the server, which can only be turned off.
    pub async fn delete_rule(&self, cx: &Cx, kind: RuleKind, id: String) -> Result<()> {
        require_known(&kind)?;
        self.change(cx, move |ruleset| {
            ruleset.remove(kind, &id).map_err(|error| match error {
                RemovePushRuleError::ServerDefault => {
                    invalid("Rules of the server can be turned off, but not removed.")
                }
                _ => no_rule(),
            })
        })
        .await
    }

    /// Turns one of the caller's rules on or off.
    pub async fn set_enabled(
        &self,
        cx: &Cx,
        kind: RuleKind,
        id: String,
        enabled: bool,
    ) -> Result<()> {
        require_known(&kind)?;
        self.change(cx, move |ruleset| {
            ruleset.set_enabled(kind, &id, enabled).map_err(|_| no_rule())
        })
        .await
    }

    /// Changes what one of the caller's rules does.
    pub async fn set_actions(
        &self,
        cx: &Cx,
        kind: RuleKind,
        id: String,
        actions: Vec<Action>,
    ) -> Result<()> {
        require_known(&kind)?;
        let actions = checked_actions(actions)?;
        self.change(cx, move |ruleset| {
            ruleset.set_actions(kind, &id, actions).map_err(|_| no_rule())
        })
        .await
    }

    /// A person's rules, compiled.
    pub(crate) async fn rules_of(&self, cx: &Cx, user: &UserId) -> Result<Arc<OwnRules>> {
        if let Some(known) = self.rules.get(user) {
            return Ok(known);
        }
        let changes = *self.rule_changes.lock();
        let owner = user.to_owned();
        let row = self
            .sources
            .db
            .read(cx, move |tx| account_data::find_account_data(tx, &owner, GLOBAL, KIND))
            .await?;
        let ruleset = read(user, row.as_ref().map(|row| &*row.content))?;
        let compiled = PushRules::new(user, &ruleset);
        let rules = Arc::new(OwnRules { ruleset, compiled });
        let now = self.rule_changes.lock();
        if *now == changes {
            self.rules.insert(user.to_owned(), Arc::clone(&rules));
        }
        Ok(rules)
    }

    /// Changes the caller's rules in one write.
    async fn change(
        &self,
        cx: &Cx,
        change: impl FnOnce(&mut Ruleset) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let (this, owner) = (self.clone(), cx.user()?.to_owned());
        self.sources
            .db
            .write(cx, move |tx| {
                let row = account_data::find_account_data(tx, &owner, GLOBAL, KIND)?;
                let mut ruleset = read(&owner, row.as_ref().map(|row| &*row.content))?;
                change(&mut ruleset)?;
                if ruleset.iter().count() > COUNT_LIMIT {
                    let text = format!("A person has at most {COUNT_LIMIT} rules.");
                    return Err(Error::limited(MatrixCode::TooLarge, text));
                }
                let content =
                    serde_json::to_vec(&Content { global: ruleset }).map_err(Error::internal)?;
                if content.len() > SIZE_LIMIT_BYTES {
                    let text = format!("The rules are larger than {SIZE_LIMIT_BYTES} bytes.");
                    return Err(Error::limited(MatrixCode::TooLarge, text));
                }
                // Registered before the wake-up, so that who wakes finds the new rules.
                let (forgetful, forgotten) = (this.clone(), owner.clone());
                tx.after_commit(move || forgetful.forget(&forgotten));
                this.sources.account_data.write(tx, &owner, (GLOBAL, KIND), &content)
            })
            .await
    }

    pub(crate) fn forget(&self, user: &UserId) {
        let mut changes = self.rule_changes.lock();
        *changes += 1;
        self.rules.remove(user);
    }
}

/// The stored rules with the server's own brought up to date.
fn read(user: &UserId, content: Option<&[u8]>) -> Result<Ruleset> {
    let mut ruleset = match content {
        Some(content) => {
            serde_json::from_slice::<Content>(content).map_err(Error::internal)?.global
        }
        None => Ruleset::new(),
    };
    ruleset.update_with_server_default(default_rules(user));
    Ok(ruleset)
}

/// Puts a rule in its place.
fn insert(ruleset: &mut Ruleset, rule: NewPushRule, placement: &Placement) -> Result<()> {
    let (kind, id) = (rule.kind(), rule.rule_id().to_owned());
    let (after, before) = (placement.after.as_deref(), placement.before.as_deref());
    // ruma fails with a panic on a rule that is to stand beside itself.
    if [after, before].contains(&Some(&*id)) {
        return Err(Error::not_found("before, after: there is no such other rule."));
    }
    // A rule that moves is taken out first: positions are those without it.
    let moves = after.is_some() || before.is_some();
    let known = ruleset.get(kind.clone(), &id).map(ruma::push::AnyPushRuleRef::enabled);
    if moves && known.is_some() {
        ruleset.remove(kind.clone(), &id).map_err(|_| invalid("rule_id: reserved."))?;
    }
    ruleset.insert(rule, after, before).map_err(|error| match error {
        InsertPushRuleError::UnknownRuleId => {
            Error::not_found("before, after: there is no such rule.")
        }
        other => invalid(other.to_string()),
    })?;
    if let (true, Some(enabled)) = (moves, known) {
        ruleset.set_enabled(kind, &id, enabled).map_err(|_| no_rule())?;
    }
    Ok(())
}

fn checked(rule: NewPushRule) -> Result<NewPushRule> {
    let id = rule.rule_id();
    if id.is_empty() || id.len() > ID_LIMIT_BYTES || id.contains('\0') {
        return Err(invalid(format!("rule_id: 1 to {ID_LIMIT_BYTES} bytes without NUL.")));
    }
    Ok(match rule {
        NewPushRule::Override(mut rule) => {
            check_conditions(&rule.conditions)?;
            rule.actions = checked_actions(rule.actions)?;
            NewPushRule::Override(rule)
        }
        NewPushRule::Underride(mut rule) => {
            check_conditions(&rule.conditions)?;
            rule.actions = checked_actions(rule.actions)?;
            NewPushRule::Underride(rule)
        }
        NewPushRule::Content(mut rule) => {
            check_pattern(&rule.pattern)?;
            rule.actions = checked_actions(rule.actions)?;
            NewPushRule::Content(rule)
        }
        NewPushRule::Room(mut rule) => {
            rule.actions = checked_actions(rule.actions)?;
            NewPushRule::Room(rule)
        }
        NewPushRule::Sender(mut rule) => {
            rule.actions = checked_actions(rule.actions)?;
            NewPushRule::Sender(rule)
        }
        other => return Err(invalid(format!("kind: {} is not supported.", other.kind()))),
    })
}

fn check_conditions(conditions: &[PushCondition]) -> Result<()> {
    if conditions.len() > CONDITION_LIMIT {
        return Err(invalid(format!("conditions: at most {CONDITION_LIMIT}.")));
    }
    conditions.iter().try_for_each(|condition| match condition {
        PushCondition::EventMatch(wanted) => check_pattern(&wanted.pattern),
        _ => Ok(()),
    })
}

fn check_pattern(pattern: &str) -> Result<()> {
    match pattern.to_lowercase().chars().count() > PATTERN_LIMIT {
        true => Err(invalid(format!("pattern: at most {PATTERN_LIMIT} characters."))),
        false => Ok(()),
    }
}

/// The actions without the two historical ones, which mean nothing.
fn checked_actions(actions: Vec<Action>) -> Result<Vec<Action>> {
    let mut kept = Vec::with_capacity(actions.len());
    for action in actions {
        match serde_json::to_value(&action).map_err(Error::internal)? {
            Value::String(name) if name == "notify" => kept.push(action),
            Value::String(name) if name == "dont_notify" || name == "coalesce" => {}
            Value::Object(fields) if fields.contains_key("set_tweak") => kept.push(action),
            _ => return Err(invalid("actions: only notify and set_tweak are known.")),
        }
    }
    Ok(kept)
}

fn require_known(kind: &RuleKind) -> Result<()> {
    match kind {
        RuleKind::Override
        | RuleKind::Content
        | RuleKind::Room
        | RuleKind::Sender
        | RuleKind::Underride => Ok(()),
        _ => Err(invalid("kind: must be override, content, room, sender or underride.")),
    }
}

fn no_rule() -> Error {
    Error::not_found("There is no such push rule.")
}

fn invalid(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::invalid(MatrixCode::InvalidParam, text)
}
