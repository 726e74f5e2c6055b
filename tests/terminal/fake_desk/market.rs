//! An invented market: instruments, and the records a desk would tell of them. What moves is a counter: the last price is
//! the base price and the count of the update.

use hoga::desk::record::{BookRecord, CandleRecord, InstrumentRecord, QuoteRecord, TradeRecord};
use hoga::market::candle::Interval;
use hoga::market::{Currency, Phase, Price, Quantity, Side, UtcTime, Venue};
use rust_decimal::Decimal;

/// Levels of a book on each side.
const LEVELS: i64 = 20;
/// Prints of an instrument on a day that stands still.
pub const DAY_PRINTS: u64 = 40;
/// Real names first; more are numbered.
const NAMES: [(&str, &str, &str, i64); 8] = [
    ("005930", "삼성전자", "Samsung Electronics", 71_000),
    ("000660", "SK하이닉스", "SK hynix", 198_000),
    ("373220", "LG에너지솔루션", "LG Energy Solution", 402_500),
    ("207940", "삼성바이오로직스", "Samsung Biologics", 1_012_000),
    ("005380", "현대차", "Hyundai Motor", 214_500),
    ("035420", "NAVER", "NAVER", 183_200),
    ("035720", "카카오", "Kakao", 41_950),
    ("069500", "KODEX 200", "KODEX 200", 36_215),
];

/// An instrument.
#[derive(Debug, Clone)]
pub struct Listing {
    pub symbol: String,
    pub name_ko: String,
    pub name_en: String,
    /// Close of the day before, in won; the last price is this and the count.
    pub base: i64,
    /// Between two prices of the book.
    pub tick: i64,
}

/// The market of the one profile.
#[derive(Debug, Clone)]
pub struct Market {
    pub profile: String,
    pub listings: Vec<Listing>,
    /// A market that stands still at this moment, with an account that has traded: the same at each look.
    pub day: Option<UtcTime>,
}

impl Market {
    /// So many Korean stocks.
    pub fn korean(count: usize) -> Self {
        let real = NAMES.iter().map(|(symbol, ko, en, base)| Listing {
            symbol: (*symbol).to_owned(),
            name_ko: (*ko).to_owned(),
            name_en: (*en).to_owned(),
            base: *base,
            tick: krx_tick(*base),
        });
        let more = (1..).map(|number: i64| {
            let base = 5_000 + number * 730;
            Listing {
                symbol: format!("9{number:05}"),
                name_ko: format!("종목{number:03}"),
                name_en: format!("Stock {number:03}"),
                base: base - base % krx_tick(base),
                tick: krx_tick(base),
            }
        });
        Self { profile: "sim".to_owned(), listings: real.chain(more).take(count).collect(), day: None }
    }

    /// The first instrument's last price starts at `base` and goes up by one with each update.
    pub fn counting_from(mut self, base: i64) -> Self {
        if let Some(first) = self.listings.first_mut() {
            first.base = base;
            first.tick = krx_tick(base);
        }
        self
    }

    /// The market stands still at this moment, prices away from their bases, and the account has traded.
    pub fn of_a_day(mut self, time: UtcTime) -> Self {
        self.day = Some(time);
        self
    }

    /// The last price after so many updates, in won. On a day that stands still each instrument has one of its own.
    pub fn last(&self, listing: &Listing, count: u64) -> i64 {
        match self.day {
            Some(_) => {
                let salt: i64 = listing.symbol.bytes().map(i64::from).sum();
                listing.base + listing.tick * (salt * 7 % 11 - 4)
            }
            None => listing.last(count),
        }
    }

    /// What the book is around.
    fn centre(&self, listing: &Listing, count: u64) -> i64 {
        if self.day.is_some() { self.last(listing, count) } else { listing.base }
    }

    /// By code, with or without a venue in front.
    pub fn find(&self, symbol: &str) -> Option<&Listing> {
        let code = symbol.rsplit(':').next().unwrap_or(symbol);
        self.listings.iter().find(|listing| listing.symbol == code)
    }

    pub fn quote(&self, listing: &Listing, count: u64, time: UtcTime) -> QuoteRecord {
        let (base, last) = (listing.base, self.last(listing, count));
        let (centre, time) = (self.centre(listing, count), self.day.unwrap_or(time));
        let moved = last - base;
        let traded = 1_000 + whole(count) * 10;
        QuoteRecord {
            last_is_close: false,
            profile: self.profile.clone(),
            symbol: listing.symbol.clone(),
            venue: Venue::Sim,
            name_ko: listing.name_ko.clone(),
            name_en: listing.name_en.clone(),
            last: Some(price(last)),
            change: Some(moved.into()),
            change_percent: Some((Decimal::from(moved * 100) / Decimal::from(base)).round_dp(2)),
            bid: Some(price(centre - listing.tick)),
            ask: Some(price(centre)),
            bid_quantity: Some(quantity(2_805)),
            ask_quantity: Some(quantity(2_068)),
            volume: quantity(traded),
            value: Decimal::from(traded) * Decimal::from(base),
            open: Some(price(base)),
            high: Some(price(last.max(base))),
            low: Some(price(centre.min(base) - listing.tick)),
            previous_close: Some(price(base)),
            upper_limit: Some(price(base * 13 / 10)),
            lower_limit: Some(price(base * 7 / 10)),
            vi_upper: Some(price(base * 11 / 10)),
            vi_lower: Some(price(base * 9 / 10)),
            buy_volume: quantity(traded * 6 / 10),
            sell_volume: quantity(traded * 4 / 10),
            strength: Some(Decimal::from(150)),
            phase: Phase::Continuous,
            currency: Currency::Krw,
            time: Some(time),
            age_ms: Some(0),
            stale: false,
        }
    }

