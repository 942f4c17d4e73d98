//! A real mail server: aiosmtpd, a program of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use crate::Authority;

/// The program.
const PROGRAM: &str = include_str!("mail_server.py");
/// Longest time that a mail may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a mail server is set up.
#[derive(Clone, Debug, Default)]
pub struct MailSetup {
    /// Port; 0: any.
    pub port: u16,
    /// `starttls`, `tls`, or in the clear.
    pub security: &'static str,
    /// Name and password it asks for; empty: it asks for none.
    pub account: (&'static str, &'static str),
    /// What it answers for every addressee; empty: it takes everything.
    pub refusal: &'static str,
}

/// A running mail server on 127.0.0.1; ends with the value.
#[derive(Debug)]
pub struct MailServer {
    child: Child,
    port: u16,
    mails: UnboundedReceiver<Value>,
}

impl MailServer {
    /// A server in the clear that takes everything.
    pub fn start() -> Self {
        Self::with(&MailSetup { security: "plain", ..MailSetup::default() }, None)
    }

    /// A server set up differently; those that encrypt write a certificate by `authority` for
    /// `localhost` to the folder.
    ///
    /// # Panics
    /// If it does not start: `scripts/setup.sh test` installs it.
    pub fn with(setup: &MailSetup, authority: Option<(&Authority, &Path)>) -> Self {
        let files = authority.map(|(authority, folder)| {
            let issued = authority.issue(&["localhost"]);
            let files = issued.write(folder, "mail");
            [files.certificate, files.key].map(|path| path.display().to_string())
        });
        let [certificate, key] = files.unwrap_or_default();
        let (user, password) = setup.account;
        // Debian's interpreter: another one first in the path would not know aiosmtpd.
        let mut child = Command::new("/usr/bin/python3")
            .args(["-c", PROGRAM, &setup.port.to_string(), setup.security])
            .args([&certificate, &key, user, password, setup.refusal])
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        let first = read(&mut lines).expect("the mail server starts (python3-aiosmtpd)");
        let port =
            first.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
        let (sender, mails) = unbounded_channel();
        thread::spawn(move || {
            while let Some(mail) = read(&mut lines) {
                if sender.send(mail).is_err() {
                    return;
                }
            }
        });
        Self { child, port: port.expect("a port"), mails }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Section `mail` of a configuration that sends here, in the clear.
    pub fn section(&self) -> String {
        format!(
            "[mail]\nserver = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n\
             from = \"kontor@one.example\"\n",
            self.port
        )
    }

    /// The next mail.
    ///
    /// # Panics
    /// If none comes.
    pub async fn next(&mut self) -> Value {
        let next = timeout(PATIENCE, self.mails.recv()).await;
        next.expect("a mail comes in time").expect("the mail server runs")
    }

    /// Whether a mail has come that nobody has looked at.
    pub fn is_empty(&self) -> bool {
        self.mails.is_empty()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(lines: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut line = String::new();
    lines.read_line(&mut line).ok().filter(|read| *read > 0)?;
    serde_json::from_str(&line).ok()
}
