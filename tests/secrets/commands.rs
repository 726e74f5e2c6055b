//! `hoga auth`, run as a user runs it.

use std::io::Read;
use std::os::unix::net::UnixListener;

use serde_json::json;

use crate::stage::{ED25519_PEM, Hoga, mode, run, set_mode};

const KEY: &str = "key-of-the-broker-with-the-end-Ab3f";
const SECRET: &str = "secret-of-the-broker-with-the-end-Zz9x";

fn both() -> String {
    format!("{KEY}\n{SECRET}\n")
}

#[test]
fn a_key_is_added_listed_tested_and_forgotten() {
    let hoga = Hoga::new();
    assert_eq!(hoga.run("auth list --json").json(), json!([]));
    let missing = hoga.run("auth test binance --json");
    assert_eq!((missing.status, missing.error()["code"].as_str()), (3, Some("NO_KEY")));
    assert_eq!(missing.error()["hint"], "hoga auth add binance");

    let added = hoga.run_with("auth add binance --secret-stdin --json", &both());
    assert_eq!(added.status, 0, "{}", added.err);
    assert!(added.err.contains("no system keyring, so the encrypted file is used"), "{}", added.err);
    assert!(added.err.contains("the key has 35 characters"), "{}", added.err);
    let mut expected = json!({
        "profile": "binance", "broker": "binance", "world": "paper", "key_world": "paper", "origin": "file",
        "key": "****Ab3f", "kind": "hmac", "added_at": added.json()["added_at"], "in_use": true, "problem": null
    });
    assert_eq!(added.json(), expected);
    assert_eq!(hoga.run("auth list --json").json(), json!([expected]));
    let tested = hoga.run("auth test binance --json");
    // The key is found and fits, and nobody answers at the profile's address.
    assert_eq!((tested.status, tested.error()["code"].as_str()), (4, Some("BROKER_NOT_ASKED")), "{}", tested.err);

    assert_eq!(hoga.run("auth rm binance --json").error()["code"], "CANNOT_ASK");
    let gone = hoga.run("auth rm binance --yes --json");
    assert_eq!(gone.status, 0, "{}", gone.err);
    expected["in_use"] = json!(false);
    assert_eq!(gone.json(), json!([expected]));
    assert!(!hoga.path("secrets.json").exists());
    assert_eq!(hoga.run("auth rm binance --yes --json").error()["code"], "NO_KEY");
}

#[test]
fn every_shape_and_both_languages() {
    let hoga = Hoga::new();
    assert_eq!(hoga.run_with("auth add kis-mock --store file --secret-stdin -q", &both()).out, "kis-mock\n");
    let csv = hoga.run("auth list --format csv").out;
    assert!(csv.starts_with("profile,broker,world,key_world,origin,key,kind,added_at,in_use,problem\nkis-mock,kis,paper,paper,file,****Ab3f,app_secret,20"), "{csv}");
    assert_eq!(hoga.run("auth list --format jsonl").out.lines().count(), 1);
    let table = hoga.run("auth list --lang ko").out;
    for word in ["프로필", "있는 곳", "암호화 파일", "앱 시크릿", "모의", "****Ab3f"] {
        assert!(table.contains(word), "no {word} in {table}");
    }
    assert_eq!(hoga.run_with("auth add kiwoom-mock --store file --secret-stdin -q", &both()).status, 0);
    let tested = hoga.run("auth test kiwoom-mock --lang ko");
    assert!(tested.err.contains("아직 키움증권에 물어볼 수 없습니다") && tested.out.contains("아니요"), "{tested:?}");
    assert_eq!(hoga.run("auth test kiwoom-mock -q").out, "file\n");
    let refused = hoga.run("auth add sim --secret-stdin --lang ko");
    assert_eq!((refused.status, refused.err.trim()), (2, "오류: 'sim': 이 브로커에는 그런 키를 쓰지 않습니다"));
}

#[test]
fn a_key_that_is_there_is_replaced_only_with_leave() {
    let hoga = Hoga::new();
    assert_eq!(hoga.run_with("auth add binance --secret-stdin", &both()).status, 0);
    let other = format!("another-key-with-the-end-9876\n{SECRET}\n");
    let refused = hoga.run_with("auth add binance --secret-stdin --json", &other);
    assert_eq!((refused.status, refused.error()["code"].as_str()), (2, Some("CANNOT_ASK")));
    assert_eq!(hoga.run("auth list --json").json()[0]["key"], "****Ab3f");
    assert_eq!(hoga.run_with("auth add binance --secret-stdin --yes", &other).status, 0);
    assert_eq!(hoga.run("auth list --json").json()[0]["key"], "****9876");
}

