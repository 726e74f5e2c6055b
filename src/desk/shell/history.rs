//! Questions about the past go from a face straight to the broker; the core has no part in them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::faces::FaceId;
use super::{Asker, Shell};
use crate::broker::api::{Answer, BrokerError, BrokerRequest, RequestBody, RequestId};
use crate::desk::core::ProfileIndex;
use crate::desk::protocol::{Failure, FailureKind, Outcome, Response};
use crate::desk::record::{CandleRecord, InstrumentRecord, TradeRecord};
use crate::market::candle::Candle;
use crate::market::{InstrumentId, Quantity, Ranked, Trade, UtcTime};

/// Ids from here up are the shell's own; the core counts from one.
const FIRST_OWN: u64 = 1 << 63;
/// How long the broker may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks for the desk itself; faces count from one.
const DESK: Asker = (FaceId(0), 0);
/// Prints asked for when an instrument is looked at for the first time.
const EARLIER_PRINTS: u32 = 1_000;

/// Questions that are out.
#[derive(Debug, Default)]
pub struct Histories {
    next: u64,
    /// Whose, of what where it is of one instrument, and how long it may take.
    out: BTreeMap<RequestId, (Asker, Option<InstrumentId>, UtcTime)>,
}

impl Histories {
    /// Whether an answer is for the shell and not for the core.
    #[must_use]
    pub const fn is_own(id: RequestId) -> bool {
        id.0 >= FIRST_OWN
    }
}

impl Shell {
    /// Passes a question on to the broker of a profile.
    pub(super) fn ask_history(
        &mut self,
        now: UtcTime,
        asker: Asker,
        profile: ProfileIndex,
        instrument: Option<InstrumentId>,
        body: RequestBody,
    ) {
        if self.brokers.get(profile).is_none_or(Option::is_none) {
            let failure = Failure::new(FailureKind::Unavailable, "DISCONNECTED", "the broker is not connected");
            self.answer(asker, Outcome::Failed(Box::new(failure.retryable())));
            return;
        }
        self.histories.next += 1;
        let id = RequestId(FIRST_OWN + self.histories.next);
        self.histories.out.insert(id, (asker, instrument, now.plus(PATIENCE)));
        if !self.ask_broker(now, profile, BrokerRequest { id, body }) {
            let failed = Err(BrokerError::NotSent("the broker's adapter failed".to_owned()));
            self.on_history(now, profile, id, failed);
        }
    }

    /// Asks once for the prints of the day from before the instrument's data came, so that the sides of its takers are
    /// known.
    pub(super) fn ask_earlier_prints(&mut self, now: UtcTime, profile: ProfileIndex, instrument: InstrumentId) {
        let out = self.histories.out.values().any(|(asker, of, _)| *asker == DESK && *of == Some(instrument));
        if !out && self.core.wants_prints(profile, instrument) {
            let body = RequestBody::RecentTrades(instrument, EARLIER_PRINTS);
            self.ask_history(now, DESK, profile, Some(instrument), body);
        }
    }

    pub(super) fn on_history(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: RequestId,
        outcome: Result<Answer, BrokerError>,
    ) {
        let Some((asker, instrument, _)) = self.histories.out.remove(&id) else { return };
        if let Some(instrument) = instrument.filter(|_| asker == DESK) {
            // A broker that cannot tell them is not asked again.
            let trades = if let Ok(Answer::Trades(trades)) = outcome { trades } else { Vec::new() };
            self.core.count_prints(profile, instrument, &trades);
            return;
        }
        let outcome = match outcome {
            Ok(Answer::Realised(realised)) => return self.compare_realised(asker, profile, realised),
            Ok(Answer::Candles(candles)) => {
                Outcome::Ok(Box::new(Response::Candles(candles.iter().map(candle_record).collect())))
            }
            Ok(Answer::Flow(points)) => Outcome::Ok(Box::new(Response::Flow(points))),
            Ok(Answer::Ranking(rows)) => Outcome::Ok(Box::new(Response::Instruments(self.ranked(now, profile, &rows)))),
            Ok(Answer::Facts(facts)) => Outcome::Ok(Box::new(Response::Facts(facts))),
            Ok(Answer::Trades(trades)) => {
                Outcome::Ok(Box::new(Response::Trades(self.print_records(profile, instrument, trades))))
            }
            Ok(_) => {
                let failure = Failure::new(FailureKind::Other, "INTERNAL", "the broker's answer does not fit");
                Outcome::Failed(Box::new(failure))
            }
            Err(error) => Outcome::Failed(Box::new(history_failure(&error))),
        };
        self.answer(asker, outcome);
    }

