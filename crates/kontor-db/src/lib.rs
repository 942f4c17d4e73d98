//! kontor-db
