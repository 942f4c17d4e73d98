//! Creating rooms; coming and going.

use std::sync::Arc;

use axum::Router;
use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_rooms::{Removal, Subject};
use kontor_tenant::Tenant;
use ruma::api::client::knock::knock_room;
use ruma::api::client::membership::{
    ban_user, forget_room, get_member_events, get_mutual_rooms, invite_user, join_room_by_id,
    join_room_by_id_or_alias, joined_members, joined_rooms, kick_user, leave_room, unban_user,
};
use ruma::api::client::room::{create_room, upgrade_room};

use crate::frame::route;

pub(crate) fn routes(router: Router) -> Router {
    let router = route::<create_room::v3::Request, _, _>(router, create);
    let router = route::<join_room_by_id::v3::Request, _, _>(router, join);
    let router = route::<join_room_by_id_or_alias::v3::Request, _, _>(router, join_by_alias);
    let router = route::<knock_room::v3::Request, _, _>(router, knock);
    let router = route::<invite_user::v3::Request, _, _>(router, invite);
    let router = route::<leave_room::v3::Request, _, _>(router, leave);
    let router = route::<forget_room::v3::Request, _, _>(router, forget);
    let router = route::<kick_user::v3::Request, _, _>(router, kick);
    let router = route::<ban_user::v3::Request, _, _>(router, ban);
    let router = route::<unban_user::v3::Request, _, _>(router, unban);
    let router = route::<joined_rooms::v3::Request, _, _>(router, list_joined);
    let router = route::<joined_members::v3::Request, _, _>(router, members_joined);
    let router = route::<upgrade_room::v3::Request, _, _>(router, upgrade);
    let router = route::<get_mutual_rooms::v1::Request, _, _>(router, mutual);
    route::<get_member_events::v3::Request, _, _>(router, members)
}

async fn create(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: create_room::v3::Request,
) -> Result<create_room::v3::Response> {
    Ok(create_room::v3::Response::new(tenant.rooms.create(&cx, request).await?))
}

async fn join(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: join_room_by_id::v3::Request,
) -> Result<join_room_by_id::v3::Response> {
    let target = (&*request.room_id).into();
    let room_id = tenant.rooms.join(&cx, target, request.reason).await?;
    Ok(join_room_by_id::v3::Response::new(room_id))
}

async fn join_by_alias(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: join_room_by_id_or_alias::v3::Request,
) -> Result<join_room_by_id_or_alias::v3::Response> {
    let room_id = tenant.rooms.join(&cx, &request.room_id_or_alias, request.reason).await?;
    Ok(join_room_by_id_or_alias::v3::Response::new(room_id))
}

async fn knock(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: knock_room::v3::Request,
) -> Result<knock_room::v3::Response> {
    let room_id = tenant.rooms.knock(&cx, &request.room_id_or_alias, request.reason).await?;
    Ok(knock_room::v3::Response::new(room_id))
}

async fn invite(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: invite_user::v3::Request,
) -> Result<invite_user::v3::Response> {
    match request.recipient {
        invite_user::v3::InvitationRecipient::UserId(person) => {
            tenant.rooms.invite(&cx, &request.room_id, &person.user_id, person.reason).await?;
            Ok(invite_user::v3::Response::new())
        }
        _ => Err(Error::forbidden("Invitations by mail address need an identity server.")
            .with_code(MatrixCode::ThreepidDenied)),
    }
}

async fn leave(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: leave_room::v3::Request,
) -> Result<leave_room::v3::Response> {
    tenant.rooms.leave(&cx, &request.room_id, request.reason).await?;
    Ok(leave_room::v3::Response::new())
}

async fn forget(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: forget_room::v3::Request,
) -> Result<forget_room::v3::Response> {
    tenant.rooms.forget(&cx, &request.room_id).await?;
    Ok(forget_room::v3::Response::new())
}

async fn kick(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: kick_user::v3::Request,
) -> Result<kick_user::v3::Response> {
    let (room_id, user) = (&request.room_id, &request.user_id);
    let subject = Subject { user, reason: request.reason };
    tenant.rooms.remove(&cx, room_id, subject, Removal::Kick).await?;
    Ok(kick_user::v3::Response::new())
}

async fn ban(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: ban_user::v3::Request,
) -> Result<ban_user::v3::Response> {
    let (room_id, user) = (&request.room_id, &request.user_id);
    let subject = Subject { user, reason: request.reason };
    tenant.rooms.remove(&cx, room_id, subject, Removal::Ban).await?;
    Ok(ban_user::v3::Response::new())
}

async fn unban(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: unban_user::v3::Request,
) -> Result<unban_user::v3::Response> {
    let (room_id, user) = (&request.room_id, &request.user_id);
    let subject = Subject { user, reason: request.reason };
    tenant.rooms.remove(&cx, room_id, subject, Removal::Unban).await?;
    Ok(unban_user::v3::Response::new())
}

async fn list_joined(
    tenant: Arc<Tenant>,
    cx: Cx,
    _: joined_rooms::v3::Request,
) -> Result<joined_rooms::v3::Response> {
    Ok(joined_rooms::v3::Response::new(tenant.rooms.joined_rooms(&cx).await?))
}

async fn members_joined(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: joined_members::v3::Request,
) -> Result<joined_members::v3::Response> {
    tenant.rooms.joined_members(&cx, request).await
}

async fn members(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_member_events::v3::Request,
) -> Result<get_member_events::v3::Response> {
    tenant.rooms.members(&cx, request).await
}

async fn upgrade(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: upgrade_room::v3::Request,
) -> Result<upgrade_room::v3::Response> {
    Ok(upgrade_room::v3::Response::new(tenant.rooms.upgrade(&cx, request).await?))
}

async fn mutual(
    tenant: Arc<Tenant>,
    cx: Cx,
    request: get_mutual_rooms::v1::Request,
) -> Result<get_mutual_rooms::v1::Response> {
    tenant.rooms.mutual_rooms(&cx, request).await
}
