//! Lists of orders in Korean shares: `inquire-daily-ccld`, `inquire-psbl-rvsecncl`.

use hoga::broker::kis::environment::Realm;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::calls::{Asked, check_account};
use super::clock::{date_of, hms, korea, ymd};
use super::exchange::Exchange;
use super::order::{Line, Order, Row, Standing};
use super::refusal::Refusal;
use super::reply::{Outcome, Pages, Reply, average, fixed, whole};
use super::sample::{Sample, set};

/// An order type in words.
fn kind_name(kind: &str) -> &'static str {
    match kind {
        "00" => "지정가",
        "01" => "시장가",
        "02" => "조건부지정가",
        "03" => "최유리지정가",
        "04" => "최우선지정가",
        "05" => "장전 시간외",
        "06" => "장후 시간외",
        "11" => "IOC지정가",
        "12" => "FOK지정가",
        "13" => "IOC시장가",
        "14" => "FOK시장가",
        "15" => "IOC최유리",
        "16" => "FOK최유리",
        "21" => "중간가",
        "22" => "스톱지정가",
        _ => "기타",
    }
}

fn row_name(order: &Order) -> String {
    let side = if order.is_buy { "매수" } else { "매도" };
    match order.row {
        Row::New => kind_name(&order.kind).to_owned(),
        Row::Modification => format!("{side}정정*"),
        Row::Cancel => format!("{side}취소*"),
    }
}

fn number_of(exchange: &Exchange, original: Option<usize>) -> String {
    original.map(|id| exchange.orders[id].number.clone()).unwrap_or_default()
}

/// A row of the list of orders.
fn row(exchange: &Exchange, order: &Order) -> Value {
    let mut row = Sample::DailyCcld.row("output1");
    let condition = match order.condition() {
        "1" => "IOC",
        "2" => "FOK",
        _ => "없음",
    };
    let (side_name, dash) = (if order.is_buy { "현금매수" } else { "현금매도" }, String::new);
    let is_cancel = order.row == Row::Cancel;
    set(
        &mut row,
        [
            ("ord_dt", ymd(order.date)),
            ("ord_gno_brno", order.branch.to_owned()),
            ("odno", order.number.clone()),
            ("orgn_odno", number_of(exchange, order.original)),
            ("ord_dvsn_name", row_name(order)),
            ("sll_buy_dvsn_cd", order.side().to_owned()),
            ("sll_buy_dvsn_cd_name", side_name.to_owned()),
            ("pdno", order.symbol.clone()),
            ("prdt_name", exchange.listing(&order.symbol).name.to_owned()),
            ("ord_qty", whole(order.quantity)),
            ("ord_unpr", whole(order.price)),
            ("ord_tmd", hms(order.korean.time())),
            ("tot_ccld_qty", whole(order.filled)),
            ("avg_prvs", average(order.filled_value, order.filled).round_dp(4).normalize().to_string()),
            ("cncl_yn", if is_cancel { "Y" } else { "N" }.to_owned()),
            ("tot_ccld_amt", whole(order.filled_value)),
            ("loan_dt", dash()),
            ("ord_dvsn_cd", order.kind.clone()),
            ("cncl_cfrm_qty", whole(order.canceled)),
            ("rmn_qty", whole(order.remaining())),
            ("rjct_qty", whole(order.refused)),
            ("ccld_cndt_name", condition.to_owned()),
            ("ord_orgno", order.branch.to_owned()),
            ("excg_id_dvsn_cd", order.exchange.clone()),
            ("stpm_cndt_pric", whole(order.trigger.unwrap_or_default())),
        ],
    );
    row
}

