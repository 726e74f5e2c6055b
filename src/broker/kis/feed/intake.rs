//! From frames and answers to the desk's events: what is wanted of them, and what a market can have said.

mod status;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::FeedCounters;
use super::heard::{Found, Heard};
use super::plausible::{Plausible, Verdict};
use super::poll::{Question, Subject, Why};
use super::status::Status;
use crate::broker::api::Channel;
use crate::broker::kis::map::{bond_market, future_market, overseas_market, stock_market};
use crate::broker::kis::realtime::read::ReadFault;
use crate::broker::kis::realtime::{Frame, Reader, Record, Stream, Tally};
use crate::market::{BookUpdate, InstrumentId, MarketBody, MarketEvent, UtcTime};

/// How far a venue's date may be ahead of the local clock.
const TOMORROW: Duration = Duration::from_secs(24 * 60 * 60);

/// What is known of an instrument that is wanted.
#[derive(Debug, Default)]
pub(super) struct Watch {
    channels: BTreeSet<Channel>,
    /// Books and prints its streams have brought. Never counted back, so that an answer knows what came since its question.
    books: u64,
    prints: u64,
    /// Whether the book comes by the stream: its best prices are newer than those beside prints.
    book_streams: bool,
    /// Number of the newest print told.
    last_print: u64,
    heard: Heard,
    status: Status,
}

impl Watch {
    fn wants(&self, is_book: bool) -> bool {
        match is_book {
            true => self.channels.contains(&Channel::Book),
            false => self.channels.contains(&Channel::Trades) || self.channels.contains(&Channel::Quote),
        }
    }
}

/// See the module.
#[derive(Default)]
pub(super) struct Intake {
    reader: Reader,
    watched: BTreeMap<InstrumentId, Watch>,
    plausible: Plausible,
    /// Of the frame read last.
    fresh: Vec<MarketEvent>,
    /// What is to be told.
    pub out: Vec<MarketEvent>,
    /// Whose day is to be asked for again.
    pub doubted: BTreeSet<InstrumentId>,
    /// Whose status may have turned.
    pub turned: BTreeSet<InstrumentId>,
    pub counters: FeedCounters,
}

fn unread(stream: Stream) -> bool {
    !matches!(
        stream,
        Stream::KrxTrade
            | Stream::KrxBook
            | Stream::NxtTrade
            | Stream::NxtBook
            | Stream::KrxStatus
            | Stream::NxtStatus
            | Stream::OverseasTrade
            | Stream::OverseasBook
            | Stream::OverseasDelayedBook
            | Stream::BondTrade
            | Stream::BondBook
            | Stream::FutureTrade
            | Stream::FutureBook
            | Stream::OptionTrade
            | Stream::OptionBook
            | Stream::NightFutureTrade
            | Stream::NightFutureBook
            | Stream::NightOptionTrade
            | Stream::NightOptionBook
    )
}

const fn carries_books(stream: Stream) -> bool {
    matches!(stream, Stream::KrxBook | Stream::NxtBook | Stream::OverseasBook | Stream::OverseasDelayedBook)
        || matches!(stream, Stream::FutureBook | Stream::OptionBook | Stream::BondBook)
        || matches!(stream, Stream::NightFutureBook | Stream::NightOptionBook)
}

impl Intake {
    /// What is wanted from now on; what is no longer is forgotten and named.
    pub(super) fn watch(&mut self, wanted: &BTreeMap<InstrumentId, BTreeSet<Channel>>) -> Vec<InstrumentId> {
        let is_gone = |instrument: &&InstrumentId| !wanted.contains_key(*instrument);
        let gone: Vec<InstrumentId> = self.watched.keys().filter(is_gone).copied().collect();
        for instrument in &gone {
            self.watched.remove(instrument);
            self.plausible.forget(*instrument);
            self.doubted.remove(instrument);
            self.turned.remove(instrument);
        }
        for (instrument, channels) in wanted {
            let watch = self.watched.entry(*instrument).or_default();
            if watch.channels != *channels {
                watch.channels.clone_from(channels);
            }
            watch.book_streams &= watch.channels.contains(&Channel::Book);
        }
        gone
    }

