//! Wrong input and broken files: what went wrong is said, with the exit status of its class, and nothing is sent.

use std::path::PathBuf;

use crate::user::{Ran, User, text};

#[test]
fn wrong_orders_are_refused_with_their_class() {
    let user = User::new();
    for (line, status, code) in [
        ("order buy NOPE 1", 2, "UNKNOWN_SYMBOL"),
        ("quote NOPE", 2, "UNKNOWN_SYMBOL"),
        ("order buy 005930 1 --price 70001", 6, "RISK_TICK_SIZE"),
        ("order buy 005930 0", 2, "USAGE"),
        ("order buy 005930 -1", 2, "USAGE"),
        ("order buy 005930 ten", 2, "USAGE"),
        ("order buy 005930 1.5", 6, "RISK_LOT_SIZE"),
        ("order buy 005930 1 --price 0", 2, "USAGE"),
        ("order buy 005930 1 --price -5", 2, "USAGE"),
        ("order buy 005930 200 --price 65000", 6, "RISK_MAX_ORDER_AMOUNT"),
        ("order sell 005930 1", 6, "RISK_INSUFFICIENT_QUANTITY"),
        ("order cancel nothing", 2, "NO_SUCH_ORDER"),
        ("order show nothing", 2, "NO_SUCH_ORDER"),
        ("order buy 005930 1 --tif never", 2, "USAGE"),
        ("withdraw 100000001", 2, "INSUFFICIENT_CASH"),
        ("deposit 0", 2, "USAGE"),
        ("leverage BTCUSDT 0", 2, "USAGE"),
        ("--profile nobody balance", 2, "UNKNOWN_PROFILE"),
    ] {
        assert_eq!(user.fails(line), (status, code.to_owned()), "{line}");
    }
    let ran = user.run("order buy 005930 100000 --price 60000 --json --yes");
    assert_eq!(ran.status, 6);
    assert!(ran.talk.contains("RISK_INSUFFICIENT_CASH"), "{ran:?}");
    let ran = user.run("order buy 005930 1 --json");
    assert_eq!(ran.status, 2, "it cannot ask: {ran:?}");
    assert_eq!(user.json("order list --all"), serde_json::json!([]));
    assert_eq!(user.json("transactions").as_array().unwrap().len(), 2, "only the first cash");
}

fn fails_with(ran: &Ran, status: i32, words: &[&str]) {
    assert_eq!(ran.status, status, "{ran:?}");
    for word in words {
        assert!(ran.talk.contains(word), "no '{word}' in {ran:?}");
    }
    assert!(!ran.talk.contains("panicked"), "{ran:?}");
}

#[test]
fn a_misspelt_config_names_the_place_and_starts_nothing() {
    let user = User::new();
    std::fs::write(user.config(), "[risk]\nmax_order_amonut = 5\n").unwrap();
    fails_with(&user.run("quote 005930"), 2, &["config.toml:2", "max_order_amonut", "max_order_amount"]);
    assert!(!user.desk_runs());
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let user = User::new();
    let file = user.config();
    for folder in [file.join("data"), PathBuf::from("/proc/hoga")] {
        let ran = user.run_in(&folder, "quote 005930 --json");
        fails_with(&ran, 2, &[&*folder.to_string_lossy()]);
        assert_eq!(text(&ran.error(), "code"), "DATA_DIR");
    }
}

#[test]
fn a_path_too_long_for_a_socket_works_or_says_so() {
    let user = User::new();
    let folder = user.data_dir().join("x".repeat(120));
    std::fs::create_dir_all(&folder).unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    let ran = user.run_in(&folder, "quote 005930 --json");
    if ran.status == 0 {
        assert_eq!(text(&ran.json(), "symbol"), "005930");
        user.run_in(&folder, "desk stop --force");
    } else {
        fails_with(&ran, 2, &["too long", "--data-dir"]);
    }
}

/// A ledger with a trade in it, and no desk on it.
fn used_ledger(user: &User) -> PathBuf {
    user.json("order buy 005930 1 --wait filled --timeout 60s");
    user.run("desk stop --force");
    let ledger = user.paths().ledger();
    assert!(ledger.exists());
    ledger
}

#[test]
fn a_damaged_ledger_is_not_used() {
    let user = User::new();
    let ledger = used_ledger(&user);
    let mut bytes = std::fs::read(&ledger).unwrap();
    for byte in bytes.iter_mut().skip(4096).step_by(97) {
        *byte ^= 0x5a;
    }
    std::fs::write(&ledger, bytes).unwrap();
    let ran = user.run("order buy 005930 1 --json --yes");
    assert_ne!(ran.status, 0, "{ran:?}");
    fails_with(&ran, ran.status, &["damaged", "hoga db restore"]);
    assert!(!user.desk_runs());
    let ran = user.run("db verify --json");
    assert_ne!(ran.status, 0, "{ran:?}");
}

#[test]
fn a_ledger_of_a_newer_version_is_left_alone() {
    let user = User::new();
    let ledger = used_ledger(&user);
    let connection = rusqlite::Connection::open(&ledger).unwrap();
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    connection.execute_batch(&format!("PRAGMA user_version = {}", version + 1)).unwrap();
    drop(connection);
    let before = std::fs::read(&ledger).unwrap();
    let ran = user.run("quote 005930 --json");
    fails_with(&ran, ran.status, &["version"]);
    assert_ne!(ran.status, 0);
    assert!(!user.desk_runs());
    assert_eq!(std::fs::read(&ledger).unwrap(), before);
}
