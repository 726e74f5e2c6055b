//! Streams: lines of JSON, their end, and readers that go away.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use hoga::desk::protocol::{Command, Response, Update};
use serde_json::{Value, json};

use crate::fake_desk::{Answer, FakeDesk, quote};

fn pouring(count: usize) -> FakeDesk {
    FakeDesk::start(move |command| match command {
        Command::Subscribe { .. } => Some(Answer::Then(Response::Done, vec![Update::Quote(quote("005930")); count])),
        _ => None,
    })
}

#[test]
fn a_stream_is_one_object_a_line_whatever_the_format() {
    for line in ["stream quote 005930 --count 3", "stream quote --count 3 --format table", "-q stream quote -n 3"] {
        let ran = pouring(5).hoga(line);
        assert_eq!(ran.status, 0, "{}", ran.err);
        let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0]["last"], "71500");
    }
}

#[test]
fn what_was_left_out_is_told_beside_the_data() {
    let desk = FakeDesk::start(|command| match command {
        Command::Subscribe { .. } => {
            let updates = vec![Update::Lost { count: 7 }, Update::Quote(quote("005930"))];
            Some(Answer::Then(Response::Done, updates))
        }
        _ => None,
    });
    let ran = desk.hoga("stream trades 005930 --count 1");
    assert_eq!((ran.out.lines().count(), ran.err.as_str()), (1, "too slow: 7 updates were left out\n"));
}

#[test]
fn a_reader_that_goes_away_ends_the_stream_quietly() {
    let desk = pouring(5_000);
    let mut stream =
        desk.command().args(["stream", "quote"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::new(stream.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    drop(reader);
    let ended = stream.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), b"".as_slice()));
}

#[test]
fn a_reader_that_goes_away_ends_a_silent_stream_too() {
    let desk = pouring(1);
    let mut stream =
        desk.command().args(["stream", "quote"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut reader = BufReader::new(stream.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    drop(reader);
    let ended = stream.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), b"".as_slice()));
}

#[test]
fn ctrl_c_ends_with_130() {
    let desk = pouring(1);
    let mut stream = desk.command().args(["stream", "quote"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(stream.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let pid = rustix::process::Pid::from_child(&stream);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(stream.wait().unwrap().code(), Some(130));
}

#[test]
fn a_desk_that_ends_ends_the_stream() {
    let desk = FakeDesk::start(|command| match command {
        Command::Subscribe { .. } => Some(Answer::HangUp),
        _ => None,
    });
    let ran = desk.hoga("stream orders --json");
    assert_eq!((ran.status, ran.error()["kind"].clone()), (8, json!("no_desk")));
}
