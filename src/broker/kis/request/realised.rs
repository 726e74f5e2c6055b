//! Questions about realised profit, of which the paper environment answers none.

use jiff::civil::Date;

use super::call::{Account, Call, PAGE_100, PAGE_200, Parameters};
use crate::broker::api::BrokerError;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::service::Service;
use crate::broker::kis::wire::page::PageKeys;
use crate::broker::kis::wire::time::written;

fn korean(account: &Account, (from, until): (Date, Date), page: &PageKeys) -> Parameters {
    account
        .parameters()
        .with("INQR_STRT_DT", written(from))
        .with("INQR_END_DT", written(until))
        .with("PDNO", "")
        // Oldest first.
        .with("SORT_DVSN", "01")
        .with("CBLC_DVSN", "00")
        .page(PAGE_100, page)
}

/// What Korean shares brought between two dates, a row a day.
///
/// # Errors
/// The paper environment.
pub fn of_days(account: &Account, realm: Realm, days: (Date, Date), page: &PageKeys) -> Result<Call, BrokerError> {
    Call::new(Service::StockDayProfits, realm, korean(account, days, page).with("INQR_DVSN", "00"))
}

/// The same, a row an instrument and day.
///
/// # Errors
/// The paper environment.
pub fn of_trades(account: &Account, realm: Realm, days: (Date, Date), page: &PageKeys) -> Result<Call, BrokerError> {
    Call::new(Service::StockTradeProfits, realm, korean(account, days, page))
}

/// What foreign shares brought between two dates of their exchanges, at every exchange, each in its own currency: a row an
/// instrument and day.
///
/// # Errors
/// The paper environment.
pub fn of_foreign(
    account: &Account,
    realm: Realm,
    (from, until): (Date, Date),
    page: &PageKeys,
) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("OVRS_EXCG_CD", "")
        .with("NATN_CD", "")
        .with("CRCY_CD", "")
        .with("PDNO", "")
        .with("INQR_STRT_DT", written(from))
        .with("INQR_END_DT", written(until))
        // Foreign money; in the balance by trade date it is the other way round.
        .with("WCRC_FRCR_DVSN_CD", "01")
        .page(PAGE_200, page);
    Call::new(Service::OverseasProfits, realm, parameters)
}
