//! Market data: what is known of each instrument, and how old it is.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Core, Effects, Profile, ProfileIndex, Purpose};
use crate::broker::api::RequestBody;
use crate::market::book::{Applied, BookState, OrderBook, StaleReason};
use crate::market::{
    DailyLimits, DayStats, Expected, Instrument, InstrumentId, Level, Mark, MarketBody, MarketEvent, Phase,
    PhaseChange, Price, Trade, UtcTime,
};
use crate::order::OrderId;

/// Shortest time between two questions for the same book.
const BOOK_ASK_GAP: Duration = Duration::from_secs(1);
/// Longest time in seconds between two questions for data that was refused.
const REFUSED_GAP_MAX: u64 = 32;

/// What changed since a face last looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dirty {
    /// Quote or day's numbers.
    pub quote: bool,
    /// Book.
    pub book: bool,
}

/// One instrument and its market.
#[derive(Debug)]
pub struct Market {
    /// What it is.
    pub instrument: Instrument,
    /// Order book.
    pub book: OrderBook,
    /// Best bid from a quote that came without a book.
    pub quote: crate::market::Quote,
    /// Last print, and its venue time.
    pub last: Option<(Trade, UtcTime)>,
    /// Day's numbers.
    pub day: DayStats,
    /// Sides of the day's takers.
    pub takers: super::Takers,
    /// Phase of the session.
    pub phase: PhaseChange,
    /// Day's limits.
    pub limits: Option<DailyLimits>,
    /// What an auction would give.
    pub expected: Option<Expected>,
    /// Mark price.
    pub mark: Option<Mark>,
    /// Whether data was asked for.
    pub subscribed: bool,
    /// The broker was asked for the last print and knows none.
    pub printless: bool,
    /// It was asked once more, because something was traded all the same.
    pub asked_twice: bool,
    /// Whether its data comes by asking and not by a stream.
    pub polled: bool,
    /// When anything last arrived.
    pub updated_at: Option<UtcTime>,
    /// Venue time of what last arrived.
    pub venue_time: Option<UtcTime>,
    /// When the book last changed.
    pub book_at: Option<UtcTime>,
    /// Since faces last looked.
    pub dirty: Dirty,
    /// What the latest call auction of the day gave.
    pub(super) single_price: Option<Price>,
    pub(super) held: Vec<OrderId>,
    pub(super) events: u64,
    /// When a book that could not be trusted was last asked for anew.
    book_asked_at: Option<UtcTime>,
    resyncs: u64,
    /// Refusals of its data in a row, and until when it is not asked for again.
    refusals: u32,
    refused_until: Option<UtcTime>,
}

impl Market {
    pub(super) fn new(instrument: Instrument) -> Self {
        let book = OrderBook::new(instrument.price_decimals, instrument.quantity_decimals());
        let limits = None;
        Self {
            instrument,
            book,
            quote: crate::market::Quote::default(),
            last: None,
            day: DayStats::default(),
            takers: super::Takers::default(),
            single_price: None,
            phase: PhaseChange { phase: Phase::Closed, until: None },
            limits,
            expected: None,
            mark: None,
            subscribed: false,
            printless: false,
            asked_twice: false,
            polled: false,
            updated_at: None,
            venue_time: None,
            book_at: None,
            dirty: Dirty::default(),
            held: Vec::new(),
            events: 0,
            book_asked_at: None,
            resyncs: 0,
            refusals: 0,
            refused_until: None,
        }
    }

    /// Whether its data is to be asked for now: a broker that said no is asked again after longer and longer.
    pub(super) fn asks_for_data(&self, now: UtcTime) -> bool {
        !self.subscribed && self.refused_until.is_none_or(|until| now >= until)
    }

    /// The broker gave no data: it is asked again in a second, or, where it said no, after longer and longer. Whether
    /// that is news.
    pub(super) fn data_refused(&mut self, now: UtcTime, said_no: bool) -> bool {
        self.subscribed = false;
        let gap = 1_u64.checked_shl(self.refusals).unwrap_or(u64::MAX).min(REFUSED_GAP_MAX);
        self.refused_until = Some(now.plus(Duration::from_secs(if said_no { gap } else { 1 })));
        self.refusals += u32::from(said_no);
        said_no && self.refusals == 1
    }

    /// The broker gives data.
    pub(super) fn data_given(&mut self) {
        (self.refusals, self.refused_until) = (0, None);
    }

