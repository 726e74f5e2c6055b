//! One instrument's trading: its book, its crowd, its day.

use std::collections::VecDeque;

use super::agents::{Agent, Backstop, Intent, Own, Sight, View};
use super::factor::FairValue;
use super::grid::Grid;
use super::listing::Listing;
use super::matching::{Book, Bounds, Match, NewOrder, Owner, Placement, Refusal};
use super::random::{Random, stream};
use super::tally::Tally;
use super::volatility;
use crate::market::{DailyLimits, Phase, Side, Trade, UtcTime};

/// Prints kept for those who ask.
const PRINTS: usize = 1_000;

/// A trade as the exchange passes it on.
#[derive(Debug, Clone, Copy)]
pub struct Print {
    /// When.
    pub time: UtcTime,
    /// Its number.
    pub id: u64,
    /// The match behind it.
    pub done: Match,
}

/// One instrument's trading.
#[derive(Debug)]
pub struct Pit {
    /// What is traded, and how.
    pub listing: Listing,
    /// Its prices.
    pub grid: Grid,
    /// Its book.
    pub book: Book,
    /// Its phase.
    pub phase: Phase,
    /// The phase's nominal end.
    pub until: Option<UtcTime>,
    /// Counts changes of phase, so that an end that was planned for an earlier one is known as such.
    pub era: u32,
    /// Whether the running call was extended already.
    pub extended: bool,
    /// Base price (기준가), as a tick.
    pub base: i64,
    /// Lowest and highest tick of the day, where there are limits.
    pub limits: Option<(i64, i64)>,
    /// Last traded tick.
    pub last: i64,
    /// Result of the latest call auction, or the base price.
    pub single_price: i64,
    /// Bounds in force.
    pub bounds: Bounds,
    /// Numbers and minute candles of the day.
    pub tally: Tally,
    /// Latest prints, oldest first.
    pub prints: VecDeque<Print>,
    /// What it is worth.
    pub fair: FairValue,
    /// How busy the time of day is.
    pub hour_pace: f64,
    agents: Vec<Agent>,
    backstop: Backstop,
    random: Random,
    trade_id: u64,
    matches: Vec<Match>,
    wants: Vec<Intent>,
}

impl Pit {
    /// A pit that starts at a base price (tick) with a last price, before anybody has come.
    #[must_use]
    pub fn new(listing: Listing, grid: Grid, seed: u64, base: i64, last: i64, start: UtcTime) -> Self {
        let mut random = Random::new(stream(seed, listing.instrument.id.symbol.as_str()));
        let fair = FairValue::new(grid.units(last) as f64, &mut random);
        let mut pit = Self {
            listing,
            book: Book::new(),
            phase: Phase::Continuous,
            until: None,
            era: 0,
            extended: false,
            base,
            limits: None,
            last,
            single_price: last,
            bounds: Bounds::NONE,
            tally: Tally::new(grid.units(base)),
            prints: VecDeque::new(),
            fair,
            hour_pace: 1.0,
            agents: Agent::crowd(),
            backstop: Backstop::default(),
            random,
            // Numbers of prints rise over restarts of the exchange: fewer than one a microsecond are made.
            trade_id: u64::try_from(start.nanos() / 1_000).unwrap_or(0),
            matches: Vec::new(),
            wants: Vec::new(),
            grid,
        };
        pit.set_base(base, start);
        pit
    }

    /// Sets the base price of a day and the limits that follow from it.
    pub fn set_base(&mut self, base: i64, now: UtcTime) {
        self.base = base;
        let instrument = &self.listing.instrument;
        let date = super::date_of(now);
        self.limits = instrument.daily_limit.and_then(|rate| {
            let limits = DailyLimits::new(self.grid.price(base), rate, instrument.ticks, date)?;
            Some((self.grid.index(limits.lower)?, self.grid.index(limits.upper)?))
        });
        self.refresh_bounds();
    }

    /// Recomputes the bounds after the last price or the single price changed.
    pub fn refresh_bounds(&mut self) {
        self.bounds = match (self.limits, self.listing.interruptions) {
            (Some(limits), Some(rates)) => volatility::bounds(&self.grid, rates, limits, self.last, self.single_price),
            // Without daily limits only nonsense is kept out: more than ten times the last price.
            _ => Bounds { lowest: 1, highest: self.last.saturating_mul(10), ..Bounds::NONE },
        };
    }

    /// Lowest and highest fair value that agents believe in.
    #[must_use]
    pub fn band(&self) -> (f64, f64) {
        let base = self.grid.units(self.base) as f64;
        if self.limits.is_some() { (base * 0.82, base * 1.18) } else { (base * 0.5, base * 2.0) }
    }

    /// Middle of the book in price units, or the last price.
    #[must_use]
    pub fn middle_units(&self) -> f64 {
        match (self.book.best(Side::Buy), self.book.best(Side::Sell)) {
            (Some(bid), Some(ask)) if bid < ask => (self.grid.units(bid) + self.grid.units(ask)) as f64 / 2.0,
            _ => self.grid.units(self.last) as f64,
        }
    }

    /// Puts an order into the book; what traded goes to `prints`.
    ///
    /// # Errors
    /// When the book does not take it.
    pub fn submit(&mut self, now: UtcTime, order: NewOrder, prints: &mut Vec<Print>) -> Result<Placement, Refusal> {
        let placement = self.book.place(order, &self.bounds, &mut self.matches)?;
        self.record(now, prints);
        Ok(placement)
    }

