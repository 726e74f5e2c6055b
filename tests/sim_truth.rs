//! Whatever the desk does and whenever the process dies, what the exchange has told stays true.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code)]
mod sim_support;

use std::collections::BTreeMap;
use std::time::Duration;

use hoga::broker::api::{AccountReport, Answer, BrokerEvent, FillReport, OrderReport, PlaceOrder, RequestBody};
use hoga::broker::sim::{Journal, MemoryJournal, SimConfig, SimExchange};
use hoga::market::{InstrumentId, Side};
use hoga::order::{OrderId, OrderKind, OrderState, TimeInForce};
use proptest::prelude::*;
use rust_decimal::Decimal;
use sim_support::{Desk, all_channels, id, limit, market, reference, start};

const SYMBOLS: [&str; 2] = ["247540", "BTCUSDT"];

#[derive(Debug, Clone)]
enum Step {
    Limit { which: usize, buy: bool, level: usize, lots: u32, time_in_force: TimeInForce },
    Market { which: usize, buy: bool, lots: u32 },
    Replace { order: usize, level: usize, lots: u32 },
    Cancel(usize),
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let time_in_force = prop::sample::select(TimeInForce::ALL.to_vec());
    let step = prop_oneof![
        5 => (0..2_usize, any::<bool>(), 0..10_usize, 1..3_000_u32, time_in_force)
            .prop_map(|(which, buy, level, lots, time_in_force)| Step::Limit { which, buy, level, lots, time_in_force }),
        2 => (0..2_usize, any::<bool>(), 1..3_000_u32).prop_map(|(which, buy, lots)| Step::Market { which, buy, lots }),
        2 => (any::<usize>(), 0..10_usize, 1..3_000_u32)
            .prop_map(|(order, level, lots)| Step::Replace { order, level, lots }),
        2 => any::<usize>().prop_map(Step::Cancel),
        4 => (1..4_000_u16).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..60)
}

fn config() -> SimConfig {
    // Short days, so that orders meet every phase.
    SimConfig {
        opening_auction: Duration::from_secs(4),
        continuous: Duration::from_secs(12),
        closing_auction: Duration::from_secs(4),
        closed: Duration::from_secs(2),
        interruption: Duration::from_secs(4),
        random_end: Duration::from_secs(1),
        ..SimConfig::default()
    }
    .only(&SYMBOLS)
}

fn size(which: usize, lots: u32) -> String {
    if which == 0 { lots.to_string() } else { Decimal::new(i64::from(lots), 3).to_string() }
}

fn carry_out(desk: &mut Desk, placed: &mut Vec<(usize, PlaceOrder)>, step: &Step) {
    let number = placed.len() as u128 + 1;
    let side = |buy: bool| if buy { Side::Buy } else { Side::Sell };
    // On either side of the book, so that some take and some rest.
    let at = |desk: &Desk, which: usize, level: usize| {
        let book = desk.book(SYMBOLS[which]);
        let levels: Vec<_> = book.asks.iter().rev().chain(&book.bids).collect();
        levels.get(level * levels.len() / 10).map(|level| level.price)
    };
    match step {
        Step::Limit { which, buy, level, lots, time_in_force } => {
            let Some(price) = at(desk, *which, *level) else { return };
            let order = limit(number, SYMBOLS[*which], side(*buy), price, &size(*which, *lots));
            let order = PlaceOrder { time_in_force: *time_in_force, ..order };
            let _ = desk.place(&order);
            placed.push((*which, order));
        }
        Step::Market { which, buy, lots } => {
            let order = market(number, SYMBOLS[*which], side(*buy), &size(*which, *lots));
            let _ = desk.place(&order);
            placed.push((*which, order));
        }
        Step::Replace { order, level, lots } => {
            let Some((which, order)) = placed.get(order % placed.len().max(1)).cloned() else { return };
            let Some(price) = at(desk, which, *level) else { return };
            let kind = OrderKind::Limit { price };
            let quantity = size(which, *lots).parse().unwrap();
            let _ = desk.ask(RequestBody::Replace { order: reference(&order), kind, quantity });
        }
        Step::Cancel(order) => {
            if let Some((_, order)) = placed.get(order % placed.len().max(1)) {
                let _ = desk.ask(RequestBody::Cancel(reference(order)));
            }
        }
        Step::Wait(millis) => desk.run(f64::from(*millis) / 1_000.0),
    }
}

