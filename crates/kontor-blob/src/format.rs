//! Layout of a blob on disk.
//!
//! ```text
//! "KBL1" | 8 random bytes | chunk 0 | tag | chunk 1 | tag | … | last chunk | tag
//! ```
//!
//! Each chunk is 64 KiB of AES-256-GCM (the last one shorter, for an empty blob zero bytes) with a
//! 16-byte tag. The key is derived from the media key and the blob's name, so a file moved under
//! another name does not open. The nonce is the file's random bytes and the chunk's number, so
//! chunks cannot change places. The last chunk is marked in the authenticated context, so a file
//! cut at a chunk's border does not open either.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use kontor_core::{Error, Random, Result, Secret};

use crate::BlobId;

/// Plain bytes per chunk.
pub(crate) const CHUNK_BYTES: u64 = 64 * 1024;
/// Bytes per chunk on disk.
const SEALED_CHUNK_BYTES: u64 = CHUNK_BYTES + TAG_BYTES;
const TAG_BYTES: u64 = 16;
const MAGIC: [u8; 4] = *b"KBL1";
/// Bytes before the first chunk.
pub(crate) const HEADER_BYTES: usize = 12;

/// Derives the key of each blob.
pub(crate) struct BlobKeys(Prk);

impl BlobKeys {
    /// Keys derived from `media_key`.
    pub(crate) fn new(media_key: &Secret<[u8; 32]>) -> Self {
        Self(Salt::new(HKDF_SHA256, b"kontor blob v1").extract(media_key.expose()))
    }

    fn key_of(&self, id: &BlobId) -> Result<LessSafeKey> {
        let failed = |_| Error::internal("deriving a blob's key failed");
        let info = [id.as_str().as_bytes()];
        let key = self.0.expand(&info, &AES_256_GCM).map_err(failed)?;
        Ok(LessSafeKey::new(UnboundKey::from(key)))
    }
}

/// Seals and opens the chunks of one blob.
pub(crate) struct ChunkCipher {
    key: LessSafeKey,
    prefix: [u8; 8],
}

impl ChunkCipher {
    /// For a new blob.
    pub(crate) fn create(keys: &BlobKeys, id: &BlobId, random: &Random) -> Result<Self> {
        Ok(Self { key: keys.key_of(id)?, prefix: random.bytes()? })
    }

    /// For a blob on disk that starts with `header`.
    ///
    /// # Errors
    /// `Internal` if the file is no blob.
    pub(crate) fn open(keys: &BlobKeys, id: &BlobId, header: [u8; HEADER_BYTES]) -> Result<Self> {
        let (magic, prefix) = header.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(damaged(id, "unknown format"));
        }
        let prefix = prefix.try_into().map_err(Error::internal)?;
        Ok(Self { key: keys.key_of(id)?, prefix })
    }

    /// The bytes before the first chunk.
    pub(crate) fn header(&self) -> [u8; HEADER_BYTES] {
        let mut header = [0; HEADER_BYTES];
        let (magic, prefix) = header.split_at_mut(MAGIC.len());
        magic.copy_from_slice(&MAGIC);
        prefix.copy_from_slice(&self.prefix);
        header
    }

    /// Appends `plain`, sealed as chunk `number`, to `target`.
    pub(crate) fn seal(
        &self,
        number: u64,
        last: bool,
        plain: &[u8],
        target: &mut Vec<u8>,
    ) -> Result<()> {
        let start = target.len();
        target.extend_from_slice(plain);
        let (_, chunk) = target.split_at_mut(start);
        let tag = self
            .key
            .seal_in_place_separate_tag(self.nonce(number)?, context(last), chunk)
            .map_err(|_| Error::internal("sealing a chunk failed"))?;
        target.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Opens chunk `number` in place; the plain bytes are at the front of `sealed`.
    pub(crate) fn open_chunk<'a>(
        &self,
        id: &BlobId,
        number: u64,
        last: bool,
        sealed: &'a mut [u8],
    ) -> Result<&'a [u8]> {
        self.key
            .open_in_place(self.nonce(number)?, context(last), sealed)
            .map(|plain| &*plain)
            .map_err(|_| damaged(id, "a chunk was changed, moved or cut"))
    }

    fn nonce(&self, number: u64) -> Result<Nonce> {
        let number = u32::try_from(number).map_err(|_| Error::internal("blob of 2^48 bytes"))?;
        let mut nonce = [0; 12];
        let (prefix, counter) = nonce.split_at_mut(self.prefix.len());
        prefix.copy_from_slice(&self.prefix);
        counter.copy_from_slice(&number.to_be_bytes());
        Ok(Nonce::assume_unique_for_key(nonce))
    }
}

/// Size of a blob and where its chunks lie, known from the length of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Plain bytes.
    pub(crate) size_bytes: u64,
    /// Number of the last chunk.
    pub(crate) last_chunk: u64,
}

impl Extent {
    /// The extent of a file of `length` bytes.
    pub(crate) fn of_file(id: &BlobId, length: u64) -> Result<Self> {
        let body = length.checked_sub(HEADER_BYTES as u64).filter(|body| *body >= TAG_BYTES);
        let body = body.ok_or_else(|| damaged(id, "file too short"))?;
        let last_chunk = (body - 1) / SEALED_CHUNK_BYTES;
        let rest = body - last_chunk * SEALED_CHUNK_BYTES;
        let rest = rest.checked_sub(TAG_BYTES).ok_or_else(|| damaged(id, "last chunk cut"))?;
        Ok(Self { size_bytes: last_chunk * CHUNK_BYTES + rest, last_chunk })
    }

    /// Where chunks `first..=last` lie in the file.
    pub(crate) fn place(self, first: u64, last: u64) -> (u64, u64) {
        let start = HEADER_BYTES as u64 + first * SEALED_CHUNK_BYTES;
        let full = (last - first) * SEALED_CHUNK_BYTES;
        (start, full + self.chunk_bytes(last) + TAG_BYTES)
    }

    /// Plain bytes of chunk `number`.
    fn chunk_bytes(self, number: u64) -> u64 {
        if number < self.last_chunk {
            return CHUNK_BYTES;
        }
        self.size_bytes - self.last_chunk * CHUNK_BYTES
    }

    /// Bytes per chunk on disk, to cut a run of chunks into single ones.
    pub(crate) fn stride() -> usize {
        usize::try_from(SEALED_CHUNK_BYTES).unwrap_or(usize::MAX)
    }
}

/// A blob that does not open. Its name is random, so the log may have it.
pub(crate) fn damaged(id: &BlobId, why: &str) -> Error {
    Error::internal(format!("blob {id} is damaged: {why}"))
}

fn context(last: bool) -> Aad<[u8; 1]> {
    Aad::from([u8::from(last)])
}
