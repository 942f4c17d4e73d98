//! Seals a message for one device (RFC 8291 over RFC 8188): whoever passes it on reads nothing.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hmac;
use kontor_core::{Error, Random, Result};

use crate::Subscription;

/// Every message is made as long as this, so that its length says nothing.
pub(crate) const PADDED_BYTES: usize = 1_024;
/// Length of a record that is announced; ours are shorter, and the only ones.
const RECORD_BYTES: u32 = 4_096;
/// Ends the last record; zeros follow.
const END: u8 = 2;

/// What is new with every message.
struct Fresh {
    private: PrivateKey,
    salt: [u8; 16],
}

/// Seals `plain`, padded, so that only the device opens it.
///
/// # Errors
/// `Internal` if it is longer than fits.
pub(crate) fn seal(device: &Subscription, plain: &[u8], random: &Random) -> Result<Vec<u8>> {
    let private = PrivateKey::from_private_key(&ECDH_P256, &random.bytes::<32>()?);
    let fresh = Fresh { private: private.map_err(Error::internal)?, salt: random.bytes()? };
    if plain.len() >= PADDED_BYTES {
        return Err(Error::internal("a push message is too long"));
    }
    seal_with(device, &fresh, plain, PADDED_BYTES)
}

fn seal_with(
    device: &Subscription,
    fresh: &Fresh,
    plain: &[u8],
    padded_bytes: usize,
) -> Result<Vec<u8>> {
    let own = fresh.private.compute_public_key().map_err(broken)?;
    let peer = UnparsedPublicKey::new(&ECDH_P256, device.public_key);
    let shared =
        agree(&fresh.private, peer, broken(()), |secret| Ok(hmac(&device.auth, &[secret])))?;
    let input = hmac(&shared, &[b"WebPush: info\0", &device.public_key, own.as_ref(), &[1]]);
    let root = hmac(&fresh.salt, &[&input]);
    let key = hmac(&root, &[b"Content-Encoding: aes128gcm\0", &[1]]);
    let nonce = hmac(&root, &[b"Content-Encoding: nonce\0", &[1]]);

    let mut record = plain.to_vec();
    record.push(END);
    record.resize(padded_bytes.max(record.len()), 0);
    let (key, _) = key.split_at(AES_128_GCM.key_len());
    let (nonce, _) = nonce.split_at(AES_128_GCM.nonce_len());
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key).map_err(broken)?);
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(broken)?;
    cipher.seal_in_place_append_tag(nonce, Aad::empty(), &mut record).map_err(broken)?;

    let own = own.as_ref();
    let own_len = u8::try_from(own.len()).map_err(Error::internal)?;
    Ok([&fresh.salt, &RECORD_BYTES.to_be_bytes()[..], &[own_len], own, &record].concat())
}

/// One step of HKDF (RFC 5869) with SHA-256: extracting, or expanding to one block.
fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(context.sign().as_ref()) {
        *to = *from;
    }
    out
}

fn broken<T>(_: T) -> Error {
    Error::internal("a push message cannot be sealed")
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    fn decode(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn device() -> Subscription {
        let key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpk\
                   NtoIAiw4";
        Subscription::parse("https://push.example/", key, "BTBZMqHH6r4Tts7J_aSIgg").unwrap()
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let private = decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let fresh = Fresh {
            private: PrivateKey::from_private_key(&ECDH_P256, &private).unwrap(),
            salt: decode("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap(),
        };
        let plain = b"When I grow up, I want to be a watermelon";
        let sealed = seal_with(&device(), &fresh, plain, 0).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgD\
                        ll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt\
                        2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(sealed), expected);
    }

    #[test]
    fn all_messages_are_equally_long_and_each_is_new() {
        let random = Random::seeded(1);
        let sealed = |plain: &[u8]| seal(&device(), plain, &random).unwrap();
        let (short, long) = (sealed(b"{}"), sealed(&[b'x'; PADDED_BYTES - 1]));
        assert_eq!(short.len(), long.len());
        assert_ne!(short, sealed(b"{}"));
        assert!(seal(&device(), &[b'x'; PADDED_BYTES], &random).is_err());
    }
}
