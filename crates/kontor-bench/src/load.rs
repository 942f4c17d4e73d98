//! Many clients doing the same thing at once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::Result;
use crate::client::Client;
use crate::figure::Figure;
use crate::process::Server;

/// Lets every client repeat the operation until the time is over (a closed loop: each waits for
/// its answer) and measures the server meanwhile.
///
/// The operation is told which client it is and how often that client has done it.
pub(crate) async fn repeat(
    name: &'static str,
    server: &Server,
    clients: Vec<Client>,
    time: Duration,
    operation: impl AsyncFn(&mut Client, usize, u64) -> Result<()>,
) -> Result<Figure> {
    let cpu = server.cpu_ms()?;
    let began = Instant::now();
    let work = clients.into_iter().enumerate().map(|(index, client)| {
        let operation = &operation;
        async move { run_one(client, index, began + time, operation).await }
    });
    let mut latencies = Vec::new();
    for list in join_all(work).await {
        latencies.extend(list?);
    }
    Ok(Figure {
        name,
        ops: latencies.len() as u64,
        cpu_ms: server.cpu_ms()? - cpu,
        wall: began.elapsed(),
        latencies,
        value: None,
    })
}

async fn run_one(
    mut client: Client,
    index: usize,
    end: Instant,
    operation: &impl AsyncFn(&mut Client, usize, u64) -> Result<()>,
) -> Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    let mut count = 0;
    while Instant::now() < end {
        let began = Instant::now();
        operation(&mut client, index, count).await?;
        latencies.push(began.elapsed());
        count += 1;
    }
    Ok(latencies)
}
