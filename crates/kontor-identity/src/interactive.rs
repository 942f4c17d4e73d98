//! User-interactive authentication: asking once more before something grave.
//!
//! spec: client-server API, "User-Interactive Authentication API"

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use kontor_core::{Actor, Cx, Error, MatrixCode, Random, Result, Secret, Timestamp};
use kontor_db::Tx;
use kontor_policy::Registration;
use kontor_store::access_token::TokenHash;
use kontor_store::oauth_session;
use parking_lot::Mutex;
use ruma::api::client::uiaa::{AuthData, UserIdentifier};
use ruma::{OwnedDeviceId, OwnedUserId};
use serde_json::{Value, json};

use crate::Identity;
use crate::credentials::Accepted;

/// How long a dialogue may take.
const LIFETIME: Duration = Duration::from_mins(15);
/// Open dialogues of signed-in people, and as many of strangers; the oldest give way.
const MOST_DIALOGUES: usize = 10_000;
/// Random letters of a session id: 120 bits.
const SESSION_LETTERS: usize = 24;

const PASSWORD: &str = "m.login.password";
const DUMMY: &str = "m.login.dummy";
const REGISTRATION_TOKEN: &str = "m.login.registration_token";
const OAUTH: &str = "m.oauth";

/// Where a person allows a program to replace their keys.
const KEY_REPLACEMENT_PAGE: &str = "/account/?action=org.matrix.cross_signing_reset";

/// What somebody authenticates for. A dialogue is good for the one it began with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Creating an account; nobody is signed in.
    Register,
    /// Changing the password.
    ChangePassword,
    /// Closing the account.
    DeactivateAccount,
    /// Removing these devices.
    DeleteDevices(Vec<OwnedDeviceId>),
    /// Replacing the keys others trust the account by.
    ReplaceCrossSigningKeys,
    /// An administrative act that asks who one is. law: R-045
    CriticalAct,
}

impl Purpose {
    /// Programs that know app passwords only must be able to set up their keys, and to tidy up; an
    /// app password opens nothing that would outlive its removal.
    const fn accepts(&self) -> Accepted {
        match self {
            Self::ReplaceCrossSigningKeys | Self::DeleteDevices(_) => Accepted::Both,
            Self::Register | Self::ChangePassword | Self::DeactivateAccount | Self::CriticalAct => {
                Accepted::Password
            }
        }
    }
}

/// What a finished dialogue proved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passed {
    /// The registration token shown; to be spent with the account's creation.
    pub(crate) registration_token: Option<TokenHash>,
}

/// Open dialogues by session id.
#[derive(Debug, Default)]
pub(crate) struct Dialogues {
    of_people: Mutex<Book>,
    of_strangers: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    open: HashMap<String, Dialogue>,
    /// Oldest first; ids of finished dialogues stay until their time.
    order: VecDeque<(Timestamp, String)>,
}

#[derive(Clone, Debug)]
struct Dialogue {
    purpose: Purpose,
    user: Option<OwnedUserId>,
    ends: Timestamp,
}

impl Identity {
    /// Asks the caller to authenticate once more, and returns once that is done.
    ///
    /// Operators and jobs are not asked. A dialogue that has succeeded is used up.
    ///
    /// # Errors
    /// `Unauthenticated` with the fields `flows`, `params` and `session` of the specification's
    /// 401 answer, with an error code only after a failed try; `Limited` after too many tries.
    pub async fn authenticate_interactively(
        &self,
        cx: &Cx,
        purpose: Purpose,
        auth: Option<AuthData>,
    ) -> Result<()> {
        self.ask(cx, purpose, auth).await.map(|_| ())
    }

