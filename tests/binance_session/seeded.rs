//! Orders by the thousand, each of which meets a fault of its request, while one request in fifty of any other kind goes
//! wrong too: what the desk says of every order is what the exchange has, and nothing is there twice.
//!
//! `HOGA_FAULTS=1000 cargo test --profile checked --test binance_session -- --ignored --nocapture thousand`; `HOGA_SEED`
//! chooses others.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use hoga::market::Side;
use hoga::order::{OrderId, OrderKind, OrderState};
use rust_decimal::{Decimal, dec};

use crate::binance_server::{Fault, Faults, Options, Server};
use crate::random::Random;
use crate::stage::{BTC, Desk, Setup, buy_at, market, order, price};

/// Orders whose outcomes are found out at the same time.
const TOGETHER: u64 = 25;

#[derive(Debug, Default)]
struct Tally {
    seed: u64,
    orders: u64,
    /// How many met which fault.
    faults: BTreeMap<String, u64>,
    /// How many ended how.
    ends: BTreeMap<String, u64>,
    unknown_at_first: u64,
    happened: u64,
    took: Duration,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seed {}: {} orders, each with a fault, {} faults in all, {} unknown at first, in {:.0} s; ends {:?}; faults {:?}; \
             0 lost, 0 double, 0 unknown",
            self.seed,
            self.orders,
            self.happened,
            self.unknown_at_first,
            self.took.as_secs_f64(),
            self.ends,
            self.faults
        )
    }
}

fn drawn(random: &mut Random) -> Fault {
    let (executed, gateway) = (random.chance(50), *random.pick(&[500, 502, 504]));
    match random.below(17) {
        0 | 1 => Fault::LostReply,
        2 | 3 => Fault::NoAnswer { executed },
        4 => Fault::Late(Duration::from_millis(100 + random.below(4_000))),
        5 => Fault::CutBody,
        6 => Fault::Gateway(gateway),
        7 | 8 => Fault::UnknownError { executed },
        9 => Fault::Unavailable,
        10 => Fault::InternalError,
        11 => Fault::Timeout { executed },
        12 => Fault::Overload,
        13 => Fault::ClockRefused,
        14 => Fault::Unparsable,
        15 => Fault::Page(503),
        _ => Fault::Twice,
    }
}

/// A limit far from the market, so that it rests, or one that is filled at once.
fn wanted(random: &mut Random, count: u64) -> hoga::desk::protocol::SubmitOrder {
    let side = if count.is_multiple_of(2) { Side::Buy } else { Side::Sell };
    let away = Decimal::from(count % 900) * dec!(0.1);
    match random.below(3) {
        0 => market(side, "0.010"),
        1 => buy_at(&(dec!(58000) + away).to_string(), "0.010"),
        _ => {
            let at = price(&(dec!(62000) + away).to_string());
            order(BTC, Side::Sell, OrderKind::Limit { price: at }, "0.010")
        }
    }
}

fn run(seed: u64, faults: u64) -> Tally {
    let began = Instant::now();
    let server = Server::start(Options { seed, wallet: dec!(10_000_000), ..Options::default() });
    server.change(|state| {
        state.limits.weight_a_minute = 1_000_000;
        state.limits.orders_in_ten_seconds = 100_000;
        state.limits.orders_in_long = 1_000_000;
    });
    let mut desk = Desk::to(&server, Setup::default());
    server.faults(Faults::seeded(seed, 0.02));
    let mut random = Random::new(seed);
    let mut tally = Tally { seed, ..Tally::default() };
    while tally.orders < faults {
        let mut round = Vec::new();
        for _ in 0..TOGETHER.min(faults - tally.orders) {
            let fault = drawn(&mut random);
            let name = format!("{fault:?}");
            *tally.faults.entry(name.split([' ', '(']).next().unwrap().to_owned()).or_default() += 1;
            server.fault("POST", "/order", 1, fault);
            round.push(desk.submit(wanted(&mut random, tally.orders)));
            tally.orders += 1;
        }
        settle(&server, &mut desk, &round, &mut tally);
    }
    server.no_faults();
    desk.agrees_with(&server);
    tally.happened = server.change(|state| state.faults.happened);
    tally.took = began.elapsed();
    tally
}

/// Waits until every order of a round is known, compares each with the exchange, and ends those that rest.
fn settle(server: &Server, desk: &mut Desk, round: &[OrderId], tally: &mut Tally) {
    let is_known = |state: OrderState| !matches!(state, OrderState::Pending | OrderState::Sent | OrderState::Unknown);
    desk.live(Duration::from_millis(50));
    tally.unknown_at_first += round.iter().filter(|id| desk.state(**id) == OrderState::Unknown).count() as u64;
    desk.until("every order is known", |desk| round.iter().all(|id| is_known(desk.state(*id))));
    // An answer that is late may be of an order that is known by now: it must not make another.
    let there = server.orders();
    for id in round {
        let name = id.simple().to_string();
        let same = there.iter().filter(|order| order.client_id == name).count();
        let state = desk.state(*id);
        assert_eq!(same, usize::from(state != OrderState::Rejected), "order {id} is {state}");
        *tally.ends.entry(state.to_string()).or_default() += 1;
    }
    for id in round {
        let taken = server.requests_to("POST", "/order").into_iter().filter(|seen| {
            seen.status == 200 && seen.param("newClientOrderId") == Some(id.simple().to_string().as_str())
        });
        assert!(taken.count() <= 1, "order {id} was taken twice");
    }
    // Cancels meet faults of their own, and are asked for again as a person would.
    while round.iter().any(|id| desk.state(*id).is_open()) {
        for id in round.iter().filter(|id| desk.state(**id).is_open()).copied().collect::<Vec<_>>() {
            desk.cancel(id);
        }
        desk.live(Duration::from_millis(500));
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn orders_that_meet_faults_end_known_and_are_there_once() {
    let tally = run(number("HOGA_SEED", 7), 20);
    eprintln!("{tally}");
    assert!(tally.ends.len() > 1, "{tally}");
}

#[test]
#[ignore = "the thousand: some minutes"]
fn a_thousand_faults_on_submit() {
    let tally = run(number("HOGA_SEED", 1), number("HOGA_FAULTS", 1_000));
    eprintln!("{tally}");
}
