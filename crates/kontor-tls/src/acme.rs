//! Certificates from an authority (ACME, RFC 8555), for each host name its own.
//!
//! Each name gets its own certificate, so that one which does not lead here hinders no other, and
//! no certificate tells which organisations share a server.

mod kept;
mod order;
mod outbound;

use std::collections::HashMap;
use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use instant_acme::{Account, NewAccount};
use kontor_config::Acme;
use kontor_core::{Clock, Error, Kind, Result, Timestamp};
use kontor_vault::Vault;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::Certificates;
use crate::certificates::name_of;
use crate::facts::Facts;

pub(crate) use kept::recall;

/// How often host names and ends of certificates are looked at.
const LOOK: Duration = Duration::from_secs(5);
/// Longest time for one certificate.
const PATIENCE: Duration = Duration::from_mins(3);
/// First pause after a failure; it doubles with each. Let's Encrypt allows five failures per hour.
const FIRST_PAUSE: Duration = Duration::from_mins(2);
/// Longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);
/// Doublings that lead there.
const MOST_DOUBLINGS: u32 = 10;

/// RFC 8555 §6.7.
const UNKNOWN_ACCOUNT: &str = "urn:ietf:params:acme:error:accountDoesNotExist";

/// Tells the host names that shall have certificates. May block for some file operations.
pub type HostNames = Box<dyn Fn() -> Vec<String> + Send + Sync>;

/// Obtains certificates for host names, keeps them, and renews them in time.
pub struct Renewal {
    acme: Acme,
    vault: Arc<Vault>,
    certificates: Certificates,
    clock: Clock,
    hosts: HostNames,
    /// By host name, those that failed.
    failures: HashMap<String, Failure>,
}

/// What went wrong with one host name.
struct Failure {
    /// In a row.
    times: u32,
    /// Not tried before.
    next: Timestamp,
}

impl Renewal {
    /// Certificates of `acme` for `hosts`, kept in `vault` and shown by `certificates`. Those that
    /// are kept are shown at once.
    pub fn new(
        acme: Acme,
        vault: Arc<Vault>,
        certificates: Certificates,
        clock: Clock,
        hosts: HostNames,
    ) -> Self {
        let renewal =
            Self { acme, vault, certificates, clock, hosts, failures: HashMap::default() };
        for host in renewal.names() {
            renewal.remember(&host);
        }
        renewal
    }

    /// Looks after the certificates for ever.
    pub async fn run(mut self) {
        let mut pause = interval(LOOK);
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pause.tick().await;
            for host in self.names() {
                if self.is_due(&host) {
                    self.obtain(&host).await;
                }
            }
        }
    }

    /// Host names that an authority can be asked for and that have no certificate of their own.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = (self.hosts)().iter().map(|host| name_of(host)).collect();
        names.retain(|name| is_public(name) && !self.certificates.has_own(name));
        names.sort();
        names.dedup();
        names
    }

    /// Shows a kept certificate.
    fn remember(&self, host: &str) {
        match recall(&self.vault, host) {
            Ok(Some(key)) => self.certificates.put_obtained(host, key),
            Ok(None) => {}
            Err(error) => tracing::error!(host, %error, "the kept certificate does not open"),
        }
    }

    /// In the last third of its life a certificate is renewed.
    fn is_due(&self, host: &str) -> bool {
        let now = self.clock.now();
        if self.failures.get(host).is_some_and(|failure| now < failure.next) {
            return false;
        }
        let shown = self.certificates.obtained(host);
        let facts = shown.and_then(|key| key.cert.first().and_then(Facts::of));
        facts.is_none_or(|facts| {
            let lifetime = facts.expires.since(facts.begins);
            facts.expires.since(now) < lifetime / 3
        })
    }

    async fn obtain(&mut self, host: &str) {
        let outcome = timeout(PATIENCE, self.order(host)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(Error::unavailable("It took too long.")));
        match outcome {
            Ok(()) => {
                self.failures.remove(host);
                tracing::info!(host, "certificate obtained");
            }
            Err(error) => {
                let now = self.clock.now();
                let failure = self.failures.entry(host.to_owned());
                let failure = failure.or_insert(Failure { times: 0, next: now });
                let pause = FIRST_PAUSE * 2_u32.pow(failure.times.min(MOST_DOUBLINGS));
                let pause = pause.min(LONGEST_PAUSE);
                *failure =
                    Failure { times: failure.times.saturating_add(1), next: now.plus(pause) };
                let minutes = pause.as_secs() / 60;
                tracing::error!(host, %error, next_try_min = minutes, "no certificate obtained");
            }
        }
    }

    async fn order(&self, host: &str) -> Result<()> {
        let account = self.account().await?;
        let obtained = match order::order(&account, &self.certificates, host).await {
            // An authority of one's own may have been set up anew.
            Err(error) if error.kind == Kind::Unauthenticated => {
                tracing::warn!("the authority does not know the account; opening another");
                kept::forget_account(&self.vault)?;
                order::order(&self.account().await?, &self.certificates, host).await?
            }
            other => other?,
        };
        let key = obtained.certified()?;
        kept::keep(&self.vault, host, &obtained)?;
        self.certificates.put_obtained(host, key);
        Ok(())
    }

    /// The account with this authority; opens one if there is none.
    async fn account(&self) -> Result<Account> {
        let http = || outbound::Outbound::new(&self.acme).map(Box::new);
        if let Some(credentials) = kept::recall_account(&self.vault, &self.acme.directory)? {
            let account = Account::builder_with_http(http()?).from_credentials(credentials).await;
            return account.map_err(refused);
        }
        let contact = self.acme.contact.as_ref().map(|mail| format!("mailto:{mail}"));
        let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
        let new = NewAccount {
            contact: &contact,
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let directory = self.acme.directory.clone();
        let opened = Account::builder_with_http(http()?).create(&new, directory, None).await;
        let (account, credentials) = opened.map_err(refused)?;
        kept::keep_account(&self.vault, &self.acme.directory, credentials)?;
        Ok(account)
    }
}

/// Whether an authority could be asked for this name.
fn is_public(name: &str) -> bool {
    let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    let has_letter = |label: &str| label.bytes().any(|byte| byte.is_ascii_alphabetic());
    name.len() <= 240
        && name.bytes().all(is_sound)
        && name.split('.').all(|label| !label.is_empty())
        && name.rsplit_once('.').is_some_and(|(_, last)| has_letter(last) && last != "localhost")
}

/// What the authority, or the way to it, says against something; `Unauthenticated` if it does not
/// know the account.
#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
pub(crate) fn refused(cause: instant_acme::Error) -> Error {
    let mut text = format!("The certificate authority: {cause}");
    // What a connection failed of stands at the end of the chain.
    let mut link = cause.source();
    while let Some(deeper) = link {
        let more = deeper.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        link = deeper.source();
    }
    let mut error = Error::unavailable(text);
    let problem = match &cause {
        instant_acme::Error::Api(problem) => problem.r#type.as_deref(),
        _ => None,
    };
    if problem == Some(UNKNOWN_ACCOUNT) {
        error.kind = Kind::Unauthenticated;
    }
    error
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewal").field("acme", &self.acme).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn only_names_of_the_network_are_asked_for() {
        for name in ["firma.example", "a.b-c.example", "xn--grn-ioa.example"] {
            assert!(is_public(name), "{name}");
        }
        for name in [
            "localhost",
            "a.localhost",
            "192.0.2.1",
            "[::1]",
            "",
            "a..b",
            ".a",
            "a_b.example",
            "a.",
        ] {
            assert!(!is_public(name), "{name}");
        }
    }
}
