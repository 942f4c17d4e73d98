//! Links that open something once: invitations, and new passwords for forgotten ones.

use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, MatrixCode, Permission, Result, Role, Roles, Secret, Timestamp};
use kontor_db::Tx;
use kontor_store::access_token::TokenHash;
use kontor_store::one_time_link::{self, LinkRow};
use kontor_store::{accepted_notice, account, browser_session, login_failure};
use ruma::OwnedUserId;
use serde::{Deserialize, Serialize};

use crate::accounts::{NewUser, user_created};
use crate::methods::{Method, Methods};
use crate::new_password::replace_password;
use crate::pepper::Purpose;
use crate::proof::ProofMethod;
use crate::roles::author;
use crate::{BrowserSignIn, Identity};

/// Random letters of a link: 200 bits.
const TOKEN_LETTERS: usize = 40;
/// Random letters of a link's name.
const ID_LETTERS: usize = 10;
/// How long an invitation is good, unless it says less.
const INVITATION: Duration = Duration::from_hours(7 * 24);
/// How long a link to a new password is good.
const RESET: Duration = Duration::from_hours(24);
/// Longest name and version, in characters.
const LONGEST_TEXT_CHARS: usize = 256;

const TO_ACCOUNT: &str = "invitation";
const TO_PASSWORD: &str = "reset";

/// Somebody to be invited.
#[derive(Clone, Debug, Default)]
pub struct NewInvitation {
    /// Name shown to others.
    pub display_name: Option<String>,
    /// User name she may take or change.
    pub username: Option<String>,
    /// Whether she is a guest: somebody from outside.
    pub guest: bool,
    /// How long the invitation is good; at most, and by default, seven days.
    pub lifetime: Option<Duration>,
}

/// A link just made. Shown once.
#[derive(Clone, Debug)]
pub struct MadeLink {
    /// Names it to administrators.
    pub id: String,
    /// What its address ends in.
    pub token: Secret<String>,
    /// From then on it opens nothing.
    pub expires: Timestamp,
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

/// An open link, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLink {
    /// Its name, for taking it back.
    pub id: String,
    /// Whose account it opens; `None`: it is an invitation.
    pub user_id: Option<OwnedUserId>,
    /// Who is invited.
    pub display_name: Option<String>,
    /// User id of whoever made it, or `operator`.
    pub created_by: String,
    /// When it was made.
    pub created: Timestamp,
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

/// What is stored of an invitation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Details {
    display_name: Option<String>,
    username: Option<String>,
    #[serde(default)]
    guest: bool,
}

impl Identity {
    /// Invites somebody.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `Invalid` (field `field`) for names against the rules;
    /// `Conflict` (`M_USER_IN_USE`).
    pub async fn create_invitation(&self, cx: &Cx, new: NewInvitation) -> Result<MadeLink> {
        cx.require(Permission::ManagePeople)?;
        check_text("display_name", new.display_name.as_deref())?;
        if let Some(name) = &new.username {
            let names =
                self.names(cx, Some(name), None).map_err(|e| e.with_field("field", "username"))?;
            self.check_available(cx, &names).await?;
        }
        let details =
            Details { display_name: new.display_name, username: new.username, guest: new.guest };
        let lifetime = new.lifetime.map_or(INVITATION, |span| span.min(INVITATION));
        let event = Event::new(Action::LinkCreated).with_detail(TO_ACCOUNT);
        self.make_link(cx, (None, &details, lifetime), event).await
    }

