//! How Kontor shows who it is on the network: certificates, from files or from an authority, and
//! the handshakes in which they are shown.
//!
//! [`Certificates`] knows which certificate belongs to which host name and can be told of new ones
//! at any time; connections that are open keep what they have. [`Handshakes`] turns a connection
//! into an encrypted one, within a time limit and so many at once.

mod acme;
mod certificates;
mod examine;
mod facts;
mod files;
mod handshakes;
mod protocol;
mod roots;

pub use acme::{HostNames, Renewal};
pub use certificates::Certificates;
pub use examine::{Gravity, Remark, examine};
pub use handshakes::{Handshakes, Stream};
pub use roots::root_certificates;
