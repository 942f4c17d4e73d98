//! Waking devices by Web Push: seals the message for the device alone (RFC 8291), shows who asks
//! (RFC 8292) and passes it to the push service (RFC 8030).
//!
//! A push service learns that there is something for a device, when, and how urgent it is. All
//! messages have the same length. What they say is for `kontor-push` to decide. law: R-030

mod introduction;
mod seal;
mod subscription;
mod web_push;

pub use introduction::Introduction;
pub use subscription::Subscription;
pub use web_push::{Call, Outcome, WebPush};