    /// Prices stay, so that only the last price counts; quantities move with the count.
    pub fn book(&self, listing: &Listing, count: u64, levels: usize, time: UtcTime) -> BookRecord {
        let levels = i64::try_from(levels).unwrap_or(LEVELS).min(LEVELS);
        let amount =
            |level: i64, salt: i64| quantity(100 + (whole(count) * 37 + level * 911 + salt).rem_euclid(90_000));
        let (centre, time) = (self.centre(listing, count), self.day.unwrap_or(time));
        let bid = |level: i64| (price(centre - listing.tick * (level + 1)), amount(level, 1));
        let ask = |level: i64| (price(centre + listing.tick * level), amount(level, 40_009));
        let bids: Vec<_> = (0..levels).map(bid).collect();
        let asks: Vec<_> = (0..levels).map(ask).collect();
        let total = |side: &[(Price, Quantity)]| side.iter().fold(Quantity::whole(0), |sum, level| sum.plus(level.1));
        BookRecord {
            profile: self.profile.clone(),
            symbol: listing.symbol.clone(),
            venue: Venue::Sim,
            bid_total: total(&bids),
            ask_total: total(&asks),
            bids,
            asks,
            last: Some(price(self.last(listing, count))),
            phase: Phase::Continuous,
            expected_price: None,
            expected_quantity: None,
            time: Some(time),
            age_ms: Some(0),
            stale: false,
        }
    }

    pub fn trade(&self, listing: &Listing, count: u64, time: UtcTime) -> TradeRecord {
        // On a day that stands still the prints are three seconds apart and go up and down.
        let (won, time) = match self.day {
            Some(day) => {
                let back = DAY_PRINTS.saturating_sub(count);
                let wander = if back == 0 { 0 } else { whole(count * 7 % 5) - 2 };
                let won = self.last(listing, count) + listing.tick * wander;
                (won, day.minus(std::time::Duration::from_secs(3 * back)))
            }
            None => (listing.last(count), time),
        };
        TradeRecord {
            venue: Venue::Sim,
            profile: self.profile.clone(),
            symbol: listing.symbol.clone(),
            price: price(won),
            quantity: quantity(1 + whole(count * 7 % 500)),
            side: Some(if count.is_multiple_of(2) { Side::Buy } else { Side::Sell }),
            time,
            id: count.to_string(),
        }
    }

    /// Candles that end with the one of `time`, oldest first. They wander around the base price, the same at each call.
    pub fn candles(&self, listing: &Listing, interval: Interval, count: u32, time: UtcTime) -> Vec<CandleRecord> {
        let time = self.day.map_or(time, |day| if day.millis() < time.millis() { day } else { time });
        let length = i64::from(interval.fixed_seconds().unwrap_or(86_400)) * 1_000;
        let newest = time.millis() - time.millis().rem_euclid(length);
        let centre = self.centre(listing, 0);
        let wander = |index: i64| centre + listing.tick * ((index * 37 % 23) - (index * 11 % 17));
        let candle = |back: u32| {
            let index = i64::from(back);
            let (open, close) = (wander(index + 1), wander(index));
            CandleRecord {
                time: UtcTime::from_millis(newest - index * length),
                open: price(open),
                high: price(open.max(close) + listing.tick),
                low: price(open.min(close) - listing.tick),
                close: price(close),
                volume: quantity(1_000 + index * 13 % 9_000),
                value: Decimal::from((1_000 + index * 13 % 9_000) * close),
                closed: back > 0,
            }
        };
        (0..count.min(1_000)).rev().map(candle).collect()
    }

    pub fn instrument(&self, listing: &Listing, count: u64) -> InstrumentRecord {
        let last = self.last(listing, count);
        let moved = last - listing.base;
        InstrumentRecord {
            symbol: listing.symbol.clone(),
            venue: Venue::Sim,
            name_ko: listing.name_ko.clone(),
            name_en: listing.name_en.clone(),
            product: "krx_stock".to_owned(),
            currency: Currency::Krw,
            tick_size: Some(listing.tick.into()),
            lot: quantity(1),
            multiplier: Decimal::ONE,
            base_price: Some(price(listing.base)),
            upper_limit: Some(price(listing.base * 13 / 10)),
            lower_limit: Some(price(listing.base * 7 / 10)),
            max_leverage: None,
            last: Some(price(last)),
            change_percent: Some((Decimal::from(moved * 100) / Decimal::from(listing.base)).round_dp(2)),
            volume: quantity(1_000),
            value: Decimal::from(1_000 * listing.base),
        }
    }
}

impl Listing {
    /// Last price after so many updates, in won.
    pub fn last(&self, count: u64) -> i64 {
        self.base + whole(count)
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / 1_000)
}

/// Price steps (호가단위) of the Korea Exchange since 2023.
fn krx_tick(price: i64) -> i64 {
    match price {
        ..2_000 => 1,
        2_000..5_000 => 5,
        5_000..20_000 => 10,
        20_000..50_000 => 50,
        50_000..200_000 => 100,
        200_000..500_000 => 500,
        _ => 1_000,
    }
}

fn price(won: i64) -> Price {
    Price::new(won.into()).unwrap()
}

fn quantity(units: i64) -> Quantity {
    Quantity::new(units.into()).unwrap()
}
