//! What a setting is.

use std::str::FromStr;
use std::time::Duration;

use kontor_core::{Error, MatrixCode, Result};
use serde::Serialize;

use crate::Policy;

/// A value of a setting; in JSON a boolean, a number or a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// On or off.
    Switch(bool),
    /// A number in the unit of its [`Domain`].
    Number(u64),
    /// One of the words of its [`Domain`].
    Choice(&'static str),
}

/// Unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Plain count.
    Count,
    /// Characters.
    Characters,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days.
    Days,
    /// An hour of the day.
    OClock,
    /// Mebibytes.
    Mebibytes,
}

/// Which end of a range protects more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stricter {
    /// The smaller number.
    Lower,
    /// The larger number.
    Higher,
}

/// The values a setting can have, and which of two protects more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Domain {
    /// On or off.
    Switch {
        /// The position that protects more.
        stricter: bool,
    },
    /// A number.
    Number {
        /// Smallest number allowed.
        min: u64,
        /// Largest number allowed.
        max: u64,
        /// What is counted.
        unit: Unit,
        /// Which end protects more.
        stricter: Stricter,
    },
    /// A word.
    Choice {
        /// The words, the one that protects most first.
        strictest_first: &'static [&'static str],
    },
}

impl Domain {
    /// The value that `json` stands for.
    ///
    /// # Errors
    /// `Invalid` (`M_INVALID_PARAM`), naming the setting and what it can be.
    pub fn parse(&self, key: &str, json: &serde_json::Value) -> Result<Value> {
        let value = match (self, json) {
            (Self::Switch { .. }, serde_json::Value::Bool(on)) => Some(Value::Switch(*on)),
            (Self::Number { min, max, .. }, serde_json::Value::Number(number)) => {
                number.as_u64().filter(|number| (min..=max).contains(&number)).map(Value::Number)
            }
            (Self::Choice { strictest_first }, serde_json::Value::String(word)) => strictest_first
                .iter()
                .find(|known| *known == word)
                .map(|known| Value::Choice(known)),
            _ => None,
        };
        value.ok_or_else(|| {
            let text = format!("{key}: must be {}.", self.described());
            Error::invalid(MatrixCode::InvalidParam, text).with_field("setting", key)
        })
    }

    /// Whether going from one value to the other protects less. Values of another domain do.
    pub fn loosens(&self, from: &Value, to: &Value) -> bool {
        match (self, from, to) {
            (Self::Switch { stricter }, Value::Switch(from), Value::Switch(to)) => {
                from == stricter && to != stricter
            }
            (Self::Number { stricter, .. }, Value::Number(from), Value::Number(to)) => {
                match stricter {
                    Stricter::Lower => to > from,
                    Stricter::Higher => to < from,
                }
            }
            (Self::Choice { strictest_first }, Value::Choice(from), Value::Choice(to)) => {
                let rank = |word: &str| strictest_first.iter().position(|known| *known == word);
                rank(to) > rank(from)
            }
            _ => true,
        }
    }

    fn described(&self) -> String {
        match self {
            Self::Switch { .. } => "true or false".to_owned(),
            Self::Number { min, max, .. } => format!("a whole number from {min} to {max}"),
            Self::Choice { strictest_first } => format!("one of {}", strictest_first.join(", ")),
        }
    }
}

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    /// German.
    pub de: &'static str,
    /// English.
    pub en: &'static str,
}

/// What a setting is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Getting in.
    Access,
    /// Devices and sessions.
    Devices,
    /// Rooms and their history.
    Rooms,
    /// How long things are kept.
    Retention,
    /// What others learn of a person.
    Privacy,
    /// What people tell about themselves.
    Profile,
    /// Files and messages.
    Content,
    /// People from outside.
    Guests,
    /// Running the service.
    Operation,
}

