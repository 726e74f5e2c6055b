//! A small desk that writes a ledger that adds up.

#![allow(dead_code)]

use std::collections::BTreeMap;

use hoga::ledger::{Alert, Batch, LedgerReader, Note, OrderEvent, RiskEvent, Write};
use hoga::market::{Board, Currency, Instrument, InstrumentId, Price, Product, Quantity, Side, TickRule, UtcTime};
use hoga::order::fee::Liquidity;
use hoga::order::{
    Account, Bracket, Draft, Fill, Order, OrderId, OrderKind, OrderState, Position, PositionKey, PositionSide,
    ProfileName, Reservation, Source, TimeInForce, Transaction, TransactionId, TransactionKind,
};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

pub const START: UtcTime = UtcTime::from_millis(1_790_000_000_000);

pub fn profile() -> ProfileName {
    ProfileName::new("sim").unwrap()
}

pub fn samsung() -> InstrumentId {
    "KRX:005930".parse().unwrap()
}

pub fn bitcoin() -> InstrumentId {
    "BINANCE_FUTURES:BTCUSDT".parse().unwrap()
}

pub fn instrument(id: InstrumentId) -> Instrument {
    let margined = id == bitcoin();
    Instrument {
        id,
        name_ko: if margined { "비트코인" } else { "삼성전자" }.to_owned(),
        name_en: if margined { "Bitcoin" } else { "Samsung Electronics" }.to_owned(),
        product: if margined { Product::CryptoPerpetual } else { Product::KrxStock(Board::Kospi { kospi200: true }) },
        currency: if margined { Currency::Usdt } else { Currency::Krw },
        ticks: if margined { TickRule::Fixed(dec!(0.1)) } else { TickRule::KrxStock },
        price_decimals: u32::from(margined),
        lot: if margined { "0.001".parse().unwrap() } else { Quantity::whole(1) },
        min_quantity: if margined { "0.001".parse().unwrap() } else { Quantity::whole(1) },
        max_quantity: None,
        min_notional: margined.then_some(dec!(100)),
        multiplier: dec!(1),
        base_price: None,
        daily_limit: (!margined).then_some(dec!(0.3)),
        tiers: Vec::new(),
    }
}

pub fn order_id(number: u64) -> OrderId {
    OrderId::from_uuid(Uuid::from_u128((0x0199_0000_0000_7000_u128 << 64) | u128::from(number)))
}

/// Writes batches as the desk does: order, event, fill, money, balance and position in one.
pub struct Desk {
    pub batches: Vec<Batch>,
    sequence: u64,
    order_number: u64,
    transaction: u64,
    execution: u64,
    now: UtcTime,
    accounts: BTreeMap<Currency, Account>,
    positions: BTreeMap<InstrumentId, Position>,
    orders: BTreeMap<OrderId, Order>,
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

impl Desk {
    pub fn new() -> Self {
        let mut desk = Self {
            batches: Vec::new(),
            sequence: 0,
            order_number: 0,
            transaction: 0,
            execution: 0,
            now: START,
            accounts: BTreeMap::new(),
            positions: BTreeMap::new(),
            orders: BTreeMap::new(),
        };
        desk.commit(vec![
            Write::Instrument(Box::new(instrument(samsung()))),
            Write::Instrument(Box::new(instrument(bitcoin()))),
        ]);
        desk
    }

    fn commit(&mut self, writes: Vec<Write>) {
        self.sequence += 1;
        self.batches.push(Batch { sequence: self.sequence, writes });
        self.now = UtcTime::from_nanos(self.now.nanos() + 1_000_001);
    }

    pub fn now(&self) -> UtcTime {
        self.now
    }

    fn account(&mut self, currency: Currency) -> &mut Account {
        self.accounts.entry(currency).or_insert_with(|| Account::empty(profile(), currency))
    }

    fn event(&self, order: OrderId, what: &str) -> Write {
        Write::OrderEvent(OrderEvent { order_id: order, at: self.now, what: what.to_owned(), detail: None })
    }

