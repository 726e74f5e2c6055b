//! Records of the plain streams, as wide as they have been since September 2026.

use rust_decimal::{Decimal, dec};

use super::clock::{hms, korea, second_of, ymd};
use super::exchange::{Event, Exchange};
use super::future_frames;
use super::listing::Board;
use super::market::{LEVELS, Market};
use super::reply::{fixed, percent, sign, whole};
use super::session::{self, Us};

/// A text frame as a server writes it: unmasked, whole.
pub fn text_frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    match payload.len() {
        short @ 0..=125 => frame.push(short as u8),
        middle @ 126..=0xffff => {
            frame.push(126);
            frame.extend((middle as u16).to_be_bytes());
        }
        long => {
            frame.push(127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

/// Phase of the Korean market in words of the stream: time class, session code, market.
fn phase(now: i64) -> (&'static str, &'static str, &'static str) {
    match second_of(korea(now).time()) {
        ..32_400 => ("B", "10", "2"),
        32_400..55_200 => ("0", "20", "2"),
        55_200..55_800 => ("A", "21", "2"),
        55_800..57_600 => ("0", "31", "5"),
        _ => ("0", "20", "3"),
    }
}

fn total(side: &std::collections::BTreeMap<Decimal, Decimal>) -> Decimal {
    side.values().copied().sum()
}

fn best(price: Option<Decimal>, side: &std::collections::BTreeMap<Decimal, Decimal>) -> (Decimal, Decimal) {
    let price = price.unwrap_or_default();
    (price, side.get(&price).copied().unwrap_or_default())
}

impl Exchange {
    /// The newest print of a symbol.
    pub(super) fn say_print(&mut self, symbol: &str, now: i64) {
        let market = &self.markets[symbol];
        let (id, key, fields) = if market.listing.bond.is_some() {
            ("H0BJCNT0", symbol.to_owned(), super::bond_frame::print(market, now))
        } else if market.listing.board == Board::Derivatives {
            future_frames::print(market, now)
        } else if market.listing.board.is_korean() {
            ("H0STCNT0", symbol.to_owned(), korean_print(market, now))
        } else {
            ("HDFSCNT0", market.listing.stream_key(), foreign_print(market, now, &self.closed))
        };
        self.events.push(Event::Record { id, key, fields });
    }

    pub(super) fn say_book(&mut self, symbol: &str, now: i64) {
        let market = &self.markets[symbol];
        let (id, key, fields) = if market.listing.bond.is_some() {
            ("H0BJASP0", symbol.to_owned(), super::bond_frame::book(market, now))
        } else if market.listing.board == Board::Derivatives {
            future_frames::book(market, now)
        } else if market.listing.board.is_korean() {
            ("H0STASP0", symbol.to_owned(), korean_book(market, now))
        } else {
            let id = if market.listing.board.is_asian() { "HDFSASP1" } else { "HDFSASP0" };
            (id, market.listing.stream_key(), foreign_book(market, now))
        };
        self.events.push(Event::Record { id, key, fields });
    }
}

/// 47 fields.
fn korean_print(market: &Market, now: i64) -> String {
    let Some(print) = market.prints.front() else { return String::new() };
    let (day, at) = (market.today(), korea(now));
    let (hour_class, session, place) = phase(now);
    let (ask, ask_quantity) = best(market.ask(), &market.asks);
    let (bid, bid_quantity) = best(market.bid(), &market.bids);
    let change = market.change();
    let taker = match hour_class {
        "B" | "A" => "3",
        _ if print.buyer_took => "1",
        _ => "5",
    };
    let against = |other: Decimal| (sign(print.price - other).to_owned(), whole(print.price - other));
    let (open_sign, open) = against(day.open);
    let (high_sign, high) = against(day.high);
    let (low_sign, low) = against(day.low);
    let time = hms(at.time());
    let net = i64::try_from(market.buys).unwrap_or_default() - i64::try_from(market.sells).unwrap_or_default();
    [
        market.listing.symbol.to_owned(),
        time.clone(),
        whole(print.price),
        sign(change).to_owned(),
        whole(change),
        fixed(percent(change, market.listing.base), 2),
        fixed(day.value / day.volume.max(dec!(1)), 2),
        whole(day.open),
        whole(day.high),
        whole(day.low),
        whole(ask),
        whole(bid),
        whole(print.quantity),
        whole(print.volume),
        whole(day.value),
        market.sells.to_string(),
        market.buys.to_string(),
        net.to_string(),
        fixed(market.strength(), 2),
        whole(market.sold),
        whole(market.bought),
        taker.to_owned(),
        "0.50".to_owned(),
        "20.28".to_owned(),
        "090020".to_owned(),
        open_sign,
        open,
        time.clone(),
        high_sign,
        high,
        time,
        low_sign,
        low,
        ymd(at.date()),
        session.to_owned(),
        if market.listing.halted { "Y" } else { "N" }.to_owned(),
        whole(ask_quantity),
        whole(bid_quantity),
        whole(total(&market.asks)),
        whole(total(&market.bids)),
        "0.05".to_owned(),
        "2424142".to_owned(),
        "125.92".to_owned(),
        hour_class.to_owned(),
        String::new(),
        whole(day.open),
        place.to_owned(),
    ]
    .join("^")
}

/// 63 fields.
fn korean_book(market: &Market, now: i64) -> String {
    let (hour_class, _, place) = phase(now);
    let asks: Vec<(Decimal, Decimal)> = market.asks.iter().map(|(price, quantity)| (*price, *quantity)).collect();
    let bids: Vec<(Decimal, Decimal)> = market.bids.iter().rev().map(|(price, quantity)| (*price, *quantity)).collect();
    let level = |side: &[(Decimal, Decimal)], at: usize| side.get(at).copied().unwrap_or_default();
    let mut fields = vec![market.listing.symbol.to_owned(), hms(korea(now).time()), hour_class.to_owned()];
    fields.extend((0..LEVELS).map(|at| whole(level(&asks, at).0)));
    fields.extend((0..LEVELS).map(|at| whole(level(&bids, at).0)));
    fields.extend((0..LEVELS).map(|at| whole(level(&asks, at).1)));
    fields.extend((0..LEVELS).map(|at| whole(level(&bids, at).1)));
    let mid = (level(&asks, 0).0 + level(&bids, 0).0) / dec!(2);
    let is_auction = hour_class != "0";
    let expected = if is_auction { market.last } else { dec!(0) };
    let quantity = if is_auction { dec!(100) } else { dec!(0) };
    fields.extend([whole(total(&market.asks)), whole(total(&market.bids)), "0".into(), "0".into()]);
    fields.extend([whole(expected), whole(quantity), whole(quantity)]);
    fields.extend(["-255000".into(), "5".into(), "-100.00".into(), whole(market.today().volume)]);
    fields.extend(["0"; 5].map(str::to_owned));
    fields.extend([whole(mid), "0".into(), "0".into(), place.to_owned()]);
    fields.join("^")
}

/// Exchange date and time, Korean date and time.
fn both_clocks(board: Board, now: i64) -> [String; 4] {
    let (there, here) = (board.local(now), korea(now));
    [ymd(there.date()), hms(there.time()), ymd(here.date()), hms(here.time())]
}

/// 26 fields.
fn foreign_print(market: &Market, now: i64, closed: &[jiff::civil::Date]) -> String {
    let Some(print) = market.prints.front() else { return String::new() };
    let (day, change) = (market.today(), market.change());
    let (ask, ask_quantity) = best(market.ask(), &market.asks);
    let (bid, bid_quantity) = best(market.bid(), &market.bids);
    let money = |value: Decimal| fixed(value, 4);
    let mut fields = vec![market.listing.stream_key(), market.listing.symbol.to_owned(), "4".to_owned()];
    fields.push(ymd(market.listing.board.local(now).date()));
    fields.extend(both_clocks(market.listing.board, now));
    fields.extend([money(day.open), money(day.high), money(day.low), money(print.price)]);
    fields.extend([sign(change).to_owned(), money(change.abs()), fixed(percent(change, market.listing.base), 2)]);
    fields.extend([money(bid), money(ask), whole(bid_quantity), whole(ask_quantity)]);
    fields.extend([whole(print.quantity), whole(print.volume), whole(day.value)]);
    fields.extend([whole(market.sold), whole(market.bought), fixed(market.strength(), 2)]);
    fields.push(
        match session::us(now, closed) {
            _ if market.listing.board.is_asian() => "1",
            Us::Pre => "2",
            Us::After => "3",
            _ => "1",
        }
        .to_owned(),
    );
    fields.join("^")
}

/// 71 fields, or 17.
fn foreign_book(market: &Market, now: i64) -> String {
    let mut fields = vec![market.listing.stream_key(), market.listing.symbol.to_owned(), "4".to_owned()];
    fields.extend(both_clocks(market.listing.board, now));
    fields.extend([whole(total(&market.bids)), whole(total(&market.asks)), "0".into(), "0".into()]);
    let (mut bids, mut asks) = (market.bids.iter().rev(), market.asks.iter());
    // Asia is told late, and of one level only.
    for _ in 0..if market.listing.board.is_asian() { 1 } else { LEVELS } {
        let zero = (&dec!(0), &dec!(0));
        let (bid, ask) = (bids.next().unwrap_or(zero), asks.next().unwrap_or(zero));
        fields.extend([fixed(*bid.0, 4), fixed(*ask.0, 4), whole(*bid.1), whole(*ask.1), "0".into(), "0".into()]);
    }
    fields.join("^")
}
