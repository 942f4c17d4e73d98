//! Where log lines go: standard error, without personal data.

use kontor_config::{Log, LogFormat};
use tracing_subscriber::EnvFilter;

/// Starts logging. Libraries are heard from `warn` upwards, Kontor from the configured level.
pub(crate) fn start(log: &Log) {
    let filter = EnvFilter::new(format!("warn,kontor={}", log.level));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(false);
    // The one subscriber of this process; a second call could only come from a test.
    let _ = match log.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
}
