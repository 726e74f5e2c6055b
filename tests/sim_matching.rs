//! The matching engine: price-time priority, order types, call auctions, interruptions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use hoga::broker::sim::auction::Clearing;
use hoga::broker::sim::grid::Grid;
use hoga::broker::sim::listing::listings;
use hoga::broker::sim::matching::{Book, Bounds, Lasting, Match, NewOrder, Owner, Placement, Pricing, Refusal};
use hoga::broker::sim::volatility::{self, KOSPI200};
use hoga::market::{Price, Quantity, Side, auction_price};
use proptest::prelude::*;
use rust_decimal::Decimal;

use Lasting::{Fok, Ioc, PostOnly, Rest};
use Side::{Buy, Sell};

struct Pit {
    book: Book,
    bounds: Bounds,
    matches: Vec<Match>,
}

impl Pit {
    fn new() -> Self {
        Self { book: Book::new(), bounds: Bounds { lowest: 1, highest: 1_000, ..Bounds::NONE }, matches: Vec::new() }
    }

    fn order(
        &mut self,
        who: u64,
        side: Side,
        pricing: Pricing,
        quantity: i64,
        lasting: Lasting,
    ) -> Result<Placement, Refusal> {
        self.matches.clear();
        let order = NewOrder { owner: Owner::Desk(who), side, pricing, quantity, lasting };
        self.book.place(order, &self.bounds, &mut self.matches)
    }

    fn limit(&mut self, who: u64, side: Side, tick: i64, quantity: i64) -> Placement {
        self.order(who, side, Pricing::Limit(tick), quantity, Rest).unwrap()
    }

    /// Who was hit, where and for how much by the last order.
    fn hit(&self) -> Vec<(u64, i64, i64)> {
        let who = |owner| if let Owner::Desk(who) = owner { who } else { 0 };
        self.matches.iter().map(|m| (who(m.maker.owner), m.tick, m.quantity)).collect()
    }
}

#[test]
fn better_prices_first_then_earlier_orders() {
    let mut pit = Pit::new();
    pit.limit(1, Sell, 101, 5);
    pit.limit(2, Sell, 100, 5);
    pit.limit(3, Sell, 100, 5);
    let placed = pit.limit(9, Buy, 101, 12);
    assert_eq!(pit.hit(), [(2, 100, 5), (3, 100, 5), (1, 101, 2)]);
    assert_eq!((placed.filled, placed.resting), (12, 0));
    assert_eq!(pit.book.total_at(Sell, 101), 3);
}

#[test]
fn a_trade_is_at_the_price_of_the_order_that_was_there() {
    let mut pit = Pit::new();
    pit.limit(1, Buy, 100, 5);
    pit.limit(9, Sell, 90, 5);
    assert_eq!(pit.hit(), [(1, 100, 5)]);
    assert_eq!(pit.matches[0].taker_side, Some(Sell));
}

#[test]
fn less_keeps_its_place_and_a_new_order_does_not() {
    let mut pit = Pit::new();
    let first = pit.limit(1, Buy, 100, 10).key.unwrap();
    let second = pit.limit(2, Buy, 100, 10).key.unwrap();
    assert_eq!((pit.book.queue_ahead(first), pit.book.queue_ahead(second)), (Some(0), Some(10)));
    assert!(pit.book.reduce(first, 4));
    assert!(!pit.book.reduce(first, 5), "a reduction cannot grow an order");
    assert_eq!(pit.book.queue_ahead(second), Some(4));
    pit.limit(9, Sell, 100, 6);
    assert_eq!(pit.hit(), [(1, 100, 4), (2, 100, 2)]);
    assert_eq!(pit.book.left(first), None, "a handle of a filled order is dead");
    assert_eq!(pit.book.cancel(second), Some(8));
    assert_eq!(pit.book.cancel(second), None);
    assert_eq!(pit.book.best(Buy), None);
}

