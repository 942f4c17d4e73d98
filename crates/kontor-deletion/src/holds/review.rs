//! Holds that nobody looks at: those in charge are told, twice, then releasing is proposed to them. Nothing is
//! released by the server: what is held may be needed although everybody was away. law: R-122

use std::sync::atomic::Ordering;
use std::time::Duration;

use kontor_audit::Action;
use kontor_core::{Cx, Permission, Result, Timestamp};
use kontor_db::Tx;
use kontor_identity::HoldNews;
use kontor_store::hold::{self, HoldRow};

use super::{HoldView, told};
use crate::Deletion;

/// A hold has to be looked at again within this time.
const REVIEW: Duration = Duration::from_hours(24 * 90);
/// Between one notice and the next.
const PATIENCE: Duration = Duration::from_hours(24 * 7);
/// It is told once in this time, in the audit log, that a hold waits to be looked at.
const TELL_EVERY_MS: i64 = 24 * 60 * 60 * 1000;

/// How long a hold has waited to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Review {
    /// Its time has not come.
    Current,
    /// It is due.
    Due,
    /// It is due for a week.
    DueAgain,
    /// It is due for two weeks: releasing the hold is proposed.
    ReleaseProposed,
}

impl Review {
    /// The word for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Due => "due",
            Self::DueAgain => "due_again",
            Self::ReleaseProposed => "release_proposed",
        }
    }

    /// As the store counts it.
    const fn number(self) -> i64 {
        self as i64
    }

    const fn news(self) -> HoldNews {
        match self {
            Self::Current | Self::Due | Self::DueAgain => HoldNews::ReviewDue,
            Self::ReleaseProposed => HoldNews::ReleaseProposed,
        }
    }
}

impl Deletion {
    /// When a hold has to be looked at again at the latest.
    #[must_use]
    pub fn review_due(hold: &HoldView) -> Timestamp {
        hold.reviewed.plus(REVIEW)
    }

    /// How long a hold has waited to be looked at; one that is over waits no more.
    #[must_use]
    pub fn review(hold: &HoldView, now: Timestamp) -> Review {
        let due = Self::review_due(hold);
        if !hold.is_active(now) || now < due {
            return Review::Current;
        }
        match now.since(due) {
            late if late < PATIENCE => Review::Due,
            late if late < 2 * PATIENCE => Review::DueAgain,
            _ => Review::ReleaseProposed,
        }
    }

    /// How many holds wait to be looked at, and of how many of them releasing is proposed.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn count_waiting_holds(&self, cx: &Cx) -> Result<(usize, usize)> {
        cx.require(Permission::SeeDeletion)?;
        let open = self.inner.db.read(cx, hold::list_open_holds).await?;
        let waiting = open.iter().map(|hold| Self::review(hold, cx.now));
        let waiting: Vec<Review> = waiting.filter(|it| *it > Review::Current).collect();
        let proposed = waiting.iter().filter(|it| **it == Review::ReleaseProposed).count();
        Ok((waiting.len(), proposed))
    }

    /// Tells those in charge, by mail and in the audit log, which holds wait to be looked at.
    pub(super) async fn tell_reviews(&self, cx: &Cx, active: &[HoldRow]) -> Result<()> {
        for row in active {
            let review = Self::review(row, cx.now);
            if review.number() > row.asked {
                self.ask(cx, row.nid, review).await?;
            }
        }
        let told_ms = self.inner.told_holds_ms.load(Ordering::Relaxed);
        if cx.now.0.saturating_sub(told_ms) < TELL_EVERY_MS {
            return Ok(());
        }
        self.inner.told_holds_ms.store(cx.now.0, Ordering::Relaxed);
        for hold in active.iter().filter(|hold| Self::review_due(hold) <= cx.now) {
            tracing::error!(hold = hold.nid, "a hold waits to be looked at again");
            self.inner.audit.record(cx, told(Action::HoldReviewDue, hold.nid)).await?;
        }
        Ok(())
    }

    /// One notice for each step, however often the server was started meanwhile.
    async fn ask(&self, cx: &Cx, nid: i64, review: Review) -> Result<()> {
        let (identity, random, now) = (self.inner.identity.clone(), cx.random.clone(), cx.now);
        let write = self.inner.db.write(cx, move |tx: &mut Tx<'_>| {
            if hold::note_asked(tx, nid, review.number())? {
                identity.tell_those_in_charge_of_holds(tx, review.news(), (&random, now))?;
            }
            Ok(())
        });
        if review == Review::ReleaseProposed {
            return self.inner.audit.act(cx, told(Action::HoldReleaseProposed, nid), write).await;
        }
        write.await
    }
}

#[cfg(test)]
mod tests {
    use kontor_store::hold::HoldSubject;
    use ruma::user_id;

    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn hold() -> HoldRow {
        HoldRow {
            nid: 1,
            subject: HoldSubject::Person("@anna:a.example".to_owned()),
            from: None,
            until: None,
            matter: "Rechtsstreit".to_owned(),
            basis: "Art. 17(3)(e) DSGVO".to_owned(),
            delay: None,
            placed: Timestamp(0),
            placed_by: user_id!("@olga:a.example").to_owned(),
            allowed_by: user_id!("@dora:a.example").to_owned(),
            ends: Timestamp(0).plus(300 * DAY),
            reviewed: Timestamp(0),
            released: None,
            cleaned: None,
            asked: 0,
        }
    }

    #[test]
    fn a_hold_that_nobody_looks_at_is_asked_about_twice_before_its_release_is_proposed() {
        let at = |day: u32| Deletion::review(&hold(), Timestamp(0).plus(day * DAY));
        for (day, wanted) in [
            (0, Review::Current),
            (89, Review::Current),
            (90, Review::Due),
            (96, Review::Due),
            (97, Review::DueAgain),
            (104, Review::ReleaseProposed),
            (299, Review::ReleaseProposed),
            (300, Review::Current),
        ] {
            assert_eq!(at(day), wanted, "day {day}");
        }
        let released = HoldRow { released: Some(Timestamp(1)), ..hold() };
        assert_eq!(Deletion::review(&released, Timestamp(0).plus(110 * DAY)), Review::Current);
    }
}
