//! Statements: one text for both engines.

use std::fmt::Write as _;
use std::sync::OnceLock;

/// Most values one `{in}` expands to; longer lists run in several rounds.
pub(crate) const LONGEST_LIST: usize = 512;
/// Sizes of `{in}`: 1, 2, 4 … 512.
const SIZES: usize = 10;

/// One SQL statement, in PostgreSQL words common to both engines.
///
/// Placeholders are `$n`; `$1` is always the tenant and bound by [`crate::Tx`]. At most one
/// `{in}` expands to a parenthesised list of placeholders (see [`crate::Tx::query_in`]), or
/// `{rows}` to rows of them (see [`Sql::of_rows`]). Must be a `static`: the texts made from it are
/// kept inside, and connections recognise it by address.
///
/// ```
/// static TIMELINE: kontor_db::Sql = kontor_db::Sql::new(
///     "rooms.timeline",
///     "SELECT event_id FROM event WHERE tenant_id = $1 AND room_nid = $2",
/// );
/// ```
#[derive(Debug)]
pub struct Sql {
    name: &'static str,
    text: &'static str,
    /// Values in each of the `{rows}`, the tenant's aside; 0 if there are none.
    width: usize,
    placeholders: OnceLock<usize>,
    sqlite: OnceLock<Box<str>>,
    sqlite_lists: [OnceLock<Box<str>>; SIZES],
    postgres_lists: [OnceLock<Box<str>>; SIZES],
}

/// An engine's spelling of placeholders.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Dialect {
    /// `?1`
    Sqlite,
    /// `$1`
    Postgres,
}

impl Sql {
    /// A statement; `name` (`module.statement`) appears in logs and errors.
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self::of_rows(name, text, 0)
    }

    /// A statement whose `{rows}` expands to rows of `width` values behind the tenant, as in
    /// `INSERT INTO … VALUES {rows}`; for [`crate::Tx::execute_rows`]. It has no other placeholders.
    pub const fn of_rows(name: &'static str, text: &'static str, width: usize) -> Self {
        Self {
            name,
            text,
            width,
            placeholders: OnceLock::new(),
            sqlite: OnceLock::new(),
            sqlite_lists: [const { OnceLock::new() }; SIZES],
            postgres_lists: [const { OnceLock::new() }; SIZES],
        }
    }

    /// Name for logs and errors.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The text as written.
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// Highest `$n` in the text, the tenant's `$1` included.
    pub(crate) fn placeholders(&self) -> usize {
        *self.placeholders.get_or_init(|| {
            let mut highest = usize::from(self.width > 0);
            scan(self.text, |piece| match piece {
                Piece::Placeholder(n) => highest = highest.max(n),
                Piece::Text(_) | Piece::List => {}
            });
            highest
        })
    }

    /// The text for `dialect`, without list.
    pub(crate) fn plain(&self, dialect: Dialect) -> &str {
        match dialect {
            Dialect::Postgres => self.text,
            Dialect::Sqlite => self.sqlite.get_or_init(|| self.translate(dialect, 0)),
        }
    }

    /// Values in each of the `{rows}`, the tenant's aside; 0 if there are none.
    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// The text for `dialect` whose `{in}` or `{rows}` holds room for `count` values, and the
    /// number of its elements (the next power of two), which is at least 1 and at most
    /// [`LONGEST_LIST`].
    pub(crate) fn with_list(&self, dialect: Dialect, count: usize) -> (&str, usize) {
        let elements = count / self.width.max(1);
        let size = elements.clamp(1, LONGEST_LIST).next_power_of_two();
        let lists = match dialect {
            Dialect::Sqlite => &self.sqlite_lists,
            Dialect::Postgres => &self.postgres_lists,
        };
        let class = usize::try_from(size.trailing_zeros()).unwrap_or(0);
        match lists.get(class) {
            Some(cell) => (cell.get_or_init(|| self.translate(dialect, size)), size),
            None => (self.text, size),
        }
    }

    fn translate(&self, dialect: Dialect, list: usize) -> Box<str> {
        let sign = match dialect {
            Dialect::Sqlite => '?',
            Dialect::Postgres => '$',
        };
        let first = self.placeholders() + 1;
        let mut out = String::with_capacity(self.text.len() + list * 5);
        scan(self.text, |piece| match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Placeholder(n) => push_placeholder(&mut out, sign, n),
            Piece::List if self.width == 0 => {
                push_group(&mut out, sign, first..first + list.max(1));
            }
            Piece::List => {
                for row in 0..list.max(1) {
                    let begin = first + row * self.width;
                    out.push_str(if row == 0 { "" } else { "," });
                    push_group(&mut out, sign, std::iter::once(1).chain(begin..begin + self.width));
                }
            }
        });
        out.into_boxed_str()
    }
}

