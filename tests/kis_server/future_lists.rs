//! The lists of orders in futures and options: `inquire-ccnl`, `inquire-ngt-ccnl`.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::calls::{Asked, check_derivatives};
use super::clock::{date_of, hms, ymd};
use super::exchange::Exchange;
use super::future_frames::points;
use super::order::{Line, Order, Row};
use super::refusal::Refusal;
use super::reply::{Outcome, Pages, Reply, average, fixed, whole};
use super::sample::{Sample, set};

fn row(exchange: &Exchange, order: &Order) -> Value {
    let side = if order.is_buy { "BUY" } else { "SELL" };
    let deed = match order.row {
        Row::New => format!("HTS {side}"),
        Row::Modification => format!("{side} MODIFY CONFIRM"),
        Row::Cancel => "CANCEL CONFIRM".to_owned(),
    };
    let original = order.original.map(|id| exchange.orders[id].number.clone());
    let refused = if order.refused.is_zero() { "NORMAL" } else { order.reason };
    let multiplier = exchange.listing(&order.symbol).multiplier;
    // The list tells the type without its time in force.
    let kind = match order.kind.as_str() {
        "10" | "11" => "01",
        "12" | "13" => "02",
        "14" | "15" => "04",
        kind => kind,
    };
    let mut row = Sample::FutureOrders.row("output1");
    set(
        &mut row,
        [
            ("ord_gno_brno", order.branch.to_owned()),
            ("ord_dt", ymd(order.korean.date())),
            ("odno", order.number.clone()),
            ("orgn_odno", original.unwrap_or_else(|| "0000000000".to_owned())),
            ("sll_buy_dvsn_cd", order.side().to_owned()),
            ("trad_dvsn_name", deed),
            ("nmpr_type_cd", kind.to_owned()),
            ("pdno", order.symbol.clone()),
            ("prdt_name", exchange.listing(&order.symbol).name.to_owned()),
            ("ord_qty", whole(order.quantity)),
            ("ord_idx", points(order.price)),
            ("qty", whole(order.remaining())),
            ("ord_tmd", hms(order.korean.time())),
            ("tot_ccld_qty", whole(order.filled)),
            ("avg_idx", fixed(average(order.filled_value, order.filled), 8)),
            ("tot_ccld_amt", whole(order.filled_value * multiplier)),
            ("rjct_qty", whole(order.refused)),
            ("ingr_trad_rjct_rson_name", refused.to_owned()),
        ],
    );
    if order.line == Line::Night {
        // It has no code of the type, and its price goes by another name.
        let fields = row.as_object_mut().unwrap();
        fields.remove("nmpr_type_cd");
        fields.insert("nmpr_type_name".into(), json!(if kind == "02" { "시장가" } else { "지정가" }));
        let price = fields.remove("ord_idx").unwrap();
        fields.insert("ord_idx4".into(), price);
    }
    row
}

pub fn orders(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    list(exchange, asked, Line::Future)
}

/// Of nights; it is asked for until the day after the last one.
pub fn night_orders(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    asked.params.one_of("SCRN_DVSN", &["02"])?;
    asked.params.one_of("FUOP_DVSN_CD", &["", "01", "02"])?;
    list(exchange, asked, Line::Night)
}

fn list(exchange: &mut Exchange, asked: &Asked<'_>, line: Line) -> Outcome {
    let params = asked.params;
    check_derivatives(params)?;
    let wrong = |name: &str| Refusal::query("OPSQ2002", &format!("ERROR : INPUT INVALID_CHECK_{name}"));
    let from = date_of(params.need("STRT_ORD_DT")?).ok_or_else(|| wrong("STRT_ORD_DT"))?;
    let until = date_of(params.need("END_ORD_DT")?).ok_or_else(|| wrong("END_ORD_DT"))?;
    let side = params.one_of("SLL_BUY_DVSN_CD", &["00", "01", "02"])?;
    let filled = params.one_of("CCLD_NCCS_DVSN", &["00", "01", "02"])?;
    let last = if line == Line::Night { until.yesterday().unwrap() } else { until };
    let is_newest_first = params.one_of("SORT_SQN", &["", "AS", "DS"])? != "AS";
    for name in ["STRT_ODNO", "PDNO", "MKET_ID_CD"] {
        params.one_of(name, &[""])?;
    }
    let fits = |order: &&Order| {
        order.line == line
            && exchange.is_listed(order)
            && (from..=last).contains(&order.date)
            && (side == "00" || side == order.side())
            && match filled {
                "01" => !order.filled.is_zero(),
                "02" => !order.remaining().is_zero(),
                _ => true,
            }
    };
    let mut own: Vec<&Order> = exchange.orders.iter().filter(fits).collect();
    if is_newest_first {
        own.reverse();
    }
    let quantity: Decimal = own.iter().map(|order| order.quantity).sum();
    let rows: Vec<Value> = own.into_iter().map(|order| row(exchange, order)).collect();
    let mut body = Sample::FutureOrders.body();
    set(&mut body["output2"], [("tot_ord_qty", whole(quantity))]);
    let search = format!("{}^03^{}^{}^DS^", params.need("CANO")?, ymd(from), ymd(until));
    let pages = Pages { width: 200, rows: 100, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output1"] = json!(rows);
    Ok(Reply { body, more })
}
