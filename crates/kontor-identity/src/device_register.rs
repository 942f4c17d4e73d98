//! The register of devices: whose each is, what it may do, and who may see what of it.
//! law

use kontor_audit::{Action, Event};
use kontor_core::{Cx, DeviceKind, Error, MatrixCode, Permission, Program, Result, Timestamp};
use kontor_db::Tx;
use kontor_policy::DeviceRule;
use kontor_store::device::{self, DeviceRow};
use kontor_store::device_registration::{self, Declared, RegistrationRow};
use kontor_store::{access_token, refresh_token};
use ruma::{DeviceId, OwnedDeviceId, OwnedUserId, UserId};

use crate::Identity;
use crate::device_rights::DeviceRights;
use crate::devices::Ended;
use crate::program_floors::UpdateDue;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The first day of the epoch was a Thursday.
const DAYS_FROM_MONDAY: i64 = 3;

/// One of the caller's own devices, with what is kept of it.
#[derive(Clone, Debug)]
pub struct OwnDevice {
    /// Id, name, day of last use.
    pub device: DeviceRow,
    /// Whose it is, and on whose word.
    pub registration: RegistrationRow,
    /// What it may do.
    pub rights: DeviceRights,
    /// Its program is too old.
    pub update: Option<UpdateDue>,
}

/// A device of anybody's, as administrators see it: no name, no day, no address.
#[derive(Clone, Debug)]
pub struct RegisteredDevice {
    /// Whose account.
    pub user_id: OwnedUserId,
    /// Device id.
    pub device_id: OwnedDeviceId,
    /// Whose it is, and on whose word; the program.
    pub registration: RegistrationRow,
    /// Monday (UTC) of the week of last use.
    pub last_seen_week: Timestamp,
    /// It is let in by the policy.
    pub admitted: bool,
    /// Its program is too old.
    pub update: Option<UpdateDue>,
}

impl Identity {
    /// The caller's devices with all that is kept of them, oldest first.
    pub async fn own_devices(&self, cx: &Cx) -> Result<Vec<OwnDevice>> {
        let user = cx.user()?.to_owned();
        let read = self.inner.db.read(cx, move |tx| {
            let known = device_registration::list_registrations(tx, &user)?;
            Ok((device::list_devices(tx, &user)?, known))
        });
        let (devices, mut known) = read.await?;
        let policy = self.inner.policy.now();
        let own = devices.into_iter().map(|device| {
            let place = known.iter().position(|(id, _)| *id == device.device_id);
            let registration = place.map(|at| known.swap_remove(at).1).unwrap_or_default();
            let rights = DeviceRights::of(registration.kind, &policy);
            let update = registration.program.as_ref().and_then(|it| self.update_due(it));
            OwnDevice { device, registration, rights, update }
        });
        Ok(own.collect())
    }

    /// The device that asks.
    ///
    /// # Errors
    /// `NotFound` in a browser of the account pages.
    pub async fn this_device(&self, cx: &Cx) -> Result<OwnDevice> {
        let id = cx.device()?.to_owned();
        let own = self.own_devices(cx).await?;
        own.into_iter().find(|own| own.device.device_id == id).ok_or_else(no_device)
    }

    /// The caller says whose one of her devices is.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` where only administrators may say so: a device of the organisation
    /// if only those are let in, and one that an administrator has spoken about, unless it is to
    /// have fewer rights.
    pub async fn declare_own_device(
        &self,
        cx: &Cx,
        id: OwnedDeviceId,
        kind: DeviceKind,
    ) -> Result<()> {
        let user = cx.user()?.to_owned();
        let event = Event::new(Action::DeviceDeclared).about(&user).with_detail(kind.as_str());
        let (this, now) = (self.clone(), cx.now);
        let write = self.inner.db.write(cx, move |tx| {
            device::find_device(tx, &user, &id)?.ok_or_else(no_device)?;
            this.declare_device(tx, (&user, &id), kind, now)
        });
        write.await?;
        self.inner.audit.note(cx, event);
        Ok(())
    }

