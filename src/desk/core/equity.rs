//! What a profile is worth, what the day has brought, and where a position breaks even.

use jiff::civil::Date;
use rust_decimal::{Decimal, dec};

use super::{Core, Effects, Profile, ProfileIndex};
use crate::ledger::Write;
use crate::market::{Currency, Instrument, Product, Side, UtcTime, Venue};
use crate::order::fee::Liquidity;
use crate::order::position::{MarginState, liquidation_price, tier_of};
use crate::order::{OrderId, Position};

/// Equity at the start of a day, and the highest ever seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayBase {
    /// The day, in the currency's own zone (Seoul for won, else UTC).
    pub date: Date,
    /// Equity when it began, moved by deposits and withdrawals since.
    pub equity: Decimal,
    /// Highest equity seen, moved likewise.
    pub peak: Decimal,
}

/// Where a profile stands in one currency.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standing {
    /// Cash and what is held at the last prices.
    pub equity: Decimal,
    /// Highest equity seen.
    pub peak_equity: Decimal,
    /// Profit since the start of the day.
    pub day_profit: Decimal,
    /// Value of positions and of what open orders would open.
    pub exposure: Decimal,
    /// Instruments held or being opened.
    pub positions: u32,
    /// Open orders.
    pub open_orders: u32,
}

/// The day of a currency: in Seoul for won, else UTC.
pub(super) fn day_of(currency: Currency, now: UtcTime) -> Date {
    let venue = if currency == Currency::Krw { Venue::Krx } else { Venue::BinanceFutures };
    crate::market::session::trading_date(venue, now)
}

impl Profile {
    /// Cash and what is held at the last prices.
    #[must_use]
    pub fn equity(&self, currency: Currency) -> Decimal {
        let cash = self.accounts.get(&currency).map_or(Decimal::ZERO, |account| account.cash);
        self.positions
            .values()
            .filter(|position| position.currency == currency && !position.is_flat())
            .fold(cash, |sum, position| sum + self.worth(position))
    }

    /// What a position adds to equity: its value when paid in full, its open profit when on margin.
    fn worth(&self, position: &Position) -> Decimal {
        let Some(market) = self.markets.get(&position.key.instrument) else { return position.cost };
        let multiplier = market.instrument.multiplier;
        let margined = market.instrument.product.is_margined();
        let Some(price) = market.valuation() else { return if margined { Decimal::ZERO } else { position.cost } };
        let open = position.unrealized(price, multiplier);
        if margined { open } else { position.cost + open }
    }

    /// Takes the start of the day in a currency, unless it was taken today. Whatever is about to earn or cost something
    /// takes it first: what is taken after a fill has the fill's charges in it, and those are the day's.
    pub(super) fn open_day(&mut self, now: UtcTime, currency: Currency, effects: &mut Effects) {
        let today = day_of(currency, now);
        let former = self.day.get(&currency).copied();
        if former.is_some_and(|base| base.date == today) {
            return;
        }
        let equity = self.equity(currency);
        let peak = former.map_or(equity, |base| base.peak.max(equity));
        self.day.insert(currency, DayBase { date: today, equity, peak });
        self.write_day(currency, effects);
    }

    /// What a day before today has earned is known only now: it was there when today began, and is no profit of today.
    pub(super) fn shift_opening(&mut self, currency: Currency, by: Decimal, effects: &mut Effects) {
        if by.is_zero() {
            return;
        }
        if let Some(base) = self.day.get_mut(&currency) {
            base.equity += by;
            self.write_day(currency, effects);
        }
    }

    fn write_day(&self, currency: Currency, effects: &mut Effects) {
        let Some(base) = self.day.get(&currency) else { return };
        let key = format!("day:{}:{currency}", self.name);
        effects.writes.push(Write::Setting { key, value: Some(format!("{}|{}", base.date, base.equity)) });
    }

    pub(super) fn recover_day(&mut self, what: &str, currency: &str, value: &str) {
        let Ok(currency) = currency.parse::<Currency>() else { return };
        let mut base = self.day.get(&currency).copied().unwrap_or(DayBase {
            date: Date::MIN,
            equity: Decimal::ZERO,
            peak: Decimal::ZERO,
        });
        match what {
            "day" => {
                let Some((date, equity)) = value.split_once('|') else { return };
                let (Ok(date), Ok(equity)) = (date.parse(), equity.parse()) else { return };
                base.date = date;
                base.equity = equity;
            }
            _ => {
                let Ok(peak) = value.parse() else { return };
                base.peak = peak;
            }
        }
        self.day.insert(currency, base);
    }
}