/// Profiles of `law.md` §4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// S: small and medium companies.
    Standard,
    /// E: professional secrecy, health, personnel.
    Elevated,
    /// H: business letters and sales.
    Trade,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Elevated, Self::Trade];

    /// Its name in the API and at the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Elevated => "elevated",
            Self::Trade => "trade",
        }
    }
}

impl FromStr for Profile {
    type Err = Error;

    /// # Errors
    /// `Invalid`, naming those there are.
    fn from_str(word: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == word).ok_or_else(|| {
            let text = "profile: must be one of standard, elevated, trade.";
            Error::invalid(MatrixCode::InvalidParam, text).with_field("field", "profile")
        })
    }
}

/// What each profile ships; `None` where the profile has no use for the setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shipped {
    /// Column S.
    pub standard: Option<Value>,
    /// Column E.
    pub elevated: Option<Value>,
    /// Column H.
    pub trade: Option<Value>,
}

impl Shipped {
    /// The same for every profile.
    pub(crate) const fn all(value: Value) -> Self {
        Self::each(Some(value), Some(value), Some(value))
    }

    /// Columns S, E and H.
    pub(crate) const fn each(
        standard: Option<Value>,
        elevated: Option<Value>,
        trade: Option<Value>,
    ) -> Self {
        Self { standard, elevated, trade }
    }

    /// Not in the product: off, whatever the profile.
    pub(crate) const OFF: Self = Self::all(Value::Switch(false));
    /// On in every profile.
    pub(crate) const ON: Self = Self::all(Value::Switch(true));

    /// What a profile ships.
    pub const fn of(&self, profile: Profile) -> Option<Value> {
        match profile {
            Profile::Standard => self.standard,
            Profile::Elevated => self.elevated,
            Profile::Trade => self.trade,
        }
    }
}

/// Who makes a setting come true.
#[derive(Clone, Copy)]
pub enum Effect {
    /// The server, for every client: a switch of the [`Policy`].
    Flag(fn(&mut Policy) -> &mut bool),
    /// The server, for every client: a time of the [`Policy`], in multiples of a unit.
    Span(fn(&mut Policy) -> &mut Duration, Duration),
    /// The server, for every client.
    Server {
        /// The value in a policy; `None` if it has no bound.
        read: fn(&Policy) -> Option<Value>,
        /// Puts a value of the domain into a policy.
        apply: fn(&mut Policy, Value),
    },
    /// The server shows it to everybody concerned; keeping to it is not in the product yet.
    Announced {
        /// The value in a policy; `None` if it has no bound.
        read: fn(&Policy) -> Option<Value>,
        /// Puts a value of the domain into a policy.
        apply: fn(&mut Policy, Value),
    },
    /// The server; the operator decides, in the configuration.
    Operator(fn(&Policy) -> Value),
    /// Clients that ask for the policy; [`Setting::programs`] says what they have to do.
    Client,
    /// Nobody yet: not to be changed, and this holds today (`None`: no bound).
    Planned(Option<Value>),
    /// Not in the product, and therefore not to be switched on.
    Absent,
}

impl Effect {
    /// The value in a policy; `None` if the server has no part in it, or the policy no bound.
    pub fn read(&self, policy: &Policy) -> Option<Value> {
        match self {
            Self::Flag(field) => Some(Value::Switch(*field(&mut policy.clone()))),
            Self::Span(field, unit) => {
                let span = *field(&mut policy.clone());
                Some(Value::Number(span.as_secs() / unit.as_secs().max(1)))
            }
            Self::Server { read, .. } | Self::Announced { read, .. } => read(policy),
            Self::Operator(read) => Some(read(policy)),
            Self::Client | Self::Planned(_) | Self::Absent => None,
        }
    }

    /// Puts a value of the domain into a policy.
    pub fn apply(&self, policy: &mut Policy, value: Value) {
        match (self, value) {
            (Self::Flag(field), Value::Switch(on)) => *field(policy) = on,
            (Self::Span(field, unit), Value::Number(number)) => {
                *field(policy) = Duration::from_secs(number.saturating_mul(unit.as_secs()));
            }
            (Self::Server { apply, .. } | Self::Announced { apply, .. }, value) => {
                apply(policy, value);
            }
            _ => {}
        }
    }

