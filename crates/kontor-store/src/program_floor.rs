//! The oldest versions of programs that may still be used. law: R-204

use kontor_core::{Result, Timestamp};
use kontor_db::{Param, Sql, Tx};

/// The oldest version of one program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloorRow {
    /// Name of the program, in lower case.
    pub program: String,
    /// Oldest version.
    pub minimum: String,
    /// From then on older ones are refused; until then their users are warned.
    pub blocked: Timestamp,
    /// When it was decided.
    pub decided: Timestamp,
    /// User id of whoever decided, or `operator`.
    pub decided_by: String,
    /// Why, in her words.
    pub reason: String,
}

static LIST: Sql = Sql::new(
    "program_floor.list",
    "SELECT program, minimum, blocked_ms, decided_ms, decided_by, reason FROM program_floor
      WHERE tenant_id = $1 ORDER BY program",
);

static UPSERT: Sql = Sql::new(
    "program_floor.upsert",
    "INSERT INTO program_floor
       (tenant_id, program, minimum, blocked_ms, decided_ms, decided_by, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, program) DO UPDATE
        SET minimum = excluded.minimum, blocked_ms = excluded.blocked_ms,
            decided_ms = excluded.decided_ms, decided_by = excluded.decided_by,
            reason = excluded.reason",
);

static DELETE: Sql = Sql::new(
    "program_floor.delete",
    "DELETE FROM program_floor WHERE tenant_id = $1 AND program = $2",
);

/// All statements of this table.
pub static STATEMENTS: &[&Sql] = &[&LIST, &UPSERT, &DELETE];

/// Every program that has an oldest version, by name.
pub fn list_floors(tx: &mut Tx<'_>) -> Result<Vec<FloorRow>> {
    tx.query(&LIST, &[], |row| {
        Ok(FloorRow {
            program: row.text(0)?,
            minimum: row.text(1)?,
            blocked: row.time(2)?,
            decided: row.time(3)?,
            decided_by: row.text(4)?,
            reason: row.sealed_text(5)?,
        })
    })
}

/// Sets the oldest version of a program.
pub fn upsert_floor(tx: &mut Tx<'_>, floor: &FloorRow) -> Result<()> {
    tx.execute(
        &UPSERT,
        &[
            (&floor.program).into(),
            (&floor.minimum).into(),
            floor.blocked.into(),
            floor.decided.into(),
            (&floor.decided_by).into(),
            Param::sealed(floor.reason.as_str()),
        ],
    )?;
    Ok(())
}

/// Lets every version of a program pass; `false` if none was refused.
pub fn delete_floor(tx: &mut Tx<'_>, program: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[program.into()])? > 0)
}
