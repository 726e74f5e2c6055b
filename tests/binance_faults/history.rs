//! One fault from one seed: a market that moves, a desk that trades, the fault in the middle of it, and the comparison.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hoga::broker::binance::feed::FeedRules;
use hoga::broker::net::backoff::BackoffRules;
use hoga::desk::core::CoreCommand;
use hoga::desk::protocol::SubmitOrder;
use hoga::market::Side;
use hoga::order::{OrderId, OrderKind, OrderState};
use rust_decimal::Decimal;

use crate::binance_server::random::Random;
use crate::binance_server::{Options, Server};
use crate::fault::Kind;
use crate::stage::{BTC, Desk, Setup, buy_at, market, order, price};

/// Silence shows as stale within this.
const STALE_WITHIN: Duration = Duration::from_secs(3);
/// The book is the exchange's, and nothing is unknown, so long after the fault.
const BOOK_WITHIN: Duration = Duration::from_secs(5);
const KNOWN_WITHIN: Duration = Duration::from_secs(10);
/// The shortest a fault lasts.
const LASTS: Duration = Duration::from_millis(700);
/// Orders of one run.
const ORDERS_MAX: usize = 12;

struct History<'a> {
    kind: Kind,
    server: &'a Server,
    desk: Desk,
    random: Random,
    orders: Vec<OrderId>,
}

pub fn run(kind: Kind, seed: u64) {
    let server = Server::start(Options { seed, ..Options::default() });
    let backoff =
        BackoffRules { floor: Duration::from_millis(100), ceiling: Duration::from_secs(1), ..BackoffRules::default() };
    let mut setup =
        Setup { feed: FeedRules { backoff, ..FeedRules::default() }, max_data_age_ms: 5_000, ..Setup::default() };
    setup.pace.start_again = (Duration::from_millis(100), Duration::from_secs(1));
    let desk = Desk::to(&server, setup);
    server.drift(seed);
    let random = Random::new(seed ^ (kind as u64) << 32);
    let mut history = History { kind, server: &server, desk, random, orders: Vec::new() };
    history.trade(Duration::from_millis(400), 3);
    history.suffer();
    history.settle();
}

