//! How orders meet the book and the trades of others, and how prices set them off.

use rust_decimal::{Decimal, dec};
use serde_json::json;

use super::exchange::Exchange;
use super::order::{EventExtra, Fill, Order};

const WHOLE: Decimal = dec!(10000);
/// How the other order of a pair ends.
const DECIDED: EventExtra<'_> =
    EventExtra { fill: None, cancel_id: None, expiry: Some("OCO_TRIGGER"), execution_id: 0 };

impl Exchange {
    /// Levels an order can reach, best first.
    fn levels(&self, order: &Order) -> Vec<(Decimal, Decimal)> {
        let book = &self.markets[&order.symbol].book;
        let is_within = |price: Decimal| match order.is_limit() {
            false => true,
            true if order.is_buy => price <= order.price,
            true => price >= order.price,
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

    /// What an order would take from the book now. One told by its money takes whole steps of what that buys.
    pub(super) fn takes(&self, order: &Order) -> Vec<(Decimal, Decimal)> {
        let step = self.markets[&order.symbol].listing.step;
        let (mut left, mut money) = (order.remaining(), order.quote_quantity - order.quote);
        let mut taken = Vec::new();
        for (price, quantity) in self.levels(order) {
            let most = if order.quote_quantity.is_zero() { left } else { (money / price / step).floor() * step };
            let quantity = quantity.min(most);
            if quantity.is_zero() {
                break;
            }
            left -= quantity;
            money -= price * quantity;
            taken.push((price, quantity));
        }
        taken
    }

    /// Lets an order take from the book; what is left rests or expires.
    pub(super) fn take(&mut self, key: &(String, i64), now: i64) {
        let order = self.orders[key].clone();
        let takes = self.takes(&order);
        let reachable: Decimal = takes.iter().map(|(_, quantity)| *quantity).sum();
        if order.time_in_force == "FOK" && order.is_limit() && reachable < order.quantity {
            return self.expire(key, "UNFILLED_FOK_ORDER_EXPIRED", now);
        }
        if !order.quote_quantity.is_zero()
            && let Some(order) = self.orders.get_mut(key)
        {
            order.quantity = reachable;
        }
        for (price, quantity) in takes {
            // A stop to market may cost more than was locked for it.
            let gives = if order.is_buy { price * quantity } else { quantity };
            let held = self.balance(self.given(&order)).free + self.orders[key].locked;
            if gives > held {
                break;
            }
            self.print(&order.symbol, price, quantity, !order.is_buy, now);
            self.fill(key, price, quantity, false, now);
        }
        match order.is_limit() {
            false => self.expire(key, "INSUFFICIENT_LIQUIDITY", now),
            true if order.time_in_force == "IOC" => self.expire(key, "UNFILLED_IOC_QUANTITY_EXPIRED", now),
            true => {}
        }
    }

    fn expire(&mut self, key: &(String, i64), reason: &str, now: i64) {
        self.end_order(key, "EXPIRED", EventExtra { expiry: Some(reason), ..EventExtra::default() }, now);
    }

    /// One fill of an order, with everything that follows from it.
    fn fill(&mut self, key: &(String, i64), price: Decimal, quantity: Decimal, is_maker: bool, now: i64) {
        let (commission, commission_asset) = self.settle(key, price, quantity, is_maker);
        let id = self.next_fill_id(&key.0);
        let order = self.orders.get_mut(key).unwrap();
        self.given_back += u32::from(order.filled.is_zero());
        order.filled += quantity;
        order.quote += price * quantity;
        order.updated = now;
        order.status = if order.remaining().is_zero() { "FILLED" } else { "PARTIALLY_FILLED" }.to_owned();
        let fill = Fill {
            symbol: key.0.clone(),
            id,
            order_id: key.1,
            is_buy: order.is_buy,
            price,
            quantity,
            commission,
            commission_asset,
            is_maker,
            time: now,
        };
        if order.status == "FILLED" {
            self.unlock(key);
        }
        self.say_order(key, "TRADE", now, EventExtra { fill: Some(&fill), ..EventExtra::default() });
        let mut row = fill.row();
        row["kind"] = json!("trade");
        row["clientOrderId"] = json!(self.orders[key].client_id);
        self.log.push(row);
        self.fills.push(fill);
        self.decide_list(key, "EXPIRED", DECIDED, now);
        self.finish_list(key, now);
    }

    /// A public trade; orders that wait for a price see it later.
    fn print(&mut self, symbol: &str, price: Decimal, quantity: Decimal, buyer_is_maker: bool, now: i64) {
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
        let tick = self.markets[symbol].listing.tick;
        if price > ask {
            self.move_book(symbol, price - tick, price, now);
        } else if price < bid {
            self.move_book(symbol, price, price + tick, now);
        }
        let mut left = quantity;
        for key in self.open_keys(symbol) {
            let order = self.orders[&key].clone();
            if !order.is_working {
                continue;
            }
            let is_through = if order.is_buy { price < order.price } else { price > order.price };
            if is_through {
                self.fill(&key, order.price, order.remaining(), true, now);
            } else if price == order.price && !left.is_zero() {
                let quantity = left.min(order.remaining());
                left -= quantity;
                self.fill(&key, price, quantity, true, now);
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
            if is_crossed && order.is_working {
                self.print(symbol, order.price, order.remaining(), order.is_buy, now);
                self.fill(&key, order.price, order.remaining(), true, now);
            }
        }
        self.run_triggers(now);
    }

    /// Sets how much lies at one price of the book, which stays so until the price leaves it; zero removes the level.
    pub fn set_level(&mut self, symbol: &str, is_bid: bool, price: Decimal, quantity: Decimal, now: i64) {
        let event = self.markets.set_level(symbol, is_bid, price, quantity, now);
        self.say(format!("{}@bookTicker", symbol.to_lowercase()), event);
    }

    /// Lets the prices of trades set off what waits for them; an order set off may trade and set off others.
    pub(super) fn run_triggers(&mut self, now: i64) {
        while !self.prices_to_check.is_empty() {
            for (symbol, price) in std::mem::take(&mut self.prices_to_check) {
                for key in self.open_keys(&symbol) {
                    if self.is_set_off(&key, price) {
                        let order = self.orders.get_mut(&key).unwrap();
                        (order.is_working, order.working_since, order.updated) = (true, now, now);
                        self.decide_list(&key, "EXPIRED", DECIDED, now);
                        self.say_order(&key, "NEW", now, EventExtra::default());
                        self.take(&key, now);
                    }
                }
            }
        }
    }

    fn is_set_off(&mut self, key: &(String, i64), price: Decimal) -> bool {
        let Some(order) = self.orders.get_mut(key).filter(|order| order.waits()) else { return false };
        let is_above = order.triggers_above();
        let has_reached = |trigger: Decimal| if is_above { price >= trigger } else { price <= trigger };
        let Some(delta) = order.trailing_delta else { return has_reached(order.stop_price) };
        // With a stop price beside it the distance counts from there on.
        if !order.stop_price.is_zero() {
            if has_reached(order.stop_price) {
                (order.stop_price, order.extreme) = (Decimal::ZERO, price);
            }
            return false;
        }
        order.extreme = if is_above { order.extreme.min(price) } else { order.extreme.max(price) };
        let distance = Decimal::from(delta) / WHOLE;
        let factor = if is_above { Decimal::ONE + distance } else { Decimal::ONE - distance };
        has_reached(order.extreme * factor)
    }
}
