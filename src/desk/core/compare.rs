//! What differs between the ledger and the broker. A difference is one when it was still there at a second look: between
//! an answer and what has happened since, there is always one that is not.

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::Decimal;

use super::{Core, Effects, Link, Profile, ProfileIndex};
use crate::broker::api::OrderReport;
use crate::config::World;
use crate::desk::record::DifferenceRecord;
use crate::market::{Currency, InstrumentId, Price, Quantity, UtcTime};
use crate::order::{BrokerOrderId, OrderId, OrderState, PositionSide, Source};

/// How long a difference must last while orders and fills are under way.
const PATIENCE: Duration = Duration::from_secs(10);

/// How soon the second look follows.
pub(super) const SECOND_LOOK: Duration = Duration::from_secs(1);

/// Units of the eighth decimal that count as rounding between two looks.
const DUST_UNITS: i64 = 10;

/// What is compared with one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Open orders of the broker that are not ours.
    Orders,
    /// Holdings.
    Positions,
    /// Cash.
    Cash,
    /// One of our own orders, compared with each report of it.
    Own,
}

/// What a difference is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    Foreign(BrokerOrderId),
    Own(OrderId),
    Position(InstrumentId, PositionSide),
    Cash(Currency),
}

/// A difference, and what accepting it takes.
#[derive(Debug, Clone)]
pub(super) struct Mismatch {
    pub part: Part,
    pub subject: Subject,
    /// Whose stops must not act on what may not be there.
    pub instrument: Option<InstrumentId>,
    /// Broker less ledger, where both are numbers.
    pub gap: Decimal,
    /// The broker's average price of a holding.
    pub price: Option<Price>,
    /// The order as the broker has it, where it was changed elsewhere.
    pub report: Option<Box<OrderReport>>,
    pub record: DifferenceRecord,
}

impl Mismatch {
    /// A difference in cash that rounding explains: a broker that keeps eight decimals rounds each fill its own way.
    fn dust(&self) -> Option<(Currency, Decimal)> {
        match self.subject {
            Subject::Cash(currency) if currency.decimals() == 8 => {
                let least = Decimal::new(DUST_UNITS, currency.decimals());
                (self.gap.abs() <= least && self.record.kind == "cash").then_some((currency, self.gap))
            }
            _ => None,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.part == other.part && self.subject == other.subject
    }
}

/// One thing that is compared over and over.
#[derive(Debug, Default)]
struct Look {
    /// Whether a comparison was settled since the connection came up.
    done: bool,
    suspects: Vec<(UtcTime, Mismatch)>,
}

/// An order as the ledger had it when the desk started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AtStart {
    pub state: OrderState,
    pub filled: Quantity,
}

/// Holdings as the broker told them: signed quantity and average price.
pub(super) type VenuePositions = BTreeMap<(InstrumentId, PositionSide), (Decimal, Option<Price>)>;

/// Where the comparison with one broker stands.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    /// Whether the broker's open orders were read to the end since a kill asked for them.
    pub orders_read: bool,
    orders: Look,
    positions: Look,
    cash: Look,
    pub venue_positions: Option<VenuePositions>,
    pub venue_cash: Option<BTreeMap<Currency, Decimal>>,
    /// Lists to be asked for once more when those that are on their way have come.
    pub wanted_again: Vec<Part>,
    /// Orders the ledger had as working when the desk started and the broker has not confirmed yet.
    pub at_start: BTreeMap<OrderId, AtStart>,
    pub confirmed: Vec<Mismatch>,
    accepted: Vec<Mismatch>,
    /// Whether the broker's first word on cash, and on holdings, is the opening balance.
    pub opens_cash: bool,
    pub opens_positions: bool,
}

impl Comparison {
    fn look_mut(&mut self, part: Part) -> Option<&mut Look> {
        match part {
            Part::Orders => Some(&mut self.orders),
            Part::Positions => Some(&mut self.positions),
            Part::Cash => Some(&mut self.cash),
            Part::Own => None,
        }
    }

    fn is_noted(&self, id: OrderId) -> bool {
        self.confirmed.iter().any(|mismatch| mismatch.subject == Subject::Own(id))
    }

    /// Takes every confirmed difference. Those that nothing can be done about are not brought up again while they last.
    pub fn accept(&mut self) -> Vec<Mismatch> {
        let taken = std::mem::take(&mut self.confirmed);
        self.accepted.extend(taken.iter().cloned());
        self.at_start.clear();
        taken
    }

    /// Sorts what a look found into what is certain and what a later look must confirm.
    fn sort(&mut self, now: UtcTime, part: Part, mut found: Vec<Mismatch>) -> Vec<Mismatch> {
        self.accepted.retain(|old| old.part != part || found.iter().any(|new| new.is_same(old) && new.gap == old.gap));
        let accepted = std::mem::take(&mut self.accepted);
        found.retain(|new| !accepted.iter().any(|old| old.is_same(new) && old.gap == new.gap));
        self.accepted = accepted;
        let known = std::mem::take(&mut self.confirmed);
        let mut certain = Vec::new();
        if let Some(look) = self.look_mut(part) {
            let patience = if look.done { PATIENCE } else { SECOND_LOOK / 2 };
            let suspects = std::mem::take(&mut look.suspects);
            for mismatch in found {
                let same = |(_, old): &&(UtcTime, Mismatch)| old.is_same(&mismatch) && old.gap == mismatch.gap;
                let since = suspects.iter().find(same).map_or(now, |(since, _)| *since);
                if known.iter().any(|old| old.is_same(&mismatch)) || now.since(since) >= patience {
                    certain.push(mismatch);
                } else {
                    look.suspects.push((since, mismatch));
                }
            }
            look.done |= look.suspects.is_empty();
        }
        self.confirmed = known;
        certain
    }

