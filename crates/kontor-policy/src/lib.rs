//! Typed settings of one tenant, and the presets they start from.
//!
//! Services ask [`Policy`], never the configuration. The values of [`Policy::strict`] are those of
//! `law.md` §4.1, column S.

mod limits;
mod policy;
mod throttle;

pub use kontor_config::{Preset, RegistrationMode as Registration};
pub use limits::{Rate, RateLimits};
pub use policy::{DirectorySearch, Policy};
pub use throttle::{Throttle, too_often};
