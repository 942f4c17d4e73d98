//! The service and what its parts share.

use std::sync::Arc;

use kontor_blob::BlobStore;
use kontor_db::Db;
use parking_lot::Mutex;
use ruma::{OwnedServerName, ServerName};
use tokio::sync::{Semaphore, watch};

use crate::Limits;
use crate::thumbnail::MEMORY_MEBIBYTES;

/// Uploaded files of one organisation. Cheap to clone.
#[derive(Clone)]
pub struct Media {
    pub(crate) db: Db,
    pub(crate) blobs: BlobStore,
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) server_name: OwnedServerName,
    pub(crate) limits: Limits,
    /// Counts reserved addresses that received their content; downloads that wait look again.
    pub(crate) arrivals: watch::Sender<u64>,
    /// Memory that decoded images may take together, in MiB.
    pub(crate) thumbnail_memory: Arc<Semaphore>,
    /// Blobs that nothing refers to and that could not be removed.
    pub(crate) leftover: Mutex<Vec<String>>,
}

impl Media {
    /// The files of the organisation called `server_name`.
    #[must_use]
    pub fn new(db: Db, blobs: BlobStore, server_name: OwnedServerName, limits: Limits) -> Self {
        let shared = Shared {
            server_name,
            limits,
            arrivals: watch::Sender::new(0),
            thumbnail_memory: Arc::new(Semaphore::new(MEMORY_MEBIBYTES)),
            leftover: Mutex::default(),
        };
        Self { db, blobs, shared: Arc::new(shared) }
    }

    /// Largest file that may be uploaded, in bytes.
    #[must_use]
    pub fn upload_limit_bytes(&self) -> u64 {
        self.shared.limits.policy.now().max_upload_bytes
    }

    pub(crate) fn server_name(&self) -> &ServerName {
        &self.shared.server_name
    }
}
