//! What the futures market lists: instruments, the rules of their orders, and the live budgets of requests.
//!
//! Perpetuals in a currency hoga keeps accounts in are instruments. Contracts with an end date are left out, for there
//! is no product for them yet, and counted. A symbol that is halted or being closed stays listed with its status, so
//! that whoever holds it sees why nothing moves.

mod change;
mod names;
mod rules;

use std::collections::BTreeMap;
use std::time::Duration;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::wire::exchange_info::{BracketRow, ExchangeInfo, Filter, LotFilter, RateLimitRow, SymbolRow};
use crate::broker::net::json::{self, JsonError};
use crate::market::arrange::Arrange;
use crate::market::gather::Gather;
use crate::market::{
    Currency, Instrument, InstrumentId, LeverageTier, MarketBody, MarketEvent, PhaseChange, Price, Product, Quantity,
    Symbol, TickRule, UtcTime, Venue,
};

pub use change::{Change, changes};
pub use rules::{LotRule, PriceRule, Status, SymbolRules};

/// Largest `exchangeInfo` and `leverageBracket` that are read; the first is about a megabyte.
const REPLY_MAX: usize = 32 << 20;
/// The exchange's own leverage for who has never set one. Its documentation calls the margins of the listing informal, so
/// that they never allow more.
const LISTED_LEVERAGE_MAX: u32 = 20;
/// Perpetuals end here, which is never: 2100-12-25. A date before it announces the end of one.
const NEVER: i64 = 4_133_404_800_000;

/// What the market lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// Instruments in the order of the exchange; with one careful margin step until [`Listing::learn_tiers`].
    pub instruments: Vec<Instrument>,
    /// Rules of orders by symbol, one for each instrument.
    pub rules: BTreeMap<Symbol, SymbolRules>,
    /// The live budgets.
    pub limits: Vec<RateLimit>,
    /// What is not in [`Self::instruments`].
    pub left_out: LeftOut,
}

/// Contracts that are no instruments here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// With an end date.
    pub dated: u32,
    /// In a currency hoga keeps no account in.
    pub currency: u32,
    /// With a name hoga cannot carry (letters of another alphabet).
    pub unnamed: u32,
    /// Without a rule every order needs, or unreadable.
    pub incomplete: u32,
}

/// What a budget counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// Weight of requests, per address.
    Weight,
    /// Orders, per account.
    Orders,
    /// Requests of any weight, per address.
    Requests,
}

/// A budget: so much within a window that begins on a multiple of its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// What counts.
    pub budget: Budget,
    /// Length of the window.
    pub window: Duration,
    /// How much.
    pub limit: u32,
}

impl Listing {
    /// Reads the reply of `exchangeInfo`.
    ///
    /// # Errors
    /// When it is no JSON of that shape as a whole; single contracts that cannot be read are left out.
    pub fn read(bytes: &[u8]) -> Result<Self, JsonError> {
        let info: ExchangeInfo = json::parse("exchangeInfo", bytes, REPLY_MAX)?;
        let mut listing = Self { limits: info.rate_limits.iter().filter_map(rate_limit).collect(), ..Self::default() };
        listing.left_out.incomplete = info.symbols.unreadable;
        for row in &info.symbols.rows {
            listing.add(row);
        }
        Ok(listing)
    }

    fn add(&mut self, row: &SymbolRow) {
        let contract = row.contract_type.as_deref().unwrap_or_default();
        if !matches!(contract, "PERPETUAL" | "TRADIFI_PERPETUAL" | "PERPETUAL_DELIVERING") {
            self.left_out.dated += 1;
            return;
        }
        let Ok(symbol) = Symbol::new(&row.symbol) else {
            self.left_out.unnamed += 1;
            return;
        };
        let settled_in = row.margin_asset.as_deref().or(row.quote_asset.as_deref());
        let known = |asset: Option<&str>| asset.and_then(|asset| asset.parse::<Currency>().ok());
        let (Some(currency), Some(_)) = (known(settled_in), known(row.quote_asset.as_deref())) else {
            self.left_out.currency += 1;
            return;
        };
        match rules_of(row) {
            Some(rules) if !self.rules.contains_key(&symbol) => {
                self.instruments.push(instrument(symbol, currency, row, &rules));
                self.rules.insert(symbol, rules);
            }
            _ => self.left_out.incomplete += 1,
        }
    }

