//! Builds one tenant: keys, database, media, services.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use kontor_account_data::AccountData;
use kontor_approval::Approvals;
use kontor_audit::Audit;
use kontor_blob::BlobStore;
use kontor_config::{Config, DatabaseUrl, Preset};
use kontor_core::{Actor, Clock, Cx, Random, Result, Secret, TenantId};
use kontor_db::{DatabaseKeys, Db, Settings};
use kontor_deletion::Deletion;
use kontor_e2ee::E2ee;
use kontor_feed::Feed;
use kontor_health::Health;
use kontor_identity::{Hasher, Identity};
use kontor_mail::Mailer;
use kontor_media::{Limits, Media};
use kontor_oauth::OAuth;
use kontor_policy::{InForce, OwnSettings, Policies, Policy, Profile, Start};
use kontor_presence::{Presence, Pulse, Typing};
use kontor_protocol::SigningKey;
use kontor_push::Push;
use kontor_receipts::Receipts;
use kontor_rooms::Rooms;
use kontor_store::MIGRATIONS;
use kontor_sync::{Sources, Sync};
use kontor_tenant::Tenant;
use kontor_vault::{TenantKeys, Vault};
use ruma::{OwnedServerName, ServerName};

/// Name of a tenant's database file in its folder.
const DATABASE_FILE: &str = "kontor.db";
/// Name of the folder of a tenant's media in its folder.
const MEDIA_FOLDER: &str = "media";

/// What it takes to build a tenant.
pub(crate) struct Opening {
    vault: Arc<Vault>,
    database: DatabaseUrl,
    /// As configured; each organisation decides for itself on top of it.
    start: Start,
    registration_shared_secret: Option<Secret<String>>,
    /// Addresses announced to clients.
    public_urls: BTreeMap<OwnedServerName, String>,
    /// Shared by all tenants, so that its bound on memory holds for the node.
    hasher: Hasher,
    mailer: Option<Mailer>,
    clock: Clock,
    random: Random,
}

/// A tenant that is open, and what must be closed with it.
pub(crate) struct Opened {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) db: Db,
    pub(crate) audit: Audit,
}

/// What the services of a tenant stand on.
struct Ground {
    db: Db,
    audit: Audit,
    media: Media,
    policy: InForce,
    policies: Policies,
}

impl Opening {
    pub(crate) fn new(vault: Vault, config: &Config, clock: Clock, random: Random) -> Self {
        let database = config.database.url.clone();
        // The first host of its own is where clients are sent; TLS ends here or at a proxy.
        let hosts = config.tenants.iter().filter_map(|tenant| {
            let host = tenant.hosts.first()?;
            Some((tenant.server_name.clone(), format!("https://{host}")))
        });
        let public_urls = lab_url(config).into_iter().chain(hosts);
        Self {
            vault: Arc::new(vault),
            database,
            start: Start {
                preset: Policy::preset(config.policy.preset),
                configured: Policy::configured(config),
            },
            registration_shared_secret: config.registration.shared_secret.clone(),
            public_urls: public_urls.collect(),
            hasher: Hasher::default(),
            mailer: None,
            clock,
            random,
        }
    }

    /// Sends mails, if they are configured.
    ///
    /// # Errors
    /// As [`Mailer::open`].
    pub(crate) fn with_mail(self, config: &Config) -> Result<Self> {
        let mailer = config.mail.as_ref().map(Mailer::open).transpose()?;
        Ok(Self { mailer, ..self })
    }

    pub(crate) fn mailer(&self) -> Option<&Mailer> {
        self.mailer.as_ref()
    }

    /// Whether all tenants live in one database.
    pub(crate) fn shares_database(&self) -> bool {
        matches!(self.database, DatabaseUrl::Postgres(_))
    }

