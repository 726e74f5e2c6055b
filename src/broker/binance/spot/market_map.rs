//! Spot's stream events and replies as the desk knows them, through the [`MarketMap`] of both markets. Books,
//! candles and prints of the REST interface have the futures market's shape and are read as that market's.

use super::wire::market::{self as wire, MarketFrame};
use super::wire::rest_market::DayTicker;
use super::wire::{WireError, time_of};
use crate::broker::binance::book_sync::Stamped;
use crate::broker::binance::market_map::{self, Implausible, Mapped, MarketMap};
use crate::broker::binance::wire::digits::MaybeNumber;
use crate::broker::net::json;
use crate::market::{
    BookUpdate, DayStats, Level, MarketBody, MarketEvent, Quote, Sequence, Symbol, Trade, UtcTime, Venue,
};

/// Largest reply of the market endpoints: a book of 5,000 levels a side.
const REPLY_MAX: usize = 8 << 20;

impl MarketMap {
    /// Nothing watched, on spot.
    #[must_use]
    pub fn spot() -> Self {
        Self::at(Venue::BinanceSpot)
    }

    /// Takes a frame in the order of arrival; what it means is added to `out`. `venue_now` is the exchange's clock when
    /// it arrived, as far as that is known: best prices carry no time of their own.
    ///
    /// # Errors
    /// A value in it cannot be: nothing of it was taken.
    pub fn spot_event(
        &mut self,
        frame: MarketFrame,
        (received_at, venue_now): (UtcTime, UtcTime),
        out: &mut Vec<MarketEvent>,
    ) -> Result<Mapped, Implausible> {
        match frame {
            MarketFrame::AggTrade(trade) => {
                let time = market_map::venue_time(trade.traded_ms)?;
                self.trade(trade.symbol.as_str(), time, || print_of(&trade), received_at, out)
            }
            MarketFrame::BookTicker(ticker) => {
                let quote = quote_of(&ticker)?;
                self.quote(ticker.symbol.as_str(), (ticker.update, venue_now), quote, received_at, out)
            }
            MarketFrame::Ticker(ticker) | MarketFrame::MiniTicker(ticker) => {
                let time = market_map::venue_time(ticker.sent_ms)?;
                self.day(ticker.symbol.as_str(), time, stats_of(&ticker)?, received_at, out)
            }
            MarketFrame::Depth(depth) => {
                let venue_time = market_map::venue_time(depth.sent_ms)?;
                let sequence = Sequence::Counted { first: depth.first, last: depth.last };
                let update = BookUpdate { sequence, bids: levels(depth.bids)?, asks: levels(depth.asks)? };
                self.changes(depth.symbol.as_str(), Stamped { update, venue_time, received_at }, out)
            }
            // Single prints repeat the aggregated ones; the top of a book would be taken for changes.
            MarketFrame::Trade(_) | MarketFrame::Top(_) | MarketFrame::Kline(_) | MarketFrame::Other => {
                Ok(self.foreign())
            }
            MarketFrame::ServerShutdown | MarketFrame::Reply { .. } => Ok(Mapped::Dropped),
        }
    }
}

fn levels(levels: crate::broker::binance::wire::digits::Levels) -> Result<Vec<Level>, Implausible> {
    if levels.implausible == 0 { Ok(levels.levels) } else { Err(Implausible("a level")) }
}

fn needed(number: MaybeNumber) -> Result<rust_decimal::Decimal, Implausible> {
    number.0.ok_or(Implausible("an empty number"))
}

fn print_of(trade: &wire::AggTrade) -> Result<Trade, Implausible> {
    market_map::print(trade.id, needed(trade.price)?, needed(trade.quantity)?, trade.buyer_is_maker)
}

fn quote_of(ticker: &wire::BookTicker) -> Result<Quote, Implausible> {
    Ok(Quote {
        bid: market_map::side(needed(ticker.bid)?, needed(ticker.bid_quantity)?)?,
        ask: market_map::side(needed(ticker.ask)?, needed(ticker.ask_quantity)?)?,
    })
}

/// The price before the window where it is told, else the first one in it.
fn stats_of(ticker: &wire::Ticker) -> Result<DayStats, Implausible> {
    let open = market_map::some_price(needed(ticker.open)?)?;
    let before = ticker.before.0.map_or(Ok(None), market_map::some_price)?;
    Ok(DayStats {
        open,
        high: market_map::some_price(needed(ticker.high)?)?,
        low: market_map::some_price(needed(ticker.low)?)?,
        previous_close: before.or(open),
        volume: market_map::quantity(needed(ticker.volume)?)?,
        value: market_map::money(needed(ticker.quote_volume)?)?,
    })
}

/// The whole top of a book, of the partial depth stream: it replaces what was known of the book.
///
/// # Errors
/// A level no market has.
pub fn top(top: wire::DepthTop, received_at: UtcTime, venue_now: UtcTime) -> Result<MarketEvent, WireError> {
    let update = BookUpdate {
        sequence: Sequence::Whole,
        bids: top.depth.bids.sound("partial depth")?,
        asks: top.depth.asks.sound("partial depth")?,
    };
    Ok(MarketEvent {
        instrument: super::instrument(top.symbol),
        venue_time: venue_now,
        received_at,
        body: MarketBody::Book(Box::new(update)),
    })
}

/// The reply of `GET /api/v3/ticker/24hr` of one symbol: its numbers of the last 24 hours and its best prices.
///
/// # Errors
/// Not JSON of that shape, or a value no market has.
pub fn day(body: &[u8], received_at: UtcTime) -> Result<(Symbol, MarketEvent, MarketEvent), WireError> {
    let what = "ticker";
    let row: DayTicker = json::parse(what, body, REPLY_MAX)?;
    let venue_time = time_of(row.close_time, what, "closeTime")?;
    let open = row.open_price.price_if(what, "openPrice")?;
    let stats = DayStats {
        open,
        high: row.high_price.price_if(what, "highPrice")?,
        low: row.low_price.price_if(what, "lowPrice")?,
        previous_close: row.prev_close_price.price_if(what, "prevClosePrice")?.or(open),
        volume: row.volume.quantity(what, "volume")?,
        value: money(row.quote_volume, what)?,
    };
    let side = |price: MaybeNumber, quantity: MaybeNumber| {
        let (price, quantity) = (price.price_if(what, "price")?, quantity.quantity_or_zero(what, "quantity")?);
        Ok::<_, WireError>(price.filter(|_| !quantity.is_zero()).map(|price| Level { price, quantity }))
    };
    let quote = Quote { bid: side(row.bid_price, row.bid_qty)?, ask: side(row.ask_price, row.ask_qty)? };
    let instrument = super::instrument(row.symbol);
    let said = |body| MarketEvent { instrument, venue_time, received_at, body };
    Ok((row.symbol, said(MarketBody::Day(stats)), said(MarketBody::Quote(quote))))
}

fn money(number: MaybeNumber, what: &'static str) -> Result<rust_decimal::Decimal, WireError> {
    let value = number.0.ok_or(WireError::implausible(what, "quoteVolume"))?;
    market_map::money(value).map_err(|_| WireError::implausible(what, "quoteVolume"))
}
