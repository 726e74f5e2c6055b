//! What moves prices: a common market factor, each instrument's own news, and volatility that comes in clusters.
//!
//! Binary floats on purpose: this is the mood of simulated traders, never an amount of money.

use super::random::Random;

/// Log-volatility with a short and a long memory, fed by its own shocks: calm follows calm, storms follow storms.
#[derive(Debug, Clone)]
pub struct Turbulence {
    short: f64,
    long: f64,
}

impl Turbulence {
    /// A start somewhere in its usual range.
    #[must_use]
    pub fn new(random: &mut Random) -> Self {
        Self { short: 0.3 * random.normal(), long: 0.2 * random.normal() }
    }

    /// One step of `seconds`; `surprise` is the size of the last return in its own standard deviations.
    pub fn step(&mut self, seconds: f64, surprise: f64, random: &mut Random) {
        let relax = |value: f64, memory: f64, spread: f64, shock: f64| {
            let keep = (-seconds / memory).exp();
            value * keep + spread * (1.0 - keep * keep).sqrt() * shock
        };
        self.short = relax(self.short, 150.0, 0.45, random.normal());
        self.long = relax(self.long, 3_600.0, 0.3, random.normal());
        // The kick of a large return: the part of a GARCH process that reacts to what just happened.
        self.short += 0.02 * (surprise.abs().min(5.0) - 0.8);
    }

    /// How many times rougher than usual it is now; around 1.
    #[must_use]
    pub fn level(&self) -> f64 {
        (self.short.clamp(-1.5, 1.5) + self.long.clamp(-1.0, 1.0) - 0.1).exp()
    }
}

/// The market as a whole.
#[derive(Debug, Clone)]
pub struct MarketFactor {
    turbulence: Turbulence,
    surprise: f64,
    random: Random,
}

/// Standard deviation of the whole market's return in a day, in per cent.
const MARKET_VOLATILITY: f64 = 0.9;

impl MarketFactor {
    /// The factor of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        Self { turbulence: Turbulence::new(&mut random), surprise: 0.0, random }
    }

    /// The market's log-return over `seconds`.
    pub fn step(&mut self, seconds: f64) -> f64 {
        self.turbulence.step(seconds, self.surprise, &mut self.random);
        self.surprise = self.random.normal();
        self.surprise * self.turbulence.level() * MARKET_VOLATILITY * scale(seconds)
    }

    /// The market's log-return while it was closed.
    pub fn overnight(&mut self) -> f64 {
        0.4 * MARKET_VOLATILITY / 100.0 * self.random.normal()
    }
}

/// What an instrument is worth to those who know.
#[derive(Debug, Clone)]
pub struct FairValue {
    /// Price, in units of the grid.
    pub units: f64,
    turbulence: Turbulence,
    surprise: f64,
    /// Recent return, fading over a minute: what momentum traders look at.
    pub momentum: f64,
}

impl FairValue {
    /// Starts at a price.
    #[must_use]
    pub fn new(units: f64, random: &mut Random) -> Self {
        Self { units, turbulence: Turbulence::new(random), surprise: 0.0, momentum: 0.0 }
    }

    /// How rough it is now; around 1.
    #[must_use]
    pub fn turbulence(&self) -> f64 {
        self.turbulence.level()
    }

    /// One step: the market's part, its own part, and a little of what trading itself has said (`traded`, the middle of
    /// the book), so that whoever pushes the price moves opinions. `band` keeps it inside what limits allow.
    pub fn step(&mut self, seconds: f64, pull: &Pull, random: &mut Random) {
        self.turbulence.step(seconds, self.surprise, random);
        self.surprise = random.normal();
        let own = self.surprise * self.turbulence.level() * pull.own_volatility * scale(seconds);
        let moved = (own + pull.market).clamp(-0.02, 0.02);
        let learned = (pull.traded / self.units).ln().clamp(-0.05, 0.05) * 0.01 * seconds;
        let keep = (-seconds / 60.0).exp();
        self.momentum = self.momentum * keep + moved;
        self.units = (self.units * (moved + learned).exp()).clamp(pull.band.0, pull.band.1);
    }

    /// News while the market was closed.
    pub fn gap(&mut self, log_return: f64) {
        self.units *= log_return.clamp(-0.08, 0.08).exp();
        self.momentum = 0.0;
    }
}

/// What acts on a fair value in a step.
#[derive(Debug, Clone, Copy)]
pub struct Pull {
    /// Log-return that the market gives it.
    pub market: f64,
    /// Its own volatility, per cent a day.
    pub own_volatility: f64,
    /// Middle of the book, in units.
    pub traded: f64,
    /// Lowest and highest value, in units.
    pub band: (f64, f64),
}

/// Turns per cent a trading day of 6.5 hours into a fraction over `seconds`.
fn scale(seconds: f64) -> f64 {
    (seconds / 23_400.0).sqrt() / 100.0
}
