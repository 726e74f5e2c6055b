//! The feed of a reference program: lines of a count over TCP.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::terminal::fake_desk::Feed;

/// Where the reference connects, and the connection once it has.
pub struct Line {
    pub address: SocketAddr,
    stream: Arc<(Mutex<Option<TcpStream>>, Condvar)>,
    count: Mutex<u64>,
}

/// Lines under way.
pub struct LineRun {
    pub before: u64,
    written: Arc<Mutex<Vec<Instant>>>,
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Line {
    pub fn listen() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let stream: Arc<(Mutex<Option<TcpStream>>, Condvar)> = Arc::default();
        let accepted = stream.clone();
        std::thread::spawn(move || {
            if let Ok((connection, _)) = listener.accept() {
                let _ = connection.set_nodelay(true);
                *accepted.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
                accepted.1.notify_all();
            }
        });
        Ok(Self { address, stream, count: Mutex::new(0) })
    }

    /// Sends so many counts at a rate, as [`crate::terminal::fake_desk::FakeDesk::feed`] pushes updates.
    pub fn feed(&self, feed: Feed) -> LineRun {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *count;
        *count += feed.updates;
        let run = LineRun { before, written: Arc::default(), stop: Arc::default(), thread: None };
        let (stream, written, stop) = (self.stream.clone(), run.written.clone(), run.stop.clone());
        let thread = std::thread::spawn(move || send(&stream, before, feed, &written, &stop));
        LineRun { thread: Some(thread), ..run }
    }
}

impl LineRun {
    pub fn written(&self) -> Vec<Instant> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn count(&self) -> u64 {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).len() as u64
    }

    pub fn finish(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    pub fn stop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        self.finish();
    }
}

fn send(
    stream: &(Mutex<Option<TcpStream>>, Condvar),
    before: u64,
    feed: Feed,
    written: &Mutex<Vec<Instant>>,
    stop: &(Mutex<bool>, Condvar),
) {
    let connected = stream.0.lock().unwrap_or_else(PoisonError::into_inner);
    let patience = Duration::from_secs(10);
    let waiting = |stream: &mut Option<TcpStream>| stream.is_none();
    let (stream, _) = stream.1.wait_timeout_while(connected, patience, waiting).unwrap_or_else(PoisonError::into_inner);
    let Some(mut stream) = stream.as_ref().and_then(|stream| stream.try_clone().ok()) else { return };
    let start = Instant::now();
    let mut next = 0;
    while next < feed.updates {
        let group = next - next % feed.burst.max(1);
        let due = start + Duration::from_nanos(group.saturating_mul(1_000_000_000) / feed.rate.max(1));
        let left = due.saturating_duration_since(Instant::now());
        let stopped = stop.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (stopped, _) =
            stop.1.wait_timeout_while(stopped, left, |stopped| !*stopped).unwrap_or_else(PoisonError::into_inner);
        if *stopped {
            return;
        }
        drop(stopped);
        let last = (group + feed.burst.max(1)).min(feed.updates);
        let mut lines = String::new();
        let at = Instant::now();
        for count in next..last {
            lines.push_str(&format!("{}\n", before + count + 1));
            written.lock().unwrap_or_else(PoisonError::into_inner).push(at);
        }
        next = last;
        if stream.write_all(lines.as_bytes()).is_err() {
            return;
        }
    }
}
