//! The one error type. A surface maps [`Kind`] (and the optional [`MatrixCode`]) to its answer.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

/// Result of a service or store function.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What was looked for, or `None` if it does not exist.
///
/// # Errors
/// Every error but `NotFound`: a database that fails must not look like one that has nothing.
pub fn if_found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What went wrong, what the caller may read about it, and what only the log may.
#[derive(Debug)]
pub struct Error {
    /// Class of failure; decides the status code.
    pub kind: Kind,
    /// Matrix error code, where the protocol names a more exact one than the kind's default.
    pub code: Option<MatrixCode>,
    /// Text that may reach the client.
    pub public: Cow<'static, str>,
    /// Further fields of the Matrix error body (`retry_after_ms`, `soft_logout` …).
    pub fields: Box<Map<String, Value>>,
    /// Cause, for the log only.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Class of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not signed in, or the sign-in is no longer valid.
    Unauthenticated,
    /// Signed in, but not allowed.
    Forbidden,
    /// Does not exist, or is hidden from the caller.
    NotFound,
    /// Contradicts the present state; the caller may look again and retry.
    Conflict,
    /// The request is malformed.
    Invalid,
    /// Was there, but its time is over (410).
    Gone,
    /// Too much, too often, too large.
    Limited,
    /// A part of the system does not answer now (disk full, database away).
    Unavailable,
    /// Understood, but never done this way (405).
    NotAllowed,
    /// A defect of ours.
    Internal,
}

/// Matrix error codes (spec: client-server API, "Standard error response").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatrixCode {
    /// `M_FORBIDDEN`
    Forbidden,
    /// `M_UNKNOWN_TOKEN`
    UnknownToken,
    /// `M_MISSING_TOKEN`
    MissingToken,
    /// `M_USER_LOCKED`
    UserLocked,
    /// `M_USER_SUSPENDED`
    UserSuspended,
    /// `M_BAD_JSON`
    BadJson,
    /// `M_NOT_JSON`
    NotJson,
    /// `M_NOT_FOUND`
    NotFound,
    /// `M_LIMIT_EXCEEDED`
    LimitExceeded,
    /// `M_UNRECOGNIZED`
    Unrecognized,
    /// `M_UNKNOWN`
    Unknown,
    /// `M_UNAUTHORIZED`
    Unauthorized,
    /// `M_USER_DEACTIVATED`
    UserDeactivated,
    /// `M_USER_IN_USE`
    UserInUse,
    /// `M_INVALID_USERNAME`
    InvalidUsername,
    /// `M_ROOM_IN_USE`
    RoomInUse,
    /// `M_INVALID_ROOM_STATE`
    InvalidRoomState,
    /// `M_THREEPID_NOT_FOUND`
    ThreepidNotFound,
    /// `M_THREEPID_DENIED`
    ThreepidDenied,
    /// `M_UNSUPPORTED_ROOM_VERSION`
    UnsupportedRoomVersion,
    /// `M_INCOMPATIBLE_ROOM_VERSION`
    IncompatibleRoomVersion,
    /// `M_BAD_STATE`
    BadState,
    /// `M_GUEST_ACCESS_FORBIDDEN`
    GuestAccessForbidden,
    /// `M_CAPTCHA_NEEDED`
    CaptchaNeeded,
    /// `M_MISSING_PARAM`
    MissingParam,
    /// `M_INVALID_PARAM`
    InvalidParam,
    /// `M_TOO_LARGE`
    TooLarge,
    /// `M_EXCLUSIVE`
    Exclusive,
    /// `M_RESOURCE_LIMIT_EXCEEDED`
    ResourceLimitExceeded,
    /// `M_CANNOT_LEAVE_SERVER_NOTICE_ROOM`
    CannotLeaveServerNoticeRoom,
    /// `M_WEAK_PASSWORD`
    WeakPassword,
    /// `M_DUPLICATE_ANNOTATION`
    DuplicateAnnotation,
    /// `M_UNABLE_TO_AUTHORISE_JOIN`
    UnableToAuthoriseJoin,
    /// `M_UNABLE_TO_GRANT_JOIN`
    UnableToGrantJoin,
    /// `M_NOT_JOINED`
    NotJoined,
    /// `M_WRONG_ROOM_KEYS_VERSION`
    WrongRoomKeysVersion,
    /// `M_INVALID_SIGNATURE`
    InvalidSignature,
    /// `M_BAD_ALIAS`
    BadAlias,
    /// `M_NOT_YET_UPLOADED`
    NotYetUploaded,
    /// `M_CANNOT_OVERWRITE_MEDIA`
    CannotOverwriteMedia,
    /// `M_UNKNOWN_DEVICE`
    UnknownDevice,
    /// `M_PROFILE_TOO_LARGE`
    ProfileTooLarge,
    /// `M_KEY_TOO_LARGE`
    KeyTooLarge,
    /// `M_INVITE_BLOCKED`
    InviteBlocked,
    /// `APP_KONTOR_FOUR_EYES`: one person alone may not do this; ask for a second one.
    FourEyes,
    /// `APP_KONTOR_FORBIDDEN_ROLES`: nobody may hold both roles.
    ForbiddenRoles,
    /// `APP_KONTOR_NOTICE_REQUIRED`: who asks has to acknowledge a notice first.
    NoticeRequired,
    /// `APP_KONTOR_STEP_UP`: who asks has to show again who they are.
    StepUp,
    /// `APP_KONTOR_DEVICE_NOT_ALLOWED`: the organisation does not let such devices in.
    DeviceNotAllowed,
    /// `APP_KONTOR_PROGRAM_TOO_OLD`: the program has to be updated first.
    ProgramTooOld,
    /// `APP_KONTOR_EXPIRED`: it was waiting too long.
    Expired,
    /// `APP_KONTOR_WORKS_COUNCIL`: the works council has to agree first.
    WorksCouncil,
    /// `APP_KONTOR_POLICY_LOCKED`: the organisation allows no less protection (law: R-061).
    PolicyLocked,
}

