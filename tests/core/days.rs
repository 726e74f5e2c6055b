//! What a day has brought: measured from before the first thing that earned or cost anything on it, in whatever order fills
//! and accounts are told.

use std::time::Duration;

use hoga::broker::api::{BrokerEvent, BrokerRequest, CashFlow, CashFlowKind, RequestBody};
use hoga::config::World;
use hoga::desk::core::CoreCommand;
use hoga::desk::protocol::Outcome;
use hoga::market::{Currency, Side};
use hoga::order::{Cash, ExecutionId, OrderId, OrderKind, TimeInForce};
use rust_decimal::{Decimal, dec};

use crate::desk::{Desk, STOCK, id_of, limit, order, price, units};
use crate::venue::Venue;

const CASH: Decimal = dec!(10_000_000);
/// What ten shares at 70,000 are thought to cost.
const CHARGES: Decimal = dec!(105);

/// A desk that has just been told its account for the first time, at nine in the morning in Seoul; no tick has come yet.
fn first_day() -> (Desk, Venue) {
    let mut desk = Desk::new(World::Paper, 21);
    let mut venue = Venue::default();
    venue.cash = [(Currency::Krw, CASH)].into();
    desk.connect();
    venue.serve(&mut desk);
    desk.open_markets();
    (desk, venue)
}

fn order_ten(desk: &mut Desk, venue: &mut Venue) -> OrderId {
    let mut ten = limit(STOCK, Side::Buy, 70_000, 10);
    ten.time_in_force = TimeInForce::Gtc;
    let id = desk.submit(ten).unwrap();
    venue.serve(desk);
    id
}

/// All of an order at 70,000, by a broker that does not say what it charges.
fn filled(desk: &Desk, venue: &mut Venue, id: OrderId) -> Vec<BrokerEvent> {
    let mut told = venue.fill(desk.now, id, units(10), 70_000);
    let Some(BrokerEvent::Fill(fill)) = told.first_mut() else { panic!("{told:?}") };
    (fill.commission, fill.tax) = (None, None);
    let fill = fill.clone();
    *venue.fills.last_mut().unwrap() = fill;
    told
}

/// The broker's account shows ten shares, paid with so much in charges.
fn pay(venue: &mut Venue, charges: Decimal) {
    venue.cash.insert(Currency::Krw, CASH - dec!(700_000) - charges);
    venue.positions.insert(id_of(STOCK), (dec!(10), Some(price(70_000))));
}

fn hear(desk: &mut Desk, events: Vec<BrokerEvent>) {
    events.into_iter().for_each(|event| desk.hear(event));
}

fn wait(desk: &mut Desk, venue: &mut Venue) {
    desk.ask(CoreCommand::Reconcile);
    for _ in 0..30 {
        venue.serve(desk);
        desk.pass(Duration::from_secs(1));
    }
    venue.serve(desk);
}

/// Looks at the account until a difference of a moment would have been taken for one.
fn look(desk: &mut Desk, venue: &mut Venue) {
    wait(desk, venue);
    assert_eq!(desk.kinds(), [""; 0], "{:#?}", desk.differences());
}

fn today(desk: &Desk) -> Decimal {
    desk.core.standing(desk.now, 0, Currency::Krw, None).day_profit
}

fn sleep_a_night(desk: &mut Desk) {
    desk.commit();
    desk.now = desk.now.plus(Duration::from_secs(24 * 3_600));
}

fn set_daily_loss(desk: &mut Desk, most: &str) {
    let token = desk.ask(CoreCommand::RiskSet { key: "max_daily_loss".into(), value: most.into() });
    assert!(matches!(desk.reply(token), Some(Outcome::Ok(_))), "{:?}", desk.reply(token));
}

fn is_stopped(desk: &mut Desk) -> bool {
    match desk.submit(limit(STOCK, Side::Buy, 60_000, 1)) {
        Err(failure) => failure.refusals.iter().any(|refusal| refusal.rule.name() == "RISK_MAX_DAILY_LOSS"),
        Ok(id) => {
            desk.cancel(id);
            false
        }
    }
}

