//! The traders of the simulation. Each looks at the book through a [`View`], says what it wants as [`Intent`]s, and
//! sleeps for a while. They know nothing of the desk's orders and treat them like anybody's.
//!
//! Binary floats are allowed here: they decide what a trader wants, and become whole ticks and lots before they reach
//! the book.

mod arbitrageur;
mod backstop;
mod maker;
mod momentum;
mod noise;
mod taker;

use super::matching::{Book, Bounds, Lasting, OrderKey, Pricing};
use super::random::Random;
use crate::market::Side;

pub use backstop::Backstop;

/// What a trader sees.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The book.
    pub book: &'a Book,
    /// Daily limits.
    pub bounds: &'a Bounds,
    /// The rest.
    pub sight: Sight,
}

impl std::ops::Deref for View<'_> {
    type Target = Sight;
    fn deref(&self) -> &Sight {
        &self.sight
    }
}

/// What a trader sees besides the book.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// What the instrument is worth, in ticks.
    pub fair: f64,
    /// How busy the market is; 1 on average (U-shaped over the day, more when rough).
    pub pace: f64,
    /// How rough the market is; around 1.
    pub turbulence: f64,
    /// Recent log-return.
    pub momentum: f64,
    /// Lots of an average marketable order.
    pub typical: f64,
    /// Marketable orders a second on average.
    pub takers_per_second: f64,
    /// Ticks between the levels makers use.
    pub stride: i64,
}

/// What a trader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// An order.
    Place {
        /// Which way.
        side: Side,
        /// At what price.
        pricing: Pricing,
        /// Lots.
        quantity: i64,
        /// How long.
        lasting: Lasting,
    },
    /// The end of one of its orders.
    Cancel(OrderKey),
}

impl Intent {
    /// A limit order.
    #[must_use]
    pub const fn limit(side: Side, tick: i64, quantity: i64, lasting: Lasting) -> Self {
        Self::Place { side, pricing: Pricing::Limit(tick), quantity, lasting }
    }
}

/// An order of a trader's own that rested when it last heard of it.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    /// Which way.
    pub side: Side,
    /// Where.
    pub tick: i64,
    /// Its handle.
    pub key: OrderKey,
}

/// A trader.
#[derive(Debug, Clone, Default)]
pub struct Agent {
    kind: Kind,
    orders: Vec<Own>,
    inventory: i64,
}

#[derive(Debug, Clone, Default)]
enum Kind {
    /// Not there: it is deciding just now.
    #[default]
    Away,
    Maker(maker::Maker),
    Taker(taker::Taker),
    Arbitrageur(arbitrageur::Arbitrageur),
    Noise(noise::Noise),
    Momentum(momentum::Momentum),
}

impl Agent {
    /// The crowd of one instrument.
    #[must_use]
    pub fn crowd() -> Vec<Self> {
        let maker = |width, patience| Kind::Maker(maker::Maker::new(width, patience));
        let kinds = [
            maker(0.0, 0.30),
            maker(0.4, 0.45),
            maker(1.0, 0.70),
            Kind::Taker(taker::Taker::default()),
            Kind::Arbitrageur(arbitrageur::Arbitrageur),
            Kind::Noise(noise::Noise::new(2.0)),
            Kind::Noise(noise::Noise::new(5.0)),
            Kind::Momentum(momentum::Momentum),
        ];
        kinds.into_iter().map(|kind| Self { kind, orders: Vec::new(), inventory: 0 }).collect()
    }

    /// Decides; what it wants is appended to `wants`. Returns the seconds until it looks again.
    pub fn act(&mut self, view: &View<'_>, random: &mut Random, wants: &mut Vec<Intent>) -> f64 {
        let book = view.book;
        self.orders.retain(|own| book.left(own.key).is_some());
        match &mut self.kind {
            Kind::Away => 1.0,
            Kind::Maker(maker) => maker.act(view, &self.orders, self.inventory, random, wants),
            Kind::Taker(taker) => taker.act(view, &self.orders, random, wants),
            Kind::Arbitrageur(arbitrageur) => arbitrageur.act(view, &self.orders, random, wants),
            Kind::Noise(noise) => noise.act(view, &self.orders, random, wants),
            Kind::Momentum(momentum) => momentum.act(view, random, wants),
        }
    }

    /// An order of its own now rests.
    pub fn rested(&mut self, own: Own) {
        self.orders.push(own);
    }

    /// A part of one of its orders was traded.
    pub const fn traded(&mut self, side: Side, quantity: i64) {
        match side {
            Side::Buy => self.inventory += quantity,
            Side::Sell => self.inventory -= quantity,
        }
    }

    /// Gives up every order; the caller cancels them in the book.
    pub fn leave(&mut self) -> Vec<Own> {
        self.inventory = 0;
        std::mem::take(&mut self.orders)
    }
}

/// A size around `typical` lots: mostly below it, now and then many times as large.
fn size(typical: f64, random: &mut Random) -> i64 {
    let large = if random.chance(0.04) { 8.0 } else { 0.7 };
    (typical * large * random.wait()).round().clamp(1.0, 1e9) as i64
}

/// The middle of the book in ticks; the fair value while a side is empty.
fn middle(view: &View<'_>) -> f64 {
    match (view.book.best(Side::Buy), view.book.best(Side::Sell)) {
        (Some(bid), Some(ask)) => (bid + ask) as f64 / 2.0,
        _ => view.fair,
    }
}
