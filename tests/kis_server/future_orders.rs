//! Orders in futures and options: `order`, `order-rvsecncl`, of the day and of the night session.

use hoga::broker::kis::environment::Realm;
use rust_decimal::{Decimal, dec};
use serde_json::Value;

use super::calls::{Asked, check_derivatives};
use super::clock::{hms, korea, second_of};
use super::exchange::Exchange;
use super::future_book::margin_of;
use super::matching::Accepted;
use super::order::{Line, Order};
use super::params::Params;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply, said};
use super::sample::{Sample, set};
use super::session::{self, Derivatives};

/// Types that name a price.
const PRICED: [&str; 4] = ["01", "03", "10", "11"];
const KINDS: [&str; 10] = ["01", "02", "03", "04", "10", "11", "12", "13", "14", "15"];

/// The answer to an order or a change that the broker has taken.
fn taken(exchange: &Exchange, order: &Order) -> Value {
    let sample = if order.original.is_some() { Sample::FutureChange } else { Sample::FutureOrder };
    let mut body = sample.body();
    let time = hms(order.korean.time());
    set(
        &mut body["output"],
        [
            ("TRAD_DVSN_NAME", if order.is_buy { "매수" } else { "매도" }.to_owned()),
            ("ITEM_NAME", exchange.listing(&order.symbol).name.to_owned()),
            ("ORD_GNO_BRNO", order.branch.to_owned()),
            ("ODNO", order.number.clone()),
            ("ORD_TMD", time),
        ],
    );
    if let Some(original) = order.original {
        set(&mut body["output"], [("ORGN_ODNO", exchange.orders[original].number.clone())]);
    }
    match (exchange.realm, order.original.is_some(), order.is_buy) {
        (Realm::Live, ..) => said(&mut body, "APBK0029", "주문전송이 정상적으로 처리되었습니다."),
        // Code and text of a change on paper are not confirmed.
        (Realm::Paper, true, _) => said(&mut body, "40630000", "모의투자 정정/취소주문이 완료 되었습니다."),
        (Realm::Paper, false, true) => said(&mut body, "40600000", "모의투자 매수주문이 완료 되었습니다."),
        (Realm::Paper, false, false) => said(&mut body, "40590000", "모의투자 매도주문이 완료 되었습니다."),
    }
    body
}

/// Whether a type is taken now.
fn check_hours(exchange: &Exchange, line: Line, kind: &str, now: i64) -> Result<(), Refusal> {
    if line == Line::Night {
        let is_open = session::night(now, &exchange.closed).is_some();
        return if is_open { Ok(()) } else { Err(Refusal::closed(exchange.realm, false)) };
    }
    let (at, is_open) = session::korean(now, &exchange.closed);
    match session::derivatives(now, &exchange.closed) {
        _ if !is_open => Err(Refusal::holiday(exchange.realm)),
        Derivatives::Closed => Err(Refusal::closed(exchange.realm, second_of(at.time()) < 43_200)),
        Derivatives::Auction if !matches!(kind, "01" | "02" | "03") => Err(Refusal::kind_not_now()),
        _ => Ok(()),
    }
}

/// The price of a type, on the ticks and within the day's limits.
fn price(exchange: &Exchange, params: &Params, symbol: &str, kind: &str) -> Result<Decimal, Refusal> {
    let price = params.number("UNIT_PRICE")?;
    if !PRICED.contains(&kind) {
        return if price.is_zero() { Ok(price) } else { Err(Refusal::price()) };
    }
    let listing = exchange.listing(symbol);
    let (upper, lower) = listing.limits();
    let is_sound = !price.is_zero() && (price % listing.tick(price)).is_zero() && (lower..=upper).contains(&price);
    if is_sound { Ok(price) } else { Err(Refusal::price()) }
}

/// The fields that are told for other products only.
fn check_rest(params: &Params) -> Result<(), Refusal> {
    params.one_of("ORD_PRCS_DVSN_CD", &["02"])?;
    params.one_of("NMPR_TYPE_CD", &["", "01", "02", "03", "04"])?;
    params.one_of("KRX_NMPR_CNDT_CD", &["", "0", "3", "4"])?;
    Ok(())
}

impl Exchange {
    /// Won to order with: what is not held back by positions and open orders.
    pub(super) fn derivative_orderable(&self) -> Decimal {
        let own = &self.account.derivatives;
        let free = own.cash + own.profit(&self.markets, false) - own.margin(&self.markets);
        let open =
            self.orders.iter().filter(|order| matches!(order.line, Line::Future | Line::Night) && order.is_open());
        free - open
            .map(|order| self.held_back(&order.symbol, order.is_buy, order.remaining(), order.price))
            .sum::<Decimal>()
    }