    /// Another connection, which was asked for nothing yet.
    pub(super) fn unasked(&mut self) {
        self.subscribed = false;
        self.data_given();
    }

    /// Whether a book that cannot be trusted is to be asked for now: once a second at most.
    pub(super) fn asks_for_book(&mut self, now: UtcTime) -> bool {
        let due = self.book_asked_at.is_none_or(|at| now.since(at) >= BOOK_ASK_GAP);
        if due {
            self.book_asked_at = Some(now);
        }
        due
    }

    pub(super) fn relearn(&mut self, instrument: Instrument) {
        if instrument.price_decimals != self.instrument.price_decimals || instrument.lot != self.instrument.lot {
            self.book = OrderBook::new(instrument.price_decimals, instrument.quantity_decimals());
        }
        self.instrument = instrument;
    }

    /// Its data was ended: the next who asks waits for new data instead of getting the old.
    pub(super) fn let_go(&mut self) {
        self.unasked();
        self.book.mark_stale(StaleReason::Feed);
        self.quote = crate::market::Quote::default();
        (self.last, self.expected, self.mark) = (None, None, None);
        (self.updated_at, self.venue_time, self.book_at) = (None, None, None);
        (self.polled, self.printless, self.asked_twice) = (false, false, false);
        self.dirty = Dirty { quote: true, book: true };
    }

    /// Takes the newest of prints that were asked for, unless a newer one has come. It is old news: it sets off no stop and
    /// makes no data young.
    pub(super) fn learn_last(&mut self, trades: &[(UtcTime, Trade)]) {
        self.printless = trades.is_empty();
        let Some((time, trade)) = trades.iter().max_by_key(|(time, _)| *time) else { return };
        if self.last.is_none_or(|(_, at)| at < *time) {
            self.last = Some((*trade, *time));
            self.dirty.quote = true;
        }
    }

    /// Whether it is known what is bid and asked, as far as anything can be.
    #[must_use]
    pub fn has_prices(&self) -> bool {
        self.best_bid().is_some() || self.best_ask().is_some()
    }

    /// Whether something was traded today of which no print is known, and nobody has asked for it again.
    fn missed_a_print(&self) -> bool {
        self.printless && !self.asked_twice && self.last.is_none() && !self.day.volume.is_zero()
    }

    /// Last price.
    #[must_use]
    pub fn last_price(&self) -> Option<Price> {
        self.last.map(|(trade, _)| trade.price)
    }

    /// Price that positions are valued with: mark price where there is one, else last, else the previous close.
    #[must_use]
    pub fn valuation(&self) -> Option<Price> {
        self.mark
            .map(|mark| mark.mark)
            .or_else(|| self.last_price())
            .or(self.day.previous_close)
            .or(self.instrument.base_price)
    }

    /// Best bid of a live book, or of a quote where no book comes.
    #[must_use]
    pub fn best_bid(&self) -> Option<Level> {
        if self.book_at.is_some() { self.book.live().and_then(|book| book.best_bid()) } else { self.quote.bid }
    }

    /// Best ask of a live book, or of a quote where no book comes.
    #[must_use]
    pub fn best_ask(&self) -> Option<Level> {
        if self.book_at.is_some() { self.book.live().and_then(|book| book.best_ask()) } else { self.quote.ask }
    }

    /// Age of the newest data; `None` when there is none, or the book cannot be trusted.
    #[must_use]
    pub fn age(&self, now: UtcTime) -> Option<Duration> {
        if self.book_at.is_some() && self.book.live().is_none() {
            return None;
        }
        self.updated_at.map(|at| now.since(at))
    }
}

/// What happened to the books of a profile since the desk's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookTrouble {
    /// Gaps in sequences.
    pub gaps: u64,
    /// Books that could be trusted again.
    pub resyncs: u64,
    /// Changes thrown away because too many waited for a snapshot.
    pub dropped: u64,
}

impl Profile {
    /// What happened to its books.
    #[must_use]
    pub fn book_counts(&self) -> BookTrouble {
        self.markets.values().fold(BookTrouble::default(), |sum, market| {
            let counts = market.book.counts();
            BookTrouble {
                gaps: sum.gaps + counts.gaps,
                resyncs: sum.resyncs + market.resyncs,
                dropped: sum.dropped + counts.overflowed,
            }
        })
    }
}

