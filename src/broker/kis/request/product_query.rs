//! What funds and bonds are. The paper environment has none of it.

use super::call::{Call, Parameters};
use crate::broker::api::BrokerError;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::service::Service;

/// Price and net asset value of an ETF or ETN.
///
/// # Errors
/// The paper environment.
pub fn etf_price(realm: Realm, symbol: &str) -> Result<Call, BrokerError> {
    let parameters = Parameters::new().with("fid_input_iscd", symbol).with("fid_cond_mrkt_div_code", "J");
    Call::new(Service::EtfPrice, realm, parameters)
}

/// Coupon, maturity and ratings of a bond.
///
/// # Errors
/// The paper environment.
pub fn bond_issue(realm: Realm, isin: &str) -> Result<Call, BrokerError> {
    Call::new(Service::BondIssue, realm, Parameters::new().with("PDNO", isin).with("PRDT_TYPE_CD", "302"))
}