    pub(crate) fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }

    /// Opens a tenant whose keys exist; creates its database and media folder if need be.
    pub(crate) async fn open(&self, server_name: &ServerName) -> Result<Opened> {
        let keys = self.vault.open_tenant(server_name)?;
        let folder = self.vault.tenant_dir(server_name)?;
        let media_folder = folder.join(MEDIA_FOLDER);
        let database_keys =
            DatabaseKeys { cipher_key: keys.cipher_key.clone(), seal_key: keys.seal_key.clone() };
        let cx = self.context(keys.tenant)?;
        let place = self.database_settings(&folder);
        let audit = Audit::open(&cx, &place, server_name, &keys.audit_key).await?;
        let db = Db::open(place, keys.tenant, database_keys, MIGRATIONS).await?;
        let blobs = BlobStore::open(&media_folder, &keys.media_key, self.random.clone())?;
        let policy = InForce::new(self.start.configured.clone());
        let store = (db.clone(), audit.clone());
        let (start, first) = (self.start.clone(), first_profile(&folder)?);
        let policies = Policies::open(&cx, store, policy.clone(), start, first);
        let policies = Box::pin(policies).await?;
        let limits = Limits::of(policy.clone());
        let media = Media::new(db.clone(), blobs, server_name.to_owned(), limits);
        let swept = media.sweep(&cx).await?;
        let ground = Ground { db: db.clone(), audit: audit.clone(), media, policy, policies };
        let tenant = self.assemble(&cx, (server_name, keys), ground).await?;
        tracing::info!(%server_name, swept, "organisation opened");
        Ok(Opened { tenant: Arc::new(tenant), db, audit })
    }

    /// Builds the services, each over those it needs.
    async fn assemble(
        &self,
        cx: &Cx,
        (server_name, keys): (&ServerName, TenantKeys),
        ground: Ground,
    ) -> Result<Tenant> {
        let feed = Feed::default();
        let Ground { db, audit, media, policy, policies } = ground;
        let signing = SigningKey::from_seed(&keys.signing.seed, keys.signing.version())?;
        let signer = (server_name.to_owned(), signing);
        let stores = (db.clone(), audit.clone(), feed.clone());
        let who = (server_name, keys.pepper.clone(), policy.clone());
        let identity = self.open_identity(cx, who, stores).await?;
        let approvals =
            Approvals::new(db.clone(), audit.clone(), identity.clone(), policies.clone());
        let oauth = OAuth::new(db.clone(), identity.clone(), policy.clone());
        let store = (db.clone(), audit.clone());
        let rooms = Rooms::open(cx, store, feed.clone(), policy.clone(), signer).await?;
        let below = (db.clone(), audit.clone());
        let people = (identity.clone(), rooms.clone());
        let deletion = Deletion::open(below, people, media.clone(), policy.clone())?;
        let e2ee =
            E2ee::open(cx, db.clone(), feed.clone(), rooms.clone(), server_name.to_owned()).await?;
        let account_data = AccountData::new(db.clone(), feed.clone(), rooms.clone());
        let own = OwnSettings::new(policies.clone());
        let receipts = Receipts::new(
            db.clone(),
            feed.clone(),
            own.clone(),
            rooms.clone(),
            account_data.clone(),
        );
        let push = Push::new(kontor_push::Sources {
            db: db.clone(),
            policy: policy.clone(),
            own: own.clone(),
            rooms: rooms.clone(),
            account_data: account_data.clone(),
            receipts: receipts.clone(),
        });
        let pulse = Pulse::starting_at(u64::try_from(self.clock.now().0).unwrap_or_default());
        let typing = Typing::new(feed.clone(), own.clone(), rooms.clone(), pulse.clone());
        let presence = Presence::new(feed.clone(), own.clone(), rooms.clone(), pulse.clone());
        let sync = Sync::new(Sources {
            feed,
            identity: identity.clone(),
            rooms: rooms.clone(),
            e2ee: e2ee.clone(),
            account_data: account_data.clone(),
            receipts: receipts.clone(),
            push: push.clone(),
            typing: typing.clone(),
            presence: presence.clone(),
            pulse,
        });
        Ok(Tenant {
            health: Health::new(db.clone(), policies.clone()),
            id: keys.tenant,
            server_name: server_name.to_owned(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            public_url: self.public_urls.get(server_name).cloned(),
            policy,
            policies,
            own,
            audit,
            approvals,
            pace: kontor_tenant::Pace::default(),
            oauth,
            identity,
            media,
            rooms,
            deletion,
            e2ee,
            account_data,
            receipts,
            push,
            typing,
            presence,
            sync,
        })
    }

    /// Accounts, with what they keep in memory.
    async fn open_identity(
        &self,
        cx: &Cx,
        (server_name, pepper, policy): (&ServerName, Secret<[u8; 32]>, InForce),
        (db, audit, feed): (Db, Audit, Feed),
    ) -> Result<Identity> {
        let settings = kontor_identity::Settings {
            server_name: server_name.to_owned(),
            public_url: self.public_urls.get(server_name).cloned(),
            audit,
            policy,
            pepper,
            hasher: self.hasher.clone(),
            registration_shared_secret: self.registration_shared_secret.clone(),
            mailer: self.mailer.clone(),
        };
        let identity = Identity::new(db, feed, settings);
        identity.adopt_administrators(cx).await?;
        identity.load_floors(cx).await?;
        Ok(identity)
    }

    /// Opens the audit log alone of a tenant whose keys exist, beside a running server or without.
    pub(crate) async fn open_audit(&self, cx: &Cx, server_name: &ServerName) -> Result<Audit> {
        let keys = self.vault.open_tenant(server_name)?;
        let place = self.database_settings(&self.vault.tenant_dir(server_name)?);
        Audit::open(cx, &place, server_name, &keys.audit_key).await
    }

    fn context(&self, tenant: TenantId) -> Result<Cx> {
        Cx::new(tenant, Actor::Job("open tenant"), self.clock.clone(), self.random.clone())
    }

    fn database_settings(&self, folder: &Path) -> Settings {
        match &self.database {
            DatabaseUrl::Sqlite => Settings::Sqlite { path: folder.join(DATABASE_FILE) },
            DatabaseUrl::Postgres(url) => Settings::Postgres { url: url.clone(), beside: None },
        }
    }
}

/// The profile that was named when the organisation was created.
fn first_profile(folder: &Path) -> Result<Option<Profile>> {
    match std::fs::read_to_string(folder.join(kontor_vault::PROFILE_FILE)) {
        Ok(word) => word.trim().parse().map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(kontor_core::Error::unavailable("The profile cannot be read.").because(error))
        }
    }
}

/// The public address in the lab, which listens on this machine only and without TLS.
fn lab_url(config: &Config) -> Option<(OwnedServerName, String)> {
    let (name, port) = (config.server.name.clone()?, config.listen.address.port());
    let is_here = config.policy.preset == Preset::Lab && name == "localhost" && port != 0;
    is_here.then(|| (name, format!("http://localhost:{port}")))
}
