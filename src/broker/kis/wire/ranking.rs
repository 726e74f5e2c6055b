//! Rankings of Korean shares: 30 rows at most, without further pages.

use super::number::Sign;
use super::record::record;
use super::{Number, Text};

record! {
    /// A row of `volume-rank`, `market-cap` or `fluctuation`.
    Ranked, filler without symbol {
        symbol: Text = "mksc_shrn_iscd" or "stck_shrn_iscd", "Symbol; the three services name it in two ways.";
        name: Text = "hts_kor_isnm", "Korean name.";
        rank: Number = "data_rank", "Place, from 1.";
        last: Number = "stck_prpr", "Last price, won.";
        sign: Sign = "prdy_vrss_sign", "Direction against the previous close.";
        change: Number = "prdy_vrss", "Change from the previous close, won, signed.";
        change_percent: Number = "prdy_ctrt", "The same in per cent.";
        volume: Number = "acml_vol", "Shares traded today.";
        value: Number = "acml_tr_pbmn", "Money traded today, won; only `volume-rank` says it.";
        market_value: Number = "stck_avls", "Market value in units of 100 million won; only `market-cap` says it.";
    }
}

record! {
    /// A row of `psearch-title`: a condition saved in the broker's own program.
    Condition, filler without number {
        number: Text = "seq", "Its number, for `psearch-result`.";
        group: Text = "grp_nm", "Its group.";
        name: Text = "condition_nm", "Its name.";
    }
}

record! {
    /// A row of `psearch-result`, 100 at most.
    ConditionHit, filler without symbol {
        symbol: Text = "code", "Symbol.";
        name: Text = "name", "Korean name.";
        last: Number = "price", "Last price, won.";
        sign: Sign = "daebi", "Direction against the previous close.";
        change: Number = "change", "Change from the previous close, won.";
        change_percent: Number = "chgrate", "The same in per cent.";
        volume: Number = "acml_vol", "Shares traded today.";
        value: Number = "trade_amt", "Money traded today.";
        base: Number = "recprice", "기준가, won.";
        upper_limit: Number = "uplmtprice", "상한가, won.";
        lower_limit: Number = "dnlmtprice", "하한가, won.";
    }
}
