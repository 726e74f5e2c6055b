//! Bonds at the exchange. A price is for 10,000 won of face value, a quantity of one is 1,000 won of it, so an amount is
//! quantity times price over ten.

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer};

use super::number::Sign;
use super::record::{Numbered, Record, record};
use super::stock_book::{WireLevel, levels};
use super::{Clock, Day, Number, Text};

/// Money of a quantity of a bond, won.
#[must_use]
pub fn amount(quantity: Decimal, price: Decimal) -> Option<Decimal> {
    quantity.checked_mul(price).and_then(|product| product.checked_div(Decimal::TEN))
}

record! {
    /// `inquire-price`.
    BondPrice {
        isin: Text = "stnd_iscd", "ISIN.";
        name: Text = "hts_kor_isnm", "Korean name.";
        last: Number = "bond_prpr", "Last price.";
        sign: Sign = "prdy_vrss_sign", "Direction against the previous close.";
        change: Number = "bond_prdy_vrss", "Change, signed.";
        previous_close: Number = "bond_prdy_clpr", "Previous close.";
        open: Number = "bond_oprc", "First price.";
        high: Number = "bond_hgpr", "Highest price.";
        low: Number = "bond_lwpr", "Lowest price.";
        rate: Number = "ernn_rate", "Yield, per cent.";
        volume: Number = "acml_vol", "Traded today.";
        upper_limit: Number = "bond_mxpr", "Upper limit.";
        lower_limit: Number = "bond_llam", "Lower limit.";
    }
}

/// `inquire-asking-price`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BondBook {
    /// When, Korean time.
    pub time: Clock,
    /// Asks, lowest first; empty levels are zero.
    pub asks: [WireLevel; 5],
    /// Bids, highest first; empty levels are zero.
    pub bids: [WireLevel; 5],
    /// Yields of the asks, per cent.
    pub ask_rates: [Number; 5],
    /// Yields of the bids, per cent.
    pub bid_rates: [Number; 5],
}

impl<'de> Deserialize<'de> for BondBook {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Numbered::deserialize(deserializer)?;
        Ok(Self {
            time: fields.field("aspr_acpt_hour")?,
            asks: levels(&fields, "bond_askp", "askp_rsqn")?,
            bids: levels(&fields, "bond_bidp", "bidp_rsqn")?,
            ask_rates: fields.levels("seln_ernn_rate")?,
            bid_rates: fields.levels("shnu_ernn_rate")?,
        })
    }
}

impl Record for BondBook {}

record! {
    /// A print of `inquire-ccnl`.
    BondPrint, filler without time {
        time: Clock = "stck_cntg_hour", "When, Korean time.";
        price: Number = "bond_prpr", "Price.";
        quantity: Number = "cntg_vol", "Traded.";
        volume: Number = "acml_vol", "Traded until then.";
    }
}

record! {
    /// A bar of `inquire-daily-price` or `inquire-daily-itemchartprice`; a day without trades has no prices but the last.
    BondBar, filler without date {
        date: Day = "stck_bsop_date", "Its day.";
        open: Number = "bond_oprc", "First price.";
        high: Number = "bond_hgpr", "Highest price.";
        low: Number = "bond_lwpr", "Lowest price.";
        close: Number = "bond_prpr", "Last price.";
        volume: Number = "acml_vol", "Traded.";
    }
}

record! {
    /// `issue-info`.
    BondIssue {
        isin: Text = "pdno", "ISIN.";
        name: Text = "prdt_name", "Korean name.";
        class: Text = "bond_clsf_kor_name", "Class in Korean.";
        issuer: Text = "issu_istt_name", "Issuer.";
        coupon: Number = "srfc_inrt", "Coupon, per cent a year.";
        months_between_coupons: Number = "int_dfrm_mcnt", "Months from coupon to coupon.";
        issued: Day = "issu_dt", "Issued.";
        matures: Day = "expd_dt", "Matures.";
        next_coupon: Day = "nxtm_int_dfrm_dt", "Next coupon.";
        rating: Text = "kis_crdt_grad_text", "Rating by KIS.";
        rating_kbp: Text = "kbp_crdt_grad_text", "Rating by KBP.";
        rating_nice: Text = "nice_crdt_grad_text", "Rating by NICE.";
        rating_fnp: Text = "fnp_crdt_grad_text", "Rating by FnP.";
    }
}

record! {
    /// `search-bond-info`.
    BondInfo {
        isin: Text = "pdno", "ISIN.";
        name: Text = "ksd_bond_item_name", "Korean name.";
        issued: Day = "issu_dt", "Issued.";
        redeemed: Day = "rdpt_dt", "Redeemed.";
        coupon: Number = "ksd_rcvg_bond_srfc_inrt", "Coupon, per cent a year.";
        currency: Text = "iso_crcy_cd", "Currency.";
    }
}

record! {
    /// A purchase still held: a row of `inquire-balance`. A sell names its date and number.
    BondHolding, filler without isin {
        isin: Text = "pdno", "ISIN.";
        name: Text = "prdt_name", "Korean name.";
        bought: Day = "buy_dt", "Date of the purchase.";
        purchase: Text = "buy_sqno", "Number of the purchase that day.";
        quantity: Number = "cblc_qty", "Held.";
        sellable: Number = "ord_psbl_qty", "What can be sold.";
        price: Number = "buy_unpr", "Price of the purchase.";
        amount: Number = "buy_amt", "Money of the purchase, won.";
        matures: Day = "exdt", "Matures.";
    }
}

record! {
    /// `inquire-psbl-order`.
    BondBuyable {
        cash: Number = "ord_psbl_cash", "Cash that can be ordered with, won.";
        amount: Number = "buy_psbl_amt", "Money that can be ordered for, won.";
        quantity: Number = "buy_psbl_qty", "What can be bought.";
        price: Number = "bond_ord_unpr2", "Price it was computed with.";
    }
}

record! {
    /// A row of `inquire-daily-ccld` or `inquire-psbl-rvsecncl`.
    BondOrder, filler without number {
        date: Day = "ord_dt", "Date; absent in the list of open orders.";
        time: Clock = "ord_tmd", "Time, Korean.";
        branch: Text = "ord_gno_brno", "Its branch.";
        number: Text = "odno", "Its number.";
        changed: Text = "orgn_odno", "Number of the order it changed.";
        isin: Text = "shtn_pdno" or "pdno", "ISIN.";
        side: Text = "sll_buy_dvsn_cd", "01 sell, 02 buy.";
        kind_name: Text = "sll_buy_dvsn_cd_name" or "rvse_cncl_dvsn_name", "Side and kind of change in words.";
        quantity: Number = "ord_qty", "Ordered.";
        price: Number = "bond_ord_unpr", "Price.";
        filled: Number = "tot_ccld_qty", "Filled.";
        average: Number = "bond_avg_unpr", "Average price of the fills.";
        filled_value: Number = "tot_ccld_amt", "Money of the fills, won.";
        open: Number = "nccs_qty" or "ord_psbl_qty", "Still open.";
    }
}
