//! Links that open something once: invitations, new passwords for forgotten ones, and whether a
//! mail address is somebody's.

use std::time::Duration;

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, MatrixCode, Permission, Result, Secret, Timestamp};
use kontor_db::Tx;
use kontor_mail::Letter;
use kontor_store::access_token::TokenHash;
use kontor_store::one_time_link::{self, LinkRow};
use kontor_store::{account, browser_session, login_failure, waiting_mail};
use ruma::OwnedUserId;
use ruma::api::client::uiaa::AuthData;
use serde::{Deserialize, Serialize};

use crate::letters::Notice;
use crate::methods::{Method, Methods};
use crate::new_password::{PasswordRules, replace_password};
use crate::pepper::Purpose;
use crate::roles::author;
use crate::{BrowserSignIn, CriticalAct, Identity};

/// Random letters of a link: 200 bits.
pub(crate) const TOKEN_LETTERS: usize = 40;
/// Random letters of a link's name.
pub(crate) const ID_LETTERS: usize = 10;
/// How long an invitation is good, unless it says less.
pub(crate) const INVITATION: Duration = Duration::from_hours(7 * 24);
/// How long a link to a new password is good.
const RESET: Duration = Duration::from_hours(24);

pub(crate) const TO_ACCOUNT: &str = "invitation";
const TO_PASSWORD: &str = "reset";
/// As `TO_PASSWORD`, but asked for by the person and sent by mail.
pub(crate) const TO_PASSWORD_BY_MAIL: &str = "forgotten";
/// Confirms a mail address.
pub(crate) const TO_ADDRESS: &str = "address";
const PASSWORDS: &[&str] = &[TO_PASSWORD, TO_PASSWORD_BY_MAIL];

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

/// What is stored of a link beside whose it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Details {
    pub(crate) display_name: Option<String>,
    pub(crate) username: Option<String>,
    #[serde(default)]
    pub(crate) guest: bool,
    /// Mail address: of whoever is invited, or the one to be confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail: Option<String>,
    /// Only a mail to it brings the link.
    #[serde(default)]
    pub(crate) mail_proved: bool,
}

impl Identity {
    /// Makes a link with which somebody sets a new password. Links made before are void.
    ///
    /// # Errors
    /// `Forbidden` without the permission, and for accounts that may do more than the caller's;
    /// those of [`Self::step_up`]; `NotFound` if there is no such active account.
    pub async fn create_reset_link(
        &self,
        cx: &Cx,
        user: OwnedUserId,
        auth: Option<AuthData>,
    ) -> Result<MadeLink> {
        cx.require(Permission::ManagePeople)?;
        self.require_over(cx, &user).await?;
        self.step_up(cx, CriticalAct::ResetPassword, auth).await?;
        let event = Event::new(Action::LinkCreated).about(&user).with_detail(TO_PASSWORD);
        self.make_link(cx, (Some(user), &Details::default(), RESET), event).await
    }

    /// Address of the page that a link to a new password leads to.
    #[must_use]
    pub fn reset_address(&self, made: &MadeLink) -> Secret<String> {
        self.address_of("/account/reset/", made)
    }

    /// Address of the page that an invitation leads to.
    #[must_use]
    pub fn invitation_address(&self, made: &MadeLink) -> Secret<String> {
        self.address_of("/account/invitation/", made)
    }

    fn address_of(&self, path: &str, made: &MadeLink) -> Secret<String> {
        Secret::new(format!("{}{path}{}", self.inner.base_url, made.token.expose()))
    }

    /// Whose password a link sets, as she signs in, and what is asked of it; `None`: it opens nothing.
    ///
    /// # Errors
    /// `Limited` after too many tries from one address.
    pub async fn look_at_reset_link(
        &self,
        cx: &Cx,
        token: &str,
    ) -> Result<Option<(String, PasswordRules)>> {
        let found = self.open_link(cx, token, PASSWORDS).await?.and_then(|row| row.user_id);
        let Some(user) = found else { return Ok(None) };
        let rules = self.password_rules_of(cx, user.clone()).await?;
        Ok(Some((self.sign_in_name_of(cx, user).await?, rules)))
    }

