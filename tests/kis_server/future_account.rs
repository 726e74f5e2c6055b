//! The account for futures and options: `inquire-balance`, `inquire-psbl-order`, `margin-rate`.

use rust_decimal::{Decimal, dec};
use serde_json::json;

use super::calls::{Asked, check_derivatives};
use super::exchange::Exchange;
use super::future_book::{MARGIN, profit};
use super::future_frames::points;
use super::reply::{Outcome, Pages, Reply, average, fixed, whole};
use super::sample::{Sample, set};

pub fn balance(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_derivatives(params)?;
    params.one_of("MGNA_DVSN", &["01", "02"])?;
    // By what was paid. By settlement prices it would be other averages, which are not here.
    params.one_of("EXCC_STAT_CD", &["2"])?;
    let own = &exchange.account.derivatives;
    let (mut rows, mut cost, mut worth) = (Vec::new(), dec!(0), dec!(0));
    for (symbol, held) in &own.positions {
        let market = &exchange.markets[symbol];
        let multiplier = market.listing.multiplier;
        let side = match held.quantity {
            quantity if quantity > dec!(0) => "BUY",
            quantity if quantity < dec!(0) => "SLL",
            _ => "",
        };
        let value = market.last * multiplier * held.quantity.abs();
        (cost, worth) = (cost + held.cost, worth + value);
        let mut row = Sample::FutureBalance.row("output1");
        set(
            &mut row,
            [
                ("pdno", market.listing.isin.to_owned()),
                ("shtn_pdno", symbol.clone()),
                ("prdt_name", market.listing.name.to_owned()),
                ("sll_buy_dvsn_name", side.to_owned()),
                ("cblc_qty", whole(held.quantity.abs())),
                ("excc_unpr", points(market.last)),
                ("ccld_avg_unpr1", fixed(average(held.cost, held.quantity.abs() * multiplier), 4)),
                ("idx_clpr", points(market.last)),
                ("pchs_amt", whole(held.cost)),
                ("evlu_amt", whole(value)),
                ("evlu_pfls_amt", whole(profit(market, held))),
                ("lqd_psbl_qty", whole(held.quantity.abs())),
            ],
        );
        rows.push(row);
    }
    let (futures, options) = (own.profit(&exchange.markets, false), own.profit(&exchange.markets, true));
    let (margin, free) = (own.margin(&exchange.markets), exchange.derivative_orderable());
    // Futures are settled in cash every day: what they have gained is in tomorrow's cash already.
    let tomorrow = own.cash + futures;
    let mut body = Sample::FutureBalance.body();
    set(
        &mut body["output2"],
        [
            ("dnca_cash", whole(own.cash_before)),
            ("tot_dncl_amt", whole(own.cash_before)),
            ("cash_mgna", whole(margin)),
            ("mgna_tota", whole(margin)),
            ("fee", whole(own.charged)),
            ("nxdy_dnca", whole(tomorrow)),
            ("nxdy_dncl_amt", whole(tomorrow)),
            ("prsm_dpast", whole(tomorrow)),
            ("prsm_dpast_amt", whole(tomorrow)),
            ("futr_evlu_pfls_amt", whole(futures)),
            ("opt_evlu_pfls_amt", whole(options)),
            ("evlu_pfls_amt_smtl", whole(futures + options)),
            ("wdrw_psbl_tot_amt", whole(free)),
            ("ord_psbl_cash", whole(free)),
            ("ord_psbl_tota", whole(free)),
            ("pchs_amt_smtl", whole(cost)),
            ("evlu_amt_smtl", whole(worth)),
        ],
    );
    let search = format!("{}^03^01^2^", params.need("CANO")?);
    let pages = Pages { width: 200, rows: 20, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output1"] = json!(rows);
    Ok(Reply { body, more })
}

/// The same while the night session runs.
pub fn night_balance(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    asked.params.one_of("ACNT_PWD", &[""])?;
    balance(exchange, asked)
}

pub fn orderable(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_derivatives(params)?;
    let market = exchange.derivative(params.need("PDNO")?)?;
    params.one_of("SLL_BUY_DVSN_CD", &["01", "02"])?;
    params.number("UNIT_PRICE")?;
    params.need("ORD_DVSN_CD")?;
    let unit = market.last * market.listing.multiplier * MARGIN;
    let most = (exchange.derivative_orderable() / unit).floor().max(Decimal::ZERO);
    let mut body = Sample::FutureOrderable.body();
    set(
        &mut body["output"],
        [("tot_psbl_qty", whole(most)), ("ord_psbl_qty", whole(most)), ("bass_idx", fixed(market.last, 8))],
    );
    Reply::whole(body)
}

/// The sample's one underlying.
pub fn margin_rates(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    params.need("BASS_DT")?;
    params.one_of("BAST_ID", &[""])?;
    params.need("CTX_AREA_NK200")?;
    let price = exchange.derivative("A01612")?.last;
    let mut body = Sample::FutureMargin.body();
    set(
        &mut body["output"][0],
        [
            ("brkg_mgna_rt", fixed(MARGIN * dec!(100), 8)),
            ("bast_pric", fixed(price, 8)),
            ("ctrt_per_futr_mgna", fixed((price * dec!(250_000) * MARGIN).ceil(), 8)),
        ],
    );
    Ok(Reply { body, more: Some("D") })
}
