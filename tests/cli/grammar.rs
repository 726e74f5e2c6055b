//! Help, pages and what is made of the grammar.

use tempfile::TempDir;

use crate::fake_desk::{hoga_in, run, words};

fn hoga(line: &str) -> crate::fake_desk::Ran {
    run(hoga_in(&TempDir::new().unwrap()), words(line))
}

#[test]
fn hoga_alone_without_a_terminal_shows_the_help_and_fails() {
    let ran = hoga("");
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("Usage: hoga") && ran.err.contains("candles"), "{}", ran.err);
}

#[test]
fn help_is_data_in_both_languages() {
    for command in ["", "order buy", "order cancel", "risk test", "stream", "desk", "db restore", "completion"] {
        let en = hoga(&format!("{command} --help"));
        assert_eq!((en.status, en.err.as_str()), (0, ""), "{command}");
        assert!(en.out.contains("Usage: hoga"), "{command}");
        let ko = hoga(&format!("{command} --help --lang ko"));
        assert!(ko.status == 0 && ko.out.contains("사용법: hoga"), "{command}: {}", ko.out);
    }
    assert!(!hoga("desk --help").out.contains("  run"), "the hidden command is shown");
    assert_eq!(hoga("--version").out, format!("hoga {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_shell_gets_completions_and_the_manual_has_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = hoga(&format!("completion {shell}"));
        assert!(ran.status == 0 && ran.out.contains("reconcile"), "{shell}");
    }
    let man = hoga("man").out;
    for section in ["HOGA ORDER BUY", "HOGA STREAM", "HOGA DB BACKUP", "HOGA WATCH RM"] {
        assert!(man.contains(&format!(".SH \"{section}\"")), "{section}");
    }
}

#[test]
fn the_language_follows_flag_variable_and_locale() {
    let folder = TempDir::new().unwrap();
    let said = |variable: Option<&str>, locale: &str, flag: &str| {
        let mut process = hoga_in(&folder);
        process.env("LC_ALL", locale);
        if let Some(variable) = variable {
            process.env("HOGA_LANG", variable);
        }
        run(process, words(&format!("desk stop {flag}"))).err.trim().to_owned()
    };
    let (ko, en) = ("실행 중인 데스크가 없습니다", "no desk is running");
    assert_eq!(said(None, "ko_KR.UTF-8", ""), ko);
    assert_eq!(said(None, "C.UTF-8", ""), en);
    assert_eq!(said(Some("ko"), "C.UTF-8", ""), ko);
    assert_eq!(said(Some("ko"), "ko_KR.UTF-8", "--lang en"), en);
    let config = folder.path().join("hoga.toml");
    std::fs::write(&config, "language = \"ko\"\n").unwrap();
    let flag = format!("--config {}", config.display());
    assert_eq!(said(None, "C.UTF-8", &flag), ko);
    assert!(said(None, "C.UTF-8", &format!("{flag} --what")).starts_with("오류: '--what'"));
}

#[test]
fn the_doctor_names_a_cure_for_what_is_wrong() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("hoga.toml");
    std::fs::write(&config, "languge = \"ko\"\n").unwrap();
    let ran = run(hoga_in(&folder), words(&format!("doctor --json --config {}", config.display())));
    let checks = ran.json();
    let config = checks.as_array().unwrap().iter().find(|check| check["check"] == "config").unwrap().clone();
    assert_eq!(
        (ran.status, config["ok"].as_bool(), config["cure"].as_str()),
        (1, Some(false), Some("hoga config check"))
    );
}

#[test]
fn the_unit_names_the_folder_it_is_for() {
    let folder = TempDir::new().unwrap();
    let ran = run(hoga_in(&folder), words("desk install --json"));
    assert_eq!(ran.status, 0, "{}", ran.err);
    let unit = std::fs::read_to_string(ran.json()["path"].as_str().unwrap()).unwrap();
    assert!(unit.contains("\"desk\" \"run\"") && unit.contains(folder.path().to_str().unwrap()), "{unit}");
}
