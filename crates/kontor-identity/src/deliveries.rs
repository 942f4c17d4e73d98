//! Sending mails that wait: who gets one, with which link, and what if the server is away.

use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, Locale, Result, Timestamp};
use kontor_db::Tx;
use kontor_mail::{Envelope, Letter, Mailer, Outcome};
use kontor_store::one_time_link::{self, LinkRow};
use kontor_store::waiting_mail::{self, WaitingMailRow};
use kontor_store::{account, mail_address};
use ruma::{OwnedUserId, UserId};

use crate::Identity;
use crate::forgotten::BY_MAIL;
use crate::letters::{Enclosed, Notice, locale_of};
use crate::links::{
    Details, ID_LETTERS, TO_ACCOUNT, TO_ADDRESS, TO_PASSWORD_BY_MAIL, TOKEN_LETTERS,
};
use crate::mail_address::CONFIRMATION;

/// Mails looked at in one go.
const AT_ONCE: u16 = 50;
/// Pause after the first try in vain; doubles with each further one.
const FIRST_PAUSE_MS: i64 = 60_000;
/// The pause doubles at most this often: about an hour.
const MOST_DOUBLINGS: i64 = 6;
/// Nobody is sent links to a new password faster than that, however often they are asked for.
const BETWEEN_LINKS: Duration = Duration::from_mins(5);
/// Most people who share a mail address and are all written to.
const MOST_OWNERS: u16 = 5;

/// Where a mail goes.
struct Addressed {
    to: String,
    locale: Locale,
    /// Path of the page it leads to.
    path: String,
}

/// A link in the making.
struct Token {
    word: String,
    link_id: String,
    hash: [u8; 32],
}

impl Identity {
    /// Sends the mails that are due and answers how many went out. What the server does not take is
    /// tried again after a minute, two, four, up to an hour, until nobody needs it any more. A mail
    /// is gone from the store once the server has taken it; should Kontor stop in between, it is
    /// sent twice rather than never.
    ///
    /// Stops at the first that the server does not take now: the others wait for the next call.
    pub async fn send_waiting_mails(&self, cx: &Cx) -> Result<u64> {
        let Some(mailer) = self.inner.mailer.clone() else { return Ok(0) };
        let mut sent = 0;
        loop {
            let now = cx.now;
            let due = move |tx: &mut Tx<'_>| waiting_mail::list_due_mails(tx, now, AT_ONCE);
            let rows = self.inner.db.read(cx, due).await?;
            if rows.is_empty() {
                return Ok(sent);
            }
            for row in rows {
                match self.send_waiting_mail(cx, &mailer, row).await? {
                    Outcome::Sent => sent += 1,
                    Outcome::Never(_) => {}
                    Outcome::Later(_) => return Ok(sent),
                }
            }
        }
    }

    async fn send_waiting_mail(
        &self,
        cx: &Cx,
        mailer: &Mailer,
        row: WaitingMailRow,
    ) -> Result<Outcome> {
        let id = row.mail_id.clone();
        let letter: Letter = row.letter.parse()?;
        if row.expires <= cx.now {
            tracing::warn!(letter = row.letter, tries = row.tries, "a mail was never sent");
            return self.forget_mail(cx, id, "too late").await;
        }
        if letter == Letter::ForgottenPassword && row.user_id.is_none() {
            self.find_owners(cx, row).await?;
            return Ok(Outcome::Never("asked for each owner instead".to_owned()));
        }
        let tries = row.tries;
        let Some(addressed) = self.address_mail(cx, letter, row).await? else {
            return self.forget_mail(cx, id, "nobody to send it to").await;
        };
        let link = format!("{}{}", self.inner.base_url, addressed.path);
        let organisation = self.inner.server_name.as_str();
        let written = letter.write(addressed.locale, organisation, &link);
        let envelope = Envelope { to: &addressed.to, id: &id, at: cx.now };
        let outcome = mailer.send(envelope, &written).await?;
        match &outcome {
            Outcome::Sent => {
                self.forget_mail(cx, id, "").await?;
            }
            Outcome::Never(why) => {
                tracing::warn!(letter = letter.as_str(), why, "a mail is refused for good");
                self.forget_mail(cx, id, why).await?;
            }
            Outcome::Later(why) => {
                tracing::warn!(letter = letter.as_str(), why, tries, "a mail has to wait");
                let due = Timestamp(cx.now.0 + (FIRST_PAUSE_MS << tries.clamp(0, MOST_DOUBLINGS)));
                let write = move |tx: &mut Tx<'_>| waiting_mail::postpone_mail(tx, &id, due);
                self.inner.db.write(cx, write).await?;
            }
        }
        Ok(outcome)
    }

