//! Who gets a connection.

use std::time::Duration;

use kontor_core::Timestamp;
use rustls::version::{TLS12, TLS13};
use rustls::{CipherSuite, NamedGroup};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::site::{answers, start, start_at};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn tls_1_3_with_a_key_agreement_that_lasts_is_spoken() {
    let site = start(|config, folder, authority| {
        config.tls.files = Some(authority.issue(&["one.example"]).write(folder.path(), "one"));
    })
    .await;
    let mut stream = site.connect("one.example").await.unwrap();
    assert!(answers(&mut stream).await);
    let (_, connection) = stream.get_ref();
    let suite = connection.negotiated_cipher_suite().unwrap().suite();
    assert_eq!(suite, CipherSuite::TLS13_AES_256_GCM_SHA384);
    let group = connection.negotiated_key_exchange_group().unwrap().name();
    assert_eq!(group, NamedGroup::X25519MLKEM768);
    assert_eq!(connection.alpn_protocol(), Some(&b"h2"[..]));
}

#[tokio::test]
async fn tls_1_2_is_spoken_only_if_configured() {
    let site = start(|config, folder, authority| {
        config.tls.files = Some(authority.issue(&["one.example"]).write(folder.path(), "one"));
    })
    .await;
    assert!(site.connect_with("one.example", &[&TLS12]).await.is_err());

    let site = start(|config, folder, authority| {
        config.tls.oldest = kontor_config::TlsVersion::Tls12;
        config.tls.files = Some(authority.issue(&["one.example"]).write(folder.path(), "one"));
    })
    .await;
    let mut stream = site.connect_with("one.example", &[&TLS12]).await.unwrap();
    assert!(answers(&mut stream).await);
    let suite = stream.get_ref().1.negotiated_cipher_suite().unwrap().suite();
    assert_eq!(suite, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384);
    assert!(site.connect_with("one.example", &[&TLS13]).await.is_ok());
}

#[tokio::test]
async fn tls_1_2_ends_with_2031() {
    for (now, is_spoken) in [(1_956_527_999_999, true), (1_956_528_000_000, false)] {
        let site = start_at(Timestamp(now), |config, folder, authority| {
            config.tls.oldest = kontor_config::TlsVersion::Tls12;
            config.tls.files = Some(authority.issue(&["one.example"]).write(folder.path(), "one"));
        })
        .await;
        assert_eq!(site.connect_with("one.example", &[&TLS12]).await.is_ok(), is_spoken);
        assert!(site.connect_with("one.example", &[&TLS13]).await.is_ok());
    }
}

#[tokio::test]
async fn whoever_does_not_finish_is_left() {
    let site = start(|config, folder, authority| {
        config.tls.handshake_timeout = Duration::from_millis(300);
        config.tls.files = Some(authority.issue(&["one.example"]).write(folder.path(), "one"));
    })
    .await;
    for beginning in [&b""[..], b"\x16", b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\n\r\n"] {
        let mut stream = TcpStream::connect(site.address).await.unwrap();
        stream.write_all(beginning).await.unwrap();
        let mut rest = Vec::new();
        let closed = timeout(SOON, stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "{beginning:?} holds its connection");
    }
}

#[tokio::test]
async fn silent_connections_keep_nobody_out() {
    let site = start(|config, folder, authority| {
        config.tls.max_handshakes = 1;
        config.tls.handshake_timeout = Duration::from_mins(1);
        config.tls.files = Some(authority.issue(&["one.example"]).write(folder.path(), "one"));
    })
    .await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(site.address).await.unwrap());
    }
    let begin = Instant::now();
    assert!(answers(&mut site.connect("one.example").await.unwrap()).await);
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    drop(silent);
}
