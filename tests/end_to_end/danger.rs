//! The kill switch and the desk's own life.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use crate::user::{User, text, until};

#[test]
fn the_kill_switch_leaves_nothing_open_and_holds_until_the_word() {
    let user = User::new();
    for depth in 5..9 {
        let price = user.level("005930", "bids", depth);
        user.json(&format!("order buy 005930 {depth} --price {price} --wait accepted"));
    }
    user.json(&format!("order buy 000660 1 --stop {} --wait accepted", user.level("000660", "asks", 9)));
    let killed = user.json("kill");
    assert_eq!(killed["still_open"], serde_json::json!([]), "{killed}");
    assert_eq!(killed["canceled"], 5, "{killed}");
    assert_eq!(user.json("order list --open"), serde_json::json!([]));
    let refused = || user.fails("order buy 005930 1");
    assert_eq!(refused(), (6, "RISK_HALTED".into()));
    user.json("desk restart");
    assert_eq!(text(&user.json("desk status"), "state"), "halted");
    assert_eq!(refused(), (6, "RISK_HALTED".into()));
    user.kill_desk();
    assert_eq!(refused(), (6, "RISK_HALTED".into()));
    let (status, _) = user.fails("resume");
    assert_eq!(status, 2, "--yes is no word");
    let (status, _) = user.fails("resume --word please");
    assert_ne!(status, 0);
    assert_eq!(refused().0, 6);
    user.json("resume --word RESUME");
    user.json("order buy 005930 1 --wait filled --timeout 60s");
}

#[test]
fn a_desk_started_by_a_face_ends_by_itself_unless_it_holds_something() {
    let user = User::new();
    user.json("quote 005930");
    until("the desk has ended", || !user.desk_runs());
    let far = user.level("005930", "asks", 9);
    let stop = user.json(&format!("order buy 005930 1 --stop {far} --wait accepted"));
    let pid = user.pid();
    // Three times as long as an idle desk lives.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(3);
    while std::time::Instant::now() < deadline {
        assert!(user.desk_runs(), "the desk left a stop alone");
        std::thread::park_timeout(std::time::Duration::from_millis(100));
    }
    assert_eq!(user.pid(), pid);
    user.run(&format!("order cancel {} --yes", text(&stop, "id")));
    until("the desk has ended", || !user.desk_runs());
}

#[test]
fn a_desk_that_was_told_to_start_stays() {
    let user = User::new();
    user.json("desk start");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(3);
    while std::time::Instant::now() < deadline {
        assert!(user.desk_runs());
        std::thread::park_timeout(std::time::Duration::from_millis(100));
    }
}

#[test]
fn a_second_desk_on_the_same_folder_gives_way() {
    let user = User::new();
    user.json("desk start");
    let second = user.run("desk run");
    assert_eq!(second.status, 8, "{second:?}");
    assert!(second.talk.contains(&format!("process {}", user.pid().unwrap())), "{second:?}");
    assert!(user.desk_runs());
    user.json("quote 005930");
}

#[test]
fn a_face_of_another_version_is_told_so() {
    let user = User::new();
    user.json("desk start");
    let mut stream = UnixStream::connect(user.paths().socket().unwrap()).unwrap();
    let hello = br#"{"id":1,"command":"hello","version":999,"name":"future","source":"cli"}"#;
    stream.write_all(&u32::try_from(hello.len()).unwrap().to_be_bytes()).unwrap();
    stream.write_all(hello).unwrap();
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut answer = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut answer).unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    let failed = &answer["outcome"]["failed"];
    assert_eq!((text(failed, "code"), text(failed, "kind")), ("VERSION_MISMATCH", "version"), "{answer}");
    assert!(text(failed, "message").contains("999"), "{answer}");
}

#[test]
fn a_stream_ends_cleanly_when_its_reader_leaves() {
    let user = User::new();
    let mut child =
        user.command(&["stream", "trades", "005930"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let trade: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(text(&trade, "symbol"), "005930");
    drop(out);
    until("the stream has ended", || child.try_wait().unwrap().is_some());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut talk = String::new();
    child.stderr.take().unwrap().read_to_string(&mut talk).unwrap();
    assert!(!talk.contains("error") && !talk.contains("panicked"), "{talk}");
}

#[test]
fn nobody_else_may_read_what_a_desk_keeps() {
    let user = User::new();
    user.json("order buy 005930 1 --wait filled --timeout 60s");
    user.json("desk restart --force");
    let mut folders = vec![user.data_dir()];
    while let Some(folder) = folders.pop() {
        assert_eq!(mode(&folder), 0o700, "{folder:?}");
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{path:?}");
            }
        }
    }
}

fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
