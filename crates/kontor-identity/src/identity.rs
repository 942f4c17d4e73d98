//! The service's parts.

use std::sync::Arc;

use kontor_audit::Audit;
use kontor_core::Secret;
use kontor_db::Db;
use kontor_feed::Feed;
use kontor_mail::Mailer;
use kontor_policy::InForce;
use parking_lot::RwLock;
use ruma::OwnedServerName;
use webauthn_rs::Webauthn;

use crate::ProgramFloor;
use crate::ceremonies::Ceremonies;
use crate::interactive::Dialogues;
use crate::key_replacement::KeyReplacements;
use crate::passkeys::relying_party;
use crate::password::Hasher;
use crate::people::Directory;
use crate::pepper::Pepper;
use crate::sessions::Sessions;
use crate::shared_secret::Nonces;
use crate::throttle::Throttle;

/// Accounts, credentials, sessions and devices of one organisation. Clones share everything.
#[derive(Clone)]
pub struct Identity {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) feed: Feed,
    pub(crate) audit: Audit,
    pub(crate) server_name: OwnedServerName,
    pub(crate) policy: InForce,
    pub(crate) pepper: Pepper,
    pub(crate) hasher: Hasher,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) dialogues: Dialogues,
    pub(crate) key_replacements: KeyReplacements,
    pub(crate) public_url: Option<String>,
    pub(crate) throttle: Throttle,
    pub(crate) nonces: Nonces,
    pub(crate) ceremonies: Ceremonies,
    pub(crate) relying_party: Option<Webauthn>,
    pub(crate) shared_secret: Option<Secret<String>>,
    pub(crate) mailer: Option<Mailer>,
    pub(crate) directory: Directory,
    pub(crate) floors: RwLock<Arc<[ProgramFloor]>>,
    /// Where the pages are, without a slash at the end.
    pub(crate) base_url: String,
}

/// What [`Identity`] must be told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The organisation's Matrix server name.
    pub server_name: OwnedServerName,
    /// Address as seen from outside, `https://matrix.firma.example`; passkeys belong to it. `None`:
    /// the server name stands for it.
    pub public_url: Option<String>,
    /// Records administrative acts and security events.
    pub audit: Audit,
    /// The organisation's settings.
    pub policy: InForce,
    /// Key mixed into every hash; from the vault.
    pub pepper: Secret<[u8; 32]>,
    /// Hashes passwords; shared by all organisations of the node, so that its bound holds for all.
    pub hasher: Hasher,
    /// Lets whoever knows it create accounts, administrators too
    /// ([`Identity::register_by_shared_secret`]); `None`: nobody.
    pub registration_shared_secret: Option<Secret<String>>,
    /// Passes mails on; shared by all organisations of the node. `None`: none are sent.
    pub mailer: Option<Mailer>,
}

impl Identity {
    /// The service over `db`.
    pub fn new(db: Db, feed: Feed, settings: Settings) -> Self {
        let relying_party = relying_party(settings.public_url.as_deref(), &settings.server_name);
        let base_url = settings.public_url.clone().unwrap_or_else(|| {
            let host = &settings.server_name;
            format!("https://{host}")
        });
        let inner = Inner {
            db,
            feed,
            audit: settings.audit,
            server_name: settings.server_name,
            policy: settings.policy,
            pepper: Pepper::new(settings.pepper),
            hasher: settings.hasher,
            sessions: Arc::default(),
            dialogues: Dialogues::default(),
            key_replacements: KeyReplacements::default(),
            public_url: settings.public_url,
            throttle: Throttle::default(),
            nonces: Nonces::default(),
            ceremonies: Ceremonies::default(),
            relying_party,
            shared_secret: settings.registration_shared_secret,
            mailer: settings.mailer,
            directory: Directory::default(),
            floors: RwLock::new(Arc::new([])),
            base_url,
        };
        Self { inner: Arc::new(inner) }
    }
}
