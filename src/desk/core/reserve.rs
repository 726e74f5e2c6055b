//! What an order costs and what it holds back.

use jiff::civil::Date;
use rust_decimal::{Decimal, dec};

use super::{Core, Effects, ProfileIndex, profile::Profile};
use crate::ledger::Write;
use crate::market::session::trading_date;
use crate::market::{Instrument, Price, Quantity, Side, UtcTime};
use crate::order::fee::Liquidity;
use crate::order::money::round_up;
use crate::order::{Cash, Draft, OrderId, OrderKind, PositionSide, Reservation};

/// How far above the market an order without a price is counted where the venue has no upper limit.
const MARKET_MARGIN: Decimal = dec!(1.05);

/// What an order would cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Costing {
    /// Price its value is counted with.
    pub price: Option<Price>,
    /// Value at that price.
    pub value: Decimal,
    /// Commission at most.
    pub commission: Decimal,
    /// Tax at most.
    pub tax: Decimal,
    /// What it would hold back.
    pub reservation: Reservation,
}

/// Which holding an order is for: margined products in hedge mode have two.
pub(super) fn position_side(instrument: &Instrument, side: PositionSide) -> PositionSide {
    if instrument.product.is_margined() { side } else { PositionSide::Net }
}

/// Units of an order that open a position; the rest closes one.
pub(super) fn opening_part(instrument: &Instrument, draft: &Draft, held: Decimal, held_back: Quantity) -> Quantity {
    if draft.reduce_only {
        return Quantity::ZERO;
    }
    match (instrument.product.is_margined(), draft.position_side, draft.side) {
        (true, PositionSide::Net, side) => {
            let against = if side == Side::Buy { held < Decimal::ZERO } else { held > Decimal::ZERO };
            if !against {
                return draft.quantity;
            }
            let closable = Quantity::new(held.abs()).unwrap_or_default().minus(held_back);
            draft.quantity.minus(closable)
        }
        (true, PositionSide::Long, Side::Sell) | (true, PositionSide::Short, Side::Buy) => Quantity::ZERO,
        (true, _, _) | (false, _, Side::Buy) => draft.quantity,
        (false, _, Side::Sell) => Quantity::ZERO,
    }
}

impl Profile {
    /// Units of a holding that open orders already hold back, but for one order.
    pub(super) fn held_back(
        &self,
        orders: &crate::order::Orders,
        instrument: crate::market::InstrumentId,
        side: PositionSide,
        without: Option<OrderId>,
    ) -> Quantity {
        self.open
            .iter()
            .filter(|id| Some(**id) != without)
            .filter_map(|id| orders.get(id))
            .filter(|order| order.instrument == instrument && order.position_side == side)
            .fold(Quantity::ZERO, |sum, order| sum.plus(order.reservation.quantity))
    }

    /// Price an order is counted with when its value is compared with limits.
    fn counting_price(&self, draft: &Draft) -> Option<Price> {
        let market = self.markets.get(&draft.instrument)?;
        let opposite = match draft.side {
            Side::Buy => market.best_ask(),
            Side::Sell => market.best_bid(),
        };
        draft
            .kind
            .limit()
            .or_else(|| draft.kind.trigger())
            .or_else(|| opposite.map(|level| level.price))
            .or_else(|| market.valuation())
    }

    /// Price that cash is set aside at: a buy without a price may be filled up to the upper limit (KRX), or somewhat
    /// above the market where there is none.
    fn reserving_price(&self, draft: &Draft, counted: Price) -> Price {
        if draft.kind.limit().is_some() || draft.side == Side::Sell {
            return counted;
        }
        let upper = self.markets.get(&draft.instrument).and_then(|market| market.limits).map(|limits| limits.upper);
        let above = Price::new(counted.value() * MARKET_MARGIN).unwrap_or(counted);
        match (upper, draft.kind) {
            (Some(upper), OrderKind::Market | OrderKind::BestLimit) => upper,
            (Some(upper), _) => above.min(upper),
            (None, _) => above,
        }
    }