#[test]
fn a_key_of_another_world_is_refused_and_listed_as_such() {
    let hoga = Hoga::new();
    assert_eq!(hoga.run_with("auth add binance --secret-stdin", &both()).status, 0);
    let config = std::fs::read_to_string(hoga.path("config.toml")).unwrap();
    std::fs::write(hoga.path("config.toml"), config.replacen("\"paper\"", "\"live\"", 1)).unwrap();
    let tested = hoga.run("auth test binance --json");
    assert_eq!((tested.status, tested.error()["code"].as_str()), (3, Some("KEY_OF_OTHER_WORLD")));
    let korean = hoga.run("auth test binance --lang ko").err;
    assert!(korean.contains("모의 세계의 것으로 넣은 키를 실전 세계에 쓸 수 없습니다"), "{korean}");
    let listed = hoga.run("auth list --json").json();
    assert!(listed[0]["problem"].as_str().unwrap().contains("added for the paper world"), "{listed}");
    std::fs::write(hoga.path("config.toml"), "").unwrap();
    let listed = hoga.run("auth list --json").json();
    assert_eq!(
        (&listed[0]["profile"], &listed[0]["world"]),
        (&json!("binance"), &json!(null)),
        "a profile that is gone"
    );
    assert_eq!(hoga.run("auth rm binance --yes").status, 0);
}

#[test]
fn the_environment_is_listed_tested_and_left_alone() {
    let hoga = Hoga::new().with("HOGA_KIS_MOCK_APP_KEY", KEY).with("HOGA_KIS_MOCK_APP_SECRET", SECRET);
    let listed = hoga.run("auth list --json").json();
    assert_eq!((&listed[0]["origin"], &listed[0]["key"]), (&json!("environment"), &json!("****Ab3f")));
    let tested = hoga.run("auth test kis-mock");
    // It is found, and nobody answers at the profile's address.
    assert!(tested.status == 4 && tested.err.contains("does not say for which world"), "{tested:?}");
    let added = hoga.run_with("auth add kis-mock --secret-stdin --json", &both());
    assert!(added.err.contains("the key in the environment is used before it"), "{}", added.err);
    assert_eq!(added.json()["in_use"], false);
    let gone = hoga.run("auth rm kis-mock --yes");
    assert!(gone.status == 0 && gone.err.contains("(HOGA_KIS_MOCK_…) stays"), "{gone:?}");
    let half = Hoga::new().with("HOGA_KIS_MOCK_APP_KEY", KEY);
    let tested = half.run("auth test kis-mock --json");
    assert_eq!((tested.status, tested.error()["code"].as_str()), (3, Some("KEY_HALF")));
    assert!(half.run("auth list --json").json()[0]["problem"].as_str().unwrap().contains("HOGA_KIS_MOCK_APP_SECRET"));
}

#[test]
fn a_private_key_comes_from_a_file_that_only_its_owner_reads() {
    let hoga = Hoga::new();
    let pem = hoga.path("key.pem");
    std::fs::write(&pem, ED25519_PEM).unwrap();
    set_mode(&pem, 0o644);
    let line = format!("auth add binance --secret-stdin --json --key-file {}", pem.display());
    let refused = hoga.run_with(&line, KEY);
    assert_eq!((refused.status, refused.error()["code"].as_str()), (1, Some("SECRETS_OPEN")));
    assert_eq!(refused.error()["hint"], format!("chmod 600 {}", pem.display()));
    set_mode(&pem, 0o600);
    assert_eq!(hoga.run_with(&line, &both()).error()["code"], "SECRET_LINES", "a secret beside a private key");
    let added = hoga.run_with(&line, KEY);
    assert_eq!((added.status, &added.json()["kind"]), (0, &json!("ed25519")), "{}", added.err);
    assert_eq!(hoga.run("auth list --json").json()[0]["kind"], "ed25519");
    let refused = hoga.run_with(&line.replace("binance", "kis-mock"), KEY);
    assert_eq!((refused.status, refused.error()["code"].as_str()), (2, Some("TAKES_NO_KEY")));
}

#[test]
fn a_passphrase_that_is_wrong_weak_or_missing_is_told_apart() {
    let hoga = Hoga::new().with("HOGA_PASSPHRASE", "short");
    let weak = hoga.run_with("auth add binance --secret-stdin --json", &both());
    assert_eq!((weak.status, weak.error()["code"].as_str()), (2, Some("WEAK_PASSPHRASE")));
    assert!(!hoga.path("secrets.json").exists());
    let hoga = hoga.with("HOGA_PASSPHRASE", "");
    let none = hoga.run_with("auth add binance --secret-stdin --json", &both());
    assert_eq!((none.status, none.error()["code"].as_str()), (2, Some("NO_PASSPHRASE")));
    let hoga = hoga.with("HOGA_PASSPHRASE", "the first passphrase");
    assert_eq!(hoga.run_with("auth add binance --secret-stdin", &both()).status, 0);
    let hoga = hoga.with("HOGA_PASSPHRASE", "the other passphrase");
    let wrong = hoga.run("auth test binance --json");
    assert_eq!((wrong.status, wrong.error()["code"].as_str()), (3, Some("WRONG_PASSPHRASE")));
    assert_eq!(hoga.run("auth list --json").json()[0]["key"], "****Ab3f", "a list needs no passphrase");
    std::fs::write(hoga.path("secrets.json"), "{}").unwrap();
    let damaged = hoga.run("auth test binance --json");
    assert_eq!((damaged.status, damaged.error()["code"].as_str()), (1, Some("SECRETS_DAMAGED")));
    assert_eq!(hoga.run("auth list --json").status, 1);
}

