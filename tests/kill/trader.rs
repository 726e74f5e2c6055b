//! Somebody who sends all kinds of orders as fast as the desk answers, until it is gone.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use hoga::desk::client::Client;
use hoga::desk::protocol::{Command, Failure, OrderFilter, OrderSelection, Response, SubmitOrder};
use hoga::desk::record::{BookRecord, OrderRecord};
use hoga::market::{Currency, Price, Quantity, Side};
use hoga::order::{Bracket, OrderKind, PositionSide, TimeInForce, Trail, TransactionId};
use rust_decimal::Decimal;

use crate::random::Random;

const SYMBOLS: [&str; 4] = ["005930", "000660", "035720", "BTCUSDT"];

/// What came of the orders and transfers of a trader.
#[derive(Debug, Default)]
pub struct Diary {
    /// Orders that were answered: hoga's id.
    pub orders: Vec<String>,
    /// Transfers that were answered.
    pub transactions: Vec<TransactionId>,
    /// Orders whose answer did not come.
    pub lost: Vec<SubmitOrder>,
    /// Orders refused before anything was written.
    pub refused: BTreeMap<String, u64>,
    /// Cancels and changes answered.
    pub changes: u64,
}

/// A trader and its connection.
pub struct Trader {
    client: Client,
    random: Random,
    name: String,
    count: u64,
    diary: Diary,
    open: Vec<String>,
}

/// The desk is gone.
struct Gone;

impl Trader {
    pub fn new(client: Client, seed: u64, number: u64) -> Self {
        let name = format!("t{number}");
        Self {
            client,
            random: Random::new(seed ^ number.rotate_left(32)),
            name,
            count: 0,
            diary: Diary::default(),
            open: Vec::new(),
        }
    }

    /// Trades until the desk is gone; every answer counts in `answers`.
    pub fn run(mut self, answers: &AtomicU64) -> Diary {
        while self.act().is_ok() {
            answers.fetch_add(1, Ordering::Relaxed);
        }
        self.diary
    }

    fn act(&mut self) -> Result<(), Gone> {
        match self.random.below(100) {
            0..=59 => self.order(),
            60..=73 => self.cancel(),
            74..=87 => self.replace(),
            88..=91 => self.transfer(),
            92..=94 => self.leverage(),
            _ => self.look(),
        }
    }

    fn ask(&mut self, command: Command) -> Result<Result<Response, Box<Failure>>, Gone> {
        match self.client.request(command) {
            Err(failure) if matches!(failure.code.as_str(), "DESK_LOST" | "OUTCOME_UNKNOWN") => Err(Gone),
            answer => Ok(answer),
        }
    }

    fn order(&mut self) -> Result<(), Gone> {
        let symbol = *self.random.pick(&SYMBOLS);
        let book = match self.ask(Command::Book { symbol: symbol.into(), levels: 10 })? {
            Ok(Response::Book(book)) if !book.bids.is_empty() && !book.asks.is_empty() => book,
            _ => return Ok(()),
        };
        self.count += 1;
        let order = self.draft(symbol, &book);
        match self.ask(Command::Submit(order.clone())) {
            Ok(Ok(Response::Order(record))) => {
                self.open.push(record.id.clone());
                self.diary.orders.push(record.id);
            }
            Ok(Ok(other)) => panic!("{other:?}"),
            Ok(Err(failure)) => *self.diary.refused.entry(failure.code).or_default() += 1,
            Err(Gone) => {
                self.diary.lost.push(order);
                return Err(Gone);
            }
        }
        Ok(())
    }

