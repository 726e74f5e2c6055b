//! Korean shares: bars of days, weeks, months and minutes. Rows without a date are placeholders and are left out.

use super::number::Sign;
use super::record::record;
use super::{Clock, Day, Number, Text};

record! {
    /// A bar of `inquire-daily-price` or `inquire-daily-itemchartprice`, newest first.
    StockBar, filler without date {
        date: Day = "stck_bsop_date", "Its day, or the first one of its week or month.";
        open: Number = "stck_oprc", "First price, won.";
        high: Number = "stck_hgpr", "Highest price, won.";
        low: Number = "stck_lwpr", "Lowest price, won.";
        close: Number = "stck_clpr", "Last price, won.";
        volume: Number = "acml_vol", "Shares traded.";
        value: Number = "acml_tr_pbmn", "Money traded, won; `inquire-daily-price` leaves it out.";
        sign: Sign = "prdy_vrss_sign", "Direction against the close before.";
        change: Number = "prdy_vrss", "Change from the close before, won, signed.";
        rights: Text = "flng_cls_code", "01 ex rights, 02 ex dividend, 03 ex distribution, and so on.";
        untraded: Text = "mod_yn", "Y when nothing traded that day.";
    }
}

record! {
    /// A minute of `inquire-time-itemchartprice` or `inquire-time-dailychartprice`, newest first.
    StockMinute, filler without date {
        date: Day = "stck_bsop_date", "Its day.";
        time: Clock = "stck_cntg_hour", "Its minute, Korean time.";
        open: Number = "stck_oprc", "First price, won.";
        high: Number = "stck_hgpr", "Highest price, won.";
        low: Number = "stck_lwpr", "Lowest price, won.";
        close: Number = "stck_prpr", "Last price, won.";
        volume: Number = "cntg_vol", "Shares traded in the minute; in the newest one those of the minute before until its first trade.";
        value_so_far: Number = "acml_tr_pbmn", "Money traded that day until then, won.";
    }
}

record! {
    /// The first part of a chart's reply.
    ChartSummary {
        name: Text = "hts_kor_isnm", "Korean name.";
        last: Number = "stck_prpr", "Last price, won.";
        previous_close: Number = "stck_prdy_clpr", "Close of the day before, won.";
        volume: Number = "acml_vol", "Shares traded today.";
        value: Number = "acml_tr_pbmn", "Money traded today, won.";
    }
}
