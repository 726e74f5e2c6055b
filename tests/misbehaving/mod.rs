//! Servers that misbehave on purpose, on loopback, written byte by byte so that they can break every rule.
#![allow(dead_code)]

pub mod feed;
pub mod tls;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// What to do with one request, after reading it whole.
#[derive(Clone, Debug)]
pub enum Act {
    /// An orderly answer.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: String },
    /// Takes the request and says nothing for ever.
    NoAnswer,
    /// Takes the request and closes.
    Lose,
    /// Answers after this long.
    Late(Duration),
    /// Promises more body than it sends, then closes.
    CutBody,
    /// Promises more body than it sends, then falls silent.
    StallBody,
    /// Sends these bytes and closes.
    Raw(Vec<u8>),
    /// Answers the same request twice on one connection.
    Twice,
    /// Answers one byte a write.
    Drip,
    /// Redirects to itself.
    Redirect,
}

impl Act {
    pub fn ok(body: &str) -> Self {
        Self::status(200, body)
    }

    pub fn status(status: u16, body: &str) -> Self {
        Self::Answer { status, headers: Vec::new(), body: body.to_owned() }
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub line: String,
    pub at: Instant,
}

#[derive(Default)]
struct Script {
    acts: VecDeque<Act>,
    seen: Vec<Seen>,
}

/// Acts in the order given; when they run out it answers 200 `ok`.
pub struct HttpServer {
    pub address: SocketAddr,
    script: Arc<Mutex<Script>>,
    _tasks: JoinSet<()>,
}

impl HttpServer {
    pub async fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::new(Mutex::new(Script { acts: acts.into_iter().collect(), seen: Vec::new() }));
        let mut tasks = JoinSet::new();
        let shared = Arc::clone(&script);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, script, _tasks: tasks }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.script.lock().unwrap().seen.clone()
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    stream.set_nodelay(true).unwrap();
    while let Some(line) = read_request(&mut stream).await {
        let act = {
            let mut script = script.lock().unwrap();
            script.seen.push(Seen { line, at: Instant::now() });
            script.acts.pop_front().unwrap_or_else(|| Act::ok("ok"))
        };
        if perform(&mut stream, act).await.is_none() {
            return;
        }
    }
}

/// Carries an act out; `None` when the connection is over.
async fn perform(stream: &mut TcpStream, act: Act) -> Option<()> {
    match act {
        Act::Answer { status, headers, body } => write(stream, &answer(status, &headers, &body)).await,
        Act::NoAnswer => std::future::pending().await,
        Act::Lose => None,
        Act::Late(wait) => {
            tokio::time::sleep(wait).await;
            write(stream, &answer(200, &[], "late")).await
        }
        Act::CutBody => {
            write(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half\":").await?;
            None
        }
        Act::StallBody => {
            write(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half\":").await?;
            std::future::pending().await
        }
        Act::Raw(bytes) => {
            write(stream, &bytes).await?;
            None
        }
        Act::Twice => {
            let mut twice = answer(200, &[], "first");
            twice.extend(answer(200, &[], "second"));
            write(stream, &twice).await
        }
        Act::Drip => {
            for byte in answer(200, &[], "drip") {
                write(stream, &[byte]).await?;
            }
            Some(())
        }
        Act::Redirect => write(stream, &answer(302, &[("location", "/elsewhere".to_owned())], "")).await,
    }
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).await.ok()?;
    stream.flush().await.ok()
}

fn answer(status: u16, headers: &[(&str, String)], body: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// Reads one request with its body; gives its first line.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().to_owned()))
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    head.lines().next().map(str::to_owned)
}

/// An address where nobody listens.
pub async fn dead_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}
