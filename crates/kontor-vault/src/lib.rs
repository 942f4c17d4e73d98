//! kontor-vault