    async fn forget_mail(&self, cx: &Cx, id: String, why: &str) -> Result<Outcome> {
        let write = move |tx: &mut Tx<'_>| waiting_mail::delete_waiting_mail(tx, &id);
        self.inner.db.write(cx, write).await?;
        Ok(Outcome::Never(why.to_owned()))
    }

    /// Replaces what somebody typed by a mail to each account that she may mean.
    async fn find_owners(&self, cx: &Cx, row: WaitingMailRow) -> Result<()> {
        let name = enclosed(&row)?.typed.unwrap_or_default();
        let mut notices = Vec::new();
        for _ in 0..=MOST_OWNERS {
            notices.push(Notice::new(cx)?);
        }
        let this = self.clone();
        let write = self.inner.db.write(cx, move |tx| {
            waiting_mail::delete_waiting_mail(tx, &row.mail_id)?;
            for (user, notice) in this.owners_of(tx, &name)?.iter().zip(notices) {
                let letter = Letter::ForgottenPassword;
                let own = notice.row(letter, Some(user), &Enclosed::default(), Duration::ZERO)?;
                let own = WaitingMailRow { expires: row.expires, ..own };
                waiting_mail::insert_waiting_mail(tx, &own)?;
            }
            Ok(())
        });
        write.await
    }

    fn owners_of(&self, tx: &mut Tx<'_>, name: &str) -> Result<Vec<OwnedUserId>> {
        let named = account::find_account_by_login(tx, &self.login_key(name))?;
        let mut owners: Vec<OwnedUserId> =
            named.map(|account| account.user_id).into_iter().collect();
        owners.extend(self.user_named(name));
        let key = self.address_key(name);
        owners.extend(mail_address::list_mail_address_owners(tx, &key, MOST_OWNERS)?);
        owners.sort();
        owners.dedup();
        Ok(owners)
    }

    /// Where a mail goes, with a link made for it; `None`: nobody is to get it.
    async fn address_mail(
        &self,
        cx: &Cx,
        letter: Letter,
        row: WaitingMailRow,
    ) -> Result<Option<Addressed>> {
        let word = cx.random.word(TOKEN_LETTERS)?;
        let hash = self.link_hash(&word);
        let token = Token { word, link_id: cx.random.word(ID_LETTERS)?, hash };
        let (now, about) = (cx.now, row.user_id.clone());
        let this = self.clone();
        let write = self.inner.db.write(cx, move |tx| match &row.user_id {
            Some(user) => addressed_to(tx, (user, letter), &row, (&token, now)),
            None => this.invited(tx, &row, (&token, now)),
        });
        let addressed = write.await?;
        if let (Some(_), Some(user), Letter::ForgottenPassword) = (&addressed, about, letter) {
            self.inner.audit.note(cx, Event::new(Action::LinkMailed).about(&user));
        }
        Ok(addressed)
    }
}

