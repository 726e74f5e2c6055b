//! Where candles come from: asking the desk, taking its answers, growing the last one with prints.

use std::time::Duration;

use super::Chart;
use super::series::{Grown, KEPT_MAX};
use crate::desk::protocol::{Command, Failure, Response};
use crate::market::Interval;
use crate::tui::model::{Changed, Model};
use crate::tui::pane::{Asks, News, PaneKind};

/// Candles asked for at once.
const COUNT: u32 = 600;
/// Candles asked for when one is over, to hold what was made here against what the desk has.
const CHECKED: u32 = 3;
/// After this an answer is not waited for any longer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Pause after a failure.
const PAUSE: Duration = Duration::from_secs(5);
/// Seconds after which a chart that is not drawn counts as out of sight.
const OUT_OF_SIGHT: u8 = 3;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The newest candles.
    Newest,
    /// Those before the oldest.
    Older,
    /// The last few.
    Check,
}

/// A question that is out.
#[derive(Debug, Clone, Copy)]
struct Out {
    tag: u32,
    wanted: Wanted,
    generation: u32,
    since: Duration,
}

/// What is known of questions and answers.
#[derive(Debug)]
pub struct Supply {
    tag: u32,
    out: Option<Out>,
    /// The candles shown are those of the instrument and interval.
    pub there: bool,
    /// The desk has none before the oldest.
    complete: bool,
    /// Why the last question failed.
    pub failure: Option<Box<Failure>>,
    retry_at: Duration,
    check: bool,
    seen: u8,
}

impl Default for Supply {
    fn default() -> Self {
        Self {
            tag: 0,
            out: None,
            there: false,
            complete: false,
            failure: None,
            retry_at: Duration::ZERO,
            check: false,
            seen: OUT_OF_SIGHT,
        }
    }
}

impl Supply {
    /// It was drawn.
    pub const fn drawn(&mut self) {
        self.seen = OUT_OF_SIGHT;
    }

    /// Whether an answer is waited for.
    #[must_use]
    pub const fn is_asking(&self) -> bool {
        self.out.is_some()
    }
}

impl Chart {
    pub(super) fn hear(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        let growing = self.supply.there && self.is_current(model);
        match news {
            News::Reset => self.reset(model, asks),
            News::Changed(Changed::Print(print)) if growing => {
                if self.series.take(print) == Grown::New {
                    if self.pan > 0 {
                        self.pan += 1;
                    }
                    self.supply.check = self.interval >= Interval::Minute1;
                }
            }
            News::Changed(Changed::Candle(candle)) if growing && self.interval == Interval::Minute1 => {
                self.series.correct(std::slice::from_ref(*candle));
            }
            News::Answer { tag, outcome } => self.answered(*tag, *outcome, model),
            News::Second => self.second(model, asks),
            News::Changed(_) => {}
        }
    }

    /// Whether its candles are of what is selected.
    pub(super) fn is_current(&self, model: &Model) -> bool {
        self.instrument == model.selected.id && self.generation == model.selected.generation
    }

    /// Nothing of another selection stays. A mere refresh keeps the candles until newer ones come.
    fn reset(&mut self, model: &Model, asks: &mut Asks) {
        if !self.is_current(model) {
            (self.instrument, self.generation) = (model.selected.id, model.selected.generation);
            self.empty();
        }
        let asked = self.supply.out.is_some_and(|out| {
            out.wanted == Wanted::Newest && out.generation == model.selected.generation && model.is_connected()
        });
        if asked {
            return;
        }
        self.supply.out = None;
        self.supply.retry_at = Duration::ZERO;
        if self.supply.seen > 0 {
            self.ask(Wanted::Newest, model, asks);
        } else {
            self.supply.there = false;
        }
    }

    /// Drops every candle.
    fn empty(&mut self) {
        let venue = self.instrument.map_or_else(|| self.series.venue(), |id| id.venue);
        self.series.start_anew(venue, self.interval);
        (self.pan, self.crosshair, self.first_end) = (0, None, None);
        let Supply { tag, seen, .. } = self.supply;
        self.supply = Supply { tag, seen, ..Supply::default() };
    }

    /// Shows candles of another length.
    pub(super) fn change_interval(&mut self, interval: Interval, model: &Model, asks: &mut Asks) {
        if self.interval != interval {
            self.interval = interval;
            self.empty();
            self.ask(Wanted::Newest, model, asks);
        }
    }

