//! Rows as bytes: the format of `database.age` and `audit.age`.
//!
//! ```text
//! "KTABLES1"
//! per table:  'T' length JSON{table, columns}   per row: 'R' values …   'E'
//! 'Z'
//! value: 0 | 1 i64 | 2 length text | 3 length bytes | 4 (false) | 5 (true)
//! ```
//! Numbers are big-endian, lengths four bytes. A table's hash is that of its rows, marks included.

use std::io::{self, ErrorKind, Read};

use kontor_core::{Error, Result};
use kontor_db::Stored;
use serde::{Deserialize, Serialize};

pub(crate) const MAGIC: &[u8; 8] = b"KTABLES1";
pub(crate) const TABLE: u8 = b'T';
pub(crate) const ROW: u8 = b'R';
pub(crate) const TABLE_END: u8 = b'E';
pub(crate) const END: u8 = b'Z';

/// Longest value read, in bytes.
const LONGEST: u32 = 256 * 1024 * 1024;

/// What stands in front of a table's rows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
}

/// Appends a row.
pub(crate) fn push_row(to: &mut Vec<u8>, row: &[Stored<'_>]) -> Result<()> {
    to.push(ROW);
    for value in row {
        match value {
            Stored::Null => to.push(0),
            Stored::Int(number) => {
                to.push(1);
                to.extend(number.to_be_bytes());
            }
            Stored::Text(text) => push_bytes(to, 2, text.as_bytes())?,
            Stored::Bytes(bytes) => push_bytes(to, 3, bytes)?,
            Stored::Bool(false) => to.push(4),
            Stored::Bool(true) => to.push(5),
        }
    }
    Ok(())
}

fn push_bytes(to: &mut Vec<u8>, kind: u8, bytes: &[u8]) -> Result<()> {
    to.push(kind);
    let length = u32::try_from(bytes.len()).map_err(Error::internal)?;
    to.extend(length.to_be_bytes());
    to.extend_from_slice(bytes);
    Ok(())
}

/// Reads one row of `width` values behind its mark and appends it to `to` as it is.
pub(crate) fn read_row(from: &mut impl Read, width: usize, to: &mut Vec<u8>) -> io::Result<()> {
    to.push(ROW);
    for _ in 0..width {
        let kind = read_byte(from)?;
        to.push(kind);
        match kind {
            0 | 4 | 5 => {}
            1 => {
                to.extend(read_array::<8>(from)?);
            }
            2 | 3 => {
                let length = read_array::<4>(from)?;
                to.extend(length);
                read_into(from, u32::from_be_bytes(length), to)?;
            }
            _ => return Err(broken()),
        }
    }
    Ok(())
}

/// The rows in bytes that [`read_row`] has collected.
pub(crate) fn parse_rows(mut bytes: &[u8], width: usize) -> Result<Vec<Vec<Stored<'_>>>> {
    let wrong = || Error::unavailable("A table in this backup is damaged.");
    let mut rows = Vec::new();
    while let Some((_, rest)) = bytes.split_first() {
        bytes = rest;
        let mut row = Vec::with_capacity(width);
        for _ in 0..width {
            let (value, rest) = parse_value(bytes).ok_or_else(wrong)?;
            row.push(value);
            bytes = rest;
        }
        rows.push(row);
    }
    Ok(rows)
}

fn parse_value(bytes: &[u8]) -> Option<(Stored<'_>, &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    Some(match kind {
        0 => (Stored::Null, rest),
        1 => {
            let (number, rest) = rest.split_first_chunk::<8>()?;
            (Stored::Int(i64::from_be_bytes(*number)), rest)
        }
        2 | 3 => {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (value, rest) = rest.split_at_checked(length)?;
            let value = match kind {
                2 => Stored::Text(std::str::from_utf8(value).ok()?),
                _ => Stored::Bytes(value),
            };
            (value, rest)
        }
        4 => (Stored::Bool(false), rest),
        5 => (Stored::Bool(true), rest),
        _ => return None,
    })
}

pub(crate) fn read_byte(from: &mut impl Read) -> io::Result<u8> {
    let [byte] = read_array::<1>(from)?;
    Ok(byte)
}

pub(crate) fn read_array<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Appends `length` bytes, as far as they come: a forged length takes no memory.
pub(crate) fn read_into(from: &mut impl Read, length: u32, to: &mut Vec<u8>) -> io::Result<()> {
    if length > LONGEST {
        return Err(broken());
    }
    let read = from.take(u64::from(length)).read_to_end(to)?;
    if u32::try_from(read).is_ok_and(|read| read == length) { Ok(()) } else { Err(broken()) }
}

pub(crate) fn broken() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "a table is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let rows = vec![
            vec![Stored::Null, Stored::Int(i64::MIN), Stored::Text("ü\n"), Stored::Bytes(&[0, 1])],
            vec![Stored::Bool(true), Stored::Bool(false), Stored::Text(""), Stored::Bytes(&[])],
        ];
        let mut bytes = Vec::new();
        for row in &rows {
            push_row(&mut bytes, row).unwrap();
        }
        assert_eq!(parse_rows(&bytes, 4).unwrap(), rows);
        let (mut from, mut read) = (&bytes[..], Vec::new());
        for _ in &rows {
            assert_eq!(read_byte(&mut from).unwrap(), ROW);
            read_row(&mut from, 4, &mut read).unwrap();
        }
        assert_eq!(read, bytes);
        for cut in 1..bytes.len() {
            let mut from = &bytes[1..cut];
            let first = read_row(&mut from, 4, &mut Vec::new());
            let second = first.and_then(|()| {
                read_byte(&mut from)?;
                read_row(&mut from, 4, &mut Vec::new())
            });
            assert!(second.is_err(), "{cut}");
        }
    }

    #[test]
    fn a_forged_length_is_an_error_and_takes_no_memory() {
        let forged = [2, 0x0f, 0xff, 0xff, 0xff, b'x'];
        assert!(read_row(&mut &forged[..], 1, &mut Vec::new()).is_err());
        let forged = [2, 0xff, 0xff, 0xff, 0xff, b'x'];
        assert!(read_row(&mut &forged[..], 1, &mut Vec::new()).is_err());
    }
}
