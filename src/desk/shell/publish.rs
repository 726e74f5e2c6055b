//! Pushed updates. Market data is coalesced: of a quote, book or growing candle faces get the newest state, at most so
//! often; prints, orders, fills and events they get all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Shell;
use super::faces::{Face, FaceId, Slot};
use super::history::candle_record;
use crate::desk::core::{ProfileIndex, book_record, quote_record};
use crate::desk::protocol::{Message, Topic, Update};
use crate::desk::record::TradeRecord;
use crate::desk::wire;
use crate::market::candle::{CandleBuilder, Interval};
use crate::market::{InstrumentId, MarketBody, MarketEvent, UtcTime};

/// Shortest time between two rounds of market data: a quarter of a frame at 60 Hz. A change after a quiet spell goes out
/// at once, and a face that reads more slowly gets only the newest of each instrument.
const GAP: Duration = Duration::from_millis(4);
/// Levels of a pushed book.
const LEVELS: usize = 20;

/// When market data was last told.
#[derive(Debug)]
pub struct Publisher {
    last: Option<UtcTime>,
    /// When data that is missing was last asked for again.
    pub(super) renewed_at: UtcTime,
    pending: bool,
    candles: BTreeMap<(ProfileIndex, InstrumentId), CandleBuilder>,
}

impl Publisher {
    /// One that has told nothing yet.
    #[must_use]
    pub const fn new(now: UtcTime) -> Self {
        Self { last: None, renewed_at: now, pending: false, candles: BTreeMap::new() }
    }

    /// When the next round is due, if one is.
    #[must_use]
    pub fn due_at(&self, now: UtcTime) -> Option<UtcTime> {
        self.pending.then(|| self.last.map_or(now, |last| last.plus(GAP)))
    }

    /// Nobody follows the candles of an instrument any more: what was built of them would miss what comes meanwhile.
    pub(super) fn forget_candle(&mut self, profile: ProfileIndex, instrument: InstrumentId) {
        self.candles.remove(&(profile, instrument));
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
        if let Some(update) = self.market_update(now, topic, profile, instrument) {
            self.send_latest((topic, profile, instrument), update);
        }
    }

    /// The newest quote, book or growing candle of an instrument.
    fn market_update(
        &self,
        now: UtcTime,
        topic: Topic,
        profile: ProfileIndex,
        instrument: InstrumentId,
    ) -> Option<Update> {
        let state = self.core.profile(profile)?;
        let market = state.markets.get(&instrument)?;
        Some(match topic {
            Topic::Quote => Update::Quote(quote_record(now, state, market)),
            Topic::Book => Update::Book(book_record(now, state, market, LEVELS)),
            Topic::Candles => {
                let candle = self.publisher.candles.get(&(profile, instrument))?.current()?;
                Update::Candle { symbol: instrument.symbol.to_string(), candle: candle_record(&candle) }
            }
            _ => return None,
        })
    }

    /// Tells one face how an instrument stands now.
    pub(super) fn push_present(
        &self,
        now: UtcTime,
        face: FaceId,
        topic: Topic,
        profile: ProfileIndex,
        instrument: InstrumentId,
    ) {
        let Some(update) = self.market_update(now, topic, profile, instrument) else { return };
        self.push_to(face, Slot::Market { topic, profile, instrument }, update);
    }

    /// A newest-only message for one face.
    pub(super) fn push_to(&self, face: FaceId, slot: Slot, update: Update) {
        let Some(face) = self.faces.get(&face) else { return };
        if let Ok(bytes) = wire::encode(&Message::Update(Box::new(update))) {
            face.outbound.latest(slot, bytes.into());
        }
    }

    fn send_latest(&self, (topic, profile, instrument): (Topic, ProfileIndex, InstrumentId), update: Update) {
        let slot = Slot::Market { topic, profile, instrument };
        self.send_newest(slot, update, |face| face.wants(topic, profile, instrument));
    }

    /// A newest-only message for those who want it, encoded once.
    pub(super) fn send_newest(&self, slot: Slot, update: Update, wants: impl Fn(&Face) -> bool) {
        let Ok(bytes) = wire::encode(&Message::Update(Box::new(update))) else { return };
        let bytes: Arc<[u8]> = bytes.into();
        for face in self.faces.values().filter(|face| wants(face)) {
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
        if let Some(candle) = closed {
            // The last word on a candle must not be overwritten by the first on the next one.
            let update = Update::Candle { symbol: symbol.clone(), candle: candle_record(&candle) };
            self.send_complete(Topic::Candles, Some((profile, instrument)), update);
        }
        if let Some(candle) = open {
            let update = Update::Candle { symbol, candle: candle_record(&candle) };
            self.send_latest((Topic::Candles, profile, instrument), update);
        }
    }

    /// An update of a complete stream.
    pub(super) fn publish(&mut self, mut update: Update) {
        self.own.touch();
        let topic = match &mut update {
            Update::Order(record) => {
                self.place(record);
                Topic::Orders
            }
            Update::Fill(_) => Topic::Fills,
            Update::Alert { .. } => Topic::Alerts,
            Update::Event(event) => {
                tracing::info!(kind = event.kind, text = event.text, "event");
                self.told.note(event);
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
