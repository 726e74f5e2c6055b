//! Environment, keyring, encrypted file: in this order, and nothing wrong is passed over.

use hoga::config::{Address, BrokerName, World};
use hoga::market::UtcTime;
use hoga::secrets::{Ed25519Key, KeyringError, NewKey, Origin, Passphrase, Secret, SecretsError};

use crate::stage::{ED25519_PEM, Places, profile, secret, set_mode};

#[test]
fn the_environment_goes_before_the_keyring_and_that_before_the_file() {
    let binance = profile("binance-main", BrokerName::Binance, World::Live);
    let mut places = Places::new();
    assert!(matches!(places.found(&binance), Err(SecretsError::NoKey { .. })));
    places.keep_in_file(&binance, "key-in-the-file");
    assert_eq!(places.found(&binance).unwrap(), ("key-in-the-file".into(), "file"));
    places.keep_in_keyring(&binance, "key-in-the-keyring");
    assert_eq!(places.found(&binance).unwrap(), ("key-in-the-keyring".into(), "keyring"));
    places.set("HOGA_BINANCE_MAIN_API_KEY", "key-in-the-environment");
    places.set("HOGA_BINANCE_MAIN_API_SECRET", "secret-in-the-environment");
    assert_eq!(places.found(&binance).unwrap(), ("key-in-the-environment".into(), "environment"));
    let all = places.with_keys(|keys| keys.places(&binance));
    let origins: Vec<Origin> = all.iter().map(|place| place.origin).collect();
    assert_eq!(origins, [Origin::Environment, Origin::Keyring, Origin::File]);
    let other = profile("binance-other", BrokerName::Binance, World::Live);
    assert!(matches!(places.found(&other), Err(SecretsError::NoKey { .. })), "another profile's key was found");
}

#[test]
fn a_keyring_that_does_not_serve_is_passed_over_and_named() {
    let kis = profile("kis", BrokerName::Kis, World::Paper);
    for error in [KeyringError::Absent("no bus".into()), KeyringError::Silent, KeyringError::Refused("locked".into())] {
        let mut places = Places::new();
        places.keyring.error = Some(error.clone());
        let told = places.found(&kis).unwrap_err().to_string();
        assert!(
            told.contains(&error.to_string()) && told.contains("HOGA_KIS_") && told.contains("secrets.json"),
            "{told}"
        );
        places.keep_in_file(&kis, "key-in-the-file");
        assert_eq!(places.found(&kis).unwrap().1, "file");
    }
}

#[test]
fn what_the_keyring_holds_must_be_whole() {
    let kis = profile("kis", BrokerName::Kis, World::Paper);
    let places = Places::new();
    places.keep_in_keyring(&kis, "key-in-the-keyring");
    let whole = places.keyring.texts.borrow()["kis"].clone();
    let mut wrong: Vec<String> = vec![String::new(), "hunter2".into(), format!("{whole}\nmore")];
    wrong.push(whole.replace("hoga key 1", "hoga key 2"));
    wrong.push(whole.replace("app_secret", "ed25519"));
    // The last line is cut of its end only when the whole of it goes.
    wrong.push(whole.rsplit_once('\n').unwrap().0.to_owned());
    for text in wrong {
        places.keyring.texts.borrow_mut().insert("kis".into(), text.clone());
        places.keep_in_file(&kis, "key-in-the-file");
        let error = places.found(&kis).unwrap_err();
        assert!(matches!(error, SecretsError::KeyringDamaged), "{text:?}: {error:?}");
    }
}

#[test]
fn a_private_key_comes_back_from_every_place() {
    let binance = profile("binance", BrokerName::Binance, World::Paper);
    let private = || Ed25519Key::from_pem(&secret(ED25519_PEM)).unwrap();
    let new = || NewKey::new(&binance, secret("key-of-a-broker"), Secret::Ed25519(private()), UtcTime::EPOCH).unwrap();
    let signed = |places: &Places| {
        let mut ask = |_| Ok(Some(secret("a passphrase")));
        let mut passphrase = Passphrase::new(&|_| None, &mut ask);
        let found = places.with_keys(|keys| keys.find(&binance, &mut passphrase)).unwrap();
        (found.sign(b"r"), found.origin)
    };
    let expected = hoga::secrets::sign::ed25519_base64(&private(), b"r");
    let mut places = Places::new();
    places.file().put(&binance.name, &new(), &secret("a passphrase")).unwrap();
    assert_eq!(signed(&places), (expected.clone(), Origin::File));
    places.with_keys(|keys| keys.put_in_keyring(&binance.name, &new())).unwrap();
    assert_eq!(signed(&places), (expected.clone(), Origin::Keyring));
    let pem = places.folder.path().join("key.pem");
    std::fs::write(&pem, ED25519_PEM).unwrap();
    set_mode(&pem, 0o600);
    places.set("HOGA_BINANCE_API_KEY", "key-of-a-broker");
    places.set("HOGA_BINANCE_PRIVATE_KEY_FILE", pem.to_str().unwrap());
    assert_eq!(signed(&places), (expected, Origin::Environment));
    set_mode(&pem, 0o640);
    let error = places.found(&binance).unwrap_err();
    assert!(error.to_string().contains("chmod 600"), "{error}");
}

