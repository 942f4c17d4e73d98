//! The oldest versions of programs that may still be used: warned of first, refused after a grace.
//! law: R-204

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, MatrixCode, Permission, Program, Result, Timestamp};
use kontor_store::program_floor::{self, FloorRow};

use crate::Identity;
use crate::roles::author;

/// Longest reason, in characters.
const LONGEST_REASON_CHARS: usize = 1000;

/// A decision on the oldest version of a program.
#[derive(Clone, Debug)]
pub struct NewFloor {
    /// Name of the program, as it says in `User-Agent` before the slash.
    pub program: String,
    /// Oldest version that may be used.
    pub minimum: String,
    /// Older ones are dangerous: the grace is `program_grace_critical_hours`.
    pub critical: bool,
    /// Why.
    pub reason: String,
}

/// What somebody with an old program has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateDue {
    /// Oldest version that may be used.
    pub minimum: String,
    /// From then on the present one is refused.
    pub blocked: Timestamp,
}

impl Identity {
    /// Reads the floors into memory; to be called once the database is open.
    pub async fn load_floors(&self, cx: &Cx) -> Result<()> {
        let rows = self.inner.db.read(cx, program_floor::list_floors).await?;
        *self.inner.floors.write() = rows.into();
        Ok(())
    }

    /// Every program that has an oldest version, by name.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn floors(&self, cx: &Cx) -> Result<Vec<FloorRow>> {
        cx.require(Permission::SeeDevices)?;
        self.inner.db.read(cx, program_floor::list_floors).await
    }

    /// Decides on the oldest version of a program. Older ones are refused once the grace of the
    /// policy is over; until then their users are warned.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `Invalid` (field `field`) for a program, a version or a
    /// reason that is none.
    pub async fn set_floor(&self, cx: &Cx, new: NewFloor) -> Result<FloorRow> {
        cx.require(Permission::DecidePolicy)?;
        let asked = Program::of_agent(&format!("{}/{}", new.program.trim(), new.minimum.trim()));
        let Some(asked) = asked else {
            let text = "program, minimum: are not what a program says of itself.";
            let error = Error::invalid(MatrixCode::InvalidParam, text);
            return Err(error.with_field("field", "minimum"));
        };
        let reason = new.reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON_CHARS {
            let error = Error::invalid(MatrixCode::MissingParam, "reason: is missing or too long.");
            return Err(error.with_field("field", "reason"));
        }
        let policy = self.inner.policy.now();
        let grace = match new.critical {
            true => policy.program_grace.min(policy.program_grace_critical),
            false => policy.program_grace,
        };
        let floor = FloorRow {
            program: asked.name.to_lowercase(),
            minimum: asked.version,
            blocked: cx.now.plus(grace),
            decided: cx.now,
            decided_by: author(cx),
            reason: reason.to_owned(),
        };
        let event = Event::new(Action::PolicyChanged).with_detail("program_floor").because(reason);
        let (this, row) = (self.clone(), floor.clone());
        let write = self.inner.db.write(cx, move |tx| {
            program_floor::upsert_floor(tx, &row)?;
            this.publish_floors(tx)
        });
        self.inner.audit.act(cx, event, write).await?;
        Ok(floor)
    }

    /// Lets every version of a program pass again.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound`.
    pub async fn remove_floor(&self, cx: &Cx, program: &str) -> Result<()> {
        cx.require(Permission::DecidePolicy)?;
        let event = Event::new(Action::PolicyChanged).with_detail("program_floor");
        let event = event.because("taken back");
        let (this, program) = (self.clone(), program.trim().to_lowercase());
        let write = self.inner.db.write(cx, move |tx| {
            if !program_floor::delete_floor(tx, &program)? {
                return Err(Error::not_found("No version of this program is refused."));
            }
            this.publish_floors(tx)
        });
        self.inner.audit.act(cx, event, write).await
    }

    /// Lets a program in that is new enough, or does not say what it is.
    ///
    /// # Errors
    /// `Forbidden` (`APP_KONTOR_PROGRAM_TOO_OLD`), with `program` and `minimum`.
    pub(crate) fn admit_program(&self, cx: &Cx) -> Result<()> {
        let Some(agent) = &cx.agent else { return Ok(()) };
        if self.inner.floors.read().is_empty() {
            return Ok(());
        }
        let Some(program) = Program::of_agent(agent) else { return Ok(()) };
        let Some(due) = self.update_due(&program).filter(|due| due.blocked <= cx.now) else {
            return Ok(());
        };
        let (name, minimum) = (program.name, due.minimum);
        let text = format!(
            "{name} {} is no longer let in. Update it to version {minimum} or newer; your keys and \
             messages stay.",
            program.version
        );
        let error = Error::forbidden(text).with_code(MatrixCode::ProgramTooOld);
        Err(error.with_field("program", name).with_field("minimum", minimum))
    }

    /// What is to be done about a program; `None`: nothing.
    #[must_use]
    pub fn update_due(&self, program: &Program) -> Option<UpdateDue> {
        let floors = self.inner.floors.read();
        let name = program.name.to_lowercase();
        let floor = floors.iter().find(|floor| floor.program == name)?;
        let (minimum, blocked) = (floor.minimum.clone(), floor.blocked);
        program.is_before(&minimum).then_some(UpdateDue { minimum, blocked })
    }

    fn publish_floors(&self, tx: &mut kontor_db::Tx<'_>) -> Result<()> {
        let (rows, this) = (program_floor::list_floors(tx)?, self.clone());
        tx.after_commit(move || *this.inner.floors.write() = rows.into());
        Ok(())
    }
}
