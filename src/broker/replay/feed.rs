//! What the recorded market has shown so far, and what of it a subscriber is told.

use std::collections::VecDeque;
use std::time::Duration;

use crate::market::book::{Applied, OrderBook, StaleReason};
use crate::market::candle::{Candle, CandleBuilder, Interval, aggregate};
use crate::market::{
    BookUpdate, DayStats, Instrument, MarketBody, MarketEvent, Phase, PhaseChange, Price, Quote, Sequence, Trade,
    UtcTime,
};

/// Prints kept.
const TRADES: usize = 1_000;
/// Seconds with a candle that are kept: a day and a night of trading.
const SECONDS: usize = 100_000;
/// Most candles in an answer.
const CANDLES: usize = 5_000;
/// Shortest time between two messages of the day's numbers.
const DAY_STEP: Duration = Duration::from_millis(250);

/// The market of one instrument as recorded events build it up.
///
/// Books are told under numbers of their own: a whole one whenever the recorded book becomes current, then every change
/// counted on from it. So who comes late is given a book that the next change connects to, and a second round of a
/// recording does not look like the past.
#[derive(Debug)]
pub(super) struct Feed {
    instrument: Instrument,
    book: OrderBook,
    /// Number of the last book told.
    number: u64,
    quote: Quote,
    day: DayStats,
    day_untold: bool,
    day_told: Option<UtcTime>,
    phase: Phase,
    /// Last price of the round before.
    base: Option<Price>,
    /// Newest time by the venue's clock.
    venue_time: UtcTime,
    trades: VecDeque<(UtcTime, Trade)>,
    second: CandleBuilder,
    seconds: VecDeque<Candle>,
    /// Candles that open before this would not be whole.
    whole_from: Option<UtcTime>,
}

impl Feed {
    pub(super) fn new(instrument: &Instrument) -> Self {
        Self {
            book: empty_book(instrument),
            instrument: instrument.clone(),
            number: 0,
            quote: Quote::default(),
            day: DayStats::default(),
            day_untold: false,
            day_told: None,
            phase: Phase::Continuous,
            base: None,
            venue_time: UtcTime::EPOCH,
            trades: VecDeque::new(),
            second: CandleBuilder::new(Interval::Second1, instrument.id.venue),
            seconds: VecDeque::new(),
            whole_from: None,
        }
    }

    /// The instrument, with the base price of this round.
    pub(super) fn instrument(&self) -> Instrument {
        Instrument { base_price: self.base, ..self.instrument.clone() }
    }

    /// Takes the next recorded event and says what of it goes on, and what follows from it.
    pub(super) fn take(&mut self, event: MarketEvent, out: &mut Vec<MarketEvent>) {
        let at = event.received_at;
        self.venue_time = self.venue_time.max(event.venue_time);
        let body = match event.body {
            MarketBody::Book(update) => self.take_book(*update),
            MarketBody::Trade(trade) => {
                self.take_trade(event.venue_time, trade);
                Some(MarketBody::Trade(trade))
            }
            MarketBody::Quote(quote) => {
                self.quote = quote;
                Some(MarketBody::Quote(quote))
            }
            MarketBody::Stale => {
                self.book.mark_stale(StaleReason::Feed);
                self.quote = Quote::default();
                Some(MarketBody::Stale)
            }
            // Captures hold no others.
            _ => None,
        };
        out.extend(body.map(|body| MarketEvent { body, ..event }));
        if self.day_untold && self.day_told.is_none_or(|told| at.since(told) >= DAY_STEP) {
            self.day_told = Some(at);
            out.push(self.tell_day(at));
        }
    }

    fn take_book(&mut self, mut update: BookUpdate) -> Option<MarketBody> {
        let was_live = self.book.live().is_some();
        let applied = self.book.apply(&update);
        let is_diff = matches!(update.sequence, Sequence::Chained { .. } | Sequence::Counted { .. });
        match applied {
            Applied::Changed if was_live && is_diff => {
                self.number += 1;
                update.sequence = Sequence::Counted { first: self.number, last: self.number };
                Some(MarketBody::Book(Box::new(update)))
            }
            Applied::Changed => {
                self.number += 1;
                self.whole_book()
            }
            Applied::Stale(_) => was_live.then_some(MarketBody::Stale),
            Applied::Ignored | Applied::Buffered => None,
        }
    }

