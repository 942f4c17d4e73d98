//! `kontor user …`

use kontor_config::Config;
use kontor_core::{Cx, Random, Roles, Secret};
use kontor_identity::{NewUser, PasswordReset};
use kontor_tenant::Tenant;
use ruma::{OwnedUserId, UserId};
use serde_json::json;

use crate::arguments::{AccountFlags, UserCommand};
use crate::failure::Failure;
use crate::site::{self, Site};
use crate::{output, secret_input};

/// Accounts read at once when looking for one.
const PAGE: u16 = 500;

/// A password, and whether the operator has not seen it yet.
struct Password {
    secret: Secret<String>,
    made_up: bool,
}

/// Runs one of the account commands.
pub(crate) fn run(command: UserCommand, json: bool) -> Result<(), Failure> {
    let (UserCommand::Create { account, .. } | UserCommand::ResetPassword { account, .. }) =
        &command;
    let account = account.clone();
    let config = Config::load(account.sources())?;
    site::runtime()?.block_on(async {
        let site = Site::open(&config).map_err(explain_running)?;
        let tenant = site.tenant(account.tenant.as_deref()).await?;
        let done = match command {
            UserCommand::Create { username, display_name, admin, .. } => {
                let roles = if admin { Roles::ADMINISTRATOR } else { Roles::NONE };
                let username = Some(username);
                let new = NewUser { username, display_name, roles, ..NewUser::default() };
                create(&tenant, new, &account, json).await
            }
            UserCommand::ResetPassword { user, keep_devices, .. } => {
                reset(&tenant, (&user, keep_devices), &account, json).await
            }
        };
        drop(tenant);
        site.close().await;
        done
    })
}

async fn create(
    tenant: &Tenant,
    mut new: NewUser,
    account: &AccountFlags,
    json: bool,
) -> Result<(), Failure> {
    let cx = site::operator(tenant)?;
    let password = password(account)?;
    new.password = Some(password.secret.clone());
    let name = new.username.clone().unwrap_or_default();
    let user_id = tenant.identity.create_user(&cx, new).await?;
    report(json, "Created", &user_id, (&name, &password));
    Ok(())
}

async fn reset(
    tenant: &Tenant,
    (user, keep_devices): (&str, bool),
    account: &AccountFlags,
    json: bool,
) -> Result<(), Failure> {
    let cx = site::operator(tenant)?;
    let user_id = find(tenant, &cx, user).await?;
    let password = password(account)?;
    let reset = PasswordReset {
        user_id: user_id.clone(),
        password: password.secret.clone(),
        sign_out: !keep_devices,
    };
    tenant.identity.reset_password(&cx, reset).await?;
    report(json, "New password for", &user_id, (user, &password));
    Ok(())
}

/// The account called `name`: a user id, the part before its colon, or a sign-in name.
pub(crate) async fn find(tenant: &Tenant, cx: &Cx, name: &str) -> Result<OwnedUserId, Failure> {
    if let Ok(user_id) = UserId::parse(name) {
        return Ok(user_id);
    }
    let mut after = String::new();
    loop {
        let page = tenant.identity.list_users(cx, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.user_id.to_string();
        let found = page.iter().find(|account| {
            account.user_id.localpart() == name || account.login_name.as_deref() == Some(name)
        });
        if let Some(account) = found {
            return Ok(account.user_id.clone());
        }
    }
    Err(Failure::new(format!(
        "{} has no account {name}. Give the user id (@…:{0}) or the name the person signs in with.",
        tenant.server_name
    )))
}

fn password(account: &AccountFlags) -> Result<Password, Failure> {
    if let Some(file) = &account.password_file {
        return Ok(Password { secret: secret_input::from_file(file)?, made_up: false });
    }
    let secret = Secret::new(Random::System.password()?);
    Ok(Password { secret, made_up: true })
}

fn report(json: bool, verb: &str, user_id: &UserId, (name, password): (&str, &Password)) {
    let shown = password.made_up.then(|| password.secret.expose().clone());
    if json {
        output::json(&json!({ "user_id": user_id, "password": shown }));
        return;
    }
    output::line(&format!("{verb} {user_id} (signs in as {name})."));
    if let Some(shown) = shown {
        output::line(&format!("Password, shown this once: {shown}"));
    }
}

/// Whoever meets a running server wants to know the other way.
fn explain_running(failure: Failure) -> Failure {
    if !failure.text.contains("in use") {
        return failure;
    }
    Failure::new(format!(
        "{}\nWhile it runs, accounts are created over HTTP: start it with \
         --registration-shared-secret and use /_synapse/admin/v1/register.",
        failure.text
    ))
}
