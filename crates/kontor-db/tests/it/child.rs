//! This test binary, started again as a process of its own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set in the child: the folder it works in.
const FOLDER: &str = "KONTOR_TEST_CHILD";

/// The folder, if this is the child.
pub(crate) fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// A command that runs only `test`, as a child working in `folder`. `prelude` is shell that runs
/// before.
pub(crate) fn command(test: &str, folder: &Path, prelude: &str) -> Command {
    let mut command = Command::new("bash");
    command
        .args(["-c", &format!("{prelude} exec \"$0\" --exact {test} --nocapture")])
        .arg(env::current_exe().unwrap())
        .env(FOLDER, folder);
    command
}