impl History<'_> {
    /// Lives for a while and gives an order, a change or a cancel now and then.
    fn trade(&mut self, during: Duration, acts: u32) {
        let pause = during / (acts + 1);
        for _ in 0..acts {
            self.desk.live(pause);
            self.act();
        }
        self.desk.live(pause);
    }

    fn act(&mut self) {
        let open: Vec<OrderId> =
            self.orders.iter().copied().filter(|id| self.desk.state(*id) == OrderState::Accepted).collect();
        let chosen = open.get(self.random.below(open.len() as u64) as usize).copied();
        match (self.random.below(6), chosen) {
            (0, Some(id)) => self.desk.cancel(id),
            (1, Some(id)) => {
                let to = price(&(59_000 + self.random.below(300)).to_string());
                self.desk.ask(CoreCommand::Replace {
                    order: id.to_string(),
                    price: Some(to),
                    stop_price: None,
                    quantity: None,
                });
            }
            _ if self.orders.len() < ORDERS_MAX => {
                let order = self.draw();
                // The gate may be shut while the fault lasts.
                self.orders.extend(self.desk.try_submit(order));
            }
            _ => {}
        }
    }

    fn draw(&mut self) -> SubmitOrder {
        let quantity = format!("0.0{:02}", 5 + self.random.below(40));
        match self.random.below(4) {
            0 => market(if self.random.below(2) == 0 { Side::Buy } else { Side::Sell }, &quantity),
            1 => {
                let at = price(&(60_500 + self.random.below(500)).to_string());
                order(BTC, Side::Sell, OrderKind::Limit { price: at }, &quantity)
            }
            2 => buy_at(&(59_000 + self.random.below(500)).to_string(), &quantity),
            // Near the market, so that it may be filled at any moment.
            _ => {
                let (bid, _) = self.server.top(BTC);
                buy_at(&(bid - Decimal::new(10, 1)).to_string(), &quantity)
            }
        }
    }

    /// The fault, from its beginning until the desk has to be well again.
    fn suffer(&mut self) {
        let begun = Instant::now();
        self.kind.begin(self.server, &mut self.random);
        self.trade(LASTS, 3);
        if self.kind.silences() {
            while !(self.desk.shown_book(BTC).stale && self.desk.shown_quote(BTC).stale) {
                assert!(begun.elapsed() < STALE_WITHIN, "silence does not show");
                self.desk.live(Duration::from_millis(20));
            }
        }
        self.kind.end(self.server);
        let mut ended = Instant::now() + self.kind.lasts();
        if self.kind.stays() {
            // A dead connection is a fault until it is given up.
            ended = ended.max(begun + FeedRules::default().data_silence);
        }
        while !self.has_the_book() {
            assert!(Instant::now() < ended + BOOK_WITHIN, "the book is not the exchange's: {}", self.desk.story());
            self.desk.live(Duration::from_millis(20));
        }
        while self.orders.iter().any(|id| matches!(self.desk.state(*id), OrderState::Unknown | OrderState::Sent)) {
            assert!(Instant::now() < ended + KNOWN_WITHIN, "an order is not known: {}", self.desk.story());
            self.desk.live(Duration::from_millis(20));
        }
    }

    /// Whether the book shown is live and that of the exchange, level by level.
    fn has_the_book(&self) -> bool {
        let shown = self.desk.shown_book(BTC);
        let there = self.server.change(|state| {
            let book = &state.exchange.markets[BTC].book;
            let bids: Vec<(Decimal, Decimal)> = book.bids.iter().map(|(price, q)| (price.0, *q)).take(20).collect();
            let asks: Vec<(Decimal, Decimal)> = book.asks.iter().map(|(price, q)| (*price, *q)).take(20).collect();
            (bids, asks)
        });
        let levels = |side: &[(hoga::market::Price, hoga::market::Quantity)]| -> Vec<(Decimal, Decimal)> {
            side.iter().take(20).map(|(price, quantity)| (price.value(), quantity.value())).collect()
        };
        !shown.stale && levels(&shown.bids) == there.0 && levels(&shown.asks) == there.1
    }

    /// Trades on for a moment, stops the market, and compares everything.
    fn settle(&mut self) {
        self.trade(Duration::from_millis(300), 2);
        self.server.stop_drift();
        let on_the_way = |desk: &Desk, id: &OrderId| {
            let order = desk.order(*id);
            matches!(order.state, OrderState::Unknown | OrderState::Sent) || order.pending_change.is_some()
        };
        let orders = self.orders.clone();
        self.desk.until("nothing is on its way", |desk| !orders.iter().any(|id| on_the_way(desk, id)));
        self.desk.agrees_with(self.server);
        self.compare_orders();
        let broken: Vec<_> = self
            .desk
            .connections
            .iter()
            .filter(|told| format!("{told:?}").contains("a part of the connection"))
            .collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// Every order there is one of ours, once, as it was asked for, and as far.
    fn compare_orders(&self) {
        let mut there = BTreeMap::new();
        for order in self.server.orders() {
            let twice = there.insert(order.client_id.clone(), order);
            assert!(twice.is_none(), "an order was sent twice: {twice:?}");
        }
        for id in &self.orders {
            let order = self.desk.order(*id);
            let Some(found) = there.remove(&id.simple()) else {
                assert!(order.state.is_final() && order.filled.is_zero(), "{order:?} was never there");
                continue;
            };
            assert_eq!((found.is_buy, found.quantity), (order.side == Side::Buy, order.quantity.value()));
            assert_eq!(found.filled, order.filled.value(), "{order:?}");
            let limit = order.kind.limit().map_or(Decimal::ZERO, |price| price.value());
            assert_eq!(found.price, limit, "{order:?}");
            assert_eq!(found.is_open(), order.state.is_open(), "{order:?} is {} there", found.status);
        }
        assert!(there.is_empty(), "orders nobody gave: {there:?}");
    }
}
