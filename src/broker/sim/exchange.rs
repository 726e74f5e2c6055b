//! The exchange: pits, their common day, and the desk as one customer among many.

mod orders;
mod phases;
mod publish;
mod queries;
mod restore;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::agenda::{Agenda, Item};
use super::config::SimConfig;
use super::factor::MarketFactor;
use super::grid::Grid;
use super::history::History;
use super::journal::{Journal, JournalError, MemoryJournal};
use super::matching::Owner;
use super::pit::{Pit, Print};
use super::random::{mix, stream};
use super::truth::{KeptPrice, Record, Truth};
use crate::broker::api::{BrokerEvent, Channel};
use crate::market::gather::Gather;
use crate::market::{Instrument, InstrumentId, Phase, Price, UtcTime};

/// Time between two steps of the fair values.
const FACTOR_STEP: Duration = Duration::from_millis(250);
/// Time between two marks of a perpetual.
const MARK_STEP: Duration = Duration::from_secs(1);
/// Time between two notes of prices in the journal.
const CHECKPOINT_STEP: Duration = Duration::from_secs(60);

/// The simulated exchange.
///
/// The same seed, the same start and the same requests at the same times give the same events, however the time between
/// is cut into calls of [`Self::advance`].
#[derive(Debug)]
pub struct SimExchange {
    config: SimConfig,
    seed: u64,
    started: UtcTime,
    now: UtcTime,
    day_start: UtcTime,
    closing_at: UtcTime,
    pits: Vec<Pit>,
    index: BTreeMap<InstrumentId, usize>,
    agenda: Agenda,
    factor: MarketFactor,
    truth: Truth,
    journal: Journal,
    watches: Vec<Watch>,
    history: Vec<Option<History>>,
    prints: Vec<Print>,
    outbox: Vec<BrokerEvent>,
}

/// What the desk has subscribed of a pit, and what it has not been told yet.
#[derive(Debug, Clone, Default)]
struct Watch {
    channels: BTreeSet<Channel>,
    book: bool,
    day: bool,
    planned: bool,
    last: UtcTime,
}

impl SimExchange {
    /// An exchange without a past, with a journal in memory.
    #[must_use]
    pub fn new(config: SimConfig, seed: u64, start: UtcTime) -> Self {
        Self::build(config, seed, start, Journal::memory(MemoryJournal::default()), Truth::default())
    }