    /// What an invitation says; `None`: it is no invitation, used, taken back or over.
    ///
    /// # Errors
    /// `Limited` after too many tries from one address.
    pub async fn look_at_invitation(&self, cx: &Cx, token: &str) -> Result<Option<Invitation>> {
        let Some(row) = self.open_link(cx, token, TO_ACCOUNT).await? else { return Ok(None) };
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
    /// `NotFound` if the invitation opens nothing; `Invalid` with the field `field` for what is
    /// against the rules; `Conflict` (`M_USER_IN_USE`); `Limited`. Nothing is used up then.
    pub async fn accept_invitation(
        &self,
        cx: &Cx,
        token: &str,
        answer: Acceptance,
    ) -> Result<BrowserSignIn> {
        let row = self.open_link(cx, token, TO_ACCOUNT).await?.ok_or_else(no_link)?;
        let details = details(&row)?;
        let version = checked_version(&answer.notice_version)?;
        check_text("display_name", answer.display_name.as_deref())?;
        let shown = match &answer.password {
            Some(_) => Methods::only(Method::Link).and(Method::Password),
            None => Methods::only(Method::Link),
        };
        let new = NewUser {
            username: answer.username.or(details.username),
            password: answer.password,
            display_name: answer.display_name.or(details.display_name),
            roles: if details.guest { Roles::of(&[Role::Guest]) } else { Roles::default() },
        };
        let roles = new.roles;
        let names = self.names(cx, new.username.as_deref(), None).map_err(name_field)?;
        self.check_available(cx, &names).await.map_err(name_field)?;
        let mut prepared = self.prepare_user(cx, new).await.map_err(name_field)?;
        prepared.prove(cx, ProofMethod::Invited, row.created_by);
        let user = prepared.account.user_id.clone();
        let opening = self.browser_opening(cx, user.clone(), shown)?;
        let (this, hash, cx_in) = (self.clone(), self.link_hash(token), cx.clone());
        let event = user_created(&user, roles);
        let write = self.inner.db.write(cx, move |tx| {
            if !one_time_link::spend_link(tx, &hash, cx_in.now)? {
                return Err(no_link());
            }
            prepared.store(tx)?;
            accepted_notice::insert_accepted_notice(tx, &user, &version, cx_in.now)?;
            opening.store(tx, &this, &cx_in)
        });
        let signed_in = self.inner.audit.act(cx, event, write).await.map_err(name_field)?;
        self.note_link_use(cx, &signed_in.user_id, TO_ACCOUNT);
        Ok(signed_in)
    }

    /// Makes a link with which somebody sets a new password. Links made before are void.
    ///
    /// # Errors
    /// `Forbidden` without the permission, and for accounts that may do more than the caller's;
    /// `NotFound` if there is no such active account.
    pub async fn create_reset_link(&self, cx: &Cx, user: OwnedUserId) -> Result<MadeLink> {
        cx.require(Permission::ManagePeople)?;
        self.require_over(cx, &user).await?;
        let event = Event::new(Action::LinkCreated).about(&user).with_detail(TO_PASSWORD);
        self.make_link(cx, (Some(user), &Details::default(), RESET), event).await
    }

    /// Whose password a link sets; `None`: it opens nothing.
    ///
    /// # Errors
    /// `Limited` after too many tries from one address.
    pub async fn look_at_reset_link(&self, cx: &Cx, token: &str) -> Result<Option<OwnedUserId>> {
        Ok(self.open_link(cx, token, TO_PASSWORD).await?.and_then(|row| row.user_id))
    }

    /// Sets a new password. Browsers are signed out; devices stay, since they hold the keys. The
    /// second factor is asked for as always.
    ///
    /// # Errors
    /// `NotFound` if the link opens nothing; `Invalid` (`M_WEAK_PASSWORD`, field `field`);
    /// `Limited`. The link is not used up then.
    pub async fn use_reset_link(
        &self,
        cx: &Cx,
        token: &str,
        new: Secret<String>,
    ) -> Result<BrowserSignIn> {
        let row = self.open_link(cx, token, TO_PASSWORD).await?.ok_or_else(no_link)?;
        let user = row.user_id.ok_or_else(no_link)?;
        self.check_next_password(cx, &user, &new).await?;
        let password = self.hash_new_password(cx, new).await?;
        let shown = Methods::only(Method::Link).and(Method::Password);
        let opening = self.browser_opening(cx, user.clone(), shown)?;
        let subject = self.failure_subject(&user);
        let (this, hash, cx_in) = (self.clone(), self.link_hash(token), cx.clone());
        let write = self.inner.db.write(cx, move |tx| {
            if !one_time_link::spend_link(tx, &hash, cx_in.now)? {
                return Err(no_link());
            }
            replace_password(tx, &user, &password, cx_in.now)?;
            login_failure::delete_login_failure(tx, &subject)?;
            one_time_link::delete_links_of_user(tx, &user)?;
            browser_session::delete_browser_sessions_but(tx, &user, "")?;
            opening.store(tx, &this, &cx_in)
        });
        let signed_in = write.await?;
        self.note_link_use(cx, &signed_in.user_id, TO_PASSWORD);
        Ok(signed_in)
    }

    /// Every open link, the one that ends first before others.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn links(&self, cx: &Cx) -> Result<Vec<ListedLink>> {
        cx.require(Permission::ManagePeople)?;
        let now = cx.now;
        let rows = self.inner.db.read(cx, move |tx| one_time_link::list_links(tx, now)).await?;
        let listed = rows.into_iter().map(|row| {
            Ok(ListedLink {
                display_name: details(&row)?.display_name,
                id: row.link_id,
                user_id: row.user_id,
                created_by: row.created_by,
                created: row.created,
                expires: row.expires,
            })
        });
        listed.collect()
    }

