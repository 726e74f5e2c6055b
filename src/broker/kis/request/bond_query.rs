//! Questions about bonds; the paper environment has none.

use jiff::civil::Date;

use super::call::{Account, Call, PAGE_200, Parameters};
use crate::broker::api::BrokerError;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::service::Service;
use crate::broker::kis::wire::page::PageKeys;
use crate::broker::kis::wire::time::written;
use crate::market::Price;

fn of(isin: &str) -> Parameters {
    Parameters::new().with("FID_COND_MRKT_DIV_CODE", "B").with("FID_INPUT_ISCD", isin)
}

/// The price.
///
/// # Errors
/// The environment does not have it.
pub fn price(realm: Realm, isin: &str) -> Result<Call, BrokerError> {
    Call::new(Service::BondPrice, realm, of(isin))
}

/// The book.
///
/// # Errors
/// The environment does not have it.
pub fn book(realm: Realm, isin: &str) -> Result<Call, BrokerError> {
    Call::new(Service::BondBook, realm, of(isin))
}

/// The newest prints.
///
/// # Errors
/// The environment does not have it.
pub fn prints(realm: Realm, isin: &str) -> Result<Call, BrokerError> {
    Call::new(Service::BondPrints, realm, of(isin))
}

/// The newest hundred days.
///
/// # Errors
/// The environment does not have it.
pub fn days(realm: Realm, isin: &str) -> Result<Call, BrokerError> {
    Call::new(Service::BondDays, realm, of(isin))
}

/// Orders since a date of the last week, whatever became of them. The last date must be the day it is asked on.
///
/// # Errors
/// The environment does not have it.
pub fn orders(
    account: &Account,
    realm: Realm,
    (from, today): (Date, Date),
    page: &PageKeys,
) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("INQR_STRT_DT", written(from))
        .with("INQR_END_DT", written(today))
        .with("SLL_BUY_DVSN_CD", "%")
        .with("SORT_SQN_DVSN", "01")
        .with("PDNO", "")
        .with("NCCS_YN", "N")
        .page(PAGE_200, page);
    Call::new(Service::BondOrders, realm, parameters)
}

/// Every purchase that is held.
///
/// # Errors
/// The environment does not have it.
pub fn balance(account: &Account, realm: Realm, page: &PageKeys) -> Result<Call, BrokerError> {
    let parameters =
        account.parameters().with("INQR_CNDT", "00").with("PDNO", "").with("BUY_DT", "").page(PAGE_200, page);
    Call::new(Service::BondBalance, realm, parameters)
}

/// How much can be bought at a price, in the general market.
///
/// # Errors
/// The environment does not have it.
pub fn buyable(account: &Account, realm: Realm, isin: &str, price: Price) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("PDNO", isin)
        .with("BOND_ORD_UNPR", price.value().normalize().to_string())
        .with("SAMT_MKET_PTCI_YN", "N");
    Call::new(Service::BondBuyable, realm, parameters)
}
