//! Signatures equal those that Binance publishes, and those of RFC 8032's keys.

use hoga::config::{BrokerName, World};
use hoga::market::UtcTime;
use hoga::secrets::sign::{ed25519_base64, hmac_sha256_hex};
use hoga::secrets::{BadPem, Credential, Ed25519Key, NewKey, Origin, Secret, SecretsError};

use crate::stage::{ED25519_PEM, profile, secret};

const SPOT_SECRET: &str = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
const FUTURES_SECRET: &str = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9";

/// `(secret, payload, signature)`: the examples of Binance's documents, and one more split over query and body.
const HMAC: [(&str, &str, &str); 6] = [
    (
        SPOT_SECRET,
        "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
        "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71",
    ),
    (
        SPOT_SECRET,
        "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
        "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
    ),
    (
        SPOT_SECRET,
        "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT&timeInForce=GTC&timestamp=1645423376532&type=LIMIT",
        "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24",
    ),
    (
        SPOT_SECRET,
        "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&price=0.10000000&quantity=1.00000000&recvWindow=5000&side=BUY&symbol=１２３４５６&timeInForce=GTC&timestamp=1645423376532&type=LIMIT",
        "b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd",
    ),
    (
        FUTURES_SECRET,
        "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943",
        "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9",
    ),
    (
        FUTURES_SECRET,
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=9000&recvWindow=5000&timestamp=1591702613943",
        "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4",
    ),
];

/// `(payload, signature)` with the key of RFC 8032, section 7.1, test 2; the last is the RFC's own.
const ED25519: [(&str, &str); 3] = [
    (
        "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2&timestamp=1668481559918&recvWindow=5000",
        "CRyg23wY/usrzi+5iwdM5kFgbckPJnsWf2TSe37qpAwUIBu6ZvW0aEhM+3MuUWGDCBwS8bUNWBSOUf1aRTvPAw==",
    ),
    (
        "apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&timestamp=1649729878532",
        "4TqFXRPXivabxv5QXhYVYS60zoeX4P/bW847Klk8v18XoVLxdKEoAPvk2fb/8N8FnH8WZ6aILMaBavBpNYCPBw==",
    ),
    ("r", "kqAJqfDUyrhyDoILX2QlQKKye1QWUD+Ps3YiI+vbadoIWsHkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA=="),
];

#[test]
fn every_published_signature_is_reproduced() {
    for (key, payload, signature) in HMAC {
        assert_eq!(hmac_sha256_hex(&secret(key), payload.as_bytes()), signature, "{payload}");
    }
    let key = Ed25519Key::from_pem(&secret(ED25519_PEM)).unwrap();
    for (payload, signature) in ED25519 {
        assert_eq!(ed25519_base64(&key, payload.as_bytes()), signature, "{payload}");
    }
}

#[test]
fn a_credential_signs_in_the_way_of_its_secret() {
    let credential = |secret| Credential {
        profile: "binance".parse().unwrap(),
        broker: BrokerName::Binance,
        world: None,
        added_at: None,
        origin: Origin::Environment,
        key: crate::stage::secret("key-of-a-broker"),
        secret,
    };
    let shared = credential(Secret::Shared(secret(SPOT_SECRET)));
    assert_eq!((shared.sign(HMAC[0].1.as_bytes()), shared.kind().as_str()), (HMAC[0].2.to_owned(), "hmac"));
    let private = credential(Secret::Ed25519(Ed25519Key::from_pem(&secret(ED25519_PEM)).unwrap()));
    assert_eq!((private.sign(b"r"), private.kind().as_str()), (ED25519[2].1.to_owned(), "ed25519"));
}

#[test]
fn what_is_no_ed25519_private_key_is_named() {
    let x25519 = ED25519_PEM.replace("K2VwBCIE", "K2VuBCIE");
    assert_ne!(x25519, ED25519_PEM);
    for (text, what) in [
        ("", BadPem::NoPem),
        ("hunter2", BadPem::NoPem),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", BadPem::NoPem),
        ("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----", BadPem::Rsa),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", BadPem::Encrypted),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", BadPem::Public),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", BadPem::NotEd25519),
        (&x25519, BadPem::NotEd25519),
        (&ED25519_PEM[..60], BadPem::NotEd25519),
    ] {
        assert_eq!(Ed25519Key::from_pem(&secret(text)).unwrap_err(), what, "{text}");
    }
    let windows = format!("\r\n{}\r\n", ED25519_PEM.replace('\n', "\r\n"));
    assert!(Ed25519Key::from_pem(&secret(&windows)).is_ok(), "line ends of another system");
}

#[test]
fn only_binance_takes_private_keys_and_the_built_in_brokers_take_none() {
    let new = |broker, world, secret| {
        let profile = profile("p", broker, world);
        NewKey::new(&profile, crate::stage::secret("key-of-a-broker"), secret, UtcTime::EPOCH)
    };
    let private = || Secret::Ed25519(Ed25519Key::from_pem(&secret(ED25519_PEM)).unwrap());
    assert!(new(BrokerName::Binance, World::Live, private()).is_ok());
    for (broker, world, secret) in [
        (BrokerName::Kis, World::Paper, private()),
        (BrokerName::Kiwoom, World::Live, private()),
        (BrokerName::Sim, World::Virtual, Secret::Shared(secret("secret-of-a-broker"))),
    ] {
        assert!(matches!(new(broker, world, secret), Err(SecretsError::NotTaken { .. })), "{broker:?}");
    }
}

#[test]
fn what_cannot_be_a_key_is_refused_without_repeating_it() {
    let profile = profile("p", BrokerName::Kis, World::Paper);
    for (key, of_key) in [
        ("", "secret-of-a-broker"),
        ("hunter2", "secret-of-a-broker"),
        ("hunter2 with spaces", "secret-of-a-broker"),
        ("호가의-키는-글자가-다름-hunter2", "secret-of-a-broker"),
        (&"hunter2".repeat(100), "secret-of-a-broker"),
        ("hunter2-hunter2", "hunter2-hunter2"),
        ("key-of-a-broker", "hunter2\nhunter2"),
    ] {
        let made = NewKey::new(&profile, secret(key), Secret::Shared(secret(of_key)), UtcTime::EPOCH);
        let error = made.unwrap_err();
        assert!(matches!(error, SecretsError::Form { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
