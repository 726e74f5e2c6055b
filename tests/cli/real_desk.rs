//! A real desk: started by whoever needs it, once, and ended.

use hoga::desk::record::DeskStatus;
use serde_json::json;
use tempfile::TempDir;

use crate::fake_desk::{Ran, hoga_in, run, words};

/// A data folder whose desk is ended with it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn hoga(&self, line: &str) -> Ran {
        run(hoga_in(&self.0), words(line))
    }

    fn status(&self) -> DeskStatus {
        serde_json::from_value(self.hoga("desk status --json").json()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.hoga("desk stop --force");
    }
}

#[test]
fn a_day_at_the_desk() {
    let folder = Folder::new();
    let bought = folder.hoga("order buy 005930 1 --type market --yes --wait filled --json --client-id first");
    assert_eq!(bought.status, 0, "{}", bought.err);
    assert_eq!(bought.json()["filled_quantity"], "1");
    let again = folder.hoga("order buy 005930 1 --type market --yes --json --client-id first");
    assert_eq!((again.status, again.json()["id"].clone()), (0, bought.json()["id"].clone()));
    assert_eq!(folder.hoga("positions --json").json()[0]["quantity"], "1");
    assert_eq!(folder.hoga("order show first -q").out.trim(), bought.json()["id"].as_str().unwrap());
    assert_eq!(folder.hoga("reconcile --json").json(), json!({ "ok": true, "differences": [] }));
    let verified = folder.hoga("db verify --json");
    assert_eq!((verified.status, verified.json()), (0, json!({ "ok": true, "differences": [] })));
}

#[test]
fn the_ledger_is_copied_while_the_desk_runs_and_put_back_when_it_does_not() {
    let folder = Folder::new();
    assert_eq!(folder.hoga("deposit 1000").status, 0);
    let copy = folder.0.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    let backup = folder.hoga(&format!("db backup {copy} --json"));
    assert_eq!((backup.status, backup.json()["ok"].clone()), (0, json!(true)), "{}", backup.err);
    assert_eq!(folder.hoga(&format!("db backup {copy}")).status, 2, "a file was overwritten");
    assert_eq!(folder.hoga("deposit 2000").status, 0);
    let too_early = folder.hoga(&format!("db restore {copy} --yes --json"));
    assert_eq!(too_early.error()["code"], "DESK_RUNS");
    assert_eq!(folder.hoga("desk stop").status, 0);
    assert_eq!(folder.hoga(&format!("db restore {copy}")).status, 2, "it did not ask");
    assert_eq!(folder.hoga(&format!("db restore {copy} --yes")).status, 0);
    let amounts = folder.hoga("transactions --json").json();
    let deposits: Vec<_> = amounts.as_array().unwrap().iter().map(|one| one["amount"].clone()).collect();
    assert!(deposits.contains(&json!("1000")) && !deposits.contains(&json!("2000")), "{deposits:?}");
}

#[test]
fn starting_twice_is_starting_once() {
    let folder = Folder::new();
    let first = folder.hoga("desk start");
    assert_eq!(first.status, 0, "{}", first.err);
    let second = folder.hoga("desk start");
    assert_eq!((second.status, &second.out), (0, &first.out));
    assert_eq!(folder.status().pid.unwrap().to_string(), first.out.trim());
    let stopped = folder.hoga("desk stop");
    assert_eq!((stopped.status, stopped.err.as_str()), (0, "desk stopped\n"));
    assert!(!folder.status().running);
}

#[test]
fn faces_that_need_a_desk_at_the_same_moment_share_one() {
    let folder = Folder::new();
    let faces: Vec<_> = (0..4)
        .map(|_| {
            let mut process = hoga_in(&folder.0);
            process.args(["desk", "start", "-q"]).stdout(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut pids: Vec<String> = Vec::new();
    for face in faces {
        let ended = face.wait_with_output().unwrap();
        assert!(ended.status.success());
        pids.push(String::from_utf8(ended.stdout).unwrap());
    }
    pids.dedup();
    assert_eq!(pids.len(), 1, "{pids:?}");
}

#[test]
fn a_restart_is_another_process_on_the_same_ledger() {
    let folder = Folder::new();
    let before = folder.hoga("desk start").out;
    let after = folder.hoga("desk restart");
    assert_eq!(after.status, 0, "{}", after.err);
    assert_ne!(before, after.out);
    assert!(folder.hoga("desk logs -n 5").out.lines().count() > 0);
}

#[test]
fn a_desk_that_cannot_start_says_why() {
    let folder = Folder::new();
    std::fs::write(folder.0.path().join("ledger.db"), "this is no database at all, but long enough to be read")
        .unwrap();
    let ran = folder.hoga("quote 005930 --json");
    assert_eq!(ran.error()["code"], "DESK_START");
    assert!(ran.error()["message"].as_str().unwrap().contains("damaged"), "{}", ran.err);
}
