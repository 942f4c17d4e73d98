//! Invitations: an account for somebody who has none yet.

use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, MatrixCode, Permission, Result, Role, Roles, Secret, Timestamp};
use kontor_db::Tx;
use kontor_mail::{Letter, check_address};
use kontor_policy::FieldRule;
use kontor_store::{accepted_notice, mail_address, one_time_link};
use ruma::UserId;

use crate::accounts::{NewUser, user_created};
use crate::letters::{Enclosed, Notice, locale_word};
use crate::links::{Details, INVITATION, MadeLink, TO_ACCOUNT, details, no_link};
use crate::mail_address::CONFIRMATION;
use crate::methods::{Method, Methods};
use crate::proof::ProofMethod;
use crate::roles::author;
use crate::{BrowserSignIn, Identity};

/// How long an invitation waits for the mail server.
pub(crate) const WAITS: Duration = Duration::from_hours(3 * 24);
/// Longest name and version, in characters.
const LONGEST_TEXT_CHARS: usize = 256;

/// Somebody to be invited.
#[derive(Clone, Debug, Default)]
pub struct NewInvitation {
    /// Name shown to others.
    pub display_name: Option<String>,
    /// User name she may take or change.
    pub username: Option<String>,
    /// Whether she is a guest: somebody from outside.
    pub guest: bool,
    /// Her mail address, which she will be asked to confirm.
    pub mail: Option<String>,
    /// How long the invitation is good; at most, and by default, seven days.
    pub lifetime: Option<Duration>,
}

/// An open invitation, as the invited person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Name shown to others.
    pub display_name: Option<String>,
    /// Suggested user name.
    pub username: Option<String>,
    /// Whether she will be a guest.
    pub guest: bool,
    /// When it ends.
    pub expires: Timestamp,
}

/// What the invited person answers.
#[derive(Clone, Debug, Default)]
pub struct Acceptance {
    /// User name; `None`: that of the invitation, or one the server chooses.
    pub username: Option<String>,
    /// Name shown to others; `None`: that of the invitation.
    pub display_name: Option<String>,
    /// Password; `None`: she will set up a passkey next, and is asked for it.
    pub password: Option<Secret<String>>,
    /// Version of the privacy notice (Datenschutzhinweis) that was shown and accepted.
    pub notice_version: String,
}

impl Identity {
    /// Invites somebody.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `Invalid` (field `field`) for names against the rules;
    /// `Conflict` (`M_USER_IN_USE`).
    pub async fn create_invitation(&self, cx: &Cx, new: NewInvitation) -> Result<MadeLink> {
        self.check_invitation(cx, &new).await?;
        let longest = self.longest_invitation(new.guest);
        let lifetime = new.lifetime.map_or(longest, |span| span.min(longest));
        let details = details_of(new)?;
        let event = Event::new(Action::LinkCreated).with_detail(TO_ACCOUNT);
        self.make_link(cx, (None, &details, lifetime), event).await
    }

    /// What an invitation says; `None`: it is no invitation, used, taken back or over.
    ///
    /// # Errors
    /// `Limited` after too many tries from one address.
    pub async fn look_at_invitation(&self, cx: &Cx, token: &str) -> Result<Option<Invitation>> {
        let Some(row) = self.open_link(cx, token, &[TO_ACCOUNT]).await? else { return Ok(None) };
        let details = details(&row)?;
        Ok(Some(Invitation {
            display_name: details.display_name,
            username: details.username,
            guest: details.guest,
            expires: row.expires,
        }))
    }

