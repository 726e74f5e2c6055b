//! Orders in bonds: `buy`, `sell`, `order-rvsecncl`. The general market only.

use rust_decimal::{Decimal, dec};
use serde_json::Value;

use super::calls::{Asked, check_account};
use super::clock::hms;
use super::exchange::Exchange;
use super::matching::Accepted;
use super::order::{Line, Order};
use super::params::Params;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply};
use super::sample::{Sample, set};
use super::session;

pub fn buy(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    for name in ["IDCR_STFNO", "MGCO_APTM_ODNO", "CTAC_TLNO"] {
        asked.params.one_of(name, &[""])?;
    }
    order(exchange, asked, true)
}

pub fn sell(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    params.one_of("SPRX_YN", &["N", "Y"])?;
    params.one_of("SLL_AGCO_OPPS_SLL_YN", &["N"])?;
    let by_product = params.one_of("ORD_DVSN", &["01", "02", "03"])? == "01";
    let (bought, purchase) = (params.need("BUY_DT")?, params.need("BUY_SEQ")?);
    if by_product != (bought.is_empty() && purchase.is_empty()) {
        return Err(Refusal::query("OPSQ2002", "ERROR : INPUT INVALID_CHECK_BUY_DT"));
    }
    for name in ["MGCO_APTM_ODNO", "CTAC_TLNO"] {
        params.one_of(name, &[""])?;
    }
    order(exchange, asked, false)
}

fn taken(order: &Order) -> Value {
    let mut body = Sample::BondOrderReply.body();
    let (number, time) = (order.number.clone(), hms(order.korean.time()));
    set(&mut body["output"], [("KRX_FWDG_ORD_ORGNO", order.branch.to_owned()), ("ODNO", number), ("ORD_TMD", time)]);
    body
}

fn check_hours(exchange: &Exchange, now: i64) -> Result<(), Refusal> {
    match session::korean(now, &exchange.closed) {
        (_, false) => Err(Refusal::holiday(exchange.realm)),
        _ if session::bonds(now, &exchange.closed) => Ok(()),
        (at, _) => Err(Refusal::closed(exchange.realm, at.time().hour() < 12)),
    }
}

/// On the steps of the bond and within the day's limits.
fn price(exchange: &Exchange, params: &Params, isin: &str) -> Result<Decimal, Refusal> {
    let price = params.number("BOND_ORD_UNPR")?;
    let listing = exchange.listing(isin);
    let (upper, lower) = listing.limits();
    let is_sound = (price % listing.tick(price)).is_zero() && (lower..=upper).contains(&price);
    if is_sound { Ok(price) } else { Err(Refusal::price()) }
}

fn order(exchange: &mut Exchange, asked: &Asked<'_>, is_buy: bool) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let isin = params.need("PDNO")?.to_owned();
    exchange.bond_market(&isin)?;
    params.one_of("SAMT_MKET_PTCI_YN", &["N"])?;
    params.one_of("BOND_RTL_MKET_YN", &["N"])?;
    params.one_of("ORD_SVR_DVSN_CD", &["0"])?;
    let quantity = params.whole("ORD_QTY2")?;
    check_hours(exchange, asked.now)?;
    let price = price(exchange, params, &isin)?;
    if quantity.is_zero() || !(quantity % dec!(10)).is_zero() {
        return Err(Refusal::order("APBK0400", "주문수량을 확인하시기 바랍니다."));
    }
    if is_buy && exchange.listing(&isin).money(price * quantity) > exchange.orderable(Line::Bond) {
        return Err(Refusal::no_cash());
    }
    if !is_buy && quantity > exchange.sellable(&isin) {
        return Err(Refusal::no_shares());
    }
    let order = Accepted {
        line: Line::Bond,
        exchange: "KRX".to_owned(),
        symbol: isin,
        is_buy,
        kind: "00".to_owned(),
        price,
        trigger: None,
        quantity,
    };
    let id = exchange.accept(order, asked.now);
    Reply::whole(taken(&exchange.orders[id]))
}

/// A change is of all that is open, and names no quantity.
pub fn change(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let isin = params.need("PDNO")?.to_owned();
    exchange.bond_market(&isin)?;
    let is_cancel = params.one_of("RVSE_CNCL_DVSN_CD", &["01", "02"])? == "02";
    params.one_of("QTY_ALL_ORD_YN", &["Y"])?;
    params.one_of("ORD_QTY2", &[""])?;
    params.one_of("MGCO_APTM_ODNO", &[""])?;
    params.one_of("ORD_SVR_DVSN_CD", &["0"])?;
    params.one_of("CTAC_TLNO", &[""])?;
    let nothing = || Refusal::nothing_left(exchange.realm);
    let id = exchange.by_number(Line::Bond, params.need("ORGN_ODNO")?).ok_or_else(nothing)?;
    let order = &exchange.orders[id];
    if !order.is_open() || order.symbol != isin {
        return Err(nothing());
    }
    check_hours(exchange, asked.now)?;
    let (open, is_buy, before) = (order.remaining(), order.is_buy, order.price);
    let new = if is_cancel {
        params.number("BOND_ORD_UNPR")?;
        exchange.cancel(id, open, asked.now)
    } else {
        let price = price(exchange, params, &isin)?;
        let more = exchange.listing(&isin).money((price - before) * open);
        if is_buy && more > exchange.orderable(Line::Bond) {
            return Err(Refusal::no_cash());
        }
        exchange.modify(id, open, "00", price, asked.now)
    };
    Reply::whole(taken(&exchange.orders[new]))
}
