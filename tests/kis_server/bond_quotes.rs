//! Quotes of bonds: price, book, prints, days.

use jiff::civil::Date;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::calls::Asked;
use super::clock::{hms, korea, ymd};
use super::exchange::Exchange;
use super::market::Market;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply, fixed, percent, sign, whole};
use super::sample::{Sample, set, set_at};

/// Levels of a book.
pub const LEVELS: usize = 5;

fn asked_market<'a>(exchange: &'a Exchange, asked: &Asked<'_>) -> Result<&'a Market, Refusal> {
    if asked.params.need("FID_COND_MRKT_DIV_CODE")? != "B" {
        return Err(Refusal::query("OPSQ2001", "ERROR : INPUT INVALID_CHECK_MRKT_DIV_CODE"));
    }
    exchange.bond_market(asked.params.need("FID_INPUT_ISCD")?)
}

pub fn money(value: Decimal) -> String {
    fixed(value, 2)
}

/// Change of a price from another: number, sign, per cent.
fn against(price: Decimal, before: Decimal) -> [(&'static str, String); 3] {
    let change = price - before;
    [
        ("bond_prdy_vrss", money(change)),
        ("prdy_vrss_sign", sign(change).to_owned()),
        ("prdy_ctrt", fixed(percent(change, before), 2)),
    ]
}

pub fn price(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let (day, listing) = (market.today(), &market.listing);
    let (upper, lower) = listing.limits();
    let mut body = Sample::BondPrice.body();
    let output = &mut body["output"];
    set(output, against(market.last, listing.base));
    set(
        output,
        [
            ("stnd_iscd", listing.isin.to_owned()),
            ("hts_kor_isnm", listing.name.to_owned()),
            ("bond_prpr", money(market.last)),
            ("acml_vol", whole(day.volume)),
            ("bond_prdy_clpr", money(listing.base)),
            ("bond_oprc", money(day.open)),
            ("bond_hgpr", money(day.high)),
            ("bond_lwpr", money(day.low)),
            ("bond_mxpr", money(upper)),
            ("bond_llam", money(lower)),
        ],
    );
    Reply::whole(body)
}

pub fn book(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let mut body = Sample::BondAskingPrice.body();
    let output = &mut body["output"];
    let (mut asks, mut bids) = (market.asks.iter(), market.bids.iter().rev());
    for at in 1..=LEVELS {
        let zero = (&dec!(0), &dec!(0));
        let (ask, bid) = (asks.next().unwrap_or(zero), bids.next().unwrap_or(zero));
        set_at(output, "bond_askp", at, money(*ask.0));
        set_at(output, "askp_rsqn", at, whole(*ask.1));
        set_at(output, "bond_bidp", at, money(*bid.0));
        set_at(output, "bidp_rsqn", at, whole(*bid.1));
    }
    let (ask, bid): (Decimal, Decimal) = (market.asks.values().sum(), market.bids.values().sum());
    set(
        output,
        [
            ("aspr_acpt_hour", hms(korea(asked.now).time())),
            ("total_askp_rsqn", whole(ask)),
            ("total_bidp_rsqn", whole(bid)),
            ("ntby_aspr_rsqn", whole(bid - ask)),
        ],
    );
    Reply::whole(body)
}

/// The newest 30, newest first.
pub fn prints(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let row = |print: &super::market::Print| {
        let mut row = Sample::BondPrints.row("output");
        set(&mut row, against(print.price, market.listing.base));
        set(
            &mut row,
            [
                ("stck_cntg_hour", hms(korea(print.time).time())),
                ("bond_prpr", money(print.price)),
                ("cntg_vol", whole(print.quantity)),
                ("acml_vol", whole(print.volume)),
            ],
        );
        row
    };
    let rows: Vec<Value> = market.prints.iter().take(30).map(row).collect();
    let mut body = Sample::BondPrints.body();
    body["output"] = json!(rows);
    Reply::whole(body)
}

/// The newest 100 days, newest first. A day without trades has no prices but the last.
pub fn days(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let today = korea(asked.now).date();
    let row = |date: Date| {
        let bar = if date == today { market.today() } else { market.past(date) };
        let is_traded = !bar.volume.is_zero();
        let price = |price: Decimal| money(if is_traded { price } else { dec!(0) });
        let mut row = Sample::BondDays.row("output");
        set(&mut row, against(bar.close, market.listing.base));
        set(
            &mut row,
            [
                ("stck_bsop_date", ymd(date)),
                ("bond_prpr", money(bar.close)),
                ("acml_vol", whole(bar.volume)),
                ("bond_oprc", price(bar.open)),
                ("bond_hgpr", price(bar.high)),
                ("bond_lwpr", price(bar.low)),
            ],
        );
        row
    };
    let rows: Vec<Value> = Market::days_before(today).take(100).map(row).collect();
    let mut body = Sample::BondDays.body();
    body["output"] = json!(rows);
    Reply::whole(body)
}