    fn print_records(
        &self,
        profile: ProfileIndex,
        instrument: Option<InstrumentId>,
        trades: Vec<(UtcTime, Trade)>,
    ) -> Vec<TradeRecord> {
        let Some(instrument) = instrument else { return Vec::new() };
        let profile = self.core.profile(profile).map(|state| state.name.to_string()).unwrap_or_default();
        let record = |(time, trade): (UtcTime, Trade)| TradeRecord {
            profile: profile.clone(),
            symbol: instrument.symbol.to_string(),
            venue: instrument.venue,
            price: trade.price,
            quantity: trade.quantity,
            side: trade.side,
            time,
            id: trade.id.to_string(),
        };
        trades.into_iter().map(record).collect()
    }

    /// A ranking of the broker: its numbers, in its order.
    fn ranked(&self, now: UtcTime, profile: ProfileIndex, rows: &[Ranked]) -> Vec<InstrumentRecord> {
        let Some(state) = self.core.profile(profile) else { return Vec::new() };
        let record = |row: &Ranked| {
            let market = state.markets.get(&row.instrument);
            let known = market.map_or_else(|| unlisted(row), |market| self.core.instrument_record(now, market));
            InstrumentRecord {
                last: row.last.or(known.last),
                change_percent: row.change_percent.or(known.change_percent),
                volume: Quantity::new(row.volume).unwrap_or(known.volume),
                value: row.value.unwrap_or(known.value),
                ..known
            }
        };
        rows.iter().map(record).collect()
    }

    /// Questions the broker has not answered in time.
    pub(super) fn expire_histories(&mut self, now: UtcTime) {
        let late: Vec<RequestId> =
            self.histories.out.iter().filter(|(_, (_, _, until))| *until <= now).map(|(id, _)| *id).collect();
        for id in late {
            if let Some((asker, _, _)) = self.histories.out.remove(&id) {
                let failure = Failure::new(FailureKind::Unavailable, "NO_ANSWER", "the broker did not answer in time");
                self.answer(asker, Outcome::Failed(Box::new(failure.retryable())));
            }
        }
    }
}

/// A question changes nothing, so whatever went wrong may be tried again.
fn history_failure(error: &BrokerError) -> Failure {
    match error {
        BrokerError::Unsupported(what) => {
            Failure::new(FailureKind::Broker, "UNSUPPORTED", error.to_string()).about(*what)
        }
        BrokerError::NotFound(what) => Failure::new(FailureKind::Usage, "NOT_FOUND", error.to_string()).about(what),
        BrokerError::Unauthorized(_) => Failure::new(FailureKind::Unauthorized, "UNAUTHORIZED", error.to_string()),
        BrokerError::Refused { .. } => Failure::new(FailureKind::Broker, "BROKER", error.to_string()),
        _ => Failure::new(FailureKind::Unavailable, "UNAVAILABLE", error.to_string()).retryable(),
    }
}

/// What is known of an instrument that the listing does not have yet: on a first start it is still on its way.
fn unlisted(row: &Ranked) -> InstrumentRecord {
    InstrumentRecord {
        symbol: row.instrument.symbol.to_string(),
        venue: row.instrument.venue,
        name_ko: row.name.clone(),
        name_en: row.name.clone(),
        product: "unknown".into(),
        currency: crate::market::Currency::Krw,
        tick_size: None,
        lot: Quantity::whole(1),
        multiplier: rust_decimal::Decimal::ONE,
        base_price: None,
        upper_limit: None,
        lower_limit: None,
        max_leverage: None,
        last: None,
        change_percent: None,
        volume: Quantity::ZERO,
        value: rust_decimal::Decimal::ZERO,
    }
}

/// A candle as faces see it.
#[must_use]
pub fn candle_record(candle: &Candle) -> CandleRecord {
    CandleRecord {
        time: candle.time,
        open: candle.open,
        high: candle.high,
        low: candle.low,
        close: candle.close,
        volume: candle.volume,
        value: candle.value.normalize(),
        closed: candle.closed,
    }
}
