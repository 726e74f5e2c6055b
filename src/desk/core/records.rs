//! The core's state as the records faces get.

use rust_decimal::{Decimal, RoundingStrategy, dec};

use super::{Core, Market, Profile, ProfileIndex};
use crate::desk::record::{
    BalanceRecord, BookRecord, Direction, FillRecord, InstrumentRecord, OrderRecord, PnlRecord, PositionRecord,
    ProfileStatus, QuoteRecord, RiskShowRecord, TransactionRecord,
};
use crate::market::{Currency, InstrumentId, Level, Price, Product, Quantity, Side, UtcTime};
use crate::order::fee::Liquidity;
use crate::order::{Fill, Order, OrderState, PendingChange, Position, Role, Transaction};

use super::profile::Link;

impl Core {
    /// An order as faces see it.
    #[must_use]
    pub fn order_record(&self, order: &Order) -> OrderRecord {
        let mut record = plain_order_record(order);
        record.watched_by = self.watcher(order);
        record
    }

    /// A quote. `None` for an instrument the profile does not have.
    #[must_use]
    pub fn quote(&self, now: UtcTime, profile: ProfileIndex, id: InstrumentId) -> Option<QuoteRecord> {
        let state = self.profiles.get(profile)?;
        state.markets.get(&id).map(|market| quote_record(now, state, market))
    }

    /// A book with up to `levels` a side.
    #[must_use]
    pub fn book_record(
        &self,
        now: UtcTime,
        profile: ProfileIndex,
        id: InstrumentId,
        levels: usize,
    ) -> Option<BookRecord> {
        let state = self.profiles.get(profile)?;
        state.markets.get(&id).map(|market| book_record(now, state, market, levels))
    }

    /// Instruments, as `info` and `search` show them.
    #[must_use]
    pub fn instrument_record(&self, now: UtcTime, market: &Market) -> InstrumentRecord {
        let instrument = &market.instrument;
        let on = super::reserve::date_of(instrument, now);
        let last = market.last_price();
        InstrumentRecord {
            symbol: instrument.id.symbol.to_string(),
            venue: instrument.id.venue,
            name_ko: instrument.name_ko.clone(),
            name_en: instrument.name_en.clone(),
            product: product_name(instrument.product).into(),
            currency: instrument.currency,
            tick_size: market.valuation().map(|price| instrument.ticks.tick(price.value(), on).normalize()),
            lot: instrument.lot,
            multiplier: instrument.multiplier.normalize(),
            base_price: instrument.base_price,
            upper_limit: market.limits.map(|limits| limits.upper),
            lower_limit: market.limits.map(|limits| limits.lower),
            max_leverage: instrument.tiers.iter().map(|tier| tier.max_leverage).max(),
            last,
            change_percent: change(market).map(|(_, percent)| percent),
            volume: market.day.volume,
            value: market.day.value.normalize(),
        }
    }

    /// Cash of a profile.
    #[must_use]
    pub fn balances(&self, profile: ProfileIndex) -> Vec<BalanceRecord> {
        let Some(state) = self.profiles.get(profile) else { return Vec::new() };
        let record = |account: &crate::order::Account| BalanceRecord {
            profile: state.name.to_string(),
            currency: account.currency,
            cash: account.cash.normalize(),
            reserved: account.reserved.normalize(),
            margin: account.margin.normalize(),
            available: account.available().normalize(),
            equity: state.equity(account.currency).normalize(),
        };
        state.accounts.values().map(record).collect()
    }

    /// Holdings of a profile.
    #[must_use]
    pub fn positions(&self, now: UtcTime, profile: ProfileIndex) -> Vec<PositionRecord> {
        let Some(state) = self.profiles.get(profile) else { return Vec::new() };
        let open = state.positions.values().filter(|position| !position.is_flat());
        open.filter_map(|position| self.position_record(now, profile, position)).collect()
    }

