//! Room state as intervals: a row says which event held a state key from where until where, so
//! the state at any position is one index scan and its size grows with changes only.

use kontor_core::{Result, RoomNid, StreamPos};
use kontor_db::{Param, Row, Sql, Tx};

/// One interval of one state key. The event's position is `from`.
#[derive(Clone, Debug)]
pub struct StateRow {
    /// Event type.
    pub kind: String,
    /// State key.
    pub state_key: String,
    /// Position of the event that set it.
    pub from: StreamPos,
    /// Position of the event that replaced it; [`StreamPos::MAX`] while current.
    pub until: StreamPos,
}

impl StateRow {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            kind: row.text(0)?,
            state_key: row.text(1)?,
            from: StreamPos(row.int(2)?),
            until: StreamPos(row.int(3)?),
        })
    }
}

static END: Sql = Sql::new(
    "room_state.end",
    "UPDATE room_state SET until_pos = $5
      WHERE tenant_id = $1 AND room_nid = $2 AND kind = $3 AND state_key = $4
        AND until_pos = 9223372036854775807",
);

static INSERT: Sql = Sql::new(
    "room_state.insert",
    "INSERT INTO room_state (tenant_id, room_nid, kind, state_key, from_pos, until_pos)
     VALUES ($1, $2, $3, $4, $5, 9223372036854775807)",
);

static AT: Sql = Sql::new(
    "room_state.at",
    "SELECT kind, state_key, from_pos, until_pos FROM room_state
      WHERE tenant_id = $1 AND room_nid = $2 AND until_pos > $3 AND from_pos <= $3",
);

static CHANGED: Sql = Sql::new(
    "room_state.changed",
    "SELECT kind, state_key, from_pos, until_pos FROM room_state
      WHERE tenant_id = $1 AND room_nid = $2 AND until_pos > $4
        AND from_pos > $3 AND from_pos <= $4",
);

static HISTORY: Sql = Sql::new(
    "room_state.history",
    "SELECT kind, state_key, from_pos, until_pos FROM room_state
      WHERE tenant_id = $1 AND room_nid = $2 AND kind = $3 AND state_key = $4
      ORDER BY from_pos",
);

static FIND_AT: Sql = Sql::new(
    "room_state.find_at",
    "SELECT kind, state_key, from_pos, until_pos FROM room_state
      WHERE tenant_id = $1 AND room_nid = $2 AND kind = $3 AND state_key = $4
        AND from_pos <= $5 AND until_pos > $5",
);

static ENDED_AT: Sql = Sql::new(
    "room_state.ended_at",
    "SELECT kind, state_key, from_pos, until_pos FROM room_state
      WHERE tenant_id = $1 AND room_nid = $2 AND until_pos IN {in}",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&END, &INSERT, &AT, &CHANGED, &HISTORY, &FIND_AT, &ENDED_AT];

/// Sets a state key from `pos` on; the event that held it until now ends there.
pub fn insert_state(
    tx: &mut Tx<'_>,
    room: RoomNid,
    (kind, state_key): (&str, &str),
    pos: StreamPos,
    replaces: bool,
) -> Result<()> {
    let params = [room.into(), kind.into(), state_key.into(), pos.into()];
    if replaces {
        tx.execute(&END, &params)?;
    }
    tx.execute(&INSERT, &params)?;
    Ok(())
}

/// The whole state just after position `at`; [`StreamPos::MAX`] minus one and later: the current.
pub fn list_state_at(tx: &mut Tx<'_>, room: RoomNid, at: StreamPos) -> Result<Vec<StateRow>> {
    let at = StreamPos(at.0.min(StreamPos::MAX.0 - 1));
    tx.query(&AT, &[room.into(), at.into()], StateRow::from_row)
}

/// State in force at `to` that was set after `from`.
pub fn list_state_changes(
    tx: &mut Tx<'_>,
    room: RoomNid,
    from: StreamPos,
    to: StreamPos,
) -> Result<Vec<StateRow>> {
    tx.query(&CHANGED, &[room.into(), from.into(), to.into()], StateRow::from_row)
}

/// Every interval of one state key, oldest first.
pub fn list_state_history(
    tx: &mut Tx<'_>,
    room: RoomNid,
    kind: &str,
    state_key: &str,
) -> Result<Vec<StateRow>> {
    tx.query(&HISTORY, &[room.into(), kind.into(), state_key.into()], StateRow::from_row)
}

/// The interval of one state key in force just after position `at`.
pub fn find_state_at(
    tx: &mut Tx<'_>,
    room: RoomNid,
    (kind, state_key): (&str, &str),
    at: StreamPos,
) -> Result<Option<StateRow>> {
    let params = [room.into(), kind.into(), state_key.into(), at.into()];
    tx.query_opt(&FIND_AT, &params, StateRow::from_row)
}

/// The intervals that were ended by the events at these positions.
pub fn list_states_ended_at(
    tx: &mut Tx<'_>,
    room: RoomNid,
    positions: &[StreamPos],
) -> Result<Vec<StateRow>> {
    let positions: Vec<Param<'_>> = positions.iter().map(|pos| (*pos).into()).collect();
    tx.query_in(&ENDED_AT, &[room.into()], &positions, StateRow::from_row)
}
