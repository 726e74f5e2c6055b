//! What there is to trade, and what a balance of an asset is to hoga.
//!
//! The exchange keeps assets; hoga keeps money and holdings of instruments. Money is what prices are told in and nothing
//! else: national currencies and coins pegged to one. Every other coin is a holding, and of one instrument only, that in
//! which it is paid with the first of [`MONEY`] it is listed against: bitcoins are a holding of `BTCUSDT`, however they
//! came. So an order that would move another asset than hoga's books do (paying with bitcoins, or buying them for USDC)
//! is not sent: the books would differ from the exchange's from then on.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rust_decimal::Decimal;

use super::filters::{Asked, Filters};
use super::order_request::{basis_points, type_name};
use super::wire::WireError;
use super::wire::exchange_info::{self, RateLimit, SymbolInfo};
use crate::broker::api::PlaceOrder;
use crate::broker::binance::listing as limits;
use crate::market::arrange::Arrange;
use crate::market::gather::Gather;
use crate::market::{Currency, Instrument, InstrumentId, Phase, Price, Product, Quantity, Symbol, TickRule, Venue};
use crate::order::OrderKind;

/// Assets that are money here, the one whose instrument holds a coin first.
pub const MONEY: [Currency; 6] =
    [Currency::Usdt, Currency::Usdc, Currency::Fdusd, Currency::Jpy, Currency::Krw, Currency::Vnd];

/// Instruments of the spot market with the exchange's rules for them.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// By symbol; what is paid with something hoga has no currency for is left out.
    pub instruments: Vec<Instrument>,
    /// The exchange's rules.
    pub rules: BTreeMap<Symbol, SymbolRules>,
    /// The instrument a coin is held as.
    coins: BTreeMap<String, InstrumentId>,
    /// Budgets.
    pub limits: Vec<limits::RateLimit>,
    /// Symbols left out, for whatever reason.
    pub left_out: usize,
}

/// The exchange's rules for one symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolRules {
    /// Which.
    pub instrument: InstrumentId,
    /// What is bought.
    pub base: String,
    /// What it is paid with.
    pub quote: Currency,
    /// Whether it trades.
    pub phase: Phase,
    /// Prices and quantities it takes.
    pub filters: Filters,
    /// Types it takes, in the exchange's words.
    pub order_types: BTreeSet<String>,
    /// Whether stops may trail.
    pub allows_trailing: bool,
    /// Whether an order may be replaced in one request.
    pub allows_replace: bool,
    /// Whether a quantity may be made smaller in place.
    pub allows_amend: bool,
    /// Whether an order in it moves what hoga's books would.
    pub is_booked: bool,
}

/// What a balance of an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asset {
    /// Cash.
    Money(Currency),
    /// A holding.
    Coin(InstrumentId),
    /// Nothing hoga can name.
    Unknown,
}

/// Money by its name.
fn money(asset: &str) -> Option<Currency> {
    MONEY.into_iter().find(|currency| currency.as_str() == asset)
}

/// The phase that a status means; one that is not known takes no orders.
#[must_use]
pub fn phase_of(status: &str) -> Phase {
    match status {
        "TRADING" => Phase::Continuous,
        "HALT" | "CANCEL_ONLY" => Phase::Halted,
        _ => Phase::Closed,
    }
}

impl Listing {
    /// Reads the reply of `exchangeInfo`.
    ///
    /// # Errors
    /// When it is no JSON of that shape as a whole; single symbols that cannot be read are left out.
    pub fn read(bytes: &[u8]) -> Result<Self, WireError> {
        let info = exchange_info::decode(bytes)?;
        let limits = info.rate_limits.iter().filter_map(rate_limit).collect();
        let mut out = Self { limits, left_out: info.unreadable, ..Self::default() };
        for symbol in &info.symbols {
            match read(symbol) {
                Some((instrument, rules)) => {
                    out.instruments.push(instrument);
                    out.rules.insert(rules.instrument.symbol, rules);
                }
                None => out.left_out += 1,
            }
        }
        out.instruments.arrange_by_key(|instrument| instrument.id.symbol);
        out.instruments.dedup_by_key(|instrument| instrument.id.symbol);
        out.coins = coins(&out.rules);
        for rules in out.rules.values_mut() {
            rules.is_booked = out.coins.get(&rules.base) == Some(&rules.instrument);
        }
        Ok(out)
    }

    /// What a balance of an asset is.
    #[must_use]
    pub fn asset(&self, asset: &str) -> Asset {
        match (money(asset), self.coins.get(asset)) {
            (Some(currency), _) => Asset::Money(currency),
            (None, Some(instrument)) => Asset::Coin(*instrument),
            (None, None) => Asset::Unknown,
        }
    }

    /// The rules of an instrument.
    #[must_use]
    pub fn rules(&self, instrument: InstrumentId) -> Option<&SymbolRules> {
        self.rules.get(&instrument.symbol).filter(|rules| rules.instrument == instrument)
    }
}

