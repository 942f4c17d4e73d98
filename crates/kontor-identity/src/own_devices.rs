//! Signing devices out in the browser, where the person has shown who she is already.

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, Result};
use ruma::OwnedDeviceId;

use crate::devices::Ended;
use crate::{BrowserSession, Identity};

impl Identity {
    /// Signs out one of the caller's devices: its tokens, keys and inbox are gone.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn sign_out_own_device(&self, cx: &Cx, id: OwnedDeviceId) -> Result<()> {
        let user = cx.user()?;
        let removed = self.end_sessions(cx, user.to_owned(), Ended::These(vec![id])).await?;
        if removed == 0 {
            return Err(Error::not_found("There is no such device."));
        }
        let event = Event::new(Action::DeviceRemoved).about(user).with_count(removed);
        self.inner.audit.note(cx, event);
        Ok(())
    }

    /// Signs out every device and every browser of the caller but the one of `session`.
    pub async fn sign_out_everywhere_else(&self, cx: &Cx, session: &BrowserSession) -> Result<()> {
        let user = cx.user()?;
        self.end_sessions(cx, user.to_owned(), Ended::Devices).await?;
        self.end_other_browser_sessions(cx, session).await?;
        self.inner.audit.note(cx, Event::new(Action::SessionsEnded).about(user));
        Ok(())
    }
}
