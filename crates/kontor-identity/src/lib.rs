//! kontor-identity
