//! Foundation of Kontor: ids, the request context [`Cx`], clock, randomness and the one
//! [`Error`] type. Pure: no file, no socket, no database.

mod cx;
mod device_kind;
mod error;
mod histogram;
mod ids;
mod permission;
mod program;
mod random;
mod role;
mod room_class;
mod secret;
mod time;

pub use cx::{Actor, Cx, Locale, Session};
pub use device_kind::DeviceKind;
pub use error::{Error, Kind, MatrixCode, Result, if_found};
pub use histogram::{Histogram, Spread};
pub use ids::{RequestId, RoomNid, StreamPos, TenantId};
pub use permission::Permission;
pub use program::Program;
pub use random::Random;
pub use role::{Role, Roles};
pub use room_class::RoomClass;
pub use secret::Secret;
pub use time::{Clock, Timestamp};
