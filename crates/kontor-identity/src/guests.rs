//! Whether there are guests at all. law: §4.1 "Guests"

use kontor_core::{Error, MatrixCode, Result, Role, Roles};
use kontor_policy::GuestRule;

use crate::Identity;

impl Identity {
    /// Lets pass whoever holds `roles`, unless that is a guest where there are none.
    ///
    /// # Errors
    /// `Forbidden` (`M_GUEST_ACCESS_FORBIDDEN`).
    pub(crate) fn admit_guest(&self, roles: Roles) -> Result<()> {
        if !roles.has(Role::Guest) {
            return Ok(());
        }
        match self.inner.policy.now().guests {
            GuestRule::Invitation => Ok(()),
            GuestRule::Off => {
                let error = Error::forbidden("This organisation has no guests.");
                Err(error.with_code(MatrixCode::GuestAccessForbidden))
            }
        }
    }
}
