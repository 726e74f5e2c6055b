//! What a test does to the server: moves its market, its account, and breaks it.

use rust_decimal::Decimal;

use super::exchange::Exchange;
use super::hub::{FrameFault, Route, StreamFault};
use super::{Fault, Faults, Listing, Order, Server, State};

/// The market.
impl Server {
    /// Somebody else's trade; see [`Exchange::trade`].
    pub fn trade(&self, symbol: &str, price: Decimal, quantity: Decimal) {
        self.at_now(|exchange, now| exchange.trade(symbol, price, quantity, now));
    }

    /// Moves the best prices; resting orders they cross are filled.
    pub fn set_top(&self, symbol: &str, bid: Decimal, ask: Decimal) {
        self.at_now(|exchange, now| exchange.set_top(symbol, bid, ask, now));
    }

    /// Sets how much lies at one price; zero removes the level.
    pub fn set_level(&self, symbol: &str, is_bid: bool, price: Decimal, quantity: Decimal) {
        self.at_now(|exchange, now| exchange.set_level(symbol, is_bid, price, quantity, now));
    }

    /// Sets the mark price, which otherwise is the middle of the book; `None` lets it go again.
    pub fn set_mark(&self, symbol: &str, price: Option<Decimal>) {
        self.at_now(|exchange, now| {
            exchange.markets.get_mut(symbol).unwrap().set_mark = price;
            exchange.run_triggers(now);
        });
    }

    /// The market moves by itself, every 50 to 100 ms.
    pub fn drift(&self, seed: u64) {
        self.change(|state| state.set_drift(Some(seed)));
    }

    pub fn stop_drift(&self) {
        self.change(|state| state.set_drift(None));
    }

    /// Best bid and ask.
    pub fn top(&self, symbol: &str) -> (Decimal, Decimal) {
        self.change(|state| (state.exchange.markets[symbol].book.bid(), state.exchange.markets[symbol].book.ask()))
    }

    /// Lists a symbol or changes a listed one, as `exchangeInfo` tells it from now on.
    pub fn list(&self, listing: Listing) {
        self.at_now(|exchange, now| exchange.list(listing, now));
    }

    /// Changes how a symbol is listed: `server.relist("BTCUSDT", |listing| listing.tick = dec!(0.01))`.
    pub fn relist(&self, symbol: &str, change: impl FnOnce(&mut Listing)) {
        self.change(|state| change(&mut state.exchange.markets.get_mut(symbol).unwrap().listing));
    }
}

/// The account.
impl Server {
    /// Funding of a symbol at a rate.
    pub fn fund(&self, symbol: &str, rate: Decimal) {
        self.at_now(|exchange, now| exchange.fund(symbol, rate, now));
    }

    /// The position of a symbol is closed by force, its orders cancelled.
    pub fn liquidate(&self, symbol: &str) {
        self.at_now(|exchange, now| exchange.liquidate(symbol, false, now));
    }

    /// The position of a symbol is closed by deleveraging.
    pub fn deleverage(&self, symbol: &str) {
        self.at_now(|exchange, now| exchange.liquidate(symbol, true, now));
    }

    /// Money from another wallet, or to it when negative.
    pub fn transfer(&self, asset: &str, amount: Decimal) {
        self.at_now(|exchange, now| exchange.transfer(asset, amount, now));
    }

    /// The leverage of a symbol, set in the exchange's own app.
    pub fn set_leverage(&self, symbol: &str, leverage: u32) {
        self.at_now(|exchange, now| {
            exchange.leverage.insert(symbol.to_owned(), leverage);
            let change = serde_json::json!({"s": symbol, "l": leverage});
            exchange.say_user(serde_json::json!({"e": "ACCOUNT_CONFIG_UPDATE", "E": now, "T": now - 3, "ac": change}));
        });
    }

    pub fn set_hedge(&self, is_hedge: bool) {
        self.change(|state| state.exchange.is_hedge = is_hedge);
    }

