//! Sealing of single values (AES-256-GCM) for an engine that does not encrypt its files.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use kontor_core::{Error, Result, Secret, TenantId};

/// Seals and opens the values of `sealed` columns.
///
/// A sealed value is 12 bytes of random nonce, ciphertext, 16 bytes of tag. The tenant's number is
/// authenticated with it: a value copied to another tenant does not open.
pub(crate) enum Sealer {
    /// The engine encrypts the whole file: values stay as they are.
    Plain,
    /// Each value is sealed.
    Aead(Box<Aead>),
}

pub(crate) struct Aead {
    key: LessSafeKey,
    tenant: [u8; 8],
}

impl Sealer {
    pub(crate) fn aead(key: &Secret<[u8; 32]>, tenant: TenantId) -> Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM, key.expose())
            .map_err(|_| Error::internal("the sealing key does not fit AES-256-GCM"))?;
        Ok(Self::Aead(Box::new(Aead {
            key: LessSafeKey::new(key),
            tenant: tenant.0.to_be_bytes(),
        })))
    }

    /// `None`: the value is stored as it is.
    pub(crate) fn seal(&self, value: &[u8]) -> Result<Option<Vec<u8>>> {
        let Self::Aead(aead) = self else { return Ok(None) };
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce)
            .map_err(|_| Error::unavailable("The system's random generator does not answer."))?;
        let mut out = Vec::with_capacity(NONCE_LEN + value.len() + AES_256_GCM.tag_len());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(value);
        let body = out.get_mut(NONCE_LEN..).unwrap_or_default();
        let tag = aead
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(aead.tenant),
                body,
            )
            .map_err(|_| Error::internal("a value could not be sealed"))?;
        out.extend_from_slice(tag.as_ref());
        Ok(Some(out))
    }

    pub(crate) fn open(&self, stored: &[u8]) -> Result<Vec<u8>> {
        let Self::Aead(aead) = self else { return Ok(stored.to_vec()) };
        let Some((nonce, body)) = stored.split_at_checked(NONCE_LEN) else {
            return Err(Error::internal("a sealed value is too short"));
        };
        let nonce = Nonce::try_assume_unique_for_key(nonce)
            .map_err(|_| Error::internal("a sealed value has no nonce"))?;
        let mut body = body.to_vec();
        let length = aead
            .key
            .open_in_place(nonce, Aad::from(aead.tenant), &mut body)
            .map_err(|_| Error::internal("a sealed value does not open with this tenant's key"))?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(tenant: i64) -> Sealer {
        Sealer::aead(&Secret::new([7; 32]), TenantId(tenant)).unwrap()
    }

    #[test]
    fn sealed_values_open_again() {
        let sealed = sealer(1).seal(b"Erika").unwrap().unwrap();
        assert!(!sealed.windows(5).any(|w| w == b"Erika"));
        assert_eq!(sealer(1).open(&sealed).unwrap(), b"Erika");
        assert_eq!(sealer(1).open(&sealer(1).seal(b"").unwrap().unwrap()).unwrap(), b"");
    }

    #[test]
    fn sealed_values_do_not_open_for_another_tenant_or_when_changed() {
        let mut sealed = sealer(1).seal(b"Erika").unwrap().unwrap();
        assert!(sealer(2).open(&sealed).is_err());
        sealed[13] ^= 1;
        assert!(sealer(1).open(&sealed).is_err());
        assert!(sealer(1).open(b"short").is_err());
    }
}