#[test]
fn an_order_given_at_once_on_the_first_day_costs_its_charges_and_the_correction_of_them_earns_nothing() {
    let (mut desk, mut venue) = first_day();
    let id = order_ten(&mut desk, &mut venue);
    let told = filled(&desk, &mut venue, id);
    hear(&mut desk, told);
    assert_eq!(today(&desk), -CHARGES, "before any tick");
    desk.pass(Duration::from_secs(1));
    assert_eq!(today(&desk), -CHARGES);
    set_daily_loss(&mut desk, "106");
    assert!(!is_stopped(&mut desk));
    set_daily_loss(&mut desk, "105");
    assert!(is_stopped(&mut desk));
    // The broker takes its charges at the settlement: until then the cash is more than was thought.
    pay(&mut venue, dec!(0));
    look(&mut desk, &mut venue);
    assert_eq!(desk.cash(Currency::Krw), CASH - dec!(700_000));
    assert_eq!(today(&desk), dec!(0), "nothing was gained");
    desk.audit();
}

#[test]
fn the_highest_equity_is_that_before_the_first_fill_too() {
    let (mut desk, mut venue) = first_day();
    let id = order_ten(&mut desk, &mut venue);
    let told = filled(&desk, &mut venue, id);
    hear(&mut desk, told);
    desk.pass(Duration::from_secs(1));
    let standing = desk.core.standing(desk.now, 0, Currency::Krw, None);
    assert_eq!((standing.peak_equity, standing.equity), (CASH, CASH - CHARGES));
}

#[test]
fn holdings_of_the_first_day_are_no_profit_whichever_list_comes_first() {
    for positions_first in [true, false] {
        let mut desk = Desk::new(World::Paper, 22);
        let mut venue = Venue::default();
        venue.cash = [(Currency::Krw, CASH)].into();
        venue.positions = [(id_of(STOCK), (dec!(10), Some(price(68_000))))].into();
        desk.connect();
        let mut asked = desk.take_wire();
        let first = |request: &BrokerRequest| matches!(request.body, RequestBody::Positions) == positions_first;
        asked.sort_by_key(|request| !first(request));
        for request in asked {
            let said = venue.handle(desk.now, request);
            hear(&mut desk, said);
        }
        venue.serve(&mut desk);
        assert_eq!(today(&desk), dec!(0));
        desk.pass(Duration::from_secs(1));
        assert_eq!(today(&desk), dec!(0));
        desk.open_markets();
        desk.trade(STOCK, 70_100);
        assert_eq!(today(&desk), dec!(1_000), "since yesterday's close of 70,000");
    }
}

#[test]
fn a_fill_that_is_told_before_the_account_that_contains_it() {
    let (mut desk, mut venue) = first_day();
    let id = order_ten(&mut desk, &mut venue);
    look(&mut desk, &mut venue);
    sleep_a_night(&mut desk);
    // Of another day, on which nothing has happened yet.
    let told = filled(&desk, &mut venue, id);
    pay(&mut venue, dec!(100));
    hear(&mut desk, told);
    assert_eq!(today(&desk), -CHARGES);
    look(&mut desk, &mut venue);
    assert_eq!(today(&desk), dec!(-100), "what the broker took for it, no more and no less");
}

#[test]
fn an_account_that_was_asked_for_before_the_fill_and_comes_after_it() {
    let (mut desk, mut venue) = first_day();
    let id = order_ten(&mut desk, &mut venue);
    look(&mut desk, &mut venue);
    sleep_a_night(&mut desk);
    desk.ask(CoreCommand::Reconcile);
    let asked = desk.take_wire();
    let old: Vec<BrokerEvent> = asked.into_iter().flat_map(|request| venue.handle(desk.now, request)).collect();
    let told = filled(&desk, &mut venue, id);
    hear(&mut desk, told);
    hear(&mut desk, old);
    assert_eq!(today(&desk), -CHARGES);
    pay(&mut venue, CHARGES);
    look(&mut desk, &mut venue);
    assert_eq!(today(&desk), -CHARGES);
}

#[test]
fn an_account_that_contains_a_fill_nobody_has_told_yet() {
    let (mut desk, mut venue) = first_day();
    let id = order_ten(&mut desk, &mut venue);
    look(&mut desk, &mut venue);
    sleep_a_night(&mut desk);
    let told = filled(&desk, &mut venue, id);
    let hidden = venue.fills.pop().unwrap();
    pay(&mut venue, dec!(100));
    desk.ask(CoreCommand::Reconcile);
    for request in desk.take_wire() {
        if matches!(request.body, RequestBody::Balances | RequestBody::Positions) {
            let said = venue.handle(desk.now, request);
            hear(&mut desk, said);
        }
    }
    desk.pass(Duration::from_secs(1));
    assert_eq!(today(&desk), dec!(0), "a difference that is looked at again is no loss");
    venue.fills.push(hidden);
    hear(&mut desk, told);
    assert_eq!(today(&desk), -CHARGES);
    look(&mut desk, &mut venue);
    assert_eq!(today(&desk), dec!(-100));
}

