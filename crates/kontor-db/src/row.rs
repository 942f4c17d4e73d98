//! Result rows, read by column index.

use kontor_core::{Error, Result, RoomNid, StreamPos, Timestamp};
use rusqlite::types::ValueRef;
use tokio_postgres::types::Type;

use crate::Sql;
use crate::seal::Sealer;

/// One row of a result. Columns are numbered from 0 in the order of the SELECT.
///
/// A value of another type, or NULL where none is expected, is `Internal`, naming statement and
/// column.
pub struct Row<'r> {
    pub(crate) cells: Cells<'r>,
    pub(crate) sql: &'static Sql,
    pub(crate) sealer: &'r Sealer,
}

pub(crate) enum Cells<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

/// A borrowed value, engine aside.
enum Cell<'r> {
    Null,
    Int(i64),
    Text(&'r str),
    Bytes(&'r [u8]),
    Bool(bool),
}

impl<'r> Row<'r> {
    /// BIGINT.
    pub fn int(&self, column: usize) -> Result<i64> {
        self.required(column, self.opt_int(column)?)
    }

    /// BIGINT or NULL.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Int(value) => Ok(Some(value)),
            Cell::Text(_) | Cell::Bytes(_) | Cell::Bool(_) => Err(self.mistyped(column)),
        }
    }

    /// BOOLEAN.
    pub fn bool(&self, column: usize) -> Result<bool> {
        self.required(column, self.opt_bool(column)?)
    }

    /// BOOLEAN or NULL.
    pub fn opt_bool(&self, column: usize) -> Result<Option<bool>> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Bool(value) => Ok(Some(value)),
            Cell::Int(0) => Ok(Some(false)),
            Cell::Int(1) => Ok(Some(true)),
            Cell::Int(_) | Cell::Text(_) | Cell::Bytes(_) => Err(self.mistyped(column)),
        }
    }

    /// TEXT.
    pub fn text(&self, column: usize) -> Result<String> {
        Ok(self.str(column)?.to_owned())
    }

    /// TEXT or NULL.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>> {
        Ok(self.opt_str(column)?.map(ToOwned::to_owned))
    }

    /// TEXT, borrowed from the row.
    pub fn str(&self, column: usize) -> Result<&'r str> {
        self.required(column, self.opt_str(column)?)
    }

    /// TEXT or NULL, borrowed from the row.
    pub fn opt_str(&self, column: usize) -> Result<Option<&'r str>> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(value) => Ok(Some(value)),
            Cell::Int(_) | Cell::Bytes(_) | Cell::Bool(_) => Err(self.mistyped(column)),
        }
    }

    /// TEXT holding an identifier: `row.id::<OwnedUserId>(2)`.
    pub fn id<T: TryFrom<String>>(&self, column: usize) -> Result<T> {
        T::try_from(self.text(column)?)
            .map_err(|_| self.broken(column, "is not such an identifier"))
    }

    /// TEXT holding an identifier, or NULL.
    pub fn opt_id<T: TryFrom<String>>(&self, column: usize) -> Result<Option<T>> {
        self.opt_text(column)?
            .map(|text| {
                T::try_from(text).map_err(|_| self.broken(column, "is not such an identifier"))
            })
            .transpose()
    }

    /// BYTEA.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>> {
        self.required(column, self.opt_bytes(column)?)
    }

    /// BYTEA or NULL.
    pub fn opt_bytes(&self, column: usize) -> Result<Option<Vec<u8>>> {
        Ok(self.opt_slice(column)?.map(ToOwned::to_owned))
    }

    /// BYTEA of a sealed column, opened.
    pub fn sealed(&self, column: usize) -> Result<Vec<u8>> {
        self.required(column, self.opt_sealed(column)?)
    }

    /// BYTEA of a sealed column, opened, or NULL.
    pub fn opt_sealed(&self, column: usize) -> Result<Option<Vec<u8>>> {
        self.opt_slice(column)?
            .map(|stored| self.sealer.open(stored))
            .transpose()
            .map_err(|error| self.broken(column, &error.to_string()))
    }

    /// BYTEA of a sealed column, opened, as text.
    pub fn sealed_text(&self, column: usize) -> Result<String> {
        self.required(column, self.opt_sealed_text(column)?)
    }

    /// BYTEA of a sealed column, opened, as text, or NULL.
    pub fn opt_sealed_text(&self, column: usize) -> Result<Option<String>> {
        self.opt_sealed(column)?
            .map(|bytes| String::from_utf8(bytes).map_err(|_| self.broken(column, "is not UTF-8")))
            .transpose()
    }

    /// BIGINT holding a stream position.
    pub fn pos(&self, column: usize) -> Result<StreamPos> {
        self.int(column).map(StreamPos)
    }

    /// BIGINT holding a room's number.
    pub fn room(&self, column: usize) -> Result<RoomNid> {
        self.int(column).map(RoomNid)
    }

    /// BIGINT holding milliseconds since the Unix epoch.
    pub fn time(&self, column: usize) -> Result<Timestamp> {
        self.int(column).map(Timestamp)
    }

    /// BIGINT holding milliseconds since the Unix epoch, or NULL.
    pub fn opt_time(&self, column: usize) -> Result<Option<Timestamp>> {
        Ok(self.opt_int(column)?.map(Timestamp))
    }

    fn opt_slice(&self, column: usize) -> Result<Option<&'r [u8]>> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Bytes(value) => Ok(Some(value)),
            Cell::Int(_) | Cell::Text(_) | Cell::Bool(_) => Err(self.mistyped(column)),
        }
    }

    fn cell(&self, column: usize) -> Result<Cell<'r>> {
        match &self.cells {
            Cells::Sqlite(row) => {
                match row.get_ref(column).map_err(|e| self.broken(column, &e.to_string()))? {
                    ValueRef::Null => Ok(Cell::Null),
                    ValueRef::Integer(value) => Ok(Cell::Int(value)),
                    ValueRef::Text(value) => std::str::from_utf8(value)
                        .map(Cell::Text)
                        .map_err(|_| self.broken(column, "is not UTF-8")),
                    ValueRef::Blob(value) => Ok(Cell::Bytes(value)),
                    ValueRef::Real(_) => Err(self.mistyped(column)),
                }
            }
            Cells::Postgres(row) => self.postgres_cell(row, column),
        }
    }

    fn postgres_cell(&self, row: &'r tokio_postgres::Row, column: usize) -> Result<Cell<'r>> {
        let Some(kind) = row.columns().get(column).map(tokio_postgres::Column::type_) else {
            return Err(self.broken(column, "does not exist"));
        };
        let cell = match *kind {
            Type::INT8 => row.try_get::<_, Option<i64>>(column).map(|v| v.map(Cell::Int)),
            Type::INT4 => {
                row.try_get::<_, Option<i32>>(column).map(|v| v.map(|n| Cell::Int(n.into())))
            }
            Type::TEXT | Type::VARCHAR | Type::NAME => {
                row.try_get::<_, Option<&str>>(column).map(|v| v.map(Cell::Text))
            }
            Type::BYTEA => row.try_get::<_, Option<&[u8]>>(column).map(|v| v.map(Cell::Bytes)),
            Type::BOOL => row.try_get::<_, Option<bool>>(column).map(|v| v.map(Cell::Bool)),
            _ => return Err(self.mistyped(column)),
        };
        cell.map(|cell| cell.unwrap_or(Cell::Null)).map_err(|e| self.broken(column, &e.to_string()))
    }

    fn required<T>(&self, column: usize, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.broken(column, "is NULL"))
    }

    fn mistyped(&self, column: usize) -> Error {
        self.broken(column, "has another type")
    }

    fn broken(&self, column: usize, what: &str) -> Error {
        Error::internal(format!("{}: column {column} {what}", self.sql.name()))
    }
}
