//! How orders come in, meet the book and the trades of others, and end.

use std::time::Instant;

use jiff::civil::Date;
use rust_decimal::{Decimal, dec};

use super::clock::korea;
use super::exchange::{Event, Exchange};
use super::order::{Fill, Line, Order, Row, Standing};
use super::realised::Traded;
use super::session;

/// An order that the broker accepts.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub line: Line,
    pub exchange: String,
    pub symbol: String,
    pub is_buy: bool,
    pub kind: String,
    pub price: Decimal,
    pub trigger: Option<Decimal>,
    pub quantity: Decimal,
}

impl Exchange {
    /// Takes an order in: it has a number from now on, whatever becomes of it.
    pub fn accept(&mut self, order: Accepted, now: i64) -> usize {
        let id = self.add(Row::New, order, None, now);
        if self.is_refused() {
            let order = &mut self.orders[id];
            (order.refused, order.standing, order.reason) = (order.quantity, Standing::Refused, "주문가격 오류");
            self.say_received(id, true, now);
            self.note(id);
            return id;
        }
        self.say_received(id, false, now);
        self.begin(id, now);
        self.note(id);
        id
    }

    /// Whether the exchange refuses what comes now.
    fn is_refused(&mut self) -> bool {
        let is_refused = self.refuse_next > 0;
        self.refuse_next = self.refuse_next.saturating_sub(1);
        is_refused
    }

    fn add(&mut self, row: Row, order: Accepted, original: Option<usize>, now: i64) -> usize {
        let (korean, local) = match order.line {
            Line::Stock | Line::Bond => (korea(now), korea(now)),
            Line::Overseas => (korea(now), self.listing(&order.symbol).board.local(now)),
            Line::Future | Line::Night => (korea(now), korea(now)),
        };
        let night = session::night(now, &self.closed).filter(|_| order.line == Line::Night);
        let (date, board) = (night.unwrap_or(local.date()), self.listing(&order.symbol).board);
        let number = self.next_number(order.line, date);
        let (ends_ms, has_auction) = match order.line {
            Line::Stock => session::end_of(&order.exchange, &order.kind, date),
            Line::Overseas if board.is_asian() => (session::asia_end(board, date), false),
            Line::Overseas => (session::us_end(date), false),
            Line::Bond => (session::bonds_end(date), false),
            Line::Future => session::derivatives_end(date),
            Line::Night => session::night_end(date),
        };
        let id = self.orders.len();
        let first = original.map_or(id, |original| self.orders[original].first);
        self.orders.push(Order {
            id,
            line: order.line,
            row,
            number,
            original,
            first,
            branch: self.branch(order.line),
            limit: (!order.price.is_zero()).then_some(order.price),
            is_dormant: order.trigger.is_some(),
            is_waiting: false,
            exchange: order.exchange,
            symbol: order.symbol,
            is_buy: order.is_buy,
            kind: order.kind,
            price: order.price,
            trigger: order.trigger,
            quantity: order.quantity,
            filled: dec!(0),
            filled_value: dec!(0),
            paid: dec!(0),
            canceled: dec!(0),
            refused: dec!(0),
            moved: dec!(0),
            standing: Standing::Open,
            reason: "",
            date,
            korean,
            local,
            accepted_ms: now,
            accepted_at: Instant::now(),
            ends_ms,
            has_auction,
        });
        id
    }

    /// Matches an order that has just come in, or lets it wait for trading.
    fn begin(&mut self, id: usize, now: i64) {
        self.settle_limit(id);
        if self.matches_now(id, now) {
            self.take(id, now);
        } else {
            self.orders[id].is_waiting = true;
        }
    }