    /// What an order holds back: margin of what it opens, or the premium. Closing holds back nothing.
    fn held_back(&self, symbol: &str, is_buy: bool, quantity: Decimal, price: Decimal) -> Decimal {
        let (market, held) = (&self.markets[symbol], self.account.derivatives.held(symbol));
        let against = if is_buy { (-held).max(dec!(0)) } else { held.max(dec!(0)) };
        let opening = (quantity - against).max(dec!(0));
        if market.listing.is_option() {
            let price = if price.is_zero() { market.listing.limits().0 } else { price };
            return if is_buy { opening * price * market.listing.multiplier } else { dec!(0) };
        }
        margin_of(market, opening)
    }
}

pub fn order(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    place(exchange, asked, Line::Future)
}

pub fn night_order(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    place(exchange, asked, Line::Night)
}

fn place(exchange: &mut Exchange, asked: &Asked<'_>, line: Line) -> Outcome {
    let params = asked.params;
    check_derivatives(params)?;
    check_rest(params)?;
    params.one_of("FUOP_ITEM_DVSN_CD", &[""])?;
    params.one_of("CTAC_TLNO", &[""])?;
    let is_buy = params.one_of("SLL_BUY_DVSN_CD", &["01", "02"])? == "02";
    let symbol = params.need("SHTN_PDNO")?.to_owned();
    let is_option = exchange.derivative(&symbol)?.listing.is_option();
    let kind = params.one_of("ORD_DVSN_CD", &KINDS)?.to_owned();
    let quantity = params.whole("ORD_QTY")?;
    check_hours(exchange, line, &kind, asked.now)?;
    let price = price(exchange, params, &symbol, &kind)?;
    if quantity.is_zero() {
        return Err(Refusal::order("APBK0400", "주문수량을 확인하시기 바랍니다."));
    }
    if is_option && !is_buy && quantity > exchange.account.derivatives.held(&symbol) {
        return Err(Refusal::no_shares());
    }
    if exchange.held_back(&symbol, is_buy, quantity, price) > exchange.derivative_orderable() {
        return Err(Refusal::no_cash());
    }
    let route = "KRX".to_owned();
    let order = Accepted { line, exchange: route, symbol, is_buy, kind, price, trigger: None, quantity };
    let id = exchange.accept(order, asked.now);
    Reply::whole(taken(exchange, &exchange.orders[id]))
}

pub fn change(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    change_of(exchange, asked, Line::Future)
}

pub fn night_change(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    change_of(exchange, asked, Line::Night)
}

/// Modifies or cancels all that is open. Live, a quantity of zero stands for it; on paper and at night it is the quantity
/// itself. At night it says what kind of contract it is about.
fn change_of(exchange: &mut Exchange, asked: &Asked<'_>, line: Line) -> Outcome {
    let params = asked.params;
    check_derivatives(params)?;
    check_rest(params)?;
    params.one_of("RMN_QTY_YN", &["Y"])?;
    let is_cancel = params.one_of("RVSE_CNCL_DVSN_CD", &["01", "02"])? == "02";
    let said = params.whole("ORD_QTY")?;
    let kind = params.one_of("ORD_DVSN_CD", &KINDS)?.to_owned();
    let nothing = || Refusal::nothing_left(exchange.realm);
    let id = exchange.by_number(line, params.need("ORGN_ODNO")?).ok_or_else(nothing)?;
    let order = &exchange.orders[id];
    if !order.is_open() {
        return Err(nothing());
    }
    let open = order.remaining();
    let item = match order.symbol.as_bytes()[0] {
        _ if line == Line::Future => "",
        b'B' => "02",
        b'C' => "03",
        _ => "01",
    };
    params.one_of("FUOP_ITEM_DVSN_CD", &[item])?;
    let all = if exchange.realm == Realm::Live && line == Line::Future { dec!(0) } else { open };
    if said != all {
        return Err(Refusal::no_shares());
    }
    let (symbol, own_kind) = (order.symbol.clone(), order.kind.clone());
    check_hours(exchange, line, if is_cancel { &own_kind } else { &kind }, asked.now)?;
    let new = if is_cancel {
        if !params.number("UNIT_PRICE")?.is_zero() {
            return Err(Refusal::price());
        }
        exchange.cancel(id, open, asked.now)
    } else {
        let price = price(exchange, params, &symbol, &kind)?;
        exchange.modify(id, open, &kind, price, asked.now)
    };
    Reply::whole(taken(exchange, &exchange.orders[new]))
}
