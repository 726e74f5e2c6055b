//! Rankings of Korean shares: thirty rows and no further page.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::calls::Asked;
use super::exchange::Exchange;
use super::market::Market;
use super::params::Params;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply, fixed, percent, whole};
use super::sample::{Sample, set};
use super::stock_quotes::against;

/// Rows of a reply.
const ROWS: usize = 30;

fn bound(params: &Params, name: &str) -> Result<Option<Decimal>, Refusal> {
    if params.need(name)?.is_empty() { Ok(None) } else { params.whole(name).map(Some) }
}

/// Shares of a band of prices, both ends included.
fn band<'a>(exchange: &'a Exchange, params: &Params) -> Result<Vec<&'a Market>, Refusal> {
    params.one_of("FID_COND_MRKT_DIV_CODE", &["J", "NX"])?;
    params.one_of("FID_INPUT_ISCD", &["0000", "0001", "1001"])?;
    params.need("FID_VOL_CNT")?;
    let (from, to) = (bound(params, "FID_INPUT_PRICE_1")?, bound(params, "FID_INPUT_PRICE_2")?);
    let fits = |market: &&Market| {
        let is_inside = from.is_none_or(|from| market.last >= from) && to.is_none_or(|to| market.last <= to);
        market.listing.board.is_korean() && !market.listing.halted && is_inside
    };
    Ok(exchange.markets.values().filter(fits).collect())
}

fn first(mut markets: Vec<&Market>, key: impl Fn(&Market) -> Decimal) -> Vec<&Market> {
    markets.sort_by_key(|market| std::cmp::Reverse(key(market)));
    markets.truncate(ROWS);
    markets
}

/// By money or by shares, without funds.
pub fn by_volume(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    params.one_of("FID_COND_SCR_DIV_CODE", &["20171"])?;
    let order = params.one_of("FID_BLNG_CLS_CODE", &["0", "3"])?;
    for name in ["FID_DIV_CLS_CODE", "FID_TRGT_CLS_CODE", "FID_TRGT_EXLS_CLS_CODE"] {
        params.need(name)?;
    }
    let shares = band(exchange, params)?.into_iter().filter(|market| !market.listing.is_fund).collect();
    let key = |market: &Market| if order == "3" { market.today().value } else { market.today().volume };
    let row = |(place, market): (usize, &Market)| {
        let mut row = Sample::VolumeRank.row("output");
        let [change, sign, change_percent] = against(market);
        set(
            &mut row,
            [
                ("hts_kor_isnm", market.listing.name.to_owned()),
                ("mksc_shrn_iscd", market.listing.symbol.to_owned()),
                ("data_rank", (place + 1).to_string()),
                ("stck_prpr", whole(market.last)),
                ("prdy_vrss_sign", sign),
                ("prdy_vrss", change),
                ("prdy_ctrt", change_percent),
                ("acml_vol", whole(market.today().volume)),
                ("acml_tr_pbmn", whole(market.today().value)),
            ],
        );
        row
    };
    let rows: Vec<Value> = first(shares, key).into_iter().enumerate().map(row).collect();
    let mut body = Sample::VolumeRank.body();
    body["output"] = json!(rows);
    Reply::whole(body)
}

/// By how much they rose.
pub fn by_change(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    params.one_of("fid_cond_scr_div_code", &["20170"])?;
    params.one_of("fid_rank_sort_cls_code", &["0"])?;
    params.one_of("fid_prc_cls_code", &["1"])?;
    for name in ["fid_input_cnt_1", "fid_trgt_cls_code", "fid_trgt_exls_cls_code", "fid_div_cls_code"] {
        params.one_of(name, &["0"])?;
    }
    for name in ["fid_rsfl_rate1", "fid_rsfl_rate2"] {
        params.need(name)?;
    }
    let rise = |market: &Market| percent(market.change(), market.listing.base);
    let row = |(place, market): (usize, &Market)| {
        let mut row = Sample::Fluctuation.row("output");
        let [change, sign, _] = against(market);
        set(
            &mut row,
            [
                ("stck_shrn_iscd", market.listing.symbol.to_owned()),
                ("data_rank", (place + 1).to_string()),
                ("hts_kor_isnm", market.listing.name.to_owned()),
                ("stck_prpr", whole(market.last)),
                ("prdy_vrss", change),
                ("prdy_vrss_sign", sign),
                ("prdy_ctrt", fixed(rise(market).max(dec!(-100)), 2)),
                ("acml_vol", whole(market.today().volume)),
            ],
        );
        row
    };
    let rows: Vec<Value> = first(band(exchange, params)?, rise).into_iter().enumerate().map(row).collect();
    let mut body = Sample::Fluctuation.body();
    body["output"] = json!(rows);
    Reply::whole(body)
}
