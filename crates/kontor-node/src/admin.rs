//! The operator's listener: health and metrics, in plain HTTP, for machines of the operator's.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use kontor_db::Load;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Tenants;
use crate::entrance::Entrance;
use crate::memory::resident_bytes;
use crate::metrics::Exposition;
use crate::protection::protect;
use crate::tenants::OpenTenant;

/// A database that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers until the entrance stops.
pub(crate) async fn run(listener: TcpListener, entrance: Arc<Entrance>) {
    let mut stopping = entrance.stopping();
    let router = Router::new()
        .route("/health", get(ready))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(entrance)
        .layer(middleware::map_response(protected));
    let stop = async move {
        // Without a sender the node is gone.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop).await {
        tracing::error!(%error, "the operator's listener ended by itself");
    }
}

async fn protected(mut response: Response) -> Response {
    protect(response.headers_mut(), false);
    response
}

/// The process answers.
async fn live() -> Response {
    json(StatusCode::OK, r#"{"live":true}"#.to_owned())
}

/// Every open organisation's database answers, and its audit log. Those that nobody has asked for yet are not opened
/// for this.
async fn ready(State(entrance): State<Arc<Entrance>>) -> Response {
    let open = entrance.tenants().open_now();
    let organisations = open.len();
    let silent = silent(open).await;
    let is_ready = silent.is_empty();
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    // Server names consist of characters that need no escaping.
    let silent: Vec<String> = silent.iter().map(|name| format!("\"{name}\"")).collect();
    let silent = silent.join(",");
    json(
        status,
        format!(
            r#"{{"live":true,"ready":{is_ready},"organisations":{organisations},"silent":[{silent}]}}"#
        ),
    )
}

/// Names of those whose database does not answer in time.
async fn silent(open: Vec<OpenTenant>) -> Vec<String> {
    let mut asked = JoinSet::new();
    for tenant in open {
        asked.spawn(async move {
            let answered = matches!(timeout(PATIENCE, tenant.ping()).await, Ok(Ok(())));
            (!answered).then(|| tenant.server_name.to_string())
        });
    }
    let mut silent: Vec<String> = asked.join_all().await.into_iter().flatten().collect();
    silent.sort();
    silent
}

async fn metrics(State(entrance): State<Arc<Entrance>>) -> Response {
    let mut text = Exposition::default();
    entrance.metrics().write(&mut text);
    write_databases(entrance.tenants(), &mut text).await;
    if let Some(bytes) = resident_bytes() {
        text.gauge("process_resident_memory_bytes", "Memory in use.", bytes);
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text.into_text()).into_response()
}

async fn write_databases(tenants: &Tenants, text: &mut Exposition) {
    let open = tenants.open_now();
    let (mut load, mut bytes) = (Load::default(), 0_u64);
    for tenant in &open {
        load.add(&tenant.db.load());
        // One that does not answer counts nothing; `/health` tells which.
        let size = timeout(PATIENCE, tenant.size_bytes()).await;
        let size = size.ok().and_then(Result::ok).unwrap_or_default();
        bytes = if tenants.share_database() { bytes.max(size) } else { bytes.saturating_add(size) };
    }
    let help = "Organisations that exist, and those whose database is open.";
    text.describe("kontor_organisations", "gauge", help);
    text.number("kontor_organisations", "state=\"all\"", tenants.names().len() as u64);
    text.number("kontor_organisations", "state=\"open\"", open.len() as u64);
    text.gauge("kontor_database_bytes", "Size of all open databases.", bytes);
    let name = "kontor_writer_batch_actions";
    text.describe(name, "histogram", "User actions per commit, over all databases.");
    text.numbers(name, "", &load.batch_sizes);
    let name = "kontor_writer_commit_seconds";
    text.describe(name, "histogram", "Time of a commit, over all databases.");
    text.seconds(name, "", &load.commits_us);
}

fn json(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
