//! A market that moves, orders of every kind, changes and cancels, while requests and streams fail by chance: in the end
//! both sides agree, and no order was sent twice.

use std::time::Duration;

use hoga::market::Side;
use hoga::order::OrderId;
use rust_decimal::Decimal;

use crate::binance_spot_server::{Fault, SpotServer};
use crate::stage::{BTC, Desk, buy_at, dec, market, order, price};

/// The next number of a seeded series below a bound.
fn below(state: &mut u64, bound: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % bound
}

fn step(server: &SpotServer, desk: &mut Desk, seed: &mut u64, live: &mut Vec<OrderId>) {
    let (bid, _) = server.top(BTC);
    let under = |points: u64| (bid - Decimal::from(points)).round_dp(2).to_string();
    let faults = [Fault::LostReply, Fault::UnknownError { executed: true }, Fault::Gateway(502), Fault::CutBody];
    if below(seed, 4) == 0 {
        let fault = faults[usize::try_from(below(seed, 4)).unwrap()].clone();
        let (method, path) = [("POST", "/order"), ("DELETE", "/order"), ("POST", "/order/cancelReplace")]
            [usize::try_from(below(seed, 3)).unwrap()];
        server.fault(method, path, 1, fault);
    }
    let submitted = match below(seed, 6) {
        0 => desk.try_submit(market(Side::Buy, "0.00321")).ok(),
        1 => desk.try_submit(market(Side::Sell, "0.00213")).ok(),
        2 | 3 => desk.try_submit(buy_at(&under(1 + below(seed, 40)), "0.00500")).ok(),
        4 => {
            let trigger = price(&under(50 + below(seed, 100)));
            desk.try_submit(order(BTC, Side::Sell, hoga::order::OrderKind::Stop { trigger }, "0.00100")).ok()
        }
        _ => None,
    };
    live.extend(submitted);
    if let Some(id) = live.get(usize::try_from(below(seed, 1 + live.len() as u64)).unwrap()).copied()
        && desk.state(id).is_open()
    {
        match below(seed, 3) {
            0 => desk.cancel(id),
            1 if desk.order(id).kind.limit().is_some() => desk.change(id, Some(&under(1 + below(seed, 40))), None),
            _ => {}
        }
    }
    desk.live(Duration::from_millis(below(seed, 150)));
}

#[test]
fn after_a_storm_both_sides_agree() {
    storm(7);
}

#[test]
#[ignore = "long: HOGA_STORMS says how many"]
fn after_many_storms_both_sides_agree() {
    let count = std::env::var("HOGA_STORMS").map_or(20, |text| text.parse().unwrap());
    for number in 100..100 + count {
        eprintln!("storm {number}");
        storm(number);
    }
}

fn storm(number: u64) {
    let (server, mut desk) = Desk::connected();
    let (mut seed, mut live) = (number, Vec::new());
    server.drift(number);
    server.stream_faults(number, 0.01);
    for _ in 0..40 {
        desk.until_ready();
        step(&server, &mut desk, &mut seed, &mut live);
    }
    server.no_faults();
    server.stream_faults(number, 0.0);
    server.stop_drift();
    desk.until("every order is decided", |desk| {
        desk.core.orders().values().all(|order| {
            order.pending_change.is_none()
                && !matches!(order.state, hoga::order::OrderState::Unknown | hoga::order::OrderState::Sent)
        })
    });
    desk.until_ready();
    desk.agrees_with(&server);
    let mut names: Vec<String> = server.orders().into_iter().map(|order| order.client_id).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "an order was sent twice in storm {number}");
    assert!(count > 10 && dec("0") < desk.held(BTC), "storm {number} was none: {count} orders");
}