    /// What people may say of their devices.
    #[must_use]
    pub fn declarable_kinds(&self) -> Vec<DeviceKind> {
        let company_only = self.inner.policy.now().devices_allowed == DeviceRule::CompanyOnly;
        let kinds = DeviceKind::ALL.into_iter();
        kinds.filter(|kind| !(company_only && *kind == DeviceKind::Company)).collect()
    }

    /// Notes inside `tx` what the owner of a device says of it. It need not have signed in yet.
    ///
    /// # Errors
    /// As [`Identity::declare_own_device`], but for `NotFound`.
    pub fn declare_device(
        &self,
        tx: &mut Tx<'_>,
        (user, id): (&UserId, &DeviceId),
        kind: DeviceKind,
        now: Timestamp,
    ) -> Result<()> {
        let known = device_registration::find_registration(tx, user, id)?;
        if known.kind == kind && known.declared != Declared::Nobody {
            return Ok(());
        }
        let is_fixed = known.declared == Declared::Administrator && kind != DeviceKind::Browser;
        if is_fixed || !self.declarable_kinds().contains(&kind) {
            let text = "Only an administrator can say that of this device.";
            return Err(Error::forbidden(text).with_code(MatrixCode::DeviceNotAllowed));
        }
        self.note_kind(tx, (user, id), (kind, Declared::Owner), now)
    }

    /// Whose a device is, on the word of an administrator.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound`.
    pub async fn set_device_kind(
        &self,
        cx: &Cx,
        (user, id): (OwnedUserId, OwnedDeviceId),
        kind: DeviceKind,
    ) -> Result<()> {
        cx.require(Permission::ManagePeople)?;
        let event = Event::new(Action::DeviceKindSet).about(&user).with_detail(kind.as_str());
        let (this, now) = (self.clone(), cx.now);
        let write = self.inner.db.write(cx, move |tx| {
            device::find_device(tx, &user, &id)?.ok_or_else(no_device)?;
            this.note_kind(tx, (&user, &id), (kind, Declared::Administrator), now)
        });
        self.inner.audit.act(cx, event, write).await
    }

