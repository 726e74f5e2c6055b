//! Order types of Korean shares (`ORD_DVSN`): which code an order has, by venue and session, and back.

use crate::broker::kis::exchange::StockRoute;
use crate::market::{Phase, Price};
use crate::order::{OrderKind, TimeInForce};

/// Why an order has no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KindFault {
    /// The interface has no such type.
    #[error("KIS has no such order type for Korean shares: the desk must work it")]
    NoSuchKind,
    /// It has no such time in force for the type.
    #[error("KIS does not take this time in force for this order type")]
    TimeInForce,
    /// The venue does not take the type.
    #[error("NXT takes no market, conditional or closing-price orders")]
    NotAtNextrade,
    /// It cannot be routed by the broker.
    #[error("SOR does not take this order type: choose KRX or NXT")]
    NotRouted,
    /// Only limit, best and priority orders are taken after the close.
    #[error("the KRX after-market takes limit, best and priority orders only")]
    NotAfterMarket,
}

impl KindFault {
    /// The same as a text that lives for ever.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::NoSuchKind => "KIS has no such order type for Korean shares",
            Self::TimeInForce => "KIS does not take this time in force for this order type",
            Self::NotAtNextrade => "NXT takes no market, conditional or closing-price orders",
            Self::NotRouted => "SOR does not take this order type: choose KRX or NXT",
            Self::NotAfterMarket => "the KRX after-market takes limit, best and priority orders only",
        }
    }
}

/// The code of a type: for the day, immediate-or-cancel, fill-or-kill.
const fn regular(kind: &OrderKind) -> Option<[Option<&'static str>; 3]> {
    Some(match kind {
        OrderKind::Limit { .. } => [Some("00"), Some("11"), Some("12")],
        OrderKind::Market => [Some("01"), Some("13"), Some("14")],
        OrderKind::ConditionalLimit { .. } => [Some("02"), None, None],
        OrderKind::BestLimit => [Some("03"), Some("15"), Some("16")],
        OrderKind::PriorityLimit => [Some("04"), None, None],
        OrderKind::MidPrice => [Some("21"), Some("23"), Some("24")],
        OrderKind::StopLimit { .. } => [Some("22"), None, None],
        OrderKind::PreOpenClose => [Some("05"), None, None],
        OrderKind::AfterClose => [Some("06"), None, None],
        OrderKind::Stop { .. } | OrderKind::TrailingStop { .. } | OrderKind::TakeProfit { .. } => return None,
        OrderKind::OnOpen { .. } | OrderKind::OnClose { .. } => return None,
    })
}

/// The same in the KRX after-market (16:00 to 20:00, since 2026-09-14).
const fn after_market(kind: &OrderKind) -> Option<[Option<&'static str>; 3]> {
    Some(match kind {
        OrderKind::Limit { .. } => [Some("41"), Some("42"), Some("43")],
        OrderKind::BestLimit => [Some("44"), Some("45"), Some("46")],
        OrderKind::PriorityLimit => [Some("47"), None, None],
        _ => return None,
    })
}

/// `ORD_DVSN` of an order at a route in a phase of its venue.
///
/// # Errors
/// What stands against it; nothing has been sent.
pub fn code(
    kind: &OrderKind,
    time_in_force: TimeInForce,
    route: StockRoute,
    phase: Phase,
) -> Result<&'static str, KindFault> {
    let after = phase == Phase::AfterMarket && route == StockRoute::Krx;
    let codes = match regular(kind).ok_or(KindFault::NoSuchKind)? {
        _ if after => after_market(kind).ok_or(KindFault::NotAfterMarket)?,
        codes => codes,
    };
    let [day, immediate, all] = codes;
    let code = match time_in_force {
        TimeInForce::Day => day,
        TimeInForce::Ioc => immediate,
        TimeInForce::Fok => all,
        TimeInForce::Gtc | TimeInForce::PostOnly | TimeInForce::Reserved => None,
    };
    let code = code.ok_or(KindFault::TimeInForce)?;
    match route {
        StockRoute::Nxt if matches!(code, "01" | "02" | "05" | "06") => Err(KindFault::NotAtNextrade),
        StockRoute::Best if matches!(code, "02" | "05" | "06" | "21" | "22" | "23" | "24") => Err(KindFault::NotRouted),
        _ => Ok(code),
    }
}

/// Type and time in force of a row: by its code, its price and its trigger. `None` for codes without a meaning here, and
/// where a price that the type needs is missing.
#[must_use]
pub fn of_code(code: &str, price: Option<Price>, trigger: Option<Price>) -> Option<(OrderKind, TimeInForce)> {
    use TimeInForce::{Day, Fok, Ioc};
    let limit = || price.map(|price| OrderKind::Limit { price });
    Some(match code {
        "00" | "27" | "41" => (limit()?, Day),
        "01" => (OrderKind::Market, Day),
        "02" => (OrderKind::ConditionalLimit { price: price? }, Day),
        "03" | "28" | "44" => (OrderKind::BestLimit, Day),
        "04" | "29" | "47" => (OrderKind::PriorityLimit, Day),
        "05" => (OrderKind::PreOpenClose, Day),
        "06" => (OrderKind::AfterClose, Day),
        "11" | "42" => (limit()?, Ioc),
        "12" | "43" => (limit()?, Fok),
        "13" => (OrderKind::Market, Ioc),
        "14" => (OrderKind::Market, Fok),
        "15" | "45" => (OrderKind::BestLimit, Ioc),
        "16" | "46" => (OrderKind::BestLimit, Fok),
        "21" => (OrderKind::MidPrice, Day),
        "22" => (OrderKind::StopLimit { trigger: trigger?, price: price? }, Day),
        "23" => (OrderKind::MidPrice, Ioc),
        "24" => (OrderKind::MidPrice, Fok),
        _ => return None,
    })
}

