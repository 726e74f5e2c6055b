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

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::capability::Lack;
    use crate::broker::kis::order::Line;
    use crate::market::Price;
    use crate::order::{PositionSide, TimeInForce};

    fn account() -> Account {
        Account::parse("12345678-01").unwrap()
    }

    fn order(instrument: &str, side: Side, kind: OrderKind) -> PlaceOrder {
        PlaceOrder {
            order_id: "01999999-9999-7999-8999-999999999999".parse().unwrap(),
            instrument: instrument.parse().unwrap(),
            side,
            kind,
            quantity: Quantity::whole(3),
            time_in_force: TimeInForce::Reserved,
            reduce_only: false,
            position_side: PositionSide::Net,
            route: None,
        }
    }

    fn limit(price: &str) -> OrderKind {
        OrderKind::Limit { price: price.parse::<Price>().unwrap() }
    }

    fn says(call: &Call, fields: &[(&'static str, &str)]) {
        let said: Vec<(&str, &str)> = call.parameters.iter().collect();
        for field in [("CANO", "12345678"), ("ACNT_PRDT_CD", "01")].iter().chain(fields) {
            assert!(said.contains(field), "{field:?}");
        }
    }

    #[test]
    fn an_order_in_korean_shares_is_kept_for_cash() {
        let bought = place(&account(), Realm::Live, &order("KRX:005930", Side::Buy, limit("70100"))).unwrap();
        assert_eq!((bought.id, bought.path), ("CTSC0008U", "/uapi/domestic-stock/v1/trading/order-resv"));
        says(&bought, &[("PDNO", "005930"), ("ORD_QTY", "3"), ("ORD_UNPR", "70100"), ("SLL_BUY_DVSN_CD", "02")]);
        says(&bought, &[("ORD_DVSN_CD", "00"), ("ORD_OBJT_CBLC_DVSN_CD", "10")]);
        let sold = place(&account(), Realm::Live, &order("KRX:005930", Side::Sell, OrderKind::Market)).unwrap();
        says(&sold, &[("SLL_BUY_DVSN_CD", "01"), ("ORD_DVSN_CD", "01"), ("ORD_UNPR", "0")]);
        let paper = place(&account(), Realm::Paper, &order("KRX:005930", Side::Buy, limit("70100")));
        assert_eq!(paper.err(), Some(Lack::Reserved.error()));
    }

    #[test]
    fn an_order_in_us_shares_has_a_service_for_each_side_and_world() {
        for (realm, side, id) in [
            (Realm::Live, Side::Buy, "TTTT3014U"),
            (Realm::Live, Side::Sell, "TTTT3016U"),
            (Realm::Paper, Side::Buy, "VTTT3014U"),
            (Realm::Paper, Side::Sell, "VTTT3016U"),
        ] {
            let call = place(&account(), realm, &order("NASDAQ:AAPL", side, limit("227.50"))).unwrap();
            assert_eq!((call.id, call.path), (id, "/uapi/overseas-stock/v1/trading/order-resv"));
            says(&call, &[("PDNO", "AAPL"), ("OVRS_EXCG_CD", "NASD"), ("FT_ORD_QTY", "3"), ("FT_ORD_UNPR3", "227.5")]);
            says(&call, &[("ORD_DVSN", "00"), ("ORD_SVR_DVSN_CD", "0")]);
        }
        let any = OrderKind::OnOpen { price: None };
        let sold = place(&account(), Realm::Live, &order("NYSE:F", Side::Sell, any)).unwrap();
        says(&sold, &[("OVRS_EXCG_CD", "NYSE"), ("ORD_DVSN", "31"), ("FT_ORD_UNPR3", "0")]);
        for (side, kind) in [(Side::Buy, any), (Side::Buy, OrderKind::Market)] {
            let refused = place(&account(), Realm::Live, &order("NYSE:F", side, kind));
            assert_eq!(refused.err(), Some(BrokerError::Unsupported(NOT_KEPT)));
        }
    }

    #[test]
    fn parts_of_shares_and_of_a_won_are_not_kept() {
        let half = PlaceOrder {
            quantity: Quantity::new(dec!(0.5)).unwrap(),
            ..order("NASDAQ:AAPL", Side::Buy, limit("227.5"))
        };
        assert!(place(&account(), Realm::Live, &half).is_err());
        assert!(place(&account(), Realm::Live, &order("KRX:005930", Side::Buy, limit("70100.5"))).is_err());
    }

    #[test]
    fn what_is_kept_is_named_by_its_number_and_date() {
        let korean = OrderNumber::new(Line::ReservedStock, date(2026, 11, 20), "42793").unwrap();
        let samsung: InstrumentId = "KRX:005930".parse().unwrap();
        let target = [("RSVN_ORD_SEQ", "42793"), ("RSVN_ORD_ORD_DT", "20261120"), ("RSVN_ORD_ORGNO", "001")];
        let gone = cancel(&account(), Realm::Live, samsung, &korean).unwrap();
        assert_eq!(gone.id, "CTSC0009U");
        says(&gone, &target);
        let of = (&korean, samsung, Side::Buy);
        let changed = replace(&account(), Realm::Live, of, &limit("70000"), Quantity::whole(5)).unwrap();
        assert_eq!(changed.id, "CTSC0013U");
        says(&changed, &target);
        says(&changed, &[("ORD_UNPR", "70000"), ("ORD_QTY", "5"), ("PDNO", "005930"), ("SLL_BUY_DVSN_CD", "02")]);
        let foreign = OrderNumber::new(Line::ReservedOverseas, date(2026, 11, 20), "30135682").unwrap();
        let apple: InstrumentId = "NASDAQ:AAPL".parse().unwrap();
        for (realm, id) in [(Realm::Live, "TTTT3017U"), (Realm::Paper, "VTTT3017U")] {
            let gone = cancel(&account(), realm, apple, &foreign).unwrap();
            assert_eq!((gone.id, gone.path), (id, "/uapi/overseas-stock/v1/trading/order-resv-ccnl"));
            says(&gone, &[("RSVN_ORD_RCIT_DT", "20261120"), ("OVRS_RSVN_ODNO", "30135682")]);
        }
        let of = (&foreign, apple, Side::Buy);
        assert!(replace(&account(), Realm::Live, of, &limit("220"), Quantity::whole(5)).is_err());
    }

    #[test]
    fn only_real_money_has_lists() {
        let (keys, days) = (PageKeys::default(), (date(2026, 11, 1), date(2026, 11, 20)));
        let korean = korean_list(&account(), Realm::Live, days, &keys).unwrap();
        says(&korean, &[("RSVN_ORD_ORD_DT", "20261101"), ("RSVN_ORD_END_DT", "20261120"), ("CNCL_YN", "Y")]);
        let foreign = american_list(&account(), Realm::Live, OverseasExchange::Nyse, days, &keys).unwrap();
        says(&foreign, &[("INQR_STRT_DT", "20261101"), ("INQR_END_DT", "20261120"), ("OVRS_EXCG_CD", "NYSE")]);
        assert!(korean_list(&account(), Realm::Paper, days, &keys).is_err());
        assert!(american_list(&account(), Realm::Paper, OverseasExchange::Nyse, days, &keys).is_err());
    }
}
