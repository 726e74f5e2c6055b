//! A connected face: what it wants to hear, and the one way to it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use hoga::desk::protocol::{Request, Topic};
use hoga::desk::wire::FrameBuffer;

#[derive(Debug, Default)]
struct Interest {
    all: bool,
    symbols: BTreeSet<String>,
    followed: BTreeSet<String>,
}

pub struct Face {
    stream: UnixStream,
    incoming: Mutex<FrameBuffer>,
    outgoing: Mutex<()>,
    name: Mutex<String>,
    interests: Mutex<BTreeMap<Topic, Interest>>,
    closed: (Mutex<bool>, Condvar),
}

impl Face {
    pub fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            incoming: Mutex::default(),
            outgoing: Mutex::default(),
            name: Mutex::default(),
            interests: Mutex::default(),
            closed: (Mutex::new(false), Condvar::new()),
        }
    }

    /// The next request; `None` when there will be no more.
    pub fn next_request(&self) -> Option<Request> {
        let mut incoming = self.incoming.lock().ok()?;
        let mut bytes = [0; 16 * 1024];
        loop {
            match incoming.next_message() {
                Ok(Some(request)) => return Some(request),
                Ok(None) => {}
                Err(error) => panic!("a face sent what no desk reads: {error}"),
            }
            match (&self.stream).read(&mut bytes) {
                Ok(0) | Err(_) => return None,
                Ok(count) => incoming.push(&bytes[..count]),
            }
        }
    }

    /// Writes frames, waiting while the face does not read.
    pub fn write(&self, frames: &[u8]) {
        let _one_at_a_time = self.outgoing.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = (&self.stream).write_all(frames);
    }

    pub fn greet(&self, name: &str) {
        name.clone_into(&mut self.name.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn name(&self) -> String {
        self.name.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn subscribe(&self, topic: Topic, symbols: &[String]) {
        let mut interests = self.interests.lock().unwrap_or_else(PoisonError::into_inner);
        let interest = interests.entry(topic).or_default();
        interest.all |= symbols.is_empty();
        interest.symbols.extend(symbols.iter().map(|symbol| code(symbol).to_owned()));
    }

    pub fn follow(&self, topic: Topic, symbols: &[String]) {
        let mut interests = self.interests.lock().unwrap_or_else(PoisonError::into_inner);
        let interest = interests.entry(topic).or_default();
        interest.followed = symbols.iter().map(|symbol| code(symbol).to_owned()).collect();
    }

    /// Whether it wants to hear of a topic, and of this instrument.
    pub fn wants(&self, topic: Topic, symbol: Option<&str>) -> bool {
        let interests = self.interests.lock().unwrap_or_else(PoisonError::into_inner);
        interests.get(&topic).is_some_and(|interest| {
            interest.all
                || symbol.is_none_or(|symbol| {
                    interest.symbols.contains(code(symbol)) || interest.followed.contains(code(symbol))
                })
        })
    }

    /// Waits so long, or until the connection is cut.
    pub fn pause(&self, time: Duration) {
        let closed = self.closed.0.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.closed.1.wait_timeout_while(closed, time, |closed| !*closed));
    }

    /// Cuts the connection; a write that waits fails.
    pub fn close(&self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        *self.closed.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.closed.1.notify_all();
    }
}

fn code(symbol: &str) -> &str {
    symbol.rsplit(':').next().unwrap_or(symbol)
}
