//! When each event of a recording is played.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::time::Duration;

use super::capture::{Capture, CaptureError};
use crate::market::{MarketBody, MarketEvent, UtcTime};

/// Recorded time between the end of a recording and its next beginning, in nanoseconds.
const NIGHT: i64 = 1_000_000_000;

/// What comes next.
#[derive(Debug)]
pub(super) enum Beat {
    /// The market said something; all its times and numbers are those of this playing.
    Event(MarketEvent),
    /// The recording begins again.
    Again,
    /// It has been played to its end.
    Over,
    /// It cannot be read on.
    Damaged(CaptureError),
}

/// A recording that is being played.
///
/// Places in it are nanoseconds of recorded receive time since its first event, rounds before this one included; a
/// higher speed makes them pass faster on the desk's clock.
#[derive(Debug)]
pub(super) struct Tape {
    capture: Capture<'static>,
    speed: Decimal,
    repeat: bool,
    /// The desk's time at place 0.
    anchor: UtcTime,
    /// Recorded receive time of the first event.
    first: UtcTime,
    /// Place where this round began.
    round: i64,
    /// Place of the last event read.
    place: i64,
    /// What is added to venue times and trade numbers in this round, so that they never go back.
    venue_shift: i64,
    trade_shift: u64,
    venue: Extent<i64>,
    trades: Extent<u64>,
    next: Option<Beat>,
}

/// Smallest and largest of what was read in a round.
#[derive(Debug, Clone, Copy)]
struct Extent<T>(Option<(T, T)>);

impl<T: Ord + Copy> Extent<T> {
    fn see(&mut self, value: T) {
        self.0 = Some(self.0.map_or((value, value), |(least, most)| (least.min(value), most.max(value))));
    }
}

impl Tape {
    /// A tape that is not running yet.
    ///
    /// # Errors
    /// The first event cannot be read; `None` when there is none.
    pub(super) fn new(
        mut capture: Capture<'static>,
        speed: Decimal,
        repeat: bool,
    ) -> Result<Self, Option<CaptureError>> {
        let first = match capture.next() {
            Some(Ok(event)) => event.received_at,
            Some(Err(error)) => return Err(Some(error)),
            None => return Err(None),
        };
        capture.rewind();
        let speed = if speed > Decimal::ZERO { speed } else { Decimal::ONE };
        let (venue, trades) = (Extent(None), Extent(None));
        let mut tape = Self {
            capture,
            speed,
            repeat,
            anchor: UtcTime::EPOCH,
            first,
            round: 0,
            place: 0,
            venue_shift: 0,
            trade_shift: 0,
            venue,
            trades,
            next: None,
        };
        tape.read();
        Ok(tape)
    }

    /// Sets it going: the first event is due at `now`.
    pub(super) fn start(&mut self, now: UtcTime) {
        self.anchor = now;
    }

    /// Stands still for as long.
    pub(super) fn pause(&mut self, by: Duration) {
        self.anchor = self.anchor.plus(by);
    }

    /// When the next beat is due by the desk's clock; `None` after the last.
    pub(super) fn due(&self) -> Option<UtcTime> {
        self.next.as_ref()?;
        let nanos = Decimal::from(self.place).checked_div(self.speed).and_then(|nanos| nanos.to_u64());
        Some(self.anchor.plus(Duration::from_nanos(nanos.unwrap_or(u64::MAX))))
    }

    /// The next beat.
    pub(super) fn take(&mut self) -> Option<Beat> {
        let due = self.due()?;
        let mut beat = self.next.take()?;
        match &mut beat {
            Beat::Event(event) => {
                event.received_at = due;
                self.read();
            }
            Beat::Again => self.read(),
            Beat::Over | Beat::Damaged(_) => {}
        }
        Some(beat)
    }

    fn read(&mut self) {
        self.next = Some(match self.capture.next() {
            Some(Ok(event)) => Beat::Event(self.placed(event)),
            Some(Err(error)) => Beat::Damaged(error),
            None if self.repeat => self.again(),
            None => Beat::Over,
        });
    }

    /// Moves an event into this round.
    fn placed(&mut self, mut event: MarketEvent) -> MarketEvent {
        let into = event.received_at.nanos().saturating_sub(self.first.nanos());
        // Clocks of recorders are set back now and then; events stay in the order they came.
        self.place = self.place.max(self.round.saturating_add(into));
        self.venue.see(event.venue_time.nanos());
        event.venue_time = UtcTime::from_nanos(event.venue_time.nanos().saturating_add(self.venue_shift));
        if let MarketBody::Trade(trade) = &mut event.body {
            self.trades.see(trade.id);
            trade.id = trade.id.wrapping_add(self.trade_shift);
        }
        event
    }

    /// Goes back to the beginning. The new round is as far behind this one on every clock.
    fn again(&mut self) -> Beat {
        self.capture.rewind();
        let span = |(least, most): (i64, i64)| most.saturating_sub(least);
        let played = self.place.saturating_sub(self.round);
        let length = played.max(self.venue.0.map_or(0, span)).saturating_add(NIGHT);
        self.round = self.round.saturating_add(length);
        self.place = self.round;
        self.venue_shift = self.venue_shift.saturating_add(length);
        let trades = self.trades.0.map_or(0, |(least, most)| (most - least).wrapping_add(1));
        self.trade_shift = self.trade_shift.wrapping_add(trades);
        (self.venue, self.trades) = (Extent(None), Extent(None));
        Beat::Again
    }
}
