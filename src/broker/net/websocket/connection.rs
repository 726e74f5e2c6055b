//! One open WebSocket: connecting it, and reading and writing with limits.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::{Endpoint, Loss, SocketRules};
use crate::broker::net::http::ConnectFault;

pub(super) struct Connection {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    send_timeout: Duration,
}

/// What a read brought.
pub(super) enum Incoming {
    /// A text or binary message.
    Message(Bytes),
    /// A ping or pong of the WebSocket itself.
    Alive,
    /// The connection is over.
    Lost(Loss),
}

impl Connection {
    pub(super) async fn open(endpoint: Endpoint, rules: &SocketRules) -> Result<Self, Loss> {
        let mut request = endpoint.url.as_str().into_client_request().map_err(|error| loss_of(&error))?;
        for (name, value) in endpoint.headers {
            request.headers_mut().insert(name, value);
        }
        let config = WebSocketConfig::default()
            .max_message_size(Some(rules.message_max))
            .max_frame_size(Some(rules.message_max));
        let no_delay = true;
        let opened = connect_async_tls_with_config(request, Some(config), no_delay, rules.trust.for_websocket()).await;
        match opened {
            Ok((stream, _)) => Ok(Self { stream, send_timeout: rules.send_timeout }),
            Err(Error::Http(answer)) => Err(Loss::Status(answer.status().as_u16())),
            Err(Error::Io(error)) => Err(Loss::Connect(ConnectFault::of_chain(&error))),
            Err(Error::Tls(_)) => Err(Loss::Connect(ConnectFault::Tls)),
            Err(error) => Err(loss_of(&error)),
        }
    }

    /// Cancel-safe.
    pub(super) async fn read(&mut self) -> Incoming {
        match self.stream.next().await {
            Some(Ok(Message::Text(text))) => Incoming::Message(text.into()),
            Some(Ok(Message::Binary(bytes))) => Incoming::Message(bytes),
            Some(Ok(Message::Close(frame))) => Incoming::Lost(Loss::Closed(frame.map(|frame| frame.code.into()))),
            Some(Ok(_)) => Incoming::Alive,
            Some(Err(error)) => Incoming::Lost(loss_of(&error)),
            None => Incoming::Lost(Loss::Cut),
        }
    }

    /// Sends the pong that a ping has put into the buffer.
    pub(super) async fn flush(&mut self) -> Result<(), Loss> {
        within(self.send_timeout, self.stream.flush()).await
    }

    /// Writes and flushes one message.
    pub(super) async fn send(&mut self, text: String) -> Result<(), Loss> {
        within(self.send_timeout, self.stream.send(Message::text(text))).await
    }

    /// Sends the same bytes back, as text when they are.
    pub(super) async fn echo(&mut self, bytes: Bytes) -> Result<(), Loss> {
        let message = match std::str::from_utf8(&bytes) {
            Ok(text) => Message::text(text),
            Err(_) => Message::Binary(bytes),
        };
        within(self.send_timeout, self.stream.send(message)).await
    }

    /// Says goodbye without waiting long for the answer.
    pub(super) async fn close(mut self) {
        const PATIENCE: Duration = Duration::from_millis(200);
        let _ = tokio::time::timeout(PATIENCE, self.stream.close(None)).await;
    }
}

async fn within<F>(limit: Duration, write: F) -> Result<(), Loss>
where
    F: Future<Output = Result<(), Error>>,
{
    match tokio::time::timeout(limit, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(loss_of(&error)),
        Err(_) => Err(Loss::SendTimeout),
    }
}

fn loss_of(error: &Error) -> Loss {
    use tokio_tungstenite::tungstenite::error::ProtocolError;
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => Loss::Closed(None),
        Error::Io(_) | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Loss::Cut,
        _ => Loss::Protocol,
    }
}
