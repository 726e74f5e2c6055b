//! Orders that the broker keeps for the opening (예약주문), in Korean and in US shares.
//!
//! They have services of their own: one places, one cancels, and Korea has one that changes. The paper environment takes
//! those in US shares and lists none.

use super::call::{Account, Call, PAGE_200, Parameters, whole};
use crate::broker::api::{BrokerError, PlaceOrder};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::order::OrderNumber;
use crate::broker::kis::service::Service;
use crate::broker::kis::wire::page::PageKeys;
use crate::broker::kis::wire::time::written as day;
use crate::market::{InstrumentId, Quantity, Side};
use crate::order::{OrderKind, is_kept_for_opening};

const NOT_KEPT: &str = "KIS keeps no such order for the opening";
const NO_FRACTIONS: &str = "shares are ordered whole";
const NO_PARTS_OF_A_WON: &str = "prices at KRX are whole won";
/// What is bought or sold with: cash, and no loan.
const CASH: &str = "10";
/// Branch of a reservation. No reply and no list tells another one.
const BRANCH: &str = "001";

const fn side_code(side: Side) -> &'static str {
    match side {
        Side::Sell => "01",
        Side::Buy => "02",
    }
}

/// A new order for the next opening.
///
/// # Errors
/// What the interface cannot carry; nothing has been sent.
pub fn place(account: &Account, realm: Realm, order: &PlaceOrder) -> Result<Call, BrokerError> {
    if !is_kept_for_opening(order.instrument.venue, order.kind.name(), order.side) {
        return Err(BrokerError::Unsupported(NOT_KEPT));
    }
    match OverseasExchange::at(order.instrument.venue) {
        None => {
            let body = account.parameters().joined(korean(order.instrument, order.side, &order.kind, order.quantity)?);
            Call::new(Service::StockReserve, realm, body)
        }
        Some(exchange) => american(account, realm, order, exchange),
    }
}

/// What an order in Korean shares is.
fn korean(of: InstrumentId, side: Side, kind: &OrderKind, quantity: Quantity) -> Result<Parameters, BrokerError> {
    let code = match kind {
        OrderKind::Limit { .. } => "00",
        OrderKind::Market => "01",
        OrderKind::ConditionalLimit { .. } => "02",
        OrderKind::PreOpenClose => "05",
        _ => return Err(BrokerError::Unsupported(NOT_KEPT)),
    };
    let price = kind.limit().map_or(Ok("0".into()), |price| whole(price.value(), NO_PARTS_OF_A_WON))?;
    Ok(Parameters::new()
        .with("PDNO", of.symbol.as_str())
        .with("ORD_QTY", whole(quantity.value(), NO_FRACTIONS)?)
        .with("ORD_UNPR", price)
        .with("SLL_BUY_DVSN_CD", side_code(side))
        .with("ORD_DVSN_CD", code)
        .with("ORD_OBJT_CBLC_DVSN_CD", CASH))
}

fn american(
    account: &Account,
    realm: Realm,
    order: &PlaceOrder,
    exchange: OverseasExchange,
) -> Result<Call, BrokerError> {
    let (code, price) = match order.kind {
        OrderKind::Limit { price } => ("00", price.value().normalize().to_string()),
        OrderKind::OnOpen { price: None } => ("31", "0".to_owned()),
        _ => return Err(BrokerError::Unsupported(NOT_KEPT)),
    };
    let service = match order.side {
        Side::Buy => Service::OverseasReserveBuy,
        Side::Sell => Service::OverseasReserveSell,
    };
    let body = account
        .parameters()
        .with("PDNO", order.instrument.symbol.as_str())
        .with("OVRS_EXCG_CD", exchange.orders())
        .with("FT_ORD_QTY", whole(order.quantity.value(), NO_FRACTIONS)?)
        .with("FT_ORD_UNPR3", price)
        .with("ORD_SVR_DVSN_CD", "0")
        .with("ORD_DVSN", code);
    Call::new(service, realm, body)
}

/// The end of an order before the opening.
///
/// # Errors
/// The environment has no such service.
pub fn cancel(account: &Account, realm: Realm, of: InstrumentId, number: &OrderNumber) -> Result<Call, BrokerError> {
    if of.venue.is_american() {
        let body =
            account.parameters().with("RSVN_ORD_RCIT_DT", day(number.date)).with("OVRS_RSVN_ODNO", &*number.digits);
        return Call::new(Service::OverseasReserveCancel, realm, body);
    }
    Call::new(Service::StockReserveCancel, realm, target(account, number))
}

/// Another price, type or quantity of an order in Korean shares: all of it is said anew.
///
/// # Errors
/// Another market: there is no service for it. What the interface cannot carry.
pub fn replace(
    account: &Account,
    realm: Realm,
    (number, of, side): (&OrderNumber, InstrumentId, Side),
    kind: &OrderKind,
    quantity: Quantity,
) -> Result<Call, BrokerError> {
    if of.venue.is_american() {
        let reason = "KIS changes no reserved order in US shares: cancel it and place another";
        return Err(BrokerError::Unsupported(reason));
    }
    let body = target(account, number)
        .joined(korean(of, side, kind, quantity)?)
        .with("LOAN_DT", "")
        .with("RSVN_ORD_END_DT", "")
        .with("CTAL_TLNO", "");
    Call::new(Service::StockReserveChange, realm, body)
}

fn target(account: &Account, number: &OrderNumber) -> Parameters {
    account
        .parameters()
        .with("RSVN_ORD_SEQ", &*number.digits)
        .with("RSVN_ORD_ORGNO", BRANCH)
        .with("RSVN_ORD_ORD_DT", day(number.date))
}

/// Orders in Korean shares of some days that wait for an opening or were sent at one; those that were canceled are left out.
///
/// # Errors
/// The paper environment does not have it.
pub fn korean_list(
    account: &Account,
    realm: Realm,
    days: (jiff::civil::Date, jiff::civil::Date),
    page: &PageKeys,
) -> Result<Call, BrokerError> {
    let query = Parameters::new()
        .with("RSVN_ORD_ORD_DT", day(days.0))
        .with("RSVN_ORD_END_DT", day(days.1))
        .with("RSVN_ORD_SEQ", "")
        .with("TMNL_MDIA_KIND_CD", "00")
        .joined(account.parameters())
        .with("PRCS_DVSN_CD", "0")
        .with("CNCL_YN", "Y")
        .with("PDNO", "")
        .with("SLL_BUY_DVSN_CD", "")
        .page(PAGE_200, page);
    Call::new(Service::StockReservations, realm, query)
}

/// The same at one US exchange, canceled ones too.
///
/// # Errors
/// The paper environment does not have it.
pub fn american_list(
    account: &Account,
    realm: Realm,
    exchange: OverseasExchange,
    days: (jiff::civil::Date, jiff::civil::Date),
    page: &PageKeys,
) -> Result<Call, BrokerError> {
    let query = account
        .parameters()
        .with("INQR_STRT_DT", day(days.0))
        .with("INQR_END_DT", day(days.1))
        .with("INQR_DVSN_CD", "00")
        .with("OVRS_EXCG_CD", exchange.orders())
        .with("PRDT_TYPE_CD", "")
        .page(PAGE_200, page);
    Call::new(Service::OverseasReservations, realm, query)
}