#[test]
fn a_handle_of_a_gone_order_never_reaches_the_order_that_took_its_slot() {
    let mut pit = Pit::new();
    let gone = pit.limit(1, Buy, 100, 10).key.unwrap();
    pit.book.cancel(gone);
    let next = pit.limit(2, Buy, 100, 10).key.unwrap();
    assert_eq!(pit.book.cancel(gone), None);
    assert_eq!(pit.book.left(next), Some(10));
}

#[test]
fn times_in_force() {
    let mut pit = Pit::new();
    pit.limit(1, Sell, 100, 5);
    pit.limit(2, Sell, 102, 5);
    let ioc = pit.order(9, Buy, Pricing::Limit(101), 8, Ioc).unwrap();
    assert_eq!((ioc.filled, ioc.resting, pit.book.best(Buy)), (5, 0, None));
    pit.limit(3, Sell, 101, 5);
    let fok = pit.order(9, Buy, Pricing::Limit(101), 6, Fok).unwrap();
    assert_eq!((fok.filled, pit.book.total_at(Sell, 101)), (0, 5), "not all of it: nothing");
    assert_eq!(pit.order(9, Buy, Pricing::Limit(102), 10, Fok).unwrap().filled, 10);
    pit.limit(4, Sell, 100, 5);
    assert_eq!(pit.order(9, Buy, Pricing::Limit(100), 1, PostOnly), Err(Refusal::WouldTake));
    assert_eq!(pit.order(9, Buy, Pricing::Limit(99), 1, PostOnly).unwrap().resting, 1);
}

#[test]
fn market_best_and_priority_orders() {
    let mut pit = Pit::new();
    assert_eq!(pit.order(9, Buy, Pricing::Best, 1, Rest), Err(Refusal::NoPrice));
    pit.limit(1, Sell, 100, 5);
    pit.limit(2, Sell, 105, 5);
    pit.limit(3, Buy, 98, 5);
    let best = pit.order(9, Buy, Pricing::Best, 8, Rest).unwrap();
    assert_eq!((best.tick, best.filled, best.resting), (100, 5, 3), "the rest waits at the price it took");
    let priority = pit.order(9, Buy, Pricing::Priority, 8, Rest).unwrap();
    assert_eq!((priority.tick, priority.resting), (100, 8));
    let market = pit.order(9, Buy, Pricing::Market, 8, Rest).unwrap();
    assert_eq!((market.filled, market.resting), (5, 0), "what finds nobody is canceled");
    assert_eq!(pit.order(9, Buy, Pricing::Limit(1_001), 1, Rest), Err(Refusal::OutOfBounds));
}

#[test]
fn a_trade_too_far_away_interrupts_and_the_order_waits() {
    let mut pit = Pit::new();
    pit.bounds.trip_above = 103;
    pit.limit(1, Sell, 102, 5);
    pit.limit(2, Sell, 103, 5);
    let sweep = pit.limit(9, Buy, 110, 10);
    assert_eq!(pit.hit(), [(1, 102, 5)]);
    assert!(sweep.interrupted);
    assert_eq!((sweep.resting, pit.book.best(Buy), pit.book.best(Sell)), (5, Some(110), Some(103)));
    let fok = pit.order(9, Buy, Pricing::Limit(110), 3, Fok).unwrap();
    assert_eq!(fok.filled, 0, "beyond the interruption nothing is within reach");
}

#[test]
fn interruption_rates_are_met_at_the_first_tick_at_or_beyond_them() {
    let listing = listings().into_iter().find(|l| l.instrument.id.symbol.as_str() == "005930").unwrap();
    let grid = Grid::new(&listing.instrument, jiff::civil::date(2026, 11, 20)).unwrap();
    let tick = |won: i64| grid.floor(won);
    let bounds = volatility::bounds(&grid, KOSPI200, (tick(49_700), tick(92_300)), tick(71_000), tick(71_000));
    // 3 % of 71,000 is 2,130: 73,130 up to the ladder is 73,200; 68,870 down to it is 68,800.
    assert_eq!((bounds.trip_above, bounds.trip_below), (tick(73_200), tick(68_800)));
    // The last price has run to 77,000: 10 % from the single price (78,100) comes before 3 % from the last (79,310).
    let bounds = volatility::bounds(&grid, KOSPI200, (tick(49_700), tick(92_300)), tick(77_000), tick(71_000));
    assert_eq!(bounds.trip_above, tick(78_100));
}