    /// Up to `limit` devices of everybody after the device `after`, in order of user and device id.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn registered_devices(
        &self,
        cx: &Cx,
        after: Option<(OwnedUserId, OwnedDeviceId)>,
        limit: u16,
    ) -> Result<Vec<RegisteredDevice>> {
        cx.require(Permission::SeeDevices)?;
        let read = self.inner.db.read(cx, move |tx| {
            let after = after.as_ref().map(|(user, id)| (user.as_str(), id.as_str()));
            device_registration::list_registered_devices(tx, after.unwrap_or_default(), limit)
        });
        let (rows, policy) = (read.await?, self.inner.policy.now());
        let listed = rows.into_iter().map(|row| RegisteredDevice {
            last_seen_week: week_of(row.last_seen_day),
            admitted: DeviceRights::of(row.registration.kind, &policy).admitted,
            update: row.registration.program.as_ref().and_then(|it| self.update_due(it)),
            user_id: row.user_id,
            device_id: row.device_id,
            registration: row.registration,
        });
        Ok(listed.collect())
    }

    /// How many devices of each kind there are.
    ///
    /// # Errors
    /// `Forbidden` without the permission.
    pub async fn count_devices(&self, cx: &Cx) -> Result<Vec<(DeviceKind, u64)>> {
        cx.require(Permission::SeeDevices)?;
        let counted = self.inner.db.read(cx, device_registration::count_devices_by_kind).await?;
        let count = |kind: DeviceKind| {
            let found = counted.iter().find(|(found, _)| *found == kind);
            found.and_then(|(_, count)| u64::try_from(*count).ok()).unwrap_or_default()
        };
        Ok(DeviceKind::ALL.map(|kind| (kind, count(kind))).to_vec())
    }

    /// Signs a device of anybody's out for good: the program discards its keys.
    ///
    /// # Errors
    /// `Forbidden` without the permission; `NotFound`.
    pub async fn sign_out_device(
        &self,
        cx: &Cx,
        (user, id): (OwnedUserId, OwnedDeviceId),
    ) -> Result<()> {
        cx.require(Permission::ManagePeople)?;
        let event = Event::new(Action::SessionsEndedByAdmin).about(&user).with_count(1);
        let this = self.clone();
        let write = self.inner.db.write(cx, move |tx| {
            match this.end_sessions_in(tx, &user, &Ended::These(vec![id]))? {
                0 => Err(no_device()),
                _ => Ok(()),
            }
        });
        self.inner.audit.act(cx, event, write).await
    }

    /// Lets a device pass that the policy lets in, with a program that is new enough.
    ///
    /// # Errors
    /// `Forbidden`: `M_GUEST_ACCESS_FORBIDDEN` for guests where there are none,
    /// `APP_KONTOR_DEVICE_NOT_ALLOWED`, `APP_KONTOR_PROGRAM_TOO_OLD`.
    pub fn admit_device(&self, cx: &Cx) -> Result<()> {
        let Ok(session) = cx.session() else { return Ok(()) };
        self.admit_guest(session.roles)?;
        let kind = session.device_kind;
        if !DeviceRights::of(kind, &self.inner.policy.now()).admitted {
            let text = "Your organisation does not let such devices in. Say on your account pages \
                        whose device it is, or ask your administration.";
            let error = Error::forbidden(text).with_code(MatrixCode::DeviceNotAllowed);
            return Err(error.with_field("kind", kind.as_str()));
        }
        self.admit_program(cx)
    }

    /// To be called once a device has its tokens, and when its kind changes.
    pub(crate) fn bound_session(
        &self,
        tx: &mut Tx<'_>,
        (user, id): (&UserId, &DeviceId),
        kind: DeviceKind,
        now: Timestamp,
    ) -> Result<()> {
        if let Some(longest) = DeviceRights::of(kind, &self.inner.policy.now()).longest {
            access_token::shorten_access_tokens(tx, user, id, now.plus(longest))?;
            refresh_token::shorten_refresh_tokens(tx, user, id, now.plus(longest))?;
        }
        Ok(())
    }

    fn note_kind(
        &self,
        tx: &mut Tx<'_>,
        (user, id): (&UserId, &DeviceId),
        (kind, declared): (DeviceKind, Declared),
        now: Timestamp,
    ) -> Result<()> {
        device_registration::upsert_device_kind(tx, user, id, kind, declared)?;
        self.bound_session(tx, (user, id), kind, now)?;
        // Memory holds the kind with the session.
        self.ending(tx).forget_access(user, id, |_| true)
    }
}

/// Notes the program that signs in.
pub(crate) fn note_program(
    tx: &mut Tx<'_>,
    (user, id): (&UserId, &DeviceId),
    program: Option<&Program>,
) -> Result<()> {
    match program {
        Some(program) => device_registration::upsert_device_program(tx, user, id, program),
        None => Ok(()),
    }
}

/// Monday of the week of a day: all that administrators learn of somebody's use. law: R-202
const fn week_of(day: Timestamp) -> Timestamp {
    let days = day.0.div_euclid(DAY_MS);
    Timestamp((days - (days + DAYS_FROM_MONDAY).rem_euclid(7)) * DAY_MS)
}

pub(crate) fn no_device() -> Error {
    Error::not_found("There is no such device.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays() {
        let monday = 19_723 * DAY_MS; // 2024-01-01
        for day in 0..7 {
            assert_eq!(week_of(Timestamp(monday + day * DAY_MS)), Timestamp(monday));
        }
        assert_eq!(week_of(Timestamp(monday - 1)), Timestamp(monday - 7 * DAY_MS));
    }
}
