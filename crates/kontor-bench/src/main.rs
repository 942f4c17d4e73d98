//! Measures a Kontor binary over HTTP, as its clients would use it.
//!
//! Starts the release build on an empty folder (SQLite, every commit durable), fills it with
//! people and rooms through the API, runs one scenario after the other and reads from `/proc` what
//! CPU time and memory that took. Load generator and server share the machine: CPU per operation
//! is the figure to compare, latencies and rates depend on the machine and on what else it does.
//! With `--base`, a second binary runs the same scenarios in turns and ratios are printed.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a command line tool for developers; its output is its purpose, its tasks die with it"
)]
#![expect(
    clippy::future_not_send,
    reason = "one thread: the load generator must not take both cores from the server"
)]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures are rounded for people anyway"
)]

mod client;
mod figure;
mod load;
mod options;
mod population;
mod process;
mod report;
mod scenario;

use std::process::ExitCode;

use figure::Figure;
use options::Options;
use population::Population;
use report::Report;
use scenario::Scenario;

/// Everything that goes wrong here ends the run.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(error) => {
            eprintln!("kontor-bench: {error}\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(measure(&options)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(report) => {
            if options.json {
                println!("{}", report.to_json());
            } else {
                print!("{}", report.to_text());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("kontor-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: &Options) -> Result<Report> {
    let mut report = Report::new();
    let scenarios: Vec<Scenario> =
        Scenario::ALL.iter().copied().filter(|one| options.wants(one.name())).collect();
    if scenarios.is_empty() {
        let names: Vec<&str> = Scenario::ALL.iter().map(|one| one.name()).collect();
        return Err(format!("no such scenario; there are: {}", names.join(", ")).into());
    }
    let mut now = Population::create(&options.kontor, &scenarios).await?;
    let mut base = match &options.base {
        Some(binary) => Some(Population::create(binary, &scenarios).await?),
        None => None,
    };
    for scenario in scenarios {
        eprintln!("{}: {}", scenario.name(), scenario.about());
        // In turns, so that a change of the machine's mood touches both alike.
        for _ in 0..options.rounds() {
            if let Some(base) = &mut base {
                report.add_base(outcome(scenario, base, options.rounds()).await);
            }
            report.add(outcome(scenario, &mut now, options.rounds()).await);
        }
    }
    Ok(report)
}

/// What a scenario measured; nothing if it failed, so that the others still run.
async fn outcome(scenario: Scenario, people: &mut Population, rounds: u32) -> Vec<Figure> {
    match scenario.run(people, rounds).await {
        Ok(figures) => figures,
        Err(error) => {
            eprintln!("{} FAILED: {error}", scenario.name());
            Vec::new()
        }
    }
}
