//! ETF: price against net asset value, and what it holds.

use super::number::Sign;
use super::record::record;
use super::{Clock, Day, Number, Text};

record! {
    /// `inquire-price` of ETF and ETN.
    EtfPrice {
        last: Number = "stck_prpr", "Last price, won.";
        volume: Number = "acml_vol", "Units traded today.";
        previous_close: Number = "stck_prdy_clpr", "Close of the day before, won.";
        nav: Number = "nav", "Net asset value of a unit, won.";
        previous_nav: Number = "prdy_last_nav", "That of the day before, won.";
        nav_sign: Sign = "nav_prdy_vrss_sign", "Direction of the net asset value.";
        nav_change: Number = "nav_prdy_vrss", "Its change, won, signed.";
        premium_percent: Number = "dprt", "Price above the net asset value, per cent; negative is a discount.";
        tracking_error: Number = "trc_errt", "추적오차, per cent.";
        net_assets: Number = "etf_ntas_ttam", "Net assets in units of 100 million won.";
        units: Number = "etf_crcl_stcn", "Units outstanding.";
        creation_unit: Number = "etf_cu_unit_scrt_cnt", "Units of a creation basket.";
        holdings: Number = "etf_cnfg_issu_cnt", "Number of holdings.";
        leverage: Number = "etf_trc_ert_mltp", "Multiple of the index it follows; negative is inverse.";
    }
}

record! {
    /// Net asset value now: the second part of `nav-comparison-trend`.
    EtfNav {
        nav: Number = "nav", "Net asset value of a unit, won.";
        sign: Sign = "nav_prdy_vrss_sign", "Its direction.";
        change: Number = "nav_prdy_vrss", "Its change, won, signed.";
        previous: Number = "prdy_clpr_nav", "That of the day before, won.";
        open: Number = "oprc_nav", "At the open, won.";
        high: Number = "hprc_nav", "Highest of the day, won.";
        low: Number = "lprc_nav", "Lowest of the day, won.";
    }
}

record! {
    /// A row of `nav-comparison-time-trend` (time) or `nav-comparison-daily-trend` (date).
    EtfNavPoint {
        date: Day = "stck_bsop_date", "Its day; absent in the trend by time.";
        time: Clock = "bsop_hour", "Its time; absent in the trend by day.";
        nav: Number = "nav", "Net asset value of a unit, won.";
        price: Number = "stck_prpr" or "stck_clpr", "Price, won.";
        difference: Number = "nav_vrss_prpr", "Price less net asset value, won.";
        premium_percent: Number = "dprt", "The same in per cent.";
        volume: Number = "acml_vol", "Units traded.";
    }
}

record! {
    /// A holding: a row of `inquire-component-stock-price`.
    EtfHolding, filler without symbol {
        symbol: Text = "stck_shrn_iscd", "Symbol.";
        name: Text = "hts_kor_isnm", "Korean name.";
        last: Number = "stck_prpr", "Last price, won.";
        weight_percent: Number = "etf_cnfg_issu_rlim", "Weight, per cent.";
        value: Number = "etf_vltn_amt", "Its value in a creation basket, won.";
    }
}
