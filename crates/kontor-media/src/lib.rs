//! Uploaded files: upload, download, thumbnails, limits.
//!
//! The bytes lie sealed in `kontor-blob`; the database knows who uploaded what and when. An upload
//! is written piece by piece and is never whole in memory. Whoever is signed in at the organisation
//! may read a file whose address they know; nobody else may.

mod active;
mod address;
mod download;
mod erasure;
mod limits;
mod reserve;
mod service;
mod sweep;
mod thumbnail;
mod upload;

pub use download::{Chunks, Content};
pub use limits::Limits;
pub use reserve::Reserved;
pub use service::Media;
pub use thumbnail::{Method, Wish};
pub use upload::{Description, Incoming};
