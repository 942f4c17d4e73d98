//! A tenant's database beside whoever writes it: for reading alone.

use std::sync::Arc;

use kontor_core::{Cx, Error, Result, TenantId};

use crate::seal::Sealer;
use crate::tx::Conn;
use crate::{DatabaseKeys, Settings, Tx, postgres, sqlite};

/// A tenant's database, opened for reading beside whoever writes to it. Nothing is created, migrated
/// or taken over.
#[derive(Clone)]
pub struct Reading {
    inner: Arc<Inner>,
}

struct Inner {
    tenant: TenantId,
    readers: Readers,
    sealer: Sealer,
}

enum Readers {
    Sqlite(sqlite::Readers),
    Postgres(postgres::Readers),
}

impl Reading {
    /// Where to read. Connects when first asked.
    ///
    /// # Errors
    /// `Internal` for keys that are none.
    pub fn new(settings: Settings, tenant: TenantId, keys: DatabaseKeys) -> Result<Self> {
        let (readers, sealer) = match settings {
            Settings::Sqlite { path } => {
                let place = sqlite::Place { path, key: keys.cipher_key };
                (Readers::Sqlite(sqlite::Readers::new(place)), Sealer::Plain)
            }
            Settings::Postgres { url, beside } => {
                let place = postgres::Place { url, tenant, beside };
                let sealer = Sealer::aead(&keys.seal_key, tenant)?;
                (Readers::Postgres(postgres::Readers::new(place)), sealer)
            }
        };
        Ok(Self { inner: Arc::new(Inner { tenant, readers, sealer }) })
    }

    /// Runs `f` over one consistent snapshot, however long it takes; nobody who writes waits for it.
    ///
    /// # Errors
    /// What `f` answers; `Unavailable` if the database does not open.
    pub async fn read<T, F>(&self, cx: &Cx, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        if cx.tenant != self.inner.tenant {
            return Err(Error::internal("a request reached the database of another tenant"));
        }
        let inner = Arc::clone(&self.inner);
        #[expect(clippy::disallowed_methods, reason = "reads block; this crate may")]
        let task = tokio::task::spawn_blocking(move || inner.read(f));
        task.await.map_err(Error::internal)?
    }
}

impl Inner {
    fn read<T>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let (tenant, sealer) = (self.tenant, &self.sealer);
        match &self.readers {
            Readers::Sqlite(readers) => {
                readers.snapshot(|conn| f(&mut Tx::new(Conn::Sqlite(conn), tenant, sealer, 0)))
            }
            Readers::Postgres(readers) => readers
                .snapshot(|session| f(&mut Tx::new(Conn::Postgres(session), tenant, sealer, 0))),
        }
    }
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("tenant", &self.inner.tenant).finish_non_exhaustive()
    }
}
