//! One organisation with a database and a folder, gone when dropped.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kontor_blob::BlobStore;
use kontor_core::{Actor, Clock, Cx, Random, Result, Secret, Session, TenantId, Timestamp};
use kontor_db::{DatabaseKeys, Db, Settings};
use kontor_media::{Content, Description, Limits, Media};
use kontor_policy::{InForce, Policy};
use ruma::{OwnedMxcUri, UserId, server_name, user_id};
use tempfile::TempDir;

pub(crate) const SERVER: &str = "firma.example";

/// A service and what it stands on.
pub(crate) struct Place {
    pub(crate) media: Media,
    pub(crate) folder: TempDir,
    clock: Clock,
    random: Random,
}

impl Place {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let folder = TempDir::new().unwrap();
        let random = Random::seeded(7);
        let mut limits = Limits::of(InForce::new(Policy::lab()));
        change(&mut limits);
        let media = open(folder.path(), &random, limits).await;
        Self { media, folder, clock: Clock::manual(Timestamp(1_800_000_000_000)), random }
    }

    pub(crate) fn alice(&self) -> Cx {
        self.cx(user_id!("@alice:firma.example"))
    }

    pub(crate) fn bob(&self) -> Cx {
        self.cx(user_id!("@bob:firma.example"))
    }

    fn cx(&self, user: &UserId) -> Cx {
        let session = Session::new(user.to_owned(), "PHONE".into(), kontor_core::Roles::USER);
        let actor = Actor::User(Arc::new(session));
        Cx::new(TenantId(1), actor, self.clock.clone(), self.random.clone()).unwrap()
    }

    pub(crate) fn pass(&self, span: Duration) {
        self.clock.set(self.clock.now().plus(span));
    }

    /// Uploads as alice; answers the media id.
    pub(crate) async fn upload(&self, content: &[u8], content_type: &str) -> String {
        let description = Description {
            content_type: Some(content_type.to_owned()),
            file_name: Some("Plan.png".to_owned()),
            size_bytes: Some(content.len() as u64),
        };
        let mut incoming = self.media.begin_upload(&self.alice(), description).await.unwrap();
        incoming.push(content).await.unwrap();
        id_of(&incoming.finish().await.unwrap())
    }

    pub(crate) async fn open(&self, media_id: &str) -> Result<Content> {
        self.media.open(&self.bob(), SERVER, media_id, Duration::ZERO).await
    }

    /// Files in the folder of blobs, the folder of uploads under way included.
    pub(crate) fn blob_files(&self) -> usize {
        count(&self.folder.path().join("media"))
    }
}

async fn open(folder: &Path, random: &Random, limits: Limits) -> Media {
    let keys = DatabaseKeys { cipher_key: Secret::new([1; 32]), seal_key: Secret::new([2; 32]) };
    let settings = Settings::Sqlite { path: folder.join("kontor.db") };
    let db = Db::open(settings, TenantId(1), keys, kontor_store::MIGRATIONS).await.unwrap();
    let key = Secret::new([3; 32]);
    let blobs = BlobStore::open(&folder.join("media"), &key, random.clone()).unwrap();
    Media::new(db, blobs, server_name!("firma.example").to_owned(), limits)
}

fn count(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}

pub(crate) fn id_of(uri: &OwnedMxcUri) -> String {
    let (server, id) = uri.parts().unwrap();
    assert_eq!(server, SERVER);
    id.to_owned()
}

/// Every byte of `content` between `start` and `end`.
pub(crate) async fn bytes_of(content: &Content, start: u64, end: u64) -> Vec<u8> {
    let mut chunks = content.chunks(start, end).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = chunks.next().await.unwrap() {
        bytes.extend_from_slice(&piece);
    }
    bytes
}