    /// Types whose price is the market's.
    fn settle_limit(&mut self, id: usize) {
        let order = &self.orders[id];
        let market = &self.markets[&order.symbol];
        let (own, other) = if order.is_buy { (market.bid(), market.ask()) } else { (market.ask(), market.bid()) };
        if matches!(order.line, Line::Future | Line::Night) {
            if matches!(order.kind.as_str(), "04" | "14" | "15") {
                self.orders[id].limit = other;
            }
            return;
        }
        let limit = match order.kind.as_str() {
            "03" | "15" | "16" | "28" | "44" | "45" | "46" => other,
            "04" | "29" | "47" => own,
            "05" | "06" => Some(if order.kind == "05" { market.listing.base } else { market.last }),
            "21" | "23" | "24" => market.bid().zip(market.ask()).map(|(bid, ask)| {
                let tick = market.listing.tick(bid);
                ((bid + ask) / dec!(2) / tick).floor() * tick
            }),
            _ => return,
        };
        self.orders[id].limit = limit;
    }

    pub(super) fn matches_now(&self, id: usize, now: i64) -> bool {
        let order = &self.orders[id];
        match order.line {
            Line::Stock => {
                let (at, is_open) = session::korean(now, &self.closed);
                is_open && session::matches(&order.exchange, &order.kind, at.time())
            }
            Line::Overseas if self.listing(&order.symbol).board.is_asian() => {
                session::asia(self.listing(&order.symbol).board, now, &self.closed)
            }
            // Orders for an auction meet nothing before it.
            Line::Overseas if order.kind != "00" => false,
            Line::Overseas => session::us(now, &self.closed) != session::Us::Closed,
            Line::Bond => session::bonds(now, &self.closed),
            Line::Future => session::derivatives(now, &self.closed) == session::Derivatives::Open,
            Line::Night => session::night(now, &self.closed).is_some(),
        }
    }

    /// Levels an order can reach, best first.
    fn levels(&self, order: &Order) -> Vec<(Decimal, Decimal)> {
        let market = &self.markets[&order.symbol];
        let is_within = |price: Decimal| match order.limit {
            None => true,
            Some(limit) if order.is_buy => price <= limit,
            Some(limit) => price >= limit,
        };
        let all: Vec<(Decimal, Decimal)> = if order.is_buy {
            market.asks.iter().map(|(price, quantity)| (*price, *quantity)).collect()
        } else {
            market.bids.iter().rev().map(|(price, quantity)| (*price, *quantity)).collect()
        };
        all.into_iter().filter(|(price, _)| is_within(*price)).collect()
    }

    /// Lets an order take from the book; what is left rests or ends.
    pub(super) fn take(&mut self, id: usize, now: i64) {
        if self.orders[id].is_dormant || !self.orders[id].is_open() {
            return;
        }
        let is_stock = self.orders[id].line == Line::Stock;
        if is_stock && matches!(self.orders[id].kind.as_str(), "05" | "06") {
            let (price, quantity) = (self.orders[id].limit.unwrap_or_default(), self.orders[id].remaining());
            return self.fill(id, price, quantity, now);
        }
        let levels = self.levels(&self.orders[id]);
        let reachable: Decimal = levels.iter().map(|(_, quantity)| *quantity).sum();
        let condition = self.orders[id].condition();
        if condition == "2" && reachable < self.orders[id].remaining() {
            return self.end_rest(id, now);
        }
        for (price, quantity) in levels {
            let quantity = quantity.min(self.orders[id].remaining());
            if quantity.is_zero() {
                break;
            }
            let (symbol, is_buy) = (self.orders[id].symbol.clone(), self.orders[id].is_buy);
            self.print(&symbol, price, quantity, is_buy, now);
            self.fill(id, price, quantity, now);
        }
        if condition != "0" && self.orders[id].is_open() {
            self.end_rest(id, now);
        }
    }

    /// What an IOC or FOK order could not fill is canceled.
    fn end_rest(&mut self, id: usize, now: i64) {
        let order = &mut self.orders[id];
        order.canceled += order.remaining();
        order.standing = Standing::Expired;
        self.say_rest_canceled(id, now);
        self.note(id);
    }

