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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::broker::kis::capability::Lack;
    use crate::broker::kis::wire::Text;

    const DAYS: (Date, Date) = (date(2026, 9, 1), date(2026, 9, 14));

    fn account() -> Account {
        Account::parse("12345678-01").unwrap()
    }

    fn says(call: &Call, fields: &[(&'static str, &str)]) {
        let said: Vec<(&str, &str)> = call.parameters.iter().collect();
        for field in [("INQR_STRT_DT", "20260901"), ("INQR_END_DT", "20260914")].iter().chain(fields) {
            assert!(said.contains(field), "{field:?}");
        }
    }

    #[test]
    fn each_question_names_its_days_its_filters_and_its_page() {
        let keys = PageKeys { search: Text::new("search"), next: Text::new("next") };
        let by_day = of_days(&account(), Realm::Live, DAYS, &keys).unwrap();
        assert_eq!((by_day.id, by_day.path), ("TTTC8708R", "/uapi/domestic-stock/v1/trading/inquire-period-profit"));
        let all = [("PDNO", ""), ("SORT_DVSN", "01"), ("CBLC_DVSN", "00"), ("CTX_AREA_NK100", "next")];
        says(&by_day, &all);
        says(&by_day, &[("INQR_DVSN", "00")]);
        let by_trade = of_trades(&account(), Realm::Live, DAYS, &keys).unwrap();
        assert_eq!(by_trade.id, "TTTC8715R");
        says(&by_trade, &all);
        assert_eq!(by_trade.parameters.get("INQR_DVSN"), None);
    }

    #[test]
    fn foreign_profit_is_asked_for_in_foreign_money_at_every_exchange() {
        let call = of_foreign(&account(), Realm::Live, DAYS, &PageKeys::default()).unwrap();
        assert_eq!((call.id, call.path), ("TTTS3039R", "/uapi/overseas-stock/v1/trading/inquire-period-profit"));
        says(&call, &[("WCRC_FRCR_DVSN_CD", "01"), ("OVRS_EXCG_CD", ""), ("CRCY_CD", ""), ("CTX_AREA_FK200", "")]);
    }

    #[test]
    fn paper_counts_nothing() {
        let (account, keys) = (account(), PageKeys::default());
        for call in [
            of_days(&account, Realm::Paper, DAYS, &keys),
            of_trades(&account, Realm::Paper, DAYS, &keys),
            of_foreign(&account, Realm::Paper, DAYS, &keys),
        ] {
            assert_eq!(call.err(), Some(Lack::Realised.error()));
        }
    }
}
