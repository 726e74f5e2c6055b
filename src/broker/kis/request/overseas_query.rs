//! Questions about foreign shares.

use jiff::civil::Date;

use super::call::{Account, Call, PAGE_200, Parameters};
use crate::broker::api::BrokerError;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::service::Service;
use crate::broker::kis::wire::page::PageKeys;
use crate::broker::kis::wire::time::written;
use crate::market::candle::Interval;

fn of(exchange: OverseasExchange, symbol: &str) -> Parameters {
    Parameters::new().with("AUTH", "").with("EXCD", exchange.quotes()).with("SYMB", symbol)
}

/// The price.
///
/// # Errors
/// Never for this service.
pub fn price(realm: Realm, exchange: OverseasExchange, symbol: &str) -> Result<Call, BrokerError> {
    Call::new(Service::OverseasPrice, realm, of(exchange, symbol))
}

/// Everything about the price.
///
/// # Errors
/// The paper environment.
pub fn detail(realm: Realm, exchange: OverseasExchange, symbol: &str) -> Result<Call, BrokerError> {
    Call::new(Service::OverseasDetail, realm, of(exchange, symbol))
}

/// The book.
///
/// # Errors
/// The paper environment.
pub fn book(realm: Realm, exchange: OverseasExchange, symbol: &str) -> Result<Call, BrokerError> {
    Call::new(Service::OverseasBook, realm, of(exchange, symbol))
}

/// Days, weeks or months up to a date, 100 at most, adjusted for splits.
///
/// # Errors
/// Another interval.
pub fn bars(
    realm: Realm,
    exchange: OverseasExchange,
    symbol: &str,
    interval: Interval,
    until: Option<Date>,
) -> Result<Call, BrokerError> {
    let period = match interval {
        Interval::Day1 => "0",
        Interval::Week1 => "1",
        Interval::Month1 => "2",
        _ => return Err(BrokerError::Unsupported("KIS charts have minutes, days, weeks and months")),
    };
    let parameters = of(exchange, symbol)
        .with("GUBN", period)
        .with("BYMD", until.map(written).unwrap_or_default())
        .with("MODP", "1")
        .with("KEYB", "");
    Call::new(Service::OverseasDays, realm, parameters)
}

/// Minutes, 120 at most. `before` is the key of the page that goes on: exchange time of the oldest bar less a minute.
///
/// # Errors
/// The paper environment.
pub fn minutes(
    realm: Realm,
    exchange: OverseasExchange,
    symbol: &str,
    before: Option<&str>,
) -> Result<Call, BrokerError> {
    let parameters = of(exchange, symbol)
        .with("NMIN", "1")
        .with("PINC", "1")
        .with("NEXT", if before.is_some() { "1" } else { "" })
        .with("NREC", "120")
        .with("FILL", "")
        .with("KEYB", before.unwrap_or_default());
    Call::new(Service::OverseasMinutes, realm, parameters)
}

/// The latest prints of today.
///
/// # Errors
/// The paper environment.
pub fn prints(realm: Realm, exchange: OverseasExchange, symbol: &str) -> Result<Call, BrokerError> {
    let parameters = of(exchange, symbol).with("KEYB", "").with("TDAY", "1");
    Call::new(Service::OverseasPrints, realm, parameters)
}

/// Orders between two dates of the exchange. The paper environment takes no filters: everything must be asked for and
/// chosen here.
///
/// # Errors
/// Never for this service.
pub fn orders(
    account: &Account,
    realm: Realm,
    (from, until): (Date, Date),
    page: &PageKeys,
) -> Result<Call, BrokerError> {
    let (symbol, exchange) = match realm {
        Realm::Live => ("%", "%"),
        Realm::Paper => ("", ""),
    };
    let parameters = account
        .parameters()
        .with("PDNO", symbol)
        .with("ORD_STRT_DT", written(from))
        .with("ORD_END_DT", written(until))
        .with("SLL_BUY_DVSN", "00")
        .with("CCLD_NCCS_DVSN", "00")
        .with("OVRS_EXCG_CD", exchange)
        .with("SORT_SQN", "DS")
        .with("ORD_DT", "")
        .with("ORD_GNO_BRNO", "")
        .with("ODNO", "")
        .page(PAGE_200, page);
    Call::new(Service::OverseasOrders, realm, parameters)
}

/// Open orders; `NASD` stands for every US exchange.
///
/// # Errors
/// The paper environment: there [`orders`] shows what is open.
pub fn open_orders(
    account: &Account,
    realm: Realm,
    exchange: OverseasExchange,
    page: &PageKeys,
) -> Result<Call, BrokerError> {
    let parameters =
        account.parameters().with("OVRS_EXCG_CD", exchange.orders()).with("SORT_SQN", "DS").page(PAGE_200, page);
    Call::new(Service::OverseasOpenOrders, realm, parameters)
}

/// Holdings at an exchange. Live, `NASD` stands for every US exchange; on paper each must be asked for.
///
/// # Errors
/// Never for this service.
pub fn balance(
    account: &Account,
    realm: Realm,
    exchange: OverseasExchange,
    page: &PageKeys,
) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("OVRS_EXCG_CD", exchange.orders())
        .with("TR_CRCY_CD", exchange.currency().as_str())
        .page(PAGE_200, page);
    Call::new(Service::OverseasBalance, realm, parameters)
}

/// Holdings by trade date, cash by currency, totals in won.
///
/// # Errors
/// Never for this service; paper fills only the totals.
pub fn present_balance(account: &Account, realm: Realm) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("WCRC_FRCR_DVSN_CD", "02")
        .with("NATN_CD", "000")
        .with("TR_MKET_CD", "00")
        .with("INQR_DVSN_CD", "00");
    Call::new(Service::OverseasPresentBalance, realm, parameters)
}

/// How much can be bought at a price.
///
/// # Errors
/// Never for this service.
pub fn buyable(
    account: &Account,
    realm: Realm,
    exchange: OverseasExchange,
    symbol: &str,
    price: crate::market::Price,
) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("OVRS_EXCG_CD", exchange.orders())
        .with("OVRS_ORD_UNPR", price.value().normalize().to_string())
        .with("ITEM_CD", symbol);
    Call::new(Service::OverseasBuyable, realm, parameters)
}