#[test]
fn passphrase_and_secret_come_over_descriptors_and_from_systemd() {
    let hoga = Hoga::new().with("HOGA_PASSPHRASE", "").with("HOGA_PASSPHRASE_FD", "4");
    std::fs::create_dir(hoga.path("credentials")).unwrap();
    std::fs::write(hoga.path("credentials/hoga-passphrase"), "over a descriptor\n").unwrap();
    let shell = |hoga: &Hoga, line: &str| {
        let mut command = std::process::Command::new("/bin/sh");
        command.env_clear().envs(hoga.surroundings()).arg("-c").arg(line).current_dir(hoga.folder.path());
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
        run(command, "")
    };
    let program = env!("CARGO_BIN_EXE_hoga");
    let line = format!(
        "printf '%s\\n' {KEY} {SECRET} > input; umask 000; \
         exec {program} auth add binance --secret-fd 3 3< input 4< credentials/hoga-passphrase"
    );
    let added = shell(&hoga, &line);
    assert_eq!(added.status, 0, "{}", added.err);
    assert_eq!((mode(&hoga.path("secrets.json")), mode(&hoga.path("secrets.lock"))), (0o600, 0o600));
    let closed = shell(&hoga, &format!("exec {program} auth test binance --json"));
    assert_eq!((closed.status, closed.error()["code"].as_str()), (2, Some("DESCRIPTOR")));
    let hoga = hoga.with("HOGA_PASSPHRASE_FD", "").with("CREDENTIALS_DIRECTORY", "credentials");
    let tested = shell(&hoga, &format!("exec {program} auth test binance --json"));
    assert_eq!(tested.error()["code"], "BROKER_NOT_ASKED", "opened, and nobody answers: {}", tested.err);
}

#[test]
fn processes_at_the_same_moment_lose_nothing() {
    let hoga = Hoga::new();
    let names = ["binance", "binance-live", "kis-mock"];
    let children: Vec<_> = names
        .map(|name| {
            let mut child = hoga.command(&format!("auth add {name} --store file --secret-stdin")).spawn().unwrap();
            std::io::Write::write_all(&mut child.stdin.take().unwrap(), both().as_bytes()).unwrap();
            child
        })
        .into_iter()
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    for name in names {
        // Binance's are opened, and nobody answers at its address.
        let tested = hoga.run(&format!("auth test {name} --json"));
        let is_opened = tested.status == 0 || tested.error()["code"] == "BROKER_NOT_ASKED";
        assert!(is_opened, "{name}: {}", tested.err);
    }
}

#[test]
fn a_keyring_that_never_answers_holds_nobody_up() {
    let hoga = Hoga::new();
    let listener = UnixListener::bind(hoga.path("bus")).unwrap();
    let bus = format!("unix:path={}", hoga.path("bus").display());
    let silent = std::thread::spawn(move || {
        // Takes what is said, and never says anything.
        let said = |connection: std::io::Result<std::os::unix::net::UnixStream>| {
            let mut said = Vec::new();
            let _ = connection.unwrap().read_to_end(&mut said);
            said.len()
        };
        listener.incoming().take(3).map(said).sum::<usize>()
    });
    let hoga = hoga.with("DBUS_SESSION_BUS_ADDRESS", &bus);
    let listed = hoga.run("auth list");
    assert!(listed.status == 0 && listed.err.contains("could not be looked into"), "{}", listed.err);
    let unseen = hoga.run("auth rm binance --yes --json");
    assert_eq!(unseen.error()["code"], "KEYRING", "it may hold the key: {}", unseen.err);
    let refused = hoga.run("auth add binance --store keyring --secret-stdin --json");
    assert_eq!((refused.status, refused.error()["code"].as_str()), (4, Some("KEYRING")), "{}", refused.err);
    assert_eq!((&refused.error()["retryable"], &refused.error()["hint"]), (&json!(true), &json!("--store file")));
    assert!(silent.join().unwrap() > 0, "nobody spoke to the keyring");
}

#[test]
fn a_profile_that_is_not_there_is_not_repeated() {
    let hoga = Hoga::new();
    for line in ["auth add hunter2hunter2 --secret-stdin", "auth test hunter2hunter2", "auth rm hunter2hunter2 --yes"] {
        let ran = hoga.run(&format!("{line} --json"));
        assert_eq!((ran.status, ran.error()["code"].as_str()), (2, Some("UNKNOWN_PROFILE")), "{line}");
        assert!(!ran.err.contains("hunter2") && ran.err.contains("binance-live"), "{}", ran.err);
    }
}
