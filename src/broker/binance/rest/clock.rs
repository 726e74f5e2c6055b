//! The exchange's clock: read at the start, on schedule, when the local clock steps, and when a time stamp is refused.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use super::{Call, Fault};
use crate::broker::binance::limits::weight;
use crate::broker::net::clock::{ClockRules, ClockSample, ClockStatus, ServerClock};
use crate::broker::net::http::Response;
use crate::broker::net::json;
use crate::broker::net::lanes::Lane;
use crate::market::UtcTime;

/// Readings at a time; the one with the shortest way decides.
const READINGS: usize = 4;

/// What is known of the exchange's clock.
#[derive(Debug)]
pub struct ExchangeClock {
    path: &'static str,
    known: Mutex<ServerClock>,
    /// One reading at a time, and how many there were.
    reading: tokio::sync::Mutex<()>,
    readings: AtomicU64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Time {
    server_time: i64,
}

impl ExchangeClock {
    /// Nothing is known yet; the time is asked for at `path`.
    #[must_use]
    pub fn new(path: &'static str) -> Self {
        Self {
            path,
            known: Mutex::new(ServerClock::new(ClockRules::default())),
            reading: tokio::sync::Mutex::new(()),
            readings: AtomicU64::new(0),
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, ServerClock> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The exchange's time at a local time.
    #[must_use]
    pub fn to_server(&self, local: UtcTime) -> UtcTime {
        self.known().to_server(local)
    }

    /// Whether it is known at a local time.
    #[must_use]
    pub fn is_good(&self, local: UtcTime) -> bool {
        matches!(self.known().status(local), ClockStatus::Good { .. })
    }

    /// The exchange's time less local time, in whole milliseconds.
    #[must_use]
    pub fn offset_millis(&self) -> Option<i64> {
        self.known().offset_millis()
    }

    /// Compares the wall clock with a monotonic one; true when one of them stepped and the time must be read anew.
    pub fn compare(&self, wall: UtcTime, monotonic: std::time::Duration) -> bool {
        self.known().compare(wall, monotonic)
    }

    /// Forgets what was known and reads the time. Who comes while another reads waits for that and reads no more.
    pub(super) async fn resync<F, W>(&self, send: F)
    where
        F: Fn(Call) -> W,
        W: Future<Output = Result<Response, Fault>>,
    {
        let before = self.readings.load(Ordering::Acquire);
        let _turn = self.reading.lock().await;
        if self.readings.load(Ordering::Acquire) != before {
            return;
        }
        let mut fresh = Vec::with_capacity(READINGS);
        // The first one may have to connect; one more then makes up for it.
        for _ in 0..=READINGS {
            let call = Call::ask(self.path, weight(1)).within(Lane::Order);
            match send(call).await {
                Ok(answer) => fresh.extend(sample(&answer)),
                Err(fault) => {
                    tracing::warn!(%fault, "the exchange's time could not be read");
                    // Nobody is there: the next reading would find nobody either.
                    if !fault.error().may_have_happened() {
                        break;
                    }
                }
            }
            if fresh.len() >= READINGS {
                break;
            }
        }
        if fresh.is_empty() {
            return;
        }
        let mut known = self.known();
        // What was known before is worth nothing beside a reading of now.
        *known = ServerClock::new(ClockRules { samples_min: fresh.len().min(3), ..ClockRules::default() });
        fresh.into_iter().for_each(|sample| known.observe(sample));
        tracing::debug!(offset_ms = known.offset_millis(), "the exchange's time was read");
        drop(known);
        self.readings.fetch_add(1, Ordering::Release);
    }
}

fn sample(answer: &Response) -> Option<ClockSample> {
    let time: Time = json::parse("server time", &answer.body, 4_096).ok()?;
    Some(ClockSample {
        sent_at: answer.sent_at,
        round_trip: answer.round_trip,
        server_at: UtcTime::from_millis(time.server_time),
    })
}
