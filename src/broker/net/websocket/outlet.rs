//! The way out to a reader that may be slow: frames are dropped and counted, states are not.

use std::collections::VecDeque;

use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::watch;

use super::{SocketEvent, SocketState};

/// State changes kept for a reader that is behind; older ones go first, for only the last matters then.
const STATES_KEPT_MAX: usize = 16;

/// The reader is gone.
#[derive(Debug)]
pub(super) struct NoReader;

pub(super) struct Outlet {
    events: mpsc::Sender<SocketEvent>,
    state: watch::Sender<SocketState>,
    dropped: u64,
    states: VecDeque<SocketState>,
}

impl Outlet {
    pub(super) fn new(events: mpsc::Sender<SocketEvent>, state: watch::Sender<SocketState>) -> Self {
        Self { events, state, dropped: 0, states: VecDeque::new() }
    }

    /// Hands a frame on, or counts it as lost: never waits, for a full queue must not delay the broker's pings.
    pub(super) fn frame(&mut self, frame: SocketEvent) -> Result<(), NoReader> {
        self.catch_up()?;
        if self.is_behind() {
            self.dropped += 1;
            return Ok(());
        }
        match self.events.try_send(frame) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => {
                self.dropped += 1;
                Ok(())
            }
            Err(TrySendError::Closed(_)) => Err(NoReader),
        }
    }

    pub(super) fn state(&mut self, state: SocketState) -> Result<(), NoReader> {
        self.state.send_replace(state.clone());
        self.states.push_back(state);
        if self.states.len() > STATES_KEPT_MAX {
            self.states.pop_front();
        }
        self.catch_up()
    }

    /// Whether something waits for the reader to make room.
    pub(super) fn is_behind(&self) -> bool {
        self.dropped > 0 || !self.states.is_empty()
    }

    fn catch_up(&mut self) -> Result<(), NoReader> {
        while self.is_behind() {
            let event = self.next_late();
            match self.events.try_send(event) {
                Ok(()) => self.sent_late(),
                Err(TrySendError::Full(_)) => return Ok(()),
                Err(TrySendError::Closed(_)) => return Err(NoReader),
            }
        }
        Ok(())
    }

    /// The loss is told before the states that follow it.
    fn next_late(&self) -> SocketEvent {
        match self.states.front() {
            Some(state) if self.dropped == 0 => SocketEvent::State(state.clone()),
            _ => SocketEvent::Lagged { dropped: self.dropped },
        }
    }

    fn sent_late(&mut self) {
        if self.dropped > 0 {
            self.dropped = 0;
        } else {
            self.states.pop_front();
        }
    }

    /// Waits until the reader has room and hands over what is late; when nothing is, until the reader goes away.
    /// Cancel-safe.
    pub(super) async fn caught_up(&mut self) -> Result<(), NoReader> {
        if !self.is_behind() {
            self.events.closed().await;
            return Err(NoReader);
        }
        let permit = self.events.reserve().await.map_err(|_| NoReader)?;
        permit.send(self.next_late());
        self.sent_late();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use tokio::time::Instant;

    use super::*;
    use crate::market::time::UtcTime;

    fn frame(text: &'static str) -> SocketEvent {
        SocketEvent::Frame {
            bytes: Bytes::from_static(text.as_bytes()),
            received_at: UtcTime::EPOCH,
            received: Instant::now(),
        }
    }

    #[tokio::test]
    async fn a_slow_reader_learns_how_much_it_lost_before_anything_newer() {
        let (events, mut reader) = mpsc::channel(2);
        let (state, _latest) = watch::channel(SocketState::Connecting);
        let mut outlet = Outlet::new(events, state);
        for text in ["1", "2", "3", "4"] {
            outlet.frame(frame(text)).unwrap();
        }
        outlet.state(SocketState::Live).unwrap();
        assert!(matches!(reader.recv().await, Some(SocketEvent::Frame { bytes, .. }) if bytes == "1"));
        assert!(matches!(reader.recv().await, Some(SocketEvent::Frame { bytes, .. }) if bytes == "2"));
        outlet.caught_up().await.unwrap();
        outlet.frame(frame("5")).unwrap();
        assert_eq!(reader.recv().await, Some(SocketEvent::Lagged { dropped: 2 }));
        assert_eq!(reader.recv().await, Some(SocketEvent::State(SocketState::Live)));
        assert!(outlet.is_behind(), "the fifth frame found no room");
        outlet.caught_up().await.unwrap();
        assert_eq!(reader.recv().await, Some(SocketEvent::Lagged { dropped: 1 }));
    }

    #[tokio::test]
    async fn states_kept_for_a_stuck_reader_are_bounded() {
        let (events, _reader) = mpsc::channel(1);
        let (state, latest) = watch::channel(SocketState::Connecting);
        let mut outlet = Outlet::new(events, state);
        for _ in 0..1_000 {
            outlet.state(SocketState::Connecting).unwrap();
        }
        outlet.state(SocketState::Live).unwrap();
        assert!(outlet.states.len() <= STATES_KEPT_MAX);
        assert_eq!(*latest.borrow(), SocketState::Live);
    }
}