    fn move_cash(&mut self, mut transaction: Transaction) -> [Write; 2] {
        let account = self.account(transaction.currency);
        transaction.cash_before = account.cash;
        account.cash += transaction.amount - transaction.commission - transaction.tax;
        transaction.cash_after = account.cash;
        let balance = account.clone();
        [Write::Transaction(Box::new(transaction)), Write::Balance(balance)]
    }

    fn transaction(&mut self, kind: TransactionKind, amount: Decimal, currency: Currency) -> Transaction {
        self.transaction += 1;
        Transaction {
            id: TransactionId(self.transaction),
            time: self.now,
            kind,
            profile: profile(),
            instrument: None,
            order_id: None,
            execution_id: None,
            quantity: None,
            price: None,
            amount,
            commission: dec!(0),
            tax: dec!(0),
            cash_before: dec!(0),
            cash_after: dec!(0),
            currency,
            note: None,
        }
    }

    pub fn deposit(&mut self, amount: Decimal, currency: Currency) {
        let transaction = self.transaction(TransactionKind::Deposit, amount, currency);
        let writes = self.move_cash(transaction);
        self.commit(writes.into());
    }

    pub fn funding(&mut self, amount: Decimal) {
        let mut transaction = self.transaction(TransactionKind::Funding, amount, Currency::Usdt);
        transaction.instrument = Some(bitcoin());
        let mut writes = Vec::from(self.move_cash(transaction));
        let position = self.positions.get_mut(&bitcoin()).unwrap();
        position.carried += amount;
        writes.push(Write::Position(Box::new(position.clone())));
        self.commit(writes);
    }

    pub fn place(&mut self, instrument_id: InstrumentId, side: Side, price: &str, quantity: &str) -> OrderId {
        let currency = instrument(instrument_id).currency;
        let (price, quantity): (Price, Quantity) = (price.parse().unwrap(), quantity.parse().unwrap());
        self.order_number += 1;
        let id = order_id(self.order_number);
        let draft = Draft {
            profile: profile(),
            client_id: Some(format!("client-{}", self.order_number).parse().unwrap()),
            instrument: instrument_id,
            side,
            kind: OrderKind::Limit { price },
            quantity,
            time_in_force: TimeInForce::Day,
            reduce_only: false,
            position_side: PositionSide::Net,
            bracket: Bracket::default(),
            source: Source::Strategy("평균회귀".to_owned()),
            route: None,
        };
        let mut reservation = Reservation::none(currency);
        if side == Side::Buy {
            reservation.cash_per_unit = Some(price.value());
            reservation.opening = quantity;
            reservation.cash.amount = price.times(quantity);
        }
        let mut order = Order::from_draft(id, &draft, reservation, self.now);
        order.on_sent(self.now);
        order.on_working(&format!("B{}", self.order_number).parse().unwrap(), self.now);
        let account = self.account(currency);
        account.reserved += reservation.cash.amount;
        let balance = account.clone();
        self.orders.insert(id, order.clone());
        let created = self.event(id, "created");
        self.commit(vec![Write::Order(Box::new(order)), created, Write::Balance(balance)]);
        id
    }

    fn release(&mut self, id: OrderId) {
        let order = self.orders.get_mut(&id).unwrap();
        let held = &mut order.reservation;
        let left = held.cash_per_unit.map_or(dec!(0), |unit| {
            let remaining = if order.state.is_final() { dec!(0) } else { (order.quantity.minus(order.filled)).value() };
            unit * remaining
        });
        let freed = held.cash.amount - left;
        held.cash.amount = left;
        let currency = held.cash.currency;
        self.account(currency).reserved -= freed;
    }

