//! A person's devices, and signing out.

use kontor_audit::{Action, Event};
use kontor_core::{Cx, Error, Permission, Result};
use kontor_store::browser_session;
use kontor_store::device::{self, DeviceRow};
use ruma::api::client::uiaa::AuthData;
use ruma::{DeviceId, OwnedDeviceId, OwnedUserId, UserId};

use crate::Identity;
use crate::interactive::Purpose;
use crate::username::check_device_name;

/// Most devices removed by one call.
const MOST_AT_ONCE: usize = 1000;

impl Identity {
    /// The caller's devices, oldest first.
    pub async fn devices(&self, cx: &Cx) -> Result<Vec<DeviceRow>> {
        let user = cx.user()?.to_owned();
        self.inner.db.read(cx, move |tx| device::list_devices(tx, &user)).await
    }

    /// The devices of anybody, oldest first: one's own, or for an administrator.
    ///
    /// # Errors
    /// `Forbidden` for others; `NotFound` if there is no such person.
    pub async fn devices_of(&self, cx: &Cx, user: OwnedUserId) -> Result<Vec<DeviceRow>> {
        if cx.user().ok() == Some(&*user) {
            return self.devices(cx).await;
        }
        cx.require(Permission::SeeDevices)?;
        if self.find_user(cx, user.clone()).await?.is_none() {
            return Err(Error::not_found("There is no such person in this organisation."));
        }
        self.inner.db.read(cx, move |tx| device::list_devices(tx, &user)).await
    }

    /// One of the caller's devices.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn device(&self, cx: &Cx, id: OwnedDeviceId) -> Result<DeviceRow> {
        let user = cx.user()?.to_owned();
        let found = self.inner.db.read(cx, move |tx| device::find_device(tx, &user, &id)).await?;
        found.ok_or_else(no_device)
    }

    /// Renames one of the caller's devices; `None` leaves its name.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a name against the rules.
    pub async fn rename_device(
        &self,
        cx: &Cx,
        id: OwnedDeviceId,
        name: Option<String>,
    ) -> Result<()> {
        let Some(name) = name else { return self.device(cx, id).await.map(|_| ()) };
        check_device_name(Some(&name))?;
        let user = cx.user()?.to_owned();
        self.inner
            .db
            .write(cx, move |tx| {
                if device::update_device_name(tx, &user, &id, Some(&name))? {
                    return Ok(());
                }
                Err(no_device())
            })
            .await
    }

    /// Removes some of the caller's devices with their tokens, keys and inboxes, after asking for
    /// the password. Ids of no device are passed over.
    ///
    /// # Errors
    /// As [`Identity::authenticate_interactively`].
    pub async fn delete_devices(
        &self,
        cx: &Cx,
        mut ids: Vec<OwnedDeviceId>,
        auth: Option<AuthData>,
    ) -> Result<()> {
        if ids.len() > MOST_AT_ONCE {
            let text = format!("At most {MOST_AT_ONCE} devices can be removed at once.");
            return Err(Error::invalid(kontor_core::MatrixCode::InvalidParam, text));
        }
        ids.sort();
        ids.dedup();
        self.authenticate_interactively(cx, Purpose::DeleteDevices(ids.clone()), auth).await?;
        let user = cx.user()?;
        let removed = self.end_sessions(cx, user.to_owned(), Ended::These(ids)).await?;
        if removed > 0 {
            let event = Event::new(Action::DeviceRemoved).about(user).with_count(removed);
            self.inner.audit.note(cx, event);
        }
        Ok(())
    }

    /// Signs the caller's device out and removes it.
    pub async fn logout(&self, cx: &Cx) -> Result<()> {
        let session = cx.session()?;
        let ended = Ended::These(vec![session.device_id.clone()]);
        self.end_sessions(cx, session.user_id.clone(), ended).await?;
        Ok(())
    }

    /// Signs all devices of the caller out and removes them.
    pub async fn logout_all(&self, cx: &Cx) -> Result<()> {
        let user = cx.user()?;
        self.end_sessions(cx, user.to_owned(), Ended::All).await?;
        self.inner.audit.note(cx, Event::new(Action::SessionsEnded).about(user));
        Ok(())
    }

    /// Removes devices of `user`; answers how many. By the time it answers, no token of theirs
    /// works.
    pub(crate) async fn end_sessions(
        &self,
        cx: &Cx,
        user: OwnedUserId,
        ended: Ended,
    ) -> Result<u64> {
        let this = self.clone();
        self.inner.db.write(cx, move |tx| this.end_sessions_in(tx, &user, &ended)).await
    }

    pub(crate) fn end_sessions_in(
        &self,
        tx: &mut kontor_db::Tx<'_>,
        user: &UserId,
        ended: &Ended,
    ) -> Result<u64> {
        let ids = match ended {
            Ended::These(ids) => ids.clone(),
            Ended::All | Ended::AllBut(_) | Ended::Devices => {
                device::list_devices(tx, user)?.into_iter().map(|row| row.device_id).collect()
            }
            Ended::ByAppPassword(which) => {
                let opened = |row: &DeviceRow| match which {
                    Some(_) => row.app_password_id == *which,
                    None => row.by_app_password,
                };
                let devices = device::list_devices(tx, user)?.into_iter();
                devices.filter(opened).map(|row| row.device_id).collect()
            }
        };
        if matches!(ended, Ended::All | Ended::AllBut(_)) {
            browser_session::delete_browser_sessions_but(tx, user, "")?;
        }
        let mut removed = 0;
        for id in ids.iter().filter(|id| !ended.spares(id)) {
            removed += u64::from(self.ending(tx).delete_device(user, id)?);
        }
        Ok(removed)
    }
}

/// Which of a person's sessions end.
pub(crate) enum Ended {
    /// Every device and every browser.
    All,
    /// Every other device and every browser.
    AllBut(OwnedDeviceId),
    /// Every device.
    Devices,
    These(Vec<OwnedDeviceId>),
    /// Every device that signed in by this app password; `None`: by any.
    ByAppPassword(Option<String>),
}

impl Ended {
    fn spares(&self, id: &DeviceId) -> bool {
        matches!(self, Self::AllBut(spared) if spared == id)
    }
}

fn no_device() -> Error {
    Error::not_found("There is no such device.")
}
