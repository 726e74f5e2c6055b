//! Records of the streams of futures and options, and their notices.

use rust_decimal::{Decimal, dec};

use super::clock::{hms, korea};
use super::exchange::Exchange;
use super::market::Market;
use super::notice::{Told, digits};
use super::order::{Line, Order};
use super::reply::{fixed, percent, sign, whole};
use super::session::night_time;
use super::{DERIVATIVES_ACCOUNT, HTS_ID};

/// Levels of a book of futures and options.
pub const LEVELS: usize = 5;

pub fn points(value: Decimal) -> String {
    fixed(value, 2)
}

fn best(price: Option<Decimal>, side: &std::collections::BTreeMap<Decimal, Decimal>) -> (Decimal, Decimal) {
    let price = price.unwrap_or_default();
    (price, side.get(&price).copied().unwrap_or_default())
}

/// Whether it is an hour of the night session.
fn is_night(now: i64) -> bool {
    let hour = korea(now).hour();
    !(6..18).contains(&hour)
}

/// As streams write it.
fn time_at(now: i64) -> String {
    let at = korea(now).time();
    if is_night(now) { night_time(at) } else { hms(at) }
}

/// Money in units of 1,000 won.
pub fn thousands(value: Decimal, market: &Market) -> String {
    whole(value * market.listing.multiplier / dec!(1000))
}

/// Stream, key and fields of the newest print: 50 fields of a future, 58 of an option.
pub fn print(market: &Market, now: i64) -> (&'static str, String, String) {
    let symbol = market.listing.symbol.to_owned();
    let Some(print) = market.prints.front() else { return ("H0IFCNT0", symbol, String::new()) };
    let (day, time, change) = (market.today(), time_at(now), market.change());
    let (ask, bid) = (best(market.ask(), &market.asks), best(market.bid(), &market.bids));
    let rate = fixed(percent(change, market.listing.base), 2);
    let (price, signed) = (points(print.price), points(change));
    let ends = [day.open, day.high, day.low].map(points);
    let traded = [whole(print.quantity), whole(print.volume), thousands(day.value, market)];
    let is_option = market.listing.is_option();
    let mut fields = vec![symbol.clone(), time];
    if is_option {
        fields.extend([price, sign(change).to_owned(), signed, rate]);
    } else {
        fields.extend([signed, sign(change).to_owned(), rate, price]);
    }
    fields.extend(ends);
    fields.extend(traded);
    // What nobody reads: theory, open interest, times and distances of the day's ends, Greeks.
    let until_ask = if is_option { 41 } else { 34 };
    fields.resize(until_ask, "0".to_owned());
    fields.extend([points(ask.0), points(bid.0), whole(ask.1), whole(bid.1)]);
    fields.resize(if is_option { 57 } else { 49 }, "0".to_owned());
    fields.push("N".to_owned());
    let id = match (is_option, is_night(now)) {
        (false, false) => "H0IFCNT0",
        (true, false) => "H0IOCNT0",
        (false, true) => "H0MFCNT0",
        (true, true) => "H0EUCNT0",
    };
    if is_night(now) {
        // Those of the night are narrower.
        fields.truncate(if is_option { 53 } else { 46 });
    }
    (id, symbol, fields.join("^"))
}

/// 38 fields.
pub fn book(market: &Market, now: i64) -> (&'static str, String, String) {
    let asks: Vec<(Decimal, Decimal)> = market.asks.iter().map(|(price, quantity)| (*price, *quantity)).collect();
    let bids: Vec<(Decimal, Decimal)> = market.bids.iter().rev().map(|(price, quantity)| (*price, *quantity)).collect();
    let level = |side: &[(Decimal, Decimal)], at: usize| side.get(at).copied().unwrap_or_default();
    let symbol = market.listing.symbol.to_owned();
    let mut fields = vec![symbol.clone(), time_at(now)];
    for side in [&asks, &bids] {
        fields.extend((0..LEVELS).map(|at| points(level(side, at).0)));
    }
    fields.resize(22, "3".to_owned());
    for side in [&asks, &bids] {
        fields.extend((0..LEVELS).map(|at| whole(level(side, at).1)));
    }
    fields.extend(["30".to_owned(), "30".to_owned()]);
    for side in [&asks, &bids] {
        fields.push(whole(side.iter().take(LEVELS).map(|(_, quantity)| *quantity).sum()));
    }
    fields.extend(["0".to_owned(), "0".to_owned()]);
    let id = match (market.listing.is_option(), is_night(now)) {
        (false, false) => "H0IFASP0",
        (true, false) => "H0IOASP0",
        (false, true) => "H0MFASP0",
        (true, true) => "H0EUASP0",
    };
    (id, symbol, fields.join("^"))
}

impl Exchange {
    /// 22 fields, at night 19. Prices have two decimals that are not written.
    pub(super) fn future_notice(&self, order: &Order, told: &Told, now: i64) -> String {
        let (change, original) = self.change_of(order);
        let is_fill = told.filled == "2";
        let (change, original) = if is_fill { ("0", String::new()) } else { (change, original) };
        let price = |value: Decimal, width: usize| digits(value * dec!(100), width);
        let fields = [
            HTS_ID,
            &DERIVATIVES_ACCOUNT.replace('-', ""),
            &order.number,
            &original,
            order.side(),
            change,
            if is_fill { "0" } else { "L" },
            &order.symbol,
            &digits(told.quantity, 10),
            &price(if is_fill { told.price } else { dec!(0) }, 9),
            &hms(korea(now).time()),
            told.refused,
            told.filled,
            told.stage,
            order.branch,
            &digits(if is_fill { dec!(0) } else { order.quantity }, 9),
            "홍길동",
            self.listing(&order.symbol).name,
            order.condition(),
            "",
            "",
            &price(if is_fill { dec!(0) } else { order.price }, 10),
        ];
        let width = if order.line == Line::Night { 19 } else { 22 };
        fields.get(..width).unwrap().join("^")
    }
}
