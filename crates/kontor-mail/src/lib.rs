//! Mails to people about their own accounts: their texts, and passing them on by SMTP.
//!
//! Nothing of what people write to each other is ever in a mail, nor a name: only that something
//! happened to an account, and where to go. What waits to be sent is kept by `kontor-identity`.

mod letter;
mod mailer;
mod texts;

pub use letter::{Letter, Written};
pub use mailer::{Envelope, Mailer, Outcome, check_address};
