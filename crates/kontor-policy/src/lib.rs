//! kontor-policy
