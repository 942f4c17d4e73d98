//! Configuration: one struct per section. The only reader of files and environment.

mod policy;

pub use policy::{Preset, Registration};