fn fills(desk: &mut Desk) -> Vec<FillReport> {
    match desk.ask(RequestBody::Fills { since: start() }) {
        Ok(Answer::Fills { fills, complete: true }) => fills,
        other => panic!("{other:?}"),
    }
}

fn positions(desk: &mut Desk) -> BTreeMap<InstrumentId, Decimal> {
    match desk.ask(RequestBody::Positions) {
        Ok(Answer::Account(reports)) => reports
            .into_iter()
            .filter_map(|report| match report {
                AccountReport::Position { instrument, quantity, .. } => Some((instrument, quantity)),
                AccountReport::Cash { .. } | AccountReport::Leverage { .. } => None,
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn open_orders(desk: &mut Desk) -> Vec<OrderReport> {
    match desk.ask(RequestBody::OpenOrders) {
        Ok(Answer::Orders { orders, complete: true }) => orders,
        other => panic!("{other:?}"),
    }
}

/// Reports only ever go forward: filled grows, an end is final, and fills told before a report add up to it.
fn check_told(desk: &Desk) -> Result<(), TestCaseError> {
    let mut filled: BTreeMap<OrderId, Decimal> = BTreeMap::new();
    let mut ended: BTreeMap<OrderId, OrderState> = BTreeMap::new();
    for event in &desk.heard {
        match event {
            BrokerEvent::Fill(fill) => {
                let order = fill.order_id.unwrap();
                prop_assert!(!ended.contains_key(&order), "a fill after the end: {fill:?}");
                *filled.entry(order).or_default() += fill.quantity.value();
            }
            BrokerEvent::Order(report) => {
                let order = report.order_id.unwrap();
                prop_assert!(report.filled <= report.quantity, "{report:?}");
                let told = filled.get(&order).copied().unwrap_or_default();
                if report.state.is_final() {
                    prop_assert_eq!(report.filled.value(), told, "{:?}", report);
                    prop_assert_eq!(ended.insert(order, report.state), None, "two ends");
                }
            }
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn what_was_told_is_true_and_survives(steps in steps(), seed in 0_u64..1_000) {
        let memory = MemoryJournal::default();
        let exchange = SimExchange::restore(config(), seed, start(), Journal::memory(memory.clone())).unwrap();
        let mut desk = Desk::new(exchange);
        for symbol in SYMBOLS {
            desk.ask(RequestBody::Subscribe(id(symbol), all_channels())).unwrap();
        }
        let mut placed = Vec::new();
        for step in &steps {
            carry_out(&mut desk, &mut placed, step);
        }
        check_told(&desk)?;
        let (known, held, open) = (fills(&mut desk), positions(&mut desk), open_orders(&mut desk));
        prop_assert_eq!(&desk.fills(), &known);
        let mut sums: BTreeMap<InstrumentId, Decimal> = BTreeMap::new();
        for fill in &known {
            let signed = if fill.side == Side::Buy { fill.quantity.value() } else { -fill.quantity.value() };
            *sums.entry(fill.instrument).or_default() += signed;
        }
        sums.retain(|_, sum| !sum.is_zero());
        prop_assert_eq!(&sums, &held);

        // The process dies here. Another one knows the same; what it does from then on only adds to it.
        let later = desk.exchange.now().plus(Duration::from_secs(1));
        let bytes = memory.bytes();
        let again = Journal::memory(MemoryJournal::from_bytes(bytes));
        let mut again = Desk::new(SimExchange::restore(config(), seed + 1, later, again).unwrap());
        again.run(0.0);
        let after = fills(&mut again);
        prop_assert_eq!(&after[..known.len()], &known[..]);
        let still: Vec<_> = open_orders(&mut again).into_iter().map(|order| order.broker_id).collect();
        for order in &open {
            let told = again.reports(order.order_id.unwrap().uuid().as_u128()).pop();
            prop_assert!(still.contains(&order.broker_id) || told.is_some_and(|report| report.state.is_final()));
        }
        check_told_after(&again, &known)?;
    }
}

fn check_told_after(desk: &Desk, known: &[FillReport]) -> Result<(), TestCaseError> {
    for fill in desk.fills() {
        prop_assert!(known.iter().all(|old| old.execution_id != fill.execution_id), "told again as new: {fill:?}");
    }
    Ok(())
}
