//! kontor-config
