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

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::capability::Lack;
    use crate::broker::kis::order::Line;

    const ISIN: &str = "KR6095572D81";

    fn account() -> Account {
        Account::parse("12345678-01").unwrap()
    }

    fn price() -> Price {
        Price::new(dec!(10190.20)).unwrap()
    }

    fn said(call: &Call) -> Vec<(&str, &str)> {
        call.parameters.iter().skip(2).collect()
    }

    #[test]
    fn a_sell_is_of_the_bond_and_names_no_purchase() {
        let call = sell(&account(), Realm::Live, ISIN, Quantity::whole(20), price()).unwrap();
        assert_eq!(call.id, "TTTC0958U");
        let said = said(&call);
        for field in [("ORD_DVSN", "01"), ("PDNO", ISIN), ("ORD_QTY2", "20"), ("BOND_ORD_UNPR", "10190.2")] {
            assert!(said.contains(&field), "{field:?}");
        }
        for field in [("BUY_DT", ""), ("BUY_SEQ", ""), ("SPRX_YN", "N"), ("SAMT_MKET_PTCI_YN", "N")] {
            assert!(said.contains(&field), "{field:?}");
        }
    }

    #[test]
    fn a_change_is_of_all_that_is_open() {
        let number = OrderNumber::new(Line::Bond, date(2026, 10, 14), "0000015401").unwrap();
        let modified = change(&account(), Realm::Live, ISIN, &number, Some(price())).unwrap();
        let canceled = change(&account(), Realm::Live, ISIN, &number, None).unwrap();
        for (call, kind, price) in [(modified, "01", "10190.2"), (canceled, "02", "0")] {
            let said = said(&call);
            assert_eq!(call.id, "TTTC0953U");
            for field in [("ORGN_ODNO", "0000015401"), ("ORD_QTY2", ""), ("QTY_ALL_ORD_YN", "Y")] {
                assert!(said.contains(&field), "{field:?}");
            }
            assert!(said.contains(&("RVSE_CNCL_DVSN_CD", kind)) && said.contains(&("BOND_ORD_UNPR", price)));
        }
    }

    #[test]
    fn nothing_can_be_ordered_on_paper_or_in_parts() {
        let paper = buy(&account(), Realm::Paper, ISIN, Quantity::whole(10), price());
        assert_eq!(paper.err(), Some(Lack::Bond.error()));
        let half = Quantity::new(dec!(10.5)).unwrap();
        assert_eq!(buy(&account(), Realm::Live, ISIN, half, price()).err(), Some(BrokerError::Unsupported(WHOLE)));
    }
}
