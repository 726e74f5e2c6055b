//! One fault from one seed: a market that moves, a desk that trades, the fault in the middle of it, and the comparison.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hoga::desk::core::CoreCommand;
use hoga::desk::protocol::SubmitOrder;
use hoga::market::{Price, Quantity, Side};
use hoga::order::{OrderId, OrderKind, OrderState};
use rust_decimal::{Decimal, dec};

use crate::desk::{Desk, SAMSUNG, Setup, buy_at, order, price};
use crate::fault::Kind;
use crate::kis_server::random::Random;
use crate::kis_server::{Options, Server, Standing, Truth};

/// A socket that says nothing for so long is given up.
const FRAME_SILENCE: Duration = Duration::from_secs(2);
/// Silence shows within this.
const STALE_WITHIN: Duration = Duration::from_secs(6);
/// The book is the exchange's so long after the fault.
const BOOK_WITHIN: Duration = Duration::from_secs(5);
/// Answers that come after the fault, or never, are waited for no longer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// By then lists say all they will ever say of an order that was sent before.
const CERTAIN: Duration = Duration::from_secs(90);
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
    let ping_every = Duration::from_millis(500);
    let server = Server::start(Options { seed, ping_every, cash: dec!(1_000_000_000), ..Options::default() });
    server.set_position(SAMSUNG, dec!(1_000), dec!(70_000));
    let mut random = Random::new(seed ^ (kind as u64) << 32);
    let setup = Setup {
        frame_silence: FRAME_SILENCE,
        max_data_age_ms: 3_000,
        clock_ahead: kind.clock_ahead(&mut random),
        ..Setup::default()
    };
    server.drift(seed);
    let desk = Desk::to(&server, setup);
    if kind == Kind::TokenRevoked {
        // By now another may be asked for.
        server.advance(CERTAIN);
    }
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
            (0, Some(id)) => {
                self.desk.cancel(id);
            }
            (1, Some(id)) => {
                let to = price(&(60_000 + self.random.below(50) * 100).to_string());
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
        let quantity = 1 + self.random.below(5) as u32;
        let far = Decimal::from(self.random.below(50) * 100);
        match self.random.below(4) {
            0 => {
                let side = if self.random.below(2) == 0 { Side::Buy } else { Side::Sell };
                order(SAMSUNG, side, OrderKind::Market, quantity)
            }
            1 => {
                let at = Price::new(dec!(80_000) + far).unwrap();
                order(SAMSUNG, Side::Sell, OrderKind::Limit { price: at }, quantity)
            }
            2 => buy_at(&(dec!(60_000) + far).to_string(), quantity),
            // Near the market, so that it may be filled at any moment.
            _ => buy_at(&(self.server.top(SAMSUNG).0 - dec!(100)).to_string(), quantity),
        }
    }

    /// The fault, from its beginning until the desk has to be well again.
    fn suffer(&mut self) {
        let begun = Instant::now();
        self.kind.begin(self.server, &mut self.random);
        self.trade(LASTS, 3);
        if self.kind.silences() {
            while !self.desk.shown_book(SAMSUNG).stale {
                assert!(begun.elapsed() < STALE_WITHIN, "silence does not show: {}", self.desk.story());
                self.join_best_bid();
                self.desk.live(Duration::from_millis(20));
            }
        }
        self.kind.end(self.server);
        let ended = Instant::now();
        while !self.has_the_book() {
            assert!(ended.elapsed() < BOOK_WITHIN, "the book is not the exchange's: {}", self.desk.story());
            self.desk.live(Duration::from_millis(20));
        }
        self.until_answered(ended);
    }

    /// Somebody joins the best bid, and no stream tells it. Where people trade, sizes do not stand still; the tests' own
    /// exchange has the old size again at a price that comes back, and then an answer confirms what was told, and rightly:
    /// a market in which nothing changes is not stale.
    fn join_best_bid(&self) {
        self.server.change(|state| {
            let market = state.exchange.markets.get_mut(SAMSUNG).expect("a market");
            if let Some(mut best) = market.bids.last_entry() {
                *best.get_mut() += Decimal::ONE;
            }
        });
    }

    fn is_under_way(&self, id: OrderId) -> bool {
        let order = self.desk.order(id);
        matches!(order.state, OrderState::Unknown | OrderState::Sent | OrderState::Pending)
            || order.pending_change.is_some()
    }

    /// What is lost for certain is known only when it can no longer arrive: then time goes on.
    fn until_answered(&mut self, since: Instant) {
        let mut is_late = false;
        while self.orders.iter().any(|id| self.is_under_way(*id)) {
            let waited = since.elapsed();
            assert!(waited < 2 * ANSWERED_WITHIN, "an order is not known: {}", self.desk.story());
            let is_asked_about = |id: &OrderId| self.desk.state(*id) != OrderState::Sent;
            if !is_late && waited > Duration::from_secs(3) && self.orders.iter().all(is_asked_about) {
                is_late = true;
                self.server.advance(CERTAIN);
            }
            self.desk.live(Duration::from_millis(20));
        }
    }

    /// Whether the book shown is live and that of the exchange, level by level.
    fn has_the_book(&self) -> bool {
        let shown = self.desk.shown_book(SAMSUNG);
        let there = self.server.change(|state| {
            let market = &state.exchange.markets[SAMSUNG];
            let bids: Vec<(Decimal, Decimal)> =
                market.bids.iter().rev().map(|(price, q)| (*price, *q)).take(10).collect();
            let asks: Vec<(Decimal, Decimal)> = market.asks.iter().map(|(price, q)| (*price, *q)).take(10).collect();
            (bids, asks)
        });
        let levels = |side: &[(Price, Quantity)]| -> Vec<(Decimal, Decimal)> {
            side.iter().map(|(price, quantity)| (price.value(), quantity.value())).collect()
        };
        !shown.stale && levels(&shown.bids) == there.0 && levels(&shown.asks) == there.1
    }

    /// Trades on for a moment, stops the market, and compares everything.
    fn settle(&mut self) {
        self.trade(Duration::from_millis(300), 2);
        self.until_answered(Instant::now());
        self.server.stop_drift();
        // What became of orders while nobody was heard is shown to people.
        self.desk.live(Duration::from_secs(1));
        self.until_answered(Instant::now());
        self.desk.agrees_with(self.server);
        self.compare_orders();
        let broken: Vec<_> =
            self.desk.connections.iter().filter(|told| format!("{told:?}").contains("a part of the session")).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// Every order there is one of ours, once, as it was asked for, and as far.
    fn compare_orders(&self) {
        let mut there: BTreeMap<String, Truth> =
            self.server.orders().into_iter().map(|order| (order.number.clone(), order)).collect();
        for id in &self.orders {
            let order = self.desk.order(*id);
            let found = order.broker_id.as_ref().and_then(|_| there.remove(&self.desk.number(*id)));
            let Some(found) = found else {
                assert!(order.state.is_final() && order.filled.is_zero(), "{order:?} was never there");
                continue;
            };
            assert_eq!((found.is_buy, found.quantity), (order.side == Side::Buy, order.quantity.value()));
            assert_eq!(found.filled, order.filled.value(), "{order:?}");
            let limit = order.kind.limit().map_or(Decimal::ZERO, |price| price.value());
            assert_eq!(found.price, limit, "{order:?}");
            assert_eq!(
                found.standing == Standing::Open,
                order.state.is_open(),
                "{order:?} is {:?} there",
                found.standing
            );
        }
        assert!(there.is_empty(), "orders nobody gave: {there:?}");
        let accepted = self.server.orders().len();
        assert!(accepted <= self.orders.len(), "{accepted} orders of {}", self.orders.len());
    }
}