fn collect(orders: &[(Side, i64, i64)]) -> Pit {
    let mut pit = Pit::new();
    pit.book.set_collecting(true);
    for (number, (side, tick, quantity)) in orders.iter().enumerate() {
        pit.limit(number as u64, *side, *tick, *quantity);
    }
    pit
}

#[test]
fn single_prices_of_the_rule_book() {
    let first = [
        (Sell, 781, 150),
        (Sell, 782, 200),
        (Sell, 783, 400),
        (Sell, 784, 300),
        (Sell, 785, 750),
        (Sell, 786, 450),
        (Buy, 785, 100),
        (Buy, 784, 150),
        (Buy, 783, 350),
        (Buy, 782, 400),
        (Buy, 781, 500),
        (Buy, 780, 650),
    ];
    assert_eq!(collect(&first).book.clearing(700), Some(Clearing { tick: 783, quantity: 600 }));
    let second = [(Sell, 780, 200), (Sell, 781, 100), (Buy, 785, 200), (Buy, 784, 100)];
    assert_eq!(collect(&second).book.clearing(782), Some(Clearing { tick: 782, quantity: 300 }));
    assert_eq!(collect(&second).book.clearing(785), Some(Clearing { tick: 784, quantity: 300 }));
    assert_eq!(collect(&second).book.clearing(700), Some(Clearing { tick: 781, quantity: 300 }));
    assert_eq!(collect(&[(Sell, 780, 1), (Buy, 779, 1)]).book.clearing(780), None);
}

#[test]
fn an_auction_fills_by_price_then_time_and_shows_what_would_be_left() {
    let mut pit = collect(&[(Buy, 100, 5), (Buy, 101, 5), (Buy, 100, 5), (Sell, 99, 8), (Sell, 103, 1)]);
    let clearing = pit.book.clearing(100).unwrap();
    assert_eq!(pit.book.levels_after(Buy, Some(clearing), 3), [(100, 7)]);
    assert_eq!(pit.book.levels_after(Sell, Some(clearing), 3), [(103, 1)]);
    let mut matches = Vec::new();
    pit.book.uncross(100, &mut matches);
    let buyers: Vec<_> = matches.iter().map(|m| (m.taker.owner, m.quantity, m.tick, m.taker_side)).collect();
    assert_eq!(buyers, [(Owner::Desk(1), 5, 100, None), (Owner::Desk(0), 3, 100, None)]);
    assert_eq!(pit.book.levels(Buy).collect::<Vec<_>>(), [(100, 7)]);
    assert_eq!(pit.order(9, Buy, Pricing::Best, 1, Rest), Err(Refusal::NotInAuction));
    assert_eq!(pit.order(9, Buy, Pricing::Limit(100), 1, Ioc), Err(Refusal::NotInAuction));
    assert_eq!(pit.order(9, Buy, Pricing::Market, 1, Rest).unwrap().tick, 1_000, "ranks with the upper limit");
}

#[derive(Debug, Clone)]
enum Step {
    Place(Side, Pricing, i64, Lasting),
    Cancel(usize),
    Reduce(usize, i64),
    Collect,
    Uncross,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let side = prop_oneof![Just(Buy), Just(Sell)];
    let pricing = prop_oneof![8 => (90_i64..110).prop_map(Pricing::Limit), 1 => Just(Pricing::Market),
        1 => Just(Pricing::Best), 1 => Just(Pricing::Priority)];
    let lasting = prop_oneof![6 => Just(Rest), 1 => Just(Ioc), 1 => Just(Fok), 1 => Just(PostOnly)];
    let step = prop_oneof![
        12 => (side, pricing, 1_i64..50, lasting).prop_map(|(s, p, q, l)| Step::Place(s, p, q, l)),
        3 => any::<usize>().prop_map(Step::Cancel),
        2 => (any::<usize>(), 1_i64..50).prop_map(|(i, q)| Step::Reduce(i, q)),
        1 => Just(Step::Collect),
        1 => Just(Step::Uncross),
    ];
    prop::collection::vec(step, 1..120)
}

