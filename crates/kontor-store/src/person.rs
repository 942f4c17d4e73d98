//! Everything of one person, table by table: what goes when the person is erased, and what gets a
//! stand-in because it is a record of others. What each column does is in `inventory.toml` (`erase`).
//! Rooms are not here: see `room_person`. law: R-128

use kontor_core::Result;
use kontor_db::{Param, Sql, Tx};
use ruma::UserId;

/// Rows that go. `$2` is the person.
static DELETES: [Sql; 45] = [
    Sql::new("person.password", "DELETE FROM password WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new(
        "person.former_password",
        "DELETE FROM former_password WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new("person.profile", "DELETE FROM profile WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new("person.own_setting", "DELETE FROM own_setting WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new(
        "person.access_token",
        "DELETE FROM access_token WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.refresh_token",
        "DELETE FROM refresh_token WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new("person.device", "DELETE FROM device WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new(
        "person.device_registration",
        "DELETE FROM device_registration WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new("person.device_key", "DELETE FROM device_key WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new(
        "person.one_time_key",
        "DELETE FROM one_time_key WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.one_time_key_pool",
        "DELETE FROM one_time_key_pool WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.fallback_key",
        "DELETE FROM fallback_key WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.cross_signing_key",
        "DELETE FROM cross_signing_key WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.key_signature",
        "DELETE FROM key_signature WHERE tenant_id = $1 AND signer = $2",
    ),
    Sql::new("person.signed_key", "DELETE FROM key_signature WHERE tenant_id = $1 AND target = $2"),
    Sql::new(
        "person.device_list_change",
        "DELETE FROM device_list_change WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.device_list_viewer",
        "DELETE FROM device_list_change WHERE tenant_id = $1 AND viewer = $2",
    ),
    Sql::new("person.inbox", "DELETE FROM to_device WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new("person.outbox", "DELETE FROM to_device WHERE tenant_id = $1 AND sender = $2"),
    Sql::new(
        "person.to_device_txn",
        "DELETE FROM to_device_txn WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.key_backup_session",
        "DELETE FROM key_backup_session WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.key_backup_version",
        "DELETE FROM key_backup_version WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.account_data",
        "DELETE FROM account_data WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new("person.filter", "DELETE FROM filter WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new("person.pusher", "DELETE FROM pusher WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new("person.report", "DELETE FROM report WHERE tenant_id = $1 AND reporter = $2"),
    Sql::new("person.reported", "DELETE FROM report WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new(
        "person.browser_session",
        "DELETE FROM browser_session WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.oauth_session",
        "DELETE FROM oauth_session WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new("person.oauth_code", "DELETE FROM oauth_code WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new(
        "person.oauth_device_grant",
        "DELETE FROM oauth_device_grant WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.account_role",
        "DELETE FROM account_role WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new("person.totp", "DELETE FROM totp WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new(
        "person.recovery_code",
        "DELETE FROM recovery_code WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new("person.passkey", "DELETE FROM passkey WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new(
        "person.one_time_link",
        "DELETE FROM one_time_link WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.accepted_notice",
        "DELETE FROM accepted_notice WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.app_password",
        "DELETE FROM app_password WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.mail_address",
        "DELETE FROM mail_address WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.waiting_mail",
        "DELETE FROM waiting_mail WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.identity_proof",
        "DELETE FROM identity_proof WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.guest_account",
        "DELETE FROM guest_account WHERE tenant_id = $1 AND user_id = $2",
    ),
    // Guests stay when whoever invited them goes; nobody is told of their end then.
    Sql::new(
        "person.guest_host",
        "UPDATE guest_account SET host_id = NULL WHERE tenant_id = $1 AND host_id = $2",
    ),
    Sql::new("person.membership", "DELETE FROM membership WHERE tenant_id = $1 AND user_id = $2"),
    Sql::new("person.account", "DELETE FROM account WHERE tenant_id = $1 AND user_id = $2"),
];

/// Records of others, or of the organisation, in which the person gets a stand-in: `$2` is the person,
/// `$3` the stand-in.
static STAND_INS: [Sql; 14] = [
    Sql::new(
        "person.policy_author",
        "UPDATE policy_change SET author = REPLACE(author, $2, $3)
          WHERE tenant_id = $1 AND author <> REPLACE(author, $2, $3)",
    ),
    Sql::new(
        "person.granted_by",
        "UPDATE account_role SET granted_by = $3 WHERE tenant_id = $1 AND granted_by = $2",
    ),
    Sql::new(
        "person.proved_by",
        "UPDATE identity_proof SET proved_by = $3 WHERE tenant_id = $1 AND proved_by = $2",
    ),
    Sql::new(
        "person.declared_by",
        "UPDATE device_registration SET declared_by = $3
          WHERE tenant_id = $1 AND declared_by = $2",
    ),
    Sql::new(
        "person.link_by",
        "UPDATE one_time_link SET created_by = $3 WHERE tenant_id = $1 AND created_by = $2",
    ),
    Sql::new(
        "person.floor_by",
        "UPDATE program_floor SET decided_by = $3 WHERE tenant_id = $1 AND decided_by = $2",
    ),
    Sql::new(
        "person.supervision_notice",
        "UPDATE supervision_notice SET user_id = $3 WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.supervision_reading",
        "UPDATE supervision_reading SET user_id = $3 WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sql::new(
        "person.uploader",
        "UPDATE media SET uploader = $3 WHERE tenant_id = $1 AND uploader = $2",
    ),
    Sql::new(
        "person.requester",
        "UPDATE approval SET requester = $3 WHERE tenant_id = $1 AND requester = $2",
    ),
    Sql::new(
        "person.hold_on",
        "UPDATE hold SET subject = $3 WHERE tenant_id = $1 AND subject = $2",
    ),
    Sql::new(
        "person.hold_by",
        "UPDATE hold SET placed_by = $3 WHERE tenant_id = $1 AND placed_by = $2",
    ),
    Sql::new(
        "person.hold_allowed",
        "UPDATE hold SET allowed_by = $3 WHERE tenant_id = $1 AND allowed_by = $2",
    ),
    Sql::new(
        "person.decider",
        "UPDATE approval SET decider = $3 WHERE tenant_id = $1 AND decider = $2",
    ),
];

static APPROVALS: Sql = Sql::new(
    "person.approvals",
    "SELECT approval_nid, requester, proposal FROM approval WHERE tenant_id = $1 ORDER BY approval_nid",
);

static REWRITE_APPROVAL: Sql = Sql::new(
    "person.rewrite_approval",
    "UPDATE approval SET proposal = $3, reason = $4, outcome = NULL
      WHERE tenant_id = $1 AND approval_nid = $2",
);

static AGREEMENTS: Sql = Sql::new(
    "person.agreements",
    "SELECT version, agreement FROM policy_change
      WHERE tenant_id = $1 AND agreement IS NOT NULL ORDER BY version",
);

static REWRITE_AGREEMENT: Sql = Sql::new(
    "person.rewrite_agreement",
    "UPDATE policy_change SET agreement = $3 WHERE tenant_id = $1 AND version = $2",
);

/// The statements on sealed texts in which a person may be named.
static REWRITES: &[&Sql] = &[&APPROVALS, &REWRITE_APPROVAL, &AGREEMENTS, &REWRITE_AGREEMENT];

/// All statements of this chapter.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    DELETES.iter().chain(&STAND_INS).chain(REWRITES.iter().copied())
}

/// Removes every row of a person, and puts `stand_in` where records of others go on; answers how many
/// rows that concerned. Doing it again finds nothing.
pub fn erase_person(tx: &mut Tx<'_>, user: &UserId, stand_in: &UserId) -> Result<u64> {
    let mut found = 0;
    found += rewrite_approvals(tx, user, stand_in)?;
    found += rewrite_agreements(tx, user, stand_in)?;
    for sql in &STAND_INS {
        found += tx.execute(sql, &[user.into(), stand_in.into()])?;
    }
    for sql in &DELETES {
        found += tx.execute(sql, &[user.into()])?;
    }
    Ok(found)
}

/// Requests by or about the person lose the reason and what came of them; the person gets a stand-in.
fn rewrite_approvals(tx: &mut Tx<'_>, user: &UserId, stand_in: &UserId) -> Result<u64> {
    let rows =
        tx.query(&APPROVALS, &[], |row| Ok((row.int(0)?, row.text(1)?, row.sealed_text(2)?)))?;
    let mut found = 0;
    for (nid, requester, proposal) in rows {
        if requester != user.as_str() && !names(&proposal, user) {
            continue;
        }
        let proposal = instead(&proposal, user, stand_in);
        let params = [nid.into(), Param::sealed(proposal.as_str()), Param::sealed("–")];
        found += tx.execute(&REWRITE_APPROVAL, &params)?;
    }
    Ok(found)
}

fn rewrite_agreements(tx: &mut Tx<'_>, user: &UserId, stand_in: &UserId) -> Result<u64> {
    let rows = tx.query(&AGREEMENTS, &[], |row| Ok((row.int(0)?, row.sealed_text(1)?)))?;
    let mut found = 0;
    for (version, agreement) in rows.into_iter().filter(|(_, text)| names(text, user)) {
        let agreement = instead(&agreement, user, stand_in);
        let params = [version.into(), Param::sealed(agreement.as_str())];
        found += tx.execute(&REWRITE_AGREEMENT, &params)?;
    }
    Ok(found)
}

/// Whether JSON has the user id as a text of its own.
fn names(json: &str, user: &UserId) -> bool {
    json.contains(&format!("\"{user}\""))
}

fn instead(json: &str, user: &UserId, stand_in: &UserId) -> String {
    json.replace(&format!("\"{user}\""), &format!("\"{stand_in}\""))
}
