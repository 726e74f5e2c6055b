//! Nobody sees a key: not on the screen, in a log, in a file, in an error, in debug output.

use std::path::Path;

use base64::Engine as _;
use hoga::config::{BrokerName, World};
use hoga::secrets::{Ed25519Key, Secret};

use crate::stage::{ED25519_PEM, Hoga, Places, Ran, key, profile, secret, set_mode};

const KEY: &str = "CANARYkey4d3c2b1a0f9e8d7c6b5a4938271605f4e3d2c1b0a9f8e7d6c5b4KEND";
const SECRET: &str = "CANARYsecret0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLSEND";
const PASSPHRASE: &str = "CANARYpassphrase of many words";

/// Every way in which a secret could be written by mistake.
fn traces() -> Vec<Vec<u8>> {
    let mut traces = Vec::new();
    for secret in [KEY, SECRET, PASSPHRASE, "IEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7"] {
        let base64 = base64::engine::general_purpose::STANDARD.encode(secret);
        let hex = hex::encode(secret);
        traces.push(secret.as_bytes()[..8].to_vec());
        traces.push(secret.as_bytes()[secret.len() - 8..].to_vec());
        traces.push(base64.as_bytes()[..12].to_vec());
        traces.push(hex.as_bytes()[..16].to_vec());
        traces.push(hex.to_uppercase().as_bytes()[..16].to_vec());
    }
    // The seed of the private key, as it is kept inside the seal.
    traces.push(b"4ccd089b28ff96da".to_vec());
    traces
}

fn assert_clean(what: &str, bytes: &[u8]) {
    for trace in traces() {
        let found = bytes.windows(trace.len()).any(|window| window == trace);
        assert!(!found, "{what} has {:?}:\n{}", String::from_utf8_lossy(&trace), String::from_utf8_lossy(bytes));
    }
}

fn assert_folder_clean(folder: &Path, except: &[&str]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        assert_clean("a name", name.as_bytes());
        if entry.file_type().unwrap().is_dir() {
            assert_folder_clean(&entry.path(), except);
        } else if entry.file_type().unwrap().is_file() && !except.contains(&&*name) {
            assert_clean(&entry.path().display().to_string(), &std::fs::read(entry.path()).unwrap());
        }
    }
}

fn checked(hoga: &Hoga, line: &str, input: &str) -> Ran {
    let ran = hoga.run_with(line, input);
    let what = line.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    assert_clean(&what, ran.out.as_bytes());
    assert_clean(&what, ran.err.as_bytes());
    ran
}

#[test]
fn no_command_shows_or_writes_a_key() {
    let hoga = Hoga::new().with("HOGA_PASSPHRASE", PASSPHRASE).with("RUST_LOG", "trace").with("RUST_BACKTRACE", "1");
    let both = format!("{KEY}\n{SECRET}\n");
    let pem = hoga.path("own.pem");
    std::fs::write(&pem, ED25519_PEM).unwrap();
    set_mode(&pem, 0o600);
    let with_pem = format!("auth add binance-live --key-file {} --secret-stdin -v", pem.display());
    let wrong_pem = format!("auth add binance --yes --key-file {} --secret-stdin", hoga.path("config.toml").display());
    let lines = [
        ("auth add binance --store file --secret-stdin -v -v", &*both, 0),
        ("auth add binance --store file --secret-stdin --yes --json", &both, 0),
        ("auth add kis-mock --secret-stdin -v -v --format csv", &both, 0),
        (&*with_pem, KEY, 0),
        (&*wrong_pem, KEY, 1),
        ("auth list", "", 0),
        ("auth list --json -v -v", "", 0),
        ("auth list --format csv", "", 0),
        ("auth list -q", "", 0),
        // Found, and nobody answers at the exchange's address.
        ("auth test binance -v -v", "", 4),
        ("auth test binance --json", "", 4),
        ("auth test binance-live --lang ko", "", 4),
        ("config show", "", 0),
        ("config show --json", "", 0),
        ("doctor -v -v", "", -1),
        // Keys in the wrong order, the wrong number, the wrong form.
        ("auth add kis-mock --yes --secret-stdin", KEY, 2),
        ("auth add kis-mock --yes --secret-stdin --json", &format!("{both}{SECRET}"), 2),
        ("auth add kis-mock --yes --secret-stdin", &format!("{KEY}\n{KEY}\n"), 2),
        ("auth add kis-mock --yes --secret-stdin", &format!("{KEY} {SECRET}\n{SECRET}\n"), 2),
        ("auth add kis-mock --yes --secret-stdin --json", &format!("{KEY}\n{}\n", SECRET.repeat(20)), 2),
        ("auth add kis-mock --yes --store keyring --secret-stdin", &both, 4),
        ("auth add sim --secret-stdin", &both, 2),
        ("desk status -v -v", "", -1),
        ("kill -v -v", "", -1),
        ("desk stop --force", "", -1),
    ];
    for (line, input, status) in lines {
        let ran = checked(&hoga, line, input);
        assert!(status == -1 || ran.status == status, "{line}: {ran:?}");
    }
    assert_folder_clean(hoga.folder.path(), &["own.pem"]);
    let other =
        Hoga { variables: hoga.variables.clone(), ..hoga }.with("HOGA_PASSPHRASE", "CANARYpassphrase that is wrong");
    assert_eq!(checked(&other, "auth test binance -v -v", "").status, 3);
    let whole = std::fs::read(other.path("secrets.json")).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 12) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x04;
        std::fs::write(other.path("secrets.json"), &bytes).unwrap();
        assert_ne!(checked(&other, "auth test binance --json", "").status, 0);
        checked(&other, "auth list", "");
    }
    std::fs::write(other.path("secrets.json"), &whole).unwrap();
    assert_eq!(checked(&other, "auth rm binance --yes --json", "").status, 0);
    assert_folder_clean(other.folder.path(), &["own.pem"]);
}

