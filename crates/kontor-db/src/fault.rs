//! What an engine's failure means to the caller.

use std::borrow::Cow;

use kontor_core::{Error, Kind};
use rusqlite::ErrorCode;
use rusqlite::ffi;

/// A failure of the engine; unlike [`Error`] it can be given to every closure of a lost batch.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) public: Cow<'static, str>,
    /// For the log only.
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn new(
        kind: Kind,
        public: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self { kind, public: public.into(), detail: detail.into() }
    }

    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(Kind::Internal, "Internal server error.", detail)
    }

    /// `during` names the statement or step, for the log.
    pub(crate) fn sqlite(during: &str, error: &rusqlite::Error) -> Self {
        let detail = format!("{during}: {error}");
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            return Self::internal(detail);
        };
        let unavailable =
            |public: &'static str| Self::new(Kind::Unavailable, public, detail.clone());
        match failure.code {
            ErrorCode::ConstraintViolation => match failure.extended_code {
                ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE => {
                    Self::new(Kind::Conflict, "This exists already.", detail)
                }
                _ => Self::internal(detail),
            },
            ErrorCode::DiskFull => {
                unavailable("The disk is full. Free some space, then try again.")
            }
            ErrorCode::SystemIoFailure => {
                unavailable("The database cannot be read or written (input/output error).")
            }
            ErrorCode::ReadOnly => unavailable("The database is read-only."),
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                unavailable("The database cannot be opened.")
            }
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                unavailable("The database is damaged. Restore it from a backup.")
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                unavailable("The database is in use by another process.")
            }
            ErrorCode::OutOfMemory => unavailable("The system is out of memory."),
            _ => Self::internal(detail),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let error = match fault.kind {
            Kind::Unavailable => Self::unavailable(fault.public),
            Kind::Conflict => Self { kind: Kind::Conflict, ..Self::unavailable(fault.public) },
            Kind::Invalid => Self { kind: Kind::Invalid, ..Self::unavailable(fault.public) },
            _ => return Self::internal(fault.detail),
        };
        error.because(fault.detail)
    }
}
