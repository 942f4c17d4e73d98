//! The Matrix client-server API: parses a request, calls one service function, answers.
//!
//! One folder per chapter of the specification, one file per endpoint, named as in `ruma`. The
//! frame around the handlers is in [`mod@frame`]; the list of routes in [`router()`].

mod account;
mod account_data;
mod admin;
mod badges;
mod device;
mod discovery;
mod e2ee;
mod error;
mod frame;
mod media;
mod oauth;
mod policy;
mod profile;
mod push;
mod query;
mod receipts;
mod rooms;
mod router;
mod session;
mod sync;
mod voip;

pub use error::error_response;
pub use router::router;