    /// An order placed by hand in the exchange's own app: a client id that is not ours. Gives its id.
    pub fn foreign_order(&self, symbol: &str, is_buy: bool, price: Decimal, quantity: Decimal) -> i64 {
        self.at_now(|exchange, now| {
            let mut order = Order::plain(symbol, is_buy, quantity, now);
            order.client_id = format!("web_{}", exchange.random_id(16));
            order.price = price;
            exchange.accept(order, now).1
        })
    }

    /// Cancels an order from the exchange's side (`CANCELED`) or lets it expire (`EXPIRED`).
    pub fn end_order(&self, symbol: &str, order_id: i64, what: &str) {
        self.at_now(|exchange, now| exchange.end_order(&(symbol.to_owned(), order_id), what, "0", now));
    }
}

/// Faults.
impl Server {
    /// The next `count` requests of this method (`*`: any) whose path ends so meet this fault.
    pub fn fault(&self, method: &str, path: &str, count: u32, fault: Fault) {
        self.change(|state| state.faults.add(method, path, count, fault));
    }

    /// Adds faults, such as [`Faults::seeded`].
    pub fn faults(&self, faults: Faults) {
        self.change(|state| state.faults.join(faults));
    }

    /// Forgets all faults to come, those of streams too.
    pub fn no_faults(&self) {
        self.change(|state| {
            state.faults.clear();
            state.hub.forget_faults();
        });
    }

    /// Does something to the connections that are open on a route; new ones are well.
    pub fn strike(&self, route: Route, fault: StreamFault) {
        self.change(|state| state.hub.strike(route, &fault));
    }

    /// Plans a fault for the next `count` events on a route whose stream name contains, or whose type is, `contains`
    /// (empty: any): `server.plan(Route::Public, "btcusdt@depth", 1, FrameFault::Lose)`.
    pub fn plan(&self, route: Route, contains: &str, count: u32, fault: FrameFault) {
        self.change(|state| state.hub.plan(route, contains, count, fault));
    }

    /// Events go wrong by chance from now on, so many in one (`rate` 0.01: one in a hundred): lost, doubled, turned, torn or
    /// the connection is cut. Events of the account are never lost or turned without a cut.
    pub fn stream_faults(&self, seed: u64, rate: f64) {
        self.change(|state| state.hub.set_chance(seed, rate));
    }

    /// Cuts the streams of a route and refuses new ones until [`Self::allow_streams`]: what happens meanwhile is told to
    /// nobody.
    pub fn refuse_streams(&self, route: Route) {
        self.change(|state| {
            state.hub.refused.insert(route);
            state.hub.strike(route, &StreamFault::Cut);
        });
    }

    pub fn allow_streams(&self, route: Route) {
        self.change(|state| state.hub.refused.remove(&route));
    }

    /// The listen key dies, with its event.
    pub fn expire_listen_key(&self) {
        self.change(State::expire_listen_key);
    }

    /// Sets how far the server's clock is ahead of the machine's, in ms.
    pub fn set_clock(&self, offset_ms: i64) {
        self.change(|state| state.clock_offset = offset_ms);
    }

    /// Every request gets a page in HTML and no stream opens; streams that are open end.
    pub fn maintenance(&self, is_on: bool) {
        self.change(|state| {
            state.is_in_maintenance = is_on;
            if is_on {
                for route in [Route::Public, Route::Market, Route::Private, Route::Unrouted] {
                    state.hub.strike(route, &StreamFault::Cut);
                }
            }
        });
    }

    /// The next so many snapshots of a book are older than every event.
    pub fn old_snapshots(&self, symbol: &str, count: u32) {
        self.change(|state| state.exchange.markets.get_mut(symbol).unwrap().old_snapshots = count);
    }

    /// Ends every connection and listens no more; what it knows stays.
    pub fn stop(&self) {
        self.running.stop();
    }

    /// Listens again on the same port after [`Self::stop`].
    pub fn resume(&self) {
        self.running.resume();
    }

    /// Stops and listens again at once.
    pub fn restart(&self) {
        self.stop();
        self.resume();
    }
}
