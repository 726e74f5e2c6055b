//! Orders in Korean futures and options. There is no flag for opening or closing: positions net.

use super::call::{Account, Call, Parameters, whole};
use crate::broker::api::BrokerError;
use crate::broker::kis::derivative::Contract;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::order::OrderNumber;
use crate::broker::kis::service::Service;
use crate::market::{Price, Quantity, Side};
use crate::order::TimeInForce;

const WHOLE_CONTRACTS: &str = "contracts are whole";

/// Types the exchange takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FutureKind {
    /// At this price or better.
    Limit(Price),
    /// At any price.
    Market,
    /// A limit that becomes a market order in the closing auction.
    ConditionalLimit(Price),
    /// At the best opposite price.
    Best,
}

impl FutureKind {
    /// `ORD_DVSN_CD`.
    const fn code(self, time_in_force: TimeInForce) -> Option<&'static str> {
        Some(match (self, time_in_force) {
            (Self::Limit(_), TimeInForce::Day) => "01",
            (Self::Limit(_), TimeInForce::Ioc) => "10",
            (Self::Limit(_), TimeInForce::Fok) => "11",
            (Self::Market, TimeInForce::Day) => "02",
            (Self::Market, TimeInForce::Ioc) => "12",
            (Self::Market, TimeInForce::Fok) => "13",
            (Self::ConditionalLimit(_), TimeInForce::Day) => "03",
            (Self::Best, TimeInForce::Day) => "04",
            (Self::Best, TimeInForce::Ioc) => "14",
            (Self::Best, TimeInForce::Fok) => "15",
            _ => return None,
        })
    }

    fn price(self) -> String {
        match self {
            Self::Limit(price) | Self::ConditionalLimit(price) => price.value().normalize().to_string(),
            Self::Market | Self::Best => "0".into(),
        }
    }
}

/// A session of the derivatives market; each has its own services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// 08:45 to 15:45.
    Day,
    /// 18:00 to 06:00 of the next day; not in the paper environment.
    Night,
}

/// A new order.
#[derive(Debug, Clone, Copy)]
pub struct FutureOrder<'a> {
    /// Short code, from the master file.
    pub contract: &'a str,
    /// Which way.
    pub side: Side,
    /// Type and price.
    pub kind: FutureKind,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Contracts.
    pub quantity: Quantity,
}

/// The call of a new order.
///
/// # Errors
/// What the interface cannot carry; nothing has been sent.
pub fn place(account: &Account, realm: Realm, session: Session, order: FutureOrder<'_>) -> Result<Call, BrokerError> {
    let code = order.kind.code(order.time_in_force);
    let code = code.ok_or(BrokerError::Unsupported("this type has no such time in force"))?;
    let side = match order.side {
        Side::Sell => "01",
        Side::Buy => "02",
    };
    let parameters = Parameters::new()
        .with("ORD_PRCS_DVSN_CD", "02")
        .joined(account.parameters())
        .with("SLL_BUY_DVSN_CD", side)
        .with("SHTN_PDNO", order.contract)
        .with("ORD_QTY", whole(order.quantity.value(), WHOLE_CONTRACTS)?)
        .with("UNIT_PRICE", order.kind.price())
        .with("NMPR_TYPE_CD", "")
        .with("KRX_NMPR_CNDT_CD", "")
        .with("CTAC_TLNO", "")
        .with("FUOP_ITEM_DVSN_CD", "")
        .with("ORD_DVSN_CD", code);
    let service = match session {
        Session::Day => Service::FutureOrder,
        Session::Night => Service::FutureNightOrder,
    };
    Call::new(service, realm, parameters)
}

/// A modification to a price, or a cancel without one, of all that is open. The live day session has a word for "all"; the
/// paper environment and the night session want the number. At night it also says what `contract` is.
///
/// # Errors
/// What the interface cannot carry.
pub fn change(
    account: &Account,
    realm: Realm,
    session: Session,
    (number, contract, open): (&OrderNumber, &str, Quantity),
    price: Option<Price>,
) -> Result<Call, BrokerError> {
    let all = realm == Realm::Live && session == Session::Day;
    let quantity = if all { "0".to_owned() } else { whole(open.value(), WHOLE_CONTRACTS)? };
    let parameters = Parameters::new()
        .with("ORD_PRCS_DVSN_CD", "02")
        .joined(account.parameters())
        .with("RVSE_CNCL_DVSN_CD", if price.is_some() { "01" } else { "02" })
        .with("ORGN_ODNO", &*number.digits)
        .with("ORD_QTY", quantity)
        .with("UNIT_PRICE", price.map_or("0".into(), |price| price.value().normalize().to_string()))
        .with("NMPR_TYPE_CD", "")
        .with("KRX_NMPR_CNDT_CD", if price.is_some() { "" } else { "0" })
        .with("RMN_QTY_YN", "Y")
        .with("FUOP_ITEM_DVSN_CD", if session == Session::Night { Contract::item(contract) } else { "" })
        .with("ORD_DVSN_CD", "01");
    let service = match session {
        Session::Day => Service::FutureChange,
        Session::Night => Service::FutureNightChange,
    };
    Call::new(service, realm, parameters)
}
