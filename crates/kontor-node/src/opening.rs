//! Builds one tenant: keys, database, media, services.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kontor_account_data::AccountData;
use kontor_approval::Approvals;
use kontor_audit::Audit;
use kontor_backup::Marker;
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
use kontor_tenant::{Relay, Tenant};
use kontor_vault::{TenantKeys, Vault};
use kontor_webpush::{Introduction, WebPush};
use ruma::{OwnedServerName, ServerName};

/// Name of a tenant's database file in its folder.
const DATABASE_FILE: &str = "kontor.db";
/// Name of the folder of a tenant's media in its folder.
pub(crate) const MEDIA_FOLDER: &str = "media";
/// What it takes to build a tenant.
pub(crate) struct Opening {
    vault: Arc<Vault>,
    database: DatabaseUrl,
    /// As configured; each organisation decides for itself on top of it.
    start: Start,
    registration_shared_secret: Option<Secret<String>>,
    /// Where backups are written, if anywhere.
    pub(crate) backup: Option<kontor_config::Backup>,
    /// The configuration file as it is; goes into backups.
    pub(crate) configuration: Option<String>,
    /// The data folder.
    pub(crate) data: PathBuf,
    /// Addresses announced to clients.
    public_urls: BTreeMap<OwnedServerName, String>,
    /// Whether others than this machine reach it: then an organisation without a host of its own is
    /// found under its server name.
    is_reached: bool,
    /// Shared by all tenants, so that its bound on memory holds for the node.
    hasher: Hasher,
    mailer: Option<Mailer>,
    web_push: Option<WebPush>,
    relay: Option<Relay>,
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
            backup: config.backup.clone(),
            configuration: config.file.as_ref().and_then(|path| fs::read_to_string(path).ok()),
            data: config.server.data.clone(),
            public_urls: public_urls.collect(),
            is_reached: config.speaks_tls() || !config.proxies.trusted.is_empty(),
            hasher: Hasher::default(),
            mailer: None,
            web_push: None,
            relay: config.turn.clone().map(Relay::new),
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

    /// Wakes sleeping devices, if push services are configured.
    ///
    /// # Errors
    /// As [`WebPush::open`].
    pub(crate) fn with_push(self, config: &Config) -> Result<Self> {
        let web_push = config.push.as_ref().map(WebPush::open).transpose()?;
        Ok(Self { web_push, ..self })
    }

