//! `/_kontor/client/v1/device`: what the device that asks may do, and saying whose it is
//! (law: ).

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use kontor_core::Result;
use serde_json::{Value, json};

use crate::admin::{kind_of, update_shown};
use crate::frame::{Received, Token, json_answer, receive};

/// Adds the routes of this chapter.
pub(crate) fn routes(router: Router) -> Router {
    router.route("/_kontor/client/v1/device", get(show).put(declare))
}

async fn show(request: Request) -> Response {
    json_answer(this_device(request).await)
}

async fn declare(request: Request) -> Response {
    let done = async {
        let Received { tenant, cx, body, .. } = receive(request, Token::Required).await?;
        let id = cx.device()?.to_owned();
        tenant.identity.declare_own_device(&cx, id, kind_of(&body)?).await?;
        Ok(json!({}))
    };
    json_answer(done.await)
}

async fn this_device(request: Request) -> Result<Value> {
    let Received { tenant, cx, .. } = receive(request, Token::Required).await?;
    let own = tenant.identity.this_device(&cx).await?;
    Ok(json!({
        "device_id": own.device.device_id,
        "kind": own.registration.kind.as_str(),
        "declared": own.registration.declared != kontor_identity::Declared::Nobody,
        "rights": {
            "admitted": own.rights.admitted,
            "downloads": own.rights.downloads,
            "keeps": own.rights.keeps,
            "longest_session_ms": own.rights.longest.map(|span| span.as_secs() * 1000),
        },
        "update": own.update.as_ref().map(update_shown),
    }))
}
