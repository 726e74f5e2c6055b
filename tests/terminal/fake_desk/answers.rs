//! What the desk answers, and the orders it was given.

use std::collections::BTreeMap;

use hoga::config::RiskLimits;
use hoga::desk::alert::AlertRecord;
use hoga::desk::health::HealthRecord;
use hoga::desk::performance::PerformanceRecord;
use hoga::desk::protocol::{
    Command, EventRecord, Failure, FailureKind, Killed, OrderSelection, Preview, Response, SubmitOrder, Update,
};
use hoga::desk::record::{
    AccountRecord, BalanceRecord, DeskStatus, FillRecord, OrderRecord, PnlRecord, PositionRecord, RiskShowRecord,
    SessionRecord, TransactionRecord,
};
use hoga::market::{Currency, UtcTime, Venue};
use hoga::order::OrderState;
use rust_decimal::Decimal;
use serde_json::json;

use super::day;
use super::market::{DAY_PRINTS, Listing, Market};

const CASH: i64 = 100_000_000;

/// What the desk remembers.
#[derive(Debug)]
pub struct Books {
    pub market: Market,
    /// Updates of the first instrument so far.
    pub count: u64,
    /// Updates of the others, by code.
    pub others: BTreeMap<String, u64>,
    pub orders: Vec<OrderRecord>,
    pub fills: Vec<FillRecord>,
    pub transactions: Vec<TransactionRecord>,
    pub performance: PerformanceRecord,
    pub alerts: Vec<AlertRecord>,
    pub watch: Vec<String>,
    pub state: &'static str,
    pub trading_lock: Option<String>,
}

/// An answer, and what is pushed with it.
pub type Answered = (Result<Response, Box<Failure>>, Vec<Update>);

impl Books {
    pub fn new(market: Market, now: UtcTime) -> Self {
        let nothing = PerformanceRecord {
            profile: market.profile.clone(),
            equity: Vec::new(),
            days: Vec::new(),
            symbols: Vec::new(),
        };
        let traded = market.day.is_some();
        let day = day::Day { market: &market, now };
        let (orders, alerts) = if traded { (day.orders(), day.alerts()) } else { Default::default() };
        let (fills, transactions) = if traded { (day.fills(), day.transactions()) } else { Default::default() };
        let performance = if traded { day.performance() } else { nothing };
        let watch = market.listings.iter().map(|listing| format!("SIM:{}", listing.symbol)).collect();
        Self {
            market,
            count: 0,
            others: BTreeMap::new(),
            orders,
            fills,
            transactions,
            performance,
            alerts,
            watch,
            state: "active",
            trading_lock: None,
        }
    }

    pub fn count_of(&self, listing: &Listing) -> u64 {
        if self.market.day.is_some() {
            return DAY_PRINTS;
        }
        let is_first = self.market.listings.first().is_some_and(|first| first.symbol == listing.symbol);
        if is_first { self.count } else { self.others.get(&listing.symbol).copied().unwrap_or(0) }
    }

    /// Answers as a healthy desk of the simulated exchange would.
    pub fn answer(&mut self, face: &str, command: &Command, now: UtcTime) -> Answered {
        match command {
            Command::Submit(order) => self.submit(order, now),
            Command::Cancel(selection) => self.cancel(selection, now),
            Command::Replace { order, price, stop_price, quantity } => {
                let Some(record) = self.orders.iter_mut().find(|known| is_called(known, order)) else {
                    return (Err(no_such_order(order)), Vec::new());
                };
                record.price = price.or(record.price);
                record.stop_price = stop_price.or(record.stop_price);
                record.quantity = quantity.unwrap_or(record.quantity);
                record.updated_at = now;
                (Ok(Response::Order(Box::new(record.clone()))), vec![Update::Order(record.clone())])
            }
            Command::Halt | Command::Reduce | Command::Resume { .. } => {
                self.state = match command {
                    Command::Halt => "halted",
                    Command::Reduce => "reducing",
                    _ => "active",
                };
                (Ok(Response::Done), vec![self.status_update(now)])
            }
            Command::Kill { .. } => {
                let (_, updates) = self.cancel(&OrderSelection::Matching { symbol: None, side: None }, now);
                self.state = "halted";
                let killed = Killed {
                    verified_at: now,
                    canceled: updates.len(),
                    still_open: Vec::new(),
                    closing: Vec::new(),
                    not_ours: Vec::new(),
                };
                (Ok(Response::Killed(killed)), updates.into_iter().chain([self.status_update(now)]).collect())
            }
            Command::TakeTradingLock => {
                self.trading_lock = Some(face.to_owned());
                (Ok(Response::Done), vec![self.status_update(now)])
            }
            Command::ReleaseTradingLock => {
                self.trading_lock = None;
                (Ok(Response::Done), vec![self.status_update(now)])
            }
            Command::AlertAdd { symbol, condition, note } => {
                let alert = AlertRecord {
                    id: self.alerts.len() as u64 + 1,
                    profile: self.market.profile.clone(),
                    instrument: format!("SIM:{}", symbol.rsplit(':').next().unwrap_or(symbol)),
                    condition: condition.clone(),
                    note: note.clone(),
                    created_at: now,
                    fired_at: None,
                    value: None,
                    acknowledged_at: None,
                };
                self.alerts.push(alert.clone());
                (Ok(Response::Alert(alert.clone())), vec![Update::Alert { alert, removed: false }])
            }
            Command::AlertRemove { id } => {
                let gone: Vec<AlertRecord> = self.alerts.extract_if(.., |alert| alert.id == *id).collect();
                let updates = gone.into_iter().map(|alert| Update::Alert { alert, removed: true }).collect();
                (Ok(Response::Done), updates)
            }
            Command::WatchAdd { symbol } => {
                let instrument = format!("SIM:{}", symbol.rsplit(':').next().unwrap_or(symbol));
                if !self.watch.contains(&instrument) {
                    self.watch.push(instrument);
                }
                (Ok(Response::Watch(self.watch.clone())), Vec::new())
            }
            Command::WatchRemove { symbol } => {
                let code = symbol.rsplit(':').next().unwrap_or(symbol);
                self.watch.retain(|known| known.rsplit(':').next() != Some(code));
                (Ok(Response::Watch(self.watch.clone())), Vec::new())
            }
            question => (self.tell(question, now), Vec::new()),
        }
    }

