//! Placing a hold, once two people want it. law: R-122

use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, MatrixCode, Result, Timestamp};
use kontor_db::Tx;
use kontor_identity::HoldNews;
use kontor_policy::{ClassRules, Value};
use kontor_store::approval::ApprovalRow;
use kontor_store::hold::{self, HoldRow, HoldSubject};
use kontor_store::{account, room};

use crate::{Approvals, Proposal};

/// Longest hold, in days. law: R-122
const LONGEST_DAYS: u16 = 366;
/// Longest text, in bytes.
const LONGEST_TEXT_BYTES: usize = 1000;

impl Approvals {
    /// # Errors
    /// `Forbidden` if the organisation places none; `Invalid`, naming the field, for what cannot be
    /// held so; `NotFound` if there is no such person or room.
    pub(crate) async fn check_hold(&self, cx: &Cx, proposal: &Proposal) -> Result<()> {
        let Proposal::PlaceHold { user_id, room_id, from_ts, until_ts, days, basis, delay } =
            proposal
        else {
            return Err(Error::internal("a hold is a hold"));
        };
        if self.policies.value(cx, "legal_hold").await? != Some(Value::Switch(true)) {
            return Err(Error::forbidden("This organisation places no holds."));
        }
        if !(1..=LONGEST_DAYS).contains(days) {
            return Err(wrong("days", "between 1 and 366."));
        }
        let spelled = |text: &str| {
            !text.trim().is_empty() && text.len() <= LONGEST_TEXT_BYTES && !text.contains('\0')
        };
        if !spelled(basis) {
            return Err(wrong("basis", "needs 1 to 1000 bytes and no NUL."));
        }
        if delay.as_deref().is_some_and(|text| !spelled(text)) {
            return Err(wrong("delay", "needs 1 to 1000 bytes and no NUL."));
        }
        if from_ts.zip(*until_ts).is_some_and(|(from, until)| from > until) {
            return Err(wrong("until_ts", "lies before from_ts."));
        }
        match (user_id.clone(), room_id.clone()) {
            (Some(user), None) => {
                let found = self.db.read(cx, move |tx| account::find_account(tx, &user)).await?;
                found.map(drop).ok_or_else(|| Error::not_found("There is no such account."))
            }
            (None, Some(id)) => {
                let found = self.db.read(cx, move |tx| room::find_room(tx, &id)).await?;
                let found = found.ok_or_else(|| Error::not_found("There is no such room."))?;
                if ClassRules::of(found.class).hold {
                    return Ok(());
                }
                let text = format!("no hold reaches rooms of class {}.", found.class);
                Err(wrong("room_id", &text))
            }
            _ => Err(wrong("user_id", "a hold is on a person or on a room.")),
        }
    }

    pub(crate) async fn place_hold(
        &self,
        cx: &Cx,
        row: &ApprovalRow,
        proposal: Proposal,
    ) -> Result<i64> {
        let Proposal::PlaceHold { user_id, room_id, from_ts, until_ts, days, basis, delay } =
            proposal
        else {
            return Err(Error::internal("a hold is a hold"));
        };
        let (subject, word) = match (user_id, room_id) {
            (Some(user), _) => (HoldSubject::Person(user.to_string()), "person"),
            (None, Some(room)) => (HoldSubject::Room(room.to_string()), "space"),
            (None, None) => return Err(wrong("user_id", "a hold is on a person or on a room.")),
        };
        let hold = HoldRow {
            nid: 0,
            subject,
            from: from_ts.map(Timestamp),
            until: until_ts.map(Timestamp),
            matter: row.reason.clone(),
            basis,
            delay,
            placed: cx.now,
            placed_by: row.requester.clone(),
            allowed_by: cx.user()?.to_owned(),
            ends: cx.now.plus(Duration::from_hours(24 * u64::from(days))),
            reviewed: cx.now,
            released: None,
            cleaned: None,
            asked: 0,
        };
        let (ledger, identity, random) =
            (self.ledger.clone(), self.identity.clone(), cx.random.clone());
        let place = move |tx: &mut Tx<'_>| {
            let hold = HoldRow { nid: hold::next_hold_number(tx)?, ..hold.clone() };
            hold::insert_hold(tx, &hold)?;
            // A backup that is restored places it again.
            ledger.record_hold(tx, &hold, &random)?;
            if hold.delay.is_none() {
                for user in hold::list_concerned(tx, &hold.subject)? {
                    let when = (&random, hold.placed);
                    identity.tell_of_hold(tx, &user, HoldNews::Placed, when)?;
                }
            }
            Ok(hold.nid)
        };
        let number = self.db.write(cx, place).await?;
        let event = Event::new(Action::HoldPlaced).with_detail(word).because(&row.reason);
        let event = event.with_count(u64::try_from(number).unwrap_or_default());
        self.audit.record(cx, event).await?;
        Ok(number)
    }
}

fn wrong(field: &str, text: &str) -> Error {
    let error = Error::invalid(MatrixCode::InvalidParam, format!("{field}: {text}"));
    error.with_field("field", field)
}
