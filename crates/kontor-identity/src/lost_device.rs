//! Lost devices. law: R-203

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Permission, Result};
use kontor_db::Tx;
use kontor_mail::Letter;
use kontor_store::{app_password, browser_session};
use ruma::{OwnedDeviceId, OwnedUserId, UserId};

use crate::device_register::no_device;
use crate::devices::Ended;
use crate::letters::Notice;
use crate::{BrowserSession, Identity};

impl Identity {
    /// A device is lost: it is signed out for good, the log says so to those who watch, and the
    /// owner gets a mail. One's own, or for an administrator anybody's; then the person's browsers
    /// are signed out, and her app passwords end with what they opened, since they may be on it.
    ///
    /// # Errors
    /// `Forbidden` for others without the permission; `NotFound`.
    pub async fn report_lost_device(
        &self,
        cx: &Cx,
        (user, id): (OwnedUserId, OwnedDeviceId),
    ) -> Result<()> {
        let is_own = cx.user().ok() == Some(&*user);
        if !is_own {
            cx.require(Permission::ManagePeople)?;
        }
        let event = Event::new(Action::DeviceLost).about(&user);
        let (this, notice) = (self.clone(), Notice::new(cx)?);
        let write = self.inner.db.write(cx, move |tx| {
            if this.end_sessions_in(tx, &user, &Ended::These(vec![id]))? == 0 {
                return Err(no_device());
            }
            if !is_own {
                browser_session::delete_browser_sessions_but(tx, &user, "")?;
                this.end_app_passwords_in(tx, &user)?;
            }
            this.tell(tx, &user, Letter::DeviceLost, &notice)
        });
        self.inner.audit.act(cx, event, write).await
    }

    /// Ends every app password of the caller and signs out the devices that they opened.
    ///
    /// # Errors
    /// `Forbidden` if the sign-in is not complete.
    pub async fn end_app_passwords(&self, cx: &Cx, session: &BrowserSession) -> Result<()> {
        let acting = session.acting(cx)?;
        let user = session.user_id.clone();
        let event = Event::new(Action::AppPasswordRemoved).about(&user);
        let this = self.clone();
        let write = self.inner.db.write(&acting, move |tx| this.end_app_passwords_in(tx, &user));
        write.await?;
        self.inner.audit.note(&acting, event);
        Ok(())
    }

    fn end_app_passwords_in(&self, tx: &mut Tx<'_>, user: &UserId) -> Result<()> {
        app_password::delete_app_passwords(tx, user)?;
        self.end_sessions_in(tx, user, &Ended::ByAppPassword(None)).map(drop)
    }
}
