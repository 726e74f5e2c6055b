//! Questions about Korean index futures and options.

use jiff::civil::Date;

use super::call::{Account, Call, PAGE_200, Parameters};
use super::future::Session;
use crate::broker::api::BrokerError;
use crate::broker::kis::derivative::Contract;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::service::Service;
use crate::broker::kis::wire::page::PageKeys;
use crate::broker::kis::wire::time::written;
use crate::market::InstrumentId;
use crate::market::candle::Interval;

fn of(session: Session, instrument: InstrumentId) -> Parameters {
    let parameters = Parameters::new().with("FID_COND_MRKT_DIV_CODE", Contract::of(instrument).division(session));
    parameters.with("FID_INPUT_ISCD", instrument.symbol.as_str())
}

/// The price.
///
/// # Errors
/// Never for this service.
pub fn price(realm: Realm, session: Session, instrument: InstrumentId) -> Result<Call, BrokerError> {
    Call::new(Service::FuturePrice, realm, of(session, instrument))
}

/// The book, five levels.
///
/// # Errors
/// Never for this service.
pub fn book(realm: Realm, session: Session, instrument: InstrumentId) -> Result<Call, BrokerError> {
    Call::new(Service::FutureBook, realm, of(session, instrument))
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
    let parameters = of(Session::Day, instrument)
        .with("FID_INPUT_DATE_1", written(from))
        .with("FID_INPUT_DATE_2", written(until))
        .with("FID_PERIOD_DIV_CODE", period);
    Call::new(Service::FutureChart, realm, parameters)
}

/// Minutes of a session back from a time, 102 at most. The time is in seconds since the midnight of the day on which the
/// session began: hours go on past midnight.
///
/// # Errors
/// The paper environment.
pub fn minutes(
    realm: Realm,
    session: Session,
    instrument: InstrumentId,
    (day, seconds): (Date, u64),
) -> Result<Call, BrokerError> {
    let time = format!("{:02}{:02}{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let parameters = of(session, instrument)
        .with("FID_HOUR_CLS_CODE", "60")
        .with("FID_PW_DATA_INCU_YN", "Y")
        .with("FID_FAKE_TICK_INCU_YN", "N")
        .with("FID_INPUT_DATE_1", written(day))
        .with("FID_INPUT_HOUR_1", time);
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

/// Orders of the nights that began between two dates, whatever their state, newest first. The broker wants the day after the
/// last one named.
///
/// # Errors
/// The paper environment.
pub fn night_orders(
    account: &Account,
    realm: Realm,
    (from, until): (Date, Date),
    page: &PageKeys,
) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("STRT_ORD_DT", written(from))
        .with("END_ORD_DT", written(until.tomorrow().unwrap_or(until)))
        .with("SLL_BUY_DVSN_CD", "00")
        .with("CCLD_NCCS_DVSN", "00")
        .with("SORT_SQN", "")
        .with("STRT_ODNO", "")
        .with("PDNO", "")
        .with("MKET_ID_CD", "")
        .with("FUOP_DVSN_CD", "")
        .with("SCRN_DVSN", "02")
        .page(PAGE_200, page);
    Call::new(Service::FutureNightOrders, realm, parameters)
}

/// Positions and cash while the night session runs, counted as [`balance`] does.
///
/// # Errors
/// The paper environment.
pub fn night_balance(account: &Account, realm: Realm, page: &PageKeys) -> Result<Call, BrokerError> {
    let parameters = account.parameters().with("MGNA_DVSN", "01").with("EXCC_STAT_CD", "2").with("ACNT_PWD", "");
    Call::new(Service::FutureNightBalance, realm, parameters.page(PAGE_200, page))
}
