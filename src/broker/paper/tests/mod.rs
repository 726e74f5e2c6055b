//! One test a rule, against a market made by hand.

mod auctions;
mod changes;
mod properties;
mod resting;
mod sample;
mod taking;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::market::{
    BookUpdate, Currency, DailyLimits, Expected, Instrument, Level, MarketBody, MarketEvent, Phase, PhaseChange,
    Product, Quote, Sequence, TickRule, Trade,
};

pub(super) const CONSERVATIVE: PaperConfig =
    PaperConfig { order_latency: Duration::ZERO, response_latency: Duration::ZERO, queue: QueueModel::Conservative };

pub(super) fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub(super) fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

pub(super) fn id(n: u128) -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(n))
}

pub(super) fn at(millis: i64) -> UtcTime {
    UtcTime::from_millis(millis)
}

fn levels(rows: &[(&str, &str)]) -> Vec<Level> {
    rows.iter().map(|(p, q)| Level { price: price(p), quantity: quantity(q) }).collect()
}

/// An instrument with one decimal in prices and lots of one thousandth.
pub(super) fn perpetual() -> Instrument {
    Instrument {
        id: "BINANCE_FUTURES:BTCUSDT".parse().unwrap(),
        name_ko: "비트코인".into(),
        name_en: "Bitcoin".into(),
        product: Product::CryptoPerpetual,
        currency: Currency::Usdt,
        ticks: TickRule::Fixed(Decimal::new(1, 1)),
        price_decimals: 1,
        lot: quantity("0.001"),
        min_quantity: quantity("0.001"),
        max_quantity: None,
        min_notional: None,
        multiplier: Decimal::ONE,
        base_price: None,
        daily_limit: None,
        tiers: Vec::new(),
    }
}

/// A matcher, a clock, and the feed in front of it.
pub(super) struct Market {
    pub(super) matcher: PaperMatcher,
    pub(super) now: i64,
    next: u128,
}

impl Market {
    /// Bids 100 x 5, 99 x 3, 95 x 9; asks 101 x 4, 102 x 6, 105 x 9; no latency.
    pub(super) fn open() -> Self {
        Self::with(CONSERVATIVE)
    }

    pub(super) fn with(config: PaperConfig) -> Self {
        let mut market = Self::unseen(config);
        market.whole(&[("100", "5"), ("99", "3"), ("95", "9")], &[("101", "4"), ("102", "6"), ("105", "9")]);
        market
    }

    pub(super) fn unseen(config: PaperConfig) -> Self {
        Self { matcher: PaperMatcher::new(&perpetual(), config), now: 1_000, next: 0 }
    }

    pub(super) fn feed(&mut self, body: MarketBody) -> Vec<PaperEvent> {
        self.now += 1;
        let (venue_time, received_at) = (at(self.now), at(self.now));
        let event = MarketEvent { instrument: perpetual().id, venue_time, received_at, body };
        self.matcher.on_market(&event, received_at)
    }

    pub(super) fn whole(&mut self, bids: &[(&str, &str)], asks: &[(&str, &str)]) -> Vec<PaperEvent> {
        let update = BookUpdate { sequence: Sequence::Whole, bids: levels(bids), asks: levels(asks) };
        self.feed(MarketBody::Book(Box::new(update)))
    }

    pub(super) fn quote(&mut self, bid: (&str, &str), ask: (&str, &str)) -> Vec<PaperEvent> {
        let (bid, ask) = (levels(&[bid]).pop(), levels(&[ask]).pop());
        self.feed(MarketBody::Quote(Quote { bid, ask }))
    }

    pub(super) fn trade(&mut self, at: &str, of: &str, side: Option<Side>) -> Vec<PaperEvent> {
        self.feed(MarketBody::Trade(Trade { id: 0, price: price(at), quantity: quantity(of), side }))
    }

    pub(super) fn phase(&mut self, phase: Phase) -> Vec<PaperEvent> {
        self.feed(MarketBody::Phase(PhaseChange { phase, until: None }))
    }

    pub(super) fn expected(&mut self, at: &str, of: &str) -> Vec<PaperEvent> {
        self.feed(MarketBody::Expected(Some(Expected { price: price(at), quantity: quantity(of) })))
    }

    pub(super) fn limits(&mut self, lower: &str, upper: &str) {
        let limits = Some(DailyLimits { lower: price(lower), upper: price(upper) });
        self.feed(MarketBody::NewDay { base: price("100"), limits });
    }

    /// Sends an order and returns its id; answers are read with [`Self::hear`].
    pub(super) fn send(&mut self, side: Side, kind: OrderKind, of: &str, time_in_force: TimeInForce) -> OrderId {
        self.next += 1;
        let order = PaperOrder { id: id(self.next), side, kind, quantity: quantity(of), time_in_force };
        self.matcher.submit(at(self.now), order);
        order.id
    }

    pub(super) fn limit(&mut self, side: Side, limit: &str, of: &str) -> OrderId {
        self.send(side, OrderKind::Limit { price: price(limit) }, of, TimeInForce::Gtc)
    }

    pub(super) fn hear(&mut self) -> Vec<String> {
        told(&self.matcher.poll(at(self.now)))
    }

    pub(super) fn ahead(&self, order: OrderId) -> String {
        self.matcher.queue_ahead(order).map_or("unknown".into(), |quantity| quantity.to_string())
    }
}

/// Events as short text: `#1 filled 2 @ 101 taker, 0 left`.
pub(super) fn told(events: &[PaperEvent]) -> Vec<String> {
    let text = |event: &PaperEvent| {
        let order = event.order.uuid().as_u128();
        let what = match event.body {
            PaperBody::Accepted => "accepted".to_owned(),
            PaperBody::Filled(fill) => {
                let liquidity = format!("{:?}", fill.liquidity).to_lowercase();
                format!("filled {} @ {} {liquidity}, {} left", fill.quantity, fill.price, fill.remaining)
            }
            PaperBody::Replaced { price, quantity } => format!("replaced {quantity} @ {price}"),
            PaperBody::Canceled => "canceled".to_owned(),
            PaperBody::Expired { reason, remaining } => format!("expired {remaining} {reason:?}"),
            PaperBody::Rejected(refusal) => format!("rejected {refusal:?}"),
            PaperBody::ChangeRefused(refusal) => format!("change refused {refusal:?}"),
        };
        format!("#{order} {what}")
    };
    events.iter().map(text).collect()
}
