//! Connections on the wire: requests answered one after the other, or one WebSocket.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, interval};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::delivery::Delivery;
use super::frame::{Out, Route};
use super::http::{Answer, HttpRequest};
use super::server::Shared;
use super::state::Venue;

pub async fn serve<V: Venue>(stream: TcpStream, shared: Arc<Shared<V>>) {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    while let Some(request) = HttpRequest::read(&mut stream).await {
        if request.is_websocket() {
            serve_streams(stream, &request, &shared).await;
            return;
        }
        let delivery = shared.change(|state| state.serve(&request));
        if perform(&mut stream, delivery).await.is_none() {
            return;
        }
    }
}

/// `None` when the connection is over.
async fn perform(stream: &mut BufReader<TcpStream>, delivery: Delivery) -> Option<()> {
    match delivery {
        Delivery::Send(answer) => write(stream, &answer.bytes()).await,
        Delivery::Twice(answer) => write(stream, &answer.bytes().repeat(2)).await,
        Delivery::Late(wait, answer) => {
            tokio::time::sleep(wait).await;
            write(stream, &answer.bytes()).await
        }
        Delivery::Close => None,
        Delivery::Silence => std::future::pending().await,
        Delivery::Cut(answer) => {
            let bytes = answer.bytes();
            write(stream, &bytes[..bytes.len() - answer.body.len().div_ceil(2)]).await?;
            None
        }
    }
}

async fn write(stream: &mut BufReader<TcpStream>, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).await.ok()?;
    stream.flush().await.ok()
}

async fn serve_streams<V: Venue>(mut stream: BufReader<TcpStream>, request: &HttpRequest, shared: &Shared<V>) {
    let (route, _) = Route::of(V::DIALECT, &request.path);
    if shared.change(|state| state.refuses(route)) {
        let _ = write(&mut stream, &Answer::page(503, "System maintenance").bytes()).await;
        return;
    }
    let accept = derive_accept_key(request.header("sec-websocket-key").unwrap_or_default().as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    // It is known before the client hears that it is open, so that nothing after that passes it by.
    let (id, out) = shared.change(|state| state.hub.open(&request.path, &request.query));
    if write(&mut stream, head.as_bytes()).await.is_none() {
        return shared.change(|state| state.hub.close(id));
    }
    let feed = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
    let mut talk = Talk { feed, id, shared, reads: true, pings: true, window: Instant::now(), heard: 0 };
    talk.run(out).await;
    shared.change(|state| state.hub.close(id));
}

struct Talk<'a, V> {
    feed: WebSocketStream<BufReader<TcpStream>>,
    id: u64,
    shared: &'a Shared<V>,
    reads: bool,
    pings: bool,
    window: Instant,
    heard: u32,
}

impl<V: Venue> Talk<'_, V> {
    async fn run(&mut self, mut out: UnboundedReceiver<Out>) {
        let mut ping = interval(self.shared.ping_every);
        ping.tick().await;
        loop {
            let goes_on = tokio::select! {
                out = out.recv() => match out {
                    Some(out) => self.follow(out).await,
                    None => None,
                },
                message = self.feed.next(), if self.reads => match message {
                    Some(Ok(message)) => self.hear(message).await,
                    _ => None,
                },
                _ = ping.tick(), if self.pings => self.raw(&[0x89, 4, b'b', b'e', b'a', b't']).await,
            };
            if goes_on.is_none() {
                return;
            }
        }
    }

    async fn raw(&mut self, bytes: &[u8]) -> Option<()> {
        let stream = self.feed.get_mut();
        stream.write_all(bytes).await.ok()?;
        stream.flush().await.ok()
    }

    async fn hear(&mut self, message: Message) -> Option<()> {
        if self.window.elapsed() >= Duration::from_secs(1) {
            (self.window, self.heard) = (Instant::now(), 0);
        }
        self.heard += 1;
        if self.heard > V::MESSAGES_MAX {
            return None;
        }
        let Message::Text(text) = message else { return Some(()) };
        self.shared.change(|state| {
            let answer = V::hear(state, self.id, text.as_str());
            // Behind the events that came before it.
            answer.into_iter().for_each(|answer| state.hub.answer(self.id, &answer));
        });
        Some(())
    }

    async fn follow(&mut self, out: Out) -> Option<()> {
        match out {
            Out::Bytes(bytes) => self.raw(&bytes).await,
            Out::Drip(bytes) => {
                for byte in bytes {
                    self.raw(&[byte]).await?;
                    tokio::task::yield_now().await;
                }
                Some(())
            }
            Out::Stall => {
                self.pings = false;
                Some(())
            }
            Out::HeartbeatsOnly => Some(()),
            Out::HalfOpen => {
                (self.reads, self.pings) = (false, false);
                Some(())
            }
            Out::Close(code) => {
                let [high, low] = code.to_be_bytes();
                self.raw(&[0x88, 2, high, low]).await?;
                (self.reads, self.pings) = (true, false);
                Some(())
            }
            Out::Last(bytes) => {
                self.raw(&bytes).await?;
                None
            }
        }
    }
}
