//! Questions about Korean index futures and options.

use jiff::civil::{Date, DateTime};

use super::call::{Account, Call, PAGE_200, Parameters};
use crate::broker::api::BrokerError;
use crate::broker::kis::derivative::Contract;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::service::Service;
use crate::broker::kis::wire::page::PageKeys;
use crate::broker::kis::wire::time::written;
use crate::market::InstrumentId;
use crate::market::candle::Interval;

fn of(instrument: InstrumentId) -> Parameters {
    let parameters = Parameters::new().with("FID_COND_MRKT_DIV_CODE", Contract::of(instrument).division());
    parameters.with("FID_INPUT_ISCD", instrument.symbol.as_str())
}

/// The price.
///
/// # Errors
/// Never for this service.
pub fn price(realm: Realm, instrument: InstrumentId) -> Result<Call, BrokerError> {
    Call::new(Service::FuturePrice, realm, of(instrument))
}

/// The book, five levels.
///
/// # Errors
/// Never for this service.
pub fn book(realm: Realm, instrument: InstrumentId) -> Result<Call, BrokerError> {
    Call::new(Service::FutureBook, realm, of(instrument))
}

/// Days, weeks or months between two dates, 100 at most.
///
/// # Errors
/// Another interval.
pub fn chart(
    realm: Realm,
    instrument: InstrumentId,
    interval: Interval,
    (from, until): (Date, Date),
) -> Result<Call, BrokerError> {
    let period = match interval {
        Interval::Day1 => "D",
        Interval::Week1 => "W",
        Interval::Month1 => "M",
        _ => return Err(BrokerError::Unsupported("KIS charts have minutes, days, weeks and months")),
    };
    let parameters = of(instrument)
        .with("FID_INPUT_DATE_1", written(from))
        .with("FID_INPUT_DATE_2", written(until))
        .with("FID_PERIOD_DIV_CODE", period);
    Call::new(Service::FutureChart, realm, parameters)
}

/// Minutes back from a time of a day, 102 at most.
///
/// # Errors
/// The paper environment.
pub fn minutes(realm: Realm, instrument: InstrumentId, until: DateTime) -> Result<Call, BrokerError> {
    let parameters = of(instrument)
        .with("FID_HOUR_CLS_CODE", "60")
        .with("FID_PW_DATA_INCU_YN", "Y")
        .with("FID_FAKE_TICK_INCU_YN", "N")
        .with("FID_INPUT_DATE_1", written(until.date()))
        .with("FID_INPUT_HOUR_1", until.time().strftime("%H%M%S").to_string());
    Call::new(Service::FutureMinutes, realm, parameters)
}

/// Margin rates of every underlying on a day.
///
/// # Errors
/// The paper environment.
pub fn margin_rates(realm: Realm, day: Date, page: &PageKeys) -> Result<Call, BrokerError> {
    let parameters =
        Parameters::new().with("BASS_DT", written(day)).with("BAST_ID", "").with("CTX_AREA_NK200", page.next.as_str());
    Call::new(Service::FutureMarginRates, realm, parameters)
}

/// Orders between two dates, whatever their state, newest first.
///
/// # Errors
/// Never for this service.
pub fn orders(
    account: &Account,
    realm: Realm,
    (from, until): (Date, Date),
    page: &PageKeys,
) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("STRT_ORD_DT", written(from))
        .with("END_ORD_DT", written(until))
        .with("SLL_BUY_DVSN_CD", "00")
        .with("CCLD_NCCS_DVSN", "00")
        .with("SORT_SQN", "DS")
        .with("STRT_ODNO", "")
        .with("PDNO", "")
        .with("MKET_ID_CD", "")
        .page(PAGE_200, page);
    Call::new(Service::FutureOrders, realm, parameters)
}

/// Positions and cash, profits counted from what was paid: hoga keeps a position at its average price for as long as it is
/// held, and does not move it to each day's settlement price.
///
/// # Errors
/// Never for this service.
pub fn balance(account: &Account, realm: Realm, page: &PageKeys) -> Result<Call, BrokerError> {
    let parameters = account.parameters().with("MGNA_DVSN", "01").with("EXCC_STAT_CD", "2").page(PAGE_200, page);
    Call::new(Service::FutureBalance, realm, parameters)
}
