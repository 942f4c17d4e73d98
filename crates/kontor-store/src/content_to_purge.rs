//! Where the content lies of events that are gone, until it is gone, too. law: R-111

use kontor_core::{Error, Result, StreamPos};
use kontor_db::{Param, Sql, Tx};

/// Bytes of a position.
const WIDTH: usize = size_of::<i64>();

static INSERT: Sql = Sql::new(
    "content_to_purge.insert",
    "INSERT INTO content_to_purge (tenant_id, pos, positions) VALUES ($1, $2, $3)",
);

static LIST: Sql = Sql::new(
    "content_to_purge.list",
    "SELECT pos, positions FROM content_to_purge WHERE tenant_id = $1 AND pos > $2
      ORDER BY pos LIMIT $3",
);

static DELETE: Sql = Sql::new(
    "content_to_purge.delete",
    "DELETE FROM content_to_purge WHERE tenant_id = $1 AND pos <= $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&INSERT, &LIST, &DELETE];

/// Notes that the content at these positions is to go.
pub fn insert_contents_to_purge(tx: &mut Tx<'_>, positions: &[StreamPos]) -> Result<()> {
    if positions.is_empty() {
        return Ok(());
    }
    let bytes: Vec<u8> = positions.iter().flat_map(|pos| pos.0.to_be_bytes()).collect();
    let pos = tx.next_pos();
    tx.execute(&INSERT, &[pos.into(), Param::from(&*bytes)]).map(drop)
}

/// Up to `limit` notes behind `after`, in order: where each stands, and the positions it names.
pub fn list_contents_to_purge(
    tx: &mut Tx<'_>,
    after: StreamPos,
    limit: u16,
) -> Result<Vec<(StreamPos, Vec<StreamPos>)>> {
    tx.query(&LIST, &[after.into(), i64::from(limit).into()], |row| {
        let number = |bytes: &[u8]| bytes.try_into().map(i64::from_be_bytes).map(StreamPos);
        let positions = row.bytes(1)?.chunks(WIDTH).map(number).collect::<Result<_, _>>();
        Ok((row.pos(0)?, positions.map_err(Error::internal)?))
    })
}

/// Removes the notes up to `upto`: what they name is gone.
pub fn delete_contents_to_purge(tx: &mut Tx<'_>, upto: StreamPos) -> Result<u64> {
    tx.execute(&DELETE, &[upto.into()])
}
