//! `GET /_matrix/client/v3/capabilities`

use std::sync::Arc;

use kontor_core::{Cx, Error, Permission, Result};
use kontor_identity::settable_profile_fields;
use kontor_policy::{PasswordLogin, Policy};
use kontor_tenant::Tenant;
use ruma::api::client::discovery::get_capabilities::v3::{
    AccountModerationCapability, Capabilities, ChangePasswordCapability, GetLoginTokenCapability,
    ProfileFieldsCapability, Request, Response, RoomVersionStability, RoomVersionsCapability,
    ThirdPartyIdChangesCapability,
};
use ruma::profile::ProfileFieldName;
use serde_json::json;

/// Where a browser learns by which key its push service knows us (MSC4174).
const WEB_PUSH: &str = "org.matrix.msc4174.webpush";

/// What is not named is allowed: so the specification reads an absent capability.
pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, _request: Request) -> Result<Response> {
    let versions = Policy::room_versions().iter().cloned();
    let available = versions.map(|version| (version, RoomVersionStability::Stable)).collect();
    let mut capabilities = Capabilities::new();
    capabilities.room_versions =
        RoomVersionsCapability::new(tenant.policy.now().default_room_version.clone(), available);
    capabilities.change_password =
        ChangePasswordCapability::new(tenant.policy.now().password_login == PasswordLogin::On);
    capabilities.thirdparty_id_changes = ThirdPartyIdChangesCapability::new(false);
    capabilities.get_login_token = GetLoginTokenCapability::new(false);
    let may = cx.require(Permission::ManagePeople).is_ok();
    capabilities.account_moderation = AccountModerationCapability::new(may, may);
    tell_profile_fields(&mut capabilities, &tenant.policy.now());
    if let Some(key) = tenant.push.web_push_key() {
        let told = json!({ "enabled": true, "vapid": key });
        capabilities.set(WEB_PUSH, told).map_err(Error::internal)?;
    }
    Ok(Response::new(capabilities))
}

/// What people may say about themselves. law: R-051
#[expect(deprecated, reason = "the specification wants both spellings (v1.16)")]
fn tell_profile_fields(capabilities: &mut Capabilities, policy: &Policy) {
    let mut fields = ProfileFieldsCapability::new(true);
    fields.allowed = settable_profile_fields(policy)
        .map(|names| names.into_iter().map(ProfileFieldName::from).collect());
    capabilities.set_displayname.enabled = fields.can_set_field(&ProfileFieldName::DisplayName);
    capabilities.set_avatar_url.enabled = fields.can_set_field(&ProfileFieldName::AvatarUrl);
    capabilities.profile_fields = Some(fields);
}
