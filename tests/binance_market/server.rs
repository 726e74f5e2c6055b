//! The exchange's stream server as far as the feed needs it: routes, subscriptions, and frames that a test writes.
//!
//! Time stands still in these tests; it moves a millisecond at a time while something is waited for, and as far as a test
//! says.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{SinkExt, StreamExt};
use hoga::broker::api::BrokerError;
use hoga::broker::binance::feed::Snapshots;
use hoga::market::Symbol;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

/// Waits until something holds, giving every task its turn.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    let mut turns = 0_u64;
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(20), "still waiting for {what}");
        tokio::task::yield_now().await;
        turns += 1;
        if turns.is_multiple_of(64) {
            tokio::time::advance(Duration::from_millis(1)).await;
        }
    }
}

/// One connection as the server sees it.
struct Connection {
    path: String,
    heard: Vec<String>,
    say: mpsc::UnboundedSender<Say>,
}

enum Say {
    Text(String),
    Cut,
}

#[derive(Default)]
struct Log(Vec<Connection>);

pub struct StreamServer {
    pub address: SocketAddr,
    log: Arc<Mutex<Log>>,
    _tasks: JoinSet<()>,
}

impl StreamServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log: Arc<Mutex<Log>> = Arc::default();
        let shared = Arc::clone(&log);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, log, _tasks: tasks }
    }

    fn numbers(&self, path: &str) -> Vec<usize> {
        let log = self.log.lock().unwrap();
        log.0.iter().enumerate().filter(|(_, one)| one.path == path).map(|(number, _)| number).collect()
    }

    /// The latest connection of a route says something.
    pub fn say(&self, path: &str, text: impl Into<String>) {
        let number = *self.numbers(path).last().unwrap();
        self.log.lock().unwrap().0[number].say.send(Say::Text(text.into())).unwrap();
    }

    /// The latest connection of a route breaks off.
    pub fn cut(&self, path: &str) {
        let number = *self.numbers(path).last().unwrap();
        let _ = self.log.lock().unwrap().0[number].say.send(Say::Cut);
    }

    pub fn connections(&self, path: &str) -> usize {
        self.numbers(path).len()
    }

    /// Messages of the latest connection of a route.
    pub fn heard(&self, path: &str) -> Vec<String> {
        let numbers = self.numbers(path);
        numbers.last().map(|number| self.log.lock().unwrap().0[*number].heard.clone()).unwrap_or_default()
    }

    /// Waits until the connection with this number (from 1) of a route has heard so many messages.
    pub async fn hears(&self, path: &str, connection: usize, messages: usize) {
        until(&format!("{messages} messages on connection {connection} of {path}"), || {
            self.connections(path) >= connection && self.heard(path).len() >= messages
        })
        .await;
    }
}

async fn serve(stream: TcpStream, log: Arc<Mutex<Log>>) {
    stream.set_nodelay(true).unwrap();
    let mut path = String::new();
    #[expect(clippy::result_large_err, reason = "the library's own type")]
    let note = |request: &Request, response: Response| {
        path = request.uri().path().to_owned();
        Ok(response)
    };
    let Ok(mut feed) = accept_hdr_async(stream, note).await else { return };
    let (say, mut said) = mpsc::unbounded_channel();
    let number = {
        let mut log = log.lock().unwrap();
        log.0.push(Connection { path, heard: Vec::new(), say });
        log.0.len() - 1
    };
    loop {
        tokio::select! {
            message = feed.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let id = text.rsplit_once("\"id\":").unwrap().1.trim_end_matches('}').to_owned();
                    log.lock().unwrap().0[number].heard.push(text.to_string());
                    if feed.send(Message::text(format!("{{\"result\":null,\"id\":{id}}}"))).await.is_err() {
                        return;
                    }
                }
                Some(Ok(_)) => {}
                _ => return,
            },
            say = said.recv() => match say {
                Some(Say::Text(text)) => {
                    if feed.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}

type Waiting = oneshot::Sender<Result<Bytes, BrokerError>>;

/// Whole books, answered by hand.
#[derive(Default)]
pub struct Books {
    asked: Mutex<VecDeque<(Symbol, Waiting)>>,
    count: Mutex<Vec<(Symbol, tokio::time::Duration)>>,
    began: Mutex<Option<tokio::time::Instant>>,
}

impl Books {
    /// Questions so far, with the time of each since the first.
    pub fn asked(&self) -> Vec<(Symbol, Duration)> {
        self.count.lock().unwrap().clone()
    }

    /// Answers the oldest question that somebody still waits for.
    pub fn answer(&self, reply: Result<String, BrokerError>) -> Symbol {
        loop {
            let (symbol, waiting) = self.asked.lock().unwrap().pop_front().expect("nobody asked");
            if !waiting.is_closed() {
                waiting.send(reply.map(Bytes::from)).unwrap();
                return symbol;
            }
        }
    }
}

impl Snapshots for Books {
    fn depth(&self, symbol: Symbol, limit: u32) -> BoxFuture<'static, Result<Bytes, BrokerError>> {
        assert_eq!(limit, 1_000);
        let (sender, receiver) = oneshot::channel();
        let now = tokio::time::Instant::now();
        let began = *self.began.lock().unwrap().get_or_insert(now);
        self.asked.lock().unwrap().push_back((symbol, sender));
        self.count.lock().unwrap().push((symbol, now - began));
        Box::pin(async move { receiver.await.unwrap_or(Err(BrokerError::Unknown("gone".into()))) })
    }
}
