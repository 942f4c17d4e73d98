//! What happened, in words.

use crate::texts::Texts;

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
        "registration_token.created" => "audit-registration-token-created",
        "audit.lost" => "audit-audit-lost",
        "audit.expired" => "audit-audit-expired",
        "policy.changed" => "audit-policy-changed",
        "user.identity.proved" => "audit-user-identity-proved",
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
        "deletion.certified" => "audit-deletion-certified",
        "deletion.overdue" => "audit-deletion-overdue",
        other => return other.to_owned(),
    };
    texts.get(id)
}

#[cfg(test)]
mod tests {
    use kontor_audit::Action;
    use kontor_core::Locale;

    use super::*;

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
