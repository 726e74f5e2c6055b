//! What the desk asks of a recorded market.

use super::adapter::{Later, ReplayBroker};
use crate::broker::api::{
    Answer, BrokerError, BrokerEvent, BrokerRequest, OrderReference, PlaceOrder, RequestBody, RequestId,
};
use crate::broker::paper::counter::{check_leverage, check_order, is_wanted};
use crate::broker::paper::{Change, refused};
use crate::market::{InstrumentId, Quantity, UtcTime};
use crate::order::OrderKind;

impl ReplayBroker {
    /// Sends a request off. Everything is answered a round trip later; orders and changes by what the matcher says.
    pub(super) fn carry_out(&mut self, at: UtcTime, request: BrokerRequest) {
        let id = request.id;
        let sent = match request.body {
            RequestBody::Place(wanted) => self.place(at, id, &wanted),
            RequestBody::Cancel(order) => {
                self.listed(order.instrument).and_then(|()| self.cancel(at, order.order_id, Change::Asked(id)))
            }
            RequestBody::Replace { order, kind, quantity } => self.replace(at, id, &order, kind, quantity),
            body => {
                if let RequestBody::CancelAll(only) = &body
                    && only.is_none_or(|only| only == self.instrument.id)
                {
                    self.cancel_all(at);
                }
                self.later.push_back((at.plus(self.round_trip()), id, Later::Ask(body)));
                return;
            }
        };
        if let Err(error) = sent {
            self.later.push_back((at.plus(self.round_trip()), id, Later::Say(error)));
        }
    }

    /// Answers what has come back from the venue.
    pub(super) fn say_later(&mut self, at: UtcTime) {
        let Some((_, id, later)) = self.later.pop_front() else { return };
        let mut shown = Vec::new();
        let outcome = match later {
            Later::Say(error) => Err(error),
            Later::Ask(RequestBody::Subscribe(instrument, channels)) => self.listed(instrument).map(|()| {
                let prints = self.channels.contains(&crate::broker::api::Channel::Trades);
                self.channels.extend(channels);
                shown = self.feed.snapshot(at, !prints);
                shown.retain(|event| is_wanted(&self.channels, &event.body));
                Answer::Done
            }),
            Later::Ask(RequestBody::Unsubscribe(instrument)) => self.listed(instrument).map(|()| {
                self.channels.clear();
                Answer::Done
            }),
            Later::Ask(body) => self.ask(body),
        };
        self.outbox.push_back(BrokerEvent::Answer { id, outcome });
        self.outbox.extend(shown.into_iter().map(BrokerEvent::Market));
    }

    fn listed(&self, instrument: InstrumentId) -> Result<(), BrokerError> {
        if instrument == self.instrument.id { Ok(()) } else { Err(BrokerError::NotFound(instrument.to_string())) }
    }

    fn place(&mut self, at: UtcTime, id: RequestId, wanted: &PlaceOrder) -> Result<(), BrokerError> {
        self.listed(wanted.instrument)?;
        check_order(&self.instrument, wanted)?;
        let order = self.account.place(at, id, wanted)?;
        self.matcher.submit(at, order);
        Ok(())
    }

    fn replace(
        &mut self,
        at: UtcTime,
        id: RequestId,
        which: &OrderReference,
        kind: OrderKind,
        quantity: Quantity,
    ) -> Result<(), BrokerError> {
        self.listed(which.instrument)?;
        let OrderKind::Limit { price } = kind else { return Err(BrokerError::Unsupported("order type")) };
        if let Some((true, now)) = self.account.size(which.order_id)
            && quantity > now
        {
            return Err(refused("REDUCE_ONLY", "a reduce-only order cannot grow"));
        }
        self.account.change(which.order_id, Change::Asked(id))?;
        self.matcher.replace(at, which.order_id, price, quantity);
        Ok(())
    }

    fn cancel_all(&mut self, at: UtcTime) {
        for order in self.account.alive() {
            // It is alive, so this cannot be refused.
            let _ = self.cancel(at, order, Change::OfMany);
        }
    }

    fn ask(&self, body: RequestBody) -> Result<Answer, BrokerError> {
        match body {
            // The orders' own reports came before this.
            RequestBody::CancelAll(only) => {
                only.map_or(Ok(()), |only| self.listed(only)).map(|()| Answer::Canceled { done: true })
            }
            // There is but one.
            RequestBody::Selected(_) => Ok(Answer::Done),
            RequestBody::Instruments => Ok(Answer::Instruments(vec![self.feed.instrument()])),
            RequestBody::Candles { instrument, interval, count, until } => {
                self.listed(instrument).map(|()| Answer::Candles(self.feed.candles(interval, count, until)))
            }
            RequestBody::RecentTrades(instrument, count) => {
                self.listed(instrument).map(|()| Answer::Trades(self.feed.recent(count)))
            }
            RequestBody::SetLeverage(instrument, leverage) => {
                self.listed(instrument).and_then(|()| check_leverage(&self.instrument, leverage))
            }
            body => self.account.ask(&body, &|order| self.matcher.queue_ahead(order)),
        }
    }
}