    /// One fill, with everything that follows from it.
    pub(super) fn fill(&mut self, id: usize, price: Decimal, quantity: Decimal, now: i64) {
        let quantity = quantity.min(self.orders[id].remaining());
        if quantity.is_zero() {
            return;
        }
        let first = self.orders[self.orders[id].first].number.clone();
        let money = self.listing(&self.orders[id].symbol).money(price * quantity);
        let order = &mut self.orders[id];
        order.filled += quantity;
        order.filled_value += price * quantity;
        order.paid += money;
        if order.remaining().is_zero() {
            order.standing = if order.canceled.is_zero() { Standing::Filled } else { Standing::Canceled };
        }
        let order = order.clone();
        let cost = self.account.cost(&order.symbol);
        match order.line {
            Line::Future | Line::Night => {
                let listing = self.markets[&order.symbol].listing.clone();
                self.account.derivatives.book(&listing, order.is_buy, price, quantity);
            }
            _ => {
                let currency = self.markets[&order.symbol].listing.board.currency();
                self.account.book(&order.symbol, currency, order.is_buy, money, quantity);
            }
        }
        let mut charged = (dec!(0), dec!(0));
        if matches!(order.line, Line::Stock | Line::Bond) {
            let is_share = order.line == Line::Stock && !self.markets[&order.symbol].listing.is_fund;
            charged = self.account.charge(money, is_share && !order.is_buy);
        }
        let cost = cost - self.account.cost(&order.symbol);
        self.account.traded.push(Traded::of(&order, quantity, (money, cost), charged));
        let fill = Fill {
            line: order.line,
            number: order.number,
            first,
            symbol: order.symbol,
            is_buy: order.is_buy,
            price,
            quantity,
            time: now,
        };
        self.log.push(fill.line_of_journal());
        self.fills.push(fill);
        self.say_filled(id, price, quantity, now);
        self.note(id);
    }

    /// Moves so much of what is open under a new number at a new price.
    pub fn modify(&mut self, id: usize, quantity: Decimal, kind: &str, price: Decimal, now: i64) -> usize {
        let target = self.orders[id].clone();
        let trigger = target.trigger.filter(|_| target.is_dormant);
        let order = Accepted { kind: kind.to_owned(), price, trigger, quantity, ..accepted(&target) };
        let new = self.add(Row::Modification, order, Some(id), now);
        if self.is_refused() {
            return self.refuse_change(new, now);
        }
        self.say_received(new, false, now);
        let old = &mut self.orders[id];
        old.moved += quantity;
        if old.remaining().is_zero() {
            old.standing = Standing::Replaced;
        }
        self.say_confirmed(new, now);
        self.note(id);
        self.begin(new, now);
        self.note(new);
        new
    }

    /// Cancels so much of what is open; the cancel has a number of its own.
    pub fn cancel(&mut self, id: usize, quantity: Decimal, now: i64) -> usize {
        let target = self.orders[id].clone();
        let order = Accepted { price: dec!(0), trigger: None, quantity, ..accepted(&target) };
        let new = self.add(Row::Cancel, order, Some(id), now);
        self.orders[new].standing = Standing::Change;
        if self.is_refused() {
            return self.refuse_change(new, now);
        }
        self.say_received(new, false, now);
        let old = &mut self.orders[id];
        let is_whole = quantity == old.remaining();
        old.canceled += quantity;
        if is_whole {
            old.standing = Standing::Canceled;
        }
        self.say_confirmed(new, now);
        self.note(id);
        self.note(new);
        new
    }

    /// The exchange refuses a change that the broker accepted; the order works on.
    fn refuse_change(&mut self, id: usize, now: i64) -> usize {
        let order = &mut self.orders[id];
        (order.refused, order.standing) = (order.quantity, Standing::Refused);
        self.say_received(id, true, now);
        self.note(id);
        id
    }

