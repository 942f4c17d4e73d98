//! A node over real sockets.

mod hosts;
mod lifecycle;
mod limits;
mod site;
