//! What left the desk, seen at the last place before the wire.

use std::collections::BTreeMap;

use hoga::broker::api::RequestBody;
use hoga::desk::core::Core;
use hoga::market::UtcTime;
use hoga::order::{OrderId, Role};

#[derive(Debug, Default)]
pub struct Witness {
    /// New orders, in turn.
    pub placed: Vec<(OrderId, Role)>,
    /// Changes of orders, in turn.
    pub changed: Vec<OrderId>,
    /// When the first cancel of each order left.
    pub canceled: BTreeMap<OrderId, UtcTime>,
}

impl Witness {
    pub fn see(&mut self, now: UtcTime, body: &RequestBody, core: &Core) {
        match body {
            RequestBody::Place(place) => {
                self.placed.push((place.order_id, core.orders()[&place.order_id].role));
            }
            RequestBody::Replace { order, .. } => self.changed.push(order.order_id),
            RequestBody::Cancel(order) => drop(self.canceled.entry(order.order_id).or_insert(now)),
            _ => {}
        }
    }
}
