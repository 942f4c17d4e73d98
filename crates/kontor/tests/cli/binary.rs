//! Runs the real binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A command of the binary, with nothing of this environment's configuration.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kontor"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    finish(&mut command(arguments))
}

/// Runs `command` to its end.
pub(crate) fn finish(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    Outcome {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs a command that must succeed.
pub(crate) fn succeed(arguments: &[&str]) -> Outcome {
    let outcome = run(arguments);
    assert_eq!(outcome.code, 0, "{arguments:?}: {outcome:?}");
    outcome
}

/// A folder and its name.
pub(crate) fn folder() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data").to_str().unwrap().to_owned();
    (folder, data)
}

/// A running `kontor serve`; killed when dropped.
pub(crate) struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) port: u16,
    /// What it printed before it was ready.
    pub(crate) greeting: String,
}

impl Server {
    /// Starts a lab on `data` and waits until it is ready.
    pub(crate) fn start(data: &str, more: &[&str]) -> Self {
        let mut arguments = vec![
            "serve",
            "--json",
            "--data",
            data,
            "--server-name",
            "localhost",
            "--preset",
            "lab",
            "--listen",
            "127.0.0.1:0",
            "--log-level",
            "debug",
        ];
        arguments.extend(more);
        let mut child =
            command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        let port = loop {
            let mut line = String::new();
            if stdout.read_line(&mut line).unwrap() == 0 {
                let mut log = String::new();
                child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
                assert_eq!(log, "", "the server ended at once");
            }
            if line.starts_with('{') {
                let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
                break u16::try_from(ready["port"].as_u64().unwrap()).unwrap();
            }
            greeting.push_str(&line);
        };
        Self { child, stdout, port, greeting }
    }

    /// Sends one request; answers status and body.
    pub(crate) fn request(&self, head: &str, token: &str, body: &str) -> (String, String) {
        let mut stream = self.begin(head, token, body);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned())
    }

    /// Sends one request without waiting for its answer.
    pub(crate) fn begin(&self, head: &str, token: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = body.len();
        write!(
            stream,
            "{head} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer \
             {token}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        stream
    }

    /// Sends SIGHUP and waits until the log holds `text`.
    pub(crate) fn hang_up(&mut self, text: &str) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
        let mut log = self.child.stderr.take().unwrap();
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains(text) {
            let mut byte = [0];
            assert_eq!(log.read(&mut byte).unwrap(), 1, "the server ended");
            seen.extend(byte);
        }
        self.child.stderr = Some(log);
    }

    /// Sends SIGTERM and waits; answers exit code, time taken and everything logged.
    pub(crate) fn stop(mut self) -> (i32, Duration, String) {
        let begin = Instant::now();
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (code, begin.elapsed(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail if the process has ended, which is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Writes `text` to `name` in `folder` and answers its path.
pub(crate) fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
