//! Forgotten passwords: asking for a link by mail, without learning which accounts exist.
//! law: R-044

use std::time::Duration;

use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_mail::Letter;
use kontor_policy::Rate;

use crate::Identity;
use crate::letters::{Enclosed, Notice};
use crate::pepper::Purpose;
use crate::throttle::Subject;

/// How long a mailed link is good, and how long a request for one.
pub(crate) const BY_MAIL: Duration = Duration::from_mins(30);
/// Longest name typed, in characters.
const LONGEST_NAME_CHARS: usize = 255;
/// Requests for one name, whether it exists or not.
const PER_NAME: Rate = Rate { burst: 3, per_minute: 1 };
/// Requests from one address.
const PER_ADDRESS: Rate = Rate { burst: 20, per_minute: 4 };

impl Identity {
    /// Asks for a mail with a link to a new password. `name` is a login name, a user id or a mail
    /// address.
    ///
    /// Nothing is looked up here: the request is written down as it is, known name or not, so that
    /// neither answer nor time tells which accounts exist. Who it is, whether she has a mail
    /// address, and the link itself are the business of [`Identity::send_waiting_mails`].
    ///
    /// # Errors
    /// `NotFound` if no mails are sent here; `Invalid` (field `field` is `name`) for nothing or too
    /// much; `Limited` after too many tries.
    pub async fn ask_for_new_password(&self, cx: &Cx, name: &str) -> Result<()> {
        if !self.sends_mail() {
            return Err(Error::not_found("No mails are sent here."));
        }
        let name = name.trim().to_lowercase();
        if name.is_empty() || name.chars().count() > LONGEST_NAME_CHARS {
            let error = Error::invalid(MatrixCode::InvalidParam, "name: is missing or too long.");
            return Err(error.with_field("field", "name"));
        }
        if let Some(address) = cx.address {
            self.inner.throttle.take(Subject::Forgotten(address), PER_ADDRESS, cx.now)?;
        }
        let subject = Subject::Account(self.inner.pepper.hash(Purpose::Forgotten, &name));
        self.inner.throttle.take(subject, PER_NAME, cx.now)?;
        let enclosed = Enclosed { typed: Some(name), ..Enclosed::default() };
        let row = Notice::new(cx)?.row(Letter::ForgottenPassword, None, &enclosed, BY_MAIL)?;
        let this = self.clone();
        self.inner.db.write(cx, move |tx| this.queue_mail(tx, &row)).await
    }
}