    /// Accepts an invitation: creates the account and signs its owner in. What she has accepted is
    /// kept with the time.
    ///
    /// # Errors
    /// `Gone` if the invitation opens nothing; `Invalid` with the field `field` for what is
    /// against the rules; `Conflict` (`M_USER_IN_USE`); `Limited`. Nothing is used up then.
    pub async fn accept_invitation(
        &self,
        cx: &Cx,
        token: &str,
        answer: Acceptance,
    ) -> Result<BrowserSignIn> {
        let row = self.open_link(cx, token, &[TO_ACCOUNT]).await?.ok_or_else(no_link)?;
        let details = details(&row)?;
        let version = checked_version(&answer.notice_version)?;
        check_text("display_name", answer.display_name.as_deref())?;
        let shown = match &answer.password {
            Some(_) => Methods::only(Method::Link).and(Method::Password),
            None => Methods::only(Method::Link),
        };
        let takes_other_name = is_other_name(&details, &answer);
        let new = NewUser {
            username: answer.username.or(details.username.clone()),
            password: answer.password,
            display_name: answer.display_name.or(details.display_name.clone()),
            roles: if details.guest { Roles::of(&[Role::Guest]) } else { Roles::default() },
        };
        let is_named = new.display_name.as_ref().is_some_and(|name| !name.trim().is_empty());
        if self.inner.policy.now().profile_name == FieldRule::Required && !is_named {
            let text = "display_name: your organisation asks for a name.";
            let error = Error::invalid(MatrixCode::MissingParam, text);
            return Err(error.with_field("field", "display_name"));
        }
        let roles = new.roles;
        let mail = self.first_address(cx, &details)?;
        let names = self.names(cx, new.username.as_deref(), None).map_err(name_field)?;
        self.check_available(cx, &names).await.map_err(name_field)?;
        let mut prepared = self.prepare_user(cx, new).await.map_err(name_field)?;
        prepared.prove(cx, ProofMethod::Invited, row.created_by);
        if takes_other_name {
            prepared.end_proof();
        }
        let user = prepared.account.user_id.clone();
        let opening = self.browser_opening(cx, user.clone(), shown)?;
        let (this, hash, cx_in) = (self.clone(), self.link_hash(token), cx.clone());
        let event = user_created(&user, roles);
        let write = self.inner.db.write(cx, move |tx| {
            if !one_time_link::spend_link(tx, &hash, cx_in.now)? {
                return Err(no_link());
            }
            this.people_change(tx, &user);
            prepared.store(tx)?;
            accepted_notice::insert_accepted_notice(tx, &user, &version, cx_in.now)?;
            if let Some(mail) = &mail {
                mail.store(tx, &this, &user)?;
            }
            opening.store(tx, &this, &cx_in)
        });
        let signed_in = self.inner.audit.act(cx, event, write).await.map_err(name_field)?;
        self.note_link_use(cx, &signed_in.user_id, TO_ACCOUNT);
        Ok(signed_in)
    }

    /// Invites somebody by mail. The address counts as confirmed once she has accepted: only the
    /// mail brings the link. Answers the invitation's name, for taking it back.
    ///
    /// # Errors
    /// As [`Identity::create_invitation`]; `Invalid` (field `field` is `mail`) without an address;
    /// `NotFound` if no mails are sent here.
    pub async fn invite_by_mail(&self, cx: &Cx, new: NewInvitation) -> Result<String> {
        self.check_invitation(cx, &new).await?;
        if !self.sends_mail() {
            return Err(Error::not_found("No mails are sent here."));
        }
        let Some(address) = new.mail.clone() else {
            let error = Error::invalid(MatrixCode::MissingParam, "mail: is missing.");
            return Err(error.with_field("field", "mail"));
        };
        let enclosed = Enclosed {
            to: Some(check_address(&address)?),
            locale: Some(locale_word(cx.locale).to_owned()),
            invitation: Some(Details { mail_proved: true, ..details_of(new)? }),
            invited_by: Some(author(cx)),
            ..Enclosed::default()
        };
        let row = Notice::new(cx)?.row(Letter::Invitation, None, &enclosed, WAITS)?;
        let (this, id) = (self.clone(), row.mail_id.clone());
        let write = self.inner.db.write(cx, move |tx| this.queue_mail(tx, &row));
        let event = Event::new(Action::LinkCreated).with_detail(TO_ACCOUNT);
        self.inner.audit.act(cx, event, write).await?;
        Ok(id)
    }

