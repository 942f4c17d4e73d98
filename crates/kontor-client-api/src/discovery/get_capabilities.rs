//! `GET /_matrix/client/v3/capabilities`

use std::sync::Arc;

use kontor_core::{Cx, Result};
use kontor_policy::{PasswordLogin, Policy};
use kontor_tenant::Tenant;
use ruma::api::client::discovery::get_capabilities::v3::{
    Capabilities, ChangePasswordCapability, GetLoginTokenCapability, ProfileFieldsCapability,
    Request, Response, RoomVersionStability, RoomVersionsCapability, ThirdPartyIdChangesCapability,
};

/// What is not named is allowed: so the specification reads an absent capability.
pub(crate) async fn handle(tenant: Arc<Tenant>, _cx: Cx, _request: Request) -> Result<Response> {
    let versions = Policy::room_versions().iter().cloned();
    let available = versions.map(|version| (version, RoomVersionStability::Stable)).collect();
    let mut capabilities = Capabilities::new();
    capabilities.room_versions =
        RoomVersionsCapability::new(tenant.policy.now().default_room_version.clone(), available);
    capabilities.change_password =
        ChangePasswordCapability::new(tenant.policy.now().password_login == PasswordLogin::On);
    capabilities.thirdparty_id_changes = ThirdPartyIdChangesCapability::new(false);
    capabilities.get_login_token = GetLoginTokenCapability::new(false);
    capabilities.profile_fields = Some(ProfileFieldsCapability::new(true));
    Ok(Response::new(capabilities))
}
