//! What a test does to the server's market and account.

use rust_decimal::Decimal;

use super::account::{Charges, Position};
use super::clock::date_of;
use super::listing::Board;
use super::matching::Accepted;
use super::order::Line;
use super::server::Server;

/// The market.
impl Server {
    /// Somebody else's trade: resting orders of the account at that price fill up to its quantity, those the price went
    /// through fill whole.
    pub fn trade(&self, symbol: &str, price: Decimal, quantity: Decimal) {
        self.at_now(|exchange, now| exchange.trade(symbol, price, quantity, now));
    }

    /// Several at once, whose records are in one frame as far as nothing else happens between them.
    pub fn trades(&self, symbol: &str, trades: &[(Decimal, Decimal)]) {
        self.at_now(|exchange, now| {
            trades.iter().for_each(|(price, quantity)| exchange.trade(symbol, *price, *quantity, now));
        });
    }

    /// Moves the best prices; resting orders they cross are filled.
    pub fn set_top(&self, symbol: &str, bid: Decimal, ask: Decimal) {
        self.at_now(|exchange, now| exchange.set_top(symbol, bid, ask, now));
    }

    /// Sets how much lies at one price; zero takes the level away.
    pub fn set_level(&self, symbol: &str, is_bid: bool, price: Decimal, quantity: Decimal) {
        self.at_now(|exchange, now| exchange.set_level(symbol, is_bid, price, quantity, now));
    }

    /// Best bid and ask.
    pub fn top(&self, symbol: &str) -> (Decimal, Decimal) {
        self.change(|state| {
            let market = &state.exchange.markets[symbol];
            (market.bid().unwrap_or_default(), market.ask().unwrap_or_default())
        })
    }

    /// The market moves by itself, every 50 to 150 ms.
    pub fn drift(&self, seed: u64) {
        self.change(|state| state.set_drift(Some(seed)));
    }

    pub fn stop_drift(&self) {
        self.change(|state| state.set_drift(None));
    }

    /// A day without business, `20261005`.
    pub fn close_day(&self, day: &str) {
        self.change(|state| state.exchange.closed.push(date_of(day).unwrap()));
    }

    /// Says by the status stream of a share whether it is halted and whether a volatility interruption runs.
    pub fn say_status(&self, symbol: &str, is_halted: bool, is_interrupted: bool) {
        let flag = |on: bool| if on { "Y" } else { "N" };
        let record = format!("{symbol}^{}^(null)^^^^^55^{}^N", flag(is_halted), flag(is_interrupted));
        self.change(|state| state.hub.publish("H0STMKO0", symbol, &[record]));
    }

    pub fn halt(&self, symbol: &str, is_halted: bool) {
        self.change(|state| state.exchange.markets.get_mut(symbol).unwrap().listing.halted = is_halted);
    }
}

/// The account.
impl Server {
    /// So much won from now on, as if it had been there before today.
    pub fn set_cash(&self, won: Decimal) {
        self.change(|state| {
            (state.exchange.account.won, state.exchange.account.won_before) = (won, won);
        });
    }

    /// So much of the money of another country from now on.
    pub fn set_money(&self, currency: &'static str, amount: Decimal) {
        self.change(|state| state.exchange.account.others.insert(currency, amount));
    }

    /// Takes so much of every fill in futures from now on, and of premiums of options.
    pub fn set_derivative_charges(&self, future: Decimal, option: Decimal) {
        self.change(|state| state.exchange.account.derivatives.rates = (future, option));
    }

    /// Takes so much of every fill in Korea from now on, and of sales of shares there.
    pub fn set_charges(&self, commission: Decimal, tax: Decimal) {
        self.change(|state| state.exchange.account.charges = Charges { commission, tax });
    }

    /// Holds so many shares from now on, bought before today.
    pub fn set_position(&self, symbol: &str, quantity: Decimal, average: Decimal) {
        self.change(|state| {
            let cost = state.exchange.listing(symbol).money(quantity * average);
            let position = Position { quantity, cost, ..Position::default() };
            state.exchange.account.positions.insert(symbol.to_owned(), position)
        });
    }

    /// An order by hand in the broker's own program. Gives its number.
    pub fn foreign_order(&self, symbol: &str, is_buy: bool, price: Decimal, quantity: Decimal) -> String {
        self.at_now(|exchange, now| {
            let board = exchange.listing(symbol).board;
            let order = Accepted {
                line: board.line(),
                exchange: board.orders().to_owned(),
                symbol: symbol.to_owned(),
                is_buy,
                kind: if board.line() == Line::Future { "01" } else { "00" }.to_owned(),
                price,
                trigger: None,
                quantity,
            };
            let id = exchange.accept(order, now);
            exchange.orders[id].number.clone()
        })
    }

    /// Cancels what is open of an order, by hand in the broker's own program.
    pub fn foreign_cancel(&self, number: &str) {
        self.at_now(|exchange, now| {
            let id = exchange.orders.iter().rposition(|order| order.number == number && order.is_open()).unwrap();
            let open = exchange.orders[id].remaining();
            exchange.cancel(id, open, now);
        });
    }

    /// A notice of another account of the same customer.
    pub fn notice_of_another_account(&self, symbol: &str, price: Decimal, quantity: Decimal) {
        self.at_now(|exchange, now| exchange.say_of_another_account(symbol, price, quantity, now));
    }

    /// The exchange refuses the next so many orders and changes after the broker has accepted them.
    pub fn refuse_next(&self, count: u32) {
        self.change(|state| state.exchange.refuse_next = count);
    }
}
