//! The header: the file's key, wrapped for each recipient.

use std::io::{self, Read};

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use kontor_core::{Error, Random, Result, Secret};

use super::{Identity, Recipient};

const VERSION: &str = "age-encryption.org/v1";
const STANZA: &str = "-> X25519 ";
const END: &str = "---";
/// Longest header read, in bytes: some hundred recipients.
const LONGEST: usize = 64 * 1024;

/// Key of one file.
pub(super) type FileKey = Secret<[u8; 16]>;

/// The header of a new file with the key `file`.
pub(super) fn write(file: &FileKey, recipients: &[Recipient], random: &Random) -> Result<String> {
    let mut text = format!("{VERSION}\n");
    for recipient in recipients {
        let ephemeral = Identity::generate(random)?;
        let share = ephemeral.recipient()?;
        let wrapping = wrapping_key(&ephemeral, &recipient.0, (&share, recipient))?;
        let mut body = file.expose().to_vec();
        cipher(&wrapping)?
            .seal_in_place_append_tag(zero_nonce(), Aad::empty(), &mut body)
            .map_err(|_| Error::internal("wrapping the key of a backup failed"))?;
        let (share, body) =
            (BASE64_STANDARD_NO_PAD.encode(share.0), BASE64_STANDARD_NO_PAD.encode(body));
        text = format!("{text}{STANZA}{share}\n{body}\n");
    }
    text.push_str(END);
    let mac = hmac::sign(&mac_key(file)?, text.as_bytes());
    Ok(format!("{text} {}\n", BASE64_STANDARD_NO_PAD.encode(mac)))
}

/// Reads a header from the start of a file and opens it with one of `identities`.
///
/// # Errors
/// `InvalidData` if this is no age file, was changed, or is for others.
pub(super) fn read(from: &mut impl Read, identities: &[Identity]) -> io::Result<FileKey> {
    let text = read_text(from)?;
    let (signed, mac) = text
        .rsplit_once(&format!("\n{END} "))
        .map(|(before, mac)| (format!("{before}\n{END}"), mac.trim_end()))
        .ok_or_else(|| invalid("this is no age file"))?;
    let mut lines = signed.lines();
    if lines.next() != Some(VERSION) {
        return Err(invalid("this is no age file of version 1"));
    }
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        let Some(share) = line.strip_prefix(STANZA).and_then(decode32) else { continue };
        let Some(body) = lines.next().and_then(|line| BASE64_STANDARD_NO_PAD.decode(line).ok())
        else {
            break;
        };
        for identity in identities {
            let Some(key) = open(identity, &Recipient(share), &body) else { continue };
            let mac = BASE64_STANDARD_NO_PAD.decode(mac).map_err(|_| invalid("broken header"))?;
            let mac_key = mac_key(&key).map_err(io::Error::other)?;
            return hmac::verify(&mac_key, signed.as_bytes(), &mac)
                .map(|()| key)
                .map_err(|_| invalid("the header was changed"));
        }
    }
    Err(invalid("it is encrypted to other keys than the one given"))
}

/// The key that encrypts what follows the header and `nonce`.
pub(super) fn payload_key(file: &FileKey, nonce: &[u8; 16]) -> Result<LessSafeKey> {
    cipher(&derive(file.expose(), nonce, b"payload")?)
}

/// Everything up to the end of the header's last line, and nothing behind it.
fn read_text(from: &mut impl Read) -> io::Result<String> {
    let (mut text, mut line_start) = (Vec::new(), 0);
    loop {
        let mut byte = [0];
        from.read_exact(&mut byte)?;
        text.extend(byte);
        if text.len() > LONGEST {
            return Err(invalid("this is no age file"));
        }
        if byte != *b"\n" {
            continue;
        }
        if text.get(line_start..).is_some_and(|line| line.starts_with(END.as_bytes())) {
            return String::from_utf8(text).map_err(|_| invalid("this is no age file"));
        }
        line_start = text.len();
    }
}

fn open(identity: &Identity, share: &Recipient, body: &[u8]) -> Option<FileKey> {
    let recipient = identity.recipient().ok()?;
    let wrapping = wrapping_key(identity, &share.0, (share, &recipient)).ok()?;
    let mut body = body.to_vec();
    let plain =
        cipher(&wrapping).ok()?.open_in_place(zero_nonce(), Aad::empty(), &mut body).ok()?;
    <[u8; 16]>::try_from(&*plain).ok().map(Secret::new)
}

fn wrapping_key(
    private: &Identity,
    public: &[u8; 32],
    (share, recipient): (&Recipient, &Recipient),
) -> Result<Secret<[u8; 32]>> {
    let shared = private.shared_with(public)?;
    let salt = [share.0, recipient.0].concat();
    derive(shared.expose(), &salt, b"age-encryption.org/v1/X25519")
}

fn mac_key(file: &FileKey) -> Result<hmac::Key> {
    let key = derive(file.expose(), b"", b"header")?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, key.expose()))
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

fn derive(from: &[u8], salt: &[u8], info: &[u8]) -> Result<Secret<[u8; 32]>> {
    let mut key = [0; 32];
    let prk = Salt::new(HKDF_SHA256, salt).extract(from);
    let info = [info];
    let filled = prk.expand(&info, Bytes32).and_then(|okm| okm.fill(&mut key));
    filled.map_err(|_| Error::internal("deriving a key of a backup failed"))?;
    Ok(Secret::new(key))
}

fn cipher(key: &Secret<[u8; 32]>) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key.expose());
    key.map(LessSafeKey::new).map_err(|_| Error::internal("a key of a backup is too short"))
}

fn zero_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

fn decode32(text: &str) -> Option<[u8; 32]> {
    BASE64_STANDARD_NO_PAD.decode(text).ok()?.try_into().ok()
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
