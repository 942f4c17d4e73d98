//! Builds `/sync`: what a device has not seen yet. Read side only.
//!
//! The order of work for one answer: positions first, then rooms that changed, then everything
//! else. Nothing that happens meanwhile is lost: it lies behind the positions and comes next
//! time.

mod beside;
mod encryption;
mod forgotten;
mod invited;
mod joined;
mod left;
mod show;
mod stripped;
mod summary;
mod sync;
mod token;
mod unread;

pub use sync::{Sources, Sync};