/// The same of foreign shares, by the code of an execution notice. Lists have none: there an order on open or on close looks
/// like any other.
#[must_use]
pub fn of_overseas_code(code: &str, price: Option<Price>) -> Option<(OrderKind, TimeInForce)> {
    let kind = match code {
        "1" => OrderKind::Market,
        "A" => OrderKind::OnOpen { price: None },
        "B" => OrderKind::OnOpen { price: Some(price?) },
        "C" => OrderKind::OnClose { price: None },
        "D" => OrderKind::OnClose { price: Some(price?) },
        _ => OrderKind::Limit { price: price? },
    };
    Some((kind, TimeInForce::Day))
}

/// The same of futures and options: by its code, which in lists does not always tell the time in force.
#[must_use]
pub fn of_future_code(code: &str, price: Option<Price>) -> Option<(OrderKind, TimeInForce)> {
    use TimeInForce::{Day, Fok, Ioc};
    let limit = || price.map(|price| OrderKind::Limit { price });
    Some(match code {
        "01" => (limit()?, Day),
        "02" => (OrderKind::Market, Day),
        "03" => (OrderKind::ConditionalLimit { price: price? }, Day),
        "04" => (OrderKind::BestLimit, Day),
        "10" => (limit()?, Ioc),
        "11" => (limit()?, Fok),
        "12" => (OrderKind::Market, Ioc),
        "13" => (OrderKind::Market, Fok),
        "14" => (OrderKind::BestLimit, Ioc),
        "15" => (OrderKind::BestLimit, Fok),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn price() -> Price {
        Price::new(dec!(70000)).unwrap()
    }

    #[test]
    fn codes_lead_back_to_their_types() {
        let limit = OrderKind::Limit { price: price() };
        let stop = OrderKind::StopLimit { trigger: price(), price: price() };
        let all =
            [limit, stop, OrderKind::ConditionalLimit { price: price() }, OrderKind::Market, OrderKind::BestLimit];
        let more = [OrderKind::PriorityLimit, OrderKind::MidPrice, OrderKind::PreOpenClose, OrderKind::AfterClose];
        for kind in all.into_iter().chain(more) {
            for time_in_force in TimeInForce::ALL {
                for phase in [Phase::Continuous, Phase::AfterMarket] {
                    if let Ok(code) = code(&kind, time_in_force, StockRoute::Krx, phase) {
                        assert_eq!(of_code(code, Some(price()), Some(price())), Some((kind, time_in_force)), "{code}");
                    }
                }
            }
        }
    }

    #[test]
    fn notices_of_foreign_shares_name_orders_for_the_auctions() {
        let kind = |code, price| of_overseas_code(code, price).map(|(kind, _)| kind);
        assert_eq!(kind("A", None), Some(OrderKind::OnOpen { price: None }));
        assert_eq!(kind("B", Some(price())), Some(OrderKind::OnOpen { price: Some(price()) }));
        assert_eq!(kind("C", None), Some(OrderKind::OnClose { price: None }));
        assert_eq!(kind("D", Some(price())), Some(OrderKind::OnClose { price: Some(price()) }));
        // Not to be taken for one that fills at any price.
        assert_eq!(kind("D", None), None);
        assert_eq!(kind("2", Some(price())), Some(OrderKind::Limit { price: price() }));
    }

    #[test]
    fn trap_42_the_after_market_has_codes_of_its_own_and_07_is_gone() {
        let limit = OrderKind::Limit { price: price() };
        let at = |kind: &OrderKind, tif| code(kind, tif, StockRoute::Krx, Phase::AfterMarket);
        assert_eq!(at(&limit, TimeInForce::Day), Ok("41"));
        assert_eq!(at(&limit, TimeInForce::Ioc), Ok("42"));
        assert_eq!(at(&OrderKind::BestLimit, TimeInForce::Fok), Ok("46"));
        assert_eq!(at(&OrderKind::PriorityLimit, TimeInForce::Day), Ok("47"));
        assert_eq!(at(&OrderKind::Market, TimeInForce::Day), Err(KindFault::NotAfterMarket));
        // NXT's own after-market takes the types of its regular hours.
        assert_eq!(code(&limit, TimeInForce::Day, StockRoute::Nxt, Phase::AfterMarket), Ok("00"));
        assert_eq!(of_code("07", Some(price()), None), None);
    }

    #[test]
    fn each_route_takes_what_it_takes() {
        let now = Phase::Continuous;
        let at = |kind: &OrderKind, route| code(kind, TimeInForce::Day, route, now);
        assert_eq!(at(&OrderKind::Market, StockRoute::Nxt), Err(KindFault::NotAtNextrade));
        assert_eq!(code(&OrderKind::Market, TimeInForce::Ioc, StockRoute::Nxt, now), Ok("13"));
        assert_eq!(at(&OrderKind::MidPrice, StockRoute::Nxt), Ok("21"));
        assert_eq!(at(&OrderKind::MidPrice, StockRoute::Best), Err(KindFault::NotRouted));
        assert_eq!(at(&OrderKind::Market, StockRoute::Best), Ok("01"));
        assert_eq!(at(&OrderKind::Stop { trigger: price() }, StockRoute::Krx), Err(KindFault::NoSuchKind));
        let limit = OrderKind::Limit { price: price() };
        assert_eq!(code(&limit, TimeInForce::Gtc, StockRoute::Krx, now), Err(KindFault::TimeInForce));
    }
}
