//! How many files and sockets this process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are no connections: databases, media, logs.
const RESERVE: u64 = 512;

/// Raises the process's limit of open files as far as `connections` need and the system lets it;
/// answers how many connections then fit.
pub(crate) fn make_room(connections: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wanted = (connections as u64).saturating_add(RESERVE);
    let possible = limit.maximum.map_or(wanted, |maximum| wanted.min(maximum));
    let mut allowed = limit.current.unwrap_or(u64::MAX);
    if allowed < possible {
        let raised = Rlimit { current: Some(possible), maximum: limit.maximum };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            allowed = possible;
        }
    }
    let fitting = usize::try_from(allowed.saturating_sub(RESERVE)).unwrap_or(usize::MAX).max(16);
    if fitting < connections {
        tracing::warn!(
            wanted = connections,
            fitting,
            "the system's limit of open files allows fewer connections than configured; raise it \
             with ulimit -n or LimitNOFILE"
        );
    }
    fitting.min(connections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_promises_more_than_asked_for_or_allowed() {
        assert_eq!(make_room(1), 1);
        assert!(make_room(usize::MAX) < usize::MAX);
    }
}
