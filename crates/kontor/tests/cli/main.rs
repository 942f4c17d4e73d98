//! The commands, run as an operator runs them.

mod binary;
mod configuration;
mod doctor;
mod serve;
mod tenant;
mod user;
