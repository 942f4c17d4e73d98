//! kontor-media