    pub(crate) fn web_push(&self) -> Option<&WebPush> {
        self.web_push.as_ref()
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
    ///
    /// # Errors
    /// `Unavailable` if it is being restored.
    pub(crate) async fn open(&self, server_name: &ServerName) -> Result<Opened> {
        if let Some(marker) = Marker::find(&self.vault.tenant_dir(server_name)?)? {
            return Err(marker.refusal(server_name.as_str(), &self.data));
        }
        self.open_in_quarantine(server_name).await
    }

    /// As [`Self::open`], while it is being restored.
    pub(crate) async fn open_in_quarantine(&self, server_name: &ServerName) -> Result<Opened> {
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
        let tenant = Box::pin(self.assemble(&cx, (server_name, keys), ground)).await?;
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
        let signer = (server_name.to_owned(), signing_key(&keys)?);
        let whose = (server_name, &keys);
        let identity = self.open_identity(cx, whose, &ground, feed.clone()).await?;
        let Ground { db, audit, media, policy, policies } = ground;
        let (ledger, backups) = self.ledger_and_backups(whose, (&db, &audit))?;
        let below = (db.clone(), audit.clone(), ledger.clone());
        let approvals = Approvals::new(below.clone(), identity.clone(), policies.clone());
        let rooms = Rooms::open(cx, below.clone(), feed.clone(), policy.clone(), signer).await?;
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
            feed: feed.clone(),
            web_push: self.web_push_of(server_name, &keys.push_key)?,
        });
        push.begin_watching(cx).await?;
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
            public_url: self.public_url(server_name),
            oauth: OAuth::new(db, identity.clone(), policy.clone()),
            policy,
            policies,
            own,
            audit,
            approvals,
            pace: kontor_tenant::Pace::default(),
            carrying: kontor_tenant::Carrying::default(),
            identity,
            media,
            rooms,
            ledger,
            backups,
            deletion,
            e2ee,
            account_data,
            receipts,
            push,
            typing,
            presence,
            sync,
            relay: self.relay.clone(),
        })
    }

    /// Where clients are sent. Without it there is no OAuth 2.0 API, and nobody with a second factor
    /// comes into the web client.
    fn public_url(&self, server_name: &ServerName) -> Option<String> {
        let known = self.public_urls.get(server_name).cloned();
        known.or_else(|| self.is_reached.then(|| format!("https://{server_name}")))
    }

    /// The way to the push services, and how an organisation introduces itself there.
    fn web_push_of(
        &self,
        server_name: &ServerName,
        key: &Secret<[u8; 32]>,
    ) -> Result<Option<(WebPush, Introduction)>> {
        let Some(web_push) = &self.web_push else { return Ok(None) };
        let address =
            self.public_url(server_name).unwrap_or_else(|| format!("https://{server_name}"));
        let introduction = Introduction::new(key, &web_push.contact(&address))?;
        Ok(Some((web_push.clone(), introduction)))
    }

    /// Accounts, with what they keep in memory.
    async fn open_identity(
        &self,
        cx: &Cx,
        (server_name, keys): (&ServerName, &TenantKeys),
        ground: &Ground,
        feed: Feed,
    ) -> Result<Identity> {
        let settings = kontor_identity::Settings {
            server_name: server_name.to_owned(),
            public_url: self.public_url(server_name),
            audit: ground.audit.clone(),
            policy: ground.policy.clone(),
            pepper: keys.pepper.clone(),
            hasher: self.hasher.clone(),
            registration_shared_secret: self.registration_shared_secret.clone(),
            mailer: self.mailer.clone(),
        };
        let identity = Identity::new(ground.db.clone(), feed, settings);
        identity.adopt_administrators(cx).await?;
        identity.load_floors(cx).await?;
        identity.load_people(cx).await?;
        Ok(identity)
    }

    /// Opens the audit log alone of a tenant whose keys exist, beside a running server or without.
    pub(crate) async fn open_audit(&self, cx: &Cx, server_name: &ServerName) -> Result<Audit> {
        let keys = self.vault.open_tenant(server_name)?;
        let place = self.database_settings(&self.vault.tenant_dir(server_name)?);
        Audit::open(cx, &place, server_name, &keys.audit_key).await
    }

    pub(crate) fn context(&self, tenant: TenantId) -> Result<Cx> {
        Cx::new(tenant, Actor::Job("open tenant"), self.clock.clone(), self.random.clone())
    }

    pub(crate) fn database_settings(&self, folder: &Path) -> Settings {
        match &self.database {
            DatabaseUrl::Sqlite => Settings::Sqlite { path: folder.join(DATABASE_FILE) },
            DatabaseUrl::Postgres(url) => Settings::Postgres { url: url.clone(), beside: None },
        }
    }
}

fn signing_key(keys: &TenantKeys) -> Result<SigningKey> {
    SigningKey::from_seed(&keys.signing.seed, keys.signing.version())
}

/// The profile that was named when the organisation was created.
fn first_profile(folder: &Path) -> Result<Option<Profile>> {
    crate::backing_up::profile(folder)?.map(|word| word.trim().parse()).transpose()
}

/// The public address in the lab, which listens on this machine only and without TLS.
fn lab_url(config: &Config) -> Option<(OwnedServerName, String)> {
    let (name, port) = (config.server.name.clone()?, config.listen.address.port());
    let is_here = config.policy.preset == Preset::Lab && name == "localhost" && port != 0;
    is_here.then(|| (name, format!("http://localhost:{port}")))
}
