//! What the feed asks over REST.

mod seen;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::civil::Date;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use self::seen::{Seen, Traded};
use super::market::{Place, place};
use crate::broker::api::{BrokerError, Channel};
use crate::broker::kis::derivative;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::feed::Questions;
use crate::broker::kis::map::{bond_market, future_market, overseas_market, stock_market};
use crate::broker::kis::request::call::Call;
use crate::broker::kis::request::future::Session;
use crate::broker::kis::request::{bond_query, future_query, overseas_query, stock_query};
use crate::broker::kis::rest::{Fault, Reply, Rest};
use crate::broker::kis::wire::bond::{BondBook, BondPrice};
use crate::broker::kis::wire::future_quote::{FutureBook, FuturePrice};
use crate::broker::kis::wire::overseas_quote::{OverseasBookHead, OverseasDetail, OverseasLevels, OverseasPrice};
use crate::broker::kis::wire::stock_book::{StockBook, StockExpected};
use crate::broker::kis::wire::stock_quote::StockPrice;
use crate::broker::kis::wire::{Missing, Part, Record};
use crate::broker::net::lanes::Lane;
use crate::market::{Calendar, InstrumentId, MarketBody, MarketEvent, Phase, UtcTime};

/// See the module. Cheap to clone.
#[derive(Clone)]
pub(super) struct Look {
    rest: Arc<Rest>,
    /// On paper, with one question a second, they go one at a time, so that whatever is asked beside them has every second
    /// turn.
    turns: Option<Arc<Semaphore>>,
    seen: Arc<Mutex<Seen>>,
    last_days: LastDays,
}

/// Last trading days of contracts, as the broker has told them.
pub(super) type LastDays = Arc<Mutex<BTreeMap<InstrumentId, Date>>>;

impl Look {
    /// Over the requests of a session.
    pub(super) fn new(rest: Arc<Rest>) -> Self {
        let turns = (rest.realm() == Realm::Paper).then(|| Arc::new(Semaphore::new(1)));
        Self { rest, turns, seen: Arc::default(), last_days: LastDays::default() }
    }

    /// What replies have told of the ends of contracts.
    pub(super) fn last_days(&self) -> LastDays {
        Arc::clone(&self.last_days)
    }

    /// Whose session of Korean derivatives runs.
    fn session(&self) -> Session {
        derivative::session(self.rest.realm(), self.rest.now())
    }

    async fn ask(&self, call: Result<Call, BrokerError>) -> Result<Reply, BrokerError> {
        let call = call?;
        let _turn = match &self.turns {
            // It is never closed.
            Some(turns) => turns.acquire().await.ok(),
            None => None,
        };
        self.rest.ask(&call, Lane::Query).await.map_err(|fault| fault.of_question())
    }

    async fn stock_book(&self, instrument: InstrumentId) -> Result<Vec<MarketEvent>, BrokerError> {
        let reply = self.ask(stock_query::book(self.rest.realm(), instrument)).await?;
        let (book, expected): (StockBook, Option<StockExpected>) = {
            let envelope = reply.envelope().map_err(|fault| fault.of_question())?;
            (there(envelope.one(Part::First))?, envelope.one(Part::Second).ok())
        };
        let collects = phase(instrument, reply.received_at).is_some_and(Phase::is_auction);
        // Outside an auction the fields keep what the last one gave.
        let expected = expected.filter(|expected| collects || expected.volatility.is_yes());
        Ok(stock_market::book_reply_events(&book, expected.as_ref(), instrument, reply.received_at))
    }

    async fn stock_price(&self, instrument: InstrumentId, channel: Channel) -> Result<Vec<MarketEvent>, BrokerError> {
        let reply = self.ask(stock_query::price(self.rest.realm(), instrument)).await?;
        let price: StockPrice = one(&reply, Part::First)?;
        let mut events = stock_market::price_events(&price, instrument, reply.received_at);
        if channel == Channel::Trades {
            events.push(stock_market::price_phase(&price, instrument, reply.received_at));
        }
        let traded = Traded { last: price.last.price(), volume: price.volume.or_zero() };
        Ok(self.news(instrument, channel, events, traded, reply.received_at))
    }

    async fn overseas_book(
        &self,
        exchange: OverseasExchange,
        instrument: InstrumentId,
    ) -> Result<Vec<MarketEvent>, BrokerError> {
        let symbol = instrument.symbol.as_str();
        let reply = self.ask(overseas_query::book(self.rest.realm(), exchange, symbol)).await?;
        let envelope = reply.envelope().map_err(|fault| fault.of_question())?;
        let head: OverseasBookHead = there(envelope.one(Part::First))?;
        let levels: OverseasLevels = there(envelope.one(Part::Second))?;
        Ok(vec![overseas_market::book_reply_event(&head, &levels, instrument, reply.received_at)])
    }