    /// What an order would cost and hold back.
    pub(super) fn costing(&self, draft: &Draft, instrument: &Instrument, held_back: Quantity, on: Date) -> Costing {
        let side = position_side(instrument, draft.position_side);
        let held = self.position(instrument.id, side).map_or(Decimal::ZERO, |position| position.quantity);
        let opening = opening_part(instrument, draft, held, held_back);
        let currency = instrument.currency;
        let none = Reservation { opening, quantity: draft.quantity.minus(opening), ..Reservation::none(currency) };
        let Some(price) = self.counting_price(draft) else {
            return Costing {
                price: None,
                value: Decimal::ZERO,
                commission: Decimal::ZERO,
                tax: Decimal::ZERO,
                reservation: none,
            };
        };
        let value = instrument.notional(price, draft.quantity);
        let charge = self.fees.charge(instrument, draft.side, value, Liquidity::Taker, on);
        let mut reservation = none;
        if !opening.is_zero() {
            let reserving = self.reserving_price(draft, price);
            let unit = instrument.notional(reserving, Quantity::whole(1));
            let full = instrument.notional(reserving, draft.quantity);
            let fee = self.fees.charge(instrument, draft.side, full, Liquidity::Taker, on).commission;
            let fee_per_unit = fee.checked_div(draft.quantity.value()).unwrap_or_default();
            let held_per_unit = unit.checked_div(Decimal::from(self.leverage_of(instrument))).unwrap_or(unit);
            reservation.cash_per_unit = Some(held_per_unit + fee_per_unit);
        }
        reservation.cash = cash_for(&reservation, opening, currency);
        Costing { price: Some(price), value, commission: charge.commission, tax: charge.tax, reservation }
    }
}

fn cash_for(reservation: &Reservation, opening: Quantity, currency: crate::market::Currency) -> Cash {
    let per_unit = reservation.cash_per_unit.unwrap_or_default();
    Cash::new(round_up(per_unit * opening.value(), currency), currency)
}

/// Trading date of an instrument's venue.
pub(super) fn date_of(instrument: &Instrument, now: UtcTime) -> Date {
    trading_date(instrument.id.venue, now)
}

impl Core {
    /// Sets what an order holds back to what its remaining part needs, and the account with it.
    pub(super) fn refresh_reservation(&mut self, profile: ProfileIndex, id: OrderId, effects: &mut Effects) {
        let Some(order) = self.orders.get_mut(&id) else { return };
        let remaining = order.remaining();
        let opening = remaining.at_most(order.reservation.opening);
        let currency = order.reservation.cash.currency;
        let cash = cash_for(&order.reservation, opening, currency);
        let freed = order.reservation.cash.amount - cash.amount;
        order.reservation.cash = cash;
        let holds_units = !order.reservation.quantity.is_zero();
        order.reservation.quantity = if holds_units { remaining.minus(opening) } else { Quantity::ZERO };
        self.free_cash(profile, currency, freed, effects);
    }

    /// Gives an order another reservation, and the account with it.
    pub(super) fn set_reservation(
        &mut self,
        profile: ProfileIndex,
        id: OrderId,
        reservation: Reservation,
        effects: &mut Effects,
    ) {
        let Some(order) = self.orders.get_mut(&id) else { return };
        let freed = order.reservation.cash.amount - reservation.cash.amount;
        let currency = reservation.cash.currency;
        order.reservation = reservation;
        self.free_cash(profile, currency, freed, effects);
    }

    pub(super) fn free_cash(
        &mut self,
        profile: ProfileIndex,
        currency: crate::market::Currency,
        freed: Decimal,
        effects: &mut Effects,
    ) {
        if freed.is_zero() {
            return;
        }
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let account = state.account_mut(currency);
        account.reserved -= freed;
        effects.writes.push(Write::Balance(account.clone()));
    }
}
