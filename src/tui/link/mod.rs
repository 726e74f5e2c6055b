//! The way to the desk: requests go out, answers and updates come in, and a lost connection is made again. The screen's
//! thread never waits here.

mod dial;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

pub use dial::Dial;

use super::inbox::Inbox;
use crate::desk::client::{Asking, Client};
use crate::desk::protocol::{Command, Failure, Message, Request};
use crate::order::ProfileName;

/// Most requests on their way to the socket. A person makes a few a second; opening a page about ten.
const REQUESTS_MAX: usize = 1_024;

/// Which connection to the desk; counts up with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epoch(pub u64);

/// What came from the desk's side.
#[derive(Debug)]
pub enum Said {
    /// A connection is there.
    Connected {
        /// Which.
        epoch: Epoch,
        /// Version of the desk's binary.
        version: String,
        /// Profiles of the desk, the default first.
        profiles: Vec<ProfileName>,
    },
    /// There is none, and why; another attempt follows.
    Lost(Box<Failure>),
    /// A reply or an update.
    Message(Box<Message>),
    /// No attempt follows: the screen closes.
    Closed,
}

enum Job {
    Use(Epoch, Asking),
    Send(Epoch, Box<Request>),
}

/// The way to the desk.
#[derive(Debug)]
pub struct Link {
    jobs: SyncSender<Job>,
    next: AtomicU64,
    dialler: Arc<dial::Stop>,
    threads: Vec<JoinHandle<()>>,
}

impl Link {
    /// Begins to connect.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn open(dial: Dial, inbox: Arc<Inbox>) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel(REQUESTS_MAX);
        let stop = Arc::new(dial::Stop::default());
        let writer = std::thread::Builder::new().name("desk-requests".into()).spawn(move || write(&queue))?;
        let to_writer = jobs.clone();
        let stopped = stop.clone();
        let reader = std::thread::Builder::new().name("desk-words".into()).spawn(move || {
            let mut epoch = Epoch(0);
            while !stopped.is_set() {
                let client = match dial.connect() {
                    Ok(client) => client,
                    Err(failure) => {
                        if !inbox.say(Said::Lost(failure)) {
                            return;
                        }
                        stopped.wait();
                        continue;
                    }
                };
                epoch.0 += 1;
                if !converse(client, epoch, &to_writer, &inbox) {
                    return;
                }
            }
        })?;
        stop.wakes(reader.thread().clone());
        Ok(Self { jobs, next: AtomicU64::new(1), dialler: stop, threads: vec![writer, reader] })
    }

    /// Asks. The reply carries the number. A request for a connection that is no more is dropped: its reply will never
    /// come, which [`Said::Lost`] or the next [`Said::Connected`] says.
    ///
    /// # Errors
    /// Too many requests wait already.
    pub fn send(&self, epoch: Epoch, profile: Option<ProfileName>, command: Command) -> Result<u64, Busy> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let request = Box::new(Request { id, profile, command });
        match self.jobs.try_send(Job::Send(epoch, request)) {
            Ok(()) => Ok(id),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Busy),
        }
    }

    /// Makes no more attempts. Threads end when their sockets do.
    pub fn close(&self) {
        self.dialler.set();
    }

    /// How many threads there are.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads.len()
    }
}

/// Too many requests wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests wait for the desk")]
pub struct Busy;

/// Brings everything the desk says until it hangs up. Whether the screen still listens.
fn converse(client: Client, epoch: Epoch, jobs: &SyncSender<Job>, inbox: &Inbox) -> bool {
    let version = client.version().to_owned();
    let profiles = client.profiles().to_vec();
    let (asking, mut listening) = match client.split() {
        Ok(halves) => halves,
        Err(failure) => return inbox.say(Said::Lost(failure)),
    };
    if jobs.send(Job::Use(epoch, asking)).is_err() || !inbox.say(Said::Connected { epoch, version, profiles }) {
        return false;
    }
    loop {
        match listening.next_message() {
            Ok(message) => {
                if !inbox.say(Said::Message(Box::new(message))) {
                    return false;
                }
            }
            Err(failure) => return inbox.say(Said::Lost(failure)),
        }
    }
}

fn write(queue: &Receiver<Job>) {
    let mut current: Option<(Epoch, Asking)> = None;
    while let Ok(job) = queue.recv() {
        match job {
            Job::Use(epoch, asking) => current = Some((epoch, asking)),
            Job::Send(epoch, request) => {
                let Some((known, asking)) = &mut current else { continue };
                // What was asked on a lost connection was told to be lost; sending it now would surprise.
                if *known != epoch {
                    continue;
                }
                if asking.send(&request).is_err() {
                    current = None;
                }
            }
        }
    }
}
