//! The services of one organisation, as the surfaces see them: the client-server API and the pages.

mod pace;
mod readers;
mod tenant;

pub use pace::Pace;
pub use readers::{Reader, Readers, Standpoint};
pub use tenant::{Peer, Tenant, Transport};
