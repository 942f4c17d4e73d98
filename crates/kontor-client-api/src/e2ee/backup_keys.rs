//! Keys in the key backup.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Error, Result};
use kontor_e2ee::{BackupScope, Session};
use kontor_tenant::Tenant;
use ruma::UInt;
use ruma::api::client::backup::{
    KeyBackupData, RoomKeyBackup, add_backup_keys, add_backup_keys_for_room,
    add_backup_keys_for_session, delete_backup_keys, delete_backup_keys_for_room,
    delete_backup_keys_for_session, get_backup_keys, get_backup_keys_for_room,
    get_backup_keys_for_session,
};
use ruma::serde::Raw;

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<add_backup_keys::v3::Request, _, _>(router, add);
    let router = route::<add_backup_keys_for_room::v3::Request, _, _>(router, add_room);
    let router = route::<add_backup_keys_for_session::v3::Request, _, _>(router, add_session);
    let router = route::<get_backup_keys::v3::Request, _, _>(router, get);
    let router = route::<get_backup_keys_for_room::v3::Request, _, _>(router, get_room);
    let router = route::<get_backup_keys_for_session::v3::Request, _, _>(router, get_session);
    let router = route::<delete_backup_keys::v3::Request, _, _>(router, delete);
    let router = route::<delete_backup_keys_for_room::v3::Request, _, _>(router, delete_room);
    route::<delete_backup_keys_for_session::v3::Request, _, _>(router, delete_session)
}

type RawSessions = BTreeMap<String, Raw<KeyBackupData>>;

fn read(sessions: &RawSessions) -> Result<BTreeMap<String, Session>> {
    let read = sessions.iter().map(|(id, raw)| Ok((id.clone(), Session::from_json(raw.json())?)));
    read.collect()
}

fn show(sessions: BTreeMap<String, Session>) -> Result<RawSessions> {
    let shown = sessions.into_iter().map(|(id, key)| Ok((id, Raw::from_json(key.into_json()?))));
    shown.collect()
}

async fn add(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: add_backup_keys::v3::Request,
) -> Result<add_backup_keys::v3::Response> {
    let rooms = request.rooms.iter().map(|(room, keys)| Ok((room.clone(), read(&keys.sessions)?)));
    let sessions = rooms.collect::<Result<_>>()?;
    let content = tenant.e2ee.save_sessions(&cx, request.version, sessions).await?;
    let count = UInt::new_saturating(content.count);
    Ok(add_backup_keys::v3::Response::new(content.etag, count))
}

async fn add_room(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: add_backup_keys_for_room::v3::Request,
) -> Result<add_backup_keys_for_room::v3::Response> {
    let sessions = BTreeMap::from([(request.room_id, read(&request.sessions)?)]);
    let content = tenant.e2ee.save_sessions(&cx, request.version, sessions).await?;
    let count = UInt::new_saturating(content.count);
    Ok(add_backup_keys_for_room::v3::Response::new(content.etag, count))
}

async fn add_session(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: add_backup_keys_for_session::v3::Request,
) -> Result<add_backup_keys_for_session::v3::Response> {
    let session = Session::from_json(request.session_data.json())?;
    let of_room = BTreeMap::from([(request.session_id, session)]);
    let sessions = BTreeMap::from([(request.room_id, of_room)]);
    let content = tenant.e2ee.save_sessions(&cx, request.version, sessions).await?;
    let count = UInt::new_saturating(content.count);
    Ok(add_backup_keys_for_session::v3::Response::new(content.etag, count))
}

async fn get(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_backup_keys::v3::Request,
) -> Result<get_backup_keys::v3::Response> {
    let sessions = tenant.e2ee.sessions(&cx, request.version, BackupScope::All).await?;
    let rooms = sessions.into_iter().map(|(room, of_room)| {
        let sessions = show(of_room)?;
        Ok((room, RoomKeyBackup::new(sessions)))
    });
    Ok(get_backup_keys::v3::Response::new(rooms.collect::<Result<_>>()?))
}

async fn get_room(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_backup_keys_for_room::v3::Request,
) -> Result<get_backup_keys_for_room::v3::Response> {
    let scope = BackupScope::Room(request.room_id.clone());
    let mut sessions = tenant.e2ee.sessions(&cx, request.version, scope).await?;
    let of_room = sessions.remove(&request.room_id).unwrap_or_default();
    Ok(get_backup_keys_for_room::v3::Response::new(show(of_room)?))
}

async fn get_session(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_backup_keys_for_session::v3::Request,
) -> Result<get_backup_keys_for_session::v3::Response> {
    let scope = BackupScope::Session(request.room_id, request.session_id);
    let sessions = tenant.e2ee.sessions(&cx, request.version, scope).await?;
    let session = sessions.into_values().flat_map(BTreeMap::into_values).next();
    let session = session.ok_or_else(|| Error::not_found("Key not found."))?;
    let session = Raw::from_json(session.into_json()?);
    Ok(get_backup_keys_for_session::v3::Response::new(session))
}

async fn delete(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: delete_backup_keys::v3::Request,
) -> Result<delete_backup_keys::v3::Response> {
    let content = tenant.e2ee.delete_sessions(&cx, request.version, BackupScope::All).await?;
    let count = UInt::new_saturating(content.count);
    Ok(delete_backup_keys::v3::Response::new(content.etag, count))
}

async fn delete_room(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: delete_backup_keys_for_room::v3::Request,
) -> Result<delete_backup_keys_for_room::v3::Response> {
    let scope = BackupScope::Room(request.room_id);
    let content = tenant.e2ee.delete_sessions(&cx, request.version, scope).await?;
    let count = UInt::new_saturating(content.count);
    Ok(delete_backup_keys_for_room::v3::Response::new(content.etag, count))
}

async fn delete_session(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: delete_backup_keys_for_session::v3::Request,
) -> Result<delete_backup_keys_for_session::v3::Response> {
    let scope = BackupScope::Session(request.room_id, request.session_id);
    let content = tenant.e2ee.delete_sessions(&cx, request.version, scope).await?;
    let count = UInt::new_saturating(content.count);
    Ok(delete_backup_keys_for_session::v3::Response::new(content.etag, count))
}