    pub(crate) async fn ask(
        &self,
        cx: &Cx,
        purpose: Purpose,
        auth: Option<AuthData>,
    ) -> Result<Passed> {
        let user = match &cx.actor {
            Actor::Operator | Actor::Job(_) => return Ok(Passed::default()),
            Actor::User(session) => Some(session.user_id.clone()),
            Actor::Anonymous if purpose == Purpose::Register => None,
            Actor::Anonymous => return Err(missing_token()),
        };
        let stage = self.stage_for(cx, &purpose).await?;
        // The page has no way to tell the program that the person is done: it simply tries again.
        if let Some(user) = user.as_deref().filter(|_| stage == OAUTH)
            && self.inner.key_replacements.take(user, cx.now)
        {
            return Ok(Passed::default());
        }
        let book = match user {
            Some(_) => &self.inner.dialogues.of_people,
            None => &self.inner.dialogues.of_strangers,
        };
        let dialogue = Dialogue { purpose, user, ends: cx.now.plus(LIFETIME) };
        let known = auth.as_ref().and_then(AuthData::session);
        let session = match known.filter(|id| book.lock().holds(id, &dialogue, cx.now)) {
            Some(id) => id.to_owned(),
            None => book.lock().begin(dialogue.clone(), cx.now, &cx.random)?,
        };
        // A dialogue that has run out starts anew; without one, a single stage may come at once.
        let answer = auth.filter(|auth| auth.session().is_none_or(|id| id == session));
        let params = self.params_of(stage);
        let Some(answer) = answer else { return Err(question(stage, &session, params)) };
        match self.try_stage(cx, stage, &dialogue, answer).await {
            Ok(passed) => {
                if book.lock().finish(&session) {
                    return Ok(passed);
                }
                Err(question(stage, &session, params))
            }
            Err(error) if matches!(error.kind, kontor_core::Kind::Unauthenticated) => {
                Err(with_question(error, stage, &session, params))
            }
            Err(error) => Err(error),
        }
    }

    /// The one stage of the one flow that is offered.
    async fn stage_for(&self, cx: &Cx, purpose: &Purpose) -> Result<&'static str> {
        Ok(match (purpose, self.inner.policy.now().registration) {
            (Purpose::Register, Registration::Open) => DUMMY,
            (Purpose::Register, Registration::Token | Registration::Closed) => REGISTRATION_TOKEN,
            // Whoever signed in by OAuth may have no password, and the program must not see it.
            (Purpose::ReplaceCrossSigningKeys, _) if self.came_by_oauth(cx).await? => OAUTH,
            (
                Purpose::ChangePassword
                | Purpose::DeactivateAccount
                | Purpose::DeleteDevices(_)
                | Purpose::ReplaceCrossSigningKeys
                | Purpose::CriticalAct,
                _,
            ) => PASSWORD,
        })
    }

    async fn came_by_oauth(&self, cx: &Cx) -> Result<bool> {
        let Actor::User(session) = &cx.actor else { return Ok(false) };
        let (user, device) = (session.user_id.clone(), session.device_id.clone());
        let read = move |tx: &mut Tx<'_>| oauth_session::find_oauth_session(tx, &user, &device);
        Ok(self.inner.db.read(cx, read).await?.is_some())
    }

    /// What a program has to know for a stage.
    fn params_of(&self, stage: &str) -> Value {
        match (stage, &self.inner.public_url) {
            (OAUTH, Some(base)) => {
                let base = base.trim_end_matches('/');
                json!({ OAUTH: { "url": format!("{base}{KEY_REPLACEMENT_PAGE}") } })
            }
            _ => json!({}),
        }
    }

    async fn try_stage(
        &self,
        cx: &Cx,
        stage: &str,
        dialogue: &Dialogue,
        answer: AuthData,
    ) -> Result<Passed> {
        match (answer, stage) {
            (AuthData::Dummy(_), DUMMY) => Ok(Passed::default()),
            (AuthData::Password(answer), PASSWORD) => {
                let wrong = || Error::unauthenticated(MatrixCode::Forbidden, "Wrong password.");
                let UserIdentifier::Matrix(who) = answer.identifier else { return Err(wrong()) };
                let password = Secret::new(answer.password);
                let secret = (password, dialogue.purpose.accepts());
                let proved = self.check_secret(cx, &who.user, secret).await;
                match (proved, &dialogue.user) {
                    (Ok(proved), Some(user)) if proved.account.user_id == *user => {
                        Ok(Passed::default())
                    }
                    (Err(error), _) if error.kind != kontor_core::Kind::Forbidden => Err(error),
                    _ => Err(wrong()),
                }
            }
            (AuthData::RegistrationToken(answer), REGISTRATION_TOKEN) => {
                let token = self.usable_registration_token(cx, &answer.token).await?;
                let text = "This registration token is not valid.";
                token
                    .map(|hash| Passed { registration_token: Some(hash) })
                    .ok_or_else(|| Error::unauthenticated(MatrixCode::Unauthorized, text))
            }
            // Sent after a stage on a web page; whether that is done, is known already.
            (AuthData::OAuth(_) | AuthData::FallbackAcknowledgement(_), _) => {
                let text = "This step is not completed.";
                Err(Error::unauthenticated(MatrixCode::Unauthorized, text))
            }
            _ => {
                let text = "This step is not offered.";
                Err(Error::unauthenticated(MatrixCode::Unrecognized, text))
            }
        }
    }
}

