//! The last gate before the socket: what may still leave once its rows are written.

use std::time::Duration;

use super::{Core, Effects, ProfileIndex, Purpose};
use crate::broker::api::{BrokerRequest, RequestBody, RequestId};
use crate::market::UtcTime;
use crate::order::{Order, OrderId, PendingChange, Replacement};
use crate::risk::DeskState;

impl Core {
    /// The last gate before the socket: whether a request the core once asked for may still leave, now. Marks the order
    /// as sent when it may; an order that may not is refused for good, with its own effects.
    pub fn may_send(&mut self, now: UtcTime, request: &BrokerRequest, effects: &mut Effects) -> bool {
        let written = effects.writes.len();
        let may = self.passes(now, request, effects);
        self.watch_orders(now, written, effects);
        may
    }

    /// How long an answer is waited for. Where orders have no client ids a question is for whole lists, page by page at the
    /// broker's pace: one that takes a question a second needs ten for an account, and an answer that is not waited for
    /// would never come.
    fn longest_wait(&self, id: RequestId) -> Duration {
        let usual = self.settings.answer_timeout;
        let Some(outstanding) = self.requests.get(&id) else { return usual };
        let changes = matches!(outstanding.purpose, Purpose::Place(_) | Purpose::Cancel(_) | Purpose::Replace(..));
        let asked = self.profiles.get(outstanding.profile).map(|state| &state.capabilities);
        match asked.filter(|broker| !changes && !broker.client_order_ids) {
            Some(broker) => usual.max(broker.request_lifetime),
            None => usual,
        }
    }

    fn passes(&mut self, now: UtcTime, request: &BrokerRequest, effects: &mut Effects) -> bool {
        let longest = self.longest_wait(request.id);
        let Some(outstanding) = self.requests.get_mut(&request.id) else { return false };
        outstanding.deadline = now.plus(longest);
        outstanding.left = true;
        let waited = now.since(outstanding.asked_at);
        let profile = outstanding.profile;
        let id = match outstanding.purpose {
            Purpose::Place(id) => id,
            Purpose::Replace(id, new) => {
                return self.may_send_change(now, profile, (request.id, id, new), waited, effects);
            }
            _ => return true,
        };
        let reason = match self.orders.get_mut(&id) {
            Some(order) if order.state == crate::order::OrderState::Pending => {
                let closing = order.role == crate::order::Role::Flatten;
                let reduces = closing || order.reduce_only || order.reservation.opening.is_zero();
                if !reduces && now.since(order.updated_at) > self.settings.send_timeout {
                    "not sent: writing it down took too long"
                } else if self.state == DeskState::Halted && !closing {
                    "not sent: the desk was halted first"
                } else if self.state == DeskState::Reducing && !reduces {
                    "not sent: the desk only reduces positions now"
                } else {
                    order.on_sent(now);
                    return true;
                }
            }
            _ => "",
        };
        self.requests.remove(&request.id);
        if !reason.is_empty() {
            self.end_order(now, id, crate::order::OrderState::Rejected, Some(reason.into()), effects);
        }
        false
    }

    /// The same for a change: not in a halted desk, not when storage took too long, and not when the order is over or was
    /// canceled since.
    fn may_send_change(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        (request, id, new): (RequestId, OrderId, Replacement),
        waited: Duration,
        effects: &mut Effects,
    ) -> bool {
        let wanted = PendingChange::Replace { kind: new.kind, quantity: new.quantity };
        let stands = self.orders.get(&id).is_some_and(|order| order.pending_change.as_ref() == Some(&wanted));
        let reason = if waited > self.settings.send_timeout {
            "not sent: writing it down took too long"
        } else if self.state == DeskState::Halted {
            "not sent: the desk was halted first"
        } else if !stands {
            "not sent: the order was canceled first"
        } else {
            return true;
        };
        self.requests.remove(&request);
        self.replace_failed(now, profile, id, new, reason.into(), effects);
        false
    }

    /// Whether a request is kept for the time when the disk takes writes again: an exit that was set off, or a closing
    /// order, is better late than never. Any other new order would be a surprise by then.
    #[must_use]
    pub fn outlasts_a_stall(&self, request: &BrokerRequest) -> bool {
        let RequestBody::Place(place) = &request.body else { return false };
        let kept = |order: &Order| order.triggered || order.role == crate::order::Role::Flatten;
        self.orders.get(&place.order_id).is_some_and(kept)
    }

    /// A request that will not be carried out because its rows could not be written in time: a new order is refused for
    /// good, a change is taken back.
    pub fn abandon(&mut self, now: UtcTime, request: &BrokerRequest, effects: &mut Effects) {
        let Some(outstanding) = self.requests.remove(&request.id) else { return };
        let written = effects.writes.len();
        let reason = "not sent: the ledger could not be written";
        match outstanding.purpose {
            Purpose::Place(id) => {
                self.end_order(now, id, crate::order::OrderState::Rejected, Some(reason.into()), effects);
            }
            Purpose::Replace(id, new) => {
                self.replace_failed(now, outstanding.profile, id, new, reason.into(), effects);
            }
            _ => {}
        }
        self.watch_orders(now, written, effects);
    }
}
