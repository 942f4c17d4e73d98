//! kontor-push
