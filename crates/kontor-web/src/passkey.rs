//! What a page asks the browser's passkeys.

use kontor_core::{Error, MatrixCode};
use kontor_identity::PasskeyQuestion;
use serde_json::Value;

use crate::frame::{Leave, Visit};

/// A question in a page, for `assets/passkey.js`.
pub(crate) struct Asked {
    /// Comes back with the answer.
    pub(crate) ceremony: String,
    /// Options of `navigator.credentials`, as JSON with base64url in it.
    pub(crate) options: String,
}

impl Asked {
    pub(crate) fn of(question: PasskeyQuestion) -> Self {
        Self { ceremony: question.ceremony, options: question.options.to_string() }
    }

    /// What the script put into the form.
    ///
    /// # Errors
    /// `Invalid` if it is no JSON.
    pub(crate) fn answer(visit: &Visit) -> Result<Value, Leave> {
        let answer = serde_json::from_str(visit.form.text("answer"));
        let error =
            |_| Error::invalid(MatrixCode::InvalidParam, "The passkey's answer is no JSON.");
        Ok(answer.map_err(error)?)
    }
}