    /// An exchange that remembers what a journal says: open orders go to the back of the line at their price.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub fn restore(config: SimConfig, seed: u64, start: UtcTime, mut journal: Journal) -> Result<Self, JournalError> {
        let truth = journal.recover(start)?;
        let mut exchange = Self::build(config, seed, start, journal, truth);
        exchange.reenter();
        Ok(exchange)
    }

    fn build(config: SimConfig, seed: u64, start: UtcTime, journal: Journal, truth: Truth) -> Self {
        let kept: BTreeMap<InstrumentId, KeptPrice> = truth.prices.iter().map(|p| (p.instrument, *p)).into_map();
        let closing_at = start.plus(config.continuous);
        // Traders of another start are other traders; the past (see `candles`) depends on the seed alone.
        let crowd = mix(seed ^ start.nanos().unsigned_abs());
        let mut exchange = Self {
            seed,
            started: start,
            now: start,
            day_start: start,
            closing_at,
            pits: Vec::new(),
            index: BTreeMap::new(),
            agenda: Agenda::default(),
            factor: MarketFactor::new(stream(crowd, "market")),
            truth,
            journal,
            watches: Vec::new(),
            history: Vec::new(),
            prints: Vec::new(),
            outbox: Vec::new(),
            config,
        };
        for listing in exchange.config.listings.clone() {
            let Some(grid) = Grid::new(&listing.instrument, super::date_of(start)) else { continue };
            let id = listing.instrument.id;
            let on_grid = |price: Price| grid.price_units(price).map(|units| grid.floor(units));
            let kept = kept.get(&id).and_then(|kept| Some((on_grid(kept.base)?, on_grid(kept.last)?)));
            let fresh = listing.instrument.base_price.and_then(on_grid).map(|base| (base, base));
            let Some((base, last)) = kept.or(fresh) else { continue };
            exchange.index.insert(id, exchange.pits.len());
            exchange.pits.push(Pit::new(listing, grid, crowd, base, last, start));
        }
        exchange.watches = vec![Watch::default(); exchange.pits.len()];
        exchange.history = exchange.pits.iter().map(|_| None).collect();
        exchange.truth.day = exchange.truth.day.max(1);
        exchange.open_for_the_first_time();
        exchange
    }

    /// The exchange's time.
    #[must_use]
    pub const fn now(&self) -> UtcTime {
        self.now
    }

    /// How often an order id came a second time.
    #[must_use]
    pub const fn duplicates_seen(&self) -> u64 {
        self.truth.repeated
    }

    /// Orders placed, changed and canceled in all books so far.
    #[must_use]
    pub fn actions(&self) -> u64 {
        self.pits.iter().map(|pit| pit.book.actions()).sum()
    }

    /// The instruments, with the base prices of the day.
    #[must_use]
    pub fn instruments(&self) -> Vec<Instrument> {
        let instrument =
            |pit: &Pit| Instrument { base_price: Some(pit.grid.price(pit.base)), ..pit.listing.instrument.clone() };
        self.pits.iter().map(instrument).collect()
    }

    /// Lets time pass until `until` and appends what the desk hears meanwhile. A time in the past does nothing.
    pub fn advance(&mut self, until: UtcTime, out: &mut Vec<BrokerEvent>) {
        while let Some((at, item)) = self.agenda.next(until) {
            self.now = self.now.max(at);
            self.happen(item);
        }
        self.now = self.now.max(until);
        out.append(&mut self.outbox);
    }

    /// Stops the clock: everything planned happens `by` later, as if the time between had not been. Used when the
    /// machine slept, so that nobody has to live through the night in a second.
    pub fn pause(&mut self, by: Duration) {
        self.agenda.postpone(by);
        self.now = self.now.plus(by);
        self.day_start = self.day_start.plus(by);
        self.closing_at = self.closing_at.plus(by);
        for pit in 0..self.pits.len() {
            if let Some(one) = self.pits.get_mut(pit) {
                one.until = one.until.map(|until| until.plus(by));
            }
            self.publish_phase(pit);
        }
    }

    fn happen(&mut self, item: Item) {
        match item {
            Item::Act { pit, agent } => self.act(pit, agent),
            Item::Factor => self.think(),
            Item::Publish(pit) => self.publish(usize::from(pit)),
            Item::PhaseEnd { pit, era } => self.end_phase(usize::from(pit), era),
            Item::Closing => self.begin_closing(),
            Item::NewDay => self.begin_day(),
            Item::Midnight => self.midnight(),
            Item::Mark => self.mark_all(),
            Item::Funding => self.pay_funding(),
            Item::Checkpoint => {
                self.checkpoint();
                self.agenda.plan(self.now.plus(CHECKPOINT_STEP), Item::Checkpoint);
            }
        }
    }

    fn act(&mut self, number: u16, agent: u16) {
        let index = usize::from(number);
        let now = self.now;
        let Some(pit) = self.pits.get_mut(index) else { return };
        if pit.phase == Phase::Closed {
            self.agenda.plan(now.plus(Duration::from_secs(1)), Item::Act { pit: number, agent });
            return;
        }
        let (wait, interrupted) = pit.act(now, usize::from(agent), &mut self.prints);
        pit.fill_up(now, &mut self.prints);
        let wait = Duration::from_nanos((wait.clamp(0.001, 60.0) * 1e9) as u64);
        self.agenda.plan(now.plus(wait), Item::Act { pit: number, agent });
        self.after_trading(index, interrupted, None);
    }

    /// Does what follows from trading in a pit: prints, fills of the desk, interruptions, books.
    fn after_trading(&mut self, index: usize, interrupted: bool, placing: Option<u64>) {
        let prints = std::mem::take(&mut self.prints);
        let mut touched: Vec<u64> = Vec::new();
        for print in &prints {
            self.publish_print(index, print);
            for (party, is_taker) in [(print.done.taker, true), (print.done.maker, false)] {
                if let Owner::Desk(number) = party.owner {
                    self.fill(number, print, is_taker);
                    if !touched.contains(&number) && Some(number) != placing {
                        touched.push(number);
                    }
                }
            }
        }
        self.prints = prints;
        self.prints.clear();
        for number in &touched {
            self.report(*number);
        }
        if !touched.is_empty() {
            self.shrink_reduce_only(index);
        }
        if interrupted {
            self.interrupt(index);
        }
        self.changed(index, !touched.is_empty());
    }

    fn think(&mut self) {
        let seconds = FACTOR_STEP.as_secs_f64();
        let market = self.factor.step(seconds);
        let share = self.share_of_day();
        for pit in &mut self.pits {
            pit.hour_pace = share;
            if pit.phase != Phase::Closed {
                pit.think(seconds, market);
            }
        }
        self.agenda.plan(self.now.plus(FACTOR_STEP), Item::Factor);
    }

    /// How busy this time of the day is: a U, busy at the open and the close.
    fn share_of_day(&self) -> f64 {
        let length = self.config.continuous.as_secs_f64().max(1.0);
        let into = (self.now.since(self.day_start).as_secs_f64() / length).clamp(0.0, 1.0);
        0.7 + 3.6 * (into - 0.5) * (into - 0.5)
    }

    fn checkpoint(&mut self) {
        let price = |pit: &Pit| KeptPrice {
            instrument: pit.listing.instrument.id,
            base: pit.grid.price(pit.base),
            last: pit.grid.price(pit.last),
        };
        let prices = self.pits.iter().map(price).collect();
        self.commit(Record::Prices { day: self.truth.day, prices });
        if let Err(error) = self.journal.shorten(&self.truth) {
            self.outbox.push(BrokerEvent::Notice(error.to_string()));
        }
    }

    /// Writes a record down and takes it in; `false` when it could not be written.
    fn commit(&mut self, record: Record) -> bool {
        let written = self.journal.write(&record);
        self.truth.apply(&record);
        if let Err(error) = &written {
            self.outbox.push(BrokerEvent::Notice(error.to_string()));
        }
        written.is_ok()
    }
}