impl Core {
    /// Where a profile stands in a currency; `without` leaves an order out of every sum.
    #[must_use]
    pub fn standing(
        &self,
        now: UtcTime,
        profile: ProfileIndex,
        currency: Currency,
        without: Option<OrderId>,
    ) -> Standing {
        let Some(state) = self.profiles.get(profile) else { return Standing::default() };
        let equity = state.equity(currency);
        let base = state.day.get(&currency).filter(|base| base.date == day_of(currency, now));
        let peak = state.day.get(&currency).map_or(equity, |base| base.peak.max(equity));
        let mut standing = Standing {
            equity,
            peak_equity: peak,
            day_profit: base.map_or(Decimal::ZERO, |base| equity - base.equity),
            ..Standing::default()
        };
        let mut instruments = std::collections::BTreeSet::new();
        for position in state.positions.values().filter(|position| !position.is_flat()) {
            instruments.insert(position.key.instrument);
            if position.currency == currency
                && let Some(market) = state.markets.get(&position.key.instrument)
            {
                let price = market.valuation().map_or(Decimal::ZERO, |price| price.value());
                standing.exposure += price * position.quantity.abs() * market.instrument.multiplier;
            }
        }
        let open = state.open.iter().filter(|id| Some(**id) != without).filter_map(|id| self.orders.get(id));
        for order in open {
            standing.open_orders += 1;
            let Some(market) = state.markets.get(&order.instrument) else { continue };
            let opening = order.remaining().at_most(order.reservation.opening);
            if opening.is_zero() {
                continue;
            }
            instruments.insert(order.instrument);
            if market.instrument.currency == currency {
                let price = order.kind.limit().or_else(|| order.kind.trigger()).or_else(|| market.valuation());
                standing.exposure += price.map_or(Decimal::ZERO, |price| market.instrument.notional(price, opening));
            }
        }
        standing.positions = u32::try_from(instruments.len()).unwrap_or(u32::MAX);
        standing
    }

    /// Keeps the start of the day and the peak, and writes equity down now and then.
    pub(super) fn book_equity(&mut self, now: UtcTime, effects: &mut Effects) {
        let interval = self.settings.equity_interval;
        for state in &mut self.profiles {
            let due = now.since(state.equity_at) >= interval || state.equity_at > now;
            let currencies: Vec<Currency> = state.accounts.keys().copied().collect();
            for currency in currencies {
                state.open_day(now, currency, effects);
                let equity = state.equity(currency);
                let Some(base) = state.day.get_mut(&currency) else { continue };
                base.peak = base.peak.max(equity);
                let peak = base.peak;
                if due {
                    effects.writes.push(Write::Equity { profile: state.name.clone(), currency, at: now, equity });
                    let key = format!("peak:{}:{currency}", state.name);
                    effects.writes.push(Write::Setting { key, value: Some(peak.to_string()) });
                }
            }
            if due {
                state.equity_at = now;
            }
        }
    }

    /// A deposit is no profit and a withdrawal no loss.
    pub(super) fn shift_day(&mut self, profile: ProfileIndex, currency: Currency, by: Decimal, effects: &mut Effects) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let Some(base) = state.day.get_mut(&currency) else { return };
        base.equity += by;
        base.peak += by;
        state.write_day(currency, effects);
    }

    /// Price at which closing `quantity` bought (or sold) at `price` would cost nothing after fees and taxes.
    ///
    /// For a purchase: `p * q * (1 - exit rates) = price * q + entry commission`.
    #[must_use]
    #[expect(clippy::too_many_arguments, reason = "the terms of one formula")]
    pub fn breakeven(
        &self,
        profile: ProfileIndex,
        instrument: &Instrument,
        entry: Side,
        price: Decimal,
        quantity: Decimal,
        entry_commission: Decimal,
        now: UtcTime,
    ) -> Option<Decimal> {
        let state = self.profiles.get(profile)?;
        let units = quantity.checked_mul(instrument.multiplier)?;
        let notional = price.checked_mul(units)?;
        let on = super::reserve::date_of(instrument, now);
        let exit = state.fees.charge(instrument, entry.opposite(), notional, Liquidity::Taker, on);
        let rate = (exit.commission + exit.tax).checked_div(notional)?;
        match entry {
            Side::Buy => (notional + entry_commission).checked_div(units.checked_mul(dec!(1) - rate)?),
            Side::Sell => (notional - entry_commission).checked_div(units.checked_mul(dec!(1) + rate)?),
        }
        .map(|price| price.round_dp(instrument.price_decimals + 2).normalize())
    }

    /// Liquidation price of a margined position on the whole cash of its currency (cross).
    #[must_use]
    pub fn liquidation_price(&self, profile: ProfileIndex, position: &Position) -> Option<Decimal> {
        let state = self.profiles.get(profile)?;
        let market = state.markets.get(&position.key.instrument)?;
        // At KRX no price ends a position: the broker calls for margin after the day, and then sells.
        let is_called = market.instrument.product == Product::KrxFuture;
        if !market.instrument.product.is_margined() || is_called || position.is_flat() {
            return None;
        }
        let mut margin = MarginState {
            wallet: state.accounts.get(&position.currency)?.cash,
            other_maintenance: Decimal::ZERO,
            other_profit: Decimal::ZERO,
        };
        let others = state.positions.values().filter(|p| p.key != position.key && p.currency == position.currency);
        for other in others.filter(|p| !p.is_flat()) {
            let Some(other_market) = state.markets.get(&other.key.instrument) else { continue };
            if !other_market.instrument.product.is_margined() {
                continue;
            }
            let Some(price) = other_market.valuation() else { continue };
            let notional = price.value() * other.quantity.abs() * other_market.instrument.multiplier;
            if let Some(tier) = tier_of(&other_market.instrument.tiers, notional) {
                margin.other_maintenance += notional * tier.maintenance_rate - tier.maintenance_amount;
            }
            margin.other_profit += other.unrealized(price, other_market.instrument.multiplier);
        }
        liquidation_price(position, &market.instrument, margin)
            .map(|price| price.round_dp(market.instrument.price_decimals + 2).normalize())
    }
}
