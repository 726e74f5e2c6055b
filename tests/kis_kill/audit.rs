//! The ledger against what the exchange itself knows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use hoga::ledger::{LedgerReader, OrderScope, verify};
use hoga::market::{Currency, Side};
use hoga::order::{Order, OrderId, OrderState, WatchedBy};
use rust_decimal::Decimal;
use serde_json::Value;

/// What an order looks like to a broker that knows no id of ours: symbol, whether a purchase, quantity, price.
type Looks = (String, bool, Decimal, Decimal);

/// An order as the exchange has it.
#[derive(Debug)]
pub struct There {
    /// All its numbers, the newest last.
    chain: Vec<String>,
    /// As it was when it first came.
    looks: Looks,
    is_open: bool,
    price: Decimal,
    filled: Decimal,
}

/// What the exchange knows.
pub struct Truth {
    pub orders: Vec<There>,
    pub fills: u64,
    pub positions: BTreeMap<String, Decimal>,
    pub won: Decimal,
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or_else(|| panic!("no {key} in {row}")).to_owned()
}

fn units(value: &Value) -> Decimal {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned).parse::<Decimal>().unwrap().normalize()
}

impl Truth {
    /// Out of the exchange's own status.
    pub fn of(status: &Value) -> Self {
        let rows = |key: &str| status[key].as_array().unwrap().iter();
        let positions = status["positions"].as_object().unwrap().iter();
        Self {
            orders: rows("orders").map(there).collect(),
            fills: rows("fills").count() as u64,
            positions: positions
                .map(|(name, held)| (name.clone(), units(held)))
                .filter(|(_, u)| !u.is_zero())
                .collect(),
            won: units(&status["won"]),
        }
    }
}

fn there(row: &Value) -> There {
    let chain = row["chain"].as_array().unwrap().iter().map(|number| number.as_str().unwrap().to_owned()).collect();
    let is_buy = row["isBuy"].as_bool().unwrap();
    There {
        chain,
        looks: (text(row, "symbol"), is_buy, units(&row["quantity"]), units(&row["firstPrice"])),
        is_open: row["standing"] == "Open",
        price: units(&row["price"]),
        filled: units(&row["filled"]),
    }
}

/// Requests for new orders in the exchange's journal, read on from where it ended last.
#[derive(Default)]
pub struct Sent {
    read: u64,
    rest: String,
    /// Whatever came of them.
    pub requests: u64,
}

impl Sent {
    pub fn learn(&mut self, journal: &Path) {
        let mut file = File::open(journal).unwrap();
        file.seek(SeekFrom::Start(self.read)).unwrap();
        self.read += file.read_to_string(&mut self.rest).unwrap() as u64;
        let whole = self.rest.rfind('\n').map_or(0, |end| end + 1);
        let lines: String = self.rest.drain(..whole).collect();
        self.requests += lines.lines().filter(|line| line.contains("/order-cash")).count() as u64;
    }
}

pub struct Books {
    pub orders: BTreeMap<OrderId, Order>,
    reader: LedgerReader,
}

/// Digits of the numbers of an order, the newest last.
fn numbers(order: &Order) -> Vec<String> {
    let all = order.former_broker_ids.iter().chain(&order.broker_id);
    all.map(|id| id.to_string().rsplit(':').next().unwrap().to_owned()).collect()
}

