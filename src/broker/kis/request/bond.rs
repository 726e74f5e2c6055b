//! Orders in bonds at the exchange; the paper environment has none.

use super::call::{Account, Call, whole};
use crate::broker::api::BrokerError;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::order::OrderNumber;
use crate::broker::kis::service::Service;
use crate::market::{Price, Quantity};

const WHOLE: &str = "bonds are ordered in thousands of won";

fn price_text(price: Price) -> String {
    price.value().normalize().to_string()
}

/// A buy in the general market.
///
/// # Errors
/// What the interface cannot carry.
pub fn buy(account: &Account, realm: Realm, isin: &str, quantity: Quantity, price: Price) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("PDNO", isin)
        .with("ORD_QTY2", whole(quantity.value(), WHOLE)?)
        .with("BOND_ORD_UNPR", price_text(price))
        .with("SAMT_MKET_PTCI_YN", "N")
        .with("BOND_RTL_MKET_YN", "N")
        .with("IDCR_STFNO", "")
        .with("MGCO_APTM_ODNO", "")
        .with("ORD_SVR_DVSN_CD", "0")
        .with("CTAC_TLNO", "");
    Call::new(Service::BondBuy, realm, parameters)
}

/// A sell in the general market, of whichever purchases of the bond the broker takes: it works their average price out.
///
/// # Errors
/// What the interface cannot carry.
pub fn sell(
    account: &Account,
    realm: Realm,
    isin: &str,
    quantity: Quantity,
    price: Price,
) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("ORD_DVSN", "01")
        .with("PDNO", isin)
        .with("ORD_QTY2", whole(quantity.value(), WHOLE)?)
        .with("BOND_ORD_UNPR", price_text(price))
        .with("SPRX_YN", "N")
        .with("BUY_DT", "")
        .with("BUY_SEQ", "")
        .with("SAMT_MKET_PTCI_YN", "N")
        .with("SLL_AGCO_OPPS_SLL_YN", "N")
        .with("BOND_RTL_MKET_YN", "N")
        .with("MGCO_APTM_ODNO", "")
        .with("ORD_SVR_DVSN_CD", "0")
        .with("CTAC_TLNO", "");
    Call::new(Service::BondSell, realm, parameters)
}

/// A modification to a price, or a cancel without one, of all that is open.
///
/// # Errors
/// The environment does not have it.
pub fn change(
    account: &Account,
    realm: Realm,
    isin: &str,
    number: &OrderNumber,
    price: Option<Price>,
) -> Result<Call, BrokerError> {
    let parameters = account
        .parameters()
        .with("PDNO", isin)
        .with("ORGN_ODNO", &*number.digits)
        .with("ORD_QTY2", "")
        .with("BOND_ORD_UNPR", price.map_or("0".into(), price_text))
        .with("QTY_ALL_ORD_YN", "Y")
        .with("RVSE_CNCL_DVSN_CD", if price.is_some() { "01" } else { "02" })
        .with("MGCO_APTM_ODNO", "")
        .with("ORD_SVR_DVSN_CD", "0")
        .with("CTAC_TLNO", "");
    Call::new(Service::BondChange, realm, parameters)
}
