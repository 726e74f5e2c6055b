//! Questions on a terminal: nothing typed is shown, and the terminal is given back.

use std::path::Path;

use rustix::process::Signal;

use crate::stage::Hoga;
use crate::terminal::Terminal;

const KEY: &str = "CanaryKeyTypedOnATerminal0123456789";
const SECRET: &str = "CanarySecretTypedOnATerminal987654321";
const PASSPHRASE: &str = "canary 암호 문구 of a person";

fn terminal(hoga: &Hoga, words: &[&str]) -> Terminal {
    let surroundings = hoga.surroundings();
    let surroundings: Vec<(&str, &str)> = surroundings.iter().map(|(name, value)| (&**name, &**value)).collect();
    let program = Path::new(env!("CARGO_BIN_EXE_hoga"));
    Terminal::start_in(hoga.folder.path(), 24, 100, program, words, &surroundings)
}

fn answer(terminal: &Terminal, question: &str, text: &str) {
    terminal.wait_for_text(question);
    terminal.send(format!("{text}\r").as_bytes());
}

/// Whether any eight letters of it in a row were on the terminal.
fn is_shown(terminal: &Terminal, secret: &str) -> bool {
    let written = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let letters: Vec<char> = secret.chars().collect();
    letters.windows(8).any(|part| written.contains(&part.iter().collect::<String>()))
}

#[test]
fn what_is_typed_is_kept_and_never_shown() {
    let hoga = Hoga::new().with("HOGA_PASSPHRASE", "");
    let adding = terminal(&hoga, &["auth", "add", "binance"]);
    answer(&adding, "Binance key (not shown)", KEY);
    answer(&adding, "Binance secret (not shown)", SECRET);
    answer(&adding, "New passphrase", PASSPHRASE);
    adding.wait_for_text("Once more");
    let pid = adding.pid();
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
    let said = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap();
    assert!(!String::from_utf8_lossy(&said).contains("Canary"));
    answer(&adding, "Once more", PASSPHRASE);
    assert_eq!(adding.wait_exit().status, Some(0), "{}", adding.text());
    for secret in [KEY, SECRET, PASSPHRASE] {
        assert!(!is_shown(&adding, secret), "{}", adding.text());
    }
    assert_eq!(adding.discipline(), *adding.untouched_discipline());

    let testing = terminal(&hoga, &["auth", "test", "binance"]);
    answer(&testing, "Passphrase of the encrypted file", "a wrong passphrase");
    assert_eq!(testing.wait_exit().status, Some(3));
    let testing = terminal(&hoga, &["auth", "test", "binance"]);
    // A slip, and the line taken back.
    answer(&testing, "Passphrase of the encrypted file", &format!("slip\u{15}{PASSPHRASE}"));
    assert_eq!(testing.wait_exit().status, Some(4), "opened, and nobody answers: {}", testing.text());
    assert!(!is_shown(&testing, PASSPHRASE));

    let removing = terminal(&hoga, &["auth", "rm", "binance"]);
    answer(&removing, "Forget the key of the profile binance? encrypted file ****6789", "");
    assert_eq!(removing.wait_exit().status, Some(1), "Enter is no");
    let removing = terminal(&hoga, &["auth", "rm", "binance"]);
    answer(&removing, "[y/N]", "y");
    assert_eq!(removing.wait_exit().status, Some(0));
}

#[test]
fn passphrases_that_differ_keep_nothing() {
    let hoga = Hoga::new().with("HOGA_PASSPHRASE", "");
    let adding = terminal(&hoga, &["auth", "add", "binance", "--store", "file"]);
    answer(&adding, "Binance key", KEY);
    answer(&adding, "Binance secret", SECRET);
    answer(&adding, "New passphrase", PASSPHRASE);
    answer(&adding, "Once more", "something else entirely");
    assert_eq!(adding.wait_exit().status, Some(2), "{}", adding.text());
    assert!(!hoga.path("secrets.json").exists());
}

#[test]
fn ctrl_c_ends_the_question_and_gives_the_terminal_back() {
    let hoga = Hoga::new();
    for _ in 0..5 {
        let adding = terminal(&hoga, &["auth", "add", "binance", "--store", "file"]);
        answer(&adding, "Binance key", KEY);
        adding.wait_for_text("Binance secret");
        adding.send(b"half\x03");
        assert_eq!(adding.wait_exit().status, Some(130));
        assert_eq!(adding.discipline(), *adding.untouched_discipline());
    }
    let given_up = terminal(&hoga, &["auth", "add", "binance", "--store", "file"]);
    given_up.wait_for_text("Binance key");
    given_up.send(b"\x04");
    assert_eq!(given_up.wait_exit().status, Some(2));
    assert!(!hoga.path("secrets.json").exists());
}

#[test]
fn a_key_is_not_read_from_a_terminal_that_shows_it() {
    let hoga = Hoga::new();
    let adding = terminal(&hoga, &["auth", "add", "binance", "--store", "file", "--secret-stdin"]);
    assert_eq!(adding.wait_exit().status, Some(2));
    assert!(adding.text().contains("would show the key"), "{}", adding.text());
}

#[test]
fn a_process_that_is_ended_with_a_key_in_it_leaves_no_core() {
    let hoga = Hoga::new();
    let adding = terminal(&hoga, &["auth", "add", "binance", "--store", "file"]);
    answer(&adding, "Binance key", KEY);
    adding.wait_for_text("Binance secret");
    adding.kill(Signal::ABORT);
    adding.wait_exit();
    let names: Vec<_> =
        std::fs::read_dir(hoga.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().starts_with("core")), "{names:?}");
}