    fn take_trade(&mut self, time: UtcTime, trade: Trade) {
        let day = &mut self.day;
        let price = trade.price;
        day.open = day.open.or(Some(price));
        day.high = Some(day.high.map_or(price, |high| high.max(price)));
        day.low = Some(day.low.map_or(price, |low| low.min(price)));
        day.volume = day.volume.plus(trade.quantity);
        let value = self.instrument.notional(price, trade.quantity);
        day.value = day.value.checked_add(value).unwrap_or(day.value);
        self.day_untold = true;
        if self.trades.len() >= TRADES {
            self.trades.pop_front();
        }
        self.trades.push_back((time, trade));
        self.seconds.extend(self.second.push(time, &trade));
        if self.seconds.len() > SECONDS
            && let Some(gone) = self.seconds.pop_front()
        {
            self.whole_from = Some(Interval::Second1.end(self.instrument.id.venue, gone.time));
        }
    }

    /// Begins another round: an empty book, a new day whose base is the last price.
    pub(super) fn begin_again(&mut self, at: UtcTime, out: &mut Vec<MarketEvent>) {
        self.book = empty_book(&self.instrument);
        self.quote = Quote::default();
        out.push(self.event(at, MarketBody::Stale));
        self.base = self.trades.back().map(|(_, trade)| trade.price).or(self.base);
        self.day = DayStats { previous_close: self.base, ..DayStats::default() };
        self.day_untold = false;
        out.extend(self.base.map(|base| self.event(at, MarketBody::NewDay { base, limits: None })));
    }

    /// Ends trading for good.
    pub(super) fn end(&mut self, at: UtcTime, out: &mut Vec<MarketEvent>) {
        if self.day_untold {
            out.push(self.tell_day(at));
        }
        self.phase = Phase::Closed;
        out.push(self.event(at, self.phase_body()));
    }

    /// Everything a new subscriber must know, at once. The last print only for who has not been told of prints before:
    /// it would count twice.
    pub(super) fn snapshot(&mut self, at: UtcTime, last_print: bool) -> Vec<MarketEvent> {
        let mut out = vec![self.event(at, self.phase_body()), self.tell_day(at)];
        if last_print && let Some((venue_time, trade)) = self.trades.back() {
            let (instrument, venue_time, body) = (self.instrument.id, *venue_time, MarketBody::Trade(*trade));
            out.push(MarketEvent { instrument, venue_time, received_at: at, body });
        }
        out.extend(self.whole_book().map(|body| self.event(at, body)));
        if self.quote != Quote::default() {
            out.push(self.event(at, MarketBody::Quote(self.quote)));
        }
        out
    }

    fn phase_body(&self) -> MarketBody {
        MarketBody::Phase(PhaseChange { phase: self.phase, until: None })
    }

    fn tell_day(&mut self, at: UtcTime) -> MarketEvent {
        self.day_untold = false;
        self.event(at, MarketBody::Day(self.day.clone()))
    }

    fn whole_book(&self) -> Option<MarketBody> {
        let live = self.book.live()?;
        let (bids, asks) = (live.levels().bids(usize::MAX).collect(), live.levels().asks(usize::MAX).collect());
        let sequence = Sequence::Snapshot { last: self.number };
        Some(MarketBody::Book(Box::new(BookUpdate { sequence, bids, asks })))
    }

    pub(super) fn event(&self, at: UtcTime, body: MarketBody) -> MarketEvent {
        MarketEvent { instrument: self.instrument.id, venue_time: self.venue_time, received_at: at, body }
    }

    /// Latest prints, oldest first.
    pub(super) fn recent(&self, count: u32) -> Vec<(UtcTime, Trade)> {
        let skip = self.trades.len().saturating_sub(count as usize);
        self.trades.iter().skip(skip).copied().collect()
    }

    /// Candles of what has been played, oldest first.
    pub(super) fn candles(&self, interval: Interval, count: u32, until: Option<UtcTime>) -> Vec<Candle> {
        let seconds: Vec<Candle> = self.seconds.iter().copied().chain(self.second.current()).collect();
        let mut candles = aggregate(&seconds, interval, self.instrument.id.venue, self.venue_time);
        candles.retain(|candle| self.whole_from.is_none_or(|from| candle.time >= from));
        candles.retain(|candle| until.is_none_or(|until| candle.time <= until));
        candles.drain(..candles.len().saturating_sub(CANDLES.min(count as usize)));
        candles
    }
}

fn empty_book(instrument: &Instrument) -> OrderBook {
    OrderBook::new(instrument.price_decimals, instrument.quantity_decimals())
}