    fn tell(&self, question: &Command, now: UtcTime) -> Result<Response, Box<Failure>> {
        let market = &self.market;
        let all = || market.listings.iter().map(|listing| market.instrument(listing, self.count_of(listing)));
        Ok(match question {
            Command::Hello { .. } => Response::Welcome {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                profiles: vec![market.profile.parse().unwrap()],
            },
            Command::Status => Response::Status(self.status()),
            Command::Session => Response::Sessions(vec![session(now)]),
            Command::Quote { symbols } => {
                let quotes = symbols.iter().map(|symbol| {
                    let listing = self.listing(symbol)?;
                    Ok(market.quote(listing, self.count_of(listing), now))
                });
                Response::Quotes(quotes.collect::<Result<_, Box<Failure>>>()?)
            }
            Command::Book { symbol, levels } => {
                let listing = self.listing(symbol)?;
                Response::Book(market.book(listing, self.count_of(listing), *levels, now))
            }
            Command::Trades { symbol, count } => {
                let listing = self.listing(symbol)?;
                let newest = self.count_of(listing);
                let oldest = newest.saturating_sub(u64::from(*count).min(100));
                Response::Trades((oldest..newest).map(|count| market.trade(listing, count + 1, now)).collect())
            }
            Command::Candles { symbol, interval, count, before } => {
                let listing = self.listing(symbol)?;
                let until = before.map_or(now, |before| before.minus(std::time::Duration::from_millis(1)));
                Response::Candles(market.candles(listing, *interval, *count, until))
            }
            Command::Info { symbol } => {
                let listing = self.listing(symbol)?;
                Response::Instruments(vec![market.instrument(listing, self.count_of(listing))])
            }
            Command::Search { text, limit } => {
                let fits = |text: &str, of: &str| of.to_lowercase().contains(&text.to_lowercase());
                let found =
                    all().filter(|one| [&one.symbol, &one.name_ko, &one.name_en].iter().any(|of| fits(text, of)));
                Response::Instruments(found.take(*limit).collect())
            }
            Command::Rank { count, .. } => Response::Instruments(all().take(*count).collect()),
            Command::Preview(order) => Response::Preview(self.preview(order)?),
            Command::Orders { .. } => Response::Orders(self.orders.clone()),
            Command::Order { order } => {
                let known = self.orders.iter().find(|known| is_called(known, order));
                Response::Order(Box::new(known.cloned().ok_or_else(|| no_such_order(order))?))
            }
            Command::Fills { .. } => Response::Fills(self.fills.clone()),
            Command::Balances => Response::Balances(self.account().balances),
            Command::Positions => Response::Positions(self.account().positions),
            Command::Pnl => Response::Pnl(self.account().pnl),
            Command::Transactions { .. } => Response::Transactions(self.transactions.clone()),
            Command::Reconcile { .. } => Response::Differences(Vec::new()),
            Command::RiskShow => Response::Risk(self.risk()),
            Command::RiskLog { .. } => Response::RiskLog(Vec::new()),
            Command::WatchList => Response::Watch(self.watch.clone()),
            Command::Performance { .. } => Response::Performance(Box::new(self.performance.clone())),
            Command::Health => Response::Health(Box::new(self.health(now))),
            Command::Events { .. } => Response::Events(self.events(now)),
            Command::Alerts => Response::Alerts(self.alerts.clone()),
            Command::Flatten { .. } => Response::Orders(Vec::new()),
            _ => Response::Done,
        })
    }

