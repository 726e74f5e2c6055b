//! What the core knows of one profile.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use super::compare::Comparison;
use super::markets::{Learned, Markets};
use super::selected::Selected;
use super::{ProfileSetup, equity::DayBase};
use crate::broker::api::{Capabilities, FillReport, RecoveredOrder};
use crate::config::{RiskLimits, World};
use crate::market::{Currency, Instrument, InstrumentId, Product, Symbol, UtcTime};
use crate::order::fee::FeeSchedule;
use crate::order::{Account, BrokerOrderId, ExecutionId, OrderId, Position, PositionKey, PositionSide, ProfileName};
use crate::risk::OrderPace;

use super::super::record::DifferenceRecord;

/// State of a broker connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Not up yet.
    Connecting,
    /// Up.
    Up,
    /// Up, but no data comes.
    Silent,
    /// Down, with the reason.
    Down(String),
}

/// Of margined instruments for which nobody has set or told another.
const DEFAULT_LEVERAGE: u32 = 10;

/// What the core knows of one profile.
#[derive(Debug)]
pub struct Profile {
    /// Name.
    pub name: ProfileName,
    /// World.
    pub world: World,
    /// Whether its market is a recorded one.
    pub replay: bool,
    /// Limits, as changed by `risk set`.
    pub limits: RiskLimits,
    /// Commission and tax.
    pub fees: FeeSchedule,
    /// What the broker can do.
    pub capabilities: Capabilities,
    /// Connection.
    pub link: Link,
    /// Whether orders, holdings and cash were compared with the broker since the connection came up.
    pub reconciled: bool,
    /// What differs and nobody has accepted.
    pub differences: Vec<DifferenceRecord>,
    /// Instruments and their markets.
    pub markets: Markets,
    /// Whether the broker has said which instruments there are.
    pub instruments_known: bool,
    pub(super) by_symbol: BTreeMap<Symbol, Vec<InstrumentId>>,
    pub(super) accounts: BTreeMap<Currency, Account>,
    pub(super) positions: BTreeMap<(InstrumentId, PositionSide), Position>,
    pub(super) open: BTreeSet<OrderId>,
    pub(super) by_broker_id: FxHashMap<BrokerOrderId, OrderId>,
    pub(super) executions: FxHashMap<OrderId, FxHashSet<ExecutionId>>,
    pub(super) cash_flows: BTreeSet<ExecutionId>,
    pub(super) leverage: BTreeMap<InstrumentId, u32>,
    pub(super) pace: OrderPace,
    pub(super) day: BTreeMap<Currency, DayBase>,
    pub(super) initial_cash: Vec<(Currency, Decimal)>,
    pub(super) reconcile_at: UtcTime,
    /// Fills up to here were told in answer to a question.
    pub(super) fills_told: Option<UtcTime>,
    /// Whether fills must be asked for once more when the answer that is out has come.
    pub(super) fills_wanted: bool,
    pub(super) stored_instruments: FxHashSet<InstrumentId>,
    pub(super) early_fills: Vec<FillReport>,
    /// What the ledger held of orders, until a broker without client order ids has been told.
    pub(super) untold: Vec<RecoveredOrder>,
    pub(super) equity_at: UtcTime,
    /// Whether that has been so since the desk started.
    pub(super) was_reconciled: bool,
    /// Commission and tax of fills whose broker did not say them, and that no comparison has corrected yet.
    pub(super) estimated_charges: BTreeMap<Currency, super::charges::Charges>,
    pub(super) comparison: Comparison,
    pub(super) selected: Selected,
}

/// The highest leverage of an instrument by the venue's margin steps; the usual one where these are not known.
pub(super) fn most_leverage(instrument: &Instrument) -> u32 {
    instrument.tiers.iter().map(|tier| tier.max_leverage).max().unwrap_or(DEFAULT_LEVERAGE)
}

impl Profile {
    pub(super) fn new(setup: ProfileSetup) -> Self {
        Self {
            name: setup.name,
            world: setup.world,
            replay: setup.replay,
            limits: setup.limits,
            fees: setup.fees,
            capabilities: setup.capabilities,
            link: Link::Connecting,
            reconciled: false,
            differences: Vec::new(),
            markets: Markets::default(),
            instruments_known: false,
            by_symbol: BTreeMap::new(),
            accounts: BTreeMap::new(),
            positions: BTreeMap::new(),
            open: BTreeSet::new(),
            by_broker_id: FxHashMap::default(),
            executions: FxHashMap::default(),
            cash_flows: BTreeSet::new(),
            leverage: BTreeMap::new(),
            pace: OrderPace::default(),
            day: BTreeMap::new(),
            initial_cash: setup.initial_cash,
            reconcile_at: UtcTime::EPOCH,
            fills_told: None,
            fills_wanted: false,
            stored_instruments: FxHashSet::default(),
            early_fills: Vec::new(),
            untold: Vec::new(),
            equity_at: UtcTime::EPOCH,
            was_reconciled: false,
            estimated_charges: BTreeMap::new(),
            comparison: Comparison::default(),
            selected: Selected::default(),
        }
    }

