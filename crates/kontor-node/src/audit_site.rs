//! One tenant's audit log, opened for a command.

use kontor_audit::Audit;
use kontor_config::Config;
use kontor_core::{Actor, Clock, Cx, Random, Result};
use kontor_vault::Vault;
use ruma::ServerName;

use crate::opening::Opening;

/// One tenant's audit log, opened by the operator for a command. A server may run meanwhile.
#[derive(Debug)]
pub struct AuditSite {
    /// The log.
    pub audit: Audit,
    /// The operator's context.
    pub cx: Cx,
}

impl AuditSite {
    /// Opens the log of `server_name`, whose keys exist; creates it if there is none yet.
    ///
    /// # Errors
    /// With a text for the operator: there is no such tenant, or its log does not open.
    pub async fn open(config: &Config, server_name: &ServerName) -> Result<Self> {
        let (clock, random) = (Clock::System, Random::System);
        let vault = Vault::open(&config.server.data, random.clone())?;
        let tenant = vault.open_tenant(server_name)?.tenant;
        let cx = Cx::new(tenant, Actor::Operator, clock.clone(), random.clone())?;
        let audit = Opening::new(vault, config, clock, random).open_audit(&cx, server_name).await?;
        Ok(Self { audit, cx })
    }

    /// Signs and closes.
    pub async fn close(self) {
        self.audit.close(&self.cx).await;
    }
}
