//! What a record of an order, fill or holding is about.

use rust_decimal::Decimal;

use crate::desk::record::QuoteRecord;
use crate::market::{InstrumentId, UtcTime, Venue};
use crate::tui::model::{Model, instrument};
use crate::tui::said;

/// Korea is nine hours ahead, all year.
pub const KOREA_MILLIS: i64 = 9 * 3_600_000;
/// A day.
const DAY_MILLIS: i64 = 24 * 3_600_000;

/// The instrument of a record.
#[must_use]
pub fn instrument_of(venue: Venue, symbol: &str) -> Option<InstrumentId> {
    instrument(venue, symbol)
}

/// Number of the Korean day a moment lies in.
#[must_use]
pub const fn day_of(time: UtcTime) -> i64 {
    (time.millis() + KOREA_MILLIS).div_euclid(DAY_MILLIS)
}

/// Name of an instrument in the screen's language; its code where no name is known.
#[must_use]
pub fn name_of<'a>(model: &'a Model, venue: Venue, symbol: &'a str) -> &'a str {
    let quote = instrument(venue, symbol).and_then(|id| model.quotes.get(&id));
    let named = quote.map(|quote| said::name(&model.look, &quote.name_ko, &quote.name_en));
    let held = || {
        let mut positions = model.account.record.iter().flat_map(|record| &record.positions);
        let held = positions.find(|held| held.venue == venue && held.symbol == symbol)?;
        Some(said::name(&model.look, &held.name_ko, &held.name_en))
    };
    named.or_else(held).filter(|name| !name.is_empty()).unwrap_or(symbol)
}

/// Decimals that prices of an instrument are written with: those of its tick where that is known, else as many as the
/// finest price of its quote has.
#[must_use]
pub fn price_decimals(model: &Model, id: &InstrumentId) -> u32 {
    let selected = model.selected.info.as_ref().filter(|_| model.selected.is(id));
    if let Some(tick) = selected.and_then(|info| info.tick_size) {
        return tick.normalize().scale();
    }
    model.quotes.get(id).map_or(0, quote_decimals)
}

fn quote_decimals(quote: &QuoteRecord) -> u32 {
    let prices = [quote.last, quote.bid, quote.ask, quote.open, quote.high, quote.low, quote.previous_close];
    let finest = prices.into_iter().flatten().map(|price| scale(price.value())).max().unwrap_or(0);
    // Shares in dollars have cents even when no price shows one; a coin's tick may be coarser than its currency.
    let currency = quote.currency.decimals();
    if currency <= 2 { finest.max(currency) } else { finest }
}

/// Decimals a number needs.
#[must_use]
pub fn scale(value: Decimal) -> u32 {
    if value.scale() == 0 { 0 } else { value.normalize().scale() }
}
