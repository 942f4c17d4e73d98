//! What happened, in words.

use kontor_core::Role;
use kontor_identity::AS_ADMINISTRATOR;
use kontor_policy::setting;

use crate::admin::people::role_name;
use crate::texts::Texts;

/// Who did it: the operator of the server in words, everybody else by their id or pseudonym.
pub(crate) fn author_in_words(texts: Texts, author: String) -> String {
    match author.as_str() {
        "operator" => texts.get("role-provider-operator"),
        "anonymous" => texts.get("audit-anonymous"),
        _ => author,
    }
}

/// Why: what the server wrote down itself in words, what people wrote as it is.
pub(crate) fn reason_in_words(texts: Texts, reason: String) -> String {
    if reason == AS_ADMINISTRATOR { texts.get("role-from-beginning") } else { reason }
}

/// What an action of the log is called; its own name where there are no words for it.
#[rustfmt::skip]
pub(crate) fn action_in_words(texts: Texts, action: &str) -> String {
    let id = match action {
        "auth.login.failed" => "audit-auth-login-failed",
        "auth.login.succeeded" => "audit-auth-login-succeeded",
        "auth.factor.failed" => "audit-auth-factor-failed",
        "auth.factor.enrolled" => "audit-auth-factor-enrolled",
        "auth.factor.removed" => "audit-auth-factor-removed",
        "auth.recovery_code.used" => "audit-auth-recovery-code-used",
        "auth.link.used" => "audit-auth-link-used",
        "auth.link.mailed" => "audit-auth-link-mailed",
        "user.mail.changed" => "audit-user-mail-changed",
        "auth.app_password.created" => "audit-auth-app-password-created",
        "auth.app_password.removed" => "audit-auth-app-password-removed",
        "user.link.created" => "audit-user-link-created",
        "user.link.taken_back" => "audit-user-link-taken-back",
        "auth.shared_secret.refused" => "audit-auth-shared-secret-refused",
        "auth.keys.replacement" => "audit-auth-keys-replacement",
        "device.declared" => "audit-device-declared",
        "device.kind.set" => "audit-device-kind-set",
        "device.lost" => "audit-device-lost",
        "device.removed" => "audit-device-removed",
        "session.ended.by_owner" => "audit-session-ended-by-owner",
        "session.ended.by_admin" => "audit-session-ended-by-admin",
        "user.created" => "audit-user-created",
        "user.password.reset" => "audit-user-password-reset",
        "user.deactivated" => "audit-user-deactivated",
        "user.erased" => "audit-user-erased",
        "user.state.changed" => "audit-user-state-changed",
        "registration_token.created" => "audit-registration-token-created",
        "audit.lost" => "audit-audit-lost",
        "audit.expired" => "audit-audit-expired",
        "policy.changed" => "audit-policy-changed",
        "user.identity.proved" => "audit-user-identity-proved",
        "user.identity.ended" => "audit-user-identity-ended",
        "role.changed" => "audit-role-changed",
        "approval.requested" => "audit-approval-requested",
        "approval.granted" => "audit-approval-granted",
        "approval.refused" => "audit-approval-refused",
        "audit.pseudonym.looked_up" => "audit-audit-pseudonym-looked-up",
        "audit.exported" => "audit-audit-exported",
        "tenant.keys.exported" => "audit-tenant-keys-exported",
        "tenant.created" => "audit-tenant-created",
        "audit.started" => "audit-audit-started",
        "supervision.started" => "audit-supervision-started",
        "supervision.changed" => "audit-supervision-changed",
        "supervision.ended" => "audit-supervision-ended",
        "supervision.looked" => "audit-supervision-looked",
        "hold.placed" => "audit-hold-placed",
        "hold.reviewed" => "audit-hold-reviewed",
        "hold.review_due" => "audit-hold-review-due",
        "hold.release_proposed" => "audit-hold-release-proposed",
        "hold.released" => "audit-hold-released",
        "deletion.certified" => "audit-deletion-certified",
        "deletion.overdue" => "audit-deletion-overdue",
        "backup.written" => "audit-backup-written",
        "backup.failed" => "audit-backup-failed",
        "backup.overdue" => "audit-backup-overdue",
        "backup.removed" => "audit-backup-removed",
        "backup.rehearsed" => "audit-backup-rehearsed",
        "tenant.restored" => "audit-tenant-restored",
        other => return other.to_owned(),
    };
    texts.get(id)
}

