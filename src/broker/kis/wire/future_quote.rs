//! Quotes of Korean futures and options. Points, except for stock futures; money in units of 1,000 won.

use serde::de::{Deserialize, Deserializer};

use super::number::Sign;
use super::record::{Numbered, Record, record};
use super::stock_book::{WireLevel, levels};
use super::{Clock, Day, Number, Text};

record! {
    /// The first part of `inquire-price`.
    FuturePrice {
        name: Text = "hts_kor_isnm", "Name.";
        last: Number = "futs_prpr", "Last price.";
        sign: Sign = "prdy_vrss_sign", "Direction against the previous close.";
        change: Number = "futs_prdy_vrss", "Change, signed.";
        change_percent: Number = "futs_prdy_ctrt", "The same in per cent.";
        previous_close: Number = "futs_prdy_clpr", "Previous close.";
        open: Number = "futs_oprc", "First price.";
        high: Number = "futs_hgpr", "Highest price.";
        low: Number = "futs_lwpr", "Lowest price.";
        upper_limit: Number = "futs_mxpr", "Upper limit.";
        lower_limit: Number = "futs_llam", "Lower limit.";
        base: Number = "futs_sdpr", "기준가.";
        volume: Number = "acml_vol", "Contracts traded.";
        value: Number = "acml_tr_pbmn", "Money traded in units of 1,000 won.";
        open_interest: Number = "hts_otst_stpl_qty", "Open interest, contracts.";
        theoretical: Number = "hts_thpr", "Theoretical price.";
        basis: Number = "basis", "Basis.";
        last_day: Day = "futs_last_tr_date", "Last trading day.";
        days_left: Number = "hts_rmnn_dynu", "Days until then.";
        strike: Number = "acpr", "Strike of an option.";
        delta: Number = "delta_val", "Delta.";
        gamma: Number = "gama", "Gamma.";
        theta: Number = "theta", "Theta.";
        vega: Number = "vega", "Vega.";
        rho: Number = "rho", "Rho.";
        implied_volatility: Number = "hts_ints_vltl", "Implied volatility, per cent.";
    }
}

/// The second part of `inquire-asking-price`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FutureBook {
    /// When, Korean time.
    pub time: Clock,
    /// Asks, lowest first; empty levels are zero.
    pub asks: [WireLevel; 5],
    /// Bids, highest first; empty levels are zero.
    pub bids: [WireLevel; 5],
}

impl<'de> Deserialize<'de> for FutureBook {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Numbered::deserialize(deserializer)?;
        Ok(Self {
            time: fields.field("aspr_acpt_hour")?,
            asks: levels(&fields, "futs_askp", "askp_rsqn")?,
            bids: levels(&fields, "futs_bidp", "bidp_rsqn")?,
        })
    }
}

impl Record for FutureBook {}

record! {
    /// A bar of either chart, newest first.
    FutureBar, filler without date {
        date: Day = "stck_bsop_date", "Its day.";
        time: Clock = "stck_cntg_hour", "Its minute; hours of the night session go on past midnight. Absent in days.";
        open: Number = "futs_oprc", "First price.";
        high: Number = "futs_hgpr", "Highest price.";
        low: Number = "futs_lwpr", "Lowest price.";
        close: Number = "futs_prpr", "Last price.";
        volume: Number = "acml_vol" or "cntg_vol", "Contracts traded.";
        value: Number = "acml_tr_pbmn", "Money traded in units of 1,000 won; of minutes that of the day until then.";
    }
}

record! {
    /// A contract of `display-board-futures`.
    FutureOnBoard, filler without contract {
        contract: Text = "futs_shrn_iscd", "Short code.";
        name: Text = "hts_kor_isnm", "Name.";
        last: Number = "futs_prpr", "Last price.";
        change: Number = "futs_prdy_vrss", "Change, signed.";
        ask: Number = "futs_askp", "Best ask.";
        bid: Number = "futs_bidp", "Best bid.";
        volume: Number = "acml_vol", "Contracts traded.";
        open_interest: Number = "hts_otst_stpl_qty", "Open interest, contracts.";
        days_left: Number = "hts_rmnn_dynu", "Days until the last trading day.";
    }
}

record! {
    /// An option of `display-board-callput`: calls in the first part, puts in the second.
    OptionOnBoard, filler without contract {
        contract: Text = "optn_shrn_iscd", "Short code.";
        strike: Number = "acpr", "Strike.";
        last: Number = "optn_prpr", "Last price.";
        change: Number = "optn_prdy_vrss", "Change, signed.";
        ask: Number = "optn_askp", "Best ask.";
        bid: Number = "optn_bidp", "Best bid.";
        volume: Number = "acml_vol", "Contracts traded.";
        open_interest: Number = "hts_otst_stpl_qty", "Open interest, contracts.";
        delta: Number = "delta_val", "Delta.";
        implied_volatility: Number = "hts_ints_vltl", "Implied volatility, per cent.";
        moneyness: Text = "atm_cls_name", "ATM, ITM or OTM.";
    }
}

record! {
    /// A month of `display-board-option-list`.
    OptionMonth, filler without month {
        code: Text = "mtrt_yymm_code", "Its code.";
        month: Text = "mtrt_yymm", "Year and month.";
    }
}

record! {
    /// A row of `margin-rate`.
    MarginRate, filler without underlying {
        underlying: Text = "bast_id", "Underlying.";
        name: Text = "bast_name", "Its Korean name.";
        rate: Number = "brkg_mgna_rt", "Initial margin, per cent.";
        maintenance: Number = "tr_mgna_rt", "Maintenance margin, per cent.";
        price: Number = "bast_pric", "Price of the underlying.";
        multiplier: Number = "tr_mtpl_idx", "Won for one point.";
        margin: Number = "ctrt_per_futr_mgna", "Margin of a contract, won.";
    }
}