    fn ask(&mut self, wanted: Wanted, model: &Model, asks: &mut Asks) {
        let Some(id) = self.instrument.filter(|id| model.selected.is(id)) else { return };
        self.supply.tag = self.supply.tag.wrapping_add(1);
        let tag = self.supply.tag;
        let (count, before) = match wanted {
            Wanted::Newest => (COUNT, None),
            Wanted::Older => (COUNT, self.series.candles().first().map(|candle| candle.time)),
            Wanted::Check => (CHECKED, None),
        };
        let (generation, since) = (model.selected.generation, model.now.since_start);
        self.supply.out = Some(Out { tag, wanted, generation, since });
        let command = Command::Candles { symbol: id.to_string(), interval: self.interval, count, before };
        asks.question(PaneKind::Chart, tag, command);
    }

    /// Takes an answer, when it is the one that is waited for. It never asks again itself: a desk that is gone answers
    /// within the question.
    fn answered(&mut self, tag: u32, outcome: Result<&Response, &Failure>, model: &Model) {
        let Some(out) = self.supply.out.filter(|out| out.tag == tag) else { return };
        self.supply.out = None;
        if out.generation != model.selected.generation || !self.is_current(model) {
            return;
        }
        match (out.wanted, outcome) {
            (Wanted::Newest, Ok(Response::Candles(records))) => {
                self.supply.failure = None;
                self.supply.complete = records.is_empty();
                self.fill(records, model);
            }
            (Wanted::Older, Ok(Response::Candles(records))) => {
                self.supply.complete = !self.series.take_older(records);
            }
            (Wanted::Check, Ok(Response::Candles(records))) => self.series.correct(records),
            (_, Ok(_)) => {}
            (Wanted::Check, Err(_)) => {}
            (Wanted::Older, Err(_)) => self.supply.retry_at = model.now.since_start + PAUSE,
            (Wanted::Newest, Err(failure)) => {
                self.supply.failure = Some(Box::new(failure.clone()));
                self.supply.retry_at = model.now.since_start + PAUSE;
                // A source that has no candles of this length still has prints to make them of.
                if !self.supply.there && model.is_connected() && !failure.retryable {
                    self.fill(&[], model);
                }
            }
        }
    }

    fn fill(&mut self, records: &[crate::desk::record::CandleRecord], model: &Model) {
        let had = self.series.last_number();
        self.series.replace(records, model.selected.prints.iter());
        if self.supply.there && had >= 0 {
            // Numbers begin anew: what was measured in them is void.
            self.pan = self.pan.min(self.series.last_number().max(0));
            self.crosshair = None;
        }
        self.supply.there = true;
    }

    fn second(&mut self, model: &Model, asks: &mut Asks) {
        self.supply.seen = self.supply.seen.saturating_sub(1);
        let now = model.now.since_start;
        if self.supply.out.is_some_and(|out| model.now.after(out.since) > PATIENCE) {
            self.supply.out = None;
        }
        let may =
            self.supply.seen > 0 && self.supply.out.is_none() && model.is_connected() && now >= self.supply.retry_at;
        if !may {
            return;
        }
        if !self.is_current(model) {
            self.reset(model, asks);
        } else if !self.supply.there || self.failed_for_now() {
            self.ask(Wanted::Newest, model, asks);
        } else if std::mem::take(&mut self.supply.check) {
            self.ask(Wanted::Check, model, asks);
        } else {
            self.ask_older(model, asks);
        }
    }

    /// The last question failed, and another time it may not.
    fn failed_for_now(&self) -> bool {
        self.supply.failure.as_ref().is_some_and(|failure| failure.retryable)
    }

    /// Asks for older candles when the left end is near.
    pub(super) fn ask_older(&mut self, model: &Model, asks: &mut Asks) {
        let idle = self.supply.out.is_none() && self.supply.there && !self.supply.complete;
        let candles = self.series.candles().len();
        if !idle || candles == 0 || candles >= KEPT_MAX || model.now.since_start < self.supply.retry_at {
            return;
        }
        let shown = self.sight.shown_bars();
        let left = self.series.last_number() - self.pan - shown;
        if left < self.series.first_number() + shown / 2 {
            self.ask(Wanted::Older, model, asks);
        }
    }
}