    fn has_suspects(&self) -> bool {
        [&self.orders, &self.positions, &self.cash].iter().any(|look| !look.suspects.is_empty())
    }
}

impl Profile {
    /// Nothing counts as compared until the broker has answered again.
    pub(super) fn compare_anew(&mut self) {
        let comparison = &mut self.comparison;
        for part in [Part::Orders, Part::Positions, Part::Cash] {
            if let Some(look) = comparison.look_mut(part) {
                *look = Look::default();
            }
        }
        comparison.venue_positions = None;
        comparison.venue_cash = None;
        comparison.orders_read = false;
        comparison.wanted_again.clear();
        self.reconciled = false;
    }

    /// Whether the broker's first answers since the desk started are awaited. That no prices come says nothing of the
    /// account.
    #[must_use]
    pub fn is_being_compared(&self) -> bool {
        let comes_up = matches!(self.link, Link::Connecting | Link::Up | Link::Silent);
        self.world != World::Virtual && comes_up && !self.was_reconciled && self.differences.is_empty()
    }

    /// Whether a difference in cash is within what was charged for fills by our own schedule: a broker that does not say
    /// what it takes for a fill takes something a little different.
    fn charges_explain(&self, mismatch: &Mismatch) -> Option<(Currency, Decimal)> {
        let Subject::Cash(currency) = mismatch.subject else { return None };
        let most = self.estimated_charges.get(&currency)?.sum();
        (mismatch.gap.abs() <= most && mismatch.record.kind == "cash").then_some((currency, mismatch.gap))
    }

    /// What cannot be told is taken as it is here.
    pub(super) fn settle_part(&mut self, part: Part) {
        if let Some(look) = self.comparison.look_mut(part) {
            look.done = true;
        }
        self.show_differences();
    }

    /// Brings what faces and the gate look at up to date.
    pub(super) fn show_differences(&mut self) {
        let comparison = &self.comparison;
        self.differences = comparison.confirmed.iter().map(|mismatch| mismatch.record.clone()).collect();
        let account = self.world == World::Virtual || (comparison.positions.done && comparison.cash.done);
        let own = comparison.at_start.keys().all(|id| comparison.is_noted(*id));
        self.reconciled = comparison.orders.done && account && own;
        self.was_reconciled |= self.reconciled;
    }

    /// Whether the desk may act by itself on an instrument: exits need its own holding and orders to be certain, anything
    /// else needs the whole account to be.
    pub(super) fn may_act(&self, instrument: InstrumentId, exits: bool) -> bool {
        let about = |mismatch: &Mismatch| !exits || mismatch.instrument == Some(instrument);
        self.world == World::Virtual || (self.reconciled && !self.comparison.confirmed.iter().any(about))
    }
}

impl Core {
    /// Takes the result of a comparison: certain differences are told, doubtful ones looked at again soon.
    pub(super) fn weigh(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        part: Part,
        found: Vec<Mismatch>,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let certain = state.comparison.sort(now, part, found);
        let (former, rest) = std::mem::take(&mut state.comparison.confirmed).into_iter().partition(|m| m.part == part);
        state.comparison.confirmed = rest;
        let former: Vec<Mismatch> = former;
        for mismatch in certain {
            if let Some((currency, gap)) = mismatch.dust() {
                self.book_dust(now, profile, currency, gap, effects);
                continue;
            }
            let explained = self.profiles.get(profile).and_then(|state| state.charges_explain(&mismatch));
            if let Some((currency, gap)) = explained {
                self.book_charges(now, profile, currency, gap, effects);
                continue;
            }
            let told = former.iter().any(|old| old.record == mismatch.record);
            self.confirm(now, profile, mismatch, told, effects);
        }
        let Some(state) = self.profiles.get_mut(profile) else { return };
        state.show_differences();
        if state.comparison.has_suspects() {
            self.compare_by(profile, now.plus(SECOND_LOOK));
        }
    }

    /// A difference in one of our own orders, which needs no second look.
    pub(super) fn note(&mut self, now: UtcTime, profile: ProfileIndex, mismatch: Mismatch, effects: &mut Effects) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let told = state.comparison.confirmed.iter().any(|old| old.record == mismatch.record);
        state.comparison.confirmed.retain(|old| !old.is_same(&mismatch));
        self.confirm(now, profile, mismatch, told, effects);
        if let Some(state) = self.profiles.get_mut(profile) {
            state.show_differences();
        }
    }

    fn confirm(&mut self, now: UtcTime, profile: ProfileIndex, mismatch: Mismatch, told: bool, effects: &mut Effects) {
        let DifferenceRecord { kind, subject, local, venue } = &mismatch.record;
        let text = format!("{kind} {subject}: here {local}, at the broker {venue}");
        if let Some(state) = self.profiles.get_mut(profile) {
            state.comparison.confirmed.push(mismatch);
        }
        if !told {
            self.risk_event(
                now,
                Some(profile),
                "RECONCILE".into(),
                text.clone(),
                String::new(),
                &Source::Venue,
                effects,
            );
            self.publish_event(now, Some(profile), "difference", None, text, effects);
        }
    }

    /// Compares again at this time at the latest.
    pub(super) fn compare_by(&mut self, profile: ProfileIndex, at: UtcTime) {
        if let Some(state) = self.profiles.get_mut(profile) {
            state.reconcile_at = state.reconcile_at.min(at);
        }
    }
}
