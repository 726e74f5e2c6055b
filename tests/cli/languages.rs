//! Nothing that hoga says lacks its Korean: checked against the source and the domain's own lists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hoga::market::Phase;
use hoga::order::{KindName, OrderState, TimeInForce};
use hoga::text::{Language, failure, refusal, term};

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The code of every failure that is made in the source: the text behind the kind.
fn codes() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut codes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        for made in text.split("Failure::new(").skip(1) {
            let code = made.split('"').nth(1).unwrap_or_default();
            let head = made.split('"').next().unwrap_or_default();
            let is_code = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            if is_code && head.len() < 80 {
                codes.insert(code.to_owned());
            }
        }
    }
    codes
}

#[test]
fn every_failure_has_a_korean_sentence() {
    let codes = codes();
    assert!(codes.len() > 30, "the source is not read: {codes:?}");
    let missing: Vec<_> = codes.iter().filter(|code| failure::korean(code, &[]).is_none()).collect();
    assert!(missing.is_empty(), "without Korean: {missing:?}");
}

#[test]
fn every_rule_of_the_gate_has_a_sentence_in_both_languages() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/risk/refusal.rs")).unwrap();
    let names = text
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','))
        .filter(|line| line.starts_with("Risk") && line.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let mut count = 0;
    for name in names {
        let rule: hoga::risk::Rule = serde_json::from_value(screaming(name).into()).unwrap();
        count += 1;
        for language in [Language::Ko, Language::En] {
            assert!(refusal::rule(language, &rule.name()).is_some(), "{} lacks {language:?}", rule.name());
        }
    }
    assert!(count > 25, "the rules are not read: {count}");
}

fn screaming(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}

#[test]
fn every_word_of_a_record_has_a_korean_one() {
    let phases = [
        Phase::Closed,
        Phase::OpeningAuction,
        Phase::Continuous,
        Phase::ClosingAuction,
        Phase::Volatility,
        Phase::Halted,
        Phase::ClosingPrice,
        Phase::OffHoursAuction,
        Phase::PreMarket,
        Phase::AfterMarket,
        Phase::Night,
    ];
    let names = KindName::ALL.into_iter().map(KindName::as_str);
    let names = names.chain(OrderState::ALL.into_iter().map(OrderState::as_str));
    let names = names.chain(TimeInForce::ALL.into_iter().map(TimeInForce::as_str));
    let names = names.chain(phases.into_iter().map(Phase::as_str));
    let missing: Vec<_> = names.filter(|name| term::korean(name).is_none()).collect();
    assert!(missing.is_empty(), "without Korean: {missing:?}");
}