    async fn overseas_price(
        &self,
        exchange: OverseasExchange,
        instrument: InstrumentId,
        channel: Channel,
    ) -> Result<Vec<MarketEvent>, BrokerError> {
        let (realm, symbol) = (self.rest.realm(), instrument.symbol.as_str());
        let (events, traded, at) = match realm {
            Realm::Live => {
                let reply = self.ask(overseas_query::detail(realm, exchange, symbol)).await?;
                let detail: OverseasDetail = one(&reply, Part::First)?;
                let traded = Traded { last: detail.last.price(), volume: detail.volume.or_zero() };
                let at = reply.received_at;
                (overseas_market::detail_events(&detail, instrument, at), traded, at)
            }
            Realm::Paper => {
                let reply = self.ask(overseas_query::price(realm, exchange, symbol)).await?;
                let price: OverseasPrice = one(&reply, Part::First)?;
                let traded = Traded { last: price.last.price(), volume: price.volume.or_zero() };
                let at = reply.received_at;
                (overseas_market::price_events(&price, instrument, at), traded, at)
            }
        };
        Ok(self.news(instrument, channel, events, traded, at))
    }

    async fn bond_book(&self, instrument: InstrumentId) -> Result<Vec<MarketEvent>, BrokerError> {
        let reply = self.ask(bond_query::book(self.rest.realm(), instrument.symbol.as_str())).await?;
        let book: BondBook = one(&reply, Part::First)?;
        Ok(vec![bond_market::book_reply_event(&book, instrument, reply.received_at)])
    }

    async fn bond_price(&self, instrument: InstrumentId, channel: Channel) -> Result<Vec<MarketEvent>, BrokerError> {
        let reply = self.ask(bond_query::price(self.rest.realm(), instrument.symbol.as_str())).await?;
        let price: BondPrice = one(&reply, Part::First)?;
        let events = bond_market::price_events(&price, instrument, reply.received_at);
        let traded = Traded { last: price.last.price(), volume: price.volume.or_zero() };
        Ok(self.news(instrument, channel, events, traded, reply.received_at))
    }

    async fn future_book(&self, instrument: InstrumentId) -> Result<Vec<MarketEvent>, BrokerError> {
        let reply = self.ask(future_query::book(self.rest.realm(), self.session(), instrument)).await?;
        let book: FutureBook = one(&reply, Part::Second)?;
        Ok(vec![future_market::book_reply_event(&book, instrument, reply.received_at)])
    }

    async fn future_price(&self, instrument: InstrumentId, channel: Channel) -> Result<Vec<MarketEvent>, BrokerError> {
        let reply = self.ask(future_query::price(self.rest.realm(), self.session(), instrument)).await?;
        let price: FuturePrice = one(&reply, Part::First)?;
        if let Some(last) = price.last_day.get() {
            self.last_days.lock().unwrap_or_else(PoisonError::into_inner).insert(instrument, last);
        }
        let events = future_market::price_events(&price, instrument, reply.received_at);
        let traded = Traded { last: price.last.price(), volume: price.volume.or_zero() };
        Ok(self.news(instrument, channel, events, traded, reply.received_at))
    }

    /// What of a price reply the desk is told: see [`Seen`].
    fn news(
        &self,
        instrument: InstrumentId,
        channel: Channel,
        mut events: Vec<MarketEvent>,
        traded: Traded,
        now: UtcTime,
    ) -> Vec<MarketEvent> {
        let is_closed = phase(instrument, now) == Some(Phase::Closed);
        // Every change of it is whole, even when its holder panics.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.tells_day(instrument, is_closed) {
            events.retain(|event| !matches!(event.body, MarketBody::NewDay { .. }));
        }
        if channel == Channel::Trades {
            let print = seen.print(instrument, traded, now);
            let body = print.map(MarketBody::Trade);
            events.extend(body.map(|body| MarketEvent { instrument, venue_time: now, received_at: now, body }));
        }
        events
    }
}

fn phase(instrument: InstrumentId, now: UtcTime) -> Option<Phase> {
    Some(Calendar::builtin().ok()?.phase_at(instrument.venue, now).phase)
}

fn there<T>(part: Result<T, Missing>) -> Result<T, BrokerError> {
    part.map_err(|_| Fault::Unbelievable("a part of the reply is missing").of_question())
}

fn one<T: Record>(reply: &Reply, part: Part) -> Result<T, BrokerError> {
    there(reply.envelope().map_err(|fault| fault.of_question())?.one(part))
}

impl Questions for Look {
    fn approval_key(&self) -> BoxFuture<'static, Result<SecretString, BrokerError>> {
        let rest = Arc::clone(&self.rest);
        async move { rest.approval_key().await.map_err(|fault| fault.of_question()) }.boxed()
    }

    fn look(
        &self,
        instrument: InstrumentId,
        channel: Channel,
    ) -> BoxFuture<'static, Result<Vec<MarketEvent>, BrokerError>> {
        let own = self.clone();
        async move {
            match (place(own.rest.realm(), instrument)?, channel) {
                (_, Channel::Mark) => Err(BrokerError::Unsupported("shares and bonds have no mark price")),
                (Place::Korea, Channel::Book) => own.stock_book(instrument).await,
                (Place::Korea, channel) => own.stock_price(instrument, channel).await,
                (Place::Overseas(exchange), Channel::Book) => own.overseas_book(exchange, instrument).await,
                (Place::Overseas(exchange), channel) => own.overseas_price(exchange, instrument, channel).await,
                (Place::Bonds, Channel::Book) => own.bond_book(instrument).await,
                (Place::Bonds, channel) => own.bond_price(instrument, channel).await,
                (Place::Derivatives, Channel::Book) => own.future_book(instrument).await,
                (Place::Derivatives, channel) => own.future_price(instrument, channel).await,
            }
        }
        .boxed()
    }
}
