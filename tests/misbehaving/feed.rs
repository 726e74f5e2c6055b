//! A WebSocket server that follows a script, one for each connection.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_async};

/// One step of a connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads one message and notes it.
    Read,
    /// Sends a text message.
    Say(&'static str),
    /// Sends the same message so many times without a pause.
    Burst(&'static str, usize),
    /// Sends a WebSocket ping and notes the pong.
    Ping,
    /// Sends this text for ever at this pace.
    Repeat(&'static str, Duration),
    /// Writes bytes past the WebSocket.
    Raw(Vec<u8>),
    /// The same, one byte a write.
    Drip(Vec<u8>),
    /// Closes with this code.
    Close(u16),
    /// Cuts the connection without a word.
    Cut,
    /// Keeps the connection and neither reads nor writes.
    Freeze,
    /// Reads and notes for ever.
    Listen,
}

/// What becomes of one connection.
#[derive(Clone, Debug)]
pub enum Play {
    /// Answers the opening request with these bytes.
    Refuse(&'static str),
    /// Accepts the connection and never answers the opening request.
    Ignore,
    /// Opens and follows the steps; then cuts.
    Steps(Vec<Step>),
}

#[derive(Default)]
struct Log {
    plays: VecDeque<Play>,
    /// Messages by connection.
    seen: Vec<Vec<String>>,
}

/// Plays in the order given; when they run out it freezes.
pub struct FeedServer {
    pub address: SocketAddr,
    log: Arc<Mutex<Log>>,
    _tasks: JoinSet<()>,
}

impl FeedServer {
    pub async fn start(plays: impl IntoIterator<Item = Play>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Log { plays: plays.into_iter().collect(), seen: Vec::new() }));
        let shared = Arc::clone(&log);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (play, number) = {
                    let mut log = shared.lock().unwrap();
                    log.seen.push(Vec::new());
                    (log.plays.pop_front().unwrap_or(Play::Ignore), log.seen.len() - 1)
                };
                connections.spawn(perform(stream, play, number, Arc::clone(&shared)));
            }
        });
        Self { address, log, _tasks: tasks }
    }

    pub fn url(&self) -> String {
        format!("ws://{}/feed", self.address)
    }

    /// Messages received, by connection.
    pub fn seen(&self) -> Vec<Vec<String>> {
        self.log.lock().unwrap().seen.clone()
    }
}

async fn perform(mut stream: TcpStream, play: Play, number: usize, log: Arc<Mutex<Log>>) {
    stream.set_nodelay(true).unwrap();
    match play {
        Play::Refuse(bytes) => {
            // Read the opening request first, or the close turns into a reset that swallows the answer.
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 4096]).await;
            let _ = stream.write_all(bytes.as_bytes()).await;
        }
        Play::Ignore => std::future::pending().await,
        Play::Steps(steps) => {
            let Ok(mut feed) = accept_async(stream).await else { return };
            for step in steps {
                if follow(&mut feed, step, number, &log).await.is_none() {
                    return;
                }
            }
        }
    }
}

async fn follow(feed: &mut WebSocketStream<TcpStream>, step: Step, number: usize, log: &Arc<Mutex<Log>>) -> Option<()> {
    match step {
        Step::Read => note(feed, number, log).await,
        Step::Say(text) => feed.send(Message::text(text)).await.ok(),
        Step::Burst(text, n) => {
            for _ in 0..n {
                feed.feed(Message::text(text)).await.ok()?;
            }
            feed.flush().await.ok()
        }
        Step::Ping => {
            feed.send(Message::Ping("beat".into())).await.ok()?;
            note(feed, number, log).await
        }
        Step::Repeat(text, pace) => loop {
            feed.send(Message::text(text)).await.ok()?;
            tokio::time::sleep(pace).await;
        },
        Step::Raw(bytes) => feed.get_mut().write_all(&bytes).await.ok(),
        Step::Drip(bytes) => {
            for byte in bytes {
                feed.get_mut().write_all(&[byte]).await.ok()?;
                tokio::task::yield_now().await;
            }
            Some(())
        }
        Step::Close(code) => {
            feed.send(Message::Close(Some(CloseFrame { code: code.into(), reason: "".into() }))).await.ok()
        }
        Step::Cut => None,
        Step::Freeze => std::future::pending().await,
        Step::Listen => loop {
            note(feed, number, log).await?;
        },
    }
}

async fn note(feed: &mut WebSocketStream<TcpStream>, number: usize, log: &Arc<Mutex<Log>>) -> Option<()> {
    let text = match feed.next().await?.ok()? {
        Message::Text(text) => text.to_string(),
        Message::Pong(bytes) => format!("pong {}", String::from_utf8_lossy(&bytes)),
        other => format!("{other:?}"),
    };
    log.lock().unwrap().seen[number].push(text);
    Some(())
}

/// A text frame as a server writes it, up to 125 bytes.
pub fn text_frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81, u8::try_from(payload.len()).unwrap()];
    frame.extend(payload);
    frame
}
