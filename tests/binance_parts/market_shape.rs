//! Rows and events of one symbol, as each market writes them.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::listing::{Dialect, fixed};
use super::market::{Market, Print};

impl Market {
    fn is_spot(&self) -> bool {
        self.listing.dialect == Dialect::Spot
    }

    /// What only one of the markets adds to a shape.
    fn add(&self, shape: &mut Value, futures: Value, spot: Value) {
        let more = if self.is_spot() { spot } else { futures };
        if let (Some(shape), Value::Object(more)) = (shape.as_object_mut(), more) {
            shape.extend(more);
        }
    }

    pub fn agg_row(&self, print: &Print) -> Value {
        let quantity = self.listing.quantity_text(print.quantity);
        let mut row = json!({"a": print.id, "p": self.listing.price_text(print.price), "q": quantity, "f": print.id,
                             "l": print.id, "T": print.time, "m": print.buyer_is_maker});
        self.add(&mut row, json!({"nq": quantity}), json!({"M": true}));
        row
    }

    pub fn agg_event(&self, print: &Print) -> Value {
        let mut event = self.agg_row(print);
        let more = json!({"e": "aggTrade", "E": print.time, "s": self.listing.symbol});
        self.add(&mut event, more.clone(), more);
        self.add(&mut event, json!({"st": 1}), json!({}));
        event
    }

    pub fn trade_row(&self, print: &Print) -> Value {
        let quote = self.listing.money_text(print.price * print.quantity, 2);
        let mut row = json!({"id": print.id, "price": self.listing.price_text(print.price),
                             "qty": self.listing.quantity_text(print.quantity), "quoteQty": quote, "time": print.time,
                             "isBuyerMaker": print.buyer_is_maker});
        self.add(&mut row, json!({"isRPITrade": false}), json!({"isBestMatch": true}));
        row
    }

    /// A row of `klines`.
    pub fn kline_row(&self, start: i64, end: i64, now: i64) -> Value {
        let bar = self.bar(start, end, now);
        json!([
            start,
            self.listing.price_text(bar.open),
            self.listing.price_text(bar.high),
            self.listing.price_text(bar.low),
            self.listing.price_text(bar.close),
            self.listing.quantity_text(bar.volume),
            end - 1,
            self.listing.money_text(bar.quote, 5),
            bar.trades,
            self.listing.quantity_text(bar.taker),
            self.listing.money_text(bar.taker_quote, 5),
            "0"
        ])
    }

    pub fn kline_event(&self, interval: &str, now: i64, start: i64, end: i64) -> Value {
        let bar = self.bar(start, end, now.min(end - 1));
        let mut event = json!({"e": "kline", "E": now, "s": self.listing.symbol, "k": {
            "t": start, "T": end - 1, "s": self.listing.symbol, "i": interval, "f": bar.first_id, "L": bar.last_id,
            "o": self.listing.price_text(bar.open), "c": self.listing.price_text(bar.close),
            "h": self.listing.price_text(bar.high), "l": self.listing.price_text(bar.low),
            "v": self.listing.quantity_text(bar.volume), "n": bar.trades, "x": now >= end,
            "q": self.listing.money_text(bar.quote, 4), "V": self.listing.quantity_text(bar.taker),
            "Q": self.listing.money_text(bar.taker_quote, 4), "B": "0"}});
        self.add(&mut event, json!({"st": 1}), json!({}));
        event
    }

    pub fn ticker_row(&self, now: i64) -> Value {
        let (bar, start) = self.day(now);
        let change = self.last - bar.open;
        let price = |value| self.listing.price_text(value);
        let average = if bar.volume.is_zero() { bar.close } else { bar.quote / bar.volume };
        let mut row = json!({"symbol": self.listing.symbol, "priceChange": price(change),
               "priceChangePercent": fixed(change * Decimal::ONE_HUNDRED / bar.open, 3),
               "weightedAvgPrice": price(average), "lastPrice": price(self.last),
               "lastQty": self.listing.quantity_text(self.last_quantity), "openPrice": price(bar.open),
               "highPrice": price(bar.high), "lowPrice": price(bar.low),
               "volume": self.listing.quantity_text(bar.volume), "quoteVolume": self.listing.money_text(bar.quote, 2),
               "openTime": start, "closeTime": now, "firstId": bar.first_id, "lastId": bar.last_id, "count": bar.trades});
        let top = self.book_ticker_event(now);
        let spot = json!({"prevClosePrice": price(bar.open), "bidPrice": top["b"], "bidQty": top["B"],
                          "askPrice": top["a"], "askQty": top["A"]});
        self.add(&mut row, json!({}), spot);
        row
    }

    /// The event of `@ticker`, whose values are those of the row.
    pub fn ticker_event(&self, now: i64) -> Value {
        let row = self.ticker_row(now);
        let mut event = json!({"e": "24hrTicker", "E": now, "s": row["symbol"], "p": row["priceChange"],
               "P": row["priceChangePercent"], "w": row["weightedAvgPrice"], "c": row["lastPrice"], "Q": row["lastQty"],
               "o": row["openPrice"], "h": row["highPrice"], "l": row["lowPrice"], "v": row["volume"],
               "q": row["quoteVolume"], "O": row["openTime"], "C": row["closeTime"], "F": row["firstId"],
               "L": row["lastId"], "n": row["count"]});
        let spot = json!({"x": row["prevClosePrice"], "b": row["bidPrice"], "B": row["bidQty"], "a": row["askPrice"],
                          "A": row["askQty"]});
        self.add(&mut event, json!({"st": 1}), spot);
        event
    }

    pub fn mini_ticker_event(&self, now: i64) -> Value {
        let row = self.ticker_row(now);
        let mut event = json!({"e": "24hrMiniTicker", "E": now, "s": row["symbol"], "c": row["lastPrice"],
                               "o": row["openPrice"], "h": row["highPrice"], "l": row["lowPrice"], "v": row["volume"],
                               "q": row["quoteVolume"]});
        self.add(&mut event, json!({"ps": row["symbol"], "st": 1}), json!({}));
        event
    }

    /// Best prices; on spot without a name and a time.
    pub fn book_ticker_event(&self, now: i64) -> Value {
        let (bid, ask) = (self.book.bids.iter().next(), self.book.asks.iter().next());
        let price = |value| self.listing.price_text(value);
        let quantity = |value: Option<&Decimal>| self.listing.quantity_text(value.copied().unwrap_or_default());
        let mut event = json!({"u": self.book.last_id, "s": self.listing.symbol, "b": price(self.book.bid()),
                               "B": quantity(bid.map(|(_, q)| q)), "a": price(self.book.ask()),
                               "A": quantity(ask.map(|(_, q)| q))});
        let futures = json!({"e": "bookTicker", "ps": self.listing.symbol, "st": 1, "T": now, "E": now});
        self.add(&mut event, futures, json!({}));
        event
    }
}