#[test]
fn half_a_key_or_two_in_the_environment_is_an_error_and_no_other_place_is_asked() {
    let binance = profile("b", BrokerName::Binance, World::Live);
    let kis = profile("b", BrokerName::Kis, World::Live);
    let (key, secret) = ("key-of-a-broker", "secret-of-a-broker");
    let half = |error: &SecretsError| matches!(error, SecretsError::HalfInEnvironment { .. });
    let twice = |error: &SecretsError| matches!(error, SecretsError::TwiceInEnvironment { .. });
    type Wrong = (Vec<(&'static str, &'static str)>, fn(&SecretsError) -> bool, &'static str);
    let wrong: Vec<Wrong> = vec![
        (vec![("API_KEY", key)], half, "HOGA_B_API_SECRET is not"),
        (vec![("APP_SECRET", secret)], half, "HOGA_B_API_KEY is not"),
        (vec![("PRIVATE_KEY_FILE", "/none")], half, "HOGA_B_API_KEY is not"),
        (vec![("API_KEY", key), ("APP_KEY", key), ("API_SECRET", secret)], twice, "HOGA_B_APP_KEY"),
        (vec![("API_KEY", key), ("API_SECRET", secret), ("APP_SECRET", secret)], twice, "HOGA_B_APP_SECRET"),
        (vec![("API_KEY", key), ("API_SECRET", secret), ("PRIVATE_KEY_FILE", "/none")], twice, "PRIVATE_KEY_FILE"),
    ];
    for (variables, is_it, part) in wrong {
        let mut places = Places::new();
        places.keep_in_file(&binance, "key-in-the-file");
        for (name, value) in &variables {
            places.set(&format!("HOGA_B_{name}"), value);
        }
        let error = places.found(&binance).unwrap_err();
        assert!(is_it(&error) && error.to_string().contains(part), "{variables:?}: {error}");
        let shown = places.with_keys(|keys| keys.places(&binance));
        assert!(shown[0].origin == Origin::Environment && shown[0].error.is_some());
    }
    let mut places = Places::new();
    places.set("HOGA_B_API_KEY", key);
    assert!(matches!(places.found(&kis), Err(SecretsError::NoKey { .. })), "Binance's names are only Binance's");
    places.set("HOGA_B_APP_KEY", &format!(" {key}\n"));
    places.set("HOGA_B_APP_SECRET", secret);
    assert_eq!(places.found(&kis).unwrap(), (key.into(), "environment"));
    places.set("HOGA_B_APP_KEY", "");
    assert!(places.found(&kis).unwrap_err().to_string().contains("HOGA_B_APP_KEY is not"), "an empty one is none");
}

#[test]
fn a_key_is_used_only_for_the_broker_and_the_world_it_was_added_for() {
    let paper = profile("b", BrokerName::Binance, World::Paper);
    let live = profile("b", BrokerName::Binance, World::Live);
    let kiwoom = profile("b", BrokerName::Kiwoom, World::Paper);
    for in_keyring in [true, false] {
        let places = Places::new();
        let keep = if in_keyring { Places::keep_in_keyring } else { Places::keep_in_file };
        keep(&places, &paper, "key-of-the-testnet");
        assert!(places.found(&paper).is_ok());
        let error = places.found(&live).unwrap_err();
        assert!(matches!(error, SecretsError::WrongWorld { key: World::Paper, world: World::Live, .. }), "{error}");
        assert!(matches!(places.found(&kiwoom), Err(SecretsError::WrongBroker { .. })));
        keep(&places, &live, "key-of-the-mainnet");
        assert!(places.found(&live).is_ok());
        let error = places.found(&paper).unwrap_err();
        assert!(matches!(error, SecretsError::WrongWorld { key: World::Live, world: World::Paper, .. }), "{error}");
    }
}

#[test]
fn a_key_goes_to_no_address_of_another_world_even_with_virtual_money() {
    let virtual_cash = profile("b", BrokerName::Binance, World::Virtual);
    let live = profile("b", BrokerName::Binance, World::Live);
    let places = Places::new();
    places.keep_in_file(&live, "key-of-the-mainnet");
    assert!(places.found(&virtual_cash).is_ok(), "looking at the market is what any key may do");
    let address = |text: &str| Some(Address::new(text).unwrap());
    let mut at_testnet = virtual_cash.clone();
    at_testnet.rest_url = address("https://demo-fapi.binance.com");
    let mut streams = virtual_cash.clone();
    streams.ws_url = address("wss://fstream.binancefuture.com");
    let mut route = virtual_cash.clone();
    route.urls.insert("spot_rest".into(), Address::new("https://testnet.binance.vision").unwrap());
    for wrong in [at_testnet, streams, route] {
        let error = places.found(&wrong).unwrap_err();
        assert!(matches!(error, SecretsError::WrongWorld { world: World::Paper, .. }), "{error}");
    }
    let mut proxied = virtual_cash;
    proxied.rest_url = address("http://127.0.0.1:9443");
    assert!(places.found(&proxied).is_ok(), "nobody knows whose money is behind a proxy");
}
