//! Invitations that nobody has accepted: looking them over, and inviting again.

use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, Permission, Result, Secret, Timestamp};
use kontor_db::Tx;
use kontor_mail::Letter;
use kontor_store::one_time_link::{self, LinkRow};
use kontor_store::waiting_mail;

use crate::Identity;
use crate::deliveries::enclosed;
use crate::invitations::WAITS;
use crate::letters::{Enclosed, Notice, locale_word};
use crate::links::{Details, ID_LETTERS, INVITATION, MadeLink, TO_ACCOUNT, TOKEN_LETTERS, details};
use crate::roles::author;

/// An invitation that nobody has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingInvitation {
    /// Its name, for taking it back and for inviting again.
    pub id: String,
    /// Name shown to others.
    pub display_name: Option<String>,
    /// Suggested user name.
    pub username: Option<String>,
    /// Her mail address.
    pub mail: Option<String>,
    /// Only a mail brings the link.
    pub by_mail: bool,
    /// Whether she will be a guest.
    pub guest: bool,
    /// User id of whoever invites, or `operator`.
    pub invited_by: String,
    /// When it ends; `None`: its mail waits to be sent.
    pub expires: Option<Timestamp>,
}

/// An invitation made again.
#[derive(Clone, Debug)]
pub enum Renewed {
    /// A link to be handed over.
    Link(MadeLink),
    /// A mail was sent; this is the invitation's new name.
    Mailed(String),
}

impl Identity {
    /// Invitations that nobody has accepted: first those whose mails wait, then the one that ends
    /// last. Those that have run out are kept for thirty days.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn invitations(&self, cx: &Cx) -> Result<Vec<PendingInvitation>> {
        cx.require(Permission::ManagePeople)?;
        let now = cx.now;
        let read = self.inner.db.read(cx, move |tx| {
            let waiting = waiting_mail::list_waiting_invitations(tx)?;
            Ok((waiting, one_time_link::list_invitations(tx, now)?))
        });
        let (waiting, links) = read.await?;
        let mut all = Vec::with_capacity(waiting.len() + links.len());
        for row in waiting {
            let enclosed = enclosed(&row)?;
            let details = Details { mail: enclosed.to, ..enclosed.invitation.unwrap_or_default() };
            let by = enclosed.invited_by.unwrap_or_default();
            all.push(PendingInvitation::new(row.mail_id, details, (by, None)));
        }
        for row in links {
            let details = details(&row)?;
            let so = (row.created_by, Some(row.expires));
            all.push(PendingInvitation::new(row.link_id, details, so));
        }
        Ok(all)
    }

    /// Invites again whoever has not come: the link before is void, a new one is good for as long as
    /// any. Somebody who was invited by mail gets another one.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound` if it is accepted, gone or unknown, and while
    /// its mail waits to be sent; `Unavailable` if it cannot be recorded.
    pub async fn renew_invitation(&self, cx: &Cx, id: String) -> Result<Renewed> {
        cx.require(Permission::ManagePeople)?;
        let now = cx.now;
        let rows =
            self.inner.db.read(cx, move |tx| one_time_link::list_invitations(tx, now)).await?;
        let old = rows.into_iter().find(|row| row.link_id == id).ok_or_else(no_invitation)?;
        let details = details(&old)?;
        let event = Event::new(Action::LinkCreated).with_detail(TO_ACCOUNT);
        let address = details.mail.clone().filter(|_| details.mail_proved && self.sends_mail());
        let Some(address) = address else { return self.renew_link(cx, old, event).await };
        let enclosed = Enclosed {
            to: Some(address),
            locale: Some(locale_word(cx.locale).to_owned()),
            invitation: Some(details),
            invited_by: Some(author(cx)),
            ..Enclosed::default()
        };
        let row = Notice::new(cx)?.row(Letter::Invitation, None, &enclosed, WAITS)?;
        let (this, new_id) = (self.clone(), row.mail_id.clone());
        let write = self.inner.db.write(cx, move |tx| {
            replace(tx, &old, now)?;
            this.queue_mail(tx, &row)
        });
        self.inner.audit.act(cx, event, write).await?;
        Ok(Renewed::Mailed(new_id))
    }

    async fn renew_link(&self, cx: &Cx, old: LinkRow, event: Event) -> Result<Renewed> {
        let (token, now) = (cx.random.word(TOKEN_LETTERS)?, cx.now);
        let hash = self.link_hash(&token);
        let row = LinkRow {
            link_id: cx.random.word(ID_LETTERS)?,
            created_by: author(cx),
            created: now,
            expires: now.plus(term_of(&old)),
            ..old.clone()
        };
        let id = row.link_id.clone();
        let made = MadeLink { id, token: Secret::new(token), expires: row.expires };
        let write = self.inner.db.write(cx, move |tx| {
            replace(tx, &old, now)?;
            one_time_link::insert_link(tx, &hash, &row)
        });
        self.inner.audit.act(cx, event, write).await?;
        Ok(Renewed::Link(made))
    }
}

impl PendingInvitation {
    fn new(
        id: String,
        details: Details,
        (invited_by, expires): (String, Option<Timestamp>),
    ) -> Self {
        Self {
            id,
            display_name: details.display_name,
            username: details.username,
            by_mail: details.mail_proved,
            mail: details.mail,
            guest: details.guest,
            invited_by,
            expires,
        }
    }
}

/// Removes the link before.
///
/// # Errors
/// `NotFound` if it was accepted or taken back meanwhile.
fn replace(tx: &mut Tx<'_>, old: &LinkRow, now: Timestamp) -> Result<()> {
    match one_time_link::delete_named_link(tx, &old.link_id, now)? {
        true => Ok(()),
        false => Err(no_invitation()),
    }
}

/// As long as whoever invited wanted it to be good.
fn term_of(old: &LinkRow) -> Duration {
    old.expires.since(old.created).min(INVITATION)
}

fn no_invitation() -> Error {
    Error::not_found("There is no such invitation.")
}
