//! What the feed shows of a market now, less what virtual orders have taken of it.

use crate::market::book::{BookState, Levels, LiveBook, OrderBook, StaleReason};
use crate::market::{BookUpdate, Level, Price, Quantity, Quote, Side, UtcTime};

/// Something a virtual order took from a level that the feed, knowing nothing of it, still shows.
#[derive(Debug, Clone, Copy)]
struct Taken {
    side: Side,
    price: Price,
    quantity: Quantity,
    /// What the feed showed there; when it shows something else the level is new and nothing of it is taken.
    shown: Option<Quantity>,
}

/// Book and best prices of one instrument.
#[derive(Debug, Clone)]
pub(super) struct Displayed {
    book: OrderBook,
    book_time: UtcTime,
    /// Best prices, while they are newer than the book.
    quote: Option<Quote>,
    quote_time: UtcTime,
    taken: Vec<Taken>,
}

impl Displayed {
    pub(super) fn new(book: OrderBook) -> Self {
        let (book_time, quote_time) = (UtcTime::EPOCH, UtcTime::EPOCH);
        Self { book, book_time, quote: None, quote_time, taken: Vec::new() }
    }

    pub(super) fn on_book(&mut self, update: &BookUpdate, venue_time: UtcTime) {
        self.book.apply(update);
        if self.book.state() == BookState::Live {
            self.book_time = self.book_time.max(venue_time);
            // Books are sent in intervals and best prices at once: the later one by the venue's clock is right.
            self.quote = self.quote.filter(|_| self.quote_time > self.book_time);
        }
        self.forget_renewed();
    }

    pub(super) fn on_quote(&mut self, quote: Quote, venue_time: UtcTime) {
        if self.book.live().is_none() || venue_time >= self.book_time {
            (self.quote, self.quote_time) = (Some(quote), venue_time);
        }
        self.forget_renewed();
    }

    pub(super) fn on_stale(&mut self) {
        self.book.mark_stale(StaleReason::Feed);
        self.quote = None;
        self.taken.clear();
    }

    /// Whether anything current is known.
    pub(super) fn is_known(&self) -> bool {
        self.quote.is_some() || self.book.live().is_some()
    }

    fn forget_renewed(&mut self) {
        let mut taken = std::mem::take(&mut self.taken);
        taken.retain(|taken| self.shown_at(taken.side, taken.price) == taken.shown);
        self.taken = taken;
    }

    /// What the feed shows at a price; `None` when it does not reach so far, which is not the same as nothing.
    pub(super) fn shown_at(&self, side: Side, price: Price) -> Option<Quantity> {
        if let Some(quote) = self.quote {
            let Some(best) = side_of(&quote, side) else { return Some(Quantity::ZERO) };
            if price == best.price {
                return Some(best.quantity);
            }
            if is_better(side, price, best.price) {
                return Some(Quantity::ZERO);
            }
        }
        let levels = self.book.live()?.levels();
        let quantity = levels.quantity_at(side, price);
        let beyond = quantity.is_zero() && worst(levels, side).is_some_and(|worst| is_better(side, worst, price));
        (!beyond).then_some(quantity)
    }

    /// Levels of a side as the feed shows them, best first.
    fn shown(&self, side: Side) -> impl Iterator<Item = Level> + '_ {
        let best = self.quote.map(|quote| side_of(&quote, side));
        let book = self.book.live().map(LiveBook::levels);
        let bids = book.filter(|_| side == Side::Buy).into_iter().flat_map(|levels| levels.bids(usize::MAX));
        let asks = book.filter(|_| side == Side::Sell).into_iter().flat_map(|levels| levels.asks(usize::MAX));
        let behind = bids.chain(asks).filter(move |level| match best {
            None => true,
            Some(None) => false,
            Some(Some(best)) => is_better(side, best.price, level.price),
        });
        best.flatten().into_iter().chain(behind)
    }

    /// Levels of a side less what was taken of them, best first; empty ones are left out.
    pub(super) fn available(&self, side: Side) -> impl Iterator<Item = Level> + '_ {
        self.shown(side).filter_map(move |level| {
            let quantity = level.quantity.minus(self.taken_at(side, level.price));
            (!quantity.is_zero()).then_some(Level { quantity, ..level })
        })
    }

    /// Best price of a side that is not used up.
    pub(super) fn best(&self, side: Side) -> Option<Price> {
        self.available(side).next().map(|level| level.price)
    }

    fn taken_at(&self, side: Side, price: Price) -> Quantity {
        let entry = self.taken.iter().find(|taken| taken.side == side && taken.price == price);
        entry.map_or(Quantity::ZERO, |taken| taken.quantity)
    }

    /// A virtual order took from a level.
    pub(super) fn take(&mut self, side: Side, price: Price, quantity: Quantity) {
        let shown = self.shown_at(side, price);
        match self.taken.iter_mut().find(|taken| taken.side == side && taken.price == price) {
            Some(taken) => taken.quantity = taken.quantity.plus(quantity),
            None => self.taken.push(Taken { side, price, quantity, shown }),
        }
    }
}

fn side_of(quote: &Quote, side: Side) -> Option<Level> {
    match side {
        Side::Buy => quote.bid,
        Side::Sell => quote.ask,
    }
}

/// The last price of a side that is shown.
fn worst(levels: &Levels, side: Side) -> Option<Price> {
    let level = match side {
        Side::Buy => levels.bids(usize::MAX).next_back(),
        Side::Sell => levels.asks(usize::MAX).next_back(),
    };
    level.map(|level| level.price)
}

/// Whether an order of a side at `price` goes before one at `than`.
pub(super) fn is_better(side: Side, price: Price, than: Price) -> bool {
    match side {
        Side::Buy => price > than,
        Side::Sell => price < than,
    }
}
