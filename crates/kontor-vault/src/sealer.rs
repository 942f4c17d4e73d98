//! Authenticated encryption of small blobs.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use kontor_core::{Error, Random, Result, Secret};

/// Bytes that sealing adds: 12 of nonce in front, 16 of tag behind.
pub(crate) const OVERHEAD_BYTES: usize = NONCE_LEN + 16;

/// Seals and opens blobs with one key: AES-256-GCM-SIV, random nonce in front, tag behind.
///
/// The SIV mode is chosen because one key seals every row of a tenant for years: with random
/// 96-bit nonces plain GCM is safe for 2³² blobs only, and a repeated nonce breaks it wholly. Here
/// a repeat would at most show that two blobs are equal.
pub struct Sealer {
    key: LessSafeKey,
}

impl Sealer {
    /// A sealer for `key`.
    pub fn new(key: &Secret<[u8; 32]>) -> Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM_SIV, key.expose())
            .map_err(|_| Error::internal("the sealing key has the wrong length"))?;
        Ok(Self { key: LessSafeKey::new(key) })
    }

    /// Encrypts `plain`. `context` is authenticated but not stored: the same bytes must be given
    /// to [`Self::open`], so that a blob moved to another place does not open.
    pub fn seal(&self, context: &[u8], plain: &[u8], random: &Random) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = random.bytes()?;
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD_BYTES);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, body) = sealed.split_at_mut(NONCE_LEN);
        let tag = self
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                body,
            )
            .map_err(|_| Error::internal("sealing failed"))?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Decrypts what [`Self::seal`] made with the same `context`.
    ///
    /// # Errors
    /// `Internal` if the blob was changed, cut, moved or sealed with another key.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let Some((nonce, body)) = sealed.split_first_chunk::<NONCE_LEN>() else {
            return Err(Error::internal("sealed blob is too short"));
        };
        let mut body = body.to_vec();
        let plain = self
            .key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context), &mut body)
            .map_err(|_| Error::internal("sealed blob does not open: changed, or another key"))?;
        let length = plain.len();
        body.truncate(length);
        Ok(body)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&Secret::new([byte; 32])).unwrap()
    }

    #[test]
    fn opens_what_it_sealed() {
        let random = Random::seeded(1);
        for text in [&b""[..], b"a", &[7; 5000]] {
            let sealed = sealer(1).seal(b"here", text, &random).unwrap();
            assert_eq!(sealed.len(), text.len() + OVERHEAD_BYTES);
            assert_eq!(sealer(1).open(b"here", &sealed).unwrap(), text);
        }
    }

    #[test]
    fn refuses_changed_cut_moved_and_foreign_blobs() {
        let sealed = sealer(1).seal(b"here", b"text", &Random::seeded(1)).unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(sealer(1).open(b"here", &changed).is_err());
            assert!(sealer(1).open(b"here", &sealed[..position]).is_err());
        }
        assert!(sealer(1).open(b"there", &sealed).is_err());
        assert!(sealer(2).open(b"here", &sealed).is_err());
    }

    #[test]
    fn equal_texts_look_different() {
        let random = Random::seeded(1);
        let first = sealer(1).seal(b"", b"text", &random).unwrap();
        assert_ne!(first, sealer(1).seal(b"", b"text", &random).unwrap());
    }
}
