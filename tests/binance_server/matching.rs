//! How orders meet the book and the trades of others.

use rust_decimal::Decimal;
use serde_json::json;

use super::exchange::Exchange;
use super::order::{EventExtra, Fill, Order};

impl Exchange {
    /// Levels an order can reach, best first.
    fn levels(&self, order: &Order) -> Vec<(Decimal, Decimal)> {
        let book = &self.markets[&order.symbol].book;
        let is_within = |price: Decimal| match order.kind.as_str() {
            "MARKET" => true,
            _ if order.is_buy => price <= order.price,
            _ => price >= order.price,
        };
        let all: Vec<(Decimal, Decimal)> = if order.is_buy {
            book.asks.iter().map(|(price, quantity)| (*price, *quantity)).collect()
        } else {
            book.bids.iter().map(|(price, quantity)| (price.0, *quantity)).collect()
        };
        all.into_iter().filter(|(price, _)| is_within(*price)).collect()
    }

    pub(super) fn would_match(&self, order: &Order) -> bool {
        !self.levels(order).is_empty()
    }

    /// How much an order would get at once.
    pub(super) fn reachable(&self, order: &Order) -> Decimal {
        self.levels(order).iter().map(|(_, quantity)| *quantity).sum()
    }

    /// Lets an order take from the book; what is left rests or expires.
    pub(super) fn take(&mut self, key: &(String, i64), now: i64) {
        let order = self.orders[key].clone();
        if order.time_in_force == "GTX" && self.would_match(&order) {
            return self.end_order(key, "EXPIRED", "0", now);
        }
        if order.time_in_force == "FOK" && self.reachable(&order) < order.quantity {
            return self.end_order(key, "EXPIRED", "2", now);
        }
        for (price, quantity) in self.levels(&order) {
            let left = self.orders[key].remaining();
            if !self.orders[key].is_open() || left.is_zero() {
                break;
            }
            let quantity = quantity.min(left);
            self.print(&order.symbol, price, quantity, !order.is_buy, now);
            self.fill(key, price, quantity, false, "TRADE", now);
        }
        match (order.kind.as_str(), order.time_in_force.as_str()) {
            ("MARKET", _) => self.end_order(key, "EXPIRED", "9", now),
            (_, "IOC" | "FOK") => self.end_order(key, "EXPIRED", "2", now),
            _ => {}
        }
    }

    /// One fill of an order, with everything that follows from it.
    pub(super) fn fill(
        &mut self,
        key: &(String, i64),
        price: Decimal,
        quantity: Decimal,
        is_maker: bool,
        what: &str,
        now: i64,
    ) {
        let order = self.orders[key].clone();
        let mut quantity = quantity.min(order.remaining());
        if order.only_closes() {
            quantity = quantity.min(self.closable(&order));
        }
        if quantity.is_zero() {
            return self.end_order(key, "EXPIRED", "4", now);
        }
        let realized = self.move_position(&order, price, quantity, now);
        let (commission, commission_asset) = self.charge(&order.symbol, price * quantity, is_maker);
        let fill = Fill {
            symbol: key.0.clone(),
            id: self.next_fill_id,
            order_id: order.order_id,
            is_buy: order.is_buy,
            position_side: order.position_side.clone(),
            price,
            quantity,
            realized,
            commission,
            commission_asset,
            is_maker,
            time: now,
        };
        self.next_fill_id += 1;
        self.book_fill_income(&fill);
        let listing = self.listing(&key.0);
        let order = self.orders.get_mut(key).unwrap();
        order.filled += quantity;
        order.quote += price * quantity;
        order.updated = now;
        order.status = if order.remaining().is_zero() { "FILLED" } else { "PARTIALLY_FILLED" }.to_owned();
        let is_done = !order.is_open();
        if self.habits.trade_lite && what == "TRADE" {
            let lite = self.orders[key].trade_lite(&listing, &fill);
            self.say_user(lite);
        }
        self.say_account(
            "ORDER",
            &[fill.commission_asset.as_str(), listing.quote],
            Some((&key.0, &fill.position_side)),
            now,
        );
        self.say_order(key, what, now, EventExtra { fill: Some(&fill), ..EventExtra::default() });
        let mut row = fill.row(&listing);
        row["kind"] = json!("trade");
        row["clientOrderId"] = json!(self.orders[key].client_id);
        self.log.push(row);
        self.fills.push(fill);
        if is_done {
            self.child_ended(key, now);
        }
        self.end_useless_closers(&key.0, now);
    }

