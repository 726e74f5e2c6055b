//! Orders each of whose answers is lost after it took effect: what the desk says of every order is what the exchange has,
//! and nothing is there twice.
//!
//! `HOGA_LOSSES=500 cargo test --profile checked --test kis_session -- --ignored --nocapture losses`; `HOGA_SEED` chooses
//! others.

use std::collections::BTreeMap;
use std::time::Instant;

use hoga::broker::kis::rest::Limits;
use hoga::order::{OrderId, OrderState};
use rust_decimal::{Decimal, dec};

use crate::desk::{Desk, Setup, buy_at};
use crate::kis_server::random::Random;
use crate::kis_server::{Fault, Options, Server};

/// Orders whose outcomes are found out at the same time.
const TOGETHER: usize = 10;

const fn is_known(state: OrderState) -> bool {
    !matches!(state, OrderState::Pending | OrderState::Sent | OrderState::Unknown)
}

/// The exchange takes the order, and nobody hears of it.
fn drawn(random: &mut Random) -> Fault {
    match random.below(6) {
        0 | 1 => Fault::LostReply,
        2 => Fault::Reset { executed: true },
        3 => Fault::HalfBody,
        4 => Fault::Garbage,
        _ => Fault::timeout(true),
    }
}

fn losses(seed: u64, orders: usize) {
    let began = Instant::now();
    let server = Server::start(Options { seed, cash: dec!(10_000_000_000), ..Options::default() });
    // The pace of the broker is not what is tested here.
    server.change(|state| state.limits.per_second = 1_000);
    let limits = Some(Limits { per_second: 60, in_flight: 6 });
    let mut desk = Desk::to(&server, Setup { limits, ..Setup::default() });
    let mut random = Random::new(seed);
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    let mut given: Vec<OrderId> = Vec::new();
    while given.len() < orders {
        let mut round = Vec::new();
        for _ in 0..TOGETHER.min(orders - given.len()) {
            server.fault("POST", "/order-cash", 1, drawn(&mut random));
            // Some rest and some are filled at once, and some look the same.
            let at =
                if random.below(3) == 0 { dec!(70100) } else { dec!(68000) + Decimal::from(random.below(8) * 100) };
            let order = buy_at(&at.to_string(), 1 + u32::try_from(random.below(3)).unwrap());
            // All of them leave before anything is known of the first: then none may be given.
            round.push(desk.submit(order));
            given.push(round[round.len() - 1]);
        }
        desk.until("every order is known", |desk| round.iter().all(|id| is_known(desk.state(*id))));
        let numbers: Vec<String> = round.iter().map(|id| desk.number(*id)).collect();
        for (id, number) in round.iter().zip(&numbers) {
            assert_eq!(numbers.iter().filter(|other| *other == number).count(), 1, "{number} is of two orders");
            let there = server.order(number).expect("the exchange has it");
            assert_eq!(there.quantity, desk.order(*id).quantity.value());
            assert_eq!(Some(there.price), desk.order(*id).kind.limit().map(|price| price.value()));
            *ends.entry(desk.state(*id).to_string()).or_default() += 1;
        }
        assert_eq!(server.orders().len(), given.len(), "orders at the exchange are those that were intended");
        for id in round {
            if desk.state(id).is_open() {
                desk.cancel(id);
                desk.until("it ends", |desk| desk.state(id).is_final());
            }
        }
    }
    server.no_faults();
    desk.agrees_with(&server);
    eprintln!(
        "seed {seed}: {orders} orders, each with its answer lost; {} at the exchange; ends {ends:?}; in {:.0} s; 0 lost, \
         0 double, 0 unknown",
        server.orders().len(),
        began.elapsed().as_secs_f64()
    );
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn orders_whose_answers_are_lost_are_there_once_and_known() {
    losses(number("HOGA_SEED", 7), usize::try_from(number("HOGA_LOSSES", 10)).unwrap());
}

#[test]
#[ignore = "the five hundred: some minutes"]
fn five_hundred_losses() {
    losses(number("HOGA_SEED", 1), usize::try_from(number("HOGA_LOSSES", 500)).unwrap());
}
