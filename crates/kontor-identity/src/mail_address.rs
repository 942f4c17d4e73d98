//! A person's mail address: giving one, confirming that it is hers, taking it back.

use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, Result};
use kontor_db::Tx;
use kontor_mail::{Letter, check_address};
use kontor_policy::Rate;
use kontor_store::mail_address::{self, MailAddressRow};
use kontor_store::one_time_link;
use ruma::UserId;

use crate::letters::{Enclosed, Notice, locale_word};
use crate::links::{TO_ADDRESS, details, no_link};
use crate::pepper::Purpose;
use crate::throttle::Subject;
use crate::{BrowserSession, CriticalAct, Identity};

/// How long a link that confirms an address is good.
pub(crate) const CONFIRMATION: Duration = Duration::from_hours(24);
/// How long the old address is told of the new one.
const FAREWELL: Duration = Duration::from_hours(3 * 24);
/// Addresses that one person may have asked: each costs a stranger a mail.
const PER_PERSON: Rate = Rate { burst: 5, per_minute: 1 };

impl Identity {
    /// The caller's mail address; `None`: she has given none.
    pub async fn mail_address(&self, cx: &Cx) -> Result<Option<MailAddressRow>> {
        let user = cx.user()?.to_owned();
        self.inner.db.read(cx, move |tx| mail_address::find_mail_address(tx, &user)).await
    }

    /// Gives a mail address. It counts once the link in the mail that goes there was opened; one
    /// confirmed before stays until then. Mails will be in the language of the request.
    ///
    /// # Errors
    /// `NotFound` if no mails are sent here; `Forbidden` unless she has proved who she is just now
    /// (`APP_KONTOR_STEP_UP`); `Invalid` (field `field` is `address`); `Limited` after too many.
    pub async fn set_mail_address(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        address: &str,
    ) -> Result<()> {
        if !self.sends_mail() {
            return Err(Error::not_found("No mails are sent here."));
        }
        let acting = Self::step_up_in_browser(cx, session, CriticalAct::ChangeMailAddress)?;
        let address = check_address(address)?;
        let user = session.user_id.clone();
        let subject = self.inner.pepper.hash(Purpose::MailAddress, user.as_str());
        self.inner.throttle.take(Subject::Account(subject), PER_PERSON, cx.now)?;
        let enclosed = Enclosed::default();
        let letter = Letter::ConfirmAddress;
        let row = Notice::new(cx)?.row(letter, Some(&user), &enclosed, CONFIRMATION)?;
        let (this, locale) = (self.clone(), locale_word(cx.locale));
        let write = self.inner.db.write(&acting, move |tx| {
            one_time_link::delete_links_of_user_for(tx, &user, TO_ADDRESS)?;
            mail_address::upsert_pending_mail_address(tx, &user, &address, locale)?;
            this.queue_mail(tx, &row)
        });
        write.await
    }

    /// Whether a link would confirm the address that the caller has given.
    ///
    /// # Errors
    /// `Limited` after too many tries from one address.
    pub async fn confirms_mail_address(&self, cx: &Cx, token: &str) -> Result<bool> {
        let Some(row) = self.open_link(cx, token, &[TO_ADDRESS]).await? else { return Ok(false) };
        let pending = self.mail_address(cx).await?.and_then(|held| held.pending);
        let is_wanted = pending.is_some() && details(&row)?.mail == pending;
        Ok(is_wanted && row.user_id.as_deref() == Some(cx.user()?))
    }

    /// Confirms the caller's address with what its link ends in.
    ///
    /// # Errors
    /// `Gone` if the link opens nothing, is not hers, or she has given another address since;
    /// `Limited` after too many tries from one address.
    pub async fn confirm_mail_address(&self, cx: &Cx, token: &str) -> Result<()> {
        let user = cx.user()?.to_owned();
        let row = self.open_link(cx, token, &[TO_ADDRESS]).await?.ok_or_else(no_link)?;
        let address = details(&row)?.mail.ok_or_else(no_link)?;
        if row.user_id.as_ref() != Some(&user) {
            return Err(no_link());
        }
        let (this, hash, now) = (self.clone(), self.link_hash(token), cx.now);
        let (locale, notice) = (locale_word(cx.locale), Notice::new(cx)?);
        let event = Event::new(Action::MailAddressChanged).about(&user).with_detail("confirmed");
        let write = self.inner.db.write(cx, move |tx| {
            let held = mail_address::find_mail_address(tx, &user)?.unwrap_or_default();
            let is_wanted = held.pending.as_ref() == Some(&address);
            if !is_wanted || !one_time_link::spend_link(tx, &hash, now)? {
                return Err(no_link());
            }
            this.take_leave(tx, (&user, held.address), &address, &notice)?;
            this.people_change(tx, &user);
            let key = this.address_key(&address);
            mail_address::upsert_mail_address(tx, &user, (&address, &key), locale, now)
        });
        write.await?;
        self.inner.audit.note(cx, event);
        Ok(())
    }

    /// Takes the caller's address back, confirmed or not.
    ///
    /// # Errors
    /// `Forbidden` unless she has proved who she is just now (`APP_KONTOR_STEP_UP`); `NotFound`.
    pub async fn remove_mail_address(&self, cx: &Cx, session: &BrowserSession) -> Result<()> {
        let acting = Self::step_up_in_browser(cx, session, CriticalAct::ChangeMailAddress)?;
        let (this, user, notice) = (self.clone(), session.user_id.clone(), Notice::new(cx)?);
        let event = Event::new(Action::MailAddressChanged).about(&user).with_detail("removed");
        let write = self.inner.db.write(&acting, move |tx| {
            let held = mail_address::find_mail_address(tx, &user)?.unwrap_or_default();
            if !mail_address::delete_mail_address(tx, &user)? {
                return Err(Error::not_found("There is no mail address."));
            }
            this.people_change(tx, &user);
            one_time_link::delete_links_of_user_for(tx, &user, TO_ADDRESS)?;
            this.take_leave(tx, (&user, held.address), "", &notice)
        });
        write.await?;
        self.inner.audit.note(&acting, event);
        Ok(())
    }

    /// Tells the old address that it counts no more: whoever did it may not be its owner.
    fn take_leave(
        &self,
        tx: &mut Tx<'_>,
        (user, old): (&UserId, Option<String>),
        new: &str,
        notice: &Notice,
    ) -> Result<()> {
        let Some(old) = old.filter(|old| old != new) else { return Ok(()) };
        let enclosed = Enclosed { to: Some(old), ..Enclosed::default() };
        let row = notice.row(Letter::AddressChanged, Some(user), &enclosed, FAREWELL)?;
        self.queue_mail(tx, &row)
    }

    /// Keyed hash under which the owners of an address are found.
    pub(crate) fn address_key(&self, address: &str) -> [u8; 32] {
        self.inner.pepper.hash(Purpose::MailAddress, &address.to_lowercase())
    }
}
