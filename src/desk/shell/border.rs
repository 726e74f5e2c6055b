//! The border between the desk and its brokers: a panic in one broker's code ends that broker and nothing else.
//!
//! Nobody knows what state it was left in, so it is closed, dropped, and opened anew after a pause. Until then its
//! profile is down: what it was asked and has not answered is unknown, and is looked up when it is back.

use std::time::Duration;

use super::Shell;
use super::panics::caught;
use crate::broker::api::{Broker, BrokerError, BrokerEvent, BrokerRequest, Connection};
use crate::desk::core::{Event, ProfileIndex};
use crate::market::UtcTime;

/// Pauses before it is opened again: after the first failure, the second, and every further one.
const PAUSES: [Duration; 3] = [Duration::from_secs(5), Duration::from_secs(15), Duration::from_secs(60)];
/// A failure this long after the last one counts as the first.
const FORGIVEN_AFTER: Duration = Duration::from_secs(600);

/// How often the broker of a profile has failed, and when it is opened again.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lapses {
    count: usize,
    last: Option<UtcTime>,
    pub(super) reopen_at: Option<UtcTime>,
}

impl Lapses {
    /// Notes a failure and says how long to wait.
    fn note(&mut self, now: UtcTime) -> Duration {
        if self.last.is_none_or(|last| now.since(last) >= FORGIVEN_AFTER) {
            self.count = 0;
        }
        let pause = PAUSES.get(self.count).or(PAUSES.last()).copied().unwrap_or_default();
        self.count += 1;
        self.last = Some(now);
        self.reopen_at = Some(now.plus(pause));
        pause
    }
}

impl Shell {
    /// Hands a request over. One that cannot be handed over is answered: it was not sent.
    pub(super) fn ask_broker(&mut self, now: UtcTime, profile: ProfileIndex, request: BrokerRequest) -> bool {
        let id = request.id;
        let Some(Some(broker)) = self.brokers.get_mut(profile) else {
            let outcome = Err(BrokerError::NotSent("the broker is not open".to_owned()));
            self.on_broker_event(now, profile, BrokerEvent::Answer { id, outcome });
            return false;
        };
        match caught(|| broker.request(now, request)) {
            Ok(()) => true,
            Err(text) => {
                self.drop_broker(now, profile, &text);
                false
            }
        }
    }

    /// Takes what the brokers tell, and says when one of them wants to be asked again.
    pub(super) fn poll_brokers(&mut self, now: UtcTime) -> Option<UtcTime> {
        let mut next: Option<UtcTime> = None;
        for index in 0..self.brokers.len() {
            let mut events = std::mem::take(&mut self.events);
            let polled = match self.brokers.get_mut(index) {
                Some(Some(broker)) => caught(|| broker.poll(now, &mut events)),
                _ => Ok(None),
            };
            // What it said before it failed is true all the same.
            for event in events.drain(..) {
                self.on_broker_event(now, index, event);
            }
            self.events = events;
            match polled {
                Ok(at) => next = next.into_iter().chain(at).min(),
                Err(text) => self.drop_broker(now, index, &text),
            }
        }
        next
    }

    /// Ends a broker that has failed and plans its return.
    pub(super) fn drop_broker(&mut self, now: UtcTime, profile: ProfileIndex, text: &str) {
        let broker = self.brokers.get_mut(profile).and_then(Option::take);
        let ended = broker.map_or(Ok(()), end);
        let name = self.configs.get(profile).map(|config| config.name.to_string()).unwrap_or_default();
        let pause = self.lapses.get_mut(profile).map(|lapses| lapses.note(now)).unwrap_or_default();
        tracing::error!(profile = name, text, ended = ended.is_ok(), "the broker's adapter failed and was dropped");
        let seconds = pause.as_secs();
        let reason = format!("the broker's adapter failed ({text}); it is opened again in {seconds} s");
        let retry_at = Some(now.plus(pause));
        self.on_broker_event(now, profile, BrokerEvent::Connection(Connection::Down { reason, retry_at }));
    }

    /// Opens the broker of a profile unless it is open, or has failed a moment ago.
    pub(super) fn open_broker(&mut self, now: UtcTime, profile: ProfileIndex) {
        let (Some(slot), Some(config)) = (self.brokers.get(profile), self.configs.get(profile)) else { return };
        let waits = self.lapses.get(profile).and_then(|lapses| lapses.reopen_at).is_some_and(|at| now < at);
        if slot.is_some() || waits {
            return;
        }
        let (opened, name) = (caught(|| self.opener.open(config, now)), config.name.clone());
        let lapses = self.lapses.get_mut(profile);
        match opened {
            Ok(Ok(broker)) => {
                if let Some(lapses) = lapses {
                    lapses.reopen_at = None;
                }
                if let Some(slot) = self.brokers.get_mut(profile) {
                    *slot = Some(broker);
                }
            }
            Ok(Err(error)) => {
                tracing::error!(profile = %name, %error, "the broker cannot be opened");
                // One that was open before is tried again; one that never was, when somebody asks for it.
                let again = lapses.filter(|lapses| lapses.reopen_at.is_some()).map(|lapses| lapses.note(now));
                let connection =
                    Connection::Down { reason: error.to_string(), retry_at: again.map(|pause| now.plus(pause)) };
                let event = BrokerEvent::Connection(connection);
                self.step(now, Event::Broker { profile, event });
            }
            Err(text) => self.drop_broker(now, profile, &text),
        }
    }

    /// Opens again what has failed and waited long enough.
    pub(super) fn reopen_brokers(&mut self, now: UtcTime) {
        for profile in 0..self.lapses.len() {
            if self.lapses.get(profile).and_then(|lapses| lapses.reopen_at).is_some_and(|at| at <= now) {
                self.open_broker(now, profile);
            }
        }
    }

    /// Ends every broker.
    pub(super) fn close_brokers(&mut self) {
        for broker in &mut self.brokers {
            if let Some(Err(text)) = broker.take().map(end) {
                tracing::error!(text, "a broker could not be closed");
            }
        }
    }
}

/// Closes a broker and drops it, each of which may panic by itself: either way nothing of it may go on.
fn end(mut broker: Box<dyn Broker>) -> Result<(), String> {
    let closed = caught(|| broker.close());
    let dropped = caught(move || drop(broker));
    closed.and(dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_while_it_keeps_failing_and_begin_anew_after_a_good_while() {
        let mut lapses = Lapses::default();
        let mut now = UtcTime::EPOCH;
        let mut pause = |after: u64| {
            now = now.plus(Duration::from_secs(after));
            lapses.note(now).as_secs()
        };
        assert_eq!([pause(0), pause(6), pause(16), pause(61), pause(599), pause(600)], [5, 15, 60, 60, 60, 5]);
    }
}