    /// The instrument of a symbol.
    #[must_use]
    pub fn instrument(&self, symbol: Symbol) -> Option<&Instrument> {
        self.instruments.iter().find(|instrument| instrument.id.symbol == symbol)
    }

    /// The phase a symbol is in by its status: what the desk is told when it begins to watch it, and when it changes.
    #[must_use]
    pub fn phase_event(&self, symbol: Symbol, at: UtcTime) -> Option<MarketEvent> {
        let phase = self.rules.get(&symbol)?.status.phase();
        let instrument = InstrumentId { venue: Venue::BinanceFutures, symbol };
        let body = MarketBody::Phase(PhaseChange { phase, until: None });
        Some(MarketEvent { instrument, venue_time: at, received_at: at, body })
    }

    /// The margin steps of every instrument.
    #[must_use]
    pub fn tiers(&self) -> BTreeMap<Symbol, Vec<LeverageTier>> {
        self.instruments.iter().map(|one| (one.id.symbol, one.tiers.clone())).into_map()
    }

    /// Gives the instruments their margin steps, from [`read_tiers`].
    pub fn learn_tiers(&mut self, tiers: &BTreeMap<Symbol, Vec<LeverageTier>>) {
        for instrument in &mut self.instruments {
            if let Some(known) = tiers.get(&instrument.id.symbol) {
                instrument.tiers.clone_from(known);
            }
        }
    }
}

/// Reads the reply of `leverageBracket`: one row, or a list of them.
///
/// # Errors
/// When it is no JSON of that shape.
pub fn read_tiers(bytes: &[u8]) -> Result<BTreeMap<Symbol, Vec<LeverageTier>>, JsonError> {
    let what = "leverageBracket";
    let is_list = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let rows: Vec<BracketRow> =
        if is_list { json::parse(what, bytes, REPLY_MAX)? } else { vec![json::parse(what, bytes, REPLY_MAX)?] };
    let named = rows.iter().filter_map(|row| Some((Symbol::new(&row.symbol).ok()?, tiers(row))));
    Ok(named.collect())
}

/// Margin steps of a row, lowest first.
#[must_use]
pub fn tiers(row: &BracketRow) -> Vec<LeverageTier> {
    let mut steps: Vec<LeverageTier> = row
        .brackets
        .iter()
        .map(|bracket| LeverageTier {
            notional_from: bracket.notional_floor.0,
            maintenance_rate: bracket.maint_margin_ratio.0,
            maintenance_amount: bracket.cum.0,
            max_leverage: bracket.initial_leverage,
        })
        .collect();
    steps.arrange_by_key(|step| step.notional_from);
    steps
}

/// One margin step over every size from what the listing itself says: an account is allowed more leverage for small
/// positions, and is told so by [`read_tiers`]; without a key nobody is told of more than there is.
fn careful_step(row: &SymbolRow) -> Vec<LeverageTier> {
    let fraction = |percent: Option<Decimal>| percent.filter(|p| *p > Decimal::ZERO && *p <= Decimal::ONE_HUNDRED);
    let (required, kept) = (fraction(row.required_margin_percent.0), fraction(row.maint_margin_percent.0));
    let (Some(required), Some(kept)) = (required, kept) else { return Vec::new() };
    let times = (Decimal::ONE_HUNDRED / required).trunc().to_u32().unwrap_or(1);
    vec![LeverageTier {
        notional_from: Decimal::ZERO,
        maintenance_rate: kept / Decimal::ONE_HUNDRED,
        maintenance_amount: Decimal::ZERO,
        max_leverage: times.clamp(1, LISTED_LEVERAGE_MAX),
    }]
}