    /// A public trade.
    fn print(&mut self, symbol: &str, price: Decimal, quantity: Decimal, buyer_took: bool, now: i64) {
        let Some(market) = self.markets.get_mut(symbol) else { return };
        market.print(price, quantity, buyer_took, now);
        self.say_print(symbol, now);
        self.wake(symbol, now);
    }

    /// Stops whose trigger a print has reached.
    fn wake(&mut self, symbol: &str, now: i64) {
        let last = self.markets[symbol].last;
        for id in self.open_on(symbol) {
            let order = &mut self.orders[id];
            let Some(trigger) = order.trigger.filter(|_| order.is_dormant) else { continue };
            if if order.is_buy { last >= trigger } else { last <= trigger } {
                order.is_dormant = false;
                self.take(id, now);
            }
        }
    }

    fn open_on(&self, symbol: &str) -> Vec<usize> {
        self.orders.iter().filter(|order| order.is_open() && order.symbol == symbol).map(|order| order.id).collect()
    }

    /// Somebody else's trade: resting orders of the account at that price fill up to its quantity, those the price went
    /// through fill whole, and the book follows when the price lies outside it.
    pub fn trade(&mut self, symbol: &str, price: Decimal, quantity: Decimal, now: i64) {
        let market = &self.markets[symbol];
        let tick = market.listing.tick(price);
        let (bid, ask) = (market.bid().unwrap_or(price), market.ask().unwrap_or(price));
        let buyer_took = price >= ask || (price > bid && self.random.below(2) == 0);
        self.print(symbol, price, quantity, buyer_took, now);
        if price > ask || price < bid {
            let (bid, ask) = if price > ask { (price - tick, price) } else { (price, price + tick) };
            self.move_book(symbol, bid, ask, now);
        }
        let mut left = quantity;
        for id in self.open_on(symbol) {
            let order = &self.orders[id];
            if order.is_dormant || !self.matches_now(id, now) {
                continue;
            }
            let limit = order.limit.unwrap_or(price);
            let is_through = if order.is_buy { price < limit } else { price > limit };
            let remaining = order.remaining();
            if is_through {
                self.fill(id, limit, remaining, now);
            } else if price == limit && !left.is_zero() {
                let part = left.min(remaining);
                left -= part;
                self.fill(id, price, part, now);
            }
        }
    }

    fn move_book(&mut self, symbol: &str, bid: Decimal, ask: Decimal, now: i64) {
        let Some(market) = self.markets.get_mut(symbol) else { return };
        market.set_top(bid, ask);
        self.say_book(symbol, now);
    }

    /// Moves the best prices; resting orders they cross fill whole at their own price.
    pub fn set_top(&mut self, symbol: &str, bid: Decimal, ask: Decimal, now: i64) {
        self.move_book(symbol, bid, ask, now);
        for id in self.open_on(symbol) {
            let order = &self.orders[id];
            let Some(limit) = order.limit.filter(|_| !order.is_dormant && self.matches_now(id, now)) else { continue };
            if if order.is_buy { limit >= ask } else { limit <= bid } {
                let (remaining, is_buy) = (order.remaining(), order.is_buy);
                self.print(symbol, limit, remaining, !is_buy, now);
                self.fill(id, limit, remaining, now);
            }
        }
    }

    /// Sets how much lies at a price; zero takes the level away.
    pub fn set_level(&mut self, symbol: &str, is_bid: bool, price: Decimal, quantity: Decimal, now: i64) {
        let Some(market) = self.markets.get_mut(symbol) else { return };
        market.set_level(is_bid, price, quantity);
        self.say_book(symbol, now);
    }
}

/// An order once more, as it was.
fn accepted(order: &Order) -> Accepted {
    Accepted {
        line: order.line,
        exchange: order.exchange.clone(),
        symbol: order.symbol.clone(),
        is_buy: order.is_buy,
        kind: order.kind.clone(),
        price: order.price,
        trigger: order.trigger,
        quantity: order.quantity,
    }
}