    fn position_record(&self, now: UtcTime, profile: ProfileIndex, position: &Position) -> Option<PositionRecord> {
        let state = self.profiles.get(profile)?;
        let market = state.markets.get(&position.key.instrument)?;
        let instrument = &market.instrument;
        let margined = instrument.product.is_margined();
        let long = position.quantity.is_sign_positive();
        let price = market.valuation();
        let unrealized = price.map(|price| position.unrealized(price, instrument.multiplier));
        let net = price.zip(unrealized).map(|(price, open)| {
            let notional = price.value() * position.quantity.abs() * instrument.multiplier;
            let side = if long { Side::Sell } else { Side::Buy };
            let on = super::reserve::date_of(instrument, now);
            let exit = state.fees.charge(instrument, side, notional, Liquidity::Taker, on);
            open - exit.commission - exit.tax
        });
        let average = position.average_price(instrument.multiplier);
        let entry = if long { Side::Buy } else { Side::Sell };
        Some(PositionRecord {
            profile: state.name.to_string(),
            symbol: instrument.id.symbol.to_string(),
            venue: instrument.id.venue,
            name_ko: instrument.name_ko.clone(),
            name_en: instrument.name_en.clone(),
            side: if long { Direction::Long } else { Direction::Short },
            quantity: position.quantity.abs().normalize(),
            average_price: average.map(|p| p.round_dp(instrument.price_decimals + 4).normalize()),
            last: price,
            unrealized: unrealized.map(|value| value.normalize()),
            unrealized_net: net.map(|value| value.normalize()),
            realized: position.realized().normalize(),
            realized_gross: position.realized_gross.normalize(),
            fees: position.commission.normalize(),
            taxes: position.tax.normalize(),
            cost: position.cost.normalize(),
            breakeven: average.and_then(|price| {
                self.breakeven(profile, instrument, entry, price, position.quantity.abs(), Decimal::ZERO, now)
            }),
            liquidation_price: self.liquidation_price(profile, position),
            leverage: margined.then(|| state.leverage_of(instrument)),
            margin: margined.then(|| position.margin.normalize()),
            currency: position.currency,
        })
    }

    /// Profit and loss of a profile by currency.
    #[must_use]
    pub fn pnl(&self, now: UtcTime, profile: ProfileIndex) -> Vec<PnlRecord> {
        let Some(state) = self.profiles.get(profile) else { return Vec::new() };
        let one = |currency: &Currency| {
            let standing = self.standing(now, profile, *currency, None);
            let mut record = PnlRecord {
                profile: state.name.to_string(),
                currency: *currency,
                today: standing.day_profit.normalize(),
                realized: dec!(0),
                unrealized: dec!(0),
                unrealized_net: dec!(0),
                fees: dec!(0),
                taxes: dec!(0),
                equity: standing.equity.normalize(),
                peak_equity: standing.peak_equity.normalize(),
            };
            for position in state.positions.values().filter(|position| position.currency == *currency) {
                record.realized += position.realized();
                record.fees += position.commission;
                record.taxes += position.tax;
                if let Some(open) = self.position_record(now, profile, position).filter(|_| !position.is_flat()) {
                    record.unrealized += open.unrealized.unwrap_or_default();
                    record.unrealized_net += open.unrealized_net.unwrap_or_default();
                }
            }
            record
        };
        state.accounts.keys().map(one).collect()
    }

    /// Limits of a profile and what they stand at.
    #[must_use]
    pub fn risk_show(&self, now: UtcTime, profile: ProfileIndex) -> Option<RiskShowRecord> {
        let state = self.profiles.get(profile)?;
        let currency = state.accounts.keys().next().copied().unwrap_or(Currency::Krw);
        let standing = self.standing(now, profile, currency, None);
        Some(RiskShowRecord {
            profile: state.name.to_string(),
            state: self.state.as_str().into(),
            limits: state.limits.clone(),
            day_profit: standing.day_profit.normalize(),
            equity: standing.equity.normalize(),
            peak_equity: standing.peak_equity.normalize(),
            open_orders: standing.open_orders,
            positions: standing.positions,
            currency,
        })
    }

