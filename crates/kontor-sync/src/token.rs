//! The `since` token: `s{stream}_{ephemeral}`, and `_{inbox}` if messages to the device wait.

use kontor_core::{Error, MatrixCode, Result, StreamPos};

/// Where a device has read to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// Position in the tenant's stream.
    pub(crate) stream: StreamPos,
    /// Position in what is kept in memory only: typing and presence.
    pub(crate) ephemeral: u64,
    /// How far the device's inbox is delivered, if not as far as `stream`.
    pub(crate) inbox: Option<StreamPos>,
}

impl Token {
    /// Reads a token.
    ///
    /// # Errors
    /// `M_INVALID_PARAM` naming `since`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let parts = text.strip_prefix('s').and_then(|rest| rest.split_once('_'));
        let token = parts.and_then(|(stream, rest)| {
            let (ephemeral, inbox) = match rest.split_once('_') {
                Some((ephemeral, inbox)) => (ephemeral, Some(position(inbox)?)),
                None => (rest, None),
            };
            Some(Self { stream: position(stream)?, ephemeral: ephemeral.parse().ok()?, inbox })
        });
        token.ok_or_else(|| {
            Error::invalid(MatrixCode::InvalidParam, "since: not a token of this server.")
        })
    }
}

fn position(text: &str) -> Option<StreamPos> {
    text.parse().ok().filter(|pos| *pos >= 0).map(StreamPos)
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "s{}_{}", self.stream, self.ephemeral)?;
        match self.inbox {
            Some(inbox) => write!(f, "_{inbox}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for inbox in [None, Some(StreamPos(9))] {
            let token = Token { stream: StreamPos(17), ephemeral: 4, inbox };
            assert_eq!(Token::parse(&token.to_string()).unwrap(), token);
        }
    }

    #[test]
    fn refuses_what_it_has_not_written() {
        for text in [
            "",
            "s",
            "s1",
            "1_2",
            "s-1_0",
            "sx_0",
            "s1_x",
            "t1_1",
            "s1_1_",
            "s1_1_x",
            "s1_1_1_1",
            "s99999999999999999999_0",
        ] {
            assert!(Token::parse(text).is_err(), "{text}");
        }
    }
}
