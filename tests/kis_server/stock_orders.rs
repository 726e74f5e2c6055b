//! Orders in Korean shares: `order-cash`, `order-rvsecncl`.

use hoga::broker::kis::environment::Realm;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::calls::{Asked, check_account};
use super::clock::{hms, korea, second_of};
use super::exchange::Exchange;
use super::matching::Accepted;
use super::order::{Line, Order};
use super::params::Params;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply, said};
use super::sample::{Sample, set};
use super::session::{self, AFTER_MARKET};

/// Types that name a price.
pub const PRICED: [&str; 9] = ["00", "02", "11", "12", "22", "27", "41", "42", "43"];

pub fn buy(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    order(exchange, asked, true)
}

pub fn sell(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    order(exchange, asked, false)
}

/// The answer to an order or a change that the broker has taken.
pub fn taken(exchange: &Exchange, order: &Order) -> Value {
    let mut body = Sample::OrderReply.body();
    let number = order.number.clone();
    let time = hms(order.korean.time());
    set(&mut body["output"], [("KRX_FWDG_ORD_ORGNO", order.branch.to_owned()), ("ODNO", number), ("ORD_TMD", time)]);
    match (exchange.realm, order.original.is_some(), order.is_buy) {
        (Realm::Live, ..) => said(&mut body, "APBK0013", "주문 전송 완료 되었습니다."),
        // Code and text of a change on paper are not confirmed.
        (Realm::Paper, true, _) => said(&mut body, "40630000", "모의투자 정정/취소주문이 완료 되었습니다."),
        (Realm::Paper, false, true) => said(&mut body, "40600000", "모의투자 매수주문이 완료 되었습니다."),
        (Realm::Paper, false, false) => said(&mut body, "40590000", "모의투자 매도주문이 완료 되었습니다."),
    }
    body
}

/// The route; on paper there is one.
fn route(exchange: &Exchange, params: &Params) -> Result<String, Refusal> {
    let route = params.get("EXCG_ID_DVSN_CD").filter(|route| !route.is_empty()).unwrap_or("KRX");
    let known: &[&str] = if exchange.realm == Realm::Live { &["KRX", "NXT", "SOR"] } else { &["KRX"] };
    let wrong = || Refusal::query("OPSQ2002", "ERROR : INPUT INVALID_CHECK_EXCG_ID_DVSN_CD");
    if known.contains(&route) { Ok(route.to_owned()) } else { Err(wrong()) }
}

/// Whether a route takes an order type now.
fn check_hours(exchange: &Exchange, route: &str, kind: &str, now: i64) -> Result<(), Refusal> {
    let (at, is_open) = session::korean(now, &exchange.closed);
    if !is_open {
        return Err(Refusal::holiday(exchange.realm));
    }
    let second = second_of(at.time());
    // Paper has the regular session only.
    let is_out = exchange.realm == Realm::Paper && !(30_000..55_800).contains(&second);
    let kinds = if is_out { &[] } else { session::taken(route, at.time()) };
    match kinds {
        [] => Err(Refusal::closed(exchange.realm, second < 43_200)),
        kinds if kinds.contains(&kind) => Ok(()),
        _ => Err(Refusal::kind_not_now()),
    }
}

/// The price of a type, on the ticks and within the day's limits.
fn price(exchange: &Exchange, params: &Params, symbol: &str, kind: &str) -> Result<Decimal, Refusal> {
    let price = params.whole("ORD_UNPR")?;
    if !PRICED.contains(&kind) {
        return if price.is_zero() { Ok(price) } else { Err(Refusal::price()) };
    }
    let listing = exchange.listing(symbol);
    let (upper, lower) = listing.limits();
    let is_sound = !price.is_zero() && (price % listing.tick(price)).is_zero() && (lower..=upper).contains(&price);
    if is_sound { Ok(price) } else { Err(Refusal::price()) }
}

fn order(exchange: &mut Exchange, asked: &Asked<'_>, is_buy: bool) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let symbol = params.need("PDNO")?.to_owned();
    let listing = &exchange.market(&symbol, true)?.listing;
    let (nextrade, halted) = (listing.nextrade, listing.halted);
    let kind = params.need("ORD_DVSN")?.to_owned();
    let route = route(exchange, params)?;
    let quantity = params.whole("ORD_QTY")?;
    check_hours(exchange, &route, &kind, asked.now)?;
    if route == "NXT" && !nextrade {
        return Err(Refusal::no_symbol());
    }
    if halted {
        return Err(Refusal::order("APBK0918", "매매 불가 종목입니다."));
    }
    let price = price(exchange, params, &symbol, &kind)?;
    let trigger = if kind == "22" { Some(params.whole("CNDT_PRIC")?) } else { None };
    if quantity.is_zero() {
        return Err(Refusal::order("APBK0400", "주문수량을 확인하시기 바랍니다."));
    }
    let listing = exchange.listing(&symbol);
    if AFTER_MARKET.contains(&kind.as_str()) && listing.is_fund {
        return Err(Refusal::kind_not_now());
    }
    let cost = if price.is_zero() { listing.limits().0 } else { price } * quantity;
    if is_buy && cost > exchange.orderable(Line::Stock) {
        return Err(Refusal::no_cash());
    }
    if !is_buy && quantity > exchange.sellable(&symbol) {
        return Err(Refusal::no_shares());
    }
    let order = Accepted { line: Line::Stock, exchange: route, symbol, is_buy, kind, price, trigger, quantity };
    let id = exchange.accept(order, asked.now);
    Reply::whole(taken(exchange, &exchange.orders[id]))
}

/// What a change aims at: an open order of today under its newest number.
fn target(exchange: &Exchange, params: &Params) -> Result<usize, Refusal> {
    let number = params.need("ORGN_ODNO")?;
    let nothing = || Refusal::nothing_left(exchange.realm);
    let id = exchange.by_number(Line::Stock, number).ok_or_else(nothing)?;
    let order = &exchange.orders[id];
    // An empty branch is taken, a wrong one is not.
    let branch = params.need("KRX_FWDG_ORD_ORGNO")?;
    if !order.is_open() || (!branch.is_empty() && branch != order.branch) {
        return Err(nothing());
    }
    Ok(id)
}

pub fn change(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let is_cancel = params.one_of("RVSE_CNCL_DVSN_CD", &["01", "02"])? == "02";
    let is_all = params.one_of("QTY_ALL_ORD_YN", &["Y", "N"])? == "Y";
    let said = params.whole("ORD_QTY")?;
    let kind = params.need("ORD_DVSN")?.to_owned();
    let route = route(exchange, params)?;
    let id = target(exchange, params)?;
    let order = &exchange.orders[id];
    let (symbol, own_kind, open) = (order.symbol.clone(), order.kind.clone(), order.remaining());
    if route != order.exchange {
        return Err(Refusal::nothing_left(exchange.realm));
    }
    let quantity = if is_all { open } else { said };
    if quantity.is_zero() || quantity > open {
        return Err(Refusal::no_shares());
    }
    check_hours(exchange, &route, if is_cancel { &own_kind } else { &kind }, asked.now)?;
    let new = if is_cancel {
        exchange.cancel(id, quantity, asked.now)
    } else {
        let price = price(exchange, params, &symbol, &kind)?;
        let order = &exchange.orders[id];
        let more = (price - order.price) * quantity;
        if order.is_buy && more > exchange.orderable(Line::Stock) {
            return Err(Refusal::no_cash());
        }
        exchange.modify(id, quantity, &kind, price, asked.now)
    };
    Reply::whole(taken(exchange, &exchange.orders[new]))
}
