//! The engines from outside.

mod smoke;
