//! Money and positions of the account.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::listing::{fixed, money};
use super::order::{Fill, Order};

const DEFAULT_LEVERAGE: u32 = 20;
/// Maintenance margin in every bracket.
const MAINTENANCE: Decimal = Decimal::from_parts(4, 0, 0, false, 3);

/// One position; `amount` is negative for a short one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub amount: Decimal,
    pub entry: Decimal,
    /// Realised so far, before fees.
    pub realized: Decimal,
    pub updated: i64,
}

/// A row of `income`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Income {
    pub symbol: String,
    pub kind: &'static str,
    pub amount: Decimal,
    pub asset: String,
    pub time: i64,
    pub transaction: i64,
    pub trade_id: String,
}

impl Income {
    pub fn row(&self) -> Value {
        json!({"symbol": self.symbol, "incomeType": self.kind, "income": money(self.amount), "asset": self.asset,
               "info": self.kind, "time": self.time, "tranId": self.transaction, "tradeId": self.trade_id})
    }
}

impl Exchange {
    pub fn leverage_of(&self, symbol: &str) -> Decimal {
        Decimal::from(self.leverage.get(symbol).copied().unwrap_or(DEFAULT_LEVERAGE))
    }

    fn unrealized(&self, symbol: &str, position: &Position) -> Decimal {
        (self.markets[symbol].mark() - position.entry) * position.amount
    }

    fn open_positions(&self) -> impl Iterator<Item = (&(String, String), &Position)> {
        self.positions.iter().filter(|(_, position)| !position.amount.is_zero())
    }

    fn margin_of(&self, symbol: &str, position: &Position) -> Decimal {
        position.amount.abs() * self.markets[symbol].mark() / self.leverage_of(symbol)
    }

    fn order_margin(&self, symbol: Option<&str>) -> Decimal {
        let open = self.orders.values().filter(|order| order.is_open() && !order.only_closes());
        let here = open.filter(|order| symbol.is_none_or(|symbol| symbol == order.symbol));
        here.map(|order| order.remaining() * order.price / self.leverage_of(&order.symbol)).sum()
    }

    /// What new orders may use.
    pub fn available(&self, asset: &str) -> Decimal {
        let wallet = self.wallet.get(asset).copied().unwrap_or_default();
        if asset != "USDT" {
            return wallet;
        }
        let profit: Decimal = self.open_positions().map(|((symbol, _), p)| self.unrealized(symbol, p)).sum();
        let margin: Decimal = self.open_positions().map(|((symbol, _), p)| self.margin_of(symbol, p)).sum();
        (wallet + profit - margin - self.order_margin(None)).max(Decimal::ZERO)
    }

    /// Margin of the part of an order that opens.
    pub(super) fn margin_needed(&self, order: &Order) -> Decimal {
        let price = if order.price.is_zero() { self.markets[&order.symbol].mark() } else { order.price };
        let opening = (order.quantity - self.closable(order)).max(Decimal::ZERO);
        opening * price / self.leverage_of(&order.symbol)
    }

