//! The shape of the source, held by a test: floors, what is absent from each layer, who may ask the time.
//!
//! The checker is a pure function over paths and texts, so that each rule is also shown a program that breaks it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod source_text;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use source_text::Source;

/// Top-level modules and their floors; a module uses its own floor and those below.
const FLOORS: [(&str, u8); 15] = [
    ("market", 0),
    ("order", 0),
    ("config", 0),
    ("text", 0),
    ("ledger", 1),
    ("tape", 1),
    ("secrets", 1),
    ("risk", 1),
    ("strategy", 1),
    ("broker", 1),
    ("notify", 1),
    ("desk", 2),
    ("backtest", 2),
    ("cli", 3),
    ("tui", 3),
];

/// What a part of the program never uses although its floor would allow it.
struct Ban {
    of: &'static str,
    never: &'static [&'static str],
    except: &'static [&'static str],
}

const BANS: [Ban; 14] = [
    Ban { of: "market", never: &["order", "config", "text"], except: &[] },
    Ban { of: "order", never: &["config", "text"], except: &[] },
    Ban { of: "config", never: &["text"], except: &[] },
    Ban { of: "text", never: &["market", "order"], except: &[] },
    Ban { of: "ledger", never: &["risk", "broker", "strategy", "secrets", "notify"], except: &[] },
    Ban { of: "risk", never: &["ledger", "tape", "secrets", "notify"], except: &[] },
    Ban { of: "risk", never: &["broker"], except: &["broker::api"] },
    // An adapter holds no risk rule, and keeps no books.
    Ban { of: "broker", never: &["risk", "ledger", "strategy", "notify"], except: &[] },
    // What adapters share knows none of them.
    Ban { of: "broker::net", never: &["broker"], except: &["broker::net"] },
    Ban { of: "broker::paper", never: &["broker"], except: &["broker::paper", "broker::api", "broker::replay"] },
    // The core sees what brokers and ledger say, never how they do it.
    Ban { of: "desk::core", never: &["broker"], except: &["broker::api"] },
    Ban {
        of: "desk::core",
        never: &["desk"],
        except: &["desk::core", "desk::protocol", "desk::record", "desk::alert"],
    },
    Ban { of: "cli", never: &["broker", "desk::core", "strategy"], except: &[] },
    Ban { of: "tui", never: &["broker", "desk::core", "strategy"], except: &[] },
];

/// A face speaks to the desk through its protocol; this one file is the desk's own process.
const RUNS_THE_DESK: [&str; 1] = ["src/cli/desk_run.rs"];

/// Parts without I/O, threads or environment.
const PURE: [&str; 6] = ["market", "order", "risk", "strategy", "broker::paper", "desk::core"];

const OUTSIDE_WORLD: [&str; 8] =
    ["std::fs", "std::net", "std::thread", "std::env", "std::process", "tokio::", "reqwest::", "rustix::"];

/// Who may ask the system for the time or for chance, and why. Everybody else is told.
const ASKS_THE_SYSTEM: [(&str, &str); 24] = [
    ("src/tui/clock.rs", "the screen's clock: the seam itself"),
    ("src/tui/inbox.rs", "how long the screen's thread sleeps"),
    ("src/desk/clock.rs", "the desk's clock: the seam itself"),
    ("src/desk/ids.rs", "the desk's ids: the seam itself"),
    ("src/desk/client.rs", "how long a face waits for its desk"),
    ("src/broker/net/mod.rs", "the wall clock adapters are given"),
    ("src/broker/net/backoff.rs", "the seed that keeps clients from reconnecting together"),
    ("src/broker/net/http.rs", "deadlines of requests; tokio's clock, which tests pause"),
    ("src/broker/net/lanes.rs", "rate limits; tokio's clock, which tests pause"),
    ("src/broker/net/token.rs", "age of a token; tokio's clock, which tests pause"),
    ("src/broker/net/websocket/supervisor.rs", "silence of a feed; tokio's clock, which tests pause"),
    ("src/broker/net/websocket/outlet.rs", "arrival of a frame; tokio's clock, which tests pause"),
    ("src/broker/binance/session/listing.rs", "when the listing is due; tokio's clock, which tests pause"),
    ("src/broker/binance/session/stream.rs", "when a stream's key is due; tokio's clock, which tests pause"),
    ("src/broker/binance/session/upkeep.rs", "whether a clock stepped; tokio's clock, which tests pause"),
    ("src/secrets/seal.rs", "salts and nonces of the encrypted file"),
    ("src/cli/auth.rs", "when a key was added"),
    ("src/cli/order.rs", "the client id of an order that was given none"),
    ("src/cli/order_change.rs", "how long a command waits"),
    ("src/cli/order_wait.rs", "how long a command waits"),
    ("src/cli/desk.rs", "how long a command waits"),
    ("src/cli/db.rs", "the name of a copy carries its time"),
    ("src/tui/terminal/input.rs", "arrival of a key"),
    ("src/cli/doctor.rs", "it examines the machine's clock"),
];

