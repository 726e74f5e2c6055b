//! Market stream events as the desk knows them: repeats and latecomers dropped, what cannot be refused, books joined.

use std::fmt;
use std::time::Duration;

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::book_sync::{Ask, BookSync, Stamped, Step, SyncCounts};
use super::wire::market::{BookTicker, Depth, Event, MarkPrice, Ticker};
use super::wire::rest_market::DepthSnapshot;
use crate::market::{
    BookUpdate, DayStats, InstrumentId, Level, Mark, MarketBody, MarketEvent, Price, Quantity, Quote, Sequence, Side,
    Symbol, Trade, UtcTime, Venue,
};

/// 2017-01-01: the exchange opened in that year.
const EARLIEST: i64 = 1_483_228_800_000;
/// 2100-01-01.
const LATEST: i64 = 4_102_444_800_000;

/// A value no market has: the message with it is refused, the connection is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} cannot be")]
pub struct Implausible(pub &'static str);

/// A time of the exchange.
///
/// # Errors
/// Before it opened, or in the next century.
pub fn venue_time(millis: i64) -> Result<UtcTime, Implausible> {
    if (EARLIEST..LATEST).contains(&millis) { Ok(UtcTime::from_millis(millis)) } else { Err(Implausible("a time")) }
}

/// A price above zero.
///
/// # Errors
/// Zero, negative or out of all range.
pub fn price(value: Decimal) -> Result<Price, Implausible> {
    Price::new(value).map_err(|_| Implausible("a price"))
}

/// A quantity, which may be zero.
///
/// # Errors
/// Negative or out of all range.
pub fn quantity(value: Decimal) -> Result<Quantity, Implausible> {
    Quantity::new(value).map_err(|_| Implausible("a quantity"))
}

/// What became of an event that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mapped {
    /// Told.
    Told,
    /// Part of a book that is not together yet.
    Kept,
    /// Known already, older than what is known, of an instrument nobody watches, or of a kind with no use here.
    Dropped,
    /// A snapshot of this symbol's book is wanted.
    Wanted(Symbol, Ask),
    /// A contract changed: the listing is to be read again.
    ListingChanged,
}

/// What was seen since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MapCounts {
    /// Trades and quotes that came again or late.
    pub repeats: u64,
    /// Trades missing between two that came.
    pub missed_trades: u64,
    /// Events of instruments nobody watches, of the other futures market, or of kinds with no use here.
    pub foreign: u64,
}

/// Newest of a series of numbered messages.
#[derive(Debug, Clone, Copy, Default)]
struct Newest(Option<(u64, UtcTime)>);

impl Newest {
    /// Whether a message is newer, and how many are missing before it if they are consecutive. A number that fell back
    /// while time went on is a series that began again.
    fn takes(&mut self, id: u64, time: UtcTime) -> Option<u64> {
        let missing = match self.0 {
            Some((known, at)) if id <= known => {
                if time.since(at) < RESTARTED_AFTER {
                    return None;
                }
                0
            }
            Some((known, _)) => id - known - 1,
            None => 0,
        };
        self.0 = Some((id, time));
        Some(missing)
    }
}

/// A latecomer is never this late.
const RESTARTED_AFTER: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
struct Watched {
    trades: Newest,
    quotes: Newest,
    day: Option<UtcTime>,
    mark: Option<UtcTime>,
    book: BookSync,
}

/// The instruments of one market that are watched.
pub struct MarketMap {
    venue: Venue,
    symbols: FxHashMap<Symbol, Watched>,
    counts: MapCounts,
    gone: SyncCounts,
    joined: Vec<Stamped>,
}

impl fmt::Debug for MarketMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MarketMap({} symbols, {:?})", self.symbols.len(), self.counts)
    }
}

impl Default for MarketMap {
    fn default() -> Self {
        Self::new()
    }
}

impl MarketMap {
    /// Nothing watched, on the futures market.
    #[must_use]
    pub fn new() -> Self {
        Self::at(Venue::BinanceFutures)
    }

    /// Nothing watched, on either market.
    #[must_use]
    pub fn at(venue: Venue) -> Self {
        Self {
            venue,
            symbols: FxHashMap::default(),
            counts: MapCounts::default(),
            gone: SyncCounts::default(),
            joined: Vec::new(),
        }
    }

    /// Begins to watch; no change when it is watched already.
    pub fn watch(&mut self, symbol: Symbol) {
        self.symbols.entry(symbol).or_default();
    }

    /// Stops, and forgets.
    pub fn forget(&mut self, symbol: Symbol) {
        if let Some(watched) = self.symbols.remove(&symbol) {
            self.gone = sum(self.gone, watched.book.counts());
        }
    }

