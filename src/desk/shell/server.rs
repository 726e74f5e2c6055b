//! The Unix socket: one task reads a face, one writes to it. Neither touches the core.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Inbound;
use super::faces::{FaceId, Outbound};
use crate::desk::protocol::{MESSAGE_BYTES_MAX, Request};

/// Binds the socket, mode 0600. A socket file left by a crash is replaced; the ledger's lock has already made sure that
/// no other desk lives here.
///
/// # Errors
/// Whatever the system says.
pub fn bind(path: &Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Accepts faces until cancelled.
pub async fn serve(listener: UnixListener, inbox: mpsc::Sender<Inbound>, stop: CancellationToken, tasks: TaskTracker) {
    let mut next = 0;
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                next += 1;
                tasks.spawn(attend(FaceId(next), stream, inbox.clone(), stop.clone()));
            }
            // Out of file descriptors, say: existing faces go on, and the next accept tries again.
            Err(error) => {
                tracing::warn!(%error, "a face could not be let in");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

async fn attend(face: FaceId, stream: UnixStream, inbox: mpsc::Sender<Inbound>, stop: CancellationToken) {
    let outbound = Arc::new(Outbound::default());
    if inbox.send(Inbound::Connected { face, outbound: outbound.clone() }).await.is_err() {
        return;
    }
    let (reader, writer) = stream.into_split();
    let write = write_all(writer, &outbound);
    let read = read_all(face, reader, &inbox);
    tokio::select! {
        biased;
        // Told to stop: what waits is still written, for a moment.
        () = async {
            stop.cancelled().await;
            outbound.close();
            std::future::pending::<()>().await;
        } => {}
        () = write => {}
        () = async {
            read.await;
            // The face has no more to ask, but may still be reading its answers.
            let _ = inbox.send(Inbound::Gone { face }).await;
            outbound.close();
            std::future::pending::<()>().await;
        } => {}
    }
    let _ = inbox.send(Inbound::Gone { face }).await;
}

async fn write_all(mut writer: OwnedWriteHalf, outbound: &Outbound) {
    let mut buffer = Vec::new();
    while outbound.take(&mut buffer).await.is_some() {
        if writer.write_all(&buffer).await.is_err() {
            return;
        }
        buffer.clear();
        buffer.shrink_to(1 << 20);
    }
    let _ = writer.shutdown().await;
}

async fn read_all(face: FaceId, mut reader: OwnedReadHalf, inbox: &mpsc::Sender<Inbound>) {
    loop {
        let Ok(length) = reader.read_u32().await else { return };
        let length = length as usize;
        if length > MESSAGE_BYTES_MAX {
            let text = format!("a message of {length} bytes is too long");
            let _ = inbox.send(Inbound::Malformed { face, text }).await;
            return;
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).await.is_err() {
            return;
        }
        let message = match serde_json::from_slice::<Request>(&body) {
            Ok(request) => Inbound::Request { face, request: Box::new(request) },
            Err(error) => Inbound::Unreadable { face, id: request_id(&body), text: error.to_string() },
        };
        if inbox.send(message).await.is_err() {
            return;
        }
    }
}

/// The id of a request that is otherwise not understood, so that its face can be answered.
fn request_id(body: &[u8]) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct OnlyId {
        id: u64,
    }
    serde_json::from_slice::<OnlyId>(body).ok().map(|only| only.id)
}
