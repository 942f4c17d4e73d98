//! What is spoken: versions, cipher suites, key agreement (R-020, BSI TR-02102-2).

use std::sync::Arc;

use kontor_config::TlsVersion;
use kontor_core::{Error, Result, Timestamp};
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{Ticketer, cipher_suite, default_provider, kx_group};
use rustls::server::{NoServerSessionStorage, ResolvesServerCert};
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SupportedProtocolVersion};

/// The protocol by which an authority looks at a challenge (RFC 8737).
pub(crate) const CHALLENGE_PROTOCOL: &[u8] = b"acme-tls/1";

/// 2032-01-01: until then TLS 1.2 is recommended beside 1.3 (R-020, BSI TR-02102-2).
pub(crate) const END_OF_TLS_1_2: Timestamp = Timestamp(1_956_528_000_000);

const BOTH: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];
const NEWEST: &[&SupportedProtocolVersion] = &[&TLS13];

/// The primitives Kontor uses: authenticated encryption only, forward secrecy always, and a key
/// agreement first that a quantum computer does not break.
pub(crate) fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![
            cipher_suite::TLS13_AES_256_GCM_SHA384,
            cipher_suite::TLS13_AES_128_GCM_SHA256,
            cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ],
        kx_groups: vec![
            kx_group::X25519MLKEM768,
            kx_group::X25519,
            kx_group::SECP256R1,
            kx_group::SECP384R1,
        ],
        ..default_provider()
    }
}

/// For connections of clients.
pub(crate) fn for_clients(
    oldest: TlsVersion,
    resolver: Arc<dyn ResolvesServerCert>,
) -> Result<Arc<ServerConfig>> {
    let versions = match oldest {
        TlsVersion::Tls12 => BOTH,
        TlsVersion::Tls13 => NEWEST,
    };
    let mut config = build(versions, resolver)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // A client that comes back shows a sealed ticket; nothing about it is kept here.
    config.ticketer = Ticketer::new().map_err(Error::internal)?;
    Ok(Arc::new(config))
}

/// For an authority that looks at a challenge.
pub(crate) fn for_challenges(resolver: Arc<dyn ResolvesServerCert>) -> Result<Arc<ServerConfig>> {
    let mut config = build(BOTH, resolver)?;
    config.alpn_protocols = vec![CHALLENGE_PROTOCOL.to_vec()];
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

fn build(
    versions: &[&'static SupportedProtocolVersion],
    resolver: Arc<dyn ResolvesServerCert>,
) -> Result<ServerConfig> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(versions)
        .map_err(Error::internal)?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}
