//! The one way from the screen to an order. Ladder, ticket and mouse all come through here, past the same guards.

use super::outbox::Outbox;
use super::{App, Reply};
use crate::desk::protocol::{Command, SubmitOrder};
use crate::market::InstrumentId;
use crate::order::ClientOrderId;
use crate::text::screen::frame::Frame;
use crate::tui::model::{Freshness, InFlight};
use crate::tui::pane::{Notice, Trade};
use crate::tui::theme::Role;

impl<O: Outbox> App<O> {
    pub(super) fn trade(&mut self, trade: Trade) {
        match trade {
            Trade::Submit(order) => self.submit(*order),
            Trade::Replace { order, price, stop_price, quantity } => {
                if self.may_send() {
                    self.send(Command::Replace { order, price, stop_price, quantity }, Reply::Change);
                }
            }
            // Taking risk away is never refused here.
            Trade::Cancel(selection) => self.send(Command::Cancel(selection), Reply::Change),
        }
    }

    fn may_send(&mut self) -> bool {
        let why = match (self.model.is_connected(), self.model.view_only, self.model.may_trade()) {
            (false, _, _) => Frame::Disconnected,
            (true, true, _) => Frame::ViewOnly,
            (true, false, false) => Frame::NoRight,
            (true, false, true) => return true,
        };
        self.say(Role::Error, why);
        false
    }

    fn submit(&mut self, mut order: SubmitOrder) {
        if !self.may_send() {
            return;
        }
        let Ok(instrument) = order.symbol.parse::<InstrumentId>() else {
            self.say(Role::Error, Frame::NothingSelected);
            return;
        };
        let freshness = if self.model.selected.is(&instrument) {
            self.model.book_freshness()
        } else {
            self.model.quotes.freshness(self.model.now, &instrument, self.model.age_limit(instrument.venue))
        };
        if !freshness.is_fresh() {
            self.tell_stale(freshness);
            return;
        }
        let price = order.kind.limit();
        let awaited = self.model.trading.awaits(&instrument, order.side, price).is_some()
            || self.model.account.is_awaiting(&instrument, order.side, price);
        if awaited {
            self.say(Role::Warning, Frame::OrderInFlight);
            return;
        }
        let Some(client_id) = self.next_client_id() else { return };
        order.client_id = Some(client_id.clone());
        let (side, since) = (order.side, self.model.now.since_start);
        let before: Vec<u64> = self.pending.keys().copied().collect();
        self.send(Command::Submit(order), Reply::Submit);
        if let Some(request) = self.pending.keys().copied().find(|id| !before.contains(id)) {
            let client_id = client_id.to_string();
            self.model.trading.in_flight.push(InFlight { request, client_id, instrument, side, price, since });
        }
    }

    fn tell_stale(&mut self, freshness: Freshness) {
        let mut text = Frame::Stale.text(self.model.look.language).to_owned();
        if let Some(age) = freshness.age() {
            text.push_str(&format!(" ({:.1} s)", age.as_secs_f64()));
        }
        self.tell(Notice { text, role: Role::Error });
    }

    /// A client id that no other order of this or another screen has: the moment and the screen's process.
    fn next_client_id(&mut self) -> Option<ClientOrderId> {
        self.orders_made += 1;
        let millis = self.model.now.utc.millis();
        let text = format!("s{}-{millis:x}-{}", self.process, self.orders_made);
        ClientOrderId::new(&text).ok()
    }
}
