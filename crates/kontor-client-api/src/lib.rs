//! The Matrix client-server API: parses a request, calls one service function, answers.
//!
//! One folder per chapter of the specification, one file per endpoint, named as in `ruma`. The
//! frame around the handlers is in [`mod@frame`]; the list of routes in [`router()`].

mod account_data;
mod error;
mod frame;
mod media;
mod receipts;
mod rooms;
mod router;
mod sync;
mod tenant;

pub use error::error_response;
pub use router::router;
pub use tenant::Tenant;
