//! kontor-client-api