    /// Orders that can only close, when nothing is left to close.
    fn end_useless_closers(&mut self, symbol: &str, now: i64) {
        for key in self.open_keys(symbol) {
            let order = &self.orders[&key];
            if order.reduce_only && self.closable(order).is_zero() {
                self.end_order(&key, "EXPIRED", "4", now);
            }
        }
    }

    /// A public trade; conditional orders see it later.
    pub(super) fn print(&mut self, symbol: &str, price: Decimal, quantity: Decimal, buyer_is_maker: bool, now: i64) {
        let market = self.markets.get_mut(symbol).unwrap();
        let event = market.print(price, quantity, buyer_is_maker, now);
        self.say(format!("{}@aggTrade", symbol.to_lowercase()), event);
        self.prices_to_check.push((symbol.to_owned(), price));
    }

    /// Somebody else's trade: resting orders of the account at that price fill up to its quantity, those the price went
    /// through fill whole, and the book follows when the price lies outside it.
    pub fn trade_of_others(&mut self, symbol: &str, price: Decimal, quantity: Decimal, now: i64) {
        let book = &self.markets[symbol].book;
        let (bid, ask) = (book.bid(), book.ask());
        let buyer_is_maker = price <= bid || (price < ask && self.random.below(2) == 0);
        self.print(symbol, price, quantity, buyer_is_maker, now);
        let listing = self.listing(symbol);
        if price > ask {
            self.move_book(symbol, price - listing.tick, price, now);
        } else if price < bid {
            self.move_book(symbol, price, price + listing.tick, now);
        }
        let mut left = quantity;
        for key in self.open_keys(symbol) {
            let order = self.orders[&key].clone();
            let is_through = if order.is_buy { price < order.price } else { price > order.price };
            if is_through {
                self.fill(&key, order.price, order.remaining(), true, "TRADE", now);
            } else if price == order.price && !left.is_zero() && order.kind == "LIMIT" {
                let quantity = left.min(order.remaining());
                left -= quantity;
                self.fill(&key, price, quantity, true, "TRADE", now);
            }
        }
        self.run_triggers(now);
    }

    fn move_book(&mut self, symbol: &str, bid: Decimal, ask: Decimal, now: i64) {
        let event = self.markets.set_top(symbol, bid, ask, now);
        self.say(format!("{}@bookTicker", symbol.to_lowercase()), event);
    }

    /// Moves the best prices; resting orders of the account that they cross fill whole at their own price.
    pub fn set_top(&mut self, symbol: &str, bid: Decimal, ask: Decimal, now: i64) {
        self.move_book(symbol, bid, ask, now);
        for key in self.open_keys(symbol) {
            let order = self.orders[&key].clone();
            let is_crossed = if order.is_buy { order.price >= ask } else { order.price <= bid };
            if is_crossed {
                self.print(symbol, order.price, order.remaining(), order.is_buy, now);
                self.fill(&key, order.price, order.remaining(), true, "TRADE", now);
            }
        }
        self.run_triggers(now);
    }

    /// Sets how much lies at one price of the book, which stays so until the price leaves it; zero removes the level.
    pub fn set_level(&mut self, symbol: &str, is_bid: bool, price: Decimal, quantity: Decimal, now: i64) {
        let event = self.markets.set_level(symbol, is_bid, price, quantity, now);
        self.say(format!("{}@bookTicker", symbol.to_lowercase()), event);
    }
}