const SYSTEM_CALLS: [&str; 9] = [
    "Timestamp::now",
    "SystemTime::now",
    "Instant::now",
    "Zoned::now",
    "Utc::now",
    "thread_rng",
    "getrandom",
    "now_v7",
    "new_v4",
];

/// Words that only a database is told, each a phrase of which every part stands in one string.
const SQL: [&[&str]; 8] = [
    &["select ", " from "],
    &["insert into "],
    &["update ", " set ", " where "],
    &["delete from "],
    &["create table"],
    &["drop table"],
    &["alter table"],
    &["pragma "],
];

/// Longest file, in lines of code that is not a test.
const LINES_MAX: usize = 600;

/// A rule that a file breaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    rule: &'static str,
    at: String,
    what: String,
}

/// Every rule over every file, as `(path, text)` with paths such as `src/market/book/mod.rs`.
fn violations(files: &[(String, String)]) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, text) in files {
        let source = Source::read(path, text);
        let mut say = |rule, line: usize, what: String| {
            found.push(Violation { rule, at: format!("{path}:{line}"), what });
        };
        imports(&source, &mut say);
        outside_world(&source, &mut say);
        storage(&source, &mut say);
        shape(&source, &mut say);
    }
    found.sort();
    found
}

fn imports(source: &Source, say: &mut impl FnMut(&'static str, usize, String)) {
    let own = source.module.join("::");
    let Some(top) = source.module.first() else { return };
    let Some(floor) = floor_of(top) else {
        return say("floor", 1, format!("{top} has no floor: give it one"));
    };
    for (line, used) in source.paths() {
        let target = used.join("::");
        let Some(reached) = used.first().and_then(|first| floor_of(first)) else { continue };
        if reached > floor {
            say("floor", line, format!("{own} uses {target}, which is above it"));
        }
        let banned = BANS.iter().any(|ban| {
            let never = ban.never.iter().any(|part| within(&target, part));
            within(&own, ban.of) && never && !ban.except.iter().any(|part| within(&target, part))
        });
        let test_feed = source.is_test(line) && within(&target, "broker::replay");
        if banned && !test_feed {
            say("ban", line, format!("{own} uses {target}, which is not for it"));
        }
        let face = matches!(top.as_str(), "cli" | "tui") && !RUNS_THE_DESK.contains(&source.path.as_str());
        if face && within(&target, "desk::shell") {
            say("ban", line, format!("{own} uses {target}: a face speaks to the desk through its protocol"));
        }
    }
}

fn outside_world(source: &Source, say: &mut impl FnMut(&'static str, usize, String)) {
    let own = source.module.join("::");
    let pure = PURE.iter().any(|part| within(&own, part));
    let allowed = ASKS_THE_SYSTEM.iter().any(|(path, _)| *path == source.path);
    for (line, code) in source.code_lines() {
        if code.contains("thread::sleep") {
            say("sleep", line, "std::thread::sleep".into());
        }
        if source.is_test(line) {
            continue;
        }
        for call in SYSTEM_CALLS.iter().filter(|call| !allowed && code.contains(**call)) {
            say("system", line, format!("{own} asks the system: {call}"));
        }
        for reach in OUTSIDE_WORLD.iter().filter(|reach| pure && code.contains(**reach)) {
            say("pure", line, format!("{own} is pure and uses {reach}"));
        }
    }
}

fn storage(source: &Source, say: &mut impl FnMut(&'static str, usize, String)) {
    if source.module.first().is_some_and(|top| top == "ledger") {
        return;
    }
    for (line, code) in source.code_lines() {
        if code.contains("rusqlite") {
            say("sql", line, "rusqlite".into());
        }
    }
    for (line, literal) in &source.literals {
        let literal = literal.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase() + " ";
        for phrase in SQL.iter().filter(|parts| parts.iter().all(|part| literal.contains(part))) {
            say("sql", *line, format!("{} in a string", phrase.concat().trim()));
        }
    }
}

fn shape(source: &Source, say: &mut impl FnMut(&'static str, usize, String)) {
    if !source.text.starts_with("//!") {
        say("doc", 1, "the file does not begin with what it is for (//!)".into());
    }
    let lines = (1..=source.lines).filter(|line| !source.is_test(*line)).count();
    if lines > LINES_MAX {
        say("length", lines, format!("{lines} lines"));
    }
}

fn floor_of(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// Whether a path is a module or inside it.
fn within(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn tree() -> Vec<(String, String)> {
    fn walk(folder: &Path, root: &Path, files: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    walk(&root.join("src"), root, &mut files);
    files.sort();
    files
}

#[test]
fn the_source_keeps_its_rules() {
    let files = tree();
    assert!(files.len() > 200, "only {} files found", files.len());
    let told: Vec<String> =
        violations(&files).iter().map(|one| format!("[{}] {} {}", one.rule, one.at, one.what)).collect();
    assert!(told.is_empty(), "{} violations:\n{}", told.len(), told.join("\n"));
}

#[test]
fn the_checker_sees_the_paths_that_are_there() {
    let seen: BTreeSet<String> = tree()
        .iter()
        .flat_map(|(path, text)| {
            let source = Source::read(path, text);
            let own = source.module.first().cloned().unwrap_or_default();
            source.paths().into_iter().map(move |(_, used)| format!("{own} -> {}", used[0])).collect::<Vec<_>>()
        })
        .collect();
    for known in ["order -> market", "risk -> broker", "desk -> ledger", "broker -> market", "cli -> desk"] {
        assert!(seen.contains(known), "{known} is not seen; seen: {seen:?}");
    }
}

#[test]
fn every_leave_to_ask_the_system_is_used() {
    let files = tree();
    let unused: Vec<&str> = ASKS_THE_SYSTEM
        .iter()
        .map(|(path, _)| *path)
        .filter(|path| {
            let file = files.iter().find(|(name, _)| name == path);
            !file.is_some_and(|(_, text)| SYSTEM_CALLS.iter().any(|call| text.contains(call)))
        })
        .collect();
    assert!(unused.is_empty(), "take these off the list: {unused:?}");
}

/// The rules a single file breaks.
fn broken(path: &str, body: &str) -> Vec<&'static str> {
    let file = (path.to_owned(), format!("//! What it is for.\n\n{body}\n"));
    violations(&[file]).into_iter().map(|one| one.rule).collect()
}

#[test]
fn a_climbing_import_is_named() {
    let file = ("src/market/book/mod.rs".to_owned(), "//! Doc.\n\nuse crate::desk::clock::Clock;\n".to_owned());
    let named = violations(&[file]);
    assert_eq!(named[0].rule, "floor");
    assert_eq!(named[0].at, "src/market/book/mod.rs:3");
    assert_eq!(named[0].what, "market::book uses desk::clock::Clock, which is above it");
}

#[test]
fn a_floor_is_climbed_in_whatever_way_it_is_written() {
    let ways = [
        ("src/market/time.rs", "fn f() { crate::desk::clock::now(); }"),
        ("src/market/time.rs", "use crate::{\n    market::Side,\n    desk::{clock::Clock, ids},\n};"),
        ("src/market/time.rs", "use super::super::desk::clock;"),
        ("src/market/mod.rs", "use super::desk;"),
        ("src/ledger/store.rs", "use crate::desk::protocol::Failure;"),
        ("src/desk/core/mod.rs", "type T = crate::cli::Exit;"),
        ("src/order/mod.rs", "mod tests { use crate::tui::Pane; }"),
    ];
    for (path, body) in ways {
        assert!(broken(path, body).contains(&"floor"), "{path}: {body}");
    }
}

#[test]
fn a_new_module_needs_a_floor() {
    assert_eq!(broken("src/utils/mod.rs", ""), ["floor"]);
}

#[test]
fn what_a_part_never_uses_is_named() {
    let ways = [
        ("src/market/side.rs", "use crate::order::Order;"),
        ("src/market/side.rs", "use crate::config::Config;"),
        ("src/order/fill.rs", "use crate::config::Config;"),
        ("src/risk/check.rs", "use crate::broker::sim::SimBroker;"),
        ("src/broker/sim/adapter.rs", "use crate::risk::check;"),
        ("src/broker/net/http.rs", "use super::super::sim::SimBroker;"),
        ("src/desk/core/mod.rs", "use crate::broker::registry;"),
        ("src/desk/core/mod.rs", "use super::shell;"),
        ("src/cli/order.rs", "use crate::broker::sim::SimBroker;"),
        ("src/cli/order.rs", "use crate::desk::{core::Core, protocol::Command};"),
        ("src/cli/order.rs", "use crate::desk::shell;"),
        ("src/tui/mod.rs", "use crate::broker::api::Broker;"),
    ];
    for (path, body) in ways {
        assert_eq!(broken(path, body), ["ban"], "{path}: {body}");
    }
}

#[test]
fn sql_outside_the_ledger_is_named() {
    let ways = [
        r#"const Q: &str = "SELECT id FROM orders";"#,
        "const Q: &str = r#\"\n  update orders\n  set state = 1 where id = 2\"#;",
        r#"const Q: &str = "pragma journal_mode";"#,
        "use rusqlite::Connection;",
    ];
    for body in ways {
        assert_eq!(broken("src/cli/db.rs", body), ["sql"], "{body}");
        assert!(broken("src/ledger/reader.rs", body).is_empty(), "{body}");
    }
}

#[test]
fn asking_the_system_is_named() {
    for call in SYSTEM_CALLS {
        let body = format!("fn f() {{ let _ = some::{call}(); }}");
        assert_eq!(broken("src/ledger/store.rs", &body), ["system"], "{call}");
        assert!(broken("src/desk/clock.rs", &body).is_empty(), "{call}");
    }
}

#[test]
fn reaching_out_of_a_pure_part_is_named() {
    for reach in OUTSIDE_WORLD {
        let body = format!("use {}something;", reach.trim_end_matches("::").to_owned() + "::");
        assert_eq!(broken("src/desk/core/mod.rs", &body), ["pure"], "{reach}");
        assert!(broken("src/desk/shell/start.rs", &body).is_empty(), "{reach}");
    }
}

#[test]
fn sleeping_is_named_even_in_tests() {
    let body = "#[cfg(test)]\nmod tests {\n    fn f() { std::thread::sleep(ONE); }\n}";
    assert_eq!(broken("src/desk/shell/start.rs", body), ["sleep"]);
}

#[test]
fn a_long_file_is_named_and_its_tests_do_not_count() {
    let code = "fn f() {}\n".repeat(LINES_MAX);
    assert_eq!(broken("src/cli/order.rs", &code), ["length"]);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}", "    fn f() {}\n".repeat(LINES_MAX));
    assert!(broken("src/cli/order.rs", &tests).is_empty());
}

#[test]
fn a_file_without_a_word_about_itself_is_named() {
    let file = ("src/cli/order.rs".to_owned(), "use std::fmt;\n".to_owned());
    assert_eq!(violations(&[file])[0].rule, "doc");
}

#[test]
fn words_about_other_parts_are_no_use_of_them() {
    let body = "/// As [`crate::desk::clock`] says, no std::fs, no Instant::now, no thread::sleep.\n\
                const TEXT: &str = \"crate::desk::clock, std::fs, Instant::now()\"; // crate::cli\n\
                /* crate::tui /* nested */ rusqlite */ const QUOTE: char = '\"';";
    assert!(broken("src/market/time.rs", body).is_empty());
}