    fn draft(&mut self, symbol: &str, book: &BookRecord) -> SubmitOrder {
        let side = if self.random.chance(70) { Side::Buy } else { Side::Sell };
        let (near, far) = if side == Side::Buy { (&book.bids, &book.asks) } else { (&book.asks, &book.bids) };
        let behind = |random: &mut Random| random.pick(near).0;
        let ahead = |random: &mut Random| random.pick(far).0;
        let kind = match self.random.below(10) {
            0..=1 => OrderKind::Market,
            2..=3 => OrderKind::Limit { price: far[0].0 },
            4..=6 => OrderKind::Limit { price: behind(&mut self.random) },
            7 => OrderKind::Stop { trigger: ahead(&mut self.random) },
            8 => OrderKind::StopLimit { trigger: ahead(&mut self.random), price: far[far.len() - 1].0 },
            _ => OrderKind::TrailingStop { distance: Trail::Percent(Decimal::new(2, 1)), trigger: None },
        };
        let with_bracket = self.random.chance(25) && matches!(kind, OrderKind::Market | OrderKind::Limit { .. });
        let bracket = if with_bracket {
            let (worst, best) = (book.bids[book.bids.len() - 1].0, book.asks[book.asks.len() - 1].0);
            let (profit, loss) = if side == Side::Buy { (best, worst) } else { (worst, best) };
            Bracket { take_profit: Some(profit), stop_loss: Some(loss), trail: None }
        } else {
            Bracket::default()
        };
        SubmitOrder {
            client_id: Some(format!("{}-{}", self.name, self.count).parse().unwrap()),
            symbol: symbol.into(),
            side,
            kind,
            quantity: quantity(symbol, &mut self.random),
            time_in_force: *self.random.pick(&[TimeInForce::Day, TimeInForce::Gtc, TimeInForce::Gtc]),
            reduce_only: false,
            position_side: PositionSide::Net,
            bracket,
            oco: false,
            route: None,
        }
    }

    fn open_orders(&mut self) -> Result<Vec<OrderRecord>, Gone> {
        match self.ask(Command::Orders { filter: OrderFilter::Open })? {
            Ok(Response::Orders(orders)) => Ok(orders),
            _ => Ok(Vec::new()),
        }
    }

    fn cancel(&mut self) -> Result<(), Gone> {
        let recent: Vec<String> = self.open.drain(..).collect();
        // Orders of this life, else any: after a restart they are somebody else's.
        let orders = if recent.is_empty() {
            let open = self.open_orders()?;
            if open.len() < 20 {
                return Ok(());
            }
            open.iter().take(10).map(|order| order.id.clone()).collect()
        } else {
            vec![self.random.pick(&recent).clone()]
        };
        if self.ask(Command::Cancel(OrderSelection::Ids { orders }))?.is_ok() {
            self.diary.changes += 1;
        }
        Ok(())
    }

    fn replace(&mut self) -> Result<(), Gone> {
        let open = self.open_orders()?;
        let limits: Vec<&OrderRecord> = open.iter().filter(|order| order.price.is_some()).collect();
        if limits.is_empty() {
            return Ok(());
        }
        let order = (*self.random.pick(&limits)).clone();
        let price: Option<Price> = order.price;
        let quantity = self.random.chance(50).then(|| quantity(&order.symbol, &mut self.random));
        let book = match self.ask(Command::Book { symbol: order.symbol.clone(), levels: 10 })? {
            Ok(Response::Book(book)) => book,
            _ => return Ok(()),
        };
        let levels = if order.side == Side::Buy { book.bids } else { book.asks };
        let moved = if levels.is_empty() { price } else { Some(self.random.pick(&levels).0) };
        let command = Command::Replace { order: order.id, price: moved, stop_price: None, quantity };
        if self.ask(command)?.is_ok() {
            self.diary.changes += 1;
        }
        Ok(())
    }

    fn transfer(&mut self) -> Result<(), Gone> {
        let amount = Decimal::from(1 + self.random.below(1_000_000));
        let currency = if self.random.chance(50) { Currency::Krw } else { Currency::Usdt };
        let command = if self.random.chance(50) {
            Command::Deposit { amount, currency }
        } else {
            Command::Withdraw { amount, currency }
        };
        if let Ok(Response::Transaction(transaction)) = self.ask(command)? {
            self.diary.transactions.push(TransactionId(transaction.id));
        }
        Ok(())
    }

    fn leverage(&mut self) -> Result<(), Gone> {
        let leverage = 1 + u32::try_from(self.random.below(10)).unwrap();
        self.ask(Command::Leverage { symbol: "BTCUSDT".into(), leverage }).map(drop)
    }

    fn look(&mut self) -> Result<(), Gone> {
        let command = self.random.pick(&[Command::Positions, Command::Balances, Command::Pnl]).clone();
        self.ask(command).map(drop)
    }
}

fn quantity(symbol: &str, random: &mut Random) -> Quantity {
    let size = 1 + i64::try_from(random.below(20)).unwrap();
    Quantity::new(if symbol == "BTCUSDT" { Decimal::new(size, 3) } else { Decimal::from(size) }).unwrap()
}