    async fn check_invitation(&self, cx: &Cx, new: &NewInvitation) -> Result<()> {
        cx.require(Permission::ManagePeople)?;
        if new.guest {
            self.admit_guest(Roles::of(&[Role::Guest]))?;
        }
        check_text("display_name", new.display_name.as_deref())?;
        if let Some(address) = &new.mail {
            check_address(address).map_err(|e| e.with_field("field", "mail"))?;
        }
        if let Some(name) = &new.username {
            let names =
                self.names(cx, Some(name), None).map_err(|e| e.with_field("field", "username"))?;
            self.check_available(cx, &names).await?;
        }
        Ok(())
    }

    /// How long an invitation may be good.
    pub(crate) fn longest_invitation(&self, guest: bool) -> Duration {
        match guest {
            true => INVITATION.min(self.inner.policy.now().guest_link),
            false => INVITATION,
        }
    }

    /// The mail address that an invitation brings along.
    fn first_address(&self, cx: &Cx, details: &Details) -> Result<Option<FirstAddress>> {
        let Some(address) = details.mail.clone().filter(|_| self.sends_mail()) else {
            return Ok(None);
        };
        let (locale, notice) = (locale_word(cx.locale), Notice::new(cx)?);
        Ok(Some(FirstAddress { address, proved: details.mail_proved, locale, notice }))
    }
}

/// A mail address that an invitation brings along.
struct FirstAddress {
    address: String,
    /// The invitation came by mail.
    proved: bool,
    locale: &'static str,
    notice: Notice,
}

impl FirstAddress {
    fn store(&self, tx: &mut Tx<'_>, identity: &Identity, user: &UserId) -> Result<()> {
        let Self { address, locale, notice, .. } = self;
        if self.proved {
            let key = identity.address_key(address);
            let known = (&**address, &key);
            return mail_address::upsert_mail_address(tx, user, known, locale, notice.now);
        }
        mail_address::upsert_pending_mail_address(tx, user, address, locale)?;
        let letter = Letter::ConfirmAddress;
        let row = notice.row(letter, Some(user), &Enclosed::default(), CONFIRMATION)?;
        identity.queue_mail(tx, &row)
    }
}

/// Whether she takes another name than the one she was invited by: nobody has proved that. law: R-040
fn is_other_name(details: &Details, answer: &Acceptance) -> bool {
    let said = |name: &str| name.trim().to_owned();
    let proposed = details.display_name.as_deref().map(said).filter(|name| !name.is_empty());
    let taken = answer.display_name.as_deref().map(said);
    taken.is_some() && proposed.is_some() && proposed != taken
}

fn details_of(new: NewInvitation) -> Result<Details> {
    Ok(Details {
        display_name: new.display_name,
        username: new.username,
        guest: new.guest,
        mail: new.mail.as_deref().map(check_address).transpose()?,
        mail_proved: false,
    })
}

/// Says which field a refusal is about.
fn name_field(error: Error) -> Error {
    if error.fields.contains_key("field") {
        return error;
    }
    let field = match error.code {
        Some(MatrixCode::UserInUse | MatrixCode::InvalidUsername) => "username",
        Some(MatrixCode::WeakPassword | MatrixCode::InvalidParam) => "password",
        _ => return error,
    };
    error.with_field("field", field)
}

/// # Errors
/// `Invalid` for an over-long text or one with control characters.
fn check_text(field: &'static str, text: Option<&str>) -> Result<()> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().count() > LONGEST_TEXT_CHARS || text.chars().any(char::is_control) {
        let why = format!("{field}: has at most {LONGEST_TEXT_CHARS} characters, none of control.");
        return Err(Error::invalid(MatrixCode::InvalidParam, why).with_field("field", field));
    }
    Ok(())
}

/// # Errors
/// `Invalid` if the notice was not accepted.
fn checked_version(version: &str) -> Result<String> {
    check_text("notice_version", Some(version))?;
    if version.trim().is_empty() {
        let text = "The privacy notice must be read first.";
        let error = Error::invalid(MatrixCode::MissingParam, text);
        return Err(error.with_field("field", "notice_version"));
    }
    Ok(version.trim().to_owned())
}