    /// State of every profile.
    #[must_use]
    pub fn profile_statuses(&self) -> Vec<ProfileStatus> {
        let unknown = |state: &Profile| {
            let open = state.open.iter().filter_map(|id| self.orders.get(id));
            open.filter(|order| order.state == OrderState::Unknown).count()
        };
        let status = |state: &Profile| ProfileStatus {
            name: state.name.to_string(),
            broker: state.capabilities.broker.into(),
            world: state.world.as_str().into(),
            connection: match state.link {
                Link::Connecting => "connecting".into(),
                Link::Up => "up".into(),
                Link::Silent => "silent".into(),
                Link::Down(_) => "down".into(),
            },
            reconciled: state.reconciled && state.differences.is_empty(),
            comparing: state.is_being_compared(),
            open_orders: state.open.len(),
            unknown_orders: unknown(state),
            positions: state.positions.values().filter(|position| !position.is_flat()).count(),
            routes: state.capabilities.routes.to_vec(),
        };
        self.profiles.iter().map(status).collect()
    }
}

/// A quote of one market.
#[must_use]
pub fn quote_record(now: UtcTime, profile: &Profile, market: &Market) -> QuoteRecord {
    let instrument = &market.instrument;
    let (bid, ask) = (market.best_bid(), market.best_ask());
    let price = |level: Option<Level>| level.map(|level| level.price);
    let quantity = |level: Option<Level>| level.map(|level| level.quantity);
    let changed = change(market);
    let interruption = market.static_vi(now);
    let previous_close = market.day.previous_close.or(instrument.base_price);
    QuoteRecord {
        profile: profile.name.to_string(),
        symbol: instrument.id.symbol.to_string(),
        venue: instrument.id.venue,
        name_ko: instrument.name_ko.clone(),
        name_en: instrument.name_en.clone(),
        last: market.last_price().or(previous_close),
        last_is_close: market.last.is_none() && previous_close.is_some(),
        change: changed.map(|(by, _)| by),
        change_percent: changed.map(|(_, percent)| percent),
        bid: price(bid),
        ask: price(ask),
        bid_quantity: quantity(bid),
        ask_quantity: quantity(ask),
        volume: market.day.volume,
        value: market.day.value.normalize(),
        open: market.day.open,
        high: market.day.high,
        low: market.day.low,
        previous_close,
        upper_limit: market.limits.map(|limits| limits.upper),
        lower_limit: market.limits.map(|limits| limits.lower),
        vi_upper: interruption.map(|(upper, _)| upper),
        vi_lower: interruption.map(|(_, lower)| lower),
        buy_volume: market.takers.bought,
        sell_volume: market.takers.sold,
        strength: market.takers.strength(),
        phase: market.phase.phase,
        currency: instrument.currency,
        time: market.venue_time,
        age_ms: age_ms(now, market),
        stale: is_stale(now, profile, market),
        polled: market.polled,
    }
}

/// A book of one market.
#[must_use]
pub fn book_record(now: UtcTime, profile: &Profile, market: &Market, levels: usize) -> BookRecord {
    let pair = |level: Level| (level.price, level.quantity);
    let (bids, asks): (Vec<_>, Vec<_>) = market.book.live().map_or_else(
        || (Vec::new(), Vec::new()),
        |book| (book.bids(levels).map(pair).collect(), book.asks(levels).map(pair).collect()),
    );
    let total =
        |levels: &[(Price, Quantity)]| levels.iter().fold(Quantity::ZERO, |sum, (_, quantity)| sum.plus(*quantity));
    BookRecord {
        profile: profile.name.to_string(),
        symbol: market.instrument.id.symbol.to_string(),
        venue: market.instrument.id.venue,
        bid_total: total(&bids),
        ask_total: total(&asks),
        bids,
        asks,
        last: market.last_price(),
        phase: market.phase.phase,
        expected_price: market.expected.map(|expected| expected.price),
        expected_quantity: market.expected.map(|expected| expected.quantity),
        time: market.venue_time,
        age_ms: age_ms(now, market),
        stale: is_stale(now, profile, market) || market.book.live().is_none(),
    }
}

fn age_ms(now: UtcTime, market: &Market) -> Option<u64> {
    market.updated_at.and_then(|at| u64::try_from(now.since(at).as_millis()).ok())
}

fn is_stale(now: UtcTime, profile: &Profile, market: &Market) -> bool {
    let limit = profile.limits.data_age(market.instrument.id.venue);
    market.age(now).is_none_or(|age| age > limit)
}

