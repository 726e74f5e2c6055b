//! Quotes of futures and options: price, book, charts.

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::calls::Asked;
use super::clock::{date_of, hms, korea, korean_ms, time_of, ymd};
use super::exchange::Exchange;
use super::future_frames::{LEVELS, points, thousands};
use super::market::{Bar, Market};
use super::order::Line;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply, fixed, percent, sign, whole};
use super::sample::{Sample, set, set_at};
use super::session::night_time;
use super::stock_charts::bars;

fn wrong(name: &str) -> Refusal {
    Refusal::query("OPSQ2002", &format!("ERROR : INPUT INVALID_CHECK_{name}"))
}

/// The contract that is asked about, in its own division.
fn asked_market<'a>(exchange: &'a Exchange, asked: &Asked<'_>) -> Result<&'a Market, Refusal> {
    let division = asked.params.one_of("FID_COND_MRKT_DIV_CODE", &["F", "O", "CM", "EU"])?;
    let market = exchange.derivative(asked.params.need("FID_INPUT_ISCD")?)?;
    let own = if market.listing.is_option() { ["O", "EU"] } else { ["F", "CM"] };
    if own.contains(&division) { Ok(market) } else { Err(wrong("FID_COND_MRKT_DIV_CODE")) }
}

impl Exchange {
    /// The market of a contract.
    pub fn derivative(&self, symbol: &str) -> Result<&Market, Refusal> {
        let market = self.markets.get(symbol).filter(|market| market.listing.board.line() == Line::Future);
        market.ok_or_else(Refusal::no_symbol)
    }
}