    pub fn fill(&mut self, id: OrderId, price: &str, quantity: &str) {
        let (price, quantity): (Price, Quantity) = (price.parse().unwrap(), quantity.parse().unwrap());
        let now = self.now;
        let order = self.orders.get_mut(&id).unwrap();
        order.on_fill(price, quantity, now);
        let (side, instrument_id) = (order.side, order.instrument);
        self.release(id);
        let facts = instrument(instrument_id);
        let margined = facts.product.is_margined();
        self.execution += 1;
        let fill = Fill {
            id: format!("E{}", self.execution).parse().unwrap(),
            order_id: id,
            profile: profile(),
            instrument: instrument_id,
            side,
            position_side: PositionSide::Net,
            price,
            quantity,
            commission: if margined { price.times(quantity) * dec!(0.0004) } else { dec!(15) },
            tax: if !margined && side == Side::Sell { dec!(105) } else { dec!(0) },
            currency: facts.currency,
            liquidity: Liquidity::Maker,
            time: now,
        };
        let key = PositionKey { profile: profile(), instrument: instrument_id, side: PositionSide::Net };
        let position = self.positions.entry(instrument_id).or_insert_with(|| Position::flat(key, facts.currency));
        let profit = position.book(side, price, quantity, dec!(1)).profit;
        position.commission += fill.commission;
        position.tax += fill.tax;
        let margin_before = position.margin;
        position.margin = if margined { position.cost / dec!(10) } else { dec!(0) };
        let margin_change = position.margin - margin_before;
        let position = position.clone();
        self.account(facts.currency).margin += margin_change;
        let value = price.times(quantity);
        let amount = if margined {
            profit
        } else if side == Side::Buy {
            -value
        } else {
            value
        };
        let kind = if side == Side::Buy { TransactionKind::Buy } else { TransactionKind::Sell };
        let transaction = Transaction {
            instrument: Some(instrument_id),
            order_id: Some(id),
            execution_id: Some(fill.id.clone()),
            quantity: Some(quantity),
            price: Some(price),
            commission: fill.commission,
            tax: fill.tax,
            ..self.transaction(kind, amount, facts.currency)
        };
        let mut writes = vec![Write::Execution(Box::new(fill)), self.event(id, "filled")];
        writes.extend(self.move_cash(transaction));
        writes.push(Write::Order(Box::new(self.orders[&id].clone())));
        writes.push(Write::Position(Box::new(position)));
        self.commit(writes);
    }

    pub fn cancel(&mut self, id: OrderId) {
        let now = self.now;
        self.orders.get_mut(&id).unwrap().on_end(OrderState::Canceled, Some("asked for".to_owned()), now);
        self.release(id);
        let order = self.orders[&id].clone();
        let balance = self.accounts[&order.reservation.cash.currency].clone();
        let canceled = self.event(id, "canceled");
        self.commit(vec![Write::Order(Box::new(order)), canceled, Write::Balance(balance)]);
    }