    fn listing(&self, symbol: &str) -> Result<&Listing, Box<Failure>> {
        let unknown = || Failure::new(FailureKind::Usage, "UNKNOWN_SYMBOL", format!("no instrument '{symbol}'"));
        self.market.find(symbol).ok_or_else(|| Box::new(unknown().about(symbol)))
    }

    fn submit(&mut self, order: &SubmitOrder, now: UtcTime) -> Answered {
        if let Err(failure) = self.listing(&order.symbol) {
            return (Err(failure), Vec::new());
        }
        let number = self.orders.len() + 1;
        let record = OrderRecord {
            id: format!("01a1fcdb-ca54-7000-8000-{number:012}"),
            client_id: order.client_id.as_ref().map(ToString::to_string),
            route: order.route,
            broker_id: Some(format!("SIM-{number}")),
            profile: self.market.profile.clone(),
            symbol: order.symbol.rsplit(':').next().unwrap_or(&order.symbol).to_owned(),
            venue: Venue::Sim,
            side: order.side,
            kind: order.kind.name(),
            time_in_force: order.time_in_force,
            price: order.kind.limit(),
            stop_price: order.kind.trigger(),
            quantity: order.quantity,
            filled_quantity: hoga::market::Quantity::whole(0),
            average_price: None,
            state: OrderState::Accepted,
            pending_change: None,
            watched_by: None,
            parent_id: None,
            role: "entry".to_owned(),
            source: "screen".to_owned(),
            reason: None,
            reduce_only: order.reduce_only,
            queue_ahead: None,
            created_at: now,
            updated_at: now,
        };
        self.orders.push(record.clone());
        (Ok(Response::Order(Box::new(record.clone()))), vec![Update::Order(record)])
    }

    fn cancel(&mut self, selection: &OrderSelection, now: UtcTime) -> Answered {
        let chosen = |order: &OrderRecord| match selection {
            OrderSelection::Ids { orders } => orders.iter().any(|id| is_called(order, id)),
            OrderSelection::Matching { symbol, side } => {
                let fits =
                    symbol.as_ref().is_none_or(|symbol| symbol.rsplit(':').next() == Some(order.symbol.as_str()));
                fits && side.is_none_or(|side| side == order.side)
            }
        };
        let mut canceled = Vec::new();
        for order in self.orders.iter_mut().filter(|order| order.state == OrderState::Accepted && chosen(order)) {
            order.state = OrderState::Canceled;
            order.updated_at = now;
            canceled.push(order.clone());
        }
        let updates = canceled.iter().cloned().map(Update::Order).collect();
        (Ok(Response::Orders(canceled)), updates)
    }

    fn preview(&self, order: &SubmitOrder) -> Result<Preview, Box<Failure>> {
        let listing = self.listing(&order.symbol)?;
        let price = order.kind.limit().map_or_else(|| Decimal::from(listing.base), hoga::market::Price::value);
        let cost = price * order.quantity.value();
        Ok(Preview {
            world: "VIRTUAL".to_owned(),
            profile: self.market.profile.parse().unwrap(),
            instrument: format!("SIM:{}", listing.symbol),
            name: [listing.name_ko.clone(), listing.name_en.clone()],
            side: order.side,
            kind: order.kind.name(),
            quantity: order.quantity,
            price: order.kind.limit(),
            cost,
            fee: (cost / Decimal::from(10_000)).round(),
            tax: Decimal::ZERO,
            reserved: cost,
            breakeven: Some(price),
            available: Decimal::from(CASH),
            currency: Currency::Krw,
            held_by_desk: false,
            refusals: Vec::new(),
        })
    }

    /// The account: cash, and ten shares of the first instrument.
    pub fn account(&self) -> AccountRecord {
        if self.market.day.is_some() {
            return day::account(&self.market);
        }
        let profile = self.market.profile.clone();
        let cash = Decimal::from(CASH);
        let position = self.market.listings.first().map(|listing| {
            let position = json!({
                "profile": profile, "symbol": listing.symbol, "venue": "SIM", "name_ko": listing.name_ko,
                "name_en": listing.name_en, "side": "long", "quantity": "10", "average_price": listing.base.to_string(),
                "last": listing.base.to_string(), "unrealized": "0", "unrealized_net": "-100", "realized": "0",
                "realized_gross": "0", "fees": "0", "taxes": "0", "cost": (listing.base * 10).to_string(),
                "breakeven": listing.base.to_string(), "liquidation_price": null, "leverage": null, "margin": null,
                "currency": "KRW"
            });
            serde_json::from_value::<PositionRecord>(position).unwrap()
        });
        let balance = BalanceRecord {
            profile: profile.clone(),
            currency: Currency::Krw,
            cash,
            reserved: Decimal::ZERO,
            margin: Decimal::ZERO,
            available: cash,
            equity: cash,
        };
        let pnl = PnlRecord {
            profile: profile.clone(),
            currency: Currency::Krw,
            today: Decimal::from(12_300),
            realized: Decimal::from(12_300),
            unrealized: Decimal::ZERO,
            unrealized_net: Decimal::ZERO,
            fees: Decimal::from(150),
            taxes: Decimal::ZERO,
            equity: cash,
            peak_equity: cash,
        };
        AccountRecord { profile, balances: vec![balance], positions: position.into_iter().collect(), pnl: vec![pnl] }
    }