/// A budget in the shape of both markets; `None` for a kind or a window nobody knows.
fn rate_limit(row: &RateLimit) -> Option<limits::RateLimit> {
    let budget = match row.rate_limit_type.as_str() {
        "REQUEST_WEIGHT" => limits::Budget::Weight,
        "ORDERS" => limits::Budget::Orders,
        "RAW_REQUESTS" => limits::Budget::Requests,
        _ => return None,
    };
    let seconds = match row.interval.as_str() {
        "SECOND" => 1,
        "MINUTE" => 60,
        "HOUR" => 3_600,
        "DAY" => 86_400,
        _ => return None,
    };
    let window = Duration::from_secs(seconds).checked_mul(row.interval_num)?;
    Some(limits::RateLimit { budget, window, limit: row.limit })
}

/// Each coin's own instrument: it does not depend on what trades at the moment, or a pause would move holdings.
fn coins(rules: &BTreeMap<Symbol, SymbolRules>) -> BTreeMap<String, InstrumentId> {
    let mut coins: BTreeMap<String, (usize, InstrumentId)> = BTreeMap::new();
    for rules in rules.values().filter(|rules| money(&rules.base).is_none()) {
        let Some(rank) = MONEY.iter().position(|currency| *currency == rules.quote) else { continue };
        let held = coins.entry(rules.base.clone()).or_insert((rank, rules.instrument));
        if rank < held.0 {
            *held = (rank, rules.instrument);
        }
    }
    coins.into_iter().map(|(asset, (_, instrument))| (asset, instrument)).into_map()
}

fn read(info: &SymbolInfo) -> Option<(Instrument, SymbolRules)> {
    if info.is_spot_trading_allowed == Some(false) {
        return None;
    }
    let quote = Currency::ALL.into_iter().find(|currency| currency.as_str() == info.quote_asset)?;
    let id = InstrumentId { venue: Venue::BinanceSpot, symbol: Symbol::new(&info.symbol).ok()? };
    let filters = Filters::of(&info.filters);
    let lot = if filters.lot.step.is_zero() { unit(info.base_asset_precision)? } else { filters.lot.step };
    let name = format!("{}/{}", crate::text::clean::clean(&info.base_asset), quote.as_str());
    let instrument = Instrument {
        id,
        name_ko: name.clone(),
        name_en: name,
        product: Product::CryptoSpot,
        currency: quote,
        ticks: TickRule::Fixed(filters.price.step.normalize()),
        price_decimals: price_decimals(&filters, info),
        lot: quantity(lot)?,
        min_quantity: quantity(filters.lot.min.max(lot))?,
        max_quantity: quantity(filters.lot.max).filter(|most| !most.is_zero()),
        min_notional: filters.notional.map(|rule| rule.min.normalize()).filter(|least| !least.is_zero()),
        multiplier: Decimal::ONE,
        base_price: None,
        daily_limit: None,
        tiers: Vec::new(),
    };
    let rules = SymbolRules {
        instrument: id,
        base: info.base_asset.clone(),
        quote,
        phase: phase_of(&info.status),
        filters,
        order_types: info.order_types.iter().cloned().collect(),
        allows_trailing: info.allow_trailing_stop,
        allows_replace: info.cancel_replace_allowed,
        allows_amend: info.amend_allowed,
        is_booked: false,
    };
    Some((instrument, rules))
}

/// Decimals come from the tick, never from the precision fields; those only where there is no tick.
fn price_decimals(filters: &Filters, info: &SymbolInfo) -> u32 {
    match filters.price.step.is_zero() {
        false => filters.price.step.normalize().scale(),
        true => info.quote_asset_precision.unwrap_or(8).min(12),
    }
}

fn unit(decimals: u32) -> Option<Decimal> {
    (decimals <= 12).then(|| Decimal::new(1, decimals))
}

fn quantity(value: Decimal) -> Option<Quantity> {
    Quantity::new(value.normalize()).ok()
}

impl SymbolRules {
    /// Whether the exchange would take an order by its published rules, and hoga's books could hold it. `reference` is
    /// the exchange's reference or average price; what needs one is not judged without.
    ///
    /// # Errors
    /// Why it would not, for people.
    pub fn check(&self, order: &PlaceOrder, reference: Option<Price>) -> Result<(), String> {
        let symbol = order.instrument.symbol;
        if self.phase != Phase::Continuous {
            return Err(format!("{symbol} takes no orders now"));
        }
        if !self.is_booked {
            return Err(format!(
                "{symbol} would move assets that hoga keeps elsewhere: a coin is bought and sold against the first of \
                 USDT, USDC and FDUSD it is listed against"
            ));
        }
        let name = type_name(&order.kind, order.time_in_force).map_err(|error| error.to_string())?;
        if !self.order_types.is_empty() && !self.order_types.contains(name) {
            return Err(format!("{symbol} takes no {name} orders"));
        }
        let trailing = match order.kind {
            OrderKind::TrailingStop { .. } if !self.allows_trailing => {
                return Err(format!("{symbol} takes no trailing stops"));
            }
            OrderKind::TrailingStop { distance, .. } => {
                Some(basis_points(distance).map_err(|error| error.to_string())?)
            }
            _ => None,
        };
        let asked = Asked {
            side: order.side,
            limit: order.kind.limit(),
            trigger: if trailing.is_some() { None } else { order.kind.trigger() },
            trailing,
            quantity: order.quantity,
            is_conditional: order.kind.is_conditional(),
        };
        self.filters.check(&asked, reference).map_err(|broken| broken.to_string())
    }
}
