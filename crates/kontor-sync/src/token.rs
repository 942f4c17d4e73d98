//! The `since` token: `s{stream}_{ephemeral}`.

use kontor_core::{Error, MatrixCode, Result, StreamPos};

/// Where a device has read to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// Position in the tenant's stream.
    pub(crate) stream: StreamPos,
    /// Position in what is kept in memory only: typing and presence.
    pub(crate) ephemeral: u64,
}

impl Token {
    /// Reads a token.
    ///
    /// # Errors
    /// `M_INVALID_PARAM` naming `since`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let parts = text.strip_prefix('s').and_then(|rest| rest.split_once('_'));
        let token = parts.and_then(|(stream, ephemeral)| {
            let stream = stream.parse::<i64>().ok().filter(|pos| *pos >= 0)?;
            Some(Self { stream: StreamPos(stream), ephemeral: ephemeral.parse().ok()? })
        });
        token.ok_or_else(|| {
            Error::invalid(MatrixCode::InvalidParam, "since: not a token of this server.")
        })
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "s{}_{}", self.stream, self.ephemeral)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let token = Token { stream: StreamPos(17), ephemeral: 4 };
        assert_eq!(Token::parse(&token.to_string()).unwrap(), token);
    }

    #[test]
    fn refuses_what_it_has_not_written() {
        for text in
            ["", "s", "s1", "1_2", "s-1_0", "sx_0", "s1_x", "t1_1", "s99999999999999999999_0"]
        {
            assert!(Token::parse(text).is_err(), "{text}");
        }
    }
}
