//! `kontor role …`

use kontor_config::Config;
use kontor_core::Role;
use kontor_identity::{HeldRole, RoleChange};
use kontor_tenant::Tenant;
use serde_json::{Value, json};

use crate::arguments::{RoleCommand, RoleFlags, RolePlace};
use crate::failure::Failure;
use crate::site::{self, Site};
use crate::{output, user_command, utc};

/// Roles read at once.
const PAGE: u16 = 500;

/// Runs one of the commands.
pub(crate) fn run(command: RoleCommand, json: bool) -> Result<(), Failure> {
    match command {
        RoleCommand::Grant(flags) => change(flags, true, json),
        RoleCommand::Revoke(flags) => change(flags, false, json),
        RoleCommand::List { account } => list(&account, json),
    }
}

fn change(flags: RoleFlags, held: bool, json: bool) -> Result<(), Failure> {
    let role: Role = flags
        .role
        .parse()
        .map_err(|error: kontor_core::Error| Failure::usage(error.public.into_owned()))?;
    at(&flags.account, async |tenant| {
        let cx = site::operator(tenant)?;
        let user_id = user_command::find(tenant, &cx, &flags.user).await?;
        let wish = RoleChange { user_id: user_id.clone(), role, held, reason: flags.reason };
        let changed = tenant.identity.change_role(&cx, wish, None).await?;
        if json {
            output::json(&json!({ "user_id": user_id, "role": role.as_str(), "changed": changed }));
            return Ok(());
        }
        output::line(&match (held, changed) {
            (true, true) => format!("{user_id} is {role} now."),
            (false, true) => format!("{user_id} is no longer {role}."),
            (true, false) => format!("{user_id} was {role} already."),
            (false, false) => format!("{user_id} was not {role}."),
        });
        Ok(())
    })
}

fn list(account: &RolePlace, json: bool) -> Result<(), Failure> {
    at(account, async |tenant| {
        let cx = site::operator(tenant)?;
        let (mut rows, mut after) = (Vec::new(), String::new());
        loop {
            let page = tenant.identity.list_roles(&cx, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.user_id.to_string();
            // A page may end between two roles of one person.
            let more = tenant.identity.list_roles_of(&cx, last.user_id.clone()).await?;
            let (last, page): (Vec<_>, Vec<_>) =
                page.into_iter().partition(|row| row.user_id.as_str() == after);
            drop(last);
            rows.extend(page);
            rows.extend(more);
        }
        if json {
            output::json(&json!({ "roles": rows.iter().map(told).collect::<Vec<_>>() }));
            return Ok(());
        }
        for row in &rows {
            let since = utc(row.granted.0);
            let HeldRole { user_id, role, granted_by, reason, .. } = row;
            output::line(&format!("{user_id}  {role}  since {since} by {granted_by}: {reason}"));
        }
        Ok(())
    })
}

fn told(row: &HeldRole) -> Value {
    json!({
        "user_id": row.user_id,
        "role": row.role.as_str(),
        "granted_ts": row.granted.0,
        "granted_by": row.granted_by,
        "reason": row.reason,
    })
}

/// Does `work` with the organisation while no server runs.
pub(crate) fn at(
    account: &RolePlace,
    work: impl AsyncFnOnce(&Tenant) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let config = Config::load(account.place.sources())?;
    site::runtime()?.block_on(async {
        let site = Site::open(&config)?;
        let tenant = site.tenant(account.tenant.as_deref()).await?;
        let done = work(&tenant).await;
        drop(tenant);
        site.close().await;
        done
    })
}
