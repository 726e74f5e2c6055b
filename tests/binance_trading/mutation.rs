//! Samples with bytes changed, cut and doubled: read or refused, never a panic, and never a number that cannot be.

use hoga::broker::api::{BrokerEvent, FillReport, OrderReport};
use hoga::broker::binance::algo_links::AlgoLinks;
use hoga::broker::binance::code::{Call, fault};
use hoga::broker::binance::report::{
    algo_report, cash, cash_flows, events, fill_report, must_be_asked, order_report, positions,
};
use hoga::broker::binance::wire::account::{
    Account, AccountConfig, Balance, CommissionRate, Countdown, Income, Leverage, ListenKey, OrderBudget, PositionRisk,
    SymbolConfig,
};
use hoga::broker::binance::wire::algo::{AlgoCanceled, AlgoOrder};
use hoga::broker::binance::wire::list;
use hoga::broker::binance::wire::order::{Order, UserTrade, batch};
use hoga::broker::binance::wire::user::decode;
use hoga::broker::net::json;
use hoga::config::BinanceMarket;
use hoga::market::UtcTime;
use proptest::prelude::*;
use serde::Deserialize;

use super::sample::{bytes, currency_of, names};

const LIMIT: usize = 1 << 20;

fn is_sound_order(report: &OrderReport) -> bool {
    let known = UtcTime::from_millis(1_483_228_800_000)..UtcTime::from_millis(4_102_444_800_000);
    known.contains(&report.time) && report.broker_id.as_str().is_ascii()
}

fn is_sound_fill(fill: &FillReport) -> bool {
    !fill.quantity.is_zero() && !fill.execution_id.as_str().ends_with(":0")
}

/// Everything that is done with bytes from outside.
fn swallow(bytes: &[u8]) {
    let mut links = AlgoLinks::new();
    if let Ok(event) = decode(bytes)
        && let Ok(news) = events(&event, &currency_of, &mut links)
    {
        for event in &news.events {
            match event {
                BrokerEvent::Order(report) => assert!(is_sound_order(report), "{report:?}"),
                BrokerEvent::Fill(fill) => assert!(is_sound_fill(fill), "{fill:?}"),
                BrokerEvent::Notice(text) => assert!(!text.chars().any(char::is_control), "{text:?}"),
                _ => {}
            }
        }
    }
    if let Ok(order) = json::parse::<Order>("order", bytes, LIMIT)
        && let Ok(report) = order_report(&order, &links)
    {
        assert!(is_sound_order(&report), "{report:?}");
    }
    if let Ok(order) = json::parse::<AlgoOrder>("conditional order", bytes, LIMIT) {
        let _ = must_be_asked(&order);
        assert!(
            algo_report(&order, &links).is_ok_and(|report| is_sound_order(&report))
                || algo_report(&order, &links).is_err()
        );
    }
    let _ = batch(bytes, LIMIT);
    for trade in list::parse::<UserTrade>("fills", bytes, LIMIT).into_iter().flat_map(|listed| listed.elements) {
        if let Ok(done) = fill_report(&trade, &currency_of, &links) {
            assert!(is_sound_fill(&done.fill), "{done:?}");
        }
    }
    let _ = json::parse::<Vec<PositionRisk>>("positions", bytes, LIMIT).map(|rows| positions(&rows));
    let _ = json::parse::<Vec<Balance>>("balances", bytes, LIMIT).map(|rows| cash(&rows));
    let _ = json::parse::<Vec<Income>>("income", bytes, LIMIT).map(|rows| cash_flows(&rows, &currency_of));
    read::<Account>(bytes);
    read::<AccountConfig>(bytes);
    read::<Vec<SymbolConfig>>(bytes);
    read::<Leverage>(bytes);
    read::<CommissionRate>(bytes);
    read::<Vec<OrderBudget>>(bytes);
    read::<Countdown>(bytes);
    read::<ListenKey>(bytes);
    read::<AlgoCanceled>(bytes);
    for status in [400, 418, 429, 503] {
        let _ = fault(BinanceMarket::Futures, Call::Place, status, bytes, None);
    }
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) {
    let _ = json::parse::<T>("reply", bytes, LIMIT);
}

/// What a hostile or broken line does to bytes.
#[derive(Debug, Clone)]
enum Change {
    Set(usize, u8),
    Cut(usize),
    Remove(usize, usize),
    Double(usize, usize),
    Number(usize, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let at = 0_usize..4_096;
    let numbers = prop::sample::select(vec![
        "0",
        "-1",
        "-0",
        "1e400",
        "99999999999999999999999999999999",
        "0.00000000000000000000000000000001",
        "null",
        "\"\"",
        "\"NaN\"",
        "{}",
        "[]",
        "true",
        "9223372036854775808",
        "\"\\u001b[2J\"",
    ]);
    prop_oneof![
        (at.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        at.clone().prop_map(Change::Cut),
        (at.clone(), 1_usize..64).prop_map(|(at, count)| Change::Remove(at, count)),
        (at.clone(), 1_usize..64).prop_map(|(at, count)| Change::Double(at, count)),
        (at, numbers).prop_map(|(at, number)| Change::Number(at, number)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    if bytes.is_empty() {
        return;
    }
    let size = bytes.len();
    match *change {
        Change::Set(at, byte) => bytes[at % size] = byte,
        Change::Cut(at) => bytes.truncate(at % size),
        Change::Remove(at, count) => {
            let at = at % size;
            bytes.drain(at..(at + count).min(size));
        }
        Change::Double(at, count) => {
            let at = at % size;
            let part = bytes[at..(at + count).min(size)].to_vec();
            bytes.splice(at..at, part);
        }
        Change::Number(at, number) => {
            // The value after the next colon.
            let at = at % size;
            let Some(colon) = bytes[at..].iter().position(|byte| *byte == b':').map(|found| at + found + 1) else {
                return;
            };
            let end =
                bytes[colon..].iter().position(|byte| matches!(byte, b',' | b'\n' | b'}')).map_or(size, |n| colon + n);
            bytes.splice(colon..end, number.bytes());
        }
    }
}

#[test]
fn the_samples_themselves_are_taken() {
    let names = names();
    assert!(names.len() >= 40, "{names:?}");
    for name in names {
        swallow(&bytes(&name));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_024, ..ProptestConfig::default() })]

    #[test]
    fn changed_samples_never_panic(
        name in prop::sample::select(names()),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let mut bytes = bytes(&name);
        for change in &changes {
            apply(&mut bytes, change);
        }
        swallow(&bytes);
    }
}