pub fn daily(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    let wrong = |name: &str| Refusal::query("OPSQ2002", &format!("ERROR : INPUT INVALID_CHECK_{name}"));
    let from = date_of(params.need("INQR_STRT_DT")?).ok_or_else(|| wrong("INQR_STRT_DT"))?;
    let until = date_of(params.need("INQR_END_DT")?).ok_or_else(|| wrong("INQR_END_DT"))?;
    let side = params.one_of("SLL_BUY_DVSN_CD", &["00", "01", "02"])?;
    let filled = params.one_of("CCLD_DVSN", &["00", "01", "02"])?;
    let is_newest_first = params.one_of("INQR_DVSN", &["00", "01"])? == "00";
    let routes: &[&str] = if exchange.realm == Realm::Live { &["KRX", "NXT", "SOR", "ALL", ""] } else { &["KRX", ""] };
    let route = params.one_of("EXCG_ID_DVSN_CD", routes)?;
    let (symbol, number) = (params.need("PDNO")?, params.need("ODNO")?);
    for name in ["ORD_GNO_BRNO", "INQR_DVSN_1", "INQR_DVSN_3"] {
        params.need(name)?;
    }
    let is_old = asked.id.ends_with("9215R");
    let fits = |order: &&Order| {
        let months_ago = korea(asked.now).date().saturating_sub(jiff::Span::new().months(3));
        order.line == Line::Stock
            && exchange.is_listed(order)
            && (from..=until).contains(&order.date)
            && (order.date < months_ago) == is_old
            && (side == "00" || side == order.side())
            && (symbol.is_empty() || symbol == order.symbol)
            && (number.is_empty() || number == order.number)
            && (matches!(route, "ALL" | "") || route == order.exchange || (route == "KRX" && order.exchange == "SOR"))
            && match filled {
                "01" => !order.filled.is_zero(),
                "02" => !order.remaining().is_zero(),
                _ => true,
            }
    };
    let mut rows: Vec<&Order> = exchange.orders.iter().filter(fits).collect();
    if is_newest_first {
        rows.reverse();
    }
    let quantity: Decimal = rows.iter().map(|order| order.quantity).sum();
    let sum: Decimal = rows.iter().map(|order| order.filled).sum();
    let value: Decimal = rows.iter().map(|order| order.filled_value).sum();
    let mut body = Sample::DailyCcld.body();
    set(
        &mut body["output2"],
        [
            ("tot_ord_qty", whole(quantity)),
            ("tot_ccld_qty", whole(sum)),
            ("tot_ccld_amt", whole(value)),
            ("prsm_tlex_smtl", "0".to_owned()),
            ("pchs_avg_pric", fixed(average(value, sum), 4)),
        ],
    );
    let search = format!("{}^01^{}^{}^{symbol} ^{side}^{filled}^", params.need("CANO")?, ymd(from), ymd(until));
    let size = if exchange.realm == Realm::Live { 100 } else { 15 };
    let pages = Pages { width: 100, rows: size, search, params, continues: asked.continues };
    let rows = rows.into_iter().map(|order| row(exchange, order)).collect();
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output1"] = json!(rows);
    Ok(Reply { body, more })
}

/// Orders that can be changed; the paper environment does not have this.
pub fn revocable(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    params.one_of("INQR_DVSN_1", &["0", "1"])?;
    let side = params.one_of("INQR_DVSN_2", &["0", "1", "2"])?;
    let fits = |order: &&Order| {
        order.line == Line::Stock
            && order.is_open()
            && exchange.is_listed(order)
            && (side == "0" || order.side().ends_with(side))
    };
    let mut rows = Vec::new();
    for order in exchange.orders.iter().rev().filter(fits) {
        let mut row = Sample::Revocable.row("output");
        let change = if order.row == Row::New { String::new() } else { row_name(order) };
        set(
            &mut row,
            [
                ("ord_gno_brno", order.branch.to_owned()),
                ("odno", order.number.clone()),
                ("orgn_odno", number_of(exchange, order.original)),
                ("ord_dvsn_name", kind_name(&order.kind).to_owned()),
                ("pdno", order.symbol.clone()),
                ("prdt_name", exchange.listing(&order.symbol).name.to_owned()),
                ("rvse_cncl_dvsn_name", change),
                ("ord_qty", whole(order.quantity)),
                ("ord_unpr", whole(order.price)),
                ("ord_tmd", hms(order.korean.time())),
                ("tot_ccld_qty", whole(order.filled)),
                ("tot_ccld_amt", whole(order.filled_value)),
                ("psbl_qty", whole(order.remaining())),
                ("sll_buy_dvsn_cd", order.side().to_owned()),
                ("ord_dvsn_cd", order.kind.clone()),
                ("excg_id_dvsn_cd", order.exchange.clone()),
                ("excg_id_dvsn_name", order.exchange.clone()),
                ("stpm_cndt_pric", whole(order.trigger.unwrap_or_default())),
                ("stpm_efct_occr_yn", if order.trigger.is_some() && !order.is_dormant { "Y" } else { "N" }.to_owned()),
            ],
        );
        rows.push(row);
    }
    let mut body = Sample::Revocable.body();
    let search = format!("{}^01^", params.need("CANO")?);
    let pages = Pages { width: 100, rows: 50, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output"] = json!(rows);
    Ok(Reply { body, more })
}
