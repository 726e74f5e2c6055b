//! Who wants an instrument's data: the desk, and orders that rest in it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::market::{DeskWish, VirtualMarket};
use super::relay::Asker;
use super::{Line, PaperBroker};
use crate::broker::api::{Answer, BrokerError, Channel, RequestBody, RequestId};
use crate::market::{InstrumentId, MarketBody, MarketEvent, UtcTime};

/// How soon data is asked for again that the feed refused.
const ASK_AGAIN: Duration = Duration::from_secs(5);

impl PaperBroker {
    pub(super) fn subscribe(
        &mut self,
        now: UtcTime,
        id: RequestId,
        instrument: InstrumentId,
        channels: BTreeSet<Channel>,
    ) {
        let Some(listed) = &self.instruments else {
            self.held.push((id, instrument, channels));
            return self.ask_for_list(now);
        };
        let Some(listed) = listed.get(&instrument) else {
            return self.answer(id, Err(BrokerError::NotFound(instrument.to_string())));
        };
        let market = self.markets.entry(instrument).or_insert_with(|| VirtualMarket::new(listed, self.config));
        let anew = market.wish == DeskWish::LetGo && market.asked.is_some();
        if let DeskWish::Wants(wanted) = &mut market.wish {
            wanted.extend(&channels);
        } else {
            market.wish = DeskWish::Wants(channels.clone());
        }
        let mut all = market.asked.clone().unwrap_or_default();
        all.extend(channels);
        market.asked = Some(all.clone());
        if anew {
            self.end_data(now, instrument);
        }
        self.ask_feed(now, Asker::Subscriber(id, instrument), RequestBody::Subscribe(instrument, all));
    }

    pub(super) fn unsubscribe(&mut self, now: UtcTime, id: RequestId, instrument: InstrumentId) {
        let busy = self.account.is_busy(instrument);
        let Some(market) = self.markets.get_mut(&instrument) else { return self.answer(id, Ok(Answer::Done)) };
        market.wish = DeskWish::LetGo;
        if busy {
            return self.answer(id, Ok(Answer::Done));
        }
        self.markets.remove(&instrument);
        self.ask_feed(now, Asker::Desk(id), RequestBody::Unsubscribe(instrument));
    }

    /// Asks for the data that orders need, and lets go of what nobody needs.
    pub(super) fn tend(&mut self, now: UtcTime, instrument: InstrumentId) {
        let busy = self.account.is_busy(instrument);
        if busy && let Some(listed) = self.instruments.as_ref().and_then(|listed| listed.get(&instrument)) {
            self.markets.entry(instrument).or_insert_with(|| VirtualMarket::new(listed, self.config));
        }
        let Some(market) = self.markets.get_mut(&instrument) else { return };
        if busy {
            let all = &self.capabilities.streams;
            let covered = market.asked.as_ref().is_some_and(|asked| asked.is_superset(all));
            if !covered && self.line != Line::Down && market.ask_again.is_none() {
                let all = all.clone();
                market.asked = Some(all.clone());
                self.ask_feed(now, Asker::Own(instrument), RequestBody::Subscribe(instrument, all));
            }
        } else if market.asked.is_some() && !matches!(market.wish, DeskWish::Wants(_)) {
            self.markets.remove(&instrument);
            self.ask_feed(now, Asker::Nobody, RequestBody::Unsubscribe(instrument));
        }
    }

    /// The feed will not send an instrument's data.
    pub(super) fn data_refused(&mut self, now: UtcTime, instrument: InstrumentId, asked_by_desk: bool) {
        let Some(market) = self.markets.get_mut(&instrument) else { return };
        market.asked = None;
        market.ask_again = Some(now.plus(ASK_AGAIN));
        if asked_by_desk {
            market.wish = DeskWish::Untold;
        }
    }

    /// Ends an instrument's data at the feed, so that what is asked for next begins with a whole book.
    pub(super) fn end_data(&mut self, now: UtcTime, instrument: InstrumentId) {
        self.ask_feed(now, Asker::Nobody, RequestBody::Unsubscribe(instrument));
        self.mark_stale(now, instrument);
    }

    /// The market that was last seen can no longer be trusted.
    pub(super) fn mark_stale(&mut self, now: UtcTime, instrument: InstrumentId) {
        let Some(market) = self.markets.get_mut(&instrument) else { return };
        let event = MarketEvent { instrument, venue_time: now, received_at: now, body: MarketBody::Stale };
        let told = market.matcher.on_market(&event, now);
        self.hear(now, instrument, &told);
    }

    /// Asks which instruments there are, unless that question is out.
    pub(super) fn ask_for_list(&mut self, now: UtcTime) {
        if self.line != Line::Down && !self.relay.lists() {
            self.ask_feed(now, Asker::OwnListing, RequestBody::Instruments);
        }
    }
}
