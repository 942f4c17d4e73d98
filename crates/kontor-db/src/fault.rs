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
    /// The connection is gone; a new one may work.
    pub(crate) disconnected: bool,
}

impl Fault {
    pub(crate) fn new(
        kind: Kind,
        public: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self { kind, public: public.into(), detail: detail.into(), disconnected: false }
    }

    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(Kind::Internal, "Internal server error.", detail)
    }

    /// `during` names the statement or step, for the log.
    pub(crate) fn postgres(during: &str, error: &tokio_postgres::Error) -> Self {
        let Some(reply) = error.as_db_error() else {
            // The driver's own text hides the cause one level down.
            let cause = std::error::Error::source(error)
                .map_or_else(String::new, |source| format!(": {source}"));
            let detail = format!("{during}: {error}{cause}");
            // Without reply, a failure to convert a value is the only one that is not the line's.
            if !error.is_closed() && !cause_is_io(error) {
                return Self::internal(detail);
            }
            let public = "The database server does not answer.";
            return Self { disconnected: true, ..Self::new(Kind::Unavailable, public, detail) };
        };
        // Not `DETAIL`: it quotes values.
        let detail = format!("{during}: {} ({})", reply.message(), reply.code().code());
        let unavailable =
            |public: &'static str| Self::new(Kind::Unavailable, public, detail.clone());
        match reply.code().code() {
            "23505" => Self::new(Kind::Conflict, "This exists already.", detail),
            "53100" => unavailable("The disk of the database server is full."),
            "25006" => unavailable("The database server is read-only."),
            "40001" | "40P01" | "55P03" => unavailable("The database is busy. Please try again."),
            "28P01" | "28000" => unavailable("The database server refuses the user or password."),
            "3D000" => unavailable("The database does not exist on the server."),
            code if code.starts_with("57P") || code.starts_with("08") => Self {
                disconnected: true,
                ..unavailable("The database server has closed the connection.")
            },
            code if code.starts_with("53") || code.starts_with("58") => {
                unavailable("The database server lacks resources.")
            }
            _ => Self::internal(detail),
        }
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

/// Connecting and talking fail with an I/O error inside.
fn cause_is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let error = match fault.kind {
            Kind::Unavailable => Self::unavailable(fault.public),
            Kind::Conflict => Self { kind: Kind::Conflict, ..Self::unavailable(fault.public) },
            _ => return Self::internal(fault.detail),
        };
        error.because(fault.detail)
    }
}
