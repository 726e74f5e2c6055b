use hoga::market::{Expected, Level, MarketBody, MarketEvent, Price, Quote};
use rust_decimal::Decimal;

/// The fields of each record, cut in the plainest way.
fn records(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut parts = bytes.splitn(4, |byte| *byte == b'|').skip(2);
    let (count, payload) = (parts.next().unwrap(), parts.next().unwrap());
    let count: usize = std::str::from_utf8(count).unwrap().parse().unwrap();
    let fields: Vec<String> =
        payload.split(|byte| *byte == b'^').map(|field| String::from_utf8_lossy(field).into_owned()).collect();
    fields.chunks(fields.len() / count).map(<[String]>::to_vec).collect()
}

fn number(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text.trim_start().trim_start_matches('+').trim_start()).ok()
}

fn is(said: Option<Decimal>, field: &str) -> bool {
    said.is_none_or(|said| number(field) == Some(said))
}

/// A level that both fields make, where they make one.
fn level(record: &[String], price: usize, quantity: usize) -> Option<(Decimal, Decimal)> {
    let (price, quantity) = (number(&record[price])?, number(&record[quantity])?);
    let most = Decimal::from(10_000_000_000_000_u64);
    let sound = price > Decimal::ZERO && quantity > Decimal::ZERO && price <= most && quantity <= most;
    sound.then_some((price, quantity))
}

fn levels(told: &[Level]) -> Vec<(Decimal, Decimal)> {
    told.iter().map(|level| (level.price.value(), level.quantity.value())).collect()
}

fn side(record: &[String], price: usize, quantity: usize) -> Vec<(Decimal, Decimal)> {
    (0..10).filter_map(|index| level(record, price + index, quantity + index)).collect()
}

fn quoted(quote: &Quote, record: &[String]) -> bool {
    let same = |told: Option<Level>, price, quantity| {
        told.is_none_or(|told| level(record, price, quantity) == Some((told.price.value(), told.quantity.value())))
    };
    same(quote.bid, 11, 37) && same(quote.ask, 10, 36)
}

fn expected(told: Option<Expected>, record: &[String]) -> bool {
    let told = told.map(|told| (told.price.value(), told.quantity.value()));
    let places = if record.len() >= 59 { (47, 48) } else { (2, 12) };
    told.is_none_or(|told| level(record, places.0, places.1) == Some(told))
}

/// Whether a record says what an event tells.
fn says(record: &[String], event: &MarketEvent) -> bool {
    if !record[0].trim().eq_ignore_ascii_case(event.instrument.symbol.as_str()) {
        return false;
    }
    match &event.body {
        MarketBody::Trade(trade) => {
            level(record, 2, 12) == Some((trade.price.value(), trade.quantity.value()))
                && record[43].trim_start().starts_with('0')
        }
        MarketBody::Book(book) => {
            levels(&book.bids) == side(record, 13, 33) && levels(&book.asks) == side(record, 3, 23)
        }
        MarketBody::Quote(quote) => quoted(quote, record),
        MarketBody::Expected(told) => expected(*told, record),
        MarketBody::Day(day) => {
            let prices = [day.open, day.high, day.low].into_iter().zip([7, 8, 9]);
            prices.into_iter().all(|(price, field)| is(price.map(Price::value), &record[field]))
                && (is(Some(day.volume.value()), &record[13]) || day.volume.is_zero())
                && (is(Some(day.value), &record[14]) || day.value.is_zero())
        }
        _ => false,
    }
}

/// Every event is said by a record of the frame.
pub fn check(bytes: &[u8], events: &[MarketEvent]) {
    if events.is_empty() {
        return;
    }
    let records = records(bytes);
    for event in events {
        assert!(
            records.iter().any(|record| says(record, event)),
            "{event:?} is said nowhere in {}",
            bytes.escape_ascii()
        );
    }
}
