//! Why a program does not get what it wants.

use kontor_core::Error;

/// Error codes of OAuth 2.0 (RFC 6749 §5.2, RFC 7591 §3.2.2, RFC 8628 §3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OAuthCode {
    /// Something is missing, doubled or malformed.
    InvalidRequest,
    /// The program is not registered.
    InvalidClient,
    /// The code or token is wrong, expired, spent or another program's.
    InvalidGrant,
    /// Kontor does not know this kind of grant, or the program has not registered for it.
    UnsupportedGrantType,
    /// The scope names no device, several, or one of another program.
    InvalidScope,
    /// A redirection address that is against the rules.
    InvalidRedirectUri,
    /// The program's description is against the rules.
    InvalidClientMetadata,
    /// The person has not decided yet.
    AuthorizationPending,
    /// The program asks too often.
    SlowDown,
    /// The person said no.
    AccessDenied,
    /// The person did not decide in time.
    ExpiredToken,
}

impl OAuthCode {
    /// The code as sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::AccessDenied => "access_denied",
            Self::ExpiredToken => "expired_token",
        }
    }
}

/// A refusal in the words of OAuth, or a failure of ours.
#[derive(Debug)]
pub enum Refusal {
    /// What a program can act on.
    OAuth {
        /// What is wrong.
        code: OAuthCode,
        /// For the program's developer; names the field.
        description: String,
    },
    /// Everything else, limits too.
    Failed(Error),
}

impl Refusal {
    pub(crate) fn new(code: OAuthCode, description: impl Into<String>) -> Self {
        Self::OAuth { code, description: description.into() }
    }

    /// A field of the program's description is against the rules.
    pub(crate) fn metadata(description: impl Into<String>) -> Self {
        Self::new(OAuthCode::InvalidClientMetadata, description)
    }

    /// Says no more than that, so that nobody learns what would have been right.
    pub(crate) fn grant() -> Self {
        Self::new(OAuthCode::InvalidGrant, "The code or token is not good, or no longer.")
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