/// The address of an active account, with the link that the mail is about.
fn addressed_to(
    tx: &mut Tx<'_>,
    (user, letter): (&UserId, Letter),
    row: &WaitingMailRow,
    (token, now): (&Token, Timestamp),
) -> Result<Option<Addressed>> {
    let account = account::find_account(tx, user)?;
    if account.is_none_or(|account| account.deactivated.is_some()) {
        return Ok(None);
    }
    let enclosed = enclosed(row)?;
    let held = mail_address::find_mail_address(tx, user)?.unwrap_or_default();
    let to = match letter {
        Letter::ConfirmAddress => held.pending,
        _ => enclosed.to.or(held.address),
    };
    let Some(to) = to else { return Ok(None) };
    let locale = locale_of(&held.locale);
    let path = match letter {
        Letter::ConfirmAddress => {
            let details = Details { mail: Some(to.clone()), ..Details::default() };
            token.store(tx, (TO_ADDRESS, Some(user)), &details, (now, CONFIRMATION))?;
            format!("/account/mail/{}", token.word)
        }
        Letter::ForgottenPassword => {
            let newest = one_time_link::newest_link_of_user(tx, user, TO_PASSWORD_BY_MAIL)?;
            // What was tried before has a link already, which nobody has got.
            if row.tries == 0 && newest.is_some_and(|at| now < at.plus(BETWEEN_LINKS)) {
                return Ok(None);
            }
            let purpose = (TO_PASSWORD_BY_MAIL, Some(user));
            token.store(tx, purpose, &Details::default(), (now, BY_MAIL))?;
            format!("/account/reset/{}", token.word)
        }
        Letter::FactorChanged | Letter::RecoveryCodeUsed => "/account/security".to_owned(),
        // Whoever has not changed it herself no longer gets in with hers.
        Letter::PasswordChanged => "/account/forgotten".to_owned(),
        Letter::AddressChanged => "/account/mail".to_owned(),
        Letter::DeviceLost => "/account/devices/lost".to_owned(),
        Letter::GuestEnds => "/admin/people?role=guest".to_owned(),
        Letter::HoldPlaced | Letter::HoldReleased => "/account/privacy".to_owned(),
        Letter::HoldReviewDue | Letter::HoldReleaseProposed => "/admin/holds".to_owned(),
        Letter::Locked | Letter::NewDevice | Letter::Invitation => "/account/devices".to_owned(),
    };
    Ok(Some(Addressed { to, locale, path }))
}

impl Identity {
    /// Somebody who has no account yet. Only who gets the mail can open the link in it, so the
    /// address is proved by that.
    fn invited(
        &self,
        tx: &mut Tx<'_>,
        row: &WaitingMailRow,
        (token, now): (&Token, Timestamp),
    ) -> Result<Option<Addressed>> {
        let enclosed = enclosed(row)?;
        let (Some(to), Some(invitation)) = (enclosed.to, enclosed.invitation) else {
            return Ok(None);
        };
        let lifetime = self.longest_invitation(invitation.guest);
        let details = Details { mail: Some(to.clone()), ..invitation };
        one_time_link::delete_named_link(tx, &row.mail_id, now)?;
        let by = enclosed.invited_by.unwrap_or_default();
        let link = LinkRow {
            // The name under which whoever invites can take it back.
            link_id: row.mail_id.clone(),
            ..token.row((TO_ACCOUNT, None), &details, (now, lifetime))?
        };
        one_time_link::insert_link(tx, &token.hash, &LinkRow { created_by: by, ..link })?;
        let locale = locale_of(&enclosed.locale.unwrap_or_default());
        Ok(Some(Addressed { to, locale, path: format!("/account/invitation/{}", token.word) }))
    }
}

impl Token {
    fn store(
        &self,
        tx: &mut Tx<'_>,
        purpose: (&str, Option<&UserId>),
        details: &Details,
        time: (Timestamp, Duration),
    ) -> Result<()> {
        one_time_link::insert_link(tx, &self.hash, &self.row(purpose, details, time)?)
    }

    fn row(
        &self,
        (purpose, user): (&str, Option<&UserId>),
        details: &Details,
        (now, lifetime): (Timestamp, Duration),
    ) -> Result<LinkRow> {
        Ok(LinkRow {
            link_id: self.link_id.clone(),
            purpose: purpose.to_owned(),
            user_id: user.map(ToOwned::to_owned),
            details: serde_json::to_string(details).map_err(Error::internal)?,
            created_by: "mail".to_owned(),
            created: now,
            expires: now.plus(lifetime),
        })
    }
}

pub(crate) fn enclosed(row: &WaitingMailRow) -> Result<Enclosed> {
    serde_json::from_str(&row.details)
        .map_err(|error| Error::internal(format!("waiting_mail.details: {error}")))
}
