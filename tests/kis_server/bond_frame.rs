//! Records of the streams of bonds.

use rust_decimal::{Decimal, dec};

use super::bond_quotes::{LEVELS, money};
use super::clock::{hms, korea};
use super::market::Market;
use super::reply::{fixed, percent, sign, whole};

/// 19 fields.
pub fn print(market: &Market, now: i64) -> String {
    let Some(print) = market.prints.front() else { return String::new() };
    let (day, change) = (market.today(), market.change());
    [
        market.listing.isin.to_owned(),
        market.listing.name.to_owned(),
        hms(korea(now).time()),
        sign(change).to_owned(),
        money(change),
        fixed(percent(change, market.listing.base), 2),
        money(print.price),
        whole(print.quantity),
        money(day.open),
        money(day.high),
        money(day.low),
        "0.00".to_owned(),
        "3.012".to_owned(),
        "3.037".to_owned(),
        "3.010".to_owned(),
        "3.037".to_owned(),
        whole(print.volume),
        "9874082".to_owned(),
        "2".to_owned(),
    ]
    .join("^")
}

/// 34 fields.
pub fn book(market: &Market, now: i64) -> String {
    let mut fields = vec![market.listing.isin.to_owned(), hms(korea(now).time())];
    let (mut asks, mut bids) = (market.asks.iter(), market.bids.iter().rev());
    for _ in 0..LEVELS {
        let zero = (&dec!(0), &dec!(0));
        let (ask, bid) = (asks.next().unwrap_or(zero), bids.next().unwrap_or(zero));
        fields.extend(["3.012".to_owned(), "3.020".to_owned()]);
        fields.extend([money(*ask.0), money(*bid.0), whole(*ask.1), whole(*bid.1)]);
    }
    let (ask, bid): (Decimal, Decimal) = (market.asks.values().sum(), market.bids.values().sum());
    fields.extend([whole(ask), whole(bid)]);
    fields.join("^")
}
