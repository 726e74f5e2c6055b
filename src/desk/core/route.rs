//! What counts for an order that is sent to another venue than its instrument's: its hours.

use super::market::Market;
use super::{Core, Effects, ProfileIndex};
use crate::ledger::{OrderEvent, Write};
use crate::market::session::Calendar;
use crate::market::{Phase, UtcTime, Venue};
use crate::order::{OrderId, Route};

/// The phase that counts for an order by a route. A share that is halted at KRX is halted at NXT as well.
pub(super) fn phase(market: &Market, route: Option<Route>, now: UtcTime) -> Phase {
    let own = market.phase.phase;
    if route != Some(Route::Nxt) || market.instrument.id.venue != Venue::Krx || own == Phase::Halted {
        return own;
    }
    Calendar::builtin().map_or(Phase::Closed, |calendar| calendar.phase_at(Venue::Nxt, now).phase)
}

impl Core {
    /// A stop for NXT that is set off while NXT rests goes to KRX: it protects what is held, wherever it can.
    pub(super) fn leave_resting_venue(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        effects: &mut Effects,
    ) {
        let Some(order) = self.orders.get(&id).filter(|order| order.triggered) else { return };
        let market = self.profiles.get(profile).and_then(|state| state.markets.get(&order.instrument));
        let rests = market.is_some_and(|market| {
            !phase(market, order.route, now).takes_orders() && phase(market, None, now).takes_orders()
        });
        if order.route != Some(Route::Nxt) || !rests {
            return;
        }
        if let Some(order) = self.orders.get_mut(&id) {
            order.route = Some(Route::Krx);
        }
        self.write_order(id, effects);
        let what = "rerouted".into();
        effects.writes.push(Write::OrderEvent(OrderEvent { order_id: id, at: now, what, detail: Some("krx".into()) }));
    }
}
