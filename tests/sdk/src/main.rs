//! Two people on three devices walk through Kontor with clients built on matrix-sdk.
//!
//! Starts the real binary (`KONTOR_BIN`) on an empty data folder and a free port, with SQLite or,
//! if `KONTOR_WALK_POSTGRES` names a PostgreSQL server, on a fresh database there. Nothing is
//! mocked. Each step prints one line; a failed step ends its chapter.
//!
//! `KONTOR_WALK_LOG=1` shows the server's own log.

mod accounts;
mod backup;
mod device;
mod devices;
mod directory;
mod http;
mod media;
mod membership;
mod messages;
mod oauth;
mod party;
mod restart;
mod rooms;
mod server;
mod trust;
mod walk;

use std::process::ExitCode;

use anyhow::Result;
use server::Server;
use walk::Walk;

/// Steps of a whole walk; a chapter that stops early is missing some.
const STEPS: usize = 101;

fn main() -> ExitCode {
    // The SDK's futures are large; unoptimised they need room.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(walk_through);
    thread.ok().and_then(|thread| thread.join().ok()).unwrap_or(ExitCode::FAILURE)
}

fn walk_through() -> ExitCode {
    let walk = Walk::new();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(16 << 20)
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(whole(&walk)),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = outcome {
        println!("     the walk ends here: {error:#}");
    }
    println!("{} of {STEPS} steps", walk.passed());
    if walk.passed() == STEPS && walk.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn whole(walk: &Walk) -> Result<()> {
    let mut server = Server::start().await?;
    let mut party = accounts::chapter(walk, &server).await?;
    trust::own_devices(walk, &party).await?;
    let room = rooms::chapter(walk, &party).await?;

    walk.chapter(messages::chapter(walk, &party, &room).await);
    walk.chapter(media::chapter(walk, &party, &room).await);
    walk.chapter(trust::people(walk, &party).await);
    walk.chapter(backup::chapter(walk, &party, &room).await);
    walk.chapter(membership::chapter(walk, &party).await);
    walk.chapter(directory::chapter(walk, &party).await);
    walk.chapter(oauth::chapter(walk, &server, &party).await);
    walk.chapter(restart::chapter(walk, &mut server, &party, &room).await);
    walk.chapter(devices::chapter(walk, &mut party, &room).await);
    server.stop(walk).await
}
