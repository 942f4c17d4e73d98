//! The services of one organisation, as the surfaces see them: the client-server API and the pages.

mod carried;
mod pace;
mod readers;
mod relay;
mod tenant;

pub use carried::{Carried, Carrying};
pub use pace::Pace;
pub use readers::{Reader, Readers, Standpoint};
pub use relay::{Pass, Relay};
pub use tenant::{Peer, Tenant, Transport};