#[test]
fn keys_on_the_command_line_are_refused_and_not_repeated() {
    let hoga = Hoga::new();
    for line in [
        format!("auth add binance {KEY} {SECRET}"),
        format!("auth add binance {KEY} --store file"),
        format!("auth add binance --secret {SECRET}"),
        format!("auth add binance --secret={SECRET} --json"),
        format!("auth add binance --app-key {KEY} --app-secret {SECRET} --json"),
        format!("auth add binance --api-key={KEY} --api-secret={SECRET} --lang ko"),
        format!("auth add binance --passphrase {SECRET}"),
        format!("auth add binance --secret-stdin --token {SECRET}"),
    ] {
        let ran = checked(&hoga, &line, "");
        assert_eq!(ran.status, 2, "{}", ran.err);
        assert!(ran.err.contains("the shell keeps it in its history") || ran.err.contains("셸의 기록"), "{}", ran.err);
    }
    for line in
        [format!("auth add {KEY} --secret-stdin"), format!("auth test {SECRET}"), format!("auth rm {KEY} --yes")]
    {
        assert_eq!(checked(&hoga, &line, "").status, 2);
    }
    let in_place_of_a_path = format!("auth add binance --store file --secret-stdin --key-file {SECRET}");
    assert_eq!(checked(&hoga, &in_place_of_a_path, KEY).status, 1);
    assert!(!hoga.path("secrets.json").exists());
}

#[test]
fn keys_of_the_environment_are_in_no_output_either() {
    let hoga = Hoga::new()
        .with("HOGA_BINANCE_API_KEY", KEY)
        .with("HOGA_BINANCE_API_SECRET", SECRET)
        .with("HOGA_KIS_MOCK_APP_KEY", KEY)
        .with("HOGA_KIS_MOCK_APP_SECRET", &format!("{SECRET} with a space"))
        .with("HOGA_BINANCE_LIVE_API_KEY", KEY)
        .with("HOGA_BINANCE_LIVE_PRIVATE_KEY_FILE", SECRET)
        .with("RUST_LOG", "trace");
    for (line, status) in [
        ("auth list -v -v", 0),
        ("auth list --json", 0),
        ("auth test binance -v -v", 4),
        ("auth test kis-mock --json", 3),
        ("config show", 0),
    ] {
        let ran = checked(&hoga, line, "");
        assert_eq!(ran.status, status, "{line}: {}", ran.err);
    }
    // A key where the path of a key file belongs.
    assert_eq!(checked(&hoga, "auth test binance-live --json", "").status, 1);
    assert_folder_clean(hoga.folder.path(), &[]);
}

#[test]
fn nothing_that_holds_a_key_prints_it() {
    let binance = profile("binance", BrokerName::Binance, World::Live);
    let private = || Ed25519Key::from_pem(&secret(ED25519_PEM)).unwrap();
    let mut places = Places::new();
    places.set("HOGA_BINANCE_API_KEY", KEY);
    places.set("HOGA_BINANCE_API_SECRET", SECRET);
    let lookup = |_: &str| None;
    let mut ask = |_| Ok(None);
    let mut passphrase = hoga::secrets::Passphrase::new(&lookup, &mut ask);
    let found = places.with_keys(|keys| keys.find(&binance, &mut passphrase)).unwrap();
    let listed = places.with_keys(|keys| keys.places(&binance));
    let new = key(&binance, KEY);
    for (what, text) in [
        ("text", format!("{:?} {:#?}", secret(SECRET), secret(SECRET))),
        ("private key", format!("{:?} {:#?}", private(), private())),
        ("secret", format!("{:?} {:?}", Secret::Shared(secret(SECRET)), Secret::Ed25519(private()))),
        ("new key", format!("{new:?} {new:#?}")),
        ("credential", format!("{found:?} {found:#?}")),
        ("places", format!("{listed:?} {listed:#?}")),
    ] {
        assert_clean(what, text.as_bytes());
        assert!(what == "places" || text.contains("***"), "{what}: {text}");
    }
    let told = std::panic::catch_unwind(|| panic!("{:?}", secret(SECRET))).unwrap_err();
    assert_clean("panic", told.downcast_ref::<String>().unwrap().as_bytes());
}