/// Whether the desk itself waits for its price: then nothing of it is at the broker.
fn is_held(order: &Order) -> bool {
    order.watched_by == Some(WatchedBy::Desk) && !order.triggered
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

    /// Orders that may have been sent: all but those that wait here or ended here.
    pub fn may_have_left(&self) -> u64 {
        self.orders.values().filter(|order| !is_held(order)).count() as u64
    }

    /// What differs from the exchange; nothing may move meanwhile.
    pub fn differences(&self, truth: &Truth) -> Vec<String> {
        let mut found = self.of_orders(truth);
        let positions = self.reader.positions(None).unwrap();
        let positions: BTreeMap<String, Decimal> = positions
            .iter()
            .filter(|position| !position.is_flat())
            .map(|position| (position.key.instrument.symbol.to_string(), position.quantity.normalize()))
            .collect();
        if positions != truth.positions {
            let differing = positions.iter().filter(|(name, held)| truth.positions.get(*name) != Some(held));
            let there = truth.positions.iter().filter(|(name, held)| positions.get(*name) != Some(held));
            found.push(format!("positions {:?}, there {:?}", differing.collect::<Vec<_>>(), there.collect::<Vec<_>>()));
        }
        let cash = self.reader.balances(None).unwrap().into_iter().find(|account| account.currency == Currency::Krw);
        let cash = cash.map(|account| account.cash.normalize());
        if cash != Some(truth.won) {
            found.push(format!("cash {cash:?}, there {}", truth.won));
        }
        found
    }

    /// Every order there is one order here and the reverse, and both say the same of it.
    fn of_orders(&self, truth: &Truth) -> Vec<String> {
        let mut found = Vec::new();
        let mut by_number: BTreeMap<String, &Order> = BTreeMap::new();
        for order in self.orders.values() {
            for number in numbers(order) {
                if let Some(other) = by_number.insert(number.clone(), order) {
                    found.push(format!("{number} is both of {} and of {}", other.id, order.id));
                }
            }
        }
        let mut seen = BTreeSet::new();
        let mut nameless: BTreeMap<&Looks, u64> = BTreeMap::new();
        for there in &truth.orders {
            let owners: BTreeSet<OrderId> =
                there.chain.iter().filter_map(|number| by_number.get(number)).map(|order| order.id).collect();
            match owners.iter().collect::<Vec<_>>().as_slice() {
                [] => *nameless.entry(&there.looks).or_default() += 1,
                [id] => {
                    found.extend(differs(&self.orders[*id], there));
                    if !seen.insert(**id) {
                        found.push(format!("{id} is there twice: {there:?}"));
                    }
                }
                _ => found.push(format!("one order there is several here: {there:?}")),
            }
        }
        let not_there = self.orders.values().filter(|order| !seen.contains(&order.id));
        found.extend(not_there.filter_map(|order| {
            let is_sound = is_held(order)
                || order.state == OrderState::Unknown && order.broker_id.is_none()
                || order.state.is_final() && order.filled.is_zero();
            (!is_sound).then(|| format!("{} is {} and not there: {:?}", order.id, order.state, numbers(order)))
        }));
        for (looks, count) in nameless {
            // Fewer than those of which nobody knows anything: which of them arrived is known only when no other can.
            let waiting = self.orders.values().filter(|order| order.state == OrderState::Unknown);
            if waiting.filter(|order| looks_of(order) == *looks).count() as u64 <= count {
                found.push(format!("the ledger does not know {count} orders like {looks:?}"));
            }
        }
        found
    }

    /// # Panics
    /// When the ledger does not add up.
    pub fn add_up(&self) {
        assert_eq!(verify(&self.reader).unwrap(), [], "db verify");
    }
}

fn looks_of(order: &Order) -> Looks {
    let working = if order.triggered { order.kind.once_triggered() } else { order.kind };
    let price = working.limit().map_or(Decimal::ZERO, |price| price.value().normalize());
    let symbol = order.instrument.symbol.to_string();
    (symbol, order.side == Side::Buy, order.quantity.value().normalize(), price)
}

fn differs(order: &Order, there: &There) -> Option<String> {
    let unsettled = matches!(order.state, OrderState::Pending | OrderState::Sent | OrderState::Unknown);
    let open_here = !order.state.is_final();
    let working = if order.triggered { order.kind.once_triggered() } else { order.kind };
    let price = working.limit().map_or(Decimal::ZERO, |price| price.value().normalize());
    let is_same = !unsettled
        && open_here == there.is_open
        && order.filled.value() == there.filled
        // Of one that is over the ledger may lack the number of a change that was made while nobody looked.
        && (!open_here || numbers(order).last() == there.chain.last())
        && (!open_here || price == there.price);
    let (state, filled, at) = (order.state, order.filled, numbers(order));
    (!is_same).then(|| {
        format!(
            "{} is {state}, {filled} filled, at {price}, {at:?}, {:?}; there {there:?}",
            order.id, order.pending_change
        )
    })
}
