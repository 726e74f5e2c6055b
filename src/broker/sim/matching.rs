//! A limit order book with price-time priority (가격·시간 우선) for one instrument.
//!
//! Prices are tick indexes of a [`super::grid::Grid`], quantities are lots. Orders live in a slab and are linked into
//! their level's queue, so placing, filling and canceling touch no more than the level they are about.

use std::collections::BTreeMap;

use crate::market::Side;

pub use super::ticket::{Bounds, Lasting, Match, NewOrder, Owner, Party, Placement, Pricing, Refusal};

/// A handle of a resting order; stays invalid for ever once the order is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderKey {
    slot: u32,
    generation: u32,
}

const NOBODY: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Node {
    generation: u32,
    live: bool,
    owner: Owner,
    side: Side,
    number: u64,
    tick: i64,
    left: i64,
    previous: u32,
    next: u32,
}

/// What rests at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelState {
    /// Sum of what is left.
    pub total: i64,
    first: u32,
    last: u32,
}

/// The book.
#[derive(Debug, Clone, Default)]
pub struct Book {
    nodes: Vec<Node>,
    free: Vec<u32>,
    bids: BTreeMap<i64, LevelState>,
    asks: BTreeMap<i64, LevelState>,
    collecting: bool,
    numbers: u64,
    actions: u64,
}

impl Book {
    /// An empty book in continuous trading.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether orders collect for an auction instead of matching.
    #[must_use]
    pub const fn is_collecting(&self) -> bool {
        self.collecting
    }

    /// Starts or ends collecting. Whoever ends it runs [`Self::uncross`] first, or the book stays crossed.
    pub const fn set_collecting(&mut self, collecting: bool) {
        self.collecting = collecting;
    }

    /// Orders placed, changed and canceled so far.
    #[must_use]
    pub const fn actions(&self) -> u64 {
        self.actions
    }

    /// Best tick of a side.
    #[must_use]
    pub fn best(&self, side: Side) -> Option<i64> {
        match side {
            Side::Buy => self.bids.last_key_value().map(|(tick, _)| *tick),
            Side::Sell => self.asks.first_key_value().map(|(tick, _)| *tick),
        }
    }

    /// How many prices a side has.
    #[must_use]
    pub fn level_count(&self, side: Side) -> usize {
        self.levels_of(side).len()
    }

