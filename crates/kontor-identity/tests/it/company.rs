//! An organisation for tests: its identity service, a clock to set, and people.

use std::time::Duration;

use kontor_audit::Audit;
use kontor_core::{
    Actor, Clock, Cx, Error, MatrixCode, Random, Result, Secret, TenantId, Timestamp,
};
use kontor_db::Db;
use kontor_feed::Feed;
use kontor_identity::{
    Hasher, Identity, Login, NewDevice, NewUser, PasswordCost, Settings, SignedIn,
};
use kontor_policy::{InForce, PasswordLogin, Policy, Preset, SecondFactor};
use kontor_store::MIGRATIONS;
use kontor_testdb::Backend;
use ruma::{OwnedUserId, owned_server_name};
use serde_json::Value;

/// Monday noon.
pub(crate) const START: Timestamp = Timestamp(1_000_000_000_000);

pub(crate) struct Company {
    pub(crate) identity: Identity,
    pub(crate) db: Db,
    pub(crate) audit: Audit,
    pub(crate) clock: Clock,
    random: Random,
}

impl Company {
    pub(crate) async fn lab(backend: &Backend) -> Self {
        Self::with(backend, Policy::preset(Preset::Lab)).await
    }

    /// Strict, but for the password: most of what is tested begins with one.
    pub(crate) async fn strict(backend: &Backend) -> Self {
        Self::with(backend, strict_with_passwords()).await
    }

    pub(crate) async fn with(backend: &Backend, policy: Policy) -> Self {
        let db = backend.open(MIGRATIONS).await;
        let clock = Clock::manual(START);
        let cx =
            Cx::new(TenantId(1), Actor::Job("test"), clock.clone(), Random::seeded(2)).unwrap();
        let server_name = owned_server_name!("firma.example");
        let place = backend.settings();
        let audit = Audit::open(&cx, &place, &server_name, &Secret::new([9; 32])).await.unwrap();
        let settings = Settings {
            server_name,
            public_url: None,
            audit: audit.clone(),
            policy: InForce::new(policy),
            pepper: Secret::new([7; 32]),
            hasher: Hasher::new(PasswordCost { memory_kib: 64, passes: 1, lanes: 1 }),
            registration_shared_secret: Some(secret("shared")),
            mailer: None,
        };
        let identity = Identity::new(db.clone(), Feed::default(), settings);
        Self { identity, db, audit, clock, random: Random::seeded(1) }
    }

    /// A stranger's request, now.
    pub(crate) fn cx(&self) -> Cx {
        let (clock, random) = (self.clock.clone(), self.random.clone());
        Cx::new(TenantId(1), Actor::Anonymous, clock, random).unwrap()
    }

    /// The operator, now.
    pub(crate) fn operator(&self) -> Cx {
        self.cx().acting_as(Actor::Operator)
    }

    pub(crate) fn pass(&self, span: Duration) {
        self.clock.set(self.clock.now().plus(span));
    }

    /// An account with the password "correct horse battery".
    pub(crate) async fn hire(&self, name: &str) -> OwnedUserId {
        let new = NewUser {
            username: Some(name.to_owned()),
            password: Some(secret("correct horse battery")),
            ..NewUser::default()
        };
        self.identity.create_user(&self.operator(), new).await.unwrap()
    }

    pub(crate) async fn login(&self, name: &str, device: NewDevice) -> Result<SignedIn> {
        self.try_password(name, "correct horse battery", device).await
    }

    pub(crate) async fn try_password(
        &self,
        name: &str,
        password: &str,
        device: NewDevice,
    ) -> Result<SignedIn> {
        let login = Login { name: name.to_owned(), password: secret(password), device };
        self.identity.login(&self.cx(), login).await
    }

    /// The context of whoever holds the token, now.
    pub(crate) async fn as_holder(&self, token: &str) -> Result<Cx> {
        self.identity.authenticate(token, &self.cx()).await
    }

    /// A signed-in person's context on a device of that id.
    pub(crate) async fn on_device(&self, name: &str, id: &str) -> Cx {
        let signed_in = self.login(name, device(id)).await.unwrap();
        self.as_holder(&signed_in.access_token).await.unwrap()
    }
}

pub(crate) fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

pub(crate) fn device(id: &str) -> NewDevice {
    NewDevice { device_id: Some(id.into()), ..NewDevice::default() }
}

pub(crate) fn refreshing(id: &str) -> NewDevice {
    NewDevice { refreshes: true, ..device(id) }
}

/// Error code and public text.
pub(crate) fn face(error: &Error) -> (Option<&'static str>, String) {
    (error.code.map(MatrixCode::as_str), error.public.to_string())
}

pub(crate) fn code(error: &Error) -> Option<&'static str> {
    face(error).0
}

pub(crate) fn field<'e>(error: &'e Error, name: &str) -> &'e Value {
    error.fields.get(name).unwrap_or(&Value::Null)
}

/// The strict preset, in which programs sign in by password alone.
pub(crate) fn strict_with_passwords() -> Policy {
    Policy {
        password_login: PasswordLogin::On,
        second_factor: SecondFactor::Optional,
        ..Policy::preset(Preset::Strict)
    }
}
