//! Mails to people about their own accounts: putting them in the queue.

use std::collections::BTreeSet;
use std::time::Duration;

use kontor_core::{Cx, Error, Locale, Permission, Random, Result, Timestamp};
use kontor_db::Tx;
use kontor_mail::Letter;
use kontor_store::account_role;
use kontor_store::mail_address;
use kontor_store::waiting_mail::{self, WaitingMailRow};
use ruma::UserId;
use serde::{Deserialize, Serialize};

use crate::Identity;
use crate::links::Details;

/// Random letters of a mail's name.
const ID_LETTERS: usize = 20;
/// After that a warning is no news any more.
const WARNING: Duration = Duration::from_hours(3 * 24);

/// At most so many people of each role are told of a hold that waits.
const IN_CHARGE: u16 = 100;

/// What happened to a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldNews {
    /// It was placed; for those whom it concerns.
    Placed,
    /// It was released; for those whom it concerns.
    Released,
    /// Nobody has looked at it in time; for those in charge.
    ReviewDue,
    /// Nobody has looked after several notices; for those in charge.
    ReleaseProposed,
}

/// What a mail needs that cannot be had inside a transaction.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) mail_id: String,
    pub(crate) now: Timestamp,
}

/// What is stored with a mail that waits: only what cannot be looked up when it is sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Enclosed {
    /// What somebody typed who has forgotten her password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) typed: Option<String>,
    /// Where to, if not to the address of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
    /// Language, if not that of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) locale: Option<String>,
    /// The invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) invitation: Option<Details>,
    /// Who invites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) invited_by: Option<String>,
}

impl Notice {
    pub(crate) fn new(cx: &Cx) -> Result<Self> {
        Ok(Self { mail_id: cx.random.word(ID_LETTERS)?, now: cx.now })
    }

    /// A mail that nobody needs any more after `lifetime`.
    pub(crate) fn row(
        &self,
        letter: Letter,
        user: Option<&UserId>,
        enclosed: &Enclosed,
        lifetime: Duration,
    ) -> Result<WaitingMailRow> {
        Ok(WaitingMailRow {
            mail_id: self.mail_id.clone(),
            letter: letter.as_str().to_owned(),
            user_id: user.map(ToOwned::to_owned),
            details: serde_json::to_string(enclosed).map_err(Error::internal)?,
            tries: 0,
            due: self.now,
            expires: self.now.plus(lifetime),
        })
    }
}

impl Identity {
    /// Whether mails are sent at all.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.inner.mailer.is_some()
    }

    /// Warns somebody, if she has a confirmed mail address.
    pub(crate) fn tell(
        &self,
        tx: &mut Tx<'_>,
        user: &UserId,
        letter: Letter,
        notice: &Notice,
    ) -> Result<()> {
        if self.inner.mailer.is_none() {
            return Ok(());
        }
        let held = mail_address::find_mail_address(tx, user)?;
        if held.and_then(|held| held.address).is_none() {
            return Ok(());
        }
        let row = notice.row(letter, Some(user), &Enclosed::default(), WARNING)?;
        self.queue_mail(tx, &row)
    }

    /// Tells somebody of a hold for a claim at law, in the write that decides it; nothing without a
    /// confirmed mail address. law: R-122, DSGVO Art. 18(3)
    pub fn tell_of_hold(
        &self,
        tx: &mut Tx<'_>,
        user: &UserId,
        news: HoldNews,
        (random, now): (&Random, Timestamp),
    ) -> Result<()> {
        let notice = Notice { mail_id: random.word(ID_LETTERS)?, now };
        let letter = match news {
            HoldNews::Placed => Letter::HoldPlaced,
            HoldNews::Released => Letter::HoldReleased,
            HoldNews::ReviewDue => Letter::HoldReviewDue,
            HoldNews::ReleaseProposed => Letter::HoldReleaseProposed,
        };
        self.tell(tx, user, letter, &notice)
    }

    /// Tells everybody in charge of holds of one that waits for them. law: R-122
    pub fn tell_those_in_charge_of_holds(
        &self,
        tx: &mut Tx<'_>,
        news: HoldNews,
        when: (&Random, Timestamp),
    ) -> Result<()> {
        let mut people = BTreeSet::new();
        for role in Permission::PlaceHolds.holders().iter() {
            people.extend(account_role::list_holders(tx, role, IN_CHARGE)?);
        }
        people.iter().try_for_each(|user| self.tell_of_hold(tx, user, news, when))
    }

    /// As [`Self::tell`], after the fact and without making anybody wait.
    pub(crate) fn tell_later(&self, cx: &Cx, user: &UserId, letter: Letter) {
        let notice = match Notice::new(cx) {
            Ok(notice) if self.sends_mail() => notice,
            Ok(_) => return,
            Err(error) => {
                tracing::error!(%error, "a warning is not sent");
                return;
            }
        };
        let (this, user) = (self.clone(), user.to_owned());
        drop(self.inner.db.enqueue(move |tx| this.tell(tx, &user, letter, &notice)));
    }

    /// Puts a mail into the queue.
    pub(crate) fn queue_mail(&self, tx: &mut Tx<'_>, row: &WaitingMailRow) -> Result<()> {
        waiting_mail::insert_waiting_mail(tx, row)?;
        if let Some(mailer) = self.inner.mailer.clone() {
            tx.after_commit(move || mailer.wake());
        }
        Ok(())
    }
}

/// The word for a language in the store.
pub(crate) fn locale_word(locale: Locale) -> &'static str {
    match locale {
        Locale::De => "de",
        Locale::En => "en",
    }
}

pub(crate) fn locale_of(word: &str) -> Locale {
    if word == "en" { Locale::En } else { Locale::De }
}