    /// Every instrument that is wanted.
    pub(super) fn instruments(&self) -> impl Iterator<Item = InstrumentId> + '_ {
        self.watched.keys().copied()
    }

    /// Whether the book of an instrument is wanted.
    pub(super) fn wants_book(&self, instrument: InstrumentId) -> bool {
        self.watched.get(&instrument).is_some_and(|watch| watch.wants(true))
    }

    /// Whether the book of anything is wanted.
    pub(super) fn wants_any_book(&self) -> bool {
        self.watched.values().any(|watch| watch.wants(true))
    }

    /// Books of which nothing was heard for as long as `patience` says of each, for how long, and whether an answer has
    /// contradicted what was told.
    pub(super) fn quiet(
        &self,
        now: UtcTime,
        patience: impl Fn(InstrumentId) -> Duration,
    ) -> impl Iterator<Item = (InstrumentId, Duration, bool)> {
        let wanted = self.watched.iter().filter(|(_, watch)| watch.wants(true));
        wanted.filter_map(move |(instrument, watch)| {
            let silence = watch.heard.quiet_for(now, patience(*instrument))?;
            Some((*instrument, silence, watch.heard.is_suspicious()))
        })
    }

    /// A quiet book was asked for.
    pub(super) fn asked(&mut self, instrument: InstrumentId, now: UtcTime) {
        if let Some(watch) = self.watched.get_mut(&instrument) {
            watch.heard.asked(now);
        }
    }

    /// What the stream of a subject has brought so far; nothing where nobody wants it.
    pub(super) fn frames(&self, (instrument, channel): Subject) -> Option<u64> {
        let watch = self.watched.get(&instrument)?;
        Some(if channel == Channel::Book { watch.books } else { watch.prints })
    }

    /// No book can be relied on any more: each begins anew with the next whole one.
    pub(super) fn all_stale(&mut self, now: UtcTime) {
        for (instrument, watch) in &mut self.watched {
            watch.book_streams = false;
            watch.heard.forget();
            self.out.push(stale(*instrument, now));
        }
    }

    /// The book of an instrument has no stream any more.
    pub(super) fn book_is_polled(&mut self, instrument: InstrumentId) {
        if let Some(watch) = self.watched.get_mut(&instrument) {
            watch.book_streams = false;
        }
    }

    /// Takes a frame in.
    pub(super) fn frame(&mut self, bytes: &[u8], received_at: UtcTime, received: Instant) {
        match self.read(bytes, received_at) {
            Ok((stream, tally)) => {
                self.counters.frames += 1;
                self.counters.records += tally.read as u64;
                self.counters.refused += tally.refused as u64;
                self.sift(carries_books(stream), received);
            }
            Err(fault) => {
                self.counters.refused += 1;
                self.fresh.clear();
                tracing::debug!(%fault, "a frame is left out");
            }
        }
    }

    fn read(&mut self, bytes: &[u8], received_at: UtcTime) -> Result<(Stream, Tally), ReadFault> {
        let frame = Frame::parse(bytes)?;
        let stream = Stream::of(frame.tr_id).ok_or(ReadFault::UnknownStream)?;
        if unread(stream) {
            self.counters.unasked += frame.count as u64;
            return Ok((stream, Tally { width: 0, read: 0, refused: 0 }));
        }
        if matches!(stream, Stream::KrxStatus | Stream::NxtStatus) {
            return Ok((stream, self.read_statuses(&frame, received_at)?));
        }
        let Self { reader, watched, fresh, .. } = self;
        let tally = match stream {
            Stream::OverseasTrade | Stream::OverseasBook | Stream::OverseasDelayedBook => {
                plain(reader, &frame, received_at, fresh)?
            }
            Stream::BondTrade | Stream::BondBook => plain(reader, &frame, received_at, fresh)?,
            Stream::FutureTrade | Stream::FutureBook | Stream::OptionTrade | Stream::OptionBook => {
                plain(reader, &frame, received_at, fresh)?
            }
            Stream::NightFutureTrade | Stream::NightFutureBook | Stream::NightOptionTrade | Stream::NightOptionBook => {
                plain(reader, &frame, received_at, fresh)?
            }
            _ => {
                let quotes = |instrument| watched.get(&instrument).is_none_or(|watch| !watch.book_streams);
                stock_market::frame_events(reader, &frame, received_at, quotes, fresh)?
            }
        };
        Ok((stream, tally))
    }

    /// Lets through what is wanted and plausible of the frame read last.
    fn sift(&mut self, is_book: bool, received: Instant) {
        let Self { watched, plausible, fresh, out, doubted, counters, .. } = self;
        // A record that is left out takes the day's numbers beside it with it.
        let mut left_out: Option<InstrumentId> = None;
        let mut events = fresh.drain(..).peekable();
        while let Some(event) = events.next() {
            let is_record = match event.body {
                MarketBody::Trade(_) | MarketBody::Book(_) => true,
                MarketBody::Expected(_) => !is_book,
                _ => false,
            };
            let Some(watch) = watched.get_mut(&event.instrument).filter(|watch| watch.wants(is_book)) else {
                counters.unasked += u64::from(is_record);
                continue;
            };
            if is_record {
                left_out = None;
            } else if left_out == Some(event.instrument) {
                continue;
            }
            let followed = |next: &MarketEvent| {
                next.instrument == event.instrument && matches!(next.body, MarketBody::Expected(_))
            };
            let in_auction = is_book && events.peek().is_some_and(followed);
            let verdict = plausible.judge(&event, in_auction);
            if is_record && plausible.asks_again(&event, verdict, received) {
                doubted.insert(event.instrument);
            }
            if verdict != Verdict::Fine {
                counters.refused += 1;
                left_out = Some(event.instrument);
                continue;
            }
            match &event.body {
                MarketBody::Book(book) => {
                    watch.books += 1;
                    watch.book_streams = true;
                    watch.heard.told(book, event.received_at);
                }
                MarketBody::Trade(trade) => {
                    watch.prints += 1;
                    // A date that has moved must not make every later print an old one.
                    if event.venue_time <= event.received_at.plus(TOMORROW) {
                        watch.last_print = watch.last_print.max(trade.id);
                    }
                }
                MarketBody::Quote(_) if watch.book_streams => continue,
                MarketBody::Day(_) => watch.prints += 1,
                _ => {}
            }
            out.push(event);
        }
    }

    /// Takes an answer in. What the stream has brought since the question is newer; the day's base price and limits only
    /// come this way. What it says of a quiet book is named where it says anything that the stream does not; only what
    /// was told is told again.
    pub(super) fn answer(&mut self, question: &Question, events: Vec<MarketEvent>, now: UtcTime) -> Option<Found> {
        let (instrument, channel) = question.subject;
        let is_behind = self.frames(question.subject) != Some(question.frames);
        let Self { watched, plausible, out, counters, turned, .. } = self;
        let watch = watched.get_mut(&instrument)?;
        if question.why == Why::Quiet {
            if is_behind {
                return None;
            }
            let found = watch.heard.compare(believed_book(plausible, instrument, &events)?);
            if found != Found::Same {
                return Some(found);
            }
        } else if channel == Channel::Book {
            watch.heard.asked(now);
        }
        let mut is_news = false;
        for event in events.iter().filter(|event| event.instrument == instrument) {
            is_news |= plausible.learn(event);
        }
        let mut events = events.into_iter().peekable();
        while let Some(event) = events.next() {
            let matches_now = |next: &MarketEvent| matches!(next.body, MarketBody::Expected(Some(_)));
            let in_auction = events.peek().is_some_and(matches_now);
            if event.instrument != instrument || plausible.judge(&event, in_auction) != Verdict::Fine {
                counters.refused += 1;
                continue;
            }
            let is_told = match &event.body {
                // A poll brings the same day again and again.
                MarketBody::NewDay { .. } => is_news || question.why != Why::Poll,
                MarketBody::Phase(change) => {
                    watch.status.answered(change.phase, event.received_at);
                    turned.insert(instrument);
                    false
                }
                _ if is_behind => false,
                MarketBody::Quote(_) => !watch.book_streams,
                MarketBody::Trade(trade) => {
                    let is_new = trade.id > watch.last_print;
                    watch.last_print = watch.last_print.max(trade.id);
                    is_new
                }
                MarketBody::Book(book) if question.why == Why::Quiet => {
                    watch.heard.confirmed(book);
                    true
                }
                MarketBody::Book(book) => {
                    watch.heard.told(book, now);
                    true
                }
                _ => true,
            };
            if is_told {
                out.push(event);
            }
        }
        None
    }
}