impl Core {
    pub(super) fn on_market(&mut self, now: UtcTime, profile: ProfileIndex, event: MarketEvent, effects: &mut Effects) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let Some(market) = state.markets.get_mut(&event.instrument) else { return };
        market.events += 1;
        // Repeated or late messages do not make old data young.
        market.updated_at = Some(market.updated_at.map_or(event.received_at, |at| at.max(event.received_at)));
        market.venue_time = Some(market.venue_time.map_or(event.venue_time, |at| at.max(event.venue_time)));
        match event.body {
            MarketBody::Trade(trade) => {
                let newer = market.last.is_none_or(|(_, at)| at <= event.venue_time);
                if newer {
                    market.last = Some((trade, event.venue_time));
                }
                market.note_trade(event.venue_time, &trade);
                market.dirty.quote = true;
                if newer && !market.held.is_empty() {
                    self.watch_price(now, profile, event.instrument, trade.price, effects);
                }
            }
            MarketBody::Book(update) => {
                let stale = matches!(market.book.state(), BookState::Stale(_));
                match market.book.apply(&update) {
                    Applied::Changed => {
                        market.book_at = Some(event.received_at);
                        market.resyncs += u64::from(stale);
                    }
                    // A lost or crossed book is the broker's to tell again; a feed that broke says so itself and mends itself.
                    Applied::Stale(reason) if reason != StaleReason::Feed => {
                        market.dirty = Dirty { quote: true, book: true };
                        return self.ask_for_book(now, profile, event.instrument, effects);
                    }
                    Applied::Ignored | Applied::Buffered | Applied::Stale(_) => {}
                }
                market.dirty = Dirty { quote: true, book: true };
            }
            MarketBody::Quote(quote) => {
                market.quote = quote;
                market.dirty.quote = true;
            }
            MarketBody::Day(day) => {
                market.takers.on_day(day.volume);
                market.day = day;
                market.dirty.quote = true;
                // What was traded between the question for the last print and the beginning of the stream nobody told.
                if market.missed_a_print() {
                    (market.printless, market.asked_twice) = (false, true);
                    let body = RequestBody::RecentTrades(event.instrument, 1);
                    self.send(now, profile, Purpose::LastTrade(event.instrument), body, effects);
                }
            }
            MarketBody::Phase(change) => {
                market.phase = change;
                market.dirty = Dirty { quote: true, book: true };
            }
            MarketBody::Expected(expected) => {
                market.expected = expected;
                market.dirty.book = true;
            }
            MarketBody::Mark(mark) => {
                market.mark = Some(mark);
                market.dirty.quote = true;
            }
            MarketBody::NewDay { base, limits } => {
                let new =
                    market.day.previous_close.is_some_and(|known| known != base || market.phase.phase == Phase::Closed);
                if new {
                    market.takers = super::Takers::default();
                    market.single_price = None;
                }
                market.instrument.base_price = Some(base);
                market.limits = limits;
                market.day = DayStats { previous_close: Some(base), ..DayStats::default() };
                market.dirty = Dirty { quote: true, book: true };
                self.expire_held_day_orders(now, profile, event.instrument, new, effects);
            }
            MarketBody::Stale => {
                market.book.mark_stale(StaleReason::Feed);
                market.dirty.book = true;
            }
        }
    }

    /// Takes which instruments come by asking and not by a stream.
    pub(super) fn on_polled(&mut self, profile: ProfileIndex, polled: &BTreeSet<InstrumentId>) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        state.markets.each(|market| {
            let is_polled = polled.contains(&market.instrument.id);
            if market.polled != is_polled {
                market.polled = is_polled;
                market.dirty.quote = true;
            }
        });
    }

    /// Market events of a profile since the start.
    #[must_use]
    pub fn market_events(&self) -> u64 {
        self.profiles.iter().flat_map(|profile| profile.markets.values()).map(|market| market.events).sum()
    }

    /// Hands every instrument whose data changed since the last call to `see`, and forgets that it changed.
    pub fn take_dirty(&mut self, mut see: impl FnMut(ProfileIndex, &Market, Dirty)) {
        for (index, profile) in self.profiles.iter_mut().enumerate() {
            profile.markets.each(|market| {
                if market.dirty != Dirty::default() {
                    see(index, market, market.dirty);
                    market.dirty = Dirty::default();
                }
            });
        }
    }
}