impl MatrixCode {
    /// The code as sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forbidden => "M_FORBIDDEN",
            Self::UnknownToken => "M_UNKNOWN_TOKEN",
            Self::MissingToken => "M_MISSING_TOKEN",
            Self::UserLocked => "M_USER_LOCKED",
            Self::UserSuspended => "M_USER_SUSPENDED",
            Self::BadJson => "M_BAD_JSON",
            Self::NotJson => "M_NOT_JSON",
            Self::NotFound => "M_NOT_FOUND",
            Self::LimitExceeded => "M_LIMIT_EXCEEDED",
            Self::Unrecognized => "M_UNRECOGNIZED",
            Self::Unknown => "M_UNKNOWN",
            Self::Unauthorized => "M_UNAUTHORIZED",
            Self::UserDeactivated => "M_USER_DEACTIVATED",
            Self::UserInUse => "M_USER_IN_USE",
            Self::InvalidUsername => "M_INVALID_USERNAME",
            Self::RoomInUse => "M_ROOM_IN_USE",
            Self::InvalidRoomState => "M_INVALID_ROOM_STATE",
            Self::ThreepidNotFound => "M_THREEPID_NOT_FOUND",
            Self::ThreepidDenied => "M_THREEPID_DENIED",
            Self::UnsupportedRoomVersion => "M_UNSUPPORTED_ROOM_VERSION",
            Self::IncompatibleRoomVersion => "M_INCOMPATIBLE_ROOM_VERSION",
            Self::BadState => "M_BAD_STATE",
            Self::GuestAccessForbidden => "M_GUEST_ACCESS_FORBIDDEN",
            Self::CaptchaNeeded => "M_CAPTCHA_NEEDED",
            Self::MissingParam => "M_MISSING_PARAM",
            Self::InvalidParam => "M_INVALID_PARAM",
            Self::TooLarge => "M_TOO_LARGE",
            Self::Exclusive => "M_EXCLUSIVE",
            Self::ResourceLimitExceeded => "M_RESOURCE_LIMIT_EXCEEDED",
            Self::CannotLeaveServerNoticeRoom => "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM",
            Self::WeakPassword => "M_WEAK_PASSWORD",
            Self::DuplicateAnnotation => "M_DUPLICATE_ANNOTATION",
            Self::UnableToAuthoriseJoin => "M_UNABLE_TO_AUTHORISE_JOIN",
            Self::UnableToGrantJoin => "M_UNABLE_TO_GRANT_JOIN",
            Self::NotJoined => "M_NOT_JOINED",
            Self::WrongRoomKeysVersion => "M_WRONG_ROOM_KEYS_VERSION",
            Self::InvalidSignature => "M_INVALID_SIGNATURE",
            Self::BadAlias => "M_BAD_ALIAS",
            Self::NotYetUploaded => "M_NOT_YET_UPLOADED",
            Self::CannotOverwriteMedia => "M_CANNOT_OVERWRITE_MEDIA",
            Self::UnknownDevice => "M_UNKNOWN_DEVICE",
            Self::ProfileTooLarge => "M_PROFILE_TOO_LARGE",
            Self::KeyTooLarge => "M_KEY_TOO_LARGE",
            Self::InviteBlocked => "M_INVITE_BLOCKED",
            Self::FourEyes => "APP_KONTOR_FOUR_EYES",
            Self::ForbiddenRoles => "APP_KONTOR_FORBIDDEN_ROLES",
            Self::NoticeRequired => "APP_KONTOR_NOTICE_REQUIRED",
            Self::StepUp => "APP_KONTOR_STEP_UP",
            Self::DeviceNotAllowed => "APP_KONTOR_DEVICE_NOT_ALLOWED",
            Self::ProgramTooOld => "APP_KONTOR_PROGRAM_TOO_OLD",
            Self::Expired => "APP_KONTOR_EXPIRED",
            Self::WorksCouncil => "APP_KONTOR_WORKS_COUNCIL",
            Self::PolicyLocked => "APP_KONTOR_POLICY_LOCKED",
        }
    }
}