/// The book of an answer, if it has one that a market can have.
fn believed_book<'a>(
    plausible: &Plausible,
    instrument: InstrumentId,
    events: &'a [MarketEvent],
) -> Option<&'a BookUpdate> {
    let in_auction = events.iter().any(|event| matches!(event.body, MarketBody::Expected(Some(_))));
    events.iter().filter(|event| event.instrument == instrument).find_map(|event| match &event.body {
        MarketBody::Book(book) => Some(&**book).filter(|_| plausible.judge(event, in_auction) == Verdict::Fine),
        _ => None,
    })
}

/// That the book of an instrument cannot be relied on.
pub(super) fn stale(instrument: InstrumentId, now: UtcTime) -> MarketEvent {
    MarketEvent { instrument, venue_time: now, received_at: now, body: MarketBody::Stale }
}

/// Frames whose records stand each for itself: foreign shares, derivatives and bonds.
fn plain(
    reader: &mut Reader,
    frame: &Frame<'_>,
    received_at: UtcTime,
    out: &mut Vec<MarketEvent>,
) -> Result<Tally, ReadFault> {
    let mut implausible = 0;
    let mut tally = reader.read(frame, |_, record| {
        let told = match record {
            Record::OverseasTrade(trade) => overseas_market::trade_events(&trade, received_at, out),
            Record::OverseasBook(book) => overseas_market::book_event(&book, received_at).map(|event| out.push(event)),
            Record::BondTrade(trade) => bond_market::trade_events(&trade, received_at, out),
            Record::BondBook(book) => bond_market::book_event(&book, received_at).map(|event| out.push(event)),
            Record::DerivativeTrade(trade) => future_market::trade_events(&trade, received_at, out),
            Record::DerivativeBook(book) => future_market::book_event(&book, received_at).map(|event| out.push(event)),
            _ => None,
        };
        implausible += usize::from(told.is_none());
    })?;
    tally.read -= implausible;
    tally.refused += implausible;
    Ok(tally)
}
