//! What a broker knows of an instrument beside its listing.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// See the module. What is not told, or does not fit the product, is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Whether trading in it is halted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halted: Option<bool>,
    /// Whether Nextrade trades it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_nextrade: Option<bool>,
    /// Net asset value of a unit of a fund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_asset_value: Option<Decimal>,
    /// Price above the net asset value, per cent; negative is a discount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub premium_percent: Option<Decimal>,
    /// Coupon of a bond, per cent a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon_percent: Option<Decimal>,
    /// Day on which a bond is redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matures: Option<String>,
    /// Ratings of a bond, each with who gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratings: Option<String>,
}