proptest! {
    /// Whatever happens, every lot is filled, canceled, or still there; and only a collecting book may be crossed.
    #[test]
    fn no_lot_is_lost_or_made(steps in steps()) {
        let mut pit = Pit::new();
        let mut keys = Vec::new();
        let (mut entered, mut gone) = ([0_i64; 2], [0_i64; 2]);
        let at = |side: Side| usize::from(side == Sell);
        for step in steps {
            match step {
                Step::Place(side, pricing, quantity, lasting) => {
                    if let Ok(placed) = pit.order(1, side, pricing, quantity, lasting) {
                        let traded: i64 = pit.matches.iter().map(|m| m.quantity).sum();
                        prop_assert_eq!(traded, placed.filled);
                        prop_assert!(placed.filled + placed.resting <= quantity);
                        entered[at(side)] += placed.filled + placed.resting;
                        gone[at(side)] += traded;
                        gone[at(side.opposite())] += traded;
                        keys.extend(placed.key.map(|key| (key, side)));
                    }
                }
                Step::Cancel(which) => {
                    if let Some((key, side)) = keys.get(which % keys.len().max(1)) {
                        gone[at(*side)] += pit.book.cancel(*key).unwrap_or(0);
                    }
                }
                Step::Reduce(which, left) => {
                    if let Some((key, side)) = keys.get(which % keys.len().max(1)) {
                        let before = pit.book.left(*key).unwrap_or(0);
                        if pit.book.reduce(*key, left) {
                            gone[at(*side)] += before - left;
                        }
                    }
                }
                Step::Collect => pit.book.set_collecting(true),
                Step::Uncross => {
                    let mut matches = Vec::new();
                    let clearing = pit.book.uncross(100, &mut matches);
                    let traded: i64 = matches.iter().map(|m| m.quantity).sum();
                    prop_assert_eq!(traded, clearing.map_or(0, |c| c.quantity));
                    gone[0] += traded;
                    gone[1] += traded;
                    pit.book.set_collecting(false);
                }
            }
            for side in [Buy, Sell] {
                let resting: i64 = pit.book.levels(side).map(|(_, total)| total).sum();
                prop_assert_eq!(entered[at(side)], gone[at(side)] + resting);
            }
            if let (false, Some(bid), Some(ask)) =
                (pit.book.is_collecting(), pit.book.best(Buy), pit.book.best(Sell))
            {
                prop_assert!(bid < ask);
            }
        }
    }

    /// The tick-counting auction and the market's own rule give the same price and quantity.
    #[test]
    fn the_single_price_is_that_of_the_rule(
        orders in prop::collection::vec((prop::bool::ANY, 90_i64..110, 1_i64..50), 1..40),
        previous in 85_i64..115,
    ) {
        let mut pit = Pit::new();
        pit.book.set_collecting(true);
        let (mut buys, mut sells) = (Vec::new(), Vec::new());
        let price = |tick: i64| Price::new(Decimal::from(tick)).unwrap();
        for (buy, tick, quantity) in orders {
            pit.limit(1, if buy { Buy } else { Sell }, tick, quantity);
            let entry = (price(tick), Quantity::whole(quantity as u32));
            if buy { buys.push(entry) } else { sells.push(entry) }
        }
        let ours = pit.book.clearing(previous);
        let theirs = auction_price(&buys, &sells, price(previous));
        let ours = ours.map(|c| (price(c.tick), Quantity::whole(c.quantity as u32)));
        prop_assert_eq!(ours, theirs.map(|e| (e.price, e.quantity)));
    }
}