    /// Applies a fill to its position and the wallet; gives the realised profit.
    pub(super) fn move_position(&mut self, order: &Order, price: Decimal, quantity: Decimal, now: i64) -> Decimal {
        let signed = if order.is_buy { quantity } else { -quantity };
        let key = (order.symbol.clone(), order.position_side.clone());
        let position = self.positions.entry(key).or_default();
        let before = position.amount;
        let mut realized = Decimal::ZERO;
        position.amount += signed;
        position.updated = now;
        if before.is_zero() || before.is_sign_positive() == signed.is_sign_positive() {
            position.entry = (position.entry * before.abs() + price * quantity) / (before.abs() + quantity);
        } else {
            let closed = quantity.min(before.abs());
            let direction = if before.is_sign_positive() { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
            realized = ((price - position.entry) * closed * direction).round_dp(8);
            if position.amount.is_zero() {
                position.entry = Decimal::ZERO;
            } else if position.amount.is_sign_positive() != before.is_sign_positive() {
                position.entry = price;
            }
        }
        position.realized += realized;
        *self.wallet.entry("USDT".to_owned()).or_default() += realized;
        realized
    }

    /// Takes the fee of a fill; gives it and its asset.
    pub(super) fn charge(&mut self, symbol: &str, notional: Decimal, is_maker: bool) -> (Decimal, String) {
        let rate = if is_maker { self.habits.maker_rate } else { self.habits.taker_rate };
        let fee = notional * rate;
        let (fee, asset) = match &self.habits.fee_asset {
            Some((asset, price)) => (fee / price, asset.clone()),
            None => (fee, self.markets[symbol].listing.quote.to_owned()),
        };
        let fee = fee.round_dp(8);
        *self.wallet.entry(asset.clone()).or_default() -= fee;
        (fee, asset)
    }

    pub(super) fn book_fill_income(&mut self, fill: &Fill) {
        let id = fill.id.to_string();
        self.book_income(&fill.symbol, "COMMISSION", -fill.commission, &fill.commission_asset, &id, fill.time);
        if !fill.realized.is_zero() {
            self.book_income(&fill.symbol, "REALIZED_PNL", fill.realized, "USDT", &id, fill.time);
        }
    }

    fn book_income(&mut self, symbol: &str, kind: &'static str, amount: Decimal, asset: &str, trade: &str, time: i64) {
        self.next_transaction += 1;
        let income = Income {
            symbol: symbol.to_owned(),
            kind,
            amount,
            asset: asset.to_owned(),
            time,
            transaction: self.next_transaction,
            trade_id: trade.to_owned(),
        };
        let mut row = income.row();
        row["kind"] = json!("income");
        self.log.push(row);
        self.income.push(income);
    }

    /// `ACCOUNT_UPDATE` with these assets and one symbol's position; in hedge mode the row `BOTH` comes too.
    pub(super) fn say_account(&mut self, reason: &str, assets: &[&str], position: Option<(&str, &str)>, now: i64) {
        self.say_change(reason, assets, position, Decimal::ZERO, now);
    }

    fn say_change(&mut self, reason: &str, assets: &[&str], position: Option<(&str, &str)>, change: Decimal, now: i64) {
        let mut assets = assets.to_vec();
        assets.dedup();
        let balances: Vec<Value> = assets
            .iter()
            .map(|asset| {
                let wallet = money(self.wallet.get(*asset).copied().unwrap_or_default());
                json!({"a": asset, "wb": wallet, "cw": wallet, "bc": change.normalize().to_string()})
            })
            .collect();
        let mut rows = Vec::new();
        if let Some((symbol, side)) = position {
            if side != "BOTH" {
                rows.push(self.position_change(symbol, "BOTH"));
            }
            rows.push(self.position_change(symbol, side));
        }
        self.say_user(
            json!({"e": "ACCOUNT_UPDATE", "T": now, "E": now + 1, "a": {"B": balances, "P": rows, "m": reason}}),
        );
    }

    fn position_change(&self, symbol: &str, side: &str) -> Value {
        let position = self.positions.get(&(symbol.to_owned(), side.to_owned())).cloned().unwrap_or_default();
        let listing = &self.markets[symbol].listing;
        let is_isolated = self.isolated.contains(symbol);
        let amount = if position.amount.is_zero() { "0".to_owned() } else { listing.quantity_text(position.amount) };
        json!({"s": symbol, "pa": amount, "ep": position.entry.round_dp(12).normalize().to_string(),
               "bep": self.break_even(&position).to_string(), "cr": money(position.realized),
               "up": money(self.unrealized(symbol, &position)), "mt": if is_isolated { "isolated" } else { "cross" },
               "iw": if is_isolated { money(self.margin_of(symbol, &position)) } else { "0".to_owned() },
               "ps": side, "ma": listing.quote})
    }

    fn break_even(&self, position: &Position) -> Decimal {
        let fee = if position.amount.is_sign_negative() { -self.habits.taker_rate } else { self.habits.taker_rate };
        (position.entry * (Decimal::ONE + fee)).round_dp(8).normalize()
    }

    /// Money from or to another wallet.
    pub fn transfer(&mut self, asset: &str, amount: Decimal, now: i64) {
        *self.wallet.entry(asset.to_owned()).or_default() += amount;
        self.book_income("", "TRANSFER", amount, asset, "", now);
        let reason = if amount.is_sign_negative() { "WITHDRAW" } else { "DEPOSIT" };
        self.say_change(reason, &[asset], None, amount, now);
    }

    /// Funding of a symbol at a rate: longs pay a positive one. On crossed margin the event has a balance only.
    pub fn fund(&mut self, symbol: &str, rate: Decimal, now: i64) {
        let mark = self.markets[symbol].mark();
        let held = self.open_positions().filter(|((here, _), _)| here == symbol);
        let held: Vec<_> = held.map(|((_, side), position)| (side.clone(), position.amount)).collect();
        for (side, amount) in held {
            let paid = (amount * mark * rate).round_dp(8);
            *self.wallet.entry("USDT".to_owned()).or_default() -= paid;
            self.book_income(symbol, "FUNDING_FEE", -paid, "USDT", "", now);
            let row = self.isolated.contains(symbol).then_some((symbol, side.as_str()));
            self.say_change("FUNDING_FEE", &["USDT"], row, -paid, now);
        }
    }

    /// Closes the position of a symbol by force: liquidation, or deleveraging when `is_deleveraging`.
    pub fn liquidate(&mut self, symbol: &str, is_deleveraging: bool, now: i64) {
        self.cancel_all(symbol, now);
        let held = self.open_positions().filter(|((here, _), _)| here == symbol);
        let held: Vec<_> = held.map(|((_, side), position)| (side.clone(), position.amount)).collect();
        for (side, amount) in held {
            let price = self.listing(symbol).on_tick(self.markets[symbol].mark());
            let name =
                if is_deleveraging { "adl_autoclose".to_owned() } else { format!("autoclose-{}", now * 1_000_000) };
            let mut order = Order::plain(symbol, amount.is_sign_negative(), amount.abs(), now);
            order.client_id = name;
            order.position_side = side;
            order.price = price;
            order.time_in_force = "IOC".to_owned();
            order.reduce_only = true;
            let market = self.markets.get_mut(symbol).unwrap();
            order.order_id = market.next_order_id;
            market.next_order_id += 1;
            let key = (symbol.to_owned(), order.order_id);
            let body = forced(&order, &self.listing(symbol), now);
            self.orders.insert(key.clone(), order);
            self.print(symbol, price, amount.abs(), amount.is_sign_positive(), now);
            self.fill(&key, price, amount.abs(), false, "CALCULATED", now);
            self.say(format!("{}@forceOrder", symbol.to_lowercase()), body);
        }
        self.run_triggers(now);
    }

    /// Rows of `balance`.
    pub fn balances(&self, now: i64) -> Value {
        let profit: Decimal = self.open_positions().map(|((symbol, _), p)| self.unrealized(symbol, p)).sum();
        let rows = self.wallet.iter().map(|(asset, wallet)| {
            let profit = if asset == "USDT" { profit } else { Decimal::ZERO };
            let available = money(self.available(asset));
            json!({"accountAlias": "SgsR", "asset": asset, "balance": money(*wallet), "crossWalletBalance": money(*wallet),
                   "crossUnPnl": money(profit), "availableBalance": available, "maxWithdrawAmount": available,
                   "marginAvailable": true, "updateTime": now})
        });
        rows.collect()
    }

    /// The reply of `account`.
    pub fn account(&self, now: i64) -> Value {
        let profit: Decimal = self.open_positions().map(|((symbol, _), p)| self.unrealized(symbol, p)).sum();
        let margin: Decimal = self.open_positions().map(|((symbol, _), p)| self.margin_of(symbol, p)).sum();
        let maintenance: Decimal = self.open_positions().map(|((s, _), p)| self.maintenance(s, p)).sum();
        let (wallet, orders) = (self.wallet.get("USDT").copied().unwrap_or_default(), self.order_margin(None));
        let available = money(self.available("USDT"));
        let assets: Vec<Value> = self
            .wallet
            .iter()
            .map(|(asset, wallet)| {
                let of = |value: Decimal| money(if asset == "USDT" { value } else { Decimal::ZERO });
                let free = money(self.available(asset));
                json!({"asset": asset, "walletBalance": money(*wallet), "unrealizedProfit": of(profit),
                       "marginBalance": money(*wallet + if asset == "USDT" { profit } else { Decimal::ZERO }),
                       "maintMargin": of(maintenance), "initialMargin": of(margin + orders),
                       "positionInitialMargin": of(margin), "openOrderInitialMargin": of(orders),
                       "crossWalletBalance": money(*wallet), "crossUnPnl": of(profit), "availableBalance": free,
                       "maxWithdrawAmount": free, "updateTime": now})
            })
            .collect();
        let positions: Vec<Value> = self.shown_positions(None).into_iter().map(|row| short_row(&row)).collect();
        json!({"totalInitialMargin": money(margin + orders), "totalMaintMargin": money(maintenance),
               "totalWalletBalance": money(wallet), "totalUnrealizedProfit": money(profit),
               "totalMarginBalance": money(wallet + profit), "totalPositionInitialMargin": money(margin),
               "totalOpenOrderInitialMargin": money(orders), "totalCrossWalletBalance": money(wallet),
               "totalCrossUnPnl": money(profit), "availableBalance": available, "maxWithdrawAmount": available,
               "assets": assets, "positions": positions})
    }

    fn maintenance(&self, symbol: &str, position: &Position) -> Decimal {
        position.amount.abs() * self.markets[symbol].mark() * MAINTENANCE
    }

    /// Rows of `positionRisk`: symbols with a position or an open order.
    pub fn shown_positions(&self, only: Option<&str>) -> Vec<Value> {
        let mut rows = Vec::new();
        for symbol in self.markets.listed.iter().filter(|symbol| only.is_none_or(|only| only == *symbol)) {
            let sides: &[&str] = if self.is_hedge { &["LONG", "SHORT"] } else { &["BOTH"] };
            let has_order = !self.open_keys(symbol).is_empty();
            for side in sides {
                let position = self.positions.get(&(symbol.clone(), (*side).to_owned())).cloned().unwrap_or_default();
                if has_order || !position.amount.is_zero() {
                    rows.push(self.position_row(symbol, side, &position));
                }
            }
        }
        rows
    }

    fn position_row(&self, symbol: &str, side: &str, position: &Position) -> Value {
        let market = &self.markets[symbol];
        let (mark, margin) = (market.mark(), self.margin_of(symbol, position));
        let is_isolated = self.isolated.contains(symbol);
        let own = |value: Decimal| if is_isolated { money(value) } else { "0".to_owned() };
        let orders = self.order_margin(Some(symbol));
        json!({"symbol": symbol, "positionSide": side, "positionAmt": market.listing.quantity_text(position.amount),
               "entryPrice": position.entry.round_dp(12).normalize().to_string(),
               "breakEvenPrice": self.break_even(position).to_string(), "markPrice": fixed(mark, 8),
               "unRealizedProfit": money(self.unrealized(symbol, position)),
               "liquidationPrice": self.liquidation_price(position), "isolatedMargin": own(margin),
               "notional": money(position.amount * mark), "marginAsset": market.listing.quote,
               "isolatedWallet": own(margin), "initialMargin": money(margin + orders),
               "maintMargin": money(self.maintenance(symbol, position)), "positionInitialMargin": money(margin),
               "openOrderInitialMargin": money(orders), "adl": 2, "bidNotional": "0", "askNotional": "0",
               "updateTime": position.updated})
    }

    /// Where the whole wallet would be gone; `"0"` when there is no such price.
    fn liquidation_price(&self, position: &Position) -> String {
        let wallet = self.wallet.get("USDT").copied().unwrap_or_default();
        if position.amount.is_zero() {
            return "0".to_owned();
        }
        let price = position.entry - wallet / position.amount;
        if price.is_sign_positive() { fixed(price, 8) } else { "0".to_owned() }
    }
}

fn short_row(row: &Value) -> Value {
    json!({"symbol": row["symbol"], "positionSide": row["positionSide"], "positionAmt": row["positionAmt"],
           "unrealizedProfit": row["unRealizedProfit"], "isolatedMargin": row["isolatedMargin"],
           "notional": row["notional"], "isolatedWallet": row["isolatedWallet"], "initialMargin": row["initialMargin"],
           "maintMargin": row["maintMargin"], "updateTime": row["updateTime"]})
}

fn forced(order: &Order, listing: &super::listing::Listing, now: i64) -> Value {
    let quantity = listing.quantity_text(order.quantity);
    let price = listing.price_text(order.price);
    json!({"e": "forceOrder", "E": now, "o": {"s": order.symbol, "ps": order.symbol, "S": order.side(), "o": "LIMIT",
           "f": "IOC", "q": quantity, "p": price, "ap": price, "X": "FILLED", "l": quantity, "z": quantity, "T": now},
           "st": 1})
}