/// Change against the previous close, and the same in per cent.
pub(super) fn change(market: &Market) -> Option<(Decimal, Decimal)> {
    let last = market.last_price()?.value();
    let base = market.day.previous_close.or(market.instrument.base_price)?.value();
    let percent = ((last - base) * dec!(100)).checked_div(base)?;
    let percent = percent.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Some(((last - base).normalize(), percent.normalize()))
}

fn product_name(product: Product) -> &'static str {
    match product {
        Product::KrxStock(_) => "krx_stock",
        Product::KrxEtf => "krx_etf",
        Product::ForeignStock => "foreign_stock",
        Product::CryptoSpot => "crypto_spot",
        Product::CryptoPerpetual => "crypto_perpetual",
        Product::KrxBond => "krx_bond",
        Product::KrxFuture => "krx_future",
        Product::KrxOption => "krx_option",
    }
}

/// An order as the ledger has it: who watches a stop is known only to the desk.
#[must_use]
pub fn plain_order_record(order: &Order) -> OrderRecord {
    OrderRecord {
        id: order.id.to_string(),
        client_id: order.client_id.as_ref().map(ToString::to_string),
        broker_id: order.broker_id.as_ref().map(ToString::to_string),
        profile: order.profile.to_string(),
        symbol: order.instrument.symbol.to_string(),
        venue: order.instrument.venue,
        side: order.side,
        kind: order.kind.name(),
        time_in_force: order.time_in_force,
        price: order.kind.limit(),
        stop_price: order.kind.trigger(),
        quantity: order.quantity,
        filled_quantity: order.filled,
        average_price: order.average_price().map(|price| price.round_dp(12).normalize()),
        state: order.state,
        pending_change: order.pending_change.as_ref().map(|change| match change {
            PendingChange::Cancel { .. } => "cancel".to_owned(),
            PendingChange::Replace { .. } => "replace".to_owned(),
        }),
        watched_by: order.watched_by,
        parent_id: order.parent_id.map(|id| id.to_string()),
        role: match order.role {
            Role::Entry => "entry",
            Role::TakeProfit => "take_profit",
            Role::StopLoss => "stop_loss",
            Role::Oco => "oco",
            Role::Flatten => "flatten",
        }
        .into(),
        source: order.source.to_string(),
        reason: order.reason.clone(),
        reduce_only: order.reduce_only,
        queue_ahead: None,
        created_at: order.created_at,
        updated_at: order.updated_at,
        route: order.route,
    }
}

/// A fill, of an instrument with this multiplier.
#[must_use]
pub fn fill_record(fill: &Fill, multiplier: Decimal) -> FillRecord {
    FillRecord {
        id: fill.id.to_string(),
        order_id: fill.order_id.to_string(),
        profile: fill.profile.to_string(),
        symbol: fill.instrument.symbol.to_string(),
        venue: fill.instrument.venue,
        side: fill.side,
        price: fill.price,
        quantity: fill.quantity,
        multiplier: multiplier.normalize(),
        fee: fill.commission.normalize(),
        tax: fill.tax.normalize(),
        currency: fill.currency,
        liquidity: match fill.liquidity {
            Liquidity::Maker => "maker",
            Liquidity::Taker => "taker",
            Liquidity::Auction => "auction",
        }
        .into(),
        time: fill.time,
    }
}

/// A transaction.
#[must_use]
pub fn transaction_record(transaction: &Transaction) -> TransactionRecord {
    TransactionRecord {
        id: transaction.id.0,
        time: transaction.time,
        kind: transaction.kind.as_str().into(),
        profile: transaction.profile.to_string(),
        symbol: transaction.instrument.map(|id| id.symbol.to_string()),
        venue: transaction.instrument.map(|id| id.venue),
        order_id: transaction.order_id.map(|id| id.to_string()),
        quantity: transaction.quantity,
        price: transaction.price,
        amount: transaction.amount.normalize(),
        commission: transaction.commission.normalize(),
        tax: transaction.tax.normalize(),
        cash_before: transaction.cash_before.normalize(),
        cash_after: transaction.cash_after.normalize(),
        currency: transaction.currency,
    }
}
