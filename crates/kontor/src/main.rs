//! kontor

fn main() {}
