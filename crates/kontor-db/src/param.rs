//! Values bound to placeholders.

use std::borrow::Cow;

use kontor_core::{Error, MatrixCode, Result, RoomNid, StreamPos, TenantId, Timestamp};

/// A value for one placeholder. Borrows where it can: `tx.execute(&SQL, &[room.into(), name.into()])`.
#[derive(Clone, Debug, PartialEq)]
pub enum Param<'p> {
    /// SQL NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT; must not contain NUL.
    Text(Cow<'p, str>),
    /// BYTEA.
    Bytes(Cow<'p, [u8]>),
    /// BYTEA, sealed with the tenant's key where the engine does not encrypt by itself.
    Sealed(Cow<'p, [u8]>),
}

impl<'p> Param<'p> {
    /// A value for a column marked `sealed` in the inventory; text or bytes, owned or borrowed.
    pub fn sealed<V: Into<Sealable<'p>>>(value: V) -> Self {
        Self::Sealed(value.into().0)
    }

    /// As [`Param::sealed`]; `None` is NULL.
    pub fn opt_sealed<V: Into<Sealable<'p>>>(value: Option<V>) -> Self {
        value.map_or(Self::Null, Self::sealed)
    }

    /// What it is, without the value, for logs.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Int(_) => "BIGINT",
            Self::Bool(_) => "BOOLEAN",
            Self::Text(_) => "TEXT",
            Self::Bytes(_) | Self::Sealed(_) => "BYTEA",
        }
    }

    /// The same value, borrowed.
    pub(crate) fn borrowed(&self) -> Param<'_> {
        match self {
            Self::Null => Param::Null,
            Self::Int(value) => Param::Int(*value),
            Self::Bool(value) => Param::Bool(*value),
            Self::Text(value) => Param::Text(Cow::Borrowed(value)),
            Self::Bytes(value) => Param::Bytes(Cow::Borrowed(value)),
            Self::Sealed(value) => Param::Sealed(Cow::Borrowed(value)),
        }
    }

    /// # Errors
    /// `Invalid` (`M_INVALID_PARAM`) for text with NUL, which PostgreSQL cannot store.
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Text(text) if text.as_bytes().contains(&0) => {
                Err(Error::invalid(MatrixCode::InvalidParam, "Text must not contain NUL (U+0000)."))
            }
            Self::Null
            | Self::Int(_)
            | Self::Bool(_)
            | Self::Text(_)
            | Self::Bytes(_)
            | Self::Sealed(_) => Ok(()),
        }
    }
}

/// Text or bytes on their way into a sealed column.
#[derive(Clone, Debug)]
pub struct Sealable<'p>(Cow<'p, [u8]>);

impl<'p> From<&'p str> for Sealable<'p> {
    fn from(value: &'p str) -> Self {
        Self(Cow::Borrowed(value.as_bytes()))
    }
}

impl<'p> From<&'p String> for Sealable<'p> {
    fn from(value: &'p String) -> Self {
        Self(Cow::Borrowed(value.as_bytes()))
    }
}

impl From<String> for Sealable<'_> {
    fn from(value: String) -> Self {
        Self(Cow::Owned(value.into_bytes()))
    }
}

impl<'p> From<&'p [u8]> for Sealable<'p> {
    fn from(value: &'p [u8]) -> Self {
        Self(Cow::Borrowed(value))
    }
}

impl<'p, const N: usize> From<&'p [u8; N]> for Sealable<'p> {
    fn from(value: &'p [u8; N]) -> Self {
        Self(Cow::Borrowed(value))
    }
}

impl<'p> From<&'p Vec<u8>> for Sealable<'p> {
    fn from(value: &'p Vec<u8>) -> Self {
        Self(Cow::Borrowed(value))
    }
}

impl From<Vec<u8>> for Sealable<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self(Cow::Owned(value))
    }
}

impl<V: Into<Self>> From<Option<V>> for Param<'_> {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Param<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

macro_rules! small_integers {
    ($($int:ty),*) => {$(
        impl From<$int> for Param<'_> {
            fn from(value: $int) -> Self {
                Self::Int(i64::from(value))
            }
        }
    )*};
}
small_integers!(u8, u16, u32, i32);

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Param<'_> {
            fn from(value: $number) -> Self {
                Self::Int(value.0)
            }
        }
    )*};
}
numbers!(StreamPos, RoomNid, TenantId, Timestamp);

impl<'p> From<&'p str> for Param<'p> {
    fn from(value: &'p str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl<'p> From<&'p String> for Param<'p> {
    fn from(value: &'p String) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Param<'_> {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl<'p> From<Cow<'p, str>> for Param<'p> {
    fn from(value: Cow<'p, str>) -> Self {
        Self::Text(value)
    }
}

impl<'p> From<&'p [u8]> for Param<'p> {
    fn from(value: &'p [u8]) -> Self {
        Self::Bytes(Cow::Borrowed(value))
    }
}

impl<'p, const N: usize> From<&'p [u8; N]> for Param<'p> {
    fn from(value: &'p [u8; N]) -> Self {
        Self::Bytes(Cow::Borrowed(value))
    }
}

impl<'p> From<&'p Vec<u8>> for Param<'p> {
    fn from(value: &'p Vec<u8>) -> Self {
        Self::Bytes(Cow::Borrowed(value))
    }
}

impl From<Vec<u8>> for Param<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Cow::Owned(value))
    }
}

/// Matrix identifiers are stored as text.
macro_rules! matrix_ids {
    ($($borrowed:ident / $owned:ident),* $(,)?) => {$(
        impl<'p> From<&'p ruma::$borrowed> for Param<'p> {
            fn from(value: &'p ruma::$borrowed) -> Self {
                Self::Text(Cow::Borrowed(value.as_str()))
            }
        }

        impl<'p> From<&'p ruma::$owned> for Param<'p> {
            fn from(value: &'p ruma::$owned) -> Self {
                Self::Text(Cow::Borrowed(value.as_str()))
            }
        }

        impl From<ruma::$owned> for Param<'_> {
            fn from(value: ruma::$owned) -> Self {
                Self::Text(Cow::Owned(value.as_str().to_owned()))
            }
        }
    )*};
}
matrix_ids!(
    DeviceId / OwnedDeviceId,
    EventId / OwnedEventId,
    MxcUri / OwnedMxcUri,
    RoomAliasId / OwnedRoomAliasId,
    RoomId / OwnedRoomId,
    RoomOrAliasId / OwnedRoomOrAliasId,
    ServerName / OwnedServerName,
    TransactionId / OwnedTransactionId,
    UserId / OwnedUserId,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_nul_is_refused() {
        assert!(Param::from("a\0b").check().is_err());
        assert!(Param::from("ab").check().is_ok());
    }

    #[test]
    fn absence_is_null() {
        assert_eq!(Param::from(None::<&str>), Param::Null);
        assert_eq!(Param::opt_sealed(None::<&str>), Param::Null);
        assert_eq!(Param::from(Some(7_i64)), Param::Int(7));
    }
}
