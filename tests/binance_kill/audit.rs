//! The ledger against what the exchange itself knows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use hoga::ledger::{LedgerReader, OrderScope, verify};
use hoga::market::{Currency, UtcTime};
use hoga::order::{Order, OrderId, OrderState};
use rust_decimal::Decimal;
use serde_json::Value;

/// What the exchange knows.
pub struct Truth {
    /// Plain orders by client id: whether open, and how much is filled.
    pub orders: BTreeMap<String, (bool, Decimal)>,
    /// Conditional orders by client id: whether they wait.
    pub algos: BTreeMap<String, bool>,
    pub trades: BTreeSet<String>,
    pub positions: BTreeMap<String, Decimal>,
    pub wallet: Decimal,
}

impl Truth {
    /// Out of the exchange's own status.
    pub fn of(status: &Value) -> Self {
        let rows = |key: &str| status[key].as_array().unwrap().iter();
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_else(|| panic!("no {key} in {row}")).to_owned();
        let units = |row: &Value, key: &str| text(row, key).parse::<Decimal>().unwrap();
        let mut orders = BTreeMap::new();
        for row in rows("orders") {
            let is_open = matches!(text(row, "status").as_str(), "NEW" | "PARTIALLY_FILLED");
            let twice = orders.insert(text(row, "clientOrderId"), (is_open, units(row, "executedQty")));
            assert_eq!(twice, None, "an order is there twice: {row}");
        }
        let mut algos = BTreeMap::new();
        for row in rows("algos") {
            let twice = algos.insert(text(row, "clientAlgoId"), text(row, "algoStatus") == "NEW");
            assert_eq!(twice, None, "a conditional order is there twice: {row}");
        }
        let trades = rows("trades").map(|row| format!("{}:{}", text(row, "symbol"), row["id"]));
        let positions = rows("positions").map(|row| (text(row, "symbol"), units(row, "positionAmt").normalize()));
        let wallet = rows("balances").find(|row| row["asset"] == "USDT").map(|row| units(row, "balance"));
        Self {
            trades: trades.collect(),
            positions: positions.filter(|(_, units)| !units.is_zero()).collect(),
            wallet: wallet.unwrap().normalize(),
            orders,
            algos,
        }
    }

    /// Whether it has ever had an order.
    pub fn has(&self, id: OrderId) -> bool {
        let name = id.simple().to_string();
        self.orders.contains_key(&name) || self.algos.contains_key(&name)
    }
}

/// Requests for new orders in the exchange's journal, read on from where it ended last.
#[derive(Default)]
pub struct Sent {
    read: u64,
    rest: String,
    times: BTreeMap<String, u64>,
}

impl Sent {
    /// # Panics
    /// When an order was sent twice.
    pub fn learn(&mut self, journal: &Path) {
        let mut file = File::open(journal).unwrap();
        file.seek(SeekFrom::Start(self.read)).unwrap();
        self.read += file.read_to_string(&mut self.rest).unwrap() as u64;
        let whole = self.rest.rfind('\n').map_or(0, |end| end + 1);
        let lines: String = self.rest.drain(..whole).collect();
        for line in lines.lines().filter(|line| line.contains("\"POST\"")) {
            let row: Value = serde_json::from_str(line).unwrap();
            let name = row["params"]["newClientOrderId"].as_str().or(row["params"]["clientAlgoId"].as_str());
            let Some(name) = name.filter(|_| row["kind"] == "request") else { continue };
            let times = self.times.entry(name.to_owned()).or_default();
            *times += 1;
            assert_eq!(*times, 1, "an order was sent twice: {line}");
        }
    }

    pub fn orders(&self) -> u64 {
        self.times.len() as u64
    }
}

pub struct Books {
    pub orders: BTreeMap<OrderId, Order>,
    reader: LedgerReader,
}

impl Books {
    pub fn read(ledger: &Path) -> Self {
        let reader = LedgerReader::open(ledger).unwrap();
        let orders = reader.orders(OrderScope::All, None, u32::MAX).unwrap();
        Self { orders: orders.into_iter().map(|order| (order.id, order)).collect(), reader }
    }

    pub fn unknown(&self) -> Vec<OrderId> {
        let unknown = self.orders.values().filter(|order| order.state == OrderState::Unknown);
        unknown.map(|order| order.id).collect()
    }

    /// What differs from the exchange; nothing may move meanwhile.
    pub fn differences(&self, truth: &Truth) -> Vec<String> {
        let mut found = Vec::new();
        let by_name: BTreeMap<String, &Order> =
            self.orders.values().map(|order| (order.id.simple().to_string(), order)).collect();
        for name in truth.orders.keys().chain(truth.algos.keys()) {
            if !by_name.contains_key(name) {
                found.push(format!("the ledger does not know {name}"));
            }
        }
        for (name, order) in &by_name {
            let there = truth.orders.get(name);
            let waits = truth.algos.get(name).copied().unwrap_or_default();
            let (is_open, filled) = there.copied().unwrap_or_default();
            let unsettled = matches!(order.state, OrderState::Pending | OrderState::Sent)
                || order.state == OrderState::Unknown && truth.has(order.id);
            let open_here = !order.state.is_final() && order.state != OrderState::Unknown;
            if unsettled || open_here != (is_open || waits) || order.filled.value() != filled {
                let (state, here) = (order.state, order.filled);
                found.push(format!("{name} is {state}, {here} filled; there {there:?}, waiting {waits}"));
            }
        }
        let fills = self.reader.fills(None, UtcTime::EPOCH, u32::MAX).unwrap();
        let fills: BTreeSet<String> = fills.into_iter().map(|fill| fill.id.to_string()).collect();
        found.extend(fills.symmetric_difference(&truth.trades).map(|id| format!("fill {id} is only on one side")));
        let positions = self.reader.positions(None).unwrap();
        let positions: BTreeMap<String, Decimal> = positions
            .iter()
            .filter(|position| !position.is_flat())
            .map(|position| (position.key.instrument.symbol.to_string(), position.quantity.normalize()))
            .collect();
        if positions != truth.positions {
            found.push(format!("positions {positions:?}, there {:?}", truth.positions));
        }
        let cash = self.reader.balances(None).unwrap().into_iter().find(|account| account.currency == Currency::Usdt);
        let cash = cash.map(|account| account.cash.normalize());
        if cash != Some(truth.wallet) {
            found.push(format!("cash {cash:?}, there {}", truth.wallet));
        }
        found
    }

    /// # Panics
    /// When the ledger does not add up.
    pub fn add_up(&self) {
        assert_eq!(verify(&self.reader).unwrap(), [], "db verify");
    }
}
