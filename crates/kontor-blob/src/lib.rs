//! kontor-blob
