//! Section `policy`: which preset, and what the operator changes in it.

/// A set of settings that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Preset {
    /// For real use: everything a data protection officer would switch off is off.
    #[default]
    Strict,
    /// For trying out and testing on this machine only: open to everyone who reaches the port.
    Lab,
}

/// Who may create an account over the client-server API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Nobody; the operator creates accounts.
    Closed,
    /// Whoever has a registration token.
    Token,
    /// Everybody.
    Open,
}
