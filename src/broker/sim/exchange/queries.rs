//! Requests, and what the exchange can be asked.

use super::super::history::History;
use super::super::random::stream;
use super::SimExchange;
use super::orders::refused;
use crate::broker::api::{Answer, BrokerError, BrokerEvent, BrokerRequest, FindOrder, Found, OrderReport, RequestBody};
use crate::market::candle::{Candle, Interval, aggregate};
use crate::market::{InstrumentId, Trade, UtcTime, Venue};
use crate::text::realised::NOT_COUNTED;

/// Most candles in an answer.
const CANDLES: usize = 5_000;

impl SimExchange {
    /// Carries out a request at the exchange's present time; answer and consequences are appended to `out`.
    pub fn request(&mut self, request: BrokerRequest, out: &mut Vec<BrokerEvent>) {
        let id = request.id;
        match request.body {
            RequestBody::Place(order) => self.place(id, &order),
            RequestBody::Cancel(order) => self.cancel(id, &order),
            RequestBody::Replace { order, kind, quantity } => self.replace(id, &order, kind, quantity),
            RequestBody::CancelAll(instrument) => self.cancel_all(id, instrument),
            RequestBody::Subscribe(instrument, channels) => match self.index.get(&instrument).copied() {
                Some(index) => {
                    self.answer(id, Ok(Answer::Done));
                    if let Some(watch) = self.watches.get_mut(index) {
                        watch.channels.extend(channels);
                    }
                    self.snapshot(index);
                }
                None => self.answer(id, Err(BrokerError::NotFound(instrument.to_string()))),
            },
            body => {
                let outcome = self.ask(body);
                self.answer(id, outcome);
            }
        }
        out.append(&mut self.outbox);
    }

    /// Tells everything subscribed again from the start, as a venue does after a new connection.
    pub fn resend(&mut self, out: &mut Vec<BrokerEvent>) {
        for index in 0..self.pits.len() {
            if self.watches.get(index).is_some_and(|watch| !watch.channels.is_empty()) {
                self.snapshot(index);
            }
        }
        out.append(&mut self.outbox);
    }

    fn ask(&mut self, body: RequestBody) -> Result<Answer, BrokerError> {
        match body {
            RequestBody::FindOrder(find) => self.find(&find).map(Answer::Found),
            RequestBody::OpenOrders => Ok(Answer::Orders { orders: self.open_orders(), complete: true }),
            RequestBody::Fills { since } => {
                let fills = self.truth.fills.iter().filter(|fill| fill.time >= since).filter_map(|fill| fill.report());
                Ok(Answer::Fills { fills: fills.collect(), complete: since >= self.truth.known_since })
            }
            RequestBody::Positions => Ok(Answer::Account(self.truth.positions())),
            // Cash of the virtual world is in hoga's ledger; the exchange holds none.
            RequestBody::Balances => Ok(Answer::Account(Vec::new())),
            RequestBody::Instruments => Ok(Answer::Instruments(self.instruments())),
            // Everything is told at once.
            RequestBody::Selected(_) => Ok(Answer::Done),
            RequestBody::Unsubscribe(instrument) => {
                let index = self.pit_of(instrument)?;
                if let Some(watch) = self.watches.get_mut(index) {
                    watch.channels.clear();
                }
                Ok(Answer::Done)
            }
            RequestBody::Candles { instrument, interval, count, until } => {
                self.candles(instrument, interval, count, until).map(Answer::Candles)
            }
            RequestBody::RecentTrades(instrument, count) => self.recent(instrument, count).map(Answer::Trades),
            RequestBody::SetLeverage(instrument, leverage) => self.set_leverage(instrument, leverage),
            RequestBody::Realised(_) => Err(BrokerError::Unsupported(NOT_COUNTED)),
            _ => Err(BrokerError::Unsupported("request")),
        }
    }

    fn pit_of(&self, instrument: InstrumentId) -> Result<usize, BrokerError> {
        self.index.get(&instrument).copied().ok_or_else(|| BrokerError::NotFound(instrument.to_string()))
    }

    /// What became of an order. "Not there" is said only of times the exchange remembers in full.
    fn find(&self, find: &FindOrder) -> Result<Found, BrokerError> {
        if let Some(order) = self.truth.find(find.order.order_id) {
            let report = order.report(self.queue_ahead(order));
            return report.map(|report| Found::Order(Box::new(report))).ok_or(BrokerError::Unsupported("order number"));
        }
        if find.sent_at < self.truth.known_since {
            return Err(refused("RETENTION", "orders of that time are no longer kept"));
        }
        Ok(Found::NotThere)
    }

    fn open_orders(&self) -> Vec<OrderReport> {
        let open = self.truth.open();
        let orders = open.iter().filter_map(|number| self.truth.orders.get(number));
        orders.filter_map(|order| order.report(self.queue_ahead(order))).collect()
    }

    fn recent(&self, instrument: InstrumentId, count: u32) -> Result<Vec<(UtcTime, Trade)>, BrokerError> {
        let index = self.pit_of(instrument)?;
        let Some(pit) = self.pits.get(index) else { return Ok(Vec::new()) };
        let skip = pit.prints.len().saturating_sub(count as usize);
        Ok(pit.prints.iter().skip(skip).map(|print| (print.time, pit.trade(print))).collect())
    }

    fn set_leverage(&self, instrument: InstrumentId, leverage: u32) -> Result<Answer, BrokerError> {
        let index = self.pit_of(instrument)?;
        let tiers = self.pits.get(index).map(|pit| pit.listing.instrument.tiers.as_slice()).unwrap_or_default();
        let most = tiers.iter().map(|tier| tier.max_leverage).max();
        match most {
            None => Err(refused("LEVERAGE", "this instrument has no leverage")),
            Some(most) if leverage == 0 || leverage > most => {
                Err(refused("LEVERAGE", &format!("leverage is 1 to {most}")))
            }
            Some(_) => Ok(Answer::Done),
        }
    }

    fn candles(
        &mut self,
        instrument: InstrumentId,
        interval: Interval,
        count: u32,
        until: Option<UtcTime>,
    ) -> Result<Vec<Candle>, BrokerError> {
        let index = self.pit_of(instrument)?;
        if interval.fixed_seconds().is_some_and(|seconds| seconds < 60) {
            return Err(BrokerError::Unsupported("candles shorter than a minute"));
        }
        let daily = matches!(interval, Interval::Day1 | Interval::Week1 | Interval::Month1);
        let (now, seed, started) = (self.now, self.seed, self.started);
        let (Some(pit), Some(past)) = (self.pits.get(index), self.history.get_mut(index)) else {
            return Ok(Vec::new());
        };
        let past = past.get_or_insert_with(|| {
            let base = pit.grid.floor(pit.tally.first_base());
            History::new(&pit.listing, &pit.grid, stream(seed, "history"), base, started)
        });
        let bars: Vec<Candle> = if daily {
            past.days().iter().chain(pit.tally.days()).map(|bar| bar.candle(&pit.grid, true)).collect()
        } else {
            past.minutes().iter().chain(pit.tally.minutes()).map(|bar| bar.candle(&pit.grid, true)).collect()
        };
        let mut candles = aggregate(&bars, interval, Venue::Sim, now);
        candles.retain(|candle| until.is_none_or(|until| candle.time <= until));
        let keep = CANDLES.min(count as usize);
        candles.drain(..candles.len().saturating_sub(keep));
        Ok(candles)
    }
}
