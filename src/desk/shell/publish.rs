//! Pushed updates. Market data is coalesced: of a quote, book or growing candle faces get the newest state, at most so
//! often; prints, orders, fills and events they get all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Shell;
use super::faces::Slot;
use super::history::candle_record;
use crate::desk::core::{ProfileIndex, book_record, quote_record};
use crate::desk::protocol::{Message, Topic, Update};
use crate::desk::record::TradeRecord;
use crate::desk::wire;
use crate::market::candle::{CandleBuilder, Interval};
use crate::market::{InstrumentId, MarketBody, MarketEvent, UtcTime};

/// Shortest time between two updates of the same kind. A change after a quiet spell goes out at once.
const GAP: Duration = Duration::from_millis(33);
/// Levels of a pushed book.
const LEVELS: usize = 20;

/// When market data was last told.
#[derive(Debug, Default)]
pub struct Publisher {
    last: Option<UtcTime>,
    pending: bool,
    candles: BTreeMap<(ProfileIndex, InstrumentId), CandleBuilder>,
}

impl Publisher {
    /// When the next round is due, if one is.
    #[must_use]
    pub fn due_at(&self, now: UtcTime) -> Option<UtcTime> {
        self.pending.then(|| self.last.map_or(now, |last| last.plus(GAP)))
    }
}

impl Shell {
    /// Tells faces what changed in the markets since the last round.
    pub(super) fn publish_market(&mut self, now: UtcTime) {
        let listening =
            [Topic::Quote, Topic::Book].iter().any(|topic| self.faces.values().any(|f| f.wants_any(*topic)));
        if !listening {
            self.publisher.pending = false;
            return;
        }
        if self.publisher.last.is_some_and(|last| now.since(last) < GAP) {
            self.publisher.pending = true;
            return;
        }
        self.publisher.pending = false;
        let mut changed: Vec<(ProfileIndex, InstrumentId, crate::desk::core::Dirty)> = Vec::new();
        self.core.take_dirty(|profile, market, dirty| changed.push((profile, market.instrument.id, dirty)));
        if changed.is_empty() {
            return;
        }
        self.publisher.last = Some(now);
        for (profile, instrument, dirty) in changed {
            if dirty.quote {
                self.push_latest(now, Topic::Quote, profile, instrument);
            }
            if dirty.book {
                self.push_latest(now, Topic::Book, profile, instrument);
            }
        }
    }

    fn push_latest(&mut self, now: UtcTime, topic: Topic, profile: ProfileIndex, instrument: InstrumentId) {
        if !self.faces.values().any(|face| face.wants(topic, profile, instrument)) {
            return;
        }
        let Some(state) = self.core.profile(profile) else { return };
        let Some(market) = state.markets.get(&instrument) else { return };
        let update = match topic {
            Topic::Quote => Update::Quote(quote_record(now, state, market)),
            _ => Update::Book(book_record(now, state, market, LEVELS)),
        };
        self.send_latest(Slot { topic, profile, instrument }, update);
    }

    fn send_latest(&self, slot: Slot, update: Update) {
        let Ok(bytes) = wire::encode(&Message::Update(Box::new(update))) else { return };
        let bytes: Arc<[u8]> = bytes.into();
        for face in self.faces.values().filter(|face| face.wants(slot.topic, slot.profile, slot.instrument)) {
            face.outbound.latest(slot, bytes.clone());
        }
    }

    /// A print: told to those who follow prints, and built into the candle of those who follow candles.
    pub(super) fn publish_trade(&mut self, profile: ProfileIndex, event: &MarketEvent) {
        let MarketBody::Trade(trade) = &event.body else { return };
        let instrument = event.instrument;
        if self.faces.values().any(|face| face.wants(Topic::Trades, profile, instrument)) {
            let update = Update::Trade(TradeRecord {
                profile: self.core.profile(profile).map(|state| state.name.to_string()).unwrap_or_default(),
                symbol: instrument.symbol.to_string(),
                venue: instrument.venue,
                price: trade.price,
                quantity: trade.quantity,
                side: trade.side,
                time: event.venue_time,
                id: trade.id.to_string(),
            });
            self.send_complete(Topic::Trades, Some((profile, instrument)), update);
        }
        if self.faces.values().any(|face| face.wants(Topic::Candles, profile, instrument)) {
            self.grow_candle(profile, event, trade);
        }
    }

    fn grow_candle(&mut self, profile: ProfileIndex, event: &MarketEvent, trade: &crate::market::Trade) {
        let instrument = event.instrument;
        let builder = self
            .publisher
            .candles
            .entry((profile, instrument))
            .or_insert_with(|| CandleBuilder::new(Interval::Minute1, instrument.venue));
        let closed = builder.push(event.venue_time, trade);
        let open = builder.current();
        let symbol = instrument.symbol.to_string();
        let slot = Slot { topic: Topic::Candles, profile, instrument };
        if let Some(candle) = closed {
            // The last word on a candle must not be overwritten by the first on the next one.
            let update = Update::Candle { symbol: symbol.clone(), candle: candle_record(&candle) };
            self.send_complete(Topic::Candles, Some((profile, instrument)), update);
        }
        if let Some(candle) = open {
            self.send_latest(slot, Update::Candle { symbol, candle: candle_record(&candle) });
        }
    }

    /// An update of a complete stream.
    pub(super) fn publish(&mut self, update: Update) {
        let topic = match &update {
            Update::Order(_) => Topic::Orders,
            Update::Fill(_) => Topic::Fills,
            Update::Alert { .. } => Topic::Alerts,
            Update::Event(event) => {
                tracing::info!(kind = event.kind, text = event.text, "event");
                Topic::Events
            }
            _ => return,
        };
        self.send_complete(topic, None, update);
    }

    fn send_complete(&self, topic: Topic, about: Option<(ProfileIndex, InstrumentId)>, update: Update) {
        if !self.faces.values().any(|face| face.wants_any(topic)) {
            return;
        }
        let Ok(bytes) = wire::encode(&Message::Update(Box::new(update))) else { return };
        let bytes: Arc<[u8]> = bytes.into();
        for face in self.faces.values() {
            let wants = about.map_or_else(|| face.wants_any(topic), |(p, i)| face.wants(topic, p, i));
            if wants {
                face.outbound.complete(bytes.clone());
            }
        }
    }
}
