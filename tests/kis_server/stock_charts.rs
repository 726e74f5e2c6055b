//! Charts of Korean shares: days, weeks, months, minutes.

use jiff::ToSpan;
use jiff::civil::{Date, Time, time};
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::calls::Asked;
use super::clock::{date_of, hms, korea, korean_ms, second_of, time_of, ymd};
use super::exchange::Exchange;
use super::market::{Bar, Market};
use super::refusal::Refusal;
use super::reply::{Outcome, Reply, sign, whole};
use super::sample::{Sample, set};
use super::stock_quotes::{against, asked_market};

fn wrong(name: &str) -> Refusal {
    Refusal::query("OPSQ2002", &format!("ERROR : INPUT INVALID_CHECK_{name}"))
}

/// Bars of days, weeks, months or years within two dates, newest first; the running one ends with the day so far.
pub(super) fn bars(
    market: &Market,
    period: &str,
    (from, until): (Date, Date),
    today: Date,
    most: usize,
) -> Vec<(Date, Bar)> {
    let group = |date: Date| match period {
        "W" => i64::from(date.iso_week_date().year()) * 60 + i64::from(date.iso_week_date().week()),
        "M" => i64::from(date.year()) * 12 + i64::from(date.month()),
        "Y" => i64::from(date.year()),
        _ => date.duration_since(jiff::civil::date(2000, 1, 1)).as_hours() / 24,
    };
    let mut bars: Vec<(Date, Bar)> = Vec::new();
    for date in Market::days_before(until.min(today)).take_while(|date| *date >= from) {
        let bar = if date == today { market.today() } else { market.past(date) };
        let is_full = bars.len() == most;
        match bars.last_mut().filter(|(last, _)| group(*last) == group(date)) {
            // A longer bar has the date of its first day, and opens with it.
            Some((last, whole)) => {
                *last = date;
                whole.open = bar.open;
                whole.high = whole.high.max(bar.high);
                whole.low = whole.low.min(bar.low);
                whole.volume += bar.volume;
                whole.value += bar.value;
            }
            None if is_full => break,
            None => bars.push((date, bar)),
        }
    }
    bars
}

/// The newest 30.
pub fn days(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let period = asked.params.one_of("FID_PERIOD_DIV_CODE", &["D", "W", "M"])?;
    asked.params.one_of("FID_ORG_ADJ_PRC", &["0", "1"])?;
    let today = korea(asked.now).date();
    let from = today.saturating_sub(4.years());
    let mut body = Sample::DailyPrice.body();
    let rows: Vec<Value> = bars(market, period, (from, today), today, 30)
        .into_iter()
        .map(|(date, bar)| {
            let mut row = Sample::DailyPrice.row("output");
            set(
                &mut row,
                [("stck_bsop_date", ymd(date)), ("acml_vol", whole(bar.volume)), ("stck_clpr", whole(bar.close))],
            );
            set(&mut row, prices(&bar));
            row
        })
        .collect();
    body["output"] = json!(rows);
    Reply::whole(body)
}

