//! The catalogue: everything that can be recorded, and nothing else can.

use serde::{Deserialize, Serialize};

use crate::Class;

/// What happened. The name, how long it is kept, why it is kept and what an entry may say besides
/// who, when and with which result: see [`Action::rule`].
///
/// Message content, reading, typing and online times, search terms and visits to rooms have no
/// name here and no field to hide in. law: R-191
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A password was wrong, or the account unknown.
    LoginFailed,
    /// An administrator has signed in; other people's sign-ins are not recorded.
    AdminLogin,
    /// A second factor was wrong.
    SecondFactorFailed,
    /// A person has set up a second factor or new recovery codes.
    FactorEnrolled,
    /// A second factor was removed.
    FactorRemoved,
    /// A person has used a recovery code.
    RecoveryCodeUsed,
    /// An invitation or a link to a new password was used.
    LinkUsed,
    /// A link to a new password was sent to the mail address of its owner.
    LinkMailed,
    /// A person has confirmed or removed a mail address.
    MailAddressChanged,
    /// A person has made a password for one program.
    AppPasswordCreated,
    /// A person has removed a password of one program.
    AppPasswordRemoved,
    /// Somebody tried to create an account with a wrong shared secret.
    SharedSecretRefused,
    /// A person has allowed a program to replace the keys others trust them by.
    KeyReplacementAllowed,
    /// A person has said whose one of their devices is.
    DeviceDeclared,
    /// An administrator has said whose a device is.
    DeviceKindSet,
    /// A device was reported as lost, and signed out.
    DeviceLost,
    /// A person has removed devices of their own.
    DeviceRemoved,
    /// A person has signed out everywhere.
    SessionsEnded,
    /// An administrator has signed a person out.
    SessionsEndedByAdmin,
    /// An account was created for somebody.
    UserCreated,
    /// An account got a new password from somebody else.
    PasswordReset,
    /// An account was closed.
    UserDeactivated,
    /// A person was erased; the count is the number of the erasure.
    PersonErased,
    /// A person was suspended or locked out for a while, or that was taken back; a guest was prolonged.
    UserStateChanged,
    /// An invitation or a link to a new password was made.
    LinkCreated,
    /// An invitation or a link to a new password was taken back.
    LinkTakenBack,
    /// A token that lets people create accounts was made.
    RegistrationTokenCreated,
    /// Security events could not be recorded; the count says how many.
    EventsLost,
    /// Entries were removed because their time was over.
    EntriesExpired,
    /// A setting was changed.
    PolicyChanged,
    /// How somebody's identity was proved was recorded, or taken back.
    IdentityProved,
    /// A person has taken another name than the one under which their identity was proved: the proof
    /// is over.
    IdentityProofEnded,
    /// A person was given a role, or it was taken away.
    RoleChanged,
    /// Somebody asked for a second person's word on a critical act.
    ApprovalRequested,
    /// A second person has allowed it; the count is the number of the request.
    ApprovalGranted,
    /// It was refused, or taken back.
    ApprovalRefused,
    /// Somebody learned who a pseudonym of this log is.
    PseudonymLookedUp,
    /// This log was exported.
    LogExported,
    /// The organisation's keys were written to a file.
    KeysExported,
    /// The organisation was created.
    TenantCreated,
    /// This log begins.
    LogStarted,
    /// The supervision of a room was started; the reason is its purpose.
    SupervisionStarted,
    /// The terms of a supervision were changed.
    SupervisionChanged,
    /// A supervision was ended before its time.
    SupervisionEnded,
    /// Somebody who supervises has looked into what they supervise.
    SupervisorLooked,
    /// Data are held for a claim at law; the count is the number of the hold.
    HoldPlaced,
    /// Somebody has said that a hold is still needed.
    HoldReviewed,
    /// Nobody has looked at a hold for ninety days.
    HoldReviewDue,
    /// Nobody has looked for two weeks more: the server proposes to end the hold, and does not.
    HoldReleaseProposed,
    /// A hold was ended before its time.
    HoldReleased,
    /// A deletion rule has done its work for a day; there is a certificate.
    DeletionCertified,
    /// Something is older than its deletion rule allows; the count says how many hours.
    DeletionOverdue,
    /// A backup was written; the count says how many megabytes of tables it holds.
    BackupWritten,
    /// A backup could not be written, or not all of it.
    BackupFailed,
    /// There is no backup that is young enough; the count says how many hours it should be younger.
    BackupOverdue,
    /// Backups whose time was over were removed; the count says how many.
    BackupsRemoved,
    /// A backup was restored into a folder of its own to see whether that works.
    RestoreRehearsed,
    /// The organisation was restored from a backup; the count says how many erasures were done again.
    TenantRestored,
}

/// What an entry may say beside who, when and with which result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Whose account it was done to, as a pseudonym.
    Object,
    /// A word from a list in the program: a setting, a role, a purpose.
    Detail,
    /// How many.
    Count,
    /// The reason that the actor gave. Required.
    Reason,
}

