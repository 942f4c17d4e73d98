//! kontor-rooms
