//! Reading a range of one blob.

use std::fmt;
use std::fs::File;
use std::io::ErrorKind;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use kontor_core::{Error, Result};

use crate::BlobId;
use crate::disk::{blocking, failed};
use crate::format::{CHUNK_BYTES, ChunkCipher, Extent, HEADER_BYTES};
use crate::store::Shared;

/// Chunks read per trip to the disk: 1 MiB.
const BATCH_CHUNKS: u64 = 16;

/// A range of a blob, read piece by piece.
pub struct BlobReader {
    shared: Arc<Shared>,
    blob: Arc<OpenBlob>,
    /// Plain bytes not read yet.
    range: Range<u64>,
    /// Read together with the end of the blob when it was opened.
    ready: Option<Bytes>,
}

impl BlobReader {
    pub(crate) async fn open(shared: Arc<Shared>, id: BlobId, range: Range<u64>) -> Result<Self> {
        let keys = Arc::clone(&shared);
        let (blob, range, ready) = blocking(&shared.slots, move || {
            let blob = OpenBlob::open(&keys, id)?;
            let size = blob.extent.size_bytes;
            let mut range = range.start.min(size)..range.end.min(size);
            // Most blobs fit into one batch: then this is the only trip to the disk.
            let ready = blob.read_batch(&mut range)?;
            Ok((Arc::new(blob), range, ready))
        })
        .await?;
        Ok(Self { shared, blob, range, ready })
    }

    /// Plain bytes of the whole blob.
    pub fn size_bytes(&self) -> u64 {
        self.blob.extent.size_bytes
    }

    /// The next bytes of the range, at most 1 MiB; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if let Some(ready) = self.ready.take() {
            return Ok(Some(ready));
        }
        if self.range.is_empty() {
            return Ok(None);
        }
        let blob = Arc::clone(&self.blob);
        let mut range = self.range.clone();
        let (piece, range) = blocking(&self.shared.slots, move || {
            let piece = blob.read_batch(&mut range)?;
            Ok((piece, range))
        })
        .await?;
        self.range = range;
        Ok(piece)
    }
}

impl fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobReader").field("id", &self.blob.id).finish_non_exhaustive()
    }
}

/// A blob's open file. All methods block.
struct OpenBlob {
    id: BlobId,
    file: File,
    cipher: ChunkCipher,
    extent: Extent,
    /// Plain bytes of the last chunk: opening it proves that the file was not cut.
    last: Bytes,
}

impl OpenBlob {
    fn open(shared: &Shared, id: BlobId) -> Result<Self> {
        let file = File::open(shared.path(&id)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::not_found("The file does not exist."),
            _ => failed(error),
        })?;
        let length = file.metadata().map_err(failed)?.len();
        let extent = Extent::of_file(&id, length)?;
        let mut header = [0; HEADER_BYTES];
        file.read_exact_at(&mut header, 0).map_err(failed)?;
        let cipher = ChunkCipher::open(&shared.keys, &id, header)?;
        let mut blob = Self { id, file, cipher, extent, last: Bytes::new() };
        blob.last = blob.read_chunks(extent.last_chunk, extent.last_chunk)?.into();
        Ok(blob)
    }

    /// Takes up to a batch from the front of `range`; `None` if it is empty.
    fn read_batch(&self, range: &mut Range<u64>) -> Result<Option<Bytes>> {
        if range.is_empty() {
            return Ok(None);
        }
        let first = range.start / CHUNK_BYTES;
        let wanted = (range.end - 1) / CHUNK_BYTES;
        let last = wanted.min(first + BATCH_CHUNKS - 1);
        let end = range.end.min((last + 1) * CHUNK_BYTES);
        let offset = first * CHUNK_BYTES;
        let plain = self.read_plain(first, last)?;
        let (from, to) = (index(range.start - offset)?, index(end - offset)?);
        if to > plain.len() {
            return Err(Error::internal("a blob's chunk is shorter than its file says"));
        }
        range.start = end;
        Ok(Some(plain.slice(from..to)))
    }

    /// Plain bytes of chunks `first..=last`; the blob's last chunk is at hand already.
    fn read_plain(&self, first: u64, last: u64) -> Result<Bytes> {
        if first == self.extent.last_chunk {
            return Ok(self.last.clone());
        }
        if last < self.extent.last_chunk {
            return self.read_chunks(first, last).map(Bytes::from);
        }
        let mut plain = self.read_chunks(first, last - 1)?;
        plain.extend_from_slice(&self.last);
        Ok(plain.into())
    }

    fn read_chunks(&self, first: u64, last: u64) -> Result<Vec<u8>> {
        let (start, length) = self.extent.place(first, last);
        let mut sealed = vec![0; index(length)?];
        self.file.read_exact_at(&mut sealed, start).map_err(failed)?;
        let mut plain = Vec::with_capacity(sealed.len());
        for (number, chunk) in (first..=last).zip(sealed.chunks_mut(Extent::stride())) {
            let is_last = number == self.extent.last_chunk;
            plain.extend_from_slice(self.cipher.open_chunk(&self.id, number, is_last, chunk)?);
        }
        Ok(plain)
    }
}

fn index(value: u64) -> Result<usize> {
    usize::try_from(value).map_err(Error::internal)
}