fn prices(bar: &Bar) -> [(&'static str, String); 3] {
    [("stck_oprc", whole(bar.open)), ("stck_hgpr", whole(bar.high)), ("stck_lwpr", whole(bar.low))]
}

/// At most 100 within two dates, the newest of them.
pub fn chart(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let params = asked.params;
    let from = date_of(params.need("FID_INPUT_DATE_1")?).ok_or_else(|| wrong("FID_INPUT_DATE_1"))?;
    let until = date_of(params.need("FID_INPUT_DATE_2")?).ok_or_else(|| wrong("FID_INPUT_DATE_2"))?;
    let period = params.one_of("FID_PERIOD_DIV_CODE", &["D", "W", "M", "Y"])?;
    params.one_of("FID_ORG_ADJ_PRC", &["0", "1"])?;
    let today = korea(asked.now).date();
    let mut body = Sample::DailyChart.body();
    let ([change, sign_code, change_percent], day) = (against(market), market.today());
    let best = |price: Option<Decimal>| whole(price.unwrap_or_default());
    set(
        &mut body["output1"],
        [
            ("hts_kor_isnm", market.listing.name.to_owned()),
            ("stck_shrn_iscd", market.listing.symbol.to_owned()),
            ("stck_prpr", whole(market.last)),
            ("stck_prdy_clpr", whole(market.listing.base)),
            ("prdy_vrss", change),
            ("prdy_vrss_sign", sign_code),
            ("prdy_ctrt", change_percent),
            ("acml_vol", whole(day.volume)),
            ("acml_tr_pbmn", whole(day.value)),
            ("askp", best(market.ask())),
            ("bidp", best(market.bid())),
        ],
    );
    set(&mut body["output1"], prices(&day));
    let bars = bars(market, period, (from, until), today, 100);
    let rows: Vec<Value> = bars
        .iter()
        .enumerate()
        .map(|(at, (date, bar))| {
            let before = bars.get(at + 1).map_or(bar.open, |(_, bar)| bar.close);
            let mut row = Sample::DailyChart.row("output2");
            set(
                &mut row,
                [
                    ("stck_bsop_date", ymd(*date)),
                    ("stck_clpr", whole(bar.close)),
                    ("acml_vol", whole(bar.volume)),
                    ("acml_tr_pbmn", whole(bar.value)),
                    ("prdy_vrss", whole(bar.close - before)),
                    ("prdy_vrss_sign", sign(bar.close - before).to_owned()),
                ],
            );
            set(&mut row, prices(bar));
            row
        })
        .collect();
    body["output2"] = json!(rows);
    Reply::whole(body)
}

/// Minutes back from one, newest first. What did not trade is flat at the price before.
fn minutes_back(market: &Market, date: Date, until: Time, count: usize) -> Vec<(Time, Bar)> {
    let first = korean_ms(date, time(9, 0, 0, 0));
    let last = korean_ms(date, until) / 60_000 * 60_000;
    let mut known: Option<Decimal> = None;
    let mut bars = Vec::new();
    let mut start = first;
    while start <= last {
        let flat = known.unwrap_or(market.listing.base);
        let quiet = Bar { open: flat, high: flat, low: flat, close: flat, volume: dec!(0), value: dec!(0) };
        let bar = market.minutes.get(&start).copied().unwrap_or(quiet);
        known = Some(bar.close);
        bars.push((korea(start).time(), bar));
        start += 60_000;
    }
    bars.reverse();
    bars.truncate(count);
    bars
}

fn minute_rows(sample: Sample, date: Date, bars: &[(Time, Bar)]) -> Vec<Value> {
    let mut so_far: Decimal = bars.iter().map(|(_, bar)| bar.value).sum();
    let rows = bars.iter().map(|(time, bar)| {
        let mut row = sample.row("output2");
        set(
            &mut row,
            [
                ("stck_bsop_date", ymd(date)),
                ("stck_cntg_hour", hms(*time)),
                ("stck_prpr", whole(bar.close)),
                ("cntg_vol", whole(bar.volume)),
                ("acml_tr_pbmn", whole(so_far)),
            ],
        );
        so_far -= bar.value;
        set(&mut row, prices(bar));
        row
    });
    rows.collect()
}

fn summary(market: &Market, output: &mut Value) {
    let ([change, sign_code, change_percent], day) = (against(market), market.today());
    set(
        output,
        [
            ("hts_kor_isnm", market.listing.name.to_owned()),
            ("stck_prpr", whole(market.last)),
            ("stck_prdy_clpr", whole(market.listing.base)),
            ("prdy_vrss", change),
            ("prdy_vrss_sign", sign_code),
            ("prdy_ctrt", change_percent),
            ("acml_vol", whole(day.volume)),
            ("acml_tr_pbmn", whole(day.value)),
        ],
    );
}

/// 30 of today.
pub fn minutes(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let until = time_of(asked.params.need("FID_INPUT_HOUR_1")?).ok_or_else(|| wrong("FID_INPUT_HOUR_1"))?;
    asked.params.one_of("FID_PW_DATA_INCU_YN", &["Y", "N"])?;
    asked.params.need("FID_ETC_CLS_CODE")?;
    let today = korea(asked.now).date();
    let mut body = Sample::MinuteChart.body();
    summary(market, &mut body["output1"]);
    let bars = minutes_back(market, today, until, 30);
    body["output2"] = json!(minute_rows(Sample::MinuteChart, today, &bars));
    Reply::whole(body)
}

/// 120 of a day; a day of the past has a straight line from its open to its close.
pub fn past_minutes(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let params = asked.params;
    let date = date_of(params.need("FID_INPUT_DATE_1")?).ok_or_else(|| wrong("FID_INPUT_DATE_1"))?;
    let until = time_of(params.need("FID_INPUT_HOUR_1")?).ok_or_else(|| wrong("FID_INPUT_HOUR_1"))?;
    params.one_of("FID_PW_DATA_INCU_YN", &["Y", "N"])?;
    params.need("FID_FAKE_TICK_INCU_YN")?;
    let mut body = Sample::PastMinutes.body();
    summary(market, &mut body["output1"]);
    let bars = if date == korea(asked.now).date() {
        minutes_back(market, date, until, 120)
    } else {
        past(market, date, until)
    };
    body["output2"] = json!(minute_rows(Sample::PastMinutes, date, &bars));
    Reply::whole(body)
}

fn past(market: &Market, date: Date, until: Time) -> Vec<(Time, Bar)> {
    if !super::clock::is_weekday(date) {
        return Vec::new();
    }
    let day = market.past(date);
    let last = (second_of(until) / 60).min(15 * 60 + 30);
    let minutes = (9 * 60..=last).rev().take(120);
    let bar = |minute: i32| {
        let way = Decimal::from(minute - 9 * 60) / dec!(390);
        let price = day.open + (day.close - day.open) * way;
        let tick = market.listing.tick(price);
        let price = (price / tick).floor() * tick;
        let hour = i8::try_from(minute / 60).unwrap_or_default();
        let volume = dec!(1000);
        let bar = Bar { open: price, high: price, low: price, close: price, volume, value: price * volume };
        (time(hour, i8::try_from(minute % 60).unwrap_or_default(), 0, 0), bar)
    };
    minutes.map(bar).collect()
}
