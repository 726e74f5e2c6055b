//! What is known of a share's status beside the calendar: halted, interrupted, or its whole market stopped.
//!
//! The status stream tells changes only. What stood before it was registered, and what happened while it was lost, a price
//! answer tells. Session codes of the stream are not taken for phases: the calendar knows the sessions of each day.

use std::time::Duration;

use crate::broker::kis::realtime::status::MarketStatus;
use crate::market::{Phase, UtcTime};

/// An answer may have been made before a record that came so shortly before it.
const ANSWER_LAG: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Status {
    /// Whether its stream is registered.
    streams: bool,
    /// What the share itself is said to be.
    own: Option<Phase>,
    /// The whole market is stopped.
    is_market_stopped: bool,
    /// When the stream last brought a record.
    heard_at: Option<UtcTime>,
    /// What was told last, where it was not the calendar's phase.
    told: Option<Phase>,
}

impl Status {
    /// The phase that stands against the calendar's.
    pub(super) fn phase(&self) -> Option<Phase> {
        if self.is_market_stopped { Some(Phase::Halted) } else { self.own }
    }

    /// Its stream is registered.
    pub(super) const fn registered(&mut self) {
        self.streams = true;
    }

    /// A record of its stream.
    pub(super) fn heard(&mut self, status: &MarketStatus<'_>, now: UtcTime) {
        self.heard_at = Some(now);
        self.own =
            if status.is_halted() { Some(Phase::Halted) } else { status.is_interrupted().then_some(Phase::Volatility) };
        // A record about something else has an empty code, and sidecars and announcements stop nothing.
        match status.operation() {
            "164" | "174" | "184" | "182" => self.is_market_stopped = true,
            _ if status.phase().is_some() => self.is_market_stopped = false,
            _ => {}
        }
    }

    /// What a price answer says of the share. Without the stream nobody would say when it ends.
    pub(super) fn answered(&mut self, phase: Phase, now: UtcTime) {
        let is_behind = self.heard_at.is_some_and(|at| now.since(at) < ANSWER_LAG);
        if self.streams && !is_behind {
            self.own = special(phase);
        }
    }

    /// The connection is lost: what the share is said to be stands until its stream is back and an answer says more. Of the
    /// market no answer says anything.
    pub(super) const fn lost(&mut self) {
        self.streams = false;
        self.is_market_stopped = false;
    }

    /// Its stream is registered no more: the calendar holds.
    pub(super) fn ended(&mut self) {
        *self = Self { told: self.told, ..Self::default() };
    }

    /// What is to be told now, if anything: a phase against the calendar's, or that the calendar's holds again.
    pub(super) fn turn(&mut self) -> Option<Option<Phase>> {
        let (before, now) = (self.told, self.phase());
        self.told = now;
        (before.is_some() || now.is_some()).then_some(now)
    }
}

/// A phase that only a status tells of.
fn special(phase: Phase) -> Option<Phase> {
    matches!(phase, Phase::Halted | Phase::Volatility).then_some(phase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::kis::realtime::{Frame, Reader, Record};

    fn now() -> UtcTime {
        UtcTime::parse("2026-09-14T00:20:00Z").unwrap()
    }

    fn hear(status: &mut Status, fields: &str, at: UtcTime) -> Option<Option<Phase>> {
        let text = format!("0|H0STMKO0|001|005930^{fields}");
        let frame = Frame::parse(text.as_bytes()).unwrap();
        let read = |_, record: Record<'_>| match record {
            Record::Status(record) => status.heard(&record, at),
            _ => panic!("{text}"),
        };
        assert_eq!(Reader::new().read(&frame, read).unwrap().read, 1);
        status.turn()
    }

    #[test]
    fn an_interruption_begins_and_ends_and_sessions_are_the_calendars() {
        let mut status = Status::default();
        assert_eq!(
            hear(&mut status, "N^(null)^129^^^^55^N^N", now()),
            None,
            "KRX closes, and its after-market follows"
        );
        assert_eq!(hear(&mut status, "N^(null)^^^^^55^Y^N", now()), Some(Some(Phase::Volatility)));
        assert_eq!(hear(&mut status, "Y^reason^^^^^55^Y^N", now()), Some(Some(Phase::Halted)));
        assert_eq!(hear(&mut status, "N^(null)^^^^^58^N^N", now()), Some(Some(Phase::Halted)));
        assert_eq!(hear(&mut status, "N^(null)^^^^^55^N^N", now()), Some(None));
        assert_eq!(hear(&mut status, "N^(null)^^^^^55^N^N", now()), None);
    }

    #[test]
    fn a_stopped_market_goes_on_when_it_is_said_and_not_when_a_share_says_something_else() {
        let mut status = Status::default();
        assert_eq!(hear(&mut status, "N^(null)^174^^^^55^N^N", now()), Some(Some(Phase::Halted)));
        for other in ["N^(null)^^^^^55^N^N", "N^(null)^387^^^^55^N^N", "N^(null)^AB1^^^^55^N^N"] {
            assert_eq!(hear(&mut status, other, now()), Some(Some(Phase::Halted)), "{other}");
        }
        assert_eq!(hear(&mut status, "N^(null)^175^^^^55^N^N", now()), Some(None));
        hear(&mut status, "N^(null)^184^^^^55^N^N", now());
        status.lost();
        assert_eq!(status.turn(), Some(None), "its end may have been missed");
    }

    #[test]
    fn an_answer_counts_only_beside_the_stream_and_not_against_a_younger_record() {
        let later = now().plus(ANSWER_LAG);
        let mut status = Status::default();
        status.answered(Phase::Halted, now());
        assert_eq!(status.turn(), None, "nobody would say when it ends");
        status.registered();
        status.answered(Phase::Halted, now());
        assert_eq!(status.turn(), Some(Some(Phase::Halted)));
        assert_eq!(hear(&mut status, "N^(null)^^^^^55^N^N", now()), Some(None));
        status.answered(Phase::Halted, now());
        assert_eq!(status.turn(), None, "it was asked before the halt ended");
        hear(&mut status, "N^(null)^^^^^55^Y^N", now());
        status.lost();
        status.answered(Phase::Continuous, later);
        assert_eq!(status.turn(), Some(Some(Phase::Volatility)), "the stream is not back yet");
        status.registered();
        status.answered(Phase::Continuous, later);
        assert_eq!(status.turn(), Some(None));
        hear(&mut status, "N^(null)^^^^^55^Y^N", now());
        status.ended();
        assert_eq!((status.turn(), status.turn()), (Some(None), None));
    }
}
