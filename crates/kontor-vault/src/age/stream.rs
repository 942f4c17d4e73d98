//! The stream behind the header: chunks of 64 KiB, numbered, the last one marked.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use kontor_core::{Random, Result, Secret};

use super::{Identity, Recipient, header};

/// Plain bytes of a chunk.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

/// Encrypts what is written to it. Whole only after [`Encryptor::finish`].
pub struct Encryptor<W> {
    to: W,
    key: LessSafeKey,
    number: u64,
    /// What is not written yet; at most a chunk.
    chunk: Vec<u8>,
}

impl<W: Write> Encryptor<W> {
    /// Begins a file that every one of `recipients` can read.
    pub fn new(to: W, recipients: &[Recipient], random: &Random) -> io::Result<Self> {
        let (key, start) = begin(recipients, random).map_err(io::Error::other)?;
        let mut new = Self { to, key, number: 0, chunk: Vec::with_capacity(CHUNK + TAG) };
        new.to.write_all(&start)?;
        Ok(new)
    }

    /// Writes the end mark and answers what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        Ok(self.to)
    }

    fn seal(&mut self, is_last: bool) -> io::Result<()> {
        let nonce = nonce(self.number, is_last);
        self.key
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut self.chunk)
            .map_err(|_| io::Error::other("encrypting failed"))?;
        self.number += 1;
        self.to.write_all(&self.chunk)?;
        self.chunk.clear();
        Ok(())
    }
}

/// The key of a new file, and what stands in front of its first chunk.
fn begin(recipients: &[Recipient], random: &Random) -> Result<(LessSafeKey, Vec<u8>)> {
    let file = Secret::new(random.bytes()?);
    let nonce = random.bytes::<16>()?;
    let mut start = header::write(&file, recipients, random)?.into_bytes();
    start.extend(nonce);
    Ok((header::payload_key(&file, &nonce)?, start))
}

impl<W: Write> Write for Encryptor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until it is known not to be the last.
        if self.chunk.len() == CHUNK {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Decrypts what is read from it. What was read is authentic, but only at the end (`Ok(0)`) is it
/// known to be all.
pub struct Decryptor<R> {
    from: R,
    key: LessSafeKey,
    number: u64,
    /// The chunk that is being read, decrypted, and how much of it was.
    chunk: Vec<u8>,
    taken: usize,
    /// First byte of the next chunk.
    ahead: Option<u8>,
    is_last: bool,
}

impl<R: Read> Decryptor<R> {
    /// Opens a file with one of `identities`.
    ///
    /// # Errors
    /// `InvalidData` if this is no age file, was changed, or is for others.
    pub fn new(mut from: R, identities: &[Identity]) -> io::Result<Self> {
        let file = header::read(&mut from, identities)?;
        let mut nonce = [0; 16];
        from.read_exact(&mut nonce)?;
        let key = header::payload_key(&file, &nonce).map_err(io::Error::other)?;
        Ok(Self { from, key, number: 0, chunk: Vec::new(), taken: 0, ahead: None, is_last: false })
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let broken = |why: &str| io::Error::new(ErrorKind::InvalidData, why.to_owned());
        self.chunk.clear();
        self.taken = 0;
        self.chunk.extend(self.ahead.take());
        let limit = (CHUNK + TAG - self.chunk.len()) as u64;
        self.from.by_ref().take(limit).read_to_end(&mut self.chunk)?;
        // The last chunk is the one behind which nothing comes.
        if self.chunk.len() == CHUNK + TAG {
            let mut next = Vec::with_capacity(1);
            self.from.by_ref().take(1).read_to_end(&mut next)?;
            self.ahead = next.pop();
        }
        self.is_last = self.ahead.is_none();
        let nonce = nonce(self.number, self.is_last);
        let plain = self.key.open_in_place(nonce, Aad::empty(), &mut self.chunk);
        let length = plain.map_err(|_| broken("it was changed or cut"))?.len();
        if length == 0 && self.number > 0 {
            return Err(broken("it was changed or cut"));
        }
        self.chunk.truncate(length);
        self.number += 1;
        Ok(())
    }
}

impl<R: Read> Read for Decryptor<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.chunk.len() {
            if self.is_last || to.is_empty() {
                return Ok(0);
            }
            self.next_chunk()?;
        }
        let rest = self.chunk.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.taken += count;
        Ok(count)
    }
}

fn nonce(number: u64, is_last: bool) -> Nonce {
    let mut bytes = [0; 12];
    let [_, _, _, counter @ .., last] = &mut bytes;
    *counter = number.to_be_bytes();
    *last = u8::from(is_last);
    Nonce::assume_unique_for_key(bytes)
}

impl<W> fmt::Debug for Encryptor<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encryptor(…)")
    }
}

impl<R> fmt::Debug for Decryptor<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decryptor(…)")
    }
}