#[test]
fn a_fill_while_the_desk_was_away_this_morning_costs_its_charges_today() {
    let (mut desk, mut venue) = first_day();
    let id = order_ten(&mut desk, &mut venue);
    look(&mut desk, &mut venue);
    sleep_a_night(&mut desk);
    filled(&desk, &mut venue, id);
    pay(&mut venue, CHARGES);
    desk.now = desk.now.plus(Duration::from_secs(60));
    desk.restart();
    // Everything is told before the first tick.
    desk.connect();
    venue.serve(&mut desk);
    assert_eq!(today(&desk), -CHARGES);
    desk.pass(Duration::from_secs(1));
    assert_eq!(today(&desk), -CHARGES);
    desk.restart();
    assert_eq!(today(&desk), -CHARGES, "and another desk knows it");
}

#[test]
fn a_fill_of_yesterday_that_is_told_today_is_nothing_of_today() {
    let (mut desk, mut venue) = first_day();
    let id = order_ten(&mut desk, &mut venue);
    look(&mut desk, &mut venue);
    filled(&desk, &mut venue, id);
    pay(&mut venue, dec!(100));
    sleep_a_night(&mut desk);
    desk.restart();
    desk.connect();
    venue.serve(&mut desk);
    assert_eq!(today(&desk), dec!(0));
    wait(&mut desk, &mut venue);
    assert_eq!(desk.cash(Currency::Krw), CASH - dec!(700_100), "corrected to what was charged");
    assert_eq!(today(&desk), dec!(0));
}

#[test]
fn what_the_broker_took_for_the_fills_of_yesterday_is_no_profit_of_today() {
    let (mut desk, mut venue) = first_day();
    let id = order_ten(&mut desk, &mut venue);
    let told = filled(&desk, &mut venue, id);
    hear(&mut desk, told);
    pay(&mut venue, CHARGES);
    look(&mut desk, &mut venue);
    sleep_a_night(&mut desk);
    desk.pass(Duration::from_secs(1));
    assert_eq!(today(&desk), dec!(0));
    // The settlement of the night says 90.
    pay(&mut venue, dec!(90));
    look(&mut desk, &mut venue);
    assert_eq!((desk.cash(Currency::Krw), today(&desk)), (CASH - dec!(700_090), dec!(0)));
    // What is sold today, and corrected, is today's.
    let sale = desk.submit(order(STOCK, Side::Sell, OrderKind::Market, 1)).unwrap();
    venue.serve(&mut desk);
    let mut told = venue.fill(desk.now, sale, units(1), 70_000);
    let Some(BrokerEvent::Fill(fill)) = told.first_mut() else { panic!("{told:?}") };
    (fill.commission, fill.tax) = (None, None);
    hear(&mut desk, told);
    let cost = -today(&desk);
    assert!(cost > dec!(0));
    venue.cash.insert(Currency::Krw, CASH - dec!(630_090) - cost + dec!(5));
    venue.positions.insert(id_of(STOCK), (dec!(9), Some(price(70_000))));
    look(&mut desk, &mut venue);
    assert_eq!(today(&desk), dec!(5) - cost);
}

#[test]
fn a_dividend_before_the_first_tick_of_a_day_is_of_that_day_and_one_of_yesterday_is_not() {
    let (mut desk, mut venue) = first_day();
    look(&mut desk, &mut venue);
    let yesterday = desk.now;
    sleep_a_night(&mut desk);
    for (id, time, earned) in [("D1", desk.now, dec!(700)), ("D2", yesterday, dec!(700))] {
        desk.hear(BrokerEvent::CashFlow(CashFlow {
            id: ExecutionId::new(id).unwrap(),
            kind: CashFlowKind::Dividend,
            instrument: None,
            amount: Cash::new(dec!(700), Currency::Krw),
            time,
        }));
        assert_eq!(today(&desk), earned);
    }
    desk.pass(Duration::from_secs(1));
    assert_eq!(today(&desk), dec!(700));
}
