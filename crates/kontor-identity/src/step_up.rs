//! Showing again who one is, before critical acts: the one guard of all of them. law: R-045

use kontor_core::{Actor, Cx, Error, MatrixCode, Permission, Result};
use ruma::UserId;
use ruma::api::client::uiaa::AuthData;

use crate::interactive::Purpose;
use crate::{BrowserSession, Identity};

/// Where one shows again who one is.
const PAGE: &str = "/account/confirm";

/// What nobody does without having shown lately (setting `step_up_minutes`) who they are: by it somebody gets
/// power, gets into an account, or something is gone for good. Shutting somebody out is not among
/// them: it can be taken back, and is urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CriticalAct {
    /// Deciding on a setting.
    ChangePolicy,
    /// Asking for a second person.
    AskForApproval,
    /// Being the second person.
    Approve,
    /// Giving or taking a role.
    ChangeRole,
    /// Recording how somebody's identity was proved.
    ProveIdentity,
    /// Making a link to a new password for somebody.
    ResetPassword,
    /// Taking somebody's second factors away.
    ResetSecondFactors,
    /// Letting a program replace one's keys.
    ReplaceKeys,
    /// Closing one's account.
    CloseAccount,
    /// Closing somebody's account.
    CloseOthersAccount,
    /// Setting up or removing a second factor of one's own, or new recovery codes.
    ChangeFactors,
    /// Making a password for one program.
    MakeAppPassword,
    /// Giving another mail address, or taking it back.
    ChangeMailAddress,
}

impl CriticalAct {
    /// Every critical act.
    pub const ALL: [Self; 13] = [
        Self::ChangePolicy,
        Self::AskForApproval,
        Self::Approve,
        Self::ChangeRole,
        Self::ProveIdentity,
        Self::ResetPassword,
        Self::ResetSecondFactors,
        Self::ReplaceKeys,
        Self::CloseAccount,
        Self::CloseOthersAccount,
        Self::ChangeFactors,
        Self::MakeAppPassword,
        Self::ChangeMailAddress,
    ];

    /// What one must hold besides; `None`: everybody may, for themselves, or it depends on more
    /// than the act.
    #[must_use]
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::ChangePolicy => Some(Permission::DecidePolicy),
            Self::Approve => Some(Permission::DecideApprovals),
            Self::ChangeRole => Some(Permission::ChangeRoles),
            Self::ProveIdentity
            | Self::ResetPassword
            | Self::ResetSecondFactors
            | Self::CloseOthersAccount => Some(Permission::ManagePeople),
            Self::AskForApproval
            | Self::ReplaceKeys
            | Self::CloseAccount
            | Self::ChangeFactors
            | Self::MakeAppPassword
            | Self::ChangeMailAddress => None,
        }
    }
}

impl Identity {
    /// Lets pass whoever may do `act` and has shown lately who they are. In a
    /// browser that is known; a program's session asks by interactive authentication, which knows
    /// passwords only: whoever has a second factor, or must have one, does it in a browser.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `Forbidden` (`APP_KONTOR_STEP_UP`) where one has to
    /// confirm in a browser who one is; else those of [`Identity::authenticate_interactively`].
    pub async fn step_up(&self, cx: &Cx, act: CriticalAct, auth: Option<AuthData>) -> Result<()> {
        if let Some(permission) = act.permission() {
            cx.require(permission)?;
        }
        let Actor::User(session) = &cx.actor else {
            return self.authenticate_interactively(cx, Purpose::CriticalAct, auth).await;
        };
        if let Some(at) = session.authenticated {
            return if at.plus(self.inner.policy.now().step_up) > cx.now {
                Ok(())
            } else {
                Err(confirm_again())
            };
        }
        if self.needs_more_than_a_password(cx, &session.user_id).await? {
            let text = "This needs your second factor: do it in a browser.";
            let url = format!("{}{PAGE}", self.inner.base_url);
            let error = Error::forbidden(text).with_code(MatrixCode::StepUp);
            return Err(error.with_field("url", url));
        }
        self.authenticate_interactively(cx, Purpose::CriticalAct, auth).await
    }

    /// As [`Self::step_up`], for what people do about their own accounts on the account pages only.
    ///
    /// # Errors
    /// `Forbidden` unless signed in; (`APP_KONTOR_STEP_UP`) unless she has shown who she is just now.
    pub(crate) fn step_up_in_browser(
        cx: &Cx,
        session: &BrowserSession,
        act: CriticalAct,
    ) -> Result<Cx> {
        let acting = session.acting(cx)?;
        act.permission().map_or(Ok(()), |permission| acting.require(permission))?;
        if session.is_recent(cx.now) { Ok(acting) } else { Err(confirm_again()) }
    }

    /// Whether a password is not enough to show who somebody is. law: R-042
    async fn needs_more_than_a_password(&self, cx: &Cx, user: &UserId) -> Result<bool> {
        let (this, user) = (self.clone(), user.to_owned());
        self.inner.db.read(cx, move |tx| this.is_second_factor_due(tx, &user)).await
    }
}

/// Surfaces lead to the question and back.
fn confirm_again() -> Error {
    let text = "Confirm who you are: this was more than five minutes ago.";
    Error::forbidden(text).with_code(MatrixCode::StepUp)
}