    /// Everything a ledger can hold, in a few batches.
    pub fn day() -> Self {
        let mut desk = Self::new();
        desk.deposit(dec!(100_000_000), Currency::Krw);
        desk.deposit(dec!(10_000), Currency::Usdt);
        let first = desk.place(samsung(), Side::Buy, "70000", "10");
        desk.fill(first, "70000", "4");
        desk.fill(first, "69900", "6");
        let second = desk.place(samsung(), Side::Buy, "69000", "5");
        desk.cancel(second);
        let third = desk.place(samsung(), Side::Sell, "71000", "7");
        desk.fill(third, "71000", "3");
        let long = desk.place(bitcoin(), Side::Buy, "60000", "0.2");
        desk.fill(long, "60000", "0.2");
        desk.funding(dec!(-1.25));
        let turn = desk.place(bitcoin(), Side::Sell, "61000", "0.3");
        desk.fill(turn, "61000", "0.3");
        desk.place(samsung(), Side::Buy, "65000", "20");
        let at = desk.now;
        desk.commit(vec![
            Write::Setting { key: "desk_state".to_owned(), value: Some("active".to_owned()) },
            Write::Equity { profile: profile(), currency: Currency::Krw, at, equity: dec!(100_003_210) },
            Write::RiskEvent(RiskEvent {
                at,
                profile: Some(profile()),
                rule: "RISK_MAX_ORDER_AMOUNT".to_owned(),
                value: "12,000,000".to_owned(),
                limit: "10,000,000".to_owned(),
                source: "cli".to_owned(),
            }),
            Write::Watch { list: "관심".to_owned(), instrument: samsung(), add: true },
            Write::Watch { list: "관심".to_owned(), instrument: bitcoin(), add: true },
            Write::Alert {
                id: 1,
                alert: Some(Box::new(Alert {
                    profile: Some(profile()),
                    instrument: samsung(),
                    condition: "price >= 80000".to_owned(),
                    note: Some("목표가".to_owned()),
                    created_at: at,
                    fired_at: Some(at),
                    value: Some("80100".to_owned()),
                    acknowledged_at: None,
                })),
            },
            Write::Note(Note { at, profile: None, order_id: Some(first), text: "일찍 샀다".to_owned() }),
        ]);
        desk
    }
}

/// Everything a reader can see, as one text.
pub fn content(reader: &LedgerReader) -> Result<String, hoga::ledger::LedgerError> {
    use hoga::ledger::OrderScope;
    let mut text = String::new();
    let mut add = |part: String| {
        text.push_str(&part);
        text.push('\n');
    };
    let orders = reader.orders(OrderScope::All, None, u32::MAX)?;
    for order in &orders {
        add(format!("{:?}", reader.order_events(order.id)?));
    }
    add(format!("{orders:?}"));
    add(format!("{:?}", reader.fills(None, UtcTime::EPOCH, u32::MAX)?));
    add(format!("{:?}", reader.transactions(None, UtcTime::EPOCH, u32::MAX)?));
    add(format!("{:?}", reader.balances(None)?));
    add(format!("{:?}", reader.positions(None)?));
    add(format!("{:?}", reader.risk_events(UtcTime::EPOCH, u32::MAX)?));
    for currency in Currency::ALL {
        add(format!("{:?}", reader.equity(&profile(), currency, UtcTime::EPOCH)?));
    }
    add(format!("{:?} {:?}", reader.instrument(samsung())?, reader.instrument(bitcoin())?));
    add(format!("{:?}", reader.watchlists()?));
    add(format!("{:?}", reader.alerts()?));
    add(format!("{:?}", reader.notes(UtcTime::EPOCH)?));
    add(format!("{:?} {:?}", reader.settings()?, reader.profiles()?));
    Ok(text)
}

/// Changes rows behind the ledger's back and seals them again, as a faulty program would.
pub fn tamper(path: &std::path::Path, table: &str, change: &str) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let texts = |kind: &str| -> Vec<(String, String)> {
        let mut statement = connection
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = ?1 AND tbl_name = ?2 AND sql NOT NULL")
            .unwrap();
        statement.query_map([kind, table], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    let triggers = texts("trigger");
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    connection.execute_batch(change).unwrap();
    reseal(&connection, table);
    for (_, text) in &triggers {
        connection.execute_batch(text).unwrap();
    }
}

fn reseal(connection: &rusqlite::Connection, table: &str) {
    use rusqlite::types::Value;
    let statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
    // Columns of later versions stand behind the seal.
    let mut columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    columns.retain(|name| name != "seal");
    let count = columns.len();
    let mut statement = connection.prepare(&format!("SELECT {} FROM {table}", columns.join(", "))).unwrap();
    let rows: Vec<Vec<Value>> = statement
        .query_map([], |row| (0..count).map(|at| row.get(at)).collect())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let keys = columns.iter().map(|name| format!("{name} IS ?")).collect::<Vec<_>>().join(" AND ");
    for values in rows {
        let mut crc = crc32fast::Hasher::new();
        crc.update(table.as_bytes());
        for (place, value) in (0_u8..).zip(&values) {
            match value {
                Value::Integer(number) => {
                    crc.update(&[place, b'i']);
                    crc.update(&number.to_le_bytes());
                }
                Value::Text(text) => {
                    crc.update(&[place, b't']);
                    crc.update(&(text.len() as u64).to_le_bytes());
                    crc.update(text.as_bytes());
                }
                _ => {}
            }
        }
        let text = format!("UPDATE {table} SET seal = {} WHERE {keys}", crc.finalize());
        connection.execute(&text, rusqlite::params_from_iter(values)).unwrap();
    }
}