impl Book {
    fn holds(&self, id: &str, asked: &Dialogue, now: Timestamp) -> bool {
        self.open.get(id).is_some_and(|open| {
            open.ends > now && open.purpose == asked.purpose && open.user == asked.user
        })
    }

    fn begin(&mut self, dialogue: Dialogue, now: Timestamp, random: &Random) -> Result<String> {
        while let Some((ends, id)) = self.order.front() {
            if *ends > now && self.order.len() < MOST_DIALOGUES {
                break;
            }
            self.open.remove(id);
            self.order.pop_front();
        }
        let id = random.word(SESSION_LETTERS)?;
        self.order.push_back((dialogue.ends, id.clone()));
        self.open.insert(id.clone(), dialogue);
        Ok(id)
    }

    /// `false` if somebody else was faster with the same dialogue.
    fn finish(&mut self, id: &str) -> bool {
        self.open.remove(id).is_some()
    }
}

fn missing_token() -> Error {
    Error::unauthenticated(MatrixCode::MissingToken, "Missing access token.")
}

/// The 401 answer that asks, without an error.
fn question(stage: &str, session: &str, params: Value) -> Error {
    let mut error = Error::unauthenticated(MatrixCode::Unauthorized, "Please authenticate.");
    error.code = None;
    with_question(error, stage, session, params)
}

fn with_question(error: Error, stage: &str, session: &str, params: Value) -> Error {
    error
        .with_field("flows", json!([{ "stages": [stage] }]))
        .with_field("params", params)
        .with_field("session", Value::from(session))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialogue(ends: i64) -> Dialogue {
        Dialogue { purpose: Purpose::Register, user: None, ends: Timestamp(ends) }
    }

    #[test]
    fn a_dialogue_is_good_for_its_purpose_user_and_time_once() {
        let (mut book, random) = (Book::default(), Random::seeded(1));
        let id = book.begin(dialogue(100), Timestamp(0), &random).unwrap();
        assert!(book.holds(&id, &dialogue(0), Timestamp(99)));
        assert!(!book.holds(&id, &dialogue(0), Timestamp(100)));
        let other_purpose = Dialogue { purpose: Purpose::ChangePassword, ..dialogue(0) };
        assert!(!book.holds(&id, &other_purpose, Timestamp(0)));
        let user = Some(ruma::owned_user_id!("@alice:a.example"));
        assert!(!book.holds(&id, &Dialogue { user, ..dialogue(0) }, Timestamp(0)));
        assert!(book.finish(&id));
        assert!(!book.finish(&id));
    }

    #[test]
    fn the_oldest_dialogues_give_way() {
        let (mut book, random) = (Book::default(), Random::seeded(1));
        let first = book.begin(dialogue(100), Timestamp(0), &random).unwrap();
        for _ in 0..MOST_DIALOGUES {
            book.begin(dialogue(100), Timestamp(0), &random).unwrap();
        }
        assert_eq!(book.open.len(), MOST_DIALOGUES);
        assert!(!book.holds(&first, &dialogue(0), Timestamp(0)));
        book.begin(dialogue(300), Timestamp(200), &random).unwrap();
        assert_eq!(book.open.len(), 1);
    }
}
