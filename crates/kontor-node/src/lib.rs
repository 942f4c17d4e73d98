//! kontor-node
