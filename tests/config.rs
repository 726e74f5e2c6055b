//! The config as its users meet it: files that work, files that do not and what they are told, the example.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use hoga::config::{
    BreakevenTicks, BrokerName, Colours, Config, ConfigError, Distance, DistanceUnit, Gain, KeyBinding, Language,
    LanguageChoice, LogLevel, Loss, Permission, Theme, World,
};
use hoga::market::Currency;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

fn valid(name: &str) -> Config {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs/valid").join(name);
    Config::load(&path).unwrap()
}

fn errors(text: &str) -> String {
    Config::parse(text, "config.toml").unwrap_err().to_string()
}

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn every_invalid_file_is_refused_with_the_message_kept_beside_it() {
    let files = files("invalid");
    assert!(files.len() >= 20);
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let error = Config::parse(&text, name).expect_err(name).to_string();
        let expected = fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        assert_eq!(error.trim(), expected.trim(), "\n--- {name} says ---\n{error}\n");
        assert!(!error.contains("canary") && !error.contains("CANARY"), "{name} repeats a secret: {error}");
    }
}

#[test]
fn every_valid_file_is_read() {
    for path in files("valid") {
        Config::load(&path).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn without_a_file_the_simulator_and_the_replay_are_there() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::load_if_there(&dir.path().join("config.toml")).unwrap();
    assert_eq!(config, Config::built_in());
    let sim = config.profile(None).unwrap();
    assert_eq!((sim.name.as_str(), sim.broker, sim.world), ("sim", BrokerName::Sim, World::Virtual));
    assert_eq!(sim.initial_cash[&Currency::Krw], amount("100000000"));
    assert_eq!(sim.initial_cash[&Currency::Usdt], amount("100000"));
    let replay = config.profile(Some("replay")).unwrap();
    assert_eq!((replay.broker, replay.world), (BrokerName::Replay, World::Virtual));
    let unknown = config.profile(Some("replai")).unwrap_err().to_string();
    assert_eq!(unknown, "there is no profile 'replai'; there are: replay, sim; did you mean 'replay'?");
    assert!(matches!(Config::load(&dir.path().join("config.toml")), Err(ConfigError::Read { .. })));
}

#[test]
fn a_profile_inherits_limits_key_by_key_wherever_the_tables_stand() {
    let config = valid("live.toml");
    let live = config.profile(None).unwrap();
    assert_eq!(live.world, World::Live);
    assert_eq!(live.risk.permission, Permission::RealTrader);
    assert_eq!(live.risk.max_order_amount, Some(amount("3000000")));
    assert_eq!(live.risk.max_daily_loss, Some(amount("100000.50")));
    assert_eq!(live.risk.max_positions, None);
    assert_eq!(live.risk.max_open_orders, Some(16), "from [risk]");
    assert_eq!(live.risk.max_leverage, Some(20), "built in");
    assert_eq!(live.risk.blocked, ["KRX:005930", "000660"]);
    assert_eq!(live.rest_url.as_ref().unwrap().as_str(), "https://openapi.koreainvestment.com:9443");
    assert!(live.initial_cash.is_empty(), "a live account's cash is the broker's to say");
    let sim = config.profile(Some("sim")).unwrap();
    assert_eq!(sim.risk.max_order_amount, Some(amount("5000000")), "built-in profiles obey [risk] too");
    assert_eq!(sim.risk.permission, Permission::PaperTrader);
}

#[test]
fn a_built_in_profile_needs_only_what_differs() {
    let config = valid("partial_sim.toml");
    let sim = config.profile(Some("sim")).unwrap();
    assert_eq!((sim.broker, sim.sim.seed, sim.sim.speed, sim.sim.journal), (BrokerName::Sim, 42, amount("0.5"), false));
    assert_eq!(sim.sim.latency_ms, Config::built_in().profile(None).unwrap().sim.latency_ms);
    assert_eq!(sim.initial_cash.iter().collect::<Vec<_>>(), [(&Currency::Krw, &amount("5000000"))]);
    assert_eq!(config.profile(Some("second")).unwrap().world, World::Virtual);
}

#[test]
fn reads_what_a_windows_editor_writes() {
    let config = valid("windows_editor.toml");
    assert_eq!((config.language, config.desk.log_level), (LanguageChoice::En, LogLevel::Debug));
    assert_eq!(Language::detect(None, &|_| None, config.language), Language::En);
}

#[test]
fn the_example_is_the_built_in_config() {
    let example = include_str!("../config.example.toml");
    let config = Config::parse(example, "config.example.toml").unwrap_or_else(|error| panic!("{error}"));
    let built_in = Config::built_in();
    assert_eq!(config.default_profile, built_in.default_profile);
    assert_eq!(config.language, built_in.language);
    assert_eq!(config.risk, built_in.risk);
    assert_eq!(config.desk, built_in.desk);
    assert_eq!((config.ui, config.keys, config.brackets), (built_in.ui, built_in.keys, built_in.brackets));
    assert_eq!(config.profiles, built_in.profiles);
}

/// Path of every line `key = value` of the example, in the words of `Config::keys`.
fn example_keys(text: &str) -> BTreeSet<(String, String)> {
    let mut table = "the top table".to_owned();
    let mut keys = BTreeSet::new();
    for line in text.lines() {
        if let Some(header) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let parts: Vec<&str> = header.split('.').collect();
            table = match parts.as_slice() {
                ["brackets", _] => "[brackets.NAME]".to_owned(),
                ["profiles", _] => "[profiles.NAME]".to_owned(),
                ["profiles", _, inner] => {
                    keys.insert(("[profiles.NAME]".to_owned(), (*inner).to_owned()));
                    format!("[profiles.NAME.{inner}]")
                }
                _ => format!("[{header}]"),
            };
            keys.insert(("the top table".to_owned(), parts[0].to_owned()));
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with("# ")) {
            keys.insert((table.clone(), key.to_owned()));
        }
    }
    keys
}

