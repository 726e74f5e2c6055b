//! Quotes of foreign shares.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::calls::Asked;
use super::clock::{date_of, hms, korea, ymd};
use super::exchange::Exchange;
use super::market::{Bar, LEVELS, Market};
use super::refusal::Refusal;
use super::reply::{Outcome, Reply, fixed, percent, sign, whole};
use super::sample::{Sample, set, set_at};

/// The market that is asked about: a symbol is known at its own exchange only, by night or by day.
fn asked_market<'a>(exchange: &'a Exchange, asked: &Asked<'_>) -> Result<&'a Market, Refusal> {
    asked.params.need("AUTH")?;
    let place = match asked.params.need("EXCD")? {
        "BAQ" => "NAS",
        "BAY" => "NYS",
        "BAA" => "AMS",
        place => place,
    };
    let market = exchange.market(asked.params.need("SYMB")?, false)?;
    if market.listing.board.quotes() == place { Ok(market) } else { Err(Refusal::no_symbol()) }
}

fn money(value: Decimal) -> String {
    fixed(value, 4)
}

/// A change in per cent, signed, with a blank where there is none.
fn rate(change: Decimal, base: Decimal) -> String {
    let percent = percent(change, base);
    match sign(change) {
        "2" => format!("+{percent:.2}"),
        "3" => " 0.00".to_owned(),
        _ => fixed(percent, 2),
    }
}

pub fn price(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let (day, change) = (market.today(), market.change());
    let mut body = Sample::OverseasPrice.body();
    set(
        &mut body["output"],
        [
            ("rsym", market.listing.stream_key()),
            ("base", money(market.listing.base)),
            ("last", money(market.last)),
            ("sign", sign(change).to_owned()),
            ("diff", money(change.abs())),
            ("rate", rate(change, market.listing.base)),
            ("tvol", whole(day.volume)),
            ("tamt", whole(day.value)),
            ("ordy", "매매 가능".to_owned()),
        ],
    );
    Reply::whole(body)
}

pub fn detail(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let day = market.today();
    let mut body = Sample::OverseasDetail.body();
    set(
        &mut body["output"],
        [
            ("rsym", market.listing.stream_key()),
            ("open", money(day.open)),
            ("high", money(day.high)),
            ("low", money(day.low)),
            ("last", money(market.last)),
            ("base", money(market.listing.base)),
            ("tvol", whole(day.volume)),
            ("tamt", whole(day.value)),
            ("t_xprc", whole(market.last * dec!(1321))),
        ],
    );
    Reply::whole(body)
}

pub fn book(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let (day, there) = (market.today(), market.listing.board.local(asked.now));
    let mut body = Sample::OverseasAskingPrice.body();
    set(
        &mut body["output1"],
        [
            ("rsym", market.listing.stream_key()),
            ("code", market.listing.symbol.to_owned()),
            ("base", money(market.listing.base)),
            ("open", money(day.open)),
            ("high", money(day.high)),
            ("low", money(day.low)),
            ("last", money(market.last)),
            ("dymd", ymd(there.date())),
            ("dhms", hms(there.time())),
            ("bvol", whole(market.bids.values().sum())),
            ("avol", whole(market.asks.values().sum())),
        ],
    );
    let asks: Vec<_> = market.asks.iter().collect();
    let bids: Vec<_> = market.bids.iter().rev().collect();
    for at in 0..LEVELS {
        let zero = (&dec!(0), &dec!(0));
        let (ask, bid) = (asks.get(at).copied().unwrap_or(zero), bids.get(at).copied().unwrap_or(zero));
        let output = &mut body["output2"];
        set_at(output, "pask", at + 1, money(*ask.0));
        set_at(output, "vask", at + 1, whole(*ask.1));
        set_at(output, "pbid", at + 1, money(*bid.0));
        set_at(output, "vbid", at + 1, whole(*bid.1));
    }
    Reply::whole(body)
}

/// The newest 30, newest first, in the part in which the example has them.
pub fn prints(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let rows = market.prints.iter().take(30).map(|print| {
        let change = print.price - market.listing.base;
        let mut row = Sample::OverseasPrints.row("output1");
        set(
            &mut row,
            [
                ("khms", hms(korea(print.time).time())),
                ("last", money(print.price)),
                ("sign", sign(change).to_owned()),
                ("diff", money(change.abs())),
                ("rate", rate(change, market.listing.base)),
                ("evol", whole(print.quantity)),
                ("tvol", whole(print.volume)),
                ("mtyp", "0".to_owned()),
                ("pbid", money(market.bid().unwrap_or_default())),
                ("pask", money(market.ask().unwrap_or_default())),
            ],
        );
        row
    });
    let rows: Vec<Value> = rows.collect();
    let mut body = Sample::OverseasPrints.body();
    body["output1"] = json!(rows);
    Reply::whole(body)
}

