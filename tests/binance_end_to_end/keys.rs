//! A key is added, used and forgotten.

use serde_json::json;

use crate::binance_server::{KEY, KEY_READ_ONLY, SECRET};
use crate::scenario::Scenario;
use crate::user::text;

const PASSPHRASE: (&str, &str) = ("HOGA_PASSPHRASE", "a passphrase of this test");

#[test]
fn a_key_that_was_added_trades_until_it_is_forgotten() {
    let user = Scenario::with(&[PASSPHRASE]);
    assert_eq!(user.fails("auth test play"), (3, "NO_KEY".to_owned()));
    let added = user.run_with("auth add play --store file --secret-stdin --json", &format!("{KEY}\n{SECRET}\n"));
    assert_eq!((added.status, text(&added.json(), "key")), (0, "****0001"), "{added:?}");
    let tested = user.json("auth test play");
    assert_eq!((&tested["broker_asked"], text(&tested, "origin")), (&json!(true), "file"));
    user.json("order buy BTCUSDT 0.01 --wait filled --timeout 60s");
    user.agrees();
    assert_eq!(user.json("auth list")[0]["in_use"], true);
    user.json("auth rm play");
    assert_eq!(user.json("auth list"), json!([]));
    assert_eq!(user.fails("auth test play"), (3, "NO_KEY".to_owned()));
}

#[test]
fn a_key_the_exchange_does_not_take_is_told_as_such() {
    let wrong: String = SECRET.chars().rev().collect();
    let user = Scenario::with(&[("HOGA_PLAY_API_KEY", KEY), ("HOGA_PLAY_API_SECRET", &wrong)]);
    assert_eq!(user.fails("auth test play"), (3, "KEY_REFUSED".to_owned()));
    let user = Scenario::with(&[("HOGA_PLAY_API_KEY", KEY_READ_ONLY), ("HOGA_PLAY_API_SECRET", SECRET)]);
    user.run("order buy BTCUSDT 0.01 --wait accepted --yes");
    assert!(user.server.orders().is_empty());
}
