//! Which order a conditional order became.
//!
//! A conditional order has a number of its own until its trigger is reached; then an order with another number appears,
//! which the desk must see as the same order. The child's client id is usually that of the conditional order, which is
//! not documented, so both are kept together here from the moment either is heard of.

use std::collections::{BTreeMap, VecDeque};

use crate::market::Symbol;
use crate::order::OrderId;

/// Most conditional orders remembered; the exchange allows 200 open ones. The one heard of first is forgotten first.
const LINKS_MAX: usize = 4_096;

/// A conditional order and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlgoLink {
    /// Its number.
    pub algo_id: i64,
    /// On what.
    pub symbol: Symbol,
    /// hoga's id, where it is one of hoga's.
    pub order_id: Option<OrderId>,
    /// Number of the order it became.
    pub child: Option<i64>,
}

/// The conditional orders heard of.
#[derive(Debug, Default)]
pub struct AlgoLinks {
    links: BTreeMap<i64, AlgoLink>,
    by_child: BTreeMap<(Symbol, i64), i64>,
    by_order: BTreeMap<OrderId, i64>,
    age: VecDeque<i64>,
}

impl AlgoLinks {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what a message says of a conditional order. What was known and is not said again stays.
    pub fn learn(&mut self, symbol: Symbol, algo_id: i64, order_id: Option<OrderId>, child: Option<i64>) {
        let age = &mut self.age;
        let link = self.links.entry(algo_id).or_insert_with(|| {
            age.push_back(algo_id);
            AlgoLink { algo_id, symbol, order_id: None, child: None }
        });
        link.order_id = link.order_id.or(order_id);
        link.child = link.child.or(child);
        if let Some(id) = link.order_id {
            self.by_order.insert(id, algo_id);
        }
        if let Some(child) = link.child {
            self.by_child.insert((link.symbol, child), algo_id);
        }
        if self.links.len() > LINKS_MAX {
            self.forget_oldest();
        }
    }

    /// Takes in an order that came under hoga's id of a conditional order: it is what that one became.
    pub fn learn_child(&mut self, order_id: OrderId, symbol: Symbol, child: i64) {
        if let Some(link) = self.of_order(order_id).filter(|link| link.symbol == symbol && link.child.is_none()) {
            self.learn(symbol, link.algo_id, None, Some(child));
        }
    }

    /// By the number of the conditional order.
    #[must_use]
    pub fn of_algo(&self, algo_id: i64) -> Option<AlgoLink> {
        self.links.get(&algo_id).copied()
    }

    /// By the number of the order it became.
    #[must_use]
    pub fn of_child(&self, symbol: Symbol, child: i64) -> Option<AlgoLink> {
        self.by_child.get(&(symbol, child)).and_then(|algo_id| self.of_algo(*algo_id))
    }

    /// By hoga's id.
    #[must_use]
    pub fn of_order(&self, order_id: OrderId) -> Option<AlgoLink> {
        self.by_order.get(&order_id).and_then(|algo_id| self.of_algo(*algo_id))
    }

    fn forget_oldest(&mut self) {
        let Some(link) = self.age.pop_front().and_then(|algo_id| self.links.remove(&algo_id)) else { return };
        if let Some(id) = link.order_id {
            self.by_order.remove(&id);
        }
        if let Some(child) = link.child {
            self.by_child.remove(&(link.symbol, child));
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn order(n: u128) -> OrderId {
        OrderId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn a_triggered_order_is_found_by_each_of_its_names() {
        let (mut links, symbol) = (AlgoLinks::new(), Symbol::new("BNBUSDT").unwrap());
        links.learn(symbol, 7, Some(order(1)), None);
        assert_eq!(links.of_child(symbol, 900), None);
        links.learn(symbol, 7, None, Some(900));
        let whole = AlgoLink { algo_id: 7, symbol, order_id: Some(order(1)), child: Some(900) };
        assert_eq!(links.of_algo(7), Some(whole));
        assert_eq!(links.of_order(order(1)), Some(whole));
        assert_eq!(links.of_child(symbol, 900), Some(whole));
        assert_eq!(links.of_child(Symbol::new("BTCUSDT").unwrap(), 900), None, "numbers are of a symbol");
    }

    #[test]
    fn a_child_may_be_heard_of_before_the_trigger() {
        let (mut links, symbol) = (AlgoLinks::new(), Symbol::new("BNBUSDT").unwrap());
        links.learn_child(order(1), symbol, 900);
        assert_eq!(links.of_child(symbol, 900), None, "an ordinary order of ours is nobody's child");
        links.learn(symbol, 7, Some(order(1)), None);
        links.learn_child(order(1), symbol, 900);
        assert_eq!(links.of_child(symbol, 900).map(|link| link.algo_id), Some(7));
        links.learn_child(order(1), symbol, 901);
        assert_eq!(links.of_child(symbol, 901), None, "it becomes one order");
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let (mut links, symbol) = (AlgoLinks::new(), Symbol::new("BNBUSDT").unwrap());
        for n in 0..10_000_i64 {
            links.learn(symbol, n, Some(order(n as u128)), Some(n + 1_000_000));
        }
        assert_eq!(links.links.len(), LINKS_MAX);
        assert_eq!((links.by_child.len(), links.by_order.len(), links.age.len()), (LINKS_MAX, LINKS_MAX, LINKS_MAX));
        assert!(links.of_algo(9_999).is_some() && links.of_algo(0).is_none());
    }
}