    /// A print as the market sees it.
    #[must_use]
    pub fn trade(&self, print: &Print) -> Trade {
        let (price, quantity) = (self.grid.price(print.done.tick), self.grid.quantity(print.done.quantity));
        Trade { id: print.id, price, quantity, side: print.done.taker_side }
    }

    /// Ends a call auction at its single price.
    pub fn uncross(&mut self, now: UtcTime, prints: &mut Vec<Print>) {
        if let Some(clearing) = self.book.uncross(self.last, &mut self.matches) {
            self.single_price = clearing.tick;
        }
        self.book.set_collecting(false);
        self.record(now, prints);
        self.refresh_bounds();
    }

    /// Lets one agent act; returns seconds until it looks again, and whether trading must be interrupted.
    pub fn act(&mut self, now: UtcTime, agent: usize, prints: &mut Vec<Print>) -> (f64, bool) {
        let mut wants = std::mem::take(&mut self.wants);
        let mut wait = 60.0;
        if let Some(mut one) = self.agents.get_mut(agent).map(std::mem::take) {
            let view = View { book: &self.book, bounds: &self.bounds, sight: self.sight() };
            wait = one.act(&view, &mut self.random, &mut wants);
            if let Some(place) = self.agents.get_mut(agent) {
                *place = one;
            }
        }
        let owner = Owner::Agent(agent as u16);
        let mut interrupted = false;
        for want in wants.drain(..) {
            interrupted |= self.carry_out(now, owner, want, prints);
        }
        self.wants = wants;
        (wait, interrupted)
    }

    /// Has the backstop fill up a book that has grown thin.
    pub fn fill_up(&mut self, now: UtcTime, prints: &mut Vec<Print>) {
        let view = View { book: &self.book, bounds: &self.bounds, sight: self.sight() };
        if self.phase != Phase::Continuous || !Backstop::is_needed(&view) {
            return;
        }
        let mut wants = std::mem::take(&mut self.wants);
        let mut backstop = std::mem::take(&mut self.backstop);
        backstop.act(&view, &mut self.random, &mut wants);
        self.backstop = backstop;
        for want in wants.drain(..) {
            self.carry_out(now, Owner::Agent(u16::MAX), want, prints);
        }
        self.wants = wants;
    }

    /// Sends every agent home: their orders leave the book.
    pub fn empty(&mut self) {
        let mut orders: Vec<Own> = self.agents.iter_mut().flat_map(Agent::leave).collect();
        orders.extend(self.backstop.leave());
        for own in orders {
            self.book.cancel(own.key);
        }
    }

    /// Agents in the crowd.
    #[must_use]
    pub fn agent_count(&self) -> usize {
        self.agents.len()
    }

    /// A random share of something.
    pub fn random_unit(&mut self) -> f64 {
        self.random.unit()
    }

    /// One step of the fair value; `market` is the market's log-return.
    pub fn think(&mut self, seconds: f64, market: f64) {
        let habits = self.listing.habits;
        let pull = super::factor::Pull {
            market: market * habits.beta,
            own_volatility: habits.own_volatility,
            traded: self.middle_units(),
            band: self.band(),
        };
        self.fair.step(seconds, &pull, &mut self.random);
    }

    fn sight(&self) -> Sight {
        let roughness = self.fair.turbulence();
        let habits = self.listing.habits;
        let seconds = if self.limits.is_some() { 23_400.0 } else { 86_400.0 };
        Sight {
            fair: self.grid.fraction(self.fair.units),
            pace: self.hour_pace * roughness.clamp(0.4, 3.0),
            turbulence: roughness,
            momentum: self.fair.momentum,
            typical: habits.typical_lots(seconds),
            takers_per_second: habits.takers_per_second,
            stride: habits.stride,
        }
    }

    fn carry_out(&mut self, now: UtcTime, owner: Owner, want: Intent, prints: &mut Vec<Print>) -> bool {
        let (side, pricing, quantity, lasting) = match want {
            Intent::Cancel(key) => {
                self.book.cancel(key);
                return false;
            }
            Intent::Place { side, pricing, quantity, lasting } => (side, pricing, quantity, lasting),
        };
        let order = NewOrder { owner, side, pricing, quantity, lasting };
        // Agents are refused like anybody (post-only that would take, limits); they try again when they look again.
        let Ok(placement) = self.submit(now, order, prints) else { return false };
        if let (Some(key), Owner::Agent(agent)) = (placement.key, owner) {
            let own = Own { side, tick: placement.tick, key };
            match self.agents.get_mut(usize::from(agent)) {
                Some(one) => one.rested(own),
                None => self.backstop.rested(own),
            }
        }
        placement.interrupted
    }

    fn record(&mut self, now: UtcTime, prints: &mut Vec<Print>) {
        let Some(last) = self.matches.last() else { return };
        let moved = last.tick != self.last;
        self.last = last.tick;
        for done in self.matches.drain(..) {
            self.trade_id += 1;
            let print = Print { time: now, id: self.trade_id, done };
            self.tally.add(now, self.grid.units(done.tick), done.quantity);
            if self.prints.len() == PRINTS {
                self.prints.pop_front();
            }
            self.prints.push_back(print);
            let taker_side = done.taker_side.unwrap_or(Side::Buy);
            for (party, side) in [(done.taker, taker_side), (done.maker, taker_side.opposite())] {
                if let Owner::Agent(agent) = party.owner
                    && let Some(one) = self.agents.get_mut(usize::from(agent))
                {
                    one.traded(side, done.quantity);
                }
            }
            prints.push(print);
        }
        if moved {
            self.refresh_bounds();
        }
    }
}
