//! An outage: clients knock ever more rarely, and never together.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hoga::broker::binance::feed::FeedRules;
use hoga::broker::binance::session::Pace;
use hoga::broker::binance::user_stream;
use hoga::broker::net::backoff::Jitter;
use hoga::broker::net::http::NetError;
use hoga::broker::net::system_wall_clock;
use hoga::broker::net::websocket::{
    Endpoint, Meaning, Next, Protocol, Reaction, Socket, SocketEvent, SocketRules, SocketState,
};

use crate::binance_server::{Options, Server};
use crate::number;
use crate::stage::{Desk, Setup};

const OUTAGE: Duration = Duration::from_secs(600);
const ATTEMPTS_MAX: usize = 40;
const CLIENTS: u64 = 100;

/// A client whose every attempt fails at once.
struct Nobody;

impl Protocol for Nobody {
    type Command = ();

    async fn endpoint(&mut self) -> Result<Endpoint, NetError> {
        Err(NetError::unbuildable("nobody is there"))
    }

    fn on_open(&mut self) -> Reaction {
        Reaction { next: Next::Ready, ..Reaction::default() }
    }

    fn on_ready(&mut self) -> Vec<String> {
        Vec::new()
    }

    fn classify(&mut self, _: &[u8]) -> Meaning {
        Meaning::Unreadable
    }

    fn on_command(&mut self, (): (), _: bool) -> Vec<String> {
        Vec::new()
    }

    fn data_silence(&self) -> Option<Duration> {
        None
    }
}

/// Times of the attempts of one client from the loss of its connection, by its own supervisor on a driven clock.
async fn attempts(rules: SocketRules, seed: u64) -> Vec<Duration> {
    let begun = tokio::time::Instant::now();
    let (socket, mut events) = Socket::start(Nobody, rules, Jitter::from_seed(seed), system_wall_clock());
    let mut times = Vec::new();
    let listen = async {
        while let Some(event) = events.recv().await {
            if event == SocketEvent::State(SocketState::Connecting) {
                times.push(begun.elapsed());
            }
        }
    };
    let _ = tokio::time::timeout(OUTAGE, listen).await;
    socket.close().await;
    // The first is the connection that was lost.
    times.split_off(1)
}

fn of_the_account() -> SocketRules {
    user_stream::rules()
}

fn of_the_market() -> SocketRules {
    SocketRules { backoff: FeedRules::default().backoff, ..SocketRules::named("market") }
}

#[tokio::test(start_paused = true)]
async fn ten_minutes_are_at_most_forty_attempts_that_wait_longer_and_longer() {
    for rules in [of_the_account, of_the_market] {
        for seed in 0..CLIENTS {
            let times = attempts(rules(), seed).await;
            assert!((20..=ATTEMPTS_MAX).contains(&times.len()), "seed {seed}: {}", times.len());
            let waits: Vec<Duration> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
            assert!(times[0] >= Duration::from_millis(500) && times[0] <= Duration::from_secs(2));
            assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(31)), "{waits:?}");
            let late = &waits[8..];
            let (low, high) = (late.iter().min().unwrap(), late.iter().max().unwrap());
            assert!(*high - *low > Duration::from_secs(5), "they stay apart at the longest: {low:?} to {high:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_clients_cut_off_together_never_come_back_together() {
    let mut clients = Vec::new();
    for seed in 0..CLIENTS {
        clients.push(attempts(of_the_account(), seed).await);
    }
    let mut slots = BTreeMap::<u128, usize>::new();
    for time in clients.iter().flatten() {
        *slots.entry(time.as_millis() / 100).or_default() += 1;
    }
    let fullest = slots.values().max().copied().unwrap();
    // All of the first attempts lie within a second and a half.
    assert!(fullest <= 20, "{fullest} of {CLIENTS} within the same 100 ms");
    let late = slots.iter().filter(|(slot, _)| **slot > 600).map(|(_, count)| *count).max().unwrap();
    assert!(late <= 6, "{late} of {CLIENTS} within the same 100 ms after a minute");
}

/// Who knocked, in the place of a server that is gone: the first line of what each connection says.
fn knocks(port: u16, during: Duration, desk: &mut Desk) -> BTreeMap<String, usize> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let seen: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let until = Instant::now() + during;
    while Instant::now() < until {
        while let Ok((mut stream, _)) = listener.accept() {
            let seen = Arc::clone(&seen);
            std::thread::spawn(move || {
                let _ = stream.set_nonblocking(false);
                let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
                let mut bytes = [0; 2_048];
                let length = stream.read(&mut bytes).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                let line = text.lines().next().unwrap_or_default();
                let what = line.split(['?', ' ']).take(2).collect::<Vec<_>>().join(" ");
                *seen.lock().unwrap().entry(what).or_default() += 1;
                let _ = stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            });
        }
        desk.live(Duration::from_millis(10));
    }
    let seen = seen.lock().unwrap();
    seen.clone()
}

fn outage(during: Duration, most: usize) {
    let server = Server::start(Options::default());
    let pace = Pace { proof_within: Duration::from_secs(5), ..Pace::default() };
    let mut desk = Desk::to(&server, Setup { pace, feed: FeedRules::default(), ..Setup::default() });
    let port = server.rest_url().rsplit(':').next().unwrap().parse().unwrap();
    server.stop();
    let seen = knocks(port, during, &mut desk);
    println!("{during:?} without a server: {seen:?}");
    for (what, count) in &seen {
        assert!(*count <= most, "{what}: {count} times in {during:?}");
    }
    let stream = ["GET /public/stream", "GET /market/stream", "POST /fapi/v1/listenKey"];
    let others: usize = seen.iter().filter(|(what, _)| !stream.contains(&what.as_str())).map(|(_, count)| count).sum();
    assert!(others <= most, "{others} other requests: {seen:?}");
    server.resume();
    desk.until_ready();
    desk.agrees_with(&server);
}

#[test]
fn a_whole_session_knocks_rarely_while_nobody_is_there() {
    // Waits of at least 0.5, 1, 2 and 4 s.
    outage(Duration::from_secs(5), 5);
}

#[test]
#[ignore = "a long run"]
fn a_whole_session_in_ten_minutes_without_a_server() {
    outage(Duration::from_secs(number("HOGA_OUTAGE_SECONDS", OUTAGE.as_secs())), ATTEMPTS_MAX);
}
