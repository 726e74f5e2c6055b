//! Korean shares: the price and what surrounds it.

use super::number::Sign;
use super::record::record;
use super::{Number, Text};

record! {
    /// `inquire-price`. It has no name of the share.
    StockPrice {
        symbol: Text = "stck_shrn_iscd", "Symbol; may hold letters.";
        last: Number = "stck_prpr", "Last price, won.";
        sign: Sign = "prdy_vrss_sign", "Direction against the previous close.";
        change: Number = "prdy_vrss", "Change from the previous close, won, signed.";
        change_percent: Number = "prdy_ctrt", "The same in per cent.";
        open: Number = "stck_oprc", "First price of the day, won.";
        high: Number = "stck_hgpr", "Highest price of the day, won.";
        low: Number = "stck_lwpr", "Lowest price of the day, won.";
        upper_limit: Number = "stck_mxpr", "상한가, won.";
        lower_limit: Number = "stck_llam", "하한가, won.";
        base: Number = "stck_sdpr", "기준가, won.";
        volume: Number = "acml_vol", "Shares traded today.";
        value: Number = "acml_tr_pbmn", "Money traded today, won.";
        average: Number = "wghn_avrg_stck_prc", "Volume-weighted average price of the day, won.";
        tick: Number = "aspr_unit", "Tick size at the last price, won.";
        lot: Number = "hts_deal_qty_unit_val", "Smallest quantity, shares.";
        listed_shares: Number = "lstn_stcn", "Shares listed.";
        market_value: Number = "hts_avls", "Market value in units of 100 million won.";
        per: Number = "per", "Price to earnings.";
        pbr: Number = "pbr", "Price to book value.";
        eps: Number = "eps", "Earnings a share, won.";
        bps: Number = "bps", "Book value a share, won.";
        year_high: Number = "w52_hgpr", "Highest price of 52 weeks, won.";
        year_low: Number = "w52_lwpr", "Lowest price of 52 weeks, won.";
        foreign_percent: Number = "hts_frgn_ehrt", "Share of foreigners' limit that is used, per cent.";
        status: Text = "iscd_stat_cls_code", "One of 51 to 59; 58 is halted, 55 and 57 are normal.";
        warning: Text = "mrkt_warn_cls_code", "00 none, 01 caution, 02 warning, 03 danger.";
        volatility: Text = "vi_cls_code", "Whether a volatility interruption runs.";
        margin_percent: Number = "marg_rate", "Margin asked of a buyer, per cent.";
        market: Text = "rprs_mrkt_kor_name", "KOSPI, KOSPI200, KOSDAQ and so on.";
        sector: Text = "bstp_kor_isnm", "Sector in Korean.";
    }
}

record! {
    /// `inquire-price-2`: flags of a share.
    StockFlags {
        last: Number = "stck_prpr", "Last price, won.";
        previous_close: Number = "stck_prdy_clpr", "Close of the day before, won.";
        halted: Text = "trht_yn", "Whether trading is halted.";
        clearing: Text = "sltr_yn", "Whether it is being delisted (정리매매).";
        administrative: Text = "mang_issu_yn", "Whether it is an administrative issue (관리종목).";
        market: Text = "rprs_mrkt_kor_name", "KOSPI, KOSPI200, KOSDAQ and so on.";
    }
}

record! {
    /// A row of `intstock-multprice`, up to 30 symbols at once.
    WatchedPrice, filler without symbol {
        symbol: Text = "inter_shrn_iscd", "Symbol.";
        name: Text = "inter_kor_isnm", "Korean name.";
        last: Number = "inter2_prpr", "Last price, won.";
        sign: Sign = "prdy_vrss_sign", "Direction against the previous close.";
        change: Number = "inter2_prdy_vrss", "Change from the previous close, won, signed.";
        change_percent: Number = "prdy_ctrt", "The same in per cent.";
        volume: Number = "acml_vol", "Shares traded today.";
        value: Number = "acml_tr_pbmn", "Money traded today, won.";
        open: Number = "inter2_oprc", "First price of the day, won.";
        high: Number = "inter2_hgpr", "Highest price of the day, won.";
        low: Number = "inter2_lwpr", "Lowest price of the day, won.";
        upper_limit: Number = "inter2_mxpr", "상한가, won.";
        lower_limit: Number = "inter2_llam", "하한가, won.";
        base: Number = "inter2_sdpr", "기준가, won.";
        previous_close: Number = "inter2_prdy_clpr", "Close of the day before, won.";
        ask: Number = "inter2_askp", "Best ask, won.";
        bid: Number = "inter2_bidp", "Best bid, won.";
        ask_quantity: Number = "seln_rsqn", "Shares at the best ask.";
        bid_quantity: Number = "shnu_rsqn", "Shares at the best bid.";
        hour_class: Text = "hour_cls_code", "`0` while trading; a letter while the price is only expected.";
    }
}

record! {
    /// A row of `inquire-vi-status`.
    Interruption, filler without symbol {
        symbol: Text = "mksc_shrn_iscd", "Symbol.";
        name: Text = "hts_kor_isnm", "Korean name.";
        active: Text = "vi_cls_code", "Y while it runs, N when it is over.";
        date: super::Day = "bsop_date", "Date.";
        started: super::Clock = "cntg_vi_hour", "When it began.";
        ended: super::Clock = "vi_cncl_hour", "When it ended.";
        kind: Text = "vi_kind_code", "1 static, 2 dynamic, 3 both.";
        price: Number = "vi_prc", "Price that set it off, won.";
        static_base: Number = "vi_stnd_prc", "Static reference price, won.";
        dynamic_base: Number = "vi_dmc_stnd_prc", "Dynamic reference price, won.";
    }
}

record! {
    /// `inquire-index-price`.
    IndexPrice {
        last: Number = "bstp_nmix_prpr", "Index, points.";
        sign: Sign = "prdy_vrss_sign", "Direction against the previous close.";
        change: Number = "bstp_nmix_prdy_vrss", "Change from the previous close, points, signed.";
        change_percent: Number = "bstp_nmix_prdy_ctrt", "The same in per cent.";
        open: Number = "bstp_nmix_oprc", "First value of the day.";
        high: Number = "bstp_nmix_hgpr", "Highest value of the day.";
        low: Number = "bstp_nmix_lwpr", "Lowest value of the day.";
        volume: Number = "acml_vol", "Shares traded today.";
        value: Number = "acml_tr_pbmn", "Money traded today.";
        rising: Number = "ascn_issu_cnt", "Issues above their previous close.";
        falling: Number = "down_issu_cnt", "Issues below their previous close.";
    }
}