fn push_group(out: &mut String, sign: char, numbers: impl Iterator<Item = usize>) {
    for (i, n) in numbers.enumerate() {
        out.push(if i == 0 { '(' } else { ',' });
        push_placeholder(out, sign, n);
    }
    out.push(')');
}

fn push_placeholder(out: &mut String, sign: char, n: usize) {
    out.push(sign);
    // Writing to a String cannot fail.
    let _ = write!(out, "{n}");
}

enum Piece<'t> {
    Text(&'t str),
    Placeholder(usize),
    List,
}

/// Cuts a statement at its placeholders, leaving quoted text alone.
fn scan<'t>(text: &'t str, mut each: impl FnMut(Piece<'t>)) {
    for (i, part) in text.split('\'').enumerate() {
        if i > 0 {
            each(Piece::Text("'"));
        }
        if i % 2 == 1 {
            each(Piece::Text(part));
            continue;
        }
        for (j, piece) in part.split("{in}").flat_map(|part| part.split("{rows}")).enumerate() {
            if j > 0 {
                each(Piece::List);
            }
            scan_placeholders(piece, &mut each);
        }
    }
}

fn scan_placeholders<'t>(text: &'t str, each: &mut impl FnMut(Piece<'t>)) {
    let mut parts = text.split('$');
    if let Some(head) = parts.next() {
        each(Piece::Text(head));
    }
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (digits, rest) = part.split_at(end);
        match digits.parse() {
            Ok(n) => each(Piece::Placeholder(n)),
            Err(_) => each(Piece::Text("$")),
        }
        each(Piece::Text(rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_numbered_question_marks() {
        static S: Sql = Sql::new("t", "SELECT a FROM t WHERE x = $2 AND tenant_id = $1 OR y=$12");
        assert_eq!(
            S.plain(Dialect::Sqlite),
            "SELECT a FROM t WHERE x = ?2 AND tenant_id = ?1 OR y=?12"
        );
        assert_eq!(S.placeholders(), 12);
    }

    #[test]
    fn quoted_text_stays_as_it_is() {
        static S: Sql = Sql::new("t", "SELECT '$2 {in} ''x' FROM t WHERE tenant_id = $1");
        assert_eq!(S.plain(Dialect::Sqlite), "SELECT '$2 {in} ''x' FROM t WHERE tenant_id = ?1");
        assert_eq!(S.placeholders(), 1);
    }

    #[test]
    fn rows_begin_with_the_tenant() {
        static S: Sql = Sql::of_rows("t", "INSERT INTO t (tenant_id, a, b) VALUES {rows}", 2);
        let text = "INSERT INTO t (tenant_id, a, b) VALUES (?1,?2,?3),(?1,?4,?5)";
        assert_eq!(S.with_list(Dialect::Sqlite, 4), (text, 2));
        assert_eq!(S.placeholders(), 1);
    }

    #[test]
    fn lists_grow_in_powers_of_two_behind_the_fixed_parameters() {
        static S: Sql =
            Sql::new("t", "SELECT a FROM t WHERE tenant_id = $1 AND b = $2 AND c IN {in}");
        assert_eq!(
            S.with_list(Dialect::Sqlite, 3),
            ("SELECT a FROM t WHERE tenant_id = ?1 AND b = ?2 AND c IN (?3,?4,?5,?6)", 4)
        );
        assert_eq!(
            S.with_list(Dialect::Postgres, 1),
            ("SELECT a FROM t WHERE tenant_id = $1 AND b = $2 AND c IN ($3)", 1)
        );
        assert_eq!(S.with_list(Dialect::Postgres, 512).1, 512);
    }
}
