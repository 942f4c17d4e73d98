//! Showing again who one is, before critical acts. law: R-045

use kontor_core::{Actor, Cx, Error, MatrixCode, Result};
use ruma::api::client::uiaa::AuthData;

use crate::Identity;
use crate::interactive::Purpose;

impl Identity {
    /// Lets pass whoever has shown lately (setting `step_up_minutes`) who they are. In a browser that is
    /// known; a program's session asks by interactive authentication.
    ///
    /// # Errors
    /// `Forbidden` (`APP_KONTOR_STEP_UP`) in a browser: lead to where one confirms who one is;
    /// else those of [`Identity::authenticate_interactively`].
    pub async fn step_up(&self, cx: &Cx, auth: Option<AuthData>) -> Result<()> {
        if let Actor::User(session) = &cx.actor
            && let Some(at) = session.authenticated
        {
            if at.plus(self.inner.policy.now().step_up) > cx.now {
                return Ok(());
            }
            let text = "Confirm who you are: this was some minutes ago.";
            return Err(Error::forbidden(text).with_code(MatrixCode::StepUp));
        }
        self.authenticate_interactively(cx, Purpose::CriticalAct, auth).await
    }
}
