//! The tenants of this node, opened when first asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kontor_audit::{Action, Audit, Event};
use kontor_config::{Config, Preset};
use kontor_core::{Actor, Clock, Cx, Error, Random, Result, Timestamp};
use kontor_db::Db;
use kontor_tenant::Tenant;
use kontor_vault::Vault;
use parking_lot::RwLock;
use ruma::{OwnedServerName, ServerName};
use tokio::sync::OnceCell;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::hosts::Hosts;
use crate::opening::{Opened, Opening};

/// Shortest time between two looks for tenants that were created meanwhile.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// Longest time between two looks for mails that are due.
const LOOK_FOR_MAILS: Duration = Duration::from_secs(30);
/// Time between two looks for erasures that the files beside the backups do not know yet.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// The tenants of this node. Each is opened when first asked for, once.
pub struct Tenants {
    opening: Opening,
    clock: Clock,
    random: Random,
    lab: bool,
    /// Host names from the configuration, beside the server names.
    named: Vec<kontor_config::Tenant>,
    table: RwLock<Table>,
    looked: AtomicI64,
}

#[derive(Default)]
struct Table {
    hosts: Hosts<Slot>,
    slots: BTreeMap<OwnedServerName, Arc<Slot>>,
}

/// One tenant, open or not yet.
struct Slot {
    server_name: OwnedServerName,
    opened: OnceCell<Opened>,
}

/// A tenant that is open.
pub(crate) struct OpenTenant {
    pub(crate) server_name: OwnedServerName,
    pub(crate) db: Db,
    audit: Audit,
    tenant: Arc<Tenant>,
}

impl OpenTenant {
    /// Whether its database and its audit log take writes.
    pub(crate) async fn ping(&self) -> Result<()> {
        self.db.ping().await?;
        self.audit.ping().await
    }

    /// Bytes its database takes.
    pub(crate) async fn size_bytes(&self) -> Result<u64> {
        let (clock, random) = (self.tenant.clock.clone(), self.tenant.random.clone());
        let cx = Cx::new(self.tenant.id, Actor::Job("measure database"), clock, random)?;
        self.db.size_bytes(&cx).await
    }
}

impl Tenants {
    /// The tenants in the data folder. Creates the folder. Blocks for some file operations.
    pub fn new(config: &Config, clock: Clock, random: Random) -> Result<Self> {
        let vault = Vault::open(&config.server.data, random.clone())?;
        let tenants = Self {
            opening: Opening::new(vault, config, clock.clone(), random.clone())
                .with_mail(config)?
                .with_push(config)?,
            clock,
            random,
            lab: config.policy.preset == Preset::Lab,
            named: config.tenants.clone(),
            table: RwLock::default(),
            looked: AtomicI64::new(0),
        };
        tenants.look()?;
        Ok(tenants)
    }

    /// Creates those tenants that `config` names and that do not exist yet.
    pub async fn create_missing(&self, config: &Config) -> Result<()> {
        let known = self.names();
        let mut created = Vec::new();
        let configured = config.tenants.iter().map(|tenant| &tenant.server_name);
        for name in configured.chain(&config.server.name) {
            // Somebody may name one in both places: as the first one, and with its host names.
            if !known.contains(name) && !created.contains(&name) {
                self.opening.vault().create_tenant(name)?;
                created.push(name);
            }
        }
        self.look()?;
        for name in created {
            let slot = self.slot(name)?;
            let opened = self.opened(&slot).await?;
            let event = Event::new(Action::TenantCreated);
            opened.audit.record(&self.context(opened, "configuration")?, event).await?;
            tracing::info!(server_name = %name, "organisation created");
        }
        Ok(())
    }

    /// Every host name that leads to a tenant, tenants created meanwhile included.
    pub(crate) fn hosts(&self) -> Vec<String> {
        if let Err(error) = self.look() {
            tracing::warn!(%error, "cannot look for new organisations");
        }
        let named = self.named.iter().flat_map(|tenant| &tenant.hosts).cloned();
        self.names().iter().map(ToString::to_string).chain(named).collect()
    }

    /// Keys.
    pub(crate) fn vault(&self) -> &Arc<Vault> {
        self.opening.vault()
    }

    /// Source of time.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Server names of all tenants, in order.
    pub fn names(&self) -> Vec<OwnedServerName> {
        self.table.read().slots.keys().cloned().collect()
    }

    /// Opens a tenant, or answers the open one.
    ///
    /// # Errors
    /// `NotFound` if there is no such tenant; what keeps it from opening otherwise, with a text
    /// for the operator.
    pub async fn open(&self, server_name: &ServerName) -> Result<Arc<Tenant>> {
        let slot = self.slot(server_name)?;
        Ok(Arc::clone(&self.opened(&slot).await?.tenant))
    }