    /// Whether an organisation can decide on it.
    pub const fn is_decided_here(&self) -> bool {
        !matches!(self, Self::Operator(_) | Self::Planned(_) | Self::Absent)
    }

    /// Whether the server sees to it today, whatever the client.
    pub const fn is_kept_by_server(&self) -> bool {
        matches!(self, Self::Flag(_) | Self::Span(..) | Self::Server { .. } | Self::Operator(_))
    }

    /// Its name in the API.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Flag(_) | Self::Span(..) | Self::Server { .. } => "server",
            Self::Announced { .. } => "announced",
            Self::Operator(_) => "operator",
            Self::Client => "client",
            Self::Planned(_) => "planned",
            Self::Absent => "absent",
        }
    }
}

/// One setting, declared once.
pub struct Setting {
    /// Name in the API.
    pub key: &'static str,
    /// What it is about.
    pub area: Area,
    /// Name for people.
    pub name: Text,
    /// Why it ships as it does.
    pub reason: Text,
    /// Where that comes from.
    pub law: &'static str,
    /// Its values.
    pub domain: Domain,
    /// What the profiles ship.
    pub shipped: Shipped,
    /// Whether less protection than shipped needs more than an administrator's decision.
    pub locked: bool,
    /// Whether it can be used to watch what employees do (`BetrVG` § 87(1) Nr. 6).
    pub monitoring: bool,
    /// Whether people may decide more strictly for themselves (law: R-067).
    pub personal: bool,
    /// Where the server sees to it: source files below `crates/`.
    pub points: &'static [&'static str],
    /// What programs have to do about it, because the server cannot.
    pub programs: Option<Text>,
    /// Who makes it come true.
    pub effect: Effect,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NUMBER: Domain =
        Domain::Number { min: 1, max: 9, unit: Unit::Days, stricter: Stricter::Lower };
    const CHOICE: Domain = Domain::Choice { strictest_first: &["off", "invite", "open"] };
    const SWITCH: Domain = Domain::Switch { stricter: false };

    #[test]
    fn only_values_of_the_domain_are_read() {
        let good = [
            (SWITCH, json!(true), Value::Switch(true)),
            (NUMBER, json!(9), Value::Number(9)),
            (CHOICE, json!("invite"), Value::Choice("invite")),
        ];
        for (domain, json, value) in good {
            assert_eq!(domain.parse("key", &json).unwrap(), value);
        }
        for (domain, json) in [
            (SWITCH, json!(1)),
            (SWITCH, json!("true")),
            (NUMBER, json!(0)),
            (NUMBER, json!(10)),
            (NUMBER, json!(2.5)),
            (NUMBER, json!(-1)),
            (CHOICE, json!("closed")),
            (CHOICE, json!(null)),
        ] {
            let error = domain.parse("the_key", &json).unwrap_err();
            assert!(error.public.starts_with("the_key: must be "), "{}", error.public);
        }
    }

    #[test]
    fn what_protects_less_loosens() {
        let cases = [
            (SWITCH, Value::Switch(false), Value::Switch(true), true),
            (SWITCH, Value::Switch(true), Value::Switch(false), false),
            (SWITCH, Value::Switch(false), Value::Switch(false), false),
            (NUMBER, Value::Number(3), Value::Number(4), true),
            (NUMBER, Value::Number(3), Value::Number(2), false),
            (CHOICE, Value::Choice("invite"), Value::Choice("open"), true),
            (CHOICE, Value::Choice("invite"), Value::Choice("off"), false),
            (CHOICE, Value::Choice("open"), Value::Choice("open"), false),
        ];
        for (domain, from, to, expected) in cases {
            assert_eq!(domain.loosens(&from, &to), expected, "{from:?} → {to:?}");
        }
    }
}
