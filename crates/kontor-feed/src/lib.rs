//! kontor-feed