impl Error {
    fn new(kind: Kind, code: Option<MatrixCode>, public: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, code, public: public.into(), fields: Box::default(), source: None }
    }

    /// Not signed in, or no longer.
    pub fn unauthenticated(code: MatrixCode, public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Unauthenticated, Some(code), public)
    }

    /// Signed in, but not allowed (`M_FORBIDDEN`).
    pub fn forbidden(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Forbidden, None, public)
    }

    /// Does not exist, or is hidden from the caller (`M_NOT_FOUND`).
    pub fn not_found(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::NotFound, None, public)
    }

    /// Contradicts the present state.
    pub fn conflict(code: MatrixCode, public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Conflict, Some(code), public)
    }

    /// Malformed request (400 with `code`).
    pub fn invalid(code: MatrixCode, public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Invalid, Some(code), public)
    }

    /// Its time is over (410).
    pub fn gone(code: MatrixCode, public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Gone, Some(code), public)
    }

    /// Too much, too often, too large.
    pub fn limited(code: MatrixCode, public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Limited, Some(code), public)
    }

    /// A part of the system does not answer now.
    pub fn unavailable(public: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Unavailable, None, public)
    }

    /// A defect of ours; `detail` reaches the log only.
    pub fn internal(detail: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Kind::Internal, None, "Internal server error.").because(detail)
    }

    /// Turns it into something that is never done this way (405), keeping code and text.
    #[must_use]
    pub fn not_allowed(mut self) -> Self {
        self.kind = Kind::NotAllowed;
        self
    }

    /// Adds the cause, for the log only.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Replaces the Matrix error code.
    #[must_use]
    pub fn with_code(mut self, code: MatrixCode) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds a field to the Matrix error body.
    #[must_use]
    pub fn with_field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.public)?;
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
