//! Cross-signing keys and signatures.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Error, Result};
use kontor_e2ee::{Confirmed, FailedSignatures, SigningKeyUpload, SigningKeysOutcome};
use kontor_identity::Purpose;
use kontor_tenant::Tenant;
use ruma::api::client::keys::{upload_signatures, upload_signing_keys};
use serde_json::json;

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<upload_signing_keys::v3::Request, _, _>(router, upload_keys);
    route::<upload_signatures::v3::Request, _, _>(router, upload)
}

async fn upload_keys(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: upload_signing_keys::v3::Request,
) -> Result<upload_signing_keys::v3::Response> {
    let keys = SigningKeyUpload {
        master: request.master_key,
        self_signing: request.self_signing_key,
        user_signing: request.user_signing_key,
    };
    let outcome = tenant.e2ee.upload_signing_keys(&cx, keys.clone(), Confirmed::No).await?;
    if outcome == SigningKeysOutcome::MustConfirm {
        let purpose = Purpose::ReplaceCrossSigningKeys;
        tenant.identity.authenticate_interactively(&cx, purpose, request.auth).await?;
        tenant.e2ee.upload_signing_keys(&cx, keys, Confirmed::Yes).await?;
    }
    Ok(upload_signing_keys::v3::Response::new())
}

async fn upload(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: upload_signatures::v3::Request,
) -> Result<upload_signatures::v3::Response> {
    let signed = request.signed_keys.iter().map(|(user, keys)| {
        let keys = keys.iter().map(|(id, key)| (id.to_owned(), key.to_owned()));
        (user.clone(), keys.collect::<BTreeMap<_, _>>())
    });
    let failed = tenant.e2ee.upload_signatures(&cx, signed.collect()).await?;
    let mut response = upload_signatures::v3::Response::new();
    response.failures = failures(failed)?;
    Ok(response)
}

fn failures(
    failed: FailedSignatures,
) -> Result<BTreeMap<ruma::OwnedUserId, BTreeMap<String, upload_signatures::v3::Failure>>> {
    failed
        .into_iter()
        .map(|(user, keys)| {
            let keys = keys.into_iter().map(|(key, failure)| {
                let shown = json!({ "errcode": failure.code.as_str(), "error": failure.text });
                Ok((key, serde_json::from_value(shown).map_err(Error::internal)?))
            });
            Ok((user, keys.collect::<Result<_>>()?))
        })
        .collect()
}