    /// What was seen so far.
    #[must_use]
    pub const fn counts(&self) -> MapCounts {
        self.counts
    }

    /// What happened to all books so far.
    #[must_use]
    pub fn book_counts(&self) -> SyncCounts {
        self.symbols.values().fold(self.gone, |all, watched| sum(all, watched.book.counts()))
    }

    /// Takes an event in the order of arrival; what it means is added to `out`.
    ///
    /// # Errors
    /// A value in it cannot be: nothing of it was taken.
    pub fn event(
        &mut self,
        event: Event<'_>,
        received_at: UtcTime,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        if event.is_coin_margined() {
            return Ok(self.foreign());
        }
        match event {
            Event::AggregateTrade(trade) => {
                let print = || print(trade.id, trade.price.0, trade.quantity.0, trade.buyer_is_maker);
                self.trade(trade.symbol, venue_time(trade.time)?, print, received_at, out)
            }
            Event::BookTicker(ticker) => self.book_ticker(&ticker, received_at, out),
            Event::Depth(depth) => self.depth(depth, received_at, out),
            Event::MarkPrice(mark) => self.mark(&mark, received_at, out),
            Event::Ticker(ticker) => self.ticker(&ticker, received_at, out),
            Event::ContractInfo(_) => Ok(Mapped::ListingChanged),
            // The top of a book would be taken for changes; single trades repeat the aggregated ones.
            Event::PartialDepth(_)
            | Event::SingleTrade(_)
            | Event::MiniTicker(_)
            | Event::Kline(_)
            | Event::ForceOrder(_)
            | Event::Other(_) => Ok(self.foreign()),
        }
    }

    /// Takes the snapshot of a book; what it and the events that waited for it mean is added to `out`.
    ///
    /// # Errors
    /// A value in it cannot be; the question counts as failed: see [`Self::snapshot_failed`].
    pub fn snapshot(
        &mut self,
        symbol: Symbol,
        ticket: u64,
        snapshot: DepthSnapshot,
        received_at: UtcTime,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        let Some(watched) = self.symbols.get_mut(&symbol) else { return Ok(Mapped::Dropped) };
        if snapshot.bids.implausible + snapshot.asks.implausible > 0 {
            return Err(Implausible("a level"));
        }
        let time = snapshot.time.or(snapshot.sent).map_or(Ok(received_at), venue_time)?;
        let update = BookUpdate {
            sequence: Sequence::Snapshot { last: snapshot.last_update_id },
            bids: snapshot.bids.levels,
            asks: snapshot.asks.levels,
        };
        let stamped = Stamped { update, venue_time: time, received_at };
        let step = watched.book.snapshot(ticket, stamped, &mut self.joined);
        Ok(self.told(symbol, step, received_at, out))
    }

    /// The snapshot asked for could not be had, or not used: asks again, no sooner than `at_least` from now.
    pub fn snapshot_failed(&mut self, symbol: Symbol, ticket: u64, at_least: Duration, now: UtcTime) -> Mapped {
        let step = self.symbols.get_mut(&symbol).map(|watched| watched.book.failed(ticket, at_least, now));
        match step {
            Some(Step::Wanted(ask)) => Mapped::Wanted(symbol, ask),
            _ => Mapped::Dropped,
        }
    }

    /// The desk wants a symbol's book from its beginning: a live one is asked for again, and the desk told so.
    pub fn renew_book(&mut self, symbol: Symbol, at: UtcTime, out: &mut Vec<MarketEvent>) {
        if let Some(watched) = self.symbols.get_mut(&symbol)
            && watched.book.renew(at)
        {
            out.push(self.stale(symbol, at));
        }
    }

    /// A symbol's book begins anew with its next event; the desk is told when it was live.
    pub fn restart_book(&mut self, symbol: Symbol, at: UtcTime, out: &mut Vec<MarketEvent>) {
        if let Some(watched) = self.symbols.get_mut(&symbol)
            && watched.book.restart(at)
        {
            out.push(self.stale(symbol, at));
        }
    }

    /// Every book begins anew, in the order of their names.
    pub fn restart_books(&mut self, at: UtcTime, out: &mut Vec<MarketEvent>) {
        let mut symbols: Vec<Symbol> = self.symbols.keys().copied().collect();
        symbols.sort_unstable();
        for symbol in symbols {
            self.restart_book(symbol, at, out);
        }
    }

