//! kontor-protocol
