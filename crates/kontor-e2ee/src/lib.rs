//! kontor-e2ee