fn uncommented(example: &str) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c == '[' || c.is_ascii_lowercase() || c.is_ascii_uppercase()) => {
            format!("{rest}\n")
        }
        _ => format!("{line}\n"),
    };
    example.lines().map(line).collect()
}

#[test]
fn the_example_has_every_key_and_its_examples_work() {
    let text = uncommented(include_str!("../config.example.toml"));
    let config = Config::parse(&text, "config.example.toml").unwrap_or_else(|error| panic!("{error}"));
    assert!(config.profile(Some("kis-mock")).is_ok() && config.profile(Some("binance-virtual")).is_ok());
    let present = example_keys(&text);
    for (table, key) in Config::keys() {
        assert!(present.contains(&(table.to_owned(), key.to_owned())), "config.example.toml lacks '{key}' in {table}");
    }
}

/// Every limit that can be switched off says so the same way, and comes back as it was.
#[test]
fn what_is_shown_reads_back_as_the_same_config() {
    let mut texts: Vec<String> = ["partial_sim.toml", "crypto.toml", "empty.toml", "screen.toml"]
        .iter()
        .map(|name| valid(name).to_redacted_toml())
        .collect();
    texts.push(Config::built_in().to_redacted_toml());
    for text in texts {
        let once = Config::parse(&text, "shown").unwrap_or_else(|error| panic!("{error}\n{text}"));
        let again = Config::parse(&once.to_redacted_toml(), "shown").unwrap();
        assert_eq!((&once.profiles, &once.risk, &once.desk), (&again.profiles, &again.risk, &again.desk));
        assert_eq!((&once.ui, &once.brackets), (&again.ui, &again.brackets));
    }
    let original = valid("crypto.toml");
    let shown = Config::parse(&original.to_redacted_toml(), "shown").unwrap();
    assert_eq!((shown.profiles, shown.risk), (original.profiles, original.risk));
}

#[test]
fn what_is_shown_names_origins_and_masks_the_account() {
    let text = include_str!("configs/valid/live.toml");
    let shown = Config::parse(text, "my.toml").unwrap().to_redacted_toml();
    for line in [
        "default_profile = \"kis-live\"  # my.toml, line 1",
        "max_order_amount = \"5000000\"  # my.toml, line 19",
        "max_order_amount = \"3000000\"  # my.toml, line 6",
        "max_positions = \"off\"  # my.toml, line 8",
        "max_leverage = 20  # default",
        "account = \"******78-01\"  # my.toml, line 14",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "no line {line:?} in\n{shown}");
    }
    let config = Config::parse(text, "my.toml").unwrap();
    let json = serde_json::to_string(&config).unwrap();
    for text in [shown, format!("{config:?}"), json] {
        assert!(!text.contains("12345678"), "{text}");
    }
    assert_eq!(config.profile(None).unwrap().account.as_ref().unwrap().reveal(), "12345678-01");
}