/// 100 days up to one, or weeks or months, newest first.
pub fn days(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let params = asked.params;
    let period = params.one_of("GUBN", &["0", "1", "2"])?;
    params.one_of("MODP", &["0", "1"])?;
    params.need("KEYB")?;
    let today = market.listing.board.local(asked.now).date();
    let until = match params.need("BYMD")? {
        "" => today,
        text => date_of(text).ok_or_else(|| Refusal::query("OPSQ2002", "ERROR : INPUT INVALID_CHECK_BYMD"))?,
    };
    let mut bars: Vec<(Date, Bar)> = Vec::new();
    for date in Market::days_before(until.min(today)).take_while(|date| *date >= today - 10.years()) {
        let bar = if date == today { market.today() } else { market.past(date) };
        let same = |last: Date| match period {
            "1" => last.iso_week_date().week() == date.iso_week_date().week(),
            "2" => last.month() == date.month(),
            _ => false,
        };
        let is_full = bars.len() == 100;
        match bars.last_mut().filter(|(last, _)| same(*last)) {
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
    let mut body = Sample::OverseasDays.body();
    set(&mut body["output1"], [("rsym", market.listing.stream_key()), ("nrec", bars.len().to_string())]);
    let rows = bars.iter().enumerate().map(|(at, (date, bar))| {
        let before = bars.get(at + 1).map_or(bar.open, |(_, bar)| bar.close);
        let change = bar.close - before;
        let mut row = Sample::OverseasDays.row("output2");
        set(
            &mut row,
            [
                ("xymd", ymd(*date)),
                ("clos", money(bar.close)),
                ("sign", sign(change).to_owned()),
                ("diff", money(change.abs())),
                ("rate", rate(change, before)),
                ("open", money(bar.open)),
                ("high", money(bar.high)),
                ("low", money(bar.low)),
                ("tvol", whole(bar.volume)),
                ("tamt", whole(bar.value)),
            ],
        );
        row
    });
    let rows: Vec<Value> = rows.collect();
    body["output2"] = json!(rows);
    Reply::whole(body)
}

/// Minutes in which something traded today, newest first; there are no others.
pub fn minutes(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    let market = asked_market(exchange, asked)?;
    let params = asked.params;
    params.one_of("NMIN", &["1"])?;
    params.one_of("PINC", &["0", "1"])?;
    for name in ["NEXT", "FILL"] {
        params.need(name)?;
    }
    let most = params.whole("NREC")?.min(dec!(120));
    let before = params.need("KEYB")?;
    let local = |start: i64| market.listing.board.local(start);
    let key = |start: i64| format!("{}{}", ymd(local(start).date()), hms(local(start).time()));
    let fits = |start: i64| before.is_empty() || *key(start) <= *before;
    let mut bars = market.minutes.iter().rev().filter(|(start, _)| fits(**start)).peekable();
    let mut rows: Vec<Value> = Vec::new();
    while Decimal::from(rows.len()) < most {
        let Some((start, bar)) = bars.next() else { break };
        let (there, here) = (local(*start), korea(*start));
        let mut row = Sample::OverseasMinutes.row("output2");
        set(
            &mut row,
            [
                ("tymd", ymd(there.date())),
                ("xymd", ymd(there.date())),
                ("xhms", hms(there.time())),
                ("kymd", ymd(here.date())),
                ("khms", hms(here.time())),
                ("open", money(bar.open)),
                ("high", money(bar.high)),
                ("low", money(bar.low)),
                ("last", money(bar.close)),
                ("evol", whole(bar.volume)),
                ("eamt", whole(bar.value)),
            ],
        );
        rows.push(row);
    }
    let more = if bars.peek().is_some() { "1" } else { "0" };
    let mut body = Sample::OverseasMinutes.body();
    let count = rows.len().to_string();
    set(
        &mut body["output1"],
        [("rsym", market.listing.stream_key()), ("next", more.to_owned()), ("more", more.to_owned()), ("nrec", count)],
    );
    body["output2"] = json!(rows);
    Reply::whole(body)
}