    /// Ticks and totals of a side, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = (i64, i64)> + '_ {
        let (bids, asks) = match side {
            Side::Buy => (Some(self.bids.iter().rev()), None),
            Side::Sell => (None, Some(self.asks.iter())),
        };
        bids.into_iter().flatten().chain(asks.into_iter().flatten()).map(|(tick, level)| (*tick, level.total))
    }

    /// What rests at a tick of a side.
    #[must_use]
    pub fn total_at(&self, side: Side, tick: i64) -> i64 {
        self.levels_of(side).get(&tick).map_or(0, |level| level.total)
    }

    /// What is left of a resting order; `None` once it is gone.
    #[must_use]
    pub fn left(&self, key: OrderKey) -> Option<i64> {
        self.node(key).map(|node| node.left)
    }

    /// Lots that will be filled before this order at its price.
    #[must_use]
    pub fn queue_ahead(&self, key: OrderKey) -> Option<i64> {
        let mut at = self.node(key)?.previous;
        let mut ahead = 0;
        while let Some(node) = self.nodes.get(at as usize) {
            ahead += node.left;
            at = node.previous;
        }
        Some(ahead)
    }

    /// Whether an order at this tick would trade at once.
    #[must_use]
    pub fn would_take(&self, side: Side, tick: i64) -> bool {
        self.best(side.opposite()).is_some_and(|best| reaches(side, tick, best))
    }

    /// Takes a new order; trades are appended to `matches`.
    ///
    /// # Errors
    /// When it is not taken; then nothing has changed.
    pub fn place(&mut self, order: NewOrder, bounds: &Bounds, matches: &mut Vec<Match>) -> Result<Placement, Refusal> {
        let tick = self.admit(&order, bounds)?;
        self.actions += 1;
        self.numbers += 1;
        let mut placement =
            Placement { key: None, number: self.numbers, tick, filled: 0, resting: 0, interrupted: false };
        if !self.collecting {
            if order.lasting == Lasting::Fok && self.within_reach(order.side, tick, bounds) < order.quantity {
                return Ok(placement);
            }
            self.take(&order, bounds, &mut placement, matches);
        }
        let left = order.quantity - placement.filled;
        let may_rest = matches!(order.lasting, Lasting::Rest | Lasting::PostOnly)
            && (order.pricing != Pricing::Market || self.collecting || placement.interrupted);
        if left > 0 && may_rest {
            placement.resting = left;
            placement.key = Some(self.rest(&order, placement.number, tick, left));
        }
        Ok(placement)
    }

    /// Makes a resting order smaller; it keeps its place in the queue. Nothing left removes it.
    pub fn reduce(&mut self, key: OrderKey, left: i64) -> bool {
        let Some(node) = self.node(key).copied() else { return false };
        if left > node.left {
            return false;
        }
        self.actions += 1;
        if left <= 0 {
            self.unlink(key.slot);
            return true;
        }
        if let Some(level) = self.levels_mut(node.side).get_mut(&node.tick) {
            level.total -= node.left - left;
        }
        if let Some(node) = self.nodes.get_mut(key.slot as usize) {
            node.left = left;
        }
        true
    }

    /// Removes a resting order; says what was left of it.
    pub fn cancel(&mut self, key: OrderKey) -> Option<i64> {
        let left = self.node(key)?.left;
        self.actions += 1;
        self.unlink(key.slot);
        Some(left)
    }

    /// The tick an order would be worked at.
    ///
    /// # Errors
    /// When it would not be taken.
    pub fn admit(&self, order: &NewOrder, bounds: &Bounds) -> Result<i64, Refusal> {
        if order.quantity <= 0 {
            return Err(Refusal::NoQuantity);
        }
        let plain = matches!(order.pricing, Pricing::Limit(_) | Pricing::Market) && order.lasting == Lasting::Rest;
        if self.collecting && !plain {
            return Err(Refusal::NotInAuction);
        }
        let tick = match order.pricing {
            Pricing::Limit(tick) => tick,
            Pricing::Market if order.side == Side::Buy => bounds.highest,
            Pricing::Market => bounds.lowest,
            Pricing::Best => self.best(order.side.opposite()).ok_or(Refusal::NoPrice)?,
            Pricing::Priority => self.best(order.side).ok_or(Refusal::NoPrice)?,
        };
        if tick < bounds.lowest || tick > bounds.highest {
            return Err(Refusal::OutOfBounds);
        }
        if order.lasting == Lasting::PostOnly && self.would_take(order.side, tick) {
            return Err(Refusal::WouldTake);
        }
        Ok(tick)
    }

    fn within_reach(&self, side: Side, tick: i64, bounds: &Bounds) -> i64 {
        let levels = self.levels(side.opposite());
        levels.take_while(|(at, _)| reaches(side, tick, *at) && !bounds.trips(*at)).map(|(_, total)| total).sum()
    }

    fn take(&mut self, order: &NewOrder, bounds: &Bounds, placement: &mut Placement, matches: &mut Vec<Match>) {
        while placement.filled < order.quantity {
            let Some(best) = self.best(order.side.opposite()) else { return };
            if !reaches(order.side, placement.tick, best) {
                return;
            }
            if bounds.trips(best) {
                placement.interrupted = true;
                return;
            }
            let Some(slot) = self.levels_of(order.side.opposite()).get(&best).map(|level| level.first) else { return };
            let Some((maker, quantity)) = self.fill(slot, order.quantity - placement.filled) else { return };
            placement.filled += quantity;
            let left = order.quantity - placement.filled;
            let taker = Party { owner: order.owner, number: placement.number, left };
            matches.push(Match { tick: best, quantity, taker_side: Some(order.side), taker, maker });
        }
    }

    /// Fills a resting order with at most `wanted`.
    pub(super) fn fill(&mut self, slot: u32, wanted: i64) -> Option<(Party, i64)> {
        let node = self.nodes.get_mut(slot as usize).filter(|node| node.live)?;
        let quantity = node.left.min(wanted);
        let (side, tick) = (node.side, node.tick);
        if quantity == node.left {
            let party = Party { owner: node.owner, number: node.number, left: 0 };
            self.unlink(slot);
            return Some((party, quantity));
        }
        node.left -= quantity;
        let party = Party { owner: node.owner, number: node.number, left: node.left };
        if let Some(level) = self.levels_mut(side).get_mut(&tick) {
            level.total -= quantity;
        }
        Some((party, quantity))
    }

    /// The order that is first in line on a side.
    pub(super) fn first_in_line(&self, side: Side) -> Option<(u32, i64)> {
        let slot = match side {
            Side::Buy => self.bids.last_key_value(),
            Side::Sell => self.asks.first_key_value(),
        }
        .map(|(_, level)| level.first)?;
        self.nodes.get(slot as usize).map(|node| (slot, node.left))
    }

    fn rest(&mut self, order: &NewOrder, number: u64, tick: i64, left: i64) -> OrderKey {
        let slot = self.free.pop().unwrap_or(self.nodes.len() as u32);
        let generation = self.nodes.get(slot as usize).map_or(0, |node| node.generation.wrapping_add(1));
        let level = self.levels_mut(order.side).entry(tick);
        let level = level.or_insert(LevelState { total: 0, first: slot, last: NOBODY });
        let previous = std::mem::replace(&mut level.last, slot);
        level.total += left;
        let (owner, side) = (order.owner, order.side);
        let node = Node { generation, live: true, owner, side, number, tick, left, previous, next: NOBODY };
        if let Some(before) = self.nodes.get_mut(previous as usize) {
            before.next = slot;
        }
        match self.nodes.get_mut(slot as usize) {
            Some(place) => *place = node,
            None => self.nodes.push(node),
        }
        OrderKey { slot, generation }
    }

    fn unlink(&mut self, slot: u32) {
        let Some(node) = self.nodes.get_mut(slot as usize) else { return };
        let gone = *node;
        node.live = false;
        if let Some(before) = self.nodes.get_mut(gone.previous as usize) {
            before.next = gone.next;
        }
        if let Some(after) = self.nodes.get_mut(gone.next as usize) {
            after.previous = gone.previous;
        }
        self.free.push(slot);
        let levels = self.levels_mut(gone.side);
        let Some(level) = levels.get_mut(&gone.tick) else { return };
        level.total -= gone.left;
        if level.first == slot {
            level.first = gone.next;
        }
        if level.last == slot {
            level.last = gone.previous;
        }
        if level.first == NOBODY {
            levels.remove(&gone.tick);
        }
    }

    fn node(&self, key: OrderKey) -> Option<&Node> {
        self.nodes.get(key.slot as usize).filter(|node| node.live && node.generation == key.generation)
    }

    const fn levels_of(&self, side: Side) -> &BTreeMap<i64, LevelState> {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    const fn levels_mut(&mut self, side: Side) -> &mut BTreeMap<i64, LevelState> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }
}

/// Whether an order of this side and tick trades with the other side's `best`.
const fn reaches(side: Side, tick: i64, best: i64) -> bool {
    match side {
        Side::Buy => tick >= best,
        Side::Sell => tick <= best,
    }
}
