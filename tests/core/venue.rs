//! What is true at the broker. Knows nothing of the desk's own reckoning.

use std::collections::{BTreeMap, BTreeSet};

use hoga::broker::api::{
    AccountReport, Answer, BrokerError, BrokerEvent, BrokerRequest, FillReport, Found, OrderReference, OrderReport,
    PlaceOrder, RequestBody,
};
use hoga::market::{Currency, InstrumentId, Price, Quantity, UtcTime};
use hoga::order::fee::Liquidity;
use hoga::order::{BrokerOrderId, Cash, ExecutionId, OrderId, OrderKind, OrderState, PositionSide};
use rust_decimal::Decimal;

use crate::desk::{COIN, Desk, STOCK, instrument, price};

/// An order as the broker has it.
#[derive(Debug, Clone)]
pub struct Truth {
    pub place: PlaceOrder,
    pub broker_id: BrokerOrderId,
    pub former: Option<BrokerOrderId>,
    pub kind: OrderKind,
    pub quantity: Quantity,
    pub filled: Quantity,
    pub state: OrderState,
}

impl Truth {
    pub fn is_open(&self) -> bool {
        self.state.is_open()
    }

    fn report(&self, now: UtcTime) -> OrderReport {
        OrderReport {
            order_id: Some(self.place.order_id),
            client_id: None,
            broker_id: self.broker_id.clone(),
            replaces: self.former.clone(),
            instrument: self.place.instrument,
            side: self.place.side,
            kind: self.kind,
            quantity: self.quantity,
            filled: self.filled,
            state: self.state,
            reason: None,
            queue_ahead: None,
            time: now,
        }
    }
}

#[derive(Debug, Default)]
pub struct Venue {
    pub orders: BTreeMap<OrderId, Truth>,
    pub fills: Vec<FillReport>,
    /// Orders of others in the same account.
    pub foreign: Vec<OrderReport>,
    pub cash: BTreeMap<Currency, Decimal>,
    pub positions: BTreeMap<InstrumentId, (Decimal, Option<Price>)>,
    /// New orders seen, in order, with the time of each.
    pub placed: Vec<(UtcTime, OrderId)>,
    pub canceled: BTreeSet<OrderId>,
    number: u64,
}

impl Venue {
    fn next_number(&mut self) -> BrokerOrderId {
        self.number += 1;
        BrokerOrderId::new(&format!("B{}", self.number)).unwrap()
    }

    /// Does what is asked and says what it would send back.
    pub fn handle(&mut self, now: UtcTime, request: BrokerRequest) -> Vec<BrokerEvent> {
        let mut said = Vec::new();
        let outcome = match request.body {
            RequestBody::Place(place) => Ok(self.place(now, place, &mut said)),
            RequestBody::Cancel(order) => self.cancel(now, &order, &mut said),
            RequestBody::Replace { order, kind, quantity } => self.replace(now, &order, (kind, quantity), &mut said),
            RequestBody::FindOrder(find) => Ok(Answer::Found(match self.orders.get(&find.order.order_id) {
                Some(truth) => Found::Order(Box::new(truth.report(now))),
                None => Found::NotThere,
            })),
            RequestBody::OpenOrders => {
                let own = self.orders.values().filter(|truth| truth.is_open()).map(|truth| truth.report(now));
                Ok(Answer::Orders { orders: own.chain(self.foreign.iter().cloned()).collect(), complete: true })
            }
            RequestBody::Fills { since } => {
                let fills = self.fills.iter().filter(|fill| fill.time >= since).cloned().collect();
                Ok(Answer::Fills { fills, complete: true })
            }
            RequestBody::Positions => Ok(Answer::Account(self.holdings())),
            RequestBody::Balances => Ok(Answer::Account(self.balances())),
            RequestBody::Instruments => Ok(Answer::Instruments(vec![instrument(STOCK), instrument(COIN)])),
            _ => Ok(Answer::Done),
        };
        said.insert(0, BrokerEvent::Answer { id: request.id, outcome });
        said
    }

    fn place(&mut self, now: UtcTime, place: PlaceOrder, said: &mut Vec<BrokerEvent>) -> Answer {
        assert!(!self.orders.contains_key(&place.order_id), "order {} was sent twice", place.order_id);
        let broker_id = self.next_number();
        let truth = Truth {
            broker_id: broker_id.clone(),
            former: None,
            kind: place.kind,
            quantity: place.quantity,
            filled: Quantity::ZERO,
            state: OrderState::Accepted,
            place,
        };
        said.push(BrokerEvent::Order(truth.report(now)));
        self.placed.push((now, truth.place.order_id));
        self.orders.insert(truth.place.order_id, truth);
        Answer::Placed { broker_id }
    }