    fn slot(&self, server_name: &ServerName) -> Result<Arc<Slot>> {
        let slot = self.table.read().slots.get(server_name).cloned();
        slot.ok_or_else(|| {
            Error::not_found(format!(
                "There is no organisation {server_name}. Create it with: kontor tenant create \
                 {server_name}"
            ))
        })
    }

    /// Those that are open, in order.
    pub(crate) fn open_now(&self) -> Vec<OpenTenant> {
        let slots: Vec<Arc<Slot>> = self.table.read().slots.values().cloned().collect();
        let open = slots.iter().filter_map(|slot| {
            let opened = slot.opened.get()?;
            Some(OpenTenant {
                server_name: slot.server_name.clone(),
                db: opened.db.clone(),
                audit: opened.audit.clone(),
                tenant: Arc::clone(&opened.tenant),
            })
        });
        open.collect()
    }

    /// Whether all tenants live in one database.
    pub(crate) fn share_database(&self) -> bool {
        self.opening.shares_database()
    }

    /// The tenant served under the host name `host`; `None` if there is none.
    ///
    /// # Errors
    /// `Unavailable` if the tenant does not open; the reason is in the log only.
    pub(crate) async fn find(&self, host: &str) -> Result<Option<Arc<Tenant>>> {
        let slot = self.table.read().hosts.find(host).cloned();
        let slot = match slot {
            Some(slot) => slot,
            None if self.may_look() => {
                self.look()?;
                match self.table.read().hosts.find(host).cloned() {
                    Some(slot) => slot,
                    None => return Ok(None),
                }
            }
            None => return Ok(None),
        };
        if let Some(opened) = slot.opened.get() {
            return Ok(Some(Arc::clone(&opened.tenant)));
        }
        let opened = self.opened(&slot).await;
        opened.map(|opened| Some(Arc::clone(&opened.tenant))).map_err(|cause| {
            Error::unavailable("This organisation cannot be opened; the operator's log says why.")
                .because(cause)
        })
    }

    /// Does what is due in open tenants: signs the audit log and lets its entries expire, ends
    /// supervisions and the stay of guests whose time is over. Called every few minutes; a tenant
    /// that fails does not keep the others from it.
    pub async fn look_after(&self) {
        for slot in self.slots() {
            let Some(opened) = slot.opened.get() else { continue };
            let done = match self.context(opened, "audit") {
                Ok(cx) => opened.audit.look_after(&cx).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::error!(%error, server_name = %slot.server_name, "audit log");
            }
            let done = match self.context(opened, "supervision") {
                Ok(cx) => opened.tenant.rooms.end_due_supervisions(&cx).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::error!(%error, server_name = %slot.server_name, "end of supervisions");
            }
            let done = match self.context(opened, "guests") {
                Ok(cx) => opened.tenant.look_after_guests(&cx).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::error!(%error, server_name = %slot.server_name, "end of guests' time");
            }
        }
    }

    /// Erases people in open tenants, and deletes what is due, with pauses. Called every few minutes; a tenant that
    /// fails does not keep the others from it.
    pub async fn delete_due(&self) {
        for slot in self.slots() {
            let Some(opened) = slot.opened.get() else { continue };
            let done = match self.context(opened, "deletion") {
                Ok(cx) => delete_due_in(opened, &cx).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::error!(%error, server_name = %slot.server_name, "deletion");
            }
        }
    }

    /// Writes the backups that are due, one organisation after the other. Called every few minutes; one
    /// that fails does not keep the others from it.
    pub async fn back_up_due(&self) {
        for slot in self.slots() {
            let Some(opened) = slot.opened.get() else { continue };
            let done = match self.context(opened, "backup") {
                Ok(cx) => Box::pin(opened.tenant.backups.look_after(&cx)).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::error!(%error, server_name = %slot.server_name, "backup");
            }
        }
    }

    /// Tells the files beside the backups what open tenants have erased, within seconds, for ever.
    pub(crate) async fn tell_erasures(&self) {
        let mut due = interval(TELL_EVERY);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            due.tick().await;
            for slot in self.slots() {
                let Some(opened) = slot.opened.get() else { continue };
                let done = match self.context(opened, "erasure ledger") {
                    Ok(cx) => opened.tenant.ledger.told(&cx).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = done {
                    tracing::error!(%error, server_name = %slot.server_name, "erasure ledger");
                }
            }
        }
    }

    /// Removes what every device has in ephemeral rooms of open tenants. Called several times a minute.
    pub async fn delete_delivered(&self) {
        for slot in self.slots() {
            let Some(opened) = slot.opened.get() else { continue };
            let done = match self.context(opened, "deletion") {
                Ok(cx) => opened.tenant.deletion.look_after_ephemeral(&cx).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::error!(%error, server_name = %slot.server_name, "ephemeral rooms");
            }
        }
    }