    /// Takes an open link back.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound` if it is used, over or unknown.
    pub async fn take_link_back(&self, cx: &Cx, id: String) -> Result<()> {
        cx.require(Permission::ManagePeople)?;
        let now = cx.now;
        let event = Event::new(Action::LinkTakenBack);
        let write = self.inner.db.write(cx, move |tx| {
            if one_time_link::delete_named_link(tx, &id, now)? { Ok(()) } else { Err(no_link()) }
        });
        self.inner.audit.act(cx, event, write).await
    }

    async fn make_link(
        &self,
        cx: &Cx,
        (user, details, lifetime): (Option<OwnedUserId>, &Details, Duration),
        event: Event,
    ) -> Result<MadeLink> {
        let token = cx.random.word(TOKEN_LETTERS)?;
        let hash = self.link_hash(&token);
        let purpose = if user.is_some() { TO_PASSWORD } else { TO_ACCOUNT };
        let row = LinkRow {
            link_id: cx.random.word(ID_LETTERS)?,
            purpose: purpose.to_owned(),
            user_id: user,
            details: serde_json::to_string(details).map_err(Error::internal)?,
            created_by: author(cx),
            created: cx.now,
            expires: cx.now.plus(lifetime),
        };
        let made =
            MadeLink { id: row.link_id.clone(), token: Secret::new(token), expires: row.expires };
        let write = self.inner.db.write(cx, move |tx| store_link(tx, &hash, &row));
        self.inner.audit.act(cx, event, write).await?;
        Ok(made)
    }

    async fn open_link(&self, cx: &Cx, token: &str, purpose: &str) -> Result<Option<LinkRow>> {
        self.throttle_address(cx)?;
        let (hash, now) = (self.link_hash(token), cx.now);
        let found = self.inner.db.read(cx, move |tx| one_time_link::find_link(tx, &hash, now));
        Ok(found.await?.filter(|row| row.purpose == purpose))
    }

    fn link_hash(&self, token: &str) -> TokenHash {
        self.inner.pepper.hash(Purpose::Link, token)
    }

    fn note_link_use(&self, cx: &Cx, user: &ruma::UserId, purpose: &'static str) {
        let event = Event::new(Action::LinkUsed).about(user).with_detail(purpose);
        self.inner.audit.note(cx, event);
    }
}

/// # Errors
/// `NotFound` if it is for an account that is not there, or closed.
fn store_link(tx: &mut Tx<'_>, hash: &TokenHash, row: &LinkRow) -> Result<()> {
    if let Some(user) = &row.user_id {
        let found = account::find_account(tx, user)?;
        if found.is_none_or(|account| account.deactivated.is_some()) {
            return Err(Error::not_found("There is no such account."));
        }
        one_time_link::delete_links_of_user(tx, user)?;
    }
    one_time_link::insert_link(tx, hash, row)
}

fn details(row: &LinkRow) -> Result<Details> {
    serde_json::from_str(&row.details)
        .map_err(|e| Error::internal(format!("one_time_link.details: {e}")))
}

/// Says which field a refusal is about.
fn name_field(error: Error) -> Error {
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

fn no_link() -> Error {
    Error::not_found("This link was used already, or its time is over.")
}
