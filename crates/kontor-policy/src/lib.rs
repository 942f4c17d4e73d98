//! Typed settings of one tenant, and the presets they start from.
//!
//! Services ask [`Policy`], never the configuration. The values of [`Policy::strict`] are those of
//! `law.md` §4.1, column S.

mod catalogue;
mod class_rules;
mod in_force;
mod limits;
mod policies;
mod policy;
mod setting;
mod throttle;
mod words;

pub use catalogue::{catalogue, setting};
pub use class_rules::{Audience, ClassRules, Encryption, Retention, RetentionPeriods};
pub use in_force::InForce;
pub use kontor_config::{Preset, RegistrationMode as Registration};
/// A decision on a setting, as it is kept.
pub use kontor_store::policy_setting::ChangeRow as Decision;
pub use limits::{Rate, RateLimits};
pub use policies::{Change, Policies, SettingState};
pub use policy::{
    DeviceRule, DirectorySearch, FieldRule, PasswordLogin, Policy, PrivateUse, SecondFactor,
};
pub use setting::{Area, Domain, Effect, Profile, Setting, Shipped, Stricter, Text, Unit, Value};
pub use throttle::{Throttle, too_often};
pub use words::word_text;
