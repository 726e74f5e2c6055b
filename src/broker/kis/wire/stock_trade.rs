//! Korean shares: prints of today.

use super::number::Sign;
use super::record::record;
use super::{Clock, Number};

record! {
    /// A row of `inquire-ccnl`, newest first.
    StockPrint, filler without time {
        time: Clock = "stck_cntg_hour", "When, Korean time.";
        price: Number = "stck_prpr", "Price, won.";
        quantity: Number = "cntg_vol", "Shares.";
        sign: Sign = "prdy_vrss_sign", "Direction against the previous close.";
        change: Number = "prdy_vrss", "Change from the previous close, won, signed.";
        change_percent: Number = "prdy_ctrt", "The same in per cent.";
        strength: Number = "tday_rltv", "체결강도, per cent.";
    }
}

record! {
    /// A row of `inquire-time-itemconclusion`, newest first.
    StockPrintAt, filler without time {
        time: Clock = "stck_cntg_hour", "When, Korean time.";
        price: Number = "stck_prpr" or "stck_pbpr", "Price, won.";
        quantity: Number = "cnqn", "Shares.";
        volume: Number = "acml_vol", "Shares traded until then.";
        ask: Number = "askp", "Best ask, won.";
        bid: Number = "bidp", "Best bid, won.";
        strength: Number = "tday_rltv", "체결강도, per cent.";
    }
}