    /// Symbols whose book is whole, in the order of their names.
    #[must_use]
    pub fn live_books(&self) -> Vec<Symbol> {
        let live = self.symbols.iter().filter(|(_, watched)| watched.book.is_live());
        let mut symbols: Vec<Symbol> = live.map(|(symbol, _)| *symbol).collect();
        symbols.sort_unstable();
        symbols
    }

    const fn instrument(&self, symbol: Symbol) -> InstrumentId {
        InstrumentId { venue: self.venue, symbol }
    }

    const fn said(&self, symbol: Symbol, venue_time: UtcTime, received_at: UtcTime, body: MarketBody) -> MarketEvent {
        MarketEvent { instrument: self.instrument(symbol), venue_time, received_at, body }
    }

    /// The book of a symbol can no longer be trusted.
    pub(super) const fn stale(&self, symbol: Symbol, at: UtcTime) -> MarketEvent {
        self.said(symbol, at, at, MarketBody::Stale)
    }

    pub(super) fn foreign(&mut self) -> Mapped {
        self.counts.foreign += 1;
        Mapped::Dropped
    }

    fn repeat(&mut self) -> Mapped {
        self.counts.repeats += 1;
        Mapped::Dropped
    }

    /// A print, of either market.
    pub(super) fn trade(
        &mut self,
        name: &str,
        time: UtcTime,
        print: impl FnOnce() -> Result<Trade, Implausible>,
        received_at: UtcTime,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        let Some((symbol, watched)) = watched(&mut self.symbols, name) else { return Ok(self.foreign()) };
        let print = print()?;
        let Some(missed) = watched.trades.takes(print.id, time) else { return Ok(self.repeat()) };
        self.counts.missed_trades += missed;
        out.push(self.said(symbol, time, received_at, MarketBody::Trade(print)));
        Ok(Mapped::Told)
    }

    fn book_ticker(
        &mut self,
        ticker: &BookTicker<'_>,
        received_at: UtcTime,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        let time = venue_time(ticker.time)?;
        let quote =
            Quote { bid: side(ticker.bid.0, ticker.bid_quantity.0)?, ask: side(ticker.ask.0, ticker.ask_quantity.0)? };
        self.quote(ticker.symbol, (ticker.id, time), quote, received_at, out)
    }

    /// A best price with its number, of either market.
    pub(super) fn quote(
        &mut self,
        name: &str,
        (id, time): (u64, UtcTime),
        quote: Quote,
        received_at: UtcTime,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        let Some((symbol, watched)) = watched(&mut self.symbols, name) else { return Ok(self.foreign()) };
        if watched.quotes.takes(id, time).is_none() {
            return Ok(self.repeat());
        }
        out.push(self.said(symbol, time, received_at, MarketBody::Quote(quote)));
        Ok(Mapped::Told)
    }

    fn mark(
        &mut self,
        mark: &MarkPrice<'_>,
        received_at: UtcTime,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        let Some((symbol, watched)) = watched(&mut self.symbols, mark.symbol) else { return Ok(self.foreign()) };
        let time = venue_time(mark.sent)?;
        let body = mark_of(mark.mark.0, mark.index.0, mark.funding_rate.0, mark.next_funding)?;
        if watched.mark.is_some_and(|at| time < at) {
            return Ok(self.repeat());
        }
        watched.mark = Some(time);
        out.push(self.said(symbol, time, received_at, MarketBody::Mark(body)));
        Ok(Mapped::Told)
    }

    fn ticker(
        &mut self,
        ticker: &Ticker<'_>,
        received_at: UtcTime,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        let open = some_price(ticker.open.0)?;
        let stats = DayStats {
            open,
            high: some_price(ticker.high.0)?,
            low: some_price(ticker.low.0)?,
            previous_close: open,
            volume: quantity(ticker.volume.0)?,
            value: money(ticker.value.0)?,
        };
        self.day(ticker.symbol, venue_time(ticker.sent)?, stats, received_at, out)
    }

    /// Numbers of the last 24 hours, of either market.
    pub(super) fn day(
        &mut self,
        name: &str,
        time: UtcTime,
        stats: DayStats,
        received_at: UtcTime,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        let Some((symbol, watched)) = watched(&mut self.symbols, name) else { return Ok(self.foreign()) };
        if watched.day.is_some_and(|at| time < at) {
            return Ok(self.repeat());
        }
        watched.day = Some(time);
        out.push(self.said(symbol, time, received_at, MarketBody::Day(stats)));
        Ok(Mapped::Told)
    }

    fn depth(
        &mut self,
        depth: Depth<'_>,
        received_at: UtcTime,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        if depth.bids.implausible + depth.asks.implausible > 0 {
            return Err(Implausible("a level"));
        }
        let sequence = Sequence::Chained { first: depth.first, last: depth.last, previous: depth.previous };
        let update = BookUpdate { sequence, bids: depth.bids.levels, asks: depth.asks.levels };
        self.changes(depth.symbol, Stamped { update, venue_time: venue_time(depth.time)?, received_at }, out)
    }

