//! The account of Korean shares: `inquire-balance`, `inquire-psbl-order`, `inquire-psbl-sell`.

use hoga::broker::kis::environment::Realm;
use rust_decimal::{Decimal, dec};
use serde_json::json;

use super::calls::{Asked, check_account};
use super::exchange::Exchange;
use super::order::Line;
use super::reply::{Outcome, Pages, Reply, average, fixed, percent, whole};
use super::sample::{Sample, set};

pub fn balance(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    params.one_of("AFHR_FLPR_YN", if exchange.realm == Realm::Live { &["N", "X", "Y"] } else { &["N"] })?;
    params.one_of("INQR_DVSN", &["01", "02"])?;
    params.one_of("UNPR_DVSN", &["01"])?;
    params.one_of("FUND_STTL_ICLD_YN", &["N", "Y"])?;
    params.one_of("FNCG_AMT_AUTO_RDPT_YN", &["N"])?;
    params.one_of("PRCS_DVSN", &["00", "01"])?;
    params.need("OFL_YN")?;
    let (mut rows, mut value, mut cost) = (Vec::new(), dec!(0), dec!(0));
    for (symbol, position) in &exchange.account.positions {
        let market = &exchange.markets[symbol];
        let hides = exchange.habits.hides_sold_out && position.quantity.is_zero();
        if !market.listing.board.is_korean() || hides {
            continue;
        }
        let worth = position.quantity * market.last;
        let profit = worth - position.cost;
        value += worth;
        cost += position.cost;
        let mut row = Sample::Balance.row("output1");
        set(
            &mut row,
            [
                ("pdno", symbol.clone()),
                ("prdt_name", market.listing.name.to_owned()),
                ("trad_dvsn_name", "현금".to_owned()),
                ("bfdy_buy_qty", "0".to_owned()),
                ("bfdy_sll_qty", "0".to_owned()),
                ("thdt_buyqty", whole(position.bought_today)),
                ("thdt_sll_qty", whole(position.sold_today)),
                ("hldg_qty", whole(position.quantity)),
                ("ord_psbl_qty", whole(exchange.sellable(symbol))),
                ("pchs_avg_pric", fixed(average(position.cost, position.quantity), 4)),
                ("pchs_amt", whole(position.cost)),
                ("prpr", whole(market.last)),
                ("evlu_amt", whole(worth)),
                ("evlu_pfls_amt", whole(profit)),
                ("evlu_pfls_rt", fixed(percent(profit, position.cost), 2)),
                ("fltt_rt", fixed(percent(market.change(), market.listing.base), 8)),
                ("bfdy_cprs_icdc", whole(market.change())),
            ],
        );
        rows.push(row);
    }
    let mut body = Sample::Balance.body();
    let account = &exchange.account;
    set(
        &mut body["output2"][0],
        [
            ("dnca_tot_amt", whole(account.won_before)),
            ("nxdy_excc_amt", whole(account.won_before)),
            ("prvs_rcdl_excc_amt", whole(account.won)),
            ("thdt_buy_amt", whole(account.bought)),
            ("thdt_sll_amt", whole(account.sold)),
            ("thdt_tlex_amt", whole(account.charged)),
            ("scts_evlu_amt", whole(value)),
            ("tot_evlu_amt", whole(value + account.won)),
            ("nass_amt", whole(value + account.won)),
            ("pchs_amt_smtl_amt", whole(cost)),
            ("evlu_amt_smtl_amt", whole(value)),
            ("evlu_pfls_smtl_amt", whole(value - cost)),
            ("bfdy_tot_asst_evlu_amt", whole(account.won_before)),
            ("asst_icdc_amt", whole(value + account.won - account.won_before)),
        ],
    );
    let search = format!("{}^01^N^N^01^01^N^", params.need("CANO")?);
    let size = if exchange.realm == Realm::Live { 50 } else { 20 };
    let pages = Pages { width: 100, rows: size, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output1"] = json!(rows);
    Ok(Reply { body, more })
}

pub fn buyable(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let (symbol, price, kind) = (params.need("PDNO")?, params.need("ORD_UNPR")?, params.need("ORD_DVSN")?);
    params.one_of("CMA_EVLU_AMT_ICLD_YN", &["N", "Y"])?;
    params.one_of("OVRS_ICLD_YN", &["N", "Y"])?;
    let said = if price.is_empty() { dec!(0) } else { params.whole("ORD_UNPR")? };
    let cash = exchange.orderable(Line::Stock).max(dec!(0));
    let price = match (symbol, said.is_zero()) {
        ("", _) => dec!(0),
        (symbol, true) => exchange.market(symbol, true)?.listing.limits().0,
        (symbol, false) => exchange.market(symbol, true).map(|_| said)?,
    };
    let quantity = if price.is_zero() { dec!(0) } else { (cash / price).floor() };
    let amount = if symbol.is_empty() { cash } else { quantity * price };
    let mut body = Sample::PsblOrder.body();
    set(
        &mut body["output"],
        [
            ("ord_psbl_cash", whole(cash)),
            ("psbl_qty_calc_unpr", whole(price)),
            ("nrcvb_buy_amt", whole(amount)),
            ("nrcvb_buy_qty", whole(quantity)),
            ("max_buy_amt", whole(amount)),
            ("max_buy_qty", whole(quantity)),
            ("ord_psbl_frcr_amt_wcrc", "0".to_owned()),
        ],
    );
    let _ = kind;
    Reply::whole(body)
}

pub fn sellable(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    check_account(asked.params)?;
    let symbol = asked.params.need("PDNO")?;
    let market = exchange.market(symbol, true)?;
    let position = exchange.account.positions.get(symbol).cloned().unwrap_or_default();
    let worth = position.quantity * market.last;
    let mut body = Sample::PsblSell.body();
    set(
        &mut body["output"],
        [
            ("pdno", symbol.to_owned()),
            ("prdt_name", market.listing.name.to_owned()),
            ("buy_qty", whole(position.bought_today)),
            ("sll_qty", whole(position.sold_today)),
            ("cblc_qty", whole(position.quantity)),
            ("ord_psbl_qty", whole(exchange.sellable(symbol))),
            ("pchs_avg_pric", fixed(average(position.cost, position.quantity), 4)),
            ("now_pric", whole(market.last)),
            ("evlu_amt", whole(worth)),
            ("evlu_pfls_amt", whole(worth - position.cost)),
            ("evlu_pfls_rt", fixed(percent(worth - position.cost, position.cost), 2)),
        ],
    );
    Reply::whole(body)
}
