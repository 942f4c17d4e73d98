//! Versions of the key backup.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_e2ee::{Backup, BackupState};
use kontor_tenant::Tenant;
use ruma::UInt;
use ruma::api::client::backup::{
    BackupAlgorithm, create_backup_version, delete_backup_version, get_backup_info,
    get_latest_backup_info, update_backup_version,
};
use ruma::serde::Raw;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<create_backup_version::v3::Request, _, _>(router, create);
    let router = route::<get_latest_backup_info::v3::Request, _, _>(router, latest);
    let router = route::<get_backup_info::v3::Request, _, _>(router, get);
    let router = route::<update_backup_version::v3::Request, _, _>(router, update);
    route::<delete_backup_version::v3::Request, _, _>(router, delete)
}

/// What clients send and see of how a backup is encrypted.
#[derive(Deserialize, Serialize)]
struct BackupJson {
    algorithm: String,
    auth_data: Box<RawValue>,
    #[serde(default, skip_serializing)]
    version: Option<String>,
}

impl BackupJson {
    fn read(raw: &Raw<BackupAlgorithm>) -> Result<(Backup, Option<String>)> {
        let read: Self = serde_json::from_str(raw.json().get())
            .map_err(|e| Error::invalid(MatrixCode::BadJson, format!("Body: {e}")))?;
        Ok((Backup { algorithm: read.algorithm, auth_data: read.auth_data }, read.version))
    }

    fn show(backup: Backup) -> Result<Raw<BackupAlgorithm>> {
        let Backup { algorithm, auth_data } = backup;
        let shown = to_raw_value(&Self { algorithm, auth_data, version: None });
        Ok(Raw::from_json(shown.map_err(Error::internal)?))
    }
}

async fn create(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: create_backup_version::v3::Request,
) -> Result<create_backup_version::v3::Response> {
    let (backup, _) = BackupJson::read(&request.algorithm)?;
    Ok(create_backup_version::v3::Response::new(tenant.e2ee.create_backup(&cx, backup).await?))
}

async fn latest(
    tenant: Arc<Tenant>,
    cx: Cx,
    _request: get_latest_backup_info::v3::Request,
) -> Result<get_latest_backup_info::v3::Response> {
    let BackupState { version, backup, content } = tenant.e2ee.backup(&cx, None).await?;
    let (backup, count) = (BackupJson::show(backup)?, UInt::new_saturating(content.count));
    Ok(get_latest_backup_info::v3::Response::new(backup, count, content.etag, version))
}

async fn get(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_backup_info::v3::Request,
) -> Result<get_backup_info::v3::Response> {
    let state = tenant.e2ee.backup(&cx, Some(request.version)).await?;
    let BackupState { version, backup, content } = state;
    let (backup, count) = (BackupJson::show(backup)?, UInt::new_saturating(content.count));
    Ok(get_backup_info::v3::Response::new(backup, count, content.etag, version))
}

async fn update(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: update_backup_version::v3::Request,
) -> Result<update_backup_version::v3::Response> {
    let (backup, named) = BackupJson::read(&request.algorithm)?;
    tenant.e2ee.update_backup(&cx, request.version, backup, named).await?;
    Ok(update_backup_version::v3::Response::new())
}

async fn delete(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: delete_backup_version::v3::Request,
) -> Result<delete_backup_version::v3::Response> {
    tenant.e2ee.delete_backup(&cx, request.version).await?;
    Ok(delete_backup_version::v3::Response::new())
}