    /// Changes of a book, of either market.
    pub(super) fn changes(
        &mut self,
        name: &str,
        event: Stamped,
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        let Some((symbol, watched)) = watched(&mut self.symbols, name) else { return Ok(self.foreign()) };
        let in_order = match event.update.sequence {
            Sequence::Chained { first, last, previous } => first <= last && previous <= last,
            Sequence::Counted { first, last } => first <= last,
            Sequence::Whole | Sequence::Snapshot { .. } => false,
        };
        if !in_order {
            return Err(Implausible("an order of updates"));
        }
        let received_at = event.received_at;
        let step = watched.book.event(event, &mut self.joined);
        Ok(self.told(symbol, step, received_at, out))
    }

    /// Puts out what a book had to tell.
    fn told(&mut self, symbol: Symbol, step: Step, received_at: UtcTime, out: &mut Vec<MarketEvent>) -> Mapped {
        let instrument = self.instrument(symbol);
        out.extend(self.joined.drain(..).map(|stamped| {
            let body = MarketBody::Book(Box::new(stamped.update));
            MarketEvent { instrument, venue_time: stamped.venue_time, received_at: stamped.received_at, body }
        }));
        match step {
            Step::Told => Mapped::Told,
            Step::Buffered => Mapped::Kept,
            Step::Dropped => Mapped::Dropped,
            Step::Wanted(ask) => Mapped::Wanted(symbol, ask),
            Step::Lost(ask) => {
                out.push(self.stale(symbol, received_at));
                Mapped::Wanted(symbol, ask)
            }
        }
    }
}

fn watched<'a>(symbols: &'a mut FxHashMap<Symbol, Watched>, name: &str) -> Option<(Symbol, &'a mut Watched)> {
    let symbol = Symbol::new(name).ok()?;
    Some((symbol, symbols.get_mut(&symbol)?))
}

/// A print. The buyer being the maker means that the taker sold.
pub(super) fn print(id: u64, at: Decimal, units: Decimal, buyer_is_maker: bool) -> Result<Trade, Implausible> {
    let units = quantity(units)?;
    if units.is_zero() {
        return Err(Implausible("a quantity"));
    }
    let side = if buyer_is_maker { Side::Sell } else { Side::Buy };
    Ok(Trade { id, price: price(at)?, quantity: units, side: Some(side) })
}

/// One side of a best price; a price of zero stands for an empty side.
pub(super) fn side(at: Decimal, units: Decimal) -> Result<Option<Level>, Implausible> {
    let units = quantity(units)?;
    let at = some_price(at)?;
    Ok(at.filter(|_| !units.is_zero()).map(|price| Level { price, quantity: units }))
}

/// A price that is zero where there is none.
pub(super) fn some_price(value: Decimal) -> Result<Option<Price>, Implausible> {
    if value.is_zero() { Ok(None) } else { price(value).map(Some) }
}

/// Money traded in a day: not negative, and far from what a decimal can hold.
pub(super) fn money(value: Decimal) -> Result<Decimal, Implausible> {
    let most = Decimal::from_parts(0, 0, 54_210, false, 0);
    if value.is_sign_negative() && !value.is_zero() || value > most { Err(Implausible("money")) } else { Ok(value) }
}

/// Mark and funding. Where there is no index the mark stands in for it; where there is no funding the rate is zero.
pub(super) fn mark_of(
    mark: Decimal,
    index: Option<Decimal>,
    funding_rate: Option<Decimal>,
    next_funding: i64,
) -> Result<Mark, Implausible> {
    let mark = price(mark)?;
    let index = index.filter(|index| *index > Decimal::ZERO).map_or(Ok(mark), price)?;
    let funding_rate = funding_rate.unwrap_or_default();
    if funding_rate.abs() > Decimal::ONE {
        return Err(Implausible("a funding rate"));
    }
    let next_funding_at = if next_funding == 0 { UtcTime::EPOCH } else { venue_time(next_funding)? };
    Ok(Mark { mark, index, funding_rate, next_funding_at })
}

const fn sum(a: SyncCounts, b: SyncCounts) -> SyncCounts {
    SyncCounts {
        gaps: a.gaps + b.gaps,
        resyncs: a.resyncs + b.resyncs,
        repeats: a.repeats + b.repeats,
        overflowed: a.overflowed + b.overflowed,
        unusable: a.unusable + b.unusable,
    }
}