fn rate_limit(row: &RateLimitRow) -> Option<RateLimit> {
    let budget = match row.rate_limit_type.as_str() {
        "REQUEST_WEIGHT" => Budget::Weight,
        "ORDERS" => Budget::Orders,
        "RAW_REQUESTS" => Budget::Requests,
        _ => return None,
    };
    let seconds = match row.interval.as_str() {
        "SECOND" => 1,
        "MINUTE" => 60,
        "HOUR" => 3_600,
        "DAY" => 86_400,
        _ => return None,
    };
    let window = Duration::from_secs(seconds * u64::from(row.interval_num));
    (!window.is_zero() && row.limit > 0).then_some(RateLimit { budget, window, limit: row.limit })
}

/// `None` when a rule every order needs is missing, or none an exchange would have.
fn rules_of(row: &SymbolRow) -> Option<SymbolRules> {
    let mut found = Found::default();
    for filter in &row.filters {
        match *filter {
            Filter::Price { min, max, tick } => {
                let tick = Price::new(tick.0).ok()?;
                found.price = Some(PriceRule { tick, min: bound(min.0)?, max: bound(max.0)? });
            }
            Filter::Lot(lot) => found.lot = Some(lot_rule(lot)?),
            Filter::MarketLot(lot) => found.market_lot = lot_rule(lot),
            Filter::MinNotional(notional) => found.min_notional = bound(notional.0)?,
            Filter::PercentPrice { up, down } => found.percent = Some((bound(up.0)?, bound(down.0)?)),
            Filter::MaxOrders(limit) => found.max_orders = Some(limit),
            Filter::Other => {}
        }
    }
    let lot = found.lot?;
    let (percent_up, percent_down) = found.percent.unwrap_or_default();
    Some(SymbolRules {
        status: Status::of(row.status.as_deref().unwrap_or_default()),
        is_tradfi: row.contract_type.as_deref() == Some("TRADIFI_PERPETUAL"),
        price: found.price?,
        lot,
        market_lot: found.market_lot.unwrap_or(lot),
        min_notional: found.min_notional,
        percent_up,
        percent_down,
        max_orders: found.max_orders,
        order_types: row.order_types.clone(),
        ends_at: row.delivery_date.filter(|at| (1..NEVER).contains(at)).map(UtcTime::from_millis),
    })
}

#[derive(Default)]
struct Found {
    price: Option<PriceRule>,
    lot: Option<LotRule>,
    market_lot: Option<LotRule>,
    min_notional: Option<Decimal>,
    percent: Option<(Option<Decimal>, Option<Decimal>)>,
    max_orders: Option<u32>,
}

/// A bound that 0 switches off; `None` when no exchange would have it.
fn bound(value: Decimal) -> Option<Option<Decimal>> {
    let value = Quantity::new(value).ok()?.value();
    Some((!value.is_zero()).then_some(value))
}

fn lot_rule(filter: LotFilter) -> Option<LotRule> {
    let step = Quantity::new(filter.step.0).ok().filter(|step| !step.is_zero())?;
    let min = Quantity::new(filter.min.0).ok()?;
    let max = Quantity::new(filter.max.0).ok().filter(|max| !max.is_zero());
    Some(LotRule { step, min, max })
}

fn instrument(symbol: Symbol, currency: Currency, row: &SymbolRow, rules: &SymbolRules) -> Instrument {
    let base = row.base_asset.as_deref().unwrap_or_else(|| symbol.as_str());
    let (name_ko, name_en) = names::perpetual(base);
    let tick = rules.price.tick.value().normalize();
    Instrument {
        id: InstrumentId { venue: Venue::BinanceFutures, symbol },
        name_ko,
        name_en,
        product: Product::CryptoPerpetual,
        currency,
        ticks: TickRule::Fixed(tick),
        price_decimals: tick.scale(),
        lot: rules.lot.step,
        min_quantity: rules.lot.min.max(rules.lot.step),
        max_quantity: rules.lot.max,
        min_notional: rules.min_notional,
        multiplier: Decimal::ONE,
        base_price: None,
        daily_limit: None,
        tiers: careful_step(row),
    }
}
