//! App passwords: for programs that know `m.login.password` only. They open nothing else, neither
//! the account pages nor a change of the password.

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, MatrixCode, Result, Secret};
use kontor_db::Tx;
use kontor_policy::PasswordLogin;
use kontor_store::app_password::{self, AppPasswordRow};
use ruma::UserId;

use crate::browser_session::BrowserSession;
use crate::devices::Ended;
use crate::pepper::Purpose;
use crate::{CriticalAct, Identity};

/// Most app passwords of one person.
const MOST_APP_PASSWORDS: usize = 50;
/// Longest name, in characters.
const LONGEST_NAME_CHARS: usize = 100;
/// Random letters of the name in requests.
const ID_LETTERS: usize = 10;

/// An app password just made. Shown once.
#[derive(Clone, Debug)]
pub struct NewAppPassword {
    /// Its name in requests.
    pub id: String,
    /// The password: four groups of five letters and digits.
    pub password: Secret<String>,
}

impl Identity {
    /// Makes an app password for the program that its owner calls `name`.
    ///
    /// # Errors
    /// `Forbidden` unless she has proved who she is just now (`APP_KONTOR_STEP_UP`), and where the
    /// policy lets nobody sign in by password over the API; `Invalid` for an empty or over-long
    /// name; `Limited` if she has fifty.
    pub async fn create_app_password(
        &self,
        cx: &Cx,
        session: &BrowserSession,
        name: &str,
    ) -> Result<NewAppPassword> {
        let acting = Self::step_up_in_browser(cx, session, CriticalAct::MakeAppPassword)?;
        if self.inner.policy.now().password_login == PasswordLogin::Off {
            return Err(Error::forbidden("Signing in by password is switched off."));
        }
        let name = checked_name(name)?;
        let password = cx.random.password()?;
        let hash = self.app_password_hash(&password);
        let row = AppPasswordRow {
            app_password_id: cx.random.word(ID_LETTERS)?,
            name,
            created: cx.now,
            last_used_day: None,
        };
        let (id, user) = (row.app_password_id.clone(), session.user_id.clone());
        let write = self.inner.db.write(&acting, move |tx| {
            if app_password::list_app_passwords(tx, &user)?.len() >= MOST_APP_PASSWORDS {
                let text = format!("A person has at most {MOST_APP_PASSWORDS} app passwords.");
                return Err(Error::limited(MatrixCode::LimitExceeded, text));
            }
            app_password::insert_app_password(tx, &user, &hash, &row)
        });
        write.await?;
        let event = Event::new(Action::AppPasswordCreated).about(&session.user_id);
        self.inner.audit.note(&acting, event);
        Ok(NewAppPassword { id, password: Secret::new(password) })
    }

    /// The app passwords of whoever is signed in, oldest first.
    pub async fn app_passwords(&self, cx: &Cx) -> Result<Vec<AppPasswordRow>> {
        let user = cx.user()?.to_owned();
        self.inner.db.read(cx, move |tx| app_password::list_app_passwords(tx, &user)).await
    }

    /// Removes an app password and signs out the devices that it opened: whoever takes it back wants
    /// the program to be out.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_app_password(&self, cx: &Cx, id: String) -> Result<()> {
        let user = cx.user()?.to_owned();
        let event = Event::new(Action::AppPasswordRemoved).about(&user);
        let this = self.clone();
        let write = self.inner.db.write(cx, move |tx| {
            if !app_password::delete_app_password(tx, &user, &id)? {
                return Err(Error::not_found("There is no such app password."));
            }
            this.end_sessions_in(tx, &user, &Ended::ByAppPassword(Some(id))).map(drop)
        });
        write.await?;
        self.inner.audit.note(cx, event);
        Ok(())
    }

    /// However it was typed. A keyed hash is enough: there are 100 bits to guess.
    pub(crate) fn app_password_hash(&self, password: &str) -> [u8; 32] {
        let letters = password.chars().filter(char::is_ascii_alphanumeric);
        let letters: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        self.inner.pepper.hash(Purpose::AppPassword, &letters)
    }
}

/// # Errors
/// `Forbidden`, as for a wrong password, if it was removed meanwhile.
pub(crate) fn require_app_password(tx: &mut Tx<'_>, user: &UserId, id: &str) -> Result<()> {
    let held = app_password::list_app_passwords(tx, user)?;
    if held.iter().any(|row| row.app_password_id == id) {
        return Ok(());
    }
    Err(Error::forbidden("Wrong user name or password."))
}

/// # Errors
/// `Invalid` for an empty or over-long name or one with control characters.
fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty()
        || name.chars().count() > LONGEST_NAME_CHARS
        || name.chars().any(char::is_control)
    {
        let text = format!("The name of a program has 1 to {LONGEST_NAME_CHARS} characters.");
        return Err(Error::invalid(MatrixCode::InvalidParam, text).with_field("field", "name"));
    }
    Ok(name.to_owned())
}