    fn cancel(
        &mut self,
        now: UtcTime,
        order: &OrderReference,
        said: &mut Vec<BrokerEvent>,
    ) -> Result<Answer, BrokerError> {
        self.canceled.insert(order.order_id);
        let truth = self.orders.get_mut(&order.order_id).ok_or_else(|| BrokerError::NotFound("order".into()))?;
        if !truth.is_open() {
            return Err(BrokerError::Refused { code: "-2011".into(), text: "the order is over".into() });
        }
        truth.state = OrderState::Canceled;
        said.push(BrokerEvent::Order(truth.report(now)));
        // Every other one says at once that it is done.
        Ok(Answer::Canceled { done: truth.place.order_id.uuid().as_u128() % 2 == 0 })
    }

    fn replace(
        &mut self,
        now: UtcTime,
        order: &OrderReference,
        (kind, quantity): (OrderKind, Quantity),
        said: &mut Vec<BrokerEvent>,
    ) -> Result<Answer, BrokerError> {
        let number = self.next_number();
        let truth = self.orders.get_mut(&order.order_id).ok_or_else(|| BrokerError::NotFound("order".into()))?;
        if !truth.is_open() || quantity < truth.filled {
            return Err(BrokerError::Refused { code: "-4028".into(), text: "it cannot be changed so".into() });
        }
        truth.former = Some(std::mem::replace(&mut truth.broker_id, number.clone()));
        (truth.kind, truth.quantity) = (kind, quantity);
        if truth.filled >= quantity {
            truth.state = OrderState::Filled;
        }
        said.push(BrokerEvent::Order(truth.report(now)));
        Ok(Answer::Replaced { broker_id: number })
    }

    /// Somebody changes an order from elsewhere: it goes on at another price under another number.
    pub fn change_elsewhere(&mut self, id: OrderId, at: i64) {
        let number = self.next_number();
        let truth = self.orders.get_mut(&id).unwrap();
        truth.former = Some(std::mem::replace(&mut truth.broker_id, number));
        truth.kind = OrderKind::Limit { price: price(at) };
    }

    /// Fills up to `quantity` of an open order: the fill and the report that goes with it.
    pub fn fill(&mut self, now: UtcTime, id: OrderId, quantity: Quantity, at: i64) -> Vec<BrokerEvent> {
        self.number += 1;
        let Some(truth) = self.orders.get_mut(&id).filter(|truth| truth.is_open()) else { return Vec::new() };
        let quantity = quantity.at_most(truth.quantity.minus(truth.filled));
        if quantity.is_zero() {
            return Vec::new();
        }
        truth.filled = truth.filled.plus(quantity);
        truth.state = if truth.filled >= truth.quantity { OrderState::Filled } else { OrderState::PartiallyFilled };
        let currency = if truth.place.instrument == instrument(COIN).id { Currency::Usdt } else { Currency::Krw };
        let fill = FillReport {
            execution_id: ExecutionId::new(&format!("E{}", self.number)).unwrap(),
            order_id: Some(id),
            broker_id: truth.broker_id.clone(),
            instrument: truth.place.instrument,
            side: truth.place.side,
            price: price(at),
            quantity,
            liquidity: Liquidity::Maker,
            commission: Some(Cash::zero(currency)),
            tax: Some(Cash::zero(currency)),
            fee_in_kind: None,
            realized: None,
            position_side: PositionSide::Net,
            time: now,
        };
        self.fills.push(fill.clone());
        vec![BrokerEvent::Fill(fill), BrokerEvent::Order(truth.report(now))]
    }

    /// Ends an order from the venue's side.
    pub fn end(&mut self, now: UtcTime, id: OrderId, state: OrderState) -> Vec<BrokerEvent> {
        let Some(truth) = self.orders.get_mut(&id).filter(|truth| truth.is_open()) else { return Vec::new() };
        truth.state = state;
        vec![BrokerEvent::Order(truth.report(now))]
    }

    fn holdings(&self) -> Vec<AccountReport> {
        let report = |(instrument, (quantity, average_price)): (&InstrumentId, &(Decimal, Option<Price>))| {
            AccountReport::Position {
                instrument: *instrument,
                side: PositionSide::Net,
                quantity: *quantity,
                average_price: *average_price,
            }
        };
        self.positions.iter().map(report).collect()
    }

    fn balances(&self) -> Vec<AccountReport> {
        let report = |(currency, amount): (&Currency, &Decimal)| AccountReport::Cash {
            total: Cash::new(*amount, *currency),
            available: None,
        };
        self.cash.iter().map(report).collect()
    }

    /// Takes every request on the wire and answers it, until nothing more is asked.
    pub fn serve(&mut self, desk: &mut Desk) {
        loop {
            let requests = desk.take_wire();
            if requests.is_empty() {
                return;
            }
            for request in requests {
                for event in self.handle(desk.now, request) {
                    desk.hear(event);
                }
            }
        }
    }
}