#[test]
fn the_screen_and_its_keys_and_brackets_are_read() {
    let config = valid("screen.toml");
    assert_eq!((config.ui.fps, config.ui.theme, config.ui.colours), (60, Theme::Western, Colours::Palette));
    assert_eq!(config.ui.sizes.0.map(|size| size.to_string()), ["0.001", "0.01", "0.1", "1", "2.5"]);
    assert_eq!(config.ui.symbol.0.as_deref(), Some("KRX:005930"));
    assert_eq!(config.ui.disarm_seconds, 60, "built in");
    let keys: Vec<_> = config.keys.iter().map(|key| (key.action.as_str(), key.chords.join(" "), key.line)).collect();
    let expected =
        [("buy", "f2".to_owned(), 8), ("kill-switch", "ctrl-k f12".to_owned(), 9), ("sell", String::new(), 10)];
    assert_eq!(keys, expected);
    let template = &config.brackets["runner"];
    let distance = |amount: &str, unit| Distance { amount: self::amount(amount), unit };
    assert_eq!(template.take_profit, Some(Gain(distance("3.5", DistanceUnit::Percent))));
    assert_eq!(template.stop_loss, Some(Loss(distance("10", DistanceUnit::Ticks))));
    assert_eq!(template.trail, Some(Loss(distance("500", DistanceUnit::Price))));
    assert_eq!(template.breakeven_after, Some(BreakevenTicks(5)));
    let shown = Config::parse(&config.to_redacted_toml(), "shown").unwrap();
    assert_eq!((shown.ui, shown.brackets), (config.ui, config.brackets));
    let chords =
        |keys: &[KeyBinding]| keys.iter().map(|key| (key.action.clone(), key.chords.clone())).collect::<Vec<_>>();
    assert_eq!(chords(&shown.keys), chords(&config.keys));
}

#[test]
fn variables_of_a_profile_are_in_its_name() {
    assert_eq!(valid("design.toml").profile(Some("kis-mock")).unwrap().environment_prefix(), "HOGA_KIS_MOCK");
}

#[test]
fn a_config_everyone_can_write_to_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    fs::write(&path, "language = \"ko\"\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    let error = Config::load(&path).unwrap_err().to_string();
    assert!(error.contains("chmod o-w"), "{error}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
    assert_eq!(Config::load(&path).unwrap().language, LanguageChoice::Ko);
}

#[test]
fn files_that_are_no_config_are_refused_without_reading_them_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    fs::write(&path, vec![b'#'; 2 << 20]).unwrap();
    assert!(matches!(Config::load(&path), Err(ConfigError::TooLarge { .. })));
    fs::write(&path, [b'a', 0xff]).unwrap();
    assert!(Config::load(&path).unwrap_err().to_string().contains("UTF-8"));
    assert!(Config::load(dir.path()).unwrap_err().to_string().contains("directory"));
}

#[test]
fn a_file_of_mistakes_ends_in_a_bounded_message() {
    let text: String = (0..10_000).map(|n| format!("key{n} = 1\n")).collect();
    assert!(errors(&text).lines().count() <= 100);
    let long = format!("{} = 1\n", "k".repeat(100_000));
    assert!(errors(&long).len() < 1_000);
    assert!(!errors("\"a\\u001b[31m\" = 1\n").contains('\u{1b}'), "control characters reach no terminal");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(\\[|\\]|profiles|risk|sim|\\.|=|\"|'|\n| |-|1|#|\\{|\\}|호|é|max_positions|off){0,40}") {
        let _ = Config::parse(&text, "any");
    }

    #[test]
    fn amounts_come_through_exactly(units in 1_u64..1_000_000_000_000, scale in 0_u32..8) {
        let limit = Decimal::new(i64::try_from(units).unwrap(), scale);
        let config = Config::parse(&format!("[risk]\nmax_order_amount = \"{limit}\"\n"), "any").unwrap();
        prop_assert_eq!(config.risk.max_order_amount, Some(limit));
    }

    /// One slip of the finger in a key is an error that names the key meant.
    #[test]
    fn a_slip_in_a_key_names_the_key(index in 0_usize..17, at in 1_usize..6) {
        let keys: Vec<&str> = Config::keys().into_iter().filter(|(t, _)| *t == "[risk]").map(|(_, key)| key).collect();
        let key = keys[index % keys.len()];
        let mut typed = key.to_owned();
        typed.remove(at);
        let error = errors(&format!("[risk]\n{typed} = 1\n"));
        prop_assert!(error.starts_with("config.toml:2:1: unknown key"), "{}", error);
        prop_assert!(error.contains(&format!("did you mean '{key}'?")), "{}", error);
    }
}
