//! Repository chores that need more than a shell: `cargo xtask tidy`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool for developers; its output is its purpose"
)]

mod tidy;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask tidy    check layers, budgets, names and other house rules";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => run_tidy(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run_tidy() -> ExitCode {
    match tidy::run() {
        Ok(report) if report.findings.is_empty() => {
            println!("tidy: {} files in {} crates, nothing to say", report.files, report.crates);
            ExitCode::SUCCESS
        }
        Ok(report) => {
            for finding in &report.findings {
                eprintln!("{finding}");
            }
            eprintln!("tidy: {} findings; rules: xtask/src/tidy.rs", report.findings.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("tidy: {error}");
            ExitCode::FAILURE
        }
    }
}
