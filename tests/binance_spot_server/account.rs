//! Balances: what is free, what is locked, and what a fill does to them. Every amount is exact.

use rust_decimal::{Decimal, RoundingStrategy, dec};
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::order::Order;
use super::parts::listing::money;
use super::parts::refusal::Refusal;

/// Part of a fee that is left when it is paid in BNB.
const DISCOUNT: Decimal = dec!(0.75);
const AMOUNT_DIGITS: u32 = 8;

/// One asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub free: Decimal,
    pub locked: Decimal,
}

impl Exchange {
    pub fn balance(&self, asset: &str) -> Balance {
        self.balances.get(asset).copied().unwrap_or_default()
    }

    fn asset(&mut self, asset: &str) -> &mut Balance {
        self.balances.entry(asset.to_owned()).or_default()
    }

    /// The asset an order gives.
    pub(super) fn given(&self, order: &Order) -> &'static str {
        let listing = &self.markets[&order.symbol].listing;
        if order.is_buy { listing.quote } else { listing.base }
    }

    fn received(&self, order: &Order) -> &'static str {
        let listing = &self.markets[&order.symbol].listing;
        if order.is_buy { listing.base } else { listing.quote }
    }

    /// What a new order needs: a market purchase what the book asks for it.
    pub(super) fn needed(&self, order: &Order) -> Decimal {
        match (order.is_buy, order.kind.as_str()) {
            (false, "MARKET") if !order.quote_quantity.is_zero() => {
                self.takes(order).iter().map(|(_, quantity)| *quantity).sum()
            }
            (false, _) => order.remaining(),
            (true, "MARKET") if !order.quote_quantity.is_zero() => order.quote_quantity,
            (true, "MARKET") => self.takes(order).iter().map(|(price, quantity)| *price * *quantity).sum(),
            (true, _) if order.is_limit() => order.price * order.remaining(),
            (true, _) if order.stop_price.is_zero() => self.markets[&order.symbol].last * order.remaining(),
            (true, _) => order.stop_price * order.remaining(),
        }
    }

    /// Whether the account can pay for a new order.
    pub(super) fn check_balance(&self, order: &Order) -> Result<(), Refusal> {
        if self.needed(order) > self.balance(self.given(order)).free {
            return Err(Refusal::of(-2010));
        }
        Ok(())
    }

    /// Locks so much more for an order, or less when negative.
    pub(super) fn lock(&mut self, key: &(String, i64), more: Decimal) {
        let order = self.orders.get_mut(key).unwrap();
        order.locked += more;
        let asset = self.given(&self.orders[key]);
        let balance = self.asset(asset);
        balance.free -= more;
        balance.locked += more;
    }

    /// Frees what is locked for an order that is over.
    pub(super) fn unlock(&mut self, key: &(String, i64)) {
        let locked = self.orders[key].locked;
        self.lock(key, -locked);
    }

    /// Exchanges the amounts of a fill; gives the fee and its asset. `order` is as before the fill.
    pub(super) fn settle(
        &mut self,
        key: &(String, i64),
        price: Decimal,
        quantity: Decimal,
        is_maker: bool,
    ) -> (Decimal, String) {
        let order = self.orders[key].clone();
        let value = price * quantity;
        let (paid, got) = if order.is_buy { (value, quantity) } else { (quantity, value) };
        // Its part of what is locked becomes free first: a better price leaves some over.
        let part = if order.quantity.is_zero() { order.locked } else { order.locked * quantity / order.remaining() };
        let exact = match (order.is_buy, order.is_limit()) {
            (true, true) => order.price * quantity,
            (true, false) => part.round_dp_with_strategy(AMOUNT_DIGITS, RoundingStrategy::ToZero),
            (false, _) => quantity,
        };
        self.lock(key, -exact.min(order.locked));
        let (given, received) = (self.given(&order), self.received(&order));
        self.asset(given).free -= paid;
        self.asset(received).free += got;
        let (fee, asset) = self.fee(received, got, value, is_maker);
        self.asset(&asset).free -= fee;
        (fee, asset)
    }

    /// The fee is taken out of what is received, or in BNB where the account has it so and holds enough.
    fn fee(&self, received: &str, got: Decimal, value: Decimal, is_maker: bool) -> (Decimal, String) {
        let rate = if is_maker { self.habits.maker_rate } else { self.habits.taker_rate };
        let cut = |fee: Decimal| fee.round_dp_with_strategy(AMOUNT_DIGITS, RoundingStrategy::ToZero);
        if let Some(price) = self.habits.bnb_price {
            let fee = cut(value * rate * DISCOUNT / price);
            if fee <= self.balance("BNB").free {
                return (fee, "BNB".to_owned());
            }
        }
        (cut(got * rate), received.to_owned())
    }

    /// `outboundAccountPosition` of these assets.
    pub(super) fn say_balances(&mut self, assets: &[&str], now: i64) {
        let mut assets = assets.to_vec();
        assets.sort_unstable();
        assets.dedup();
        let rows: Vec<Value> = assets
            .iter()
            .map(|asset| {
                let balance = self.balance(asset);
                json!({"a": asset, "f": money(balance.free), "l": money(balance.locked)})
            })
            .collect();
        self.changed = now;
        self.say_user(json!({"e": "outboundAccountPosition", "E": now + 1, "u": now, "B": rows}));
    }

    /// Money that came from elsewhere, or left when negative.
    pub fn deposit(&mut self, asset: &str, amount: Decimal, now: i64) {
        self.asset(asset).free += amount;
        self.say_user(json!({"e": "balanceUpdate", "E": now + 1, "a": asset, "d": money(amount), "T": now}));
        self.say_balances(&[asset], now);
        self.log.push(json!({"kind": "deposit", "asset": asset, "amount": money(amount)}));
    }

    /// Something beside trading locks so much, or frees it when negative.
    pub fn lock_elsewhere(&mut self, asset: &str, amount: Decimal, now: i64) {
        let balance = self.asset(asset);
        balance.free -= amount;
        balance.locked += amount;
        self.say_user(json!({"e": "externalLockUpdate", "E": now + 1, "a": asset, "d": money(amount), "T": now}));
        self.say_balances(&[asset], now);
    }

    /// The reply of `account`.
    pub fn account(&self, omits_zero: bool) -> Value {
        let shown = self.balances.iter().filter(|(_, held)| !omits_zero || **held != Balance::default());
        let rows: Vec<Value> = shown
            .map(|(asset, held)| json!({"asset": asset, "free": money(held.free), "locked": money(held.locked)}))
            .collect();
        let points = |rate: Decimal| (rate * dec!(10000)).trunc().mantissa();
        let (maker, taker) = (self.habits.maker_rate, self.habits.taker_rate);
        json!({"makerCommission": i64::try_from(points(maker)).unwrap_or_default(),
               "takerCommission": i64::try_from(points(taker)).unwrap_or_default(), "buyerCommission": 0,
               "sellerCommission": 0,
               "commissionRates": {"maker": money(maker), "taker": money(taker), "buyer": money(Decimal::ZERO),
                                   "seller": money(Decimal::ZERO)},
               "canTrade": self.habits.can_trade, "canWithdraw": true, "canDeposit": true, "brokered": false,
               "requireSelfTradePrevention": false, "preventSor": false, "updateTime": self.changed,
               "accountType": "SPOT", "balances": rows, "permissions": ["SPOT"], "uid": 354_937_868})
    }
}
