//! The request context: who does what, for which organisation, when.

use std::net::IpAddr;
use std::sync::Arc;

use ruma::{DeviceId, OwnedDeviceId, OwnedUserId, UserId};

use crate::{
    Clock, DeviceKind, Error, MatrixCode, Permission, Random, RequestId, Result, Roles, TenantId,
    Timestamp,
};

/// First parameter of every service function.
///
/// Built by the identity service (from an access token), by jobs, by the command line and by the
/// test kit; nowhere else.
#[derive(Clone, Debug)]
pub struct Cx {
    /// The organisation acted in.
    pub tenant: TenantId,
    /// Who acts.
    pub actor: Actor,
    /// Time of the request; one request sees one time.
    pub now: Timestamp,
    /// Name of this request in logs.
    pub request_id: RequestId,
    /// Language for texts shown to people.
    pub locale: Locale,
    /// Where the request came from, if over the network. For throttling only: never stored or
    /// logged.
    pub address: Option<IpAddr>,
    /// What the program says of itself (`User-Agent`), for what is kept of a device: [`crate::Program`].
    pub agent: Option<Arc<str>>,
    /// Source of randomness.
    pub random: Random,
    /// Source of time, for work that outlives the request.
    pub clock: Clock,
}

/// Who acts.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Nobody has signed in.
    Anonymous,
    /// A signed-in person on a device.
    User(Arc<Session>),
    /// The operator at the command line.
    Operator,
    /// A background job, by name.
    Job(&'static str),
}

/// A signed-in person on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The person.
    pub user_id: OwnedUserId,
    /// The device signed in with.
    pub device_id: OwnedDeviceId,
    /// Whose the device is.
    pub device_kind: DeviceKind,
    /// What the person is in the organisation; decides what [`Cx::require`] lets pass.
    pub roles: Roles,
    /// The account is suspended: the person reads, and does nothing that others see.
    pub suspended: bool,
    /// When the person last showed who they are, where that is known: in a browser.
    pub authenticated: Option<Timestamp>,
    /// Keyed hash of the access token; `None` in a browser. By it a request that waits finds out
    /// whether it is still let in.
    pub access: Option<[u8; 32]>,
}

impl Session {
    /// A session of which nobody knows when the person last showed who they are.
    #[must_use]
    pub const fn new(user_id: OwnedUserId, device_id: OwnedDeviceId, roles: Roles) -> Self {
        let device_kind = DeviceKind::Private;
        let (suspended, authenticated, access) = (false, None, None);
        Self { user_id, device_id, device_kind, roles, suspended, authenticated, access }
    }
}

/// Language of texts shown to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Locale {
    /// German.
    #[default]
    De,
    /// English.
    En,
}

impl Cx {
    /// A context for `actor`, at the clock's present time.
    pub fn new(tenant: TenantId, actor: Actor, clock: Clock, random: Random) -> Result<Self> {
        let request_id = RequestId(u64::from_le_bytes(random.bytes()?));
        let now = clock.now();
        let locale = Locale::De;
        let (address, agent) = (None, None);
        Ok(Self { tenant, actor, now, request_id, locale, address, agent, random, clock })
    }

    /// The same request, now acting as `actor`.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// The signed-in person's session.
    ///
    /// # Errors
    /// `Unauthenticated` (`M_MISSING_TOKEN`) if nobody is signed in.
    pub fn session(&self) -> Result<&Session> {
        match &self.actor {
            Actor::User(session) => Ok(session),
            Actor::Anonymous | Actor::Operator | Actor::Job(_) => {
                Err(Error::unauthenticated(MatrixCode::MissingToken, "Missing access token."))
            }
        }
    }

    /// Lets the request pass if its actor holds `permission`: the one place where this is decided.
    /// The operator at the command line holds all; background jobs, strangers and suspended people
    /// hold none.
    ///
    /// # Errors
    /// `Forbidden`, naming the permission.
    pub fn require(&self, permission: Permission) -> Result<()> {
        self.require_writing()?;
        let may = match &self.actor {
            Actor::User(session) => session.roles.may(permission),
            Actor::Operator => true,
            Actor::Anonymous | Actor::Job(_) => false,
        };
        if may {
            return Ok(());
        }
        let text = "None of your roles allows this.";
        Err(Error::forbidden(text).with_field("permission", permission.as_str()))
    }

    /// Lets the request pass unless the account of whoever makes it is suspended.
    ///
    /// # Errors
    /// `Forbidden` (`M_USER_SUSPENDED`; spec: "Account suspension").
    pub fn require_writing(&self) -> Result<()> {
        match &self.actor {
            Actor::User(session) if session.suspended => Err(suspended()),
            _ => Ok(()),
        }
    }

    /// The signed-in person.
    pub fn user(&self) -> Result<&UserId> {
        Ok(&self.session()?.user_id)
    }

    /// The signed-in person's device.
    pub fn device(&self) -> Result<&DeviceId> {
        Ok(&self.session()?.device_id)
    }
}

fn suspended() -> Error {
    let text = "Your account is suspended: you can read, but not write.";
    Error::forbidden(text).with_code(MatrixCode::UserSuspended)
}