    /// `VIRTUAL`, `PAPER`, `LIVE` or `REPLAY`: what must always be in sight.
    #[must_use]
    pub fn badge(&self) -> &'static str {
        match (self.replay, self.world) {
            (true, _) => "REPLAY",
            (false, World::Virtual) => "VIRTUAL",
            (false, World::Paper) => "PAPER",
            (false, World::Live) => "LIVE",
        }
    }

    /// Adds an instrument, or changes what is known of one (a new tick size in mid-session, say).
    pub(super) fn learn_instrument(&mut self, instrument: Instrument) {
        let id = instrument.id;
        match self.markets.learn(instrument) {
            Learned::New => self.by_symbol.entry(id.symbol).or_default().push(id),
            Learned::Changed => drop(self.stored_instruments.remove(&id)),
            Learned::Known => {}
        }
    }

    /// The instrument of `005930` or `SIM:005930`.
    #[must_use]
    pub fn resolve(&self, text: &str) -> Option<InstrumentId> {
        if let Ok(id) = text.parse::<InstrumentId>() {
            return self.markets.contains_key(&id).then_some(id);
        }
        let symbol = Symbol::new(text.trim()).ok()?;
        self.by_symbol.get(&symbol)?.first().copied()
    }

    /// Instruments in the order of their codes.
    pub fn instruments(&self) -> impl Iterator<Item = &Instrument> {
        self.by_symbol.values().flatten().filter_map(|id| self.markets.instrument(id))
    }

    /// Cash by currency.
    #[must_use]
    pub fn accounts(&self) -> &BTreeMap<Currency, Account> {
        &self.accounts
    }

    /// Positions, flat ones included.
    pub fn positions(&self) -> impl Iterator<Item = &Position> {
        self.positions.values()
    }

    /// Open orders, oldest first.
    #[must_use]
    pub fn open_orders(&self) -> &BTreeSet<OrderId> {
        &self.open
    }

    /// New orders of the last second and of the last minute.
    #[must_use]
    pub fn orders_lately(&self, now: UtcTime) -> (u32, u32) {
        (self.pace.last_second(now), self.pace.last_minute(now))
    }

    pub(super) fn account_mut(&mut self, currency: Currency) -> &mut Account {
        let name = &self.name;
        self.accounts.entry(currency).or_insert_with(|| Account::empty(name.clone(), currency))
    }

    pub(super) fn available(&self, currency: Currency) -> Decimal {
        self.accounts.get(&currency).map_or(Decimal::ZERO, Account::available)
    }

    pub(super) fn position(&self, instrument: InstrumentId, side: PositionSide) -> Option<&Position> {
        self.positions.get(&(instrument, side))
    }

    pub(super) fn position_mut(
        &mut self,
        instrument: InstrumentId,
        side: PositionSide,
        currency: Currency,
    ) -> &mut Position {
        let name = &self.name;
        self.positions
            .entry((instrument, side))
            .or_insert_with(|| Position::flat(PositionKey { profile: name.clone(), instrument, side }, currency))
    }

    pub(super) fn leverage_of(&self, instrument: &Instrument) -> u32 {
        if !instrument.product.is_margined() {
            return 1;
        }
        if instrument.product == Product::KrxFuture {
            // Nobody sets it: the exchange's margin stands. A lower limit of one's own holds back more.
            let most = most_leverage(instrument);
            return self.limits.max_leverage.map_or(most, |own| most.min(own)).max(1);
        }
        self.leverage.get(&instrument.id).copied().unwrap_or_else(|| most_leverage(instrument).min(DEFAULT_LEVERAGE))
    }

    pub(super) fn forget_order<'a>(&mut self, id: OrderId, broker_ids: impl Iterator<Item = &'a BrokerOrderId>) {
        self.open.remove(&id);
        self.executions.remove(&id);
        for broker_id in broker_ids {
            self.by_broker_id.remove(broker_id);
        }
    }
}