fn today(market: &Market) -> [(&'static str, String); 9] {
    let (day, change) = (market.today(), market.change());
    [
        ("futs_prpr", points(market.last)),
        ("futs_prdy_vrss", points(change)),
        ("prdy_vrss_sign", sign(change).to_owned()),
        ("futs_prdy_clpr", points(market.listing.base)),
        ("futs_prdy_ctrt", fixed(percent(change, market.listing.base), 2)),
        ("acml_vol", whole(day.volume)),
        ("hts_kor_isnm", market.listing.name.to_owned()),
        ("futs_prpr", points(market.last)),
        ("futs_prdy_clpr", points(market.listing.base)),
    ]
}

pub fn price(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let (day, (upper, lower)) = (market.today(), market.listing.limits());
    let mut body = Sample::FuturePrice.body();
    set(&mut body["output1"], today(market));
    set(
        &mut body["output1"],
        [
            ("acml_tr_pbmn", thousands(day.value, market)),
            ("futs_oprc", points(day.open)),
            ("futs_hgpr", points(day.high)),
            ("futs_lwpr", points(day.low)),
            ("futs_mxpr", points(upper)),
            ("futs_llam", points(lower)),
            ("futs_sdpr", points(market.listing.base)),
        ],
    );
    Reply::whole(body)
}

pub fn book(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let mut body = Sample::FutureBook.body();
    set(&mut body["output1"], today(market));
    set(&mut body["output1"], [("futs_shrn_iscd", market.listing.symbol.to_owned())]);
    let asks: Vec<_> = market.asks.iter().collect();
    let bids: Vec<_> = market.bids.iter().rev().collect();
    let output = &mut body["output2"];
    set(output, [("aspr_acpt_hour", hms(korea(asked.now).time()))]);
    for at in 0..LEVELS {
        let zero = (&dec!(0), &dec!(0));
        let (ask, bid) = (asks.get(at).copied().unwrap_or(zero), bids.get(at).copied().unwrap_or(zero));
        set_at(output, "futs_askp", at + 1, points(*ask.0));
        set_at(output, "askp_rsqn", at + 1, whole(*ask.1));
        set_at(output, "futs_bidp", at + 1, points(*bid.0));
        set_at(output, "bidp_rsqn", at + 1, whole(*bid.1));
    }
    Reply::whole(body)
}

fn prices(bar: &Bar) -> [(&'static str, String); 4] {
    [
        ("futs_oprc", points(bar.open)),
        ("futs_hgpr", points(bar.high)),
        ("futs_lwpr", points(bar.low)),
        ("futs_prpr", points(bar.close)),
    ]
}

/// At most 100 within two dates, the newest of them.
pub fn chart(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let params = asked.params;
    let date = |name: &str| date_of(params.need(name)?).ok_or_else(|| wrong(name));
    let (from, until): (Date, Date) = (date("FID_INPUT_DATE_1")?, date("FID_INPUT_DATE_2")?);
    let period = params.one_of("FID_PERIOD_DIV_CODE", &["D", "W", "M", "Y"])?;
    let mut body = Sample::FutureChart.body();
    set(&mut body["output1"], today(market));
    let bars = bars(market, period, (from, until), korea(asked.now).date(), 100);
    let rows = bars.into_iter().map(|(date, bar)| {
        let mut row = Sample::FutureChart.row("output2");
        set(&mut row, prices(&bar));
        let value = thousands(bar.value, market);
        set(&mut row, [("stck_bsop_date", ymd(date)), ("acml_vol", whole(bar.volume)), ("acml_tr_pbmn", value)]);
        row
    });
    let rows: Vec<Value> = rows.collect();
    body["output2"] = json!(rows);
    Reply::whole(body)
}

/// 102 minutes back from a time: those of today that traded, before them those of the day before.
pub fn minutes(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let params = asked.params;
    params.one_of("FID_HOUR_CLS_CODE", &["60"])?;
    params.one_of("FID_PW_DATA_INCU_YN", &["Y", "N"])?;
    params.one_of("FID_FAKE_TICK_INCU_YN", &["N"])?;
    let date = date_of(params.need("FID_INPUT_DATE_1")?).ok_or_else(|| wrong("FID_INPUT_DATE_1"))?;
    let (time, days) = time_of_night(params.need("FID_INPUT_HOUR_1")?).ok_or_else(|| wrong("FID_INPUT_HOUR_1"))?;
    let until = korean_ms(date + days.days(), time).min(asked.now);
    let is_night = matches!(params.need("FID_COND_MRKT_DIV_CODE")?, "CM" | "EU");
    let mut all: Vec<(i64, Bar)> = market.minutes.iter().map(|(at, bar)| (*at, *bar)).collect();
    let today = korea(asked.now).date();
    all.retain(|(at, _)| (6..18).contains(&korea(*at).hour()) != is_night);
    if let Some(before) = Market::days_before(today - 1.day()).next().filter(|_| !is_night) {
        let day = market.past(before);
        let opens = korean_ms(before, jiff::civil::time(8, 45, 0, 0));
        let flat = Bar { volume: dec!(7), value: dec!(7) * day.close, ..day };
        all.extend((0..400).map(|minute| (opens + minute * 60_000, flat)));
    }
    all.retain(|(at, _)| *at <= until);
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut rows = Vec::new();
    for (at, bar) in all.iter().take(102) {
        let (at, day) = (korea(*at), korea(*at).date());
        let (shown, hour) = match is_night {
            true if at.hour() < 6 => (day - 1.day(), night_time(at.time())),
            true => (day, night_time(at.time())),
            false => (day, hms(at.time())),
        };
        // Money of the day until then.
        let same = |other: &&(i64, Bar)| korea(other.0).date() == day && korea(other.0) <= at;
        let so_far: Decimal = all.iter().filter(same).map(|(_, bar)| bar.value).sum();
        let mut row = Sample::FutureMinutes.row("output2");
        set(&mut row, prices(bar));
        set(
            &mut row,
            [
                ("stck_bsop_date", ymd(shown)),
                ("stck_cntg_hour", hour),
                ("cntg_vol", whole(bar.volume)),
                ("acml_tr_pbmn", thousands(so_far, market)),
            ],
        );
        rows.push(row);
    }
    let mut body = Sample::FutureMinutes.body();
    set(&mut body["output1"], today_of_minutes(market));
    body["output2"] = json!(rows);
    Reply::whole(body)
}

/// A time whose hours may go on past midnight, and how many days that is.
fn time_of_night(text: &str) -> Option<(Time, i8)> {
    let hour: i8 = text.get(..2)?.parse().ok()?;
    Some((time_of(&format!("{:02}{}", hour % 24, text.get(2..)?))?, hour / 24))
}

fn today_of_minutes(market: &Market) -> [(&'static str, String); 2] {
    [("futs_prpr", points(market.last)), ("futs_shrn_iscd", market.listing.symbol.to_owned())]
}
