//! Questions about Korean shares.

use jiff::civil::{Date, Time};
use rust_decimal::Decimal;

use super::call::{Account, Call, PAGE_100, Parameters};
use crate::broker::api::BrokerError;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::division;
use crate::broker::kis::service::Service;
use crate::broker::kis::wire::page::PageKeys;
use crate::broker::kis::wire::time::written;
use crate::market::candle::Interval;
use crate::market::{InstrumentId, Side};

/// Venue and symbol of a quote.
fn of(instrument: InstrumentId) -> Result<Parameters, BrokerError> {
    let division = division(instrument.venue).ok_or(BrokerError::Unsupported("not a Korean venue"))?;
    let parameters = Parameters::new().with("FID_COND_MRKT_DIV_CODE", division);
    Ok(parameters.with("FID_INPUT_ISCD", instrument.symbol.as_str()))
}

fn clock(time: Time) -> String {
    format!("{:02}{:02}{:02}", time.hour(), time.minute(), time.second())
}

/// The price.
///
/// # Errors
/// No Korean venue.
pub fn price(realm: Realm, instrument: InstrumentId) -> Result<Call, BrokerError> {
    Call::new(Service::StockPrice, realm, of(instrument)?)
}

/// The book and the expected price.
///
/// # Errors
/// No Korean venue.
pub fn book(realm: Realm, instrument: InstrumentId) -> Result<Call, BrokerError> {
    Call::new(Service::StockBook, realm, of(instrument)?)
}

/// Prints of today back from a time.
///
/// # Errors
/// No Korean venue.
pub fn prints(realm: Realm, instrument: InstrumentId, until: Time) -> Result<Call, BrokerError> {
    Call::new(Service::StockPrintsAt, realm, of(instrument)?.with("FID_INPUT_HOUR_1", clock(until)))
}

/// Days, weeks or months between two dates, 100 at most, the newest of them; adjusted for splits.
///
/// # Errors
/// No Korean venue, or another interval.
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
    let parameters = of(instrument)?
        .with("FID_INPUT_DATE_1", written(from))
        .with("FID_INPUT_DATE_2", written(until))
        .with("FID_PERIOD_DIV_CODE", period)
        // Here 0 is adjusted; in the list of recent days it is the other way round.
        .with("FID_ORG_ADJ_PRC", "0");
    Call::new(Service::StockChart, realm, parameters)
}

/// The newest 30 days, adjusted for splits.
///
/// # Errors
/// No Korean venue.
pub fn recent_days(realm: Realm, instrument: InstrumentId) -> Result<Call, BrokerError> {
    let parameters = of(instrument)?
        .with("FID_PERIOD_DIV_CODE", "D")
        // Here 1 is adjusted.
        .with("FID_ORG_ADJ_PRC", "1");
    Call::new(Service::StockDays, realm, parameters)
}

/// 30 minutes of today up to and with a time, which must not be in the future: it would give flat bars.
///
/// # Errors
/// No Korean venue.
pub fn minutes(realm: Realm, instrument: InstrumentId, until: Time) -> Result<Call, BrokerError> {
    let parameters = of(instrument)?
        .with("FID_INPUT_HOUR_1", clock(until))
        .with("FID_PW_DATA_INCU_YN", "N")
        .with("FID_ETC_CLS_CODE", "");
    Call::new(Service::StockMinutes, realm, parameters)
}

/// 120 minutes back from a time of any day of the last year.
///
/// # Errors
/// No Korean venue, or the paper environment.
pub fn past_minutes(realm: Realm, instrument: InstrumentId, date: Date, until: Time) -> Result<Call, BrokerError> {
    let parameters = of(instrument)?
        .with("FID_INPUT_DATE_1", written(date))
        .with("FID_INPUT_HOUR_1", clock(until))
        .with("FID_PW_DATA_INCU_YN", "Y")
        .with("FID_FAKE_TICK_INCU_YN", "N");
    Call::new(Service::StockPastMinutes, realm, parameters)
}

/// Prices of up to 30 at once; more are left out.
///
/// # Errors
/// The paper environment, or none at a Korean venue.
pub fn prices(realm: Realm, instruments: &[InstrumentId]) -> Result<Call, BrokerError> {
    let mut parameters = Parameters::new();
    let korean = instruments.iter().filter_map(|instrument| Some((division(instrument.venue)?, instrument)));
    for (names, (division, instrument)) in NUMBERED.iter().zip(korean) {
        parameters = parameters.with(names.0, division).with(names.1, instrument.symbol.as_str());
    }
    Call::new(Service::StockPrices, realm, parameters)
}

