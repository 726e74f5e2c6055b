//! Lists of orders in bonds: `inquire-daily-ccld`, `inquire-psbl-rvsecncl`.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::bond_quotes::money;
use super::calls::{Asked, check_account};
use super::clock::{date_of, hms, korea, ymd};
use super::exchange::Exchange;
use super::order::{Line, Order, Row};
use super::refusal::Refusal;
use super::reply::{Outcome, Pages, Reply, average, whole};
use super::sample::{Sample, set};

/// Rows of a page; the real number is not known.
const ROWS: usize = 30;

fn row_name(order: &Order) -> String {
    let side = if order.is_buy { "매수" } else { "매도" };
    match order.row {
        Row::New => format!("현금{side}"),
        Row::Modification => format!("{side}정정*"),
        Row::Cancel => format!("{side}취소*"),
    }
}

fn number_of(exchange: &Exchange, original: Option<usize>) -> String {
    original.map(|id| exchange.orders[id].number.clone()).unwrap_or_default()
}

fn row(exchange: &Exchange, order: &Order) -> Value {
    let mut row = Sample::BondDaily.row("output1");
    let price = if order.row == Row::Cancel { dec!(0) } else { order.price };
    set(
        &mut row,
        [
            ("ord_dt", ymd(order.date)),
            ("odno", order.number.clone()),
            ("orgn_odno", number_of(exchange, order.original)),
            ("sll_buy_dvsn_cd_name", row_name(order)),
            ("shtn_pdno", order.symbol.clone()),
            ("prdt_abrv_name", exchange.listing(&order.symbol).name.to_owned()),
            ("ord_qty", whole(order.quantity)),
            ("bond_ord_unpr", money(price)),
            ("ord_tmd", hms(order.korean.time())),
            ("tot_ccld_qty", whole(order.filled)),
            ("bond_avg_unpr", money(average(order.filled_value, order.filled).round_dp(2))),
            ("tot_ccld_amt", whole(order.paid)),
            ("sll_buy_dvsn_cd", order.side().to_owned()),
            ("nccs_qty", whole(order.remaining())),
            ("ord_gno_brno", order.branch.to_owned()),
        ],
    );
    row
}

/// Within a week that ends today. The rows and their sums change places with every page that is asked for.
pub fn daily(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let wrong = |name: &str| Refusal::query("OPSQ2002", &format!("ERROR : INPUT INVALID_CHECK_{name}"));
    let from = date_of(params.need("INQR_STRT_DT")?).ok_or_else(|| wrong("INQR_STRT_DT"))?;
    let until = date_of(params.need("INQR_END_DT")?).ok_or_else(|| wrong("INQR_END_DT"))?;
    let today = korea(asked.now).date();
    if until != today || from > until || from < today.saturating_sub(jiff::Span::new().days(7)) {
        return Err(wrong("INQR_END_DT"));
    }
    let side = params.one_of("SLL_BUY_DVSN_CD", &["%", "01", "02"])?;
    let is_newest_first = params.one_of("SORT_SQN_DVSN", &["01", "02"])? == "01";
    let open = params.one_of("NCCS_YN", &["N", "C", "Y"])?;
    let symbol = params.need("PDNO")?;
    let fits = |order: &&Order| {
        order.line == Line::Bond
            && exchange.is_listed(order)
            && (from..=until).contains(&order.date)
            && (side == "%" || side == order.side())
            && (symbol.is_empty() || symbol == order.symbol)
            && match open {
                "C" => !order.filled.is_zero(),
                "Y" => !order.remaining().is_zero(),
                _ => true,
            }
    };
    let mut rows: Vec<&Order> = exchange.orders.iter().filter(fits).collect();
    if is_newest_first {
        rows.reverse();
    }
    let sum = |of: fn(&Order) -> Decimal| rows.iter().map(|order| of(order)).sum::<Decimal>();
    let (quantity, filled) = (sum(|order| order.quantity), sum(|order| order.filled));
    let (value, paid) = (sum(|order| order.filled_value), sum(|order| order.paid));
    let mut body = Sample::BondDaily.body();
    set(
        &mut body["output2"],
        [
            ("tot_ord_qty", whole(quantity)),
            ("tot_ccld_qty_smtl", whole(filled)),
            ("tot_bond_ccld_avg_unpr", money(average(value, filled))),
            ("tot_ccld_amt_smtl", whole(paid)),
        ],
    );
    let search = format!("{}^01^{}^{}^{side}^{open}", params.need("CANO")?, ymd(from), ymd(until));
    let pages = Pages { width: 200, rows: ROWS, search, params, continues: asked.continues };
    let rows = rows.into_iter().map(|order| row(exchange, order)).collect();
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output1"] = json!(rows);
    if exchange.random.below(2) == 0 {
        let sums = body["output2"].take();
        body["output2"] = body["output1"].take();
        body["output1"] = sums;
    }
    Ok(Reply { body, more })
}

/// Orders that can be changed.
pub fn revocable(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    for name in ["ORD_DT", "ODNO"] {
        params.need(name)?;
    }
    let fits = |order: &&Order| order.line == Line::Bond && order.is_open() && exchange.is_listed(order);
    let row = |order: &Order| {
        let mut row = Sample::BondRevocable.row("output");
        set(
            &mut row,
            [
                ("odno", order.number.clone()),
                ("pdno", order.symbol.clone()),
                ("rvse_cncl_dvsn_name", row_name(order)),
                ("ord_qty", whole(order.quantity)),
                ("bond_ord_unpr", money(order.price)),
                ("ord_tmd", hms(order.korean.time())),
                ("tot_ccld_qty", whole(order.filled)),
                ("tot_ccld_amt", whole(order.paid)),
                ("ord_psbl_qty", whole(order.remaining())),
                ("orgn_odno", number_of(exchange, order.original)),
                ("sll_buy_dvsn_cd", order.side().to_owned()),
                ("prdt_abrv_name", exchange.listing(&order.symbol).name.to_owned()),
            ],
        );
        row
    };
    let rows: Vec<Value> = exchange.orders.iter().rev().filter(fits).map(row).collect();
    let mut body = Sample::BondRevocable.body();
    let search = format!("{}^01^", params.need("CANO")?);
    let pages = Pages { width: 200, rows: ROWS, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output"] = json!(rows);
    Ok(Reply { body, more })
}