    pub fn status(&self) -> DeskStatus {
        let open = self.orders.iter().filter(|order| order.state == OrderState::Accepted).count();
        let status = json!({
            "running": true, "pid": self.pid(), "version": env!("CARGO_PKG_VERSION"), "uptime_s": 5,
            "state": self.state, "profiles": [{
                "name": self.market.profile, "broker": "sim", "world": "virtual", "connection": "up",
                "reconciled": true, "open_orders": open, "unknown_orders": 0, "positions": 1
            }],
            "faces": 1, "trading_lock": self.trading_lock, "holds": [], "storage": null,
            "market_events": self.count, "data_dir": "there"
        });
        serde_json::from_value(status).unwrap()
    }

    pub fn status_update(&self, now: UtcTime) -> Update {
        Update::Status { status: Box::new(self.status()), sessions: vec![session(now)] }
    }

    /// Of the process; on a day that stands still as wide a number as any.
    fn pid(&self) -> u32 {
        if self.market.day.is_some() { 4_711 } else { std::process::id() }
    }

    fn events(&self, now: UtcTime) -> Vec<EventRecord> {
        match self.market.day {
            Some(time) => day::events(&self.market, time),
            None => vec![self.event(now)],
        }
    }

    /// Something a person should know.
    pub fn event(&self, now: UtcTime) -> EventRecord {
        EventRecord {
            time: now,
            kind: "connection".to_owned(),
            profile: self.market.profile.parse().ok(),
            order_id: None,
            text: "the feed is up".to_owned(),
        }
    }

    fn risk(&self) -> RiskShowRecord {
        RiskShowRecord {
            profile: self.market.profile.clone(),
            state: self.state.to_owned(),
            limits: RiskLimits::default(),
            day_profit: Decimal::from(12_300),
            equity: Decimal::from(CASH),
            peak_equity: Decimal::from(CASH),
            open_orders: 0,
            positions: 1,
            currency: Currency::Krw,
        }
    }

    fn health(&self, now: UtcTime) -> HealthRecord {
        let health = json!({
            "feeds": [{
                "profile": self.market.profile, "name": "market", "state": "up", "since": now, "age_ms": 3,
                "messages": self.count, "dropped": 0, "gaps": 0, "resyncs": 0, "bytes": 0, "reconnects": 0,
                "retry_at": null, "last_error": null
            }, {
                "profile": self.market.profile, "name": "user", "state": "up", "since": now, "age_ms": 120,
                "messages": self.count, "dropped": 0, "gaps": 1, "resyncs": 1, "bytes": 48_120, "reconnects": 1,
                "retry_at": null, "last_error": "the line was closed"
            }],
            "order_path": [{ "stage": "gate", "count": 3, "p50_us": 4, "p99_us": 9, "max_us": 12 }],
            "budgets": [{ "profile": self.market.profile, "lane": "order", "used": 1, "limit": 10, "window_ms": 1000 },
                { "profile": self.market.profile, "lane": "query", "used": 9, "limit": 10, "window_ms": 1000 }],
            "resident_bytes": 12_000_000, "market_events": self.count, "ledger_bytes": 4_194_304,
            "clock_offset_ms": 2
        });
        serde_json::from_value(health).unwrap()
    }
}

fn session(now: UtcTime) -> SessionRecord {
    let later = now.plus(std::time::Duration::from_secs(3_000));
    let session = json!({
        "venue": "SIM", "phase": "continuous", "until": later, "next_phase": "closing_auction", "next_at": later,
        "trading_date": "2026-11-20"
    });
    serde_json::from_value(session).unwrap()
}

fn is_called(order: &OrderRecord, id: &str) -> bool {
    order.id == id || order.client_id.as_deref() == Some(id) || order.broker_id.as_deref() == Some(id)
}

fn no_such_order(order: &str) -> Box<Failure> {
    Failure::new(FailureKind::Usage, "NO_SUCH_ORDER", format!("no order '{order}'")).about(order).into()
}
