//! Typed settings of one tenant, and the presets they start from.
//!
//! Services ask [`Policy`], never the configuration. The values of [`Policy::strict`] are those of
//! `law.md` §4.1, column S.

mod agreement;
mod catalogue;
mod choosing;
mod class_rules;
mod held;
mod in_force;
mod limits;
mod own;
mod policies;
mod policy;
mod rules;
mod setting;
mod throttle;
mod words;

pub use agreement::{Agreement, Ground};
pub use catalogue::{catalogue, setting};
pub use choosing::{Difference, Preview, ProfileChange};
pub use class_rules::{
    Audience, ClassRules, Encryption, Retention, RetentionPeriods, classes_in_reach_of_holds,
};
pub use held::Start;
pub use in_force::InForce;
pub use kontor_config::{Preset, RegistrationMode as Registration};
/// A decision on a setting, as it is kept.
pub use kontor_store::policy_setting::ChangeRow as Decision;
pub use limits::{Rate, RateLimits};
pub use own::{OwnSettings, OwnState, Signal};
pub use policies::{Change, Policies, SettingState};
pub use policy::Policy;
pub use rules::{
    DeviceRule, DirectoryScope, DirectorySearch, FieldRule, GuestRule, PasswordLogin, PrivateUse,
    SecondFactor, UploadTypes,
};
pub use setting::{Area, Domain, Effect, Profile, Setting, Shipped, Stricter, Text, Unit, Value};
pub use throttle::{Throttle, too_often};
pub use words::word_text;