macro_rules! numbered {
    ($($number:literal)*) => {
        [$((concat!("FID_COND_MRKT_DIV_CODE_", $number), concat!("FID_INPUT_ISCD_", $number)),)*]
    };
}

/// Names of the parameters of [`prices`].
const NUMBERED: [(&str, &str); 30] =
    numbered!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30);

/// Open and closed days from a date on. About once a day: the answer is kept.
///
/// # Errors
/// The paper environment.
pub fn holidays(realm: Realm, from: Date) -> Result<Call, BrokerError> {
    let parameters = Parameters::new().with("BASS_DT", written(from)).with("CTX_AREA_NK", "").with("CTX_AREA_FK", "");
    Call::new(Service::Holidays, realm, parameters)
}

/// What a Korean share is.
///
/// # Errors
/// The paper environment.
pub fn info(realm: Realm, symbol: &str) -> Result<Call, BrokerError> {
    Call::new(Service::StockInfo, realm, Parameters::new().with("PRDT_TYPE_CD", "300").with("PDNO", symbol))
}

/// Orders of Korean shares between two dates, newest first: all of them, or only what is still open. The paper environment
/// knows KRX only; elsewhere a single exchange would leave out fills at the other.
///
/// # Errors
/// Never for these services.
pub fn orders(
    account: &Account,
    realm: Realm,
    (from, until): (Date, Date),
    only_open: bool,
    page: &PageKeys,
) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("INQR_STRT_DT", written(from))
        .with("INQR_END_DT", written(until))
        .with("SLL_BUY_DVSN_CD", "00")
        .with("PDNO", "")
        .with("ORD_GNO_BRNO", "")
        .with("ODNO", "")
        .with("CCLD_DVSN", if only_open { "02" } else { "00" })
        .with("INQR_DVSN", "00")
        .with("INQR_DVSN_1", "")
        .with("INQR_DVSN_3", "00")
        .with("EXCG_ID_DVSN_CD", if realm == Realm::Live { "ALL" } else { "KRX" })
        .page(PAGE_100, page);
    Call::new(Service::StockOrders, realm, parameters)
}

/// Orders that can be changed.
///
/// # Errors
/// The paper environment: there it is [`orders`] with what is open.
pub fn revocable(account: &Account, realm: Realm, page: &PageKeys) -> Result<Call, BrokerError> {
    let parameters = account.parameters().page(PAGE_100, page).with("INQR_DVSN_1", "0").with("INQR_DVSN_2", "0");
    Call::new(Service::StockRevocable, realm, parameters)
}

/// Holdings and cash, valued at both exchanges where there are two.
///
/// # Errors
/// Never for this service.
pub fn balance(account: &Account, realm: Realm, page: &PageKeys) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("AFHR_FLPR_YN", if realm == Realm::Live { "Y" } else { "N" })
        .with("OFL_YN", "")
        .with("INQR_DVSN", "01")
        .with("UNPR_DVSN", "01")
        .with("FUND_STTL_ICLD_YN", "N")
        .with("FNCG_AMT_AUTO_RDPT_YN", "N")
        .with("PRCS_DVSN", "00")
        .page(PAGE_100, page);
    Call::new(Service::StockBalance, realm, parameters)
}

/// How much can be bought: of a symbol at a price, at the market without one, and only money without a symbol. It is
/// always asked as for a market order, since only then the margin rate of the symbol is applied.
///
/// # Errors
/// Never for this service.
pub fn buyable(
    account: &Account,
    realm: Realm,
    symbol: Option<&str>,
    price: Option<Decimal>,
) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("PDNO", symbol.unwrap_or_default())
        .with("ORD_UNPR", price.map(|price| price.trunc().to_string()).unwrap_or_default())
        .with("ORD_DVSN", "01")
        .with("CMA_EVLU_AMT_ICLD_YN", "N")
        .with("OVRS_ICLD_YN", "N");
    Call::new(Service::StockBuyable, realm, parameters)
}

/// How much can be sold.
///
/// # Errors
/// The paper environment: there the balance says it.
pub fn sellable(account: &Account, realm: Realm, symbol: &str) -> Result<Call, BrokerError> {
    Call::new(Service::StockSellable, realm, account.parameters().with("PDNO", symbol))
}

/// `SLL_BUY_DVSN_CD` of a side.
#[must_use]
pub const fn side_code(side: Side) -> &'static str {
    match side {
        Side::Sell => "01",
        Side::Buy => "02",
    }
}