    /// Sends what waits to be sent, as soon as it does, for ever.
    pub(crate) async fn send_mails(&self) {
        let Some(mailer) = self.opening.mailer() else { return };
        loop {
            for slot in self.slots() {
                let Some(opened) = slot.opened.get() else { continue };
                let done = match self.context(opened, "mail") {
                    Ok(cx) => opened.tenant.identity.send_waiting_mails(&cx).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = done {
                    tracing::error!(%error, server_name = %slot.server_name, "mails");
                }
            }
            // Either is a reason to look; what is due later says nothing when it becomes due.
            drop(timeout(LOOK_FOR_MAILS, mailer.woken()).await);
        }
    }

    /// Wakes sleeping devices as soon as there is something for them, for ever. A push service that
    /// takes its time keeps nobody else from it.
    pub(crate) async fn wake_sleepers(&self) {
        let Some(web_push) = self.opening.web_push() else { return };
        let bell = web_push.bell();
        let mut wakings = JoinSet::new();
        loop {
            bell.notified().await;
            while wakings.try_join_next().is_some() {}
            for slot in self.slots() {
                let Some(opened) = slot.opened.get() else { continue };
                if let Err(error) = self.wake_sleepers_of(opened, &mut wakings).await {
                    tracing::error!(%error, server_name = %slot.server_name, "push");
                }
            }
        }
    }

    async fn wake_sleepers_of(&self, opened: &Opened, wakings: &mut JoinSet<()>) -> Result<()> {
        let cx = self.context(opened, "push")?;
        for waking in opened.tenant.push.due_wakings(&cx).await? {
            let (push, cx) = (opened.tenant.push.clone(), cx.clone());
            wakings.spawn(async move { push.wake(&cx, waking).await });
        }
        Ok(())
    }

    /// Writes everything down and closes every open tenant.
    pub async fn close(&self) {
        for slot in self.slots() {
            let Some(opened) = slot.opened.get() else { continue };
            let cx = self.context(opened, "close");
            if let Ok(cx) = &cx
                && let Err(error) = opened.tenant.deletion.note_time(cx).await
            {
                tracing::error!(%error, "the time of the last messages is not noted");
            }
            opened.db.close().await;
            match cx {
                Ok(cx) => opened.audit.close(&cx).await,
                Err(error) => tracing::error!(%error, "the audit log is not closed"),
            }
        }
    }

    fn slots(&self) -> Vec<Arc<Slot>> {
        self.table.read().slots.values().cloned().collect()
    }

    fn context(&self, opened: &Opened, job: &'static str) -> Result<Cx> {
        Cx::new(opened.tenant.id, Actor::Job(job), self.clock.clone(), self.random.clone())
    }

    async fn opened<'s>(&self, slot: &'s Slot) -> Result<&'s Opened> {
        slot.opened.get_or_try_init(|| Box::pin(self.opening.open(&slot.server_name))).await
    }

    fn may_look(&self) -> bool {
        let now = self.clock.now();
        let looked = Timestamp(self.looked.load(Ordering::Relaxed));
        // A clock that was set back must not keep new tenants away.
        let due = now < looked || now.since(looked) >= LOOK_AGAIN;
        if due {
            self.looked.store(now.0, Ordering::Relaxed);
        }
        due
    }

    /// Looks which tenants there are; open ones stay open.
    fn look(&self) -> Result<()> {
        let names = self.opening.vault().tenants()?;
        let mut table = self.table.write();
        for name in names {
            table
                .slots
                .entry(name.clone())
                .or_insert_with(|| Arc::new(Slot { server_name: name, opened: OnceCell::new() }));
        }
        let mut hosts = Hosts::default();
        for (name, slot) in &table.slots {
            hosts.add(name.as_str(), slot);
        }
        for tenant in &self.named {
            if let Some(slot) = table.slots.get(&tenant.server_name) {
                tenant.hosts.iter().for_each(|host| hosts.add(host, slot));
            }
        }
        if let (true, 1, Some(only)) =
            (self.lab, table.slots.len(), table.slots.values().next().cloned())
        {
            hosts.add_loopback(only);
        }
        table.hosts = hosts;
        Ok(())
    }
}

impl fmt::Debug for Tenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenants").field("names", &self.names()).finish_non_exhaustive()
    }
}

/// A person who cannot be erased does not keep rules from being carried out.
async fn delete_due_in(opened: &Opened, cx: &Cx) -> Result<()> {
    let erased = opened.tenant.erase_waiting(cx).await;
    opened.tenant.deletion.look_after(cx).await?;
    erased.map(drop)
}
