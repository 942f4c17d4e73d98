//! Files of 100 KiB.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::Result;
use crate::figure::Figure;
use crate::load;
use crate::population::Population;

const SIZE: usize = 100 * 1024;
const UPLOAD: &str = "media/v3/upload?filename=bench.bin";

/// Upload, then download.
pub(crate) async fn run(people: &mut Population, rounds: u32) -> Result<Vec<Figure>> {
    let file: Bytes = (0..SIZE).map(|index| (index * 31 % 251) as u8).collect();
    let time = Duration::from_secs(2) / rounds;
    let clients = people.clients(0..4).await?;
    let up = load::repeat("upload 100 KiB", &people.server, clients, time, async |client, _, _| {
        client.ok(Method::POST, UPLOAD, file.clone()).await.map(drop)
    });
    let up = up.await?;

    let mut client = people.client(people.person(0)?).await?;
    let answer: Value =
        serde_json::from_slice(&client.ok(Method::POST, UPLOAD, file.clone()).await?)?;
    let uri = answer.get("content_uri").and_then(Value::as_str).ok_or("no content_uri")?;
    let path = format!("client/v1/media/download/{}", uri.trim_start_matches("mxc://"));
    let clients = people.clients(0..4).await?;
    let down =
        load::repeat("download 100 KiB", &people.server, clients, time, async |client, _, _| {
            let got = client.ok(Method::GET, &path, "").await?;
            if got.len() == SIZE { Ok(()) } else { Err("another length".into()) }
        });
    Ok(vec![up, down.await?])
}
