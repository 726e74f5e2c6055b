//! Connections on the wire: requests answered one after the other, or one WebSocket.

use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::answer::{Answer, Delivery};
use super::http::HttpRequest;
use super::hub::Out;
use super::server::Shared;

pub async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    while let Some(request) = HttpRequest::read(&mut stream).await {
        let arrived = Instant::now();
        if request.is_websocket() {
            serve_stream(stream, &request, &shared).await;
            return;
        }
        let delivery = shared.change(|state| state.serve(&request, arrived));
        if perform(&mut stream, delivery).await.is_none() {
            return;
        }
    }
}

/// `None` when the connection is over.
async fn perform(stream: &mut BufReader<TcpStream>, delivery: Delivery) -> Option<()> {
    match delivery {
        Delivery::Send(answer) => write(stream, &answer.bytes()).await,
        Delivery::Late(wait, answer) => {
            tokio::time::sleep(wait).await;
            write(stream, &answer.bytes()).await
        }
        Delivery::Twice(answer) => write(stream, &answer.bytes().repeat(2)).await,
        Delivery::Close => None,
        Delivery::Reset => {
            let _ = stream.get_ref().set_zero_linger();
            None
        }
        Delivery::Silence => std::future::pending().await,
        Delivery::Half(answer) => {
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

async fn serve_stream(mut stream: BufReader<TcpStream>, request: &HttpRequest, shared: &Shared) {
    if shared.change(|state| state.is_in_maintenance || state.hub.is_refusing) {
        let _ = write(&mut stream, &Answer::page(503, "Service Unavailable").bytes()).await;
        return;
    }
    if !matches!(request.path.as_str(), "/tryitout" | "/") {
        let _ = write(&mut stream, &Answer::page(404, "Not Found").bytes()).await;
        return;
    }
    let accept = derive_accept_key(request.header("sec-websocket-key").unwrap_or_default().as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    // It is known before the client hears that it is open, so that nothing after that passes it by.
    let (id, out) = shared.change(|state| state.hub.open());
    if write(&mut stream, head.as_bytes()).await.is_some() {
        let feed = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
        Talk { feed, id, shared, reads: true }.run(out).await;
    }
    shared.change(|state| state.hub.close(id));
}

struct Talk<'a> {
    feed: WebSocketStream<BufReader<TcpStream>>,
    id: u64,
    shared: &'a Shared,
    reads: bool,
}

impl Talk<'_> {
    async fn run(&mut self, mut out: UnboundedReceiver<Out>) {
        loop {
            let goes_on = tokio::select! {
                out = out.recv() => match out {
                    Some(out) => self.follow(out).await,
                    None => None,
                },
                message = self.feed.next(), if self.reads => match message {
                    Some(Ok(message)) => { self.hear(&message); Some(()) }
                    _ => None,
                },
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

    fn hear(&self, message: &Message) {
        match message {
            Message::Text(text) => self.shared.change(|state| state.hear(self.id, text.as_str())),
            // The broker's own client answers a ping with a pong that carries its text.
            Message::Pong(_) => self.shared.change(|state| state.hub.answered_ping(self.id)),
            _ => {}
        }
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
            Out::Silent => {
                self.reads = false;
                Some(())
            }
            Out::Close(code) => {
                let [high, low] = code.to_be_bytes();
                self.raw(&[0x88, 2, high, low]).await
            }
            Out::Last(bytes) => {
                self.raw(&bytes).await?;
                None
            }
        }
    }
}
