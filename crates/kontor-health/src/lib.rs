//! How an organisation's server is doing, for those who look after it: numbers only, nothing about
//! anybody.

mod condition;

pub use condition::{Condition, Health};