/// What an entry says besides, in words; as it is written where there are none.
pub(crate) fn detail_in_words(texts: Texts, action: &str, detail: &str) -> String {
    if action == "policy.changed"
        && let Ok(setting) = setting(detail)
    {
        return texts.of(setting.name).to_owned();
    }
    if action == "role.changed"
        && let Some((id, role)) = role_change(detail)
    {
        return format!("{}: {}", texts.get(id), role_name(texts, role));
    }
    let id = match detail {
        "invitation" => "audit-detail-invitation",
        "reset" => "audit-detail-reset",
        "company" => "register-company",
        "private" => "register-private",
        "browser" => "register-browser",
        "unproved" => "person-proof-take-back",
        "invited" => "data-proof-invited",
        "created" => "data-proof-created",
        "records" => "data-proof-records",
        "in_person" => "data-proof-in-person",
        "admin" => "audit-detail-with-office",
        "guest" => "role-guest",
        "user" => "role-user",
        "devices-signed-out" => "audit-detail-devices-signed-out",
        "devices-kept" => "audit-detail-devices-kept",
        "confirmed" => "audit-detail-confirmed",
        "removed" => "audit-detail-removed",
        "all" => "audit-detail-all-factors",
        "totp" => "person-way-totp",
        "passkey" => "audit-detail-passkey",
        "recovery_codes" => "audit-detail-recovery-codes",
        "suspended" => "people-state-suspended",
        "not_suspended" => "audit-detail-not-suspended",
        "locked" => "people-state-locked",
        "not_locked" => "audit-detail-not-locked",
        "guest_expired" => "audit-detail-guest-expired",
        "guest_unused" => "audit-detail-guest-unused",
        "guest_renewed" => "audit-detail-guest-renewed",
        "guest_over" => "audit-detail-guest-over",
        "weaken_policy" => "audit-detail-weaken",
        "change_role" => "audit-detail-role",
        "place_hold" => "holds-approval",
        "person" => "holds-person",
        "space" => "holds-room",
        "erase_person" => "erasures-approval",
        "look_up_pseudonym" => "approvals-look-up",
        "program_floor" => "console-devices-programs",
        other => return other.to_owned(),
    };
    texts.get(id)
}

/// `+role` and `-role`.
fn role_change(detail: &str) -> Option<(&'static str, Role)> {
    let (id, name) = match detail.strip_prefix('+') {
        Some(name) => ("approvals-give-role", name),
        None => ("approvals-take-role", detail.strip_prefix('-')?),
    };
    Some((id, name.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use kontor_audit::Action;
    use kontor_core::Locale;

    use super::*;

    #[test]
    fn what_the_server_wrote_down_itself_is_said_in_words() {
        let texts = Texts(Locale::De);
        assert_eq!(author_in_words(texts, "operator".to_owned()), "Betreiber");
        assert_eq!(author_in_words(texts, "@a:b.example".to_owned()), "@a:b.example");
        assert_ne!(reason_in_words(texts, AS_ADMINISTRATOR.to_owned()), AS_ADMINISTRATOR);
        assert_eq!(reason_in_words(texts, "Vertretung".to_owned()), "Vertretung");
    }

    #[test]
    fn details_are_said_in_words() {
        let said = |action, detail| detail_in_words(Texts(Locale::De), action, detail);
        assert_eq!(said("role.changed", "+tech_admin"), "Rolle geben: Technik");
        assert_eq!(said("user.state.changed", "not_locked"), "entsperrt");
        assert_ne!(said("policy.changed", "read_receipts"), "read_receipts");
        assert_eq!(said("audit.exported", "something new"), "something new");
    }

    #[test]
    fn every_action_has_words_in_both_languages() {
        for action in Action::ALL {
            let name = action.rule().name;
            for locale in [Locale::De, Locale::En] {
                assert_ne!(action_in_words(Texts(locale), name), name);
            }
        }
    }
}