/// What an entry is kept for; it may be used for nothing else. law: R-194
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// To notice and look into attacks.
    Security,
    /// To see who administered what.
    Administration,
    /// To show that the law was kept.
    Accountability,
}

/// A row of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Name in entries; never changes its meaning.
    pub name: &'static str,
    /// How long it is kept.
    pub class: Class,
    /// What it is kept for.
    pub purpose: Purpose,
    /// What it may say besides.
    pub fields: &'static [Field],
}

const fn rule(
    name: &'static str,
    class: Class,
    purpose: Purpose,
    fields: &'static [Field],
) -> Rule {
    Rule { name, class, purpose, fields }
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 58] = [
        Self::LoginFailed,
        Self::AdminLogin,
        Self::SecondFactorFailed,
        Self::FactorEnrolled,
        Self::FactorRemoved,
        Self::RecoveryCodeUsed,
        Self::LinkUsed,
        Self::LinkMailed,
        Self::MailAddressChanged,
        Self::AppPasswordCreated,
        Self::AppPasswordRemoved,
        Self::LinkCreated,
        Self::LinkTakenBack,
        Self::SharedSecretRefused,
        Self::KeyReplacementAllowed,
        Self::DeviceDeclared,
        Self::DeviceKindSet,
        Self::DeviceLost,
        Self::DeviceRemoved,
        Self::SessionsEnded,
        Self::SessionsEndedByAdmin,
        Self::UserCreated,
        Self::PasswordReset,
        Self::UserDeactivated,
        Self::PersonErased,
        Self::UserStateChanged,
        Self::RegistrationTokenCreated,
        Self::EventsLost,
        Self::EntriesExpired,
        Self::PolicyChanged,
        Self::IdentityProved,
        Self::IdentityProofEnded,
        Self::RoleChanged,
        Self::ApprovalRequested,
        Self::ApprovalGranted,
        Self::ApprovalRefused,
        Self::PseudonymLookedUp,
        Self::LogExported,
        Self::KeysExported,
        Self::TenantCreated,
        Self::LogStarted,
        Self::SupervisionStarted,
        Self::SupervisionChanged,
        Self::SupervisionEnded,
        Self::SupervisorLooked,
        Self::HoldPlaced,
        Self::HoldReviewed,
        Self::HoldReviewDue,
        Self::HoldReleaseProposed,
        Self::HoldReleased,
        Self::DeletionCertified,
        Self::DeletionOverdue,
        Self::BackupWritten,
        Self::BackupFailed,
        Self::BackupOverdue,
        Self::BackupsRemoved,
        Self::RestoreRehearsed,
        Self::TenantRestored,
    ];

    /// The catalogue.
    #[must_use]
    #[rustfmt::skip]
    pub const fn rule(self) -> Rule {
        use Class::{A, B, C, D};
        use Field::{Count, Detail, Object, Reason};
        use Purpose::{Accountability, Administration, Security};
        match self {
            Self::LoginFailed              => rule("auth.login.failed",          A, Security,       &[Object]),
            Self::AdminLogin               => rule("auth.login.succeeded",       A, Security,       &[]),
            Self::SecondFactorFailed       => rule("auth.factor.failed",         A, Security,       &[Object]),
            Self::FactorEnrolled           => rule("auth.factor.enrolled",       A, Security,       &[Object, Detail]),
            Self::FactorRemoved            => rule("auth.factor.removed",        A, Security,       &[Object, Detail]),
            Self::RecoveryCodeUsed         => rule("auth.recovery_code.used",    A, Security,       &[Object, Detail]),
            Self::LinkUsed                 => rule("auth.link.used",             A, Security,       &[Object, Detail]),
            Self::LinkMailed               => rule("auth.link.mailed",           A, Security,       &[Object]),
            Self::MailAddressChanged       => rule("user.mail.changed",          A, Security,       &[Object, Detail]),
            Self::AppPasswordCreated       => rule("auth.app_password.created",  A, Security,       &[Object]),
            Self::AppPasswordRemoved       => rule("auth.app_password.removed",  A, Security,       &[Object]),
            Self::LinkCreated              => rule("user.link.created",          B, Administration, &[Object, Detail]),
            Self::LinkTakenBack            => rule("user.link.taken_back",       B, Administration, &[]),
            Self::SharedSecretRefused      => rule("auth.shared_secret.refused", A, Security,       &[]),
            Self::KeyReplacementAllowed    => rule("auth.keys.replacement",      A, Security,       &[Object]),
            Self::DeviceDeclared           => rule("device.declared",            A, Security,       &[Object, Detail]),
            Self::DeviceKindSet            => rule("device.kind.set",            B, Administration, &[Object, Detail]),
            Self::DeviceLost               => rule("device.lost",                C, Accountability, &[Object]),
            Self::DeviceRemoved            => rule("device.removed",             A, Security,       &[Object, Count]),
            Self::SessionsEnded            => rule("session.ended.by_owner",     A, Security,       &[Object]),
            Self::SessionsEndedByAdmin     => rule("session.ended.by_admin",     B, Administration, &[Object, Count]),
            Self::UserCreated              => rule("user.created",               B, Administration, &[Object, Detail]),
            Self::PasswordReset            => rule("user.password.reset",        B, Administration, &[Object, Detail]),
            Self::UserDeactivated          => rule("user.deactivated",           B, Administration, &[Object, Detail]),
            Self::PersonErased             => rule("user.erased",                C, Accountability, &[Object, Count]),
            Self::UserStateChanged         => rule("user.state.changed",         B, Administration, &[Object, Detail]),
            Self::RegistrationTokenCreated => rule("registration_token.created", B, Administration, &[Count]),
            Self::EventsLost               => rule("audit.lost",                 B, Security,       &[Count]),
            Self::EntriesExpired           => rule("audit.expired",              B, Accountability, &[Count]),
            Self::PolicyChanged            => rule("policy.changed",             C, Accountability, &[Detail, Reason]),
            Self::IdentityProved           => rule("user.identity.proved",       C, Accountability, &[Object, Detail, Reason]),
            Self::IdentityProofEnded       => rule("user.identity.ended",        C, Accountability, &[Object]),
            Self::RoleChanged              => rule("role.changed",               C, Accountability, &[Object, Detail, Reason]),
            Self::ApprovalRequested        => rule("approval.requested",         C, Accountability, &[Detail, Reason]),
            Self::ApprovalGranted          => rule("approval.granted",           C, Accountability, &[Object, Detail, Count]),
            Self::ApprovalRefused          => rule("approval.refused",           C, Accountability, &[Object, Detail, Count]),
            Self::PseudonymLookedUp        => rule("audit.pseudonym.looked_up",  C, Accountability, &[Object, Reason]),
            Self::LogExported              => rule("audit.exported",             C, Accountability, &[Detail, Reason]),
            Self::KeysExported             => rule("tenant.keys.exported",       C, Accountability, &[]),
            Self::TenantCreated            => rule("tenant.created",             D, Accountability, &[]),
            Self::LogStarted               => rule("audit.started",              D, Accountability, &[]),
            Self::SupervisionStarted       => rule("supervision.started",        C, Accountability, &[Reason]),
            Self::SupervisionChanged       => rule("supervision.changed",        C, Accountability, &[Reason]),
            Self::SupervisionEnded         => rule("supervision.ended",          C, Accountability, &[Reason]),
            Self::SupervisorLooked         => rule("supervision.looked",         C, Accountability, &[Reason]),
            Self::HoldPlaced               => rule("hold.placed",                C, Accountability, &[Detail, Count, Reason]),
            Self::HoldReviewed             => rule("hold.reviewed",              C, Accountability, &[Count]),
            Self::HoldReviewDue            => rule("hold.review_due",            C, Accountability, &[Count]),
            Self::HoldReleaseProposed      => rule("hold.release_proposed",      C, Accountability, &[Count]),
            Self::HoldReleased             => rule("hold.released",              C, Accountability, &[Count]),
            Self::DeletionCertified        => rule("deletion.certified",         C, Accountability, &[Detail, Count]),
            Self::DeletionOverdue          => rule("deletion.overdue",           C, Accountability, &[Detail, Count]),
            Self::BackupWritten            => rule("backup.written",             B, Accountability, &[Count]),
            Self::BackupFailed             => rule("backup.failed",              B, Accountability, &[]),
            Self::BackupOverdue            => rule("backup.overdue",             B, Accountability, &[Count]),
            Self::BackupsRemoved           => rule("backup.removed",             B, Accountability, &[Count]),
            Self::RestoreRehearsed         => rule("backup.rehearsed",           C, Accountability, &[Detail]),
            Self::TenantRestored           => rule("tenant.restored",            D, Accountability, &[Count]),
        }
    }
}

impl Rule {
    /// Whether an entry may have `field`.
    pub(crate) fn has(&self, field: Field) -> bool {
        self.fields.contains(&field)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = Action::ALL.iter().map(|action| action.rule().name).collect();
        assert_eq!(names.len(), Action::ALL.len());
    }

    #[test]
    fn security_events_are_forgotten_first() {
        for action in Action::ALL {
            let rule = action.rule();
            if rule.class == Class::A {
                assert_eq!(rule.purpose, Purpose::Security, "{}", rule.name);
                assert!(!rule.has(Field::Reason), "{}", rule.name);
            }
        }
    }

    #[test]
    fn nothing_about_messages_rooms_presence_or_searching_is_in_the_catalogue() {
        for action in Action::ALL {
            let name = action.rule().name;
            for word in ["message", "body", "room", "read", "typing", "presence", "search", "sync"]
            {
                assert!(!name.contains(word), "{name}");
            }
        }
    }
}
