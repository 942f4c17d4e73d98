//! How much memory this process has.

use std::fs;

/// Bytes in use; `None` if the system does not say.
pub(crate) fn resident_bytes() -> Option<u64> {
    // Pages: total, resident, …
    let text = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
    pages.checked_mul(rustix::param::page_size() as u64)
}