    /// Sets a new password. Browsers are signed out; devices stay, since they hold the keys. The
    /// second factor is asked for as always.
    ///
    /// # Errors
    /// `Gone` if the link opens nothing; `Invalid` (`M_WEAK_PASSWORD`, field `field`);
    /// `Limited`. The link is not used up then.
    pub async fn use_reset_link(
        &self,
        cx: &Cx,
        token: &str,
        new: Secret<String>,
    ) -> Result<BrowserSignIn> {
        let row = self.open_link(cx, token, PASSWORDS).await?.ok_or_else(no_link)?;
        let user = row.user_id.ok_or_else(no_link)?;
        self.check_next_password(cx, &user, &new).await?;
        let password = self.hash_new_password(cx, new).await?;
        let shown = Methods::only(Method::Link).and(Method::Password);
        let opening = self.browser_opening(cx, user.clone(), shown)?;
        let subject = self.failure_subject(&user);
        let (this, hash, cx_in) = (self.clone(), self.link_hash(token), cx.clone());
        let notice = Notice::new(cx)?;
        let write = self.inner.db.write(cx, move |tx| {
            if !one_time_link::spend_link(tx, &hash, cx_in.now)? {
                return Err(no_link());
            }
            replace_password(tx, &user, &password, cx_in.now)?;
            this.tell(tx, &user, Letter::PasswordChanged, &notice)?;
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
        // What people do with their own mail address is nobody else's business.
        let shown = rows.into_iter().filter(|row| row.purpose != TO_ADDRESS);
        let listed = shown.map(|row| {
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

    /// Takes an open link back, or forgets an invitation that has run out.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound` if it is used, gone or unknown.
    pub async fn take_link_back(&self, cx: &Cx, id: String) -> Result<()> {
        cx.require(Permission::ManagePeople)?;
        let now = cx.now;
        let event = Event::new(Action::LinkTakenBack);
        let write = self.inner.db.write(cx, move |tx| {
            let waited = waiting_mail::delete_waiting_invitation(tx, &id)?;
            let found = one_time_link::delete_named_link(tx, &id, now)?;
            if waited || found { Ok(()) } else { Err(Error::not_found("There is no such link.")) }
        });
        self.inner.audit.act(cx, event, write).await
    }

    pub(crate) async fn make_link(
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

    /// What the link is that ends in `token`, if it opens one of `purposes`.
    pub(crate) async fn open_link(
        &self,
        cx: &Cx,
        token: &str,
        purposes: &[&str],
    ) -> Result<Option<LinkRow>> {
        self.throttle_address(cx)?;
        let (hash, now) = (self.link_hash(token), cx.now);
        let found = self.inner.db.read(cx, move |tx| one_time_link::find_link(tx, &hash, now));
        Ok(found.await?.filter(|row| purposes.contains(&&*row.purpose)))
    }

    pub(crate) fn link_hash(&self, token: &str) -> TokenHash {
        self.inner.pepper.hash(Purpose::Link, token)
    }

    pub(crate) fn note_link_use(&self, cx: &Cx, user: &ruma::UserId, purpose: &'static str) {
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
        one_time_link::delete_links_of_user_for(tx, user, &row.purpose)?;
    }
    one_time_link::insert_link(tx, hash, row)
}

pub(crate) fn details(row: &LinkRow) -> Result<Details> {
    serde_json::from_str(&row.details)
        .map_err(|e| Error::internal(format!("one_time_link.details: {e}")))
}

/// Also for what was never a link: who guesses learns nothing.
pub(crate) fn no_link() -> Error {
    let text = "This link was used already, or its time is over.";
    Error::gone(MatrixCode::Expired, text)
}
