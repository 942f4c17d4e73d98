//! What is about to be recorded.

use kontor_core::{Actor, Cx, Error, MatrixCode, Result};
use ruma::{OwnedUserId, UserId};

use crate::{Action, Field, Outcome, Pseudonym};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 1000;

/// What is about to be recorded: an action of the catalogue and what the catalogue lets it say.
#[derive(Clone, Debug)]
pub struct Event {
    pub(crate) action: Action,
    pub(crate) outcome: Outcome,
    object: Option<Object>,
    pub(crate) detail: Option<&'static str>,
    pub(crate) count: Option<i64>,
    pub(crate) reason: Option<String>,
    pub(crate) of: Option<i64>,
}

#[derive(Clone, Debug)]
enum Object {
    User(OwnedUserId),
    Pseudonym(Pseudonym),
}

impl Event {
    /// `action` was done, or is about to be.
    #[must_use]
    pub const fn new(action: Action) -> Self {
        Self {
            action,
            outcome: Outcome::Done,
            object: None,
            detail: None,
            count: None,
            reason: None,
            of: None,
        }
    }

    /// `action` was refused.
    #[must_use]
    pub fn refused(action: Action) -> Self {
        Self { outcome: Outcome::Refused, ..Self::new(action) }
    }

    /// It concerns the account `user`; the log gets a pseudonym.
    #[must_use]
    pub fn about(self, user: &UserId) -> Self {
        Self { object: Some(Object::User(user.to_owned())), ..self }
    }

    /// It concerns whoever `pseudonym` stands for.
    #[must_use]
    pub fn about_pseudonym(self, pseudonym: Pseudonym) -> Self {
        Self { object: Some(Object::Pseudonym(pseudonym)), ..self }
    }

    /// A word from a list in the program. Being static, it cannot be what somebody wrote.
    #[must_use]
    pub fn with_detail(self, detail: &'static str) -> Self {
        Self { detail: Some(detail), ..self }
    }

    /// How many.
    #[must_use]
    pub fn with_count(self, count: u64) -> Self {
        Self { count: Some(i64::try_from(count).unwrap_or(i64::MAX)), ..self }
    }

    /// Why, in the actor's words.
    #[must_use]
    pub fn because(self, reason: &str) -> Self {
        Self { reason: Some(reason.trim().to_owned()), ..self }
    }

    /// What the entry `seq` announced has failed.
    #[must_use]
    pub(crate) fn failed(self, seq: i64) -> Self {
        Self { outcome: Outcome::Failed, of: Some(seq), ..self }
    }

    /// # Errors
    /// `Invalid` (`M_MISSING_PARAM`, `M_INVALID_PARAM`) if the reason is missing or over-long;
    /// `Internal` if the catalogue does not let this action say something.
    pub(crate) fn check(&self) -> Result<()> {
        let rule = self.action.rule();
        let given = [
            (Field::Object, self.object.is_some()),
            (Field::Detail, self.detail.is_some()),
            (Field::Count, self.count.is_some()),
            (Field::Reason, self.reason.is_some()),
        ];
        if let Some((field, _)) = given.iter().find(|(field, given)| *given && !rule.has(*field)) {
            return Err(Error::internal(format!("{} must not say {field:?}", rule.name)));
        }
        if !rule.has(Field::Reason) {
            return Ok(());
        }
        match self.reason.as_deref().map(|reason| reason.chars().count()) {
            None | Some(0) => Err(Error::invalid(MatrixCode::MissingParam, "This needs a reason.")),
            Some(chars) if chars > LONGEST_REASON => {
                let text = format!("A reason has at most {LONGEST_REASON} characters.");
                Err(Error::invalid(MatrixCode::InvalidParam, text))
            }
            Some(_) => Ok(()),
        }
    }

    /// The account concerned.
    pub(crate) fn object(&self) -> Option<Name> {
        self.object.as_ref().map(|object| match object {
            Object::User(user) => Name::Person(user.clone()),
            Object::Pseudonym(pseudonym) => Name::Plain(format!("user:{pseudonym}")),
        })
    }
}

/// Somebody on the way into the log.
#[derive(Clone, Debug)]
pub(crate) enum Name {
    /// As the log shows it.
    Plain(String),
    /// The log gets a pseudonym.
    Person(OwnedUserId),
}

/// Who acts: whoever holds an office by name, others by pseudonym. law: R-192
pub(crate) fn actor(cx: &Cx) -> Name {
    match &cx.actor {
        Actor::Anonymous => Name::Plain("anonymous".to_owned()),
        Actor::Operator => Name::Plain("operator".to_owned()),
        Actor::Job(name) => Name::Plain(format!("job:{name}")),
        Actor::User(session) if !session.roles.offices().is_empty() => {
            Name::Plain(format!("admin:{}", session.user_id))
        }
        Actor::User(session) => Name::Person(session.user_id.clone()),
    }
}

#[cfg(test)]
mod tests {
    use ruma::user_id;

    use super::*;

    #[test]
    fn an_action_says_only_what_the_catalogue_lets_it_say() {
        let someone = user_id!("@anna:a.example");
        assert!(Event::new(Action::UserDeactivated).about(someone).check().is_ok());
        let wrong = [
            Event::new(Action::AdminLogin).about(someone),
            Event::new(Action::LoginFailed).with_detail("x"),
            Event::new(Action::UserDeactivated).because("no reason asked for"),
            Event::new(Action::UserCreated).with_count(1),
        ];
        for event in wrong {
            assert_eq!(event.check().unwrap_err().kind, kontor_core::Kind::Internal, "{event:?}");
        }
    }

    #[test]
    fn a_reason_is_asked_for_where_the_catalogue_says_so() {
        let event = Event::new(Action::PolicyChanged);
        let long = "x".repeat(LONGEST_REASON + 1);
        for reason in [None, Some("  "), Some(long.as_str())] {
            let event = reason.map_or_else(|| event.clone(), |it| event.clone().because(it));
            assert_eq!(event.check().unwrap_err().kind, kontor_core::Kind::Invalid);
        }
        assert!(event.because("Betriebsvereinbarung 7").check().is_ok());
    }
}
