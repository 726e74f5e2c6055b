//! Bonds held and what can be bought: `inquire-balance`, `inquire-psbl-order`.

use rust_decimal::dec;
use serde_json::json;

use super::bond_quotes::money;
use super::calls::{Asked, check_account};
use super::clock::{korea, ymd};
use super::exchange::Exchange;
use super::order::Line;
use super::reply::{Outcome, Pages, Reply, average, whole};
use super::sample::{Sample, set};

/// A row for each purchase: what is held is told as two of them, ten units and the rest.
pub fn balance(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    params.one_of("INQR_CNDT", &["00"])?;
    for name in ["PDNO", "BUY_DT"] {
        params.one_of(name, &[""])?;
    }
    let mut rows = Vec::new();
    for (isin, position) in &exchange.account.positions {
        let listing = exchange.listing(isin);
        let Some((_, redeemed)) = listing.bond else { continue };
        let first = position.quantity.min(dec!(10));
        let price = average(position.cost * dec!(10), position.quantity);
        for (number, quantity) in [("1", first), ("2", position.quantity - first)] {
            if quantity.is_zero() && number == "2" {
                continue;
            }
            let mut row = Sample::BondBalance.row("output");
            set(
                &mut row,
                [
                    ("pdno", isin.clone()),
                    ("prdt_name", listing.name.to_owned()),
                    ("buy_dt", ymd(korea(asked.now).date())),
                    ("buy_sqno", number.to_owned()),
                    ("cblc_qty", whole(quantity)),
                    ("agrx_qty", whole(quantity)),
                    ("exdt", redeemed.to_owned()),
                    ("buy_unpr", money(price.round_dp(2))),
                    ("buy_amt", whole(price * quantity / dec!(10))),
                    ("ord_psbl_qty", whole(quantity.min(exchange.sellable(isin)))),
                ],
            );
            rows.push(row);
        }
    }
    let mut body = Sample::BondBalance.body();
    let search = format!("{}^01^", params.need("CANO")?);
    let pages = Pages { width: 200, rows: 30, search, params, continues: asked.continues };
    let (rows, more) = pages.cut(rows, &mut body)?;
    body["output"] = json!(rows);
    Ok(Reply { body, more })
}

pub fn buyable(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let params = asked.params;
    check_account(params)?;
    exchange.bond_market(params.need("PDNO")?)?;
    params.one_of("SAMT_MKET_PTCI_YN", &["N"])?;
    let price = params.number("BOND_ORD_UNPR")?;
    let cash = exchange.orderable(Line::Bond).max(dec!(0));
    // In tens.
    let quantity = if price.is_zero() { dec!(0) } else { (cash / price).floor() * dec!(10) };
    let mut body = Sample::BondPsblOrder.body();
    set(
        &mut body["output"],
        [
            ("ord_psbl_cash", whole(cash)),
            ("bond_ord_unpr2", money(price)),
            ("buy_psbl_amt", whole(quantity * price / dec!(10))),
            ("buy_psbl_qty", whole(quantity)),
        ],
    );
    Reply::whole(body)
}
