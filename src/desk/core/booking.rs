//! Fills: the one place where money, stock and orders change together.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::equity::day_of;
use super::reserve::date_of;
use super::{Core, Effects, ProfileIndex};
use crate::broker::api::{FeeInKind, FillReport};
use crate::ledger::Write;
use crate::market::{Currency, Instrument, Price, Product, Side, UtcTime};
use crate::order::money::{round_up, truncate};
use crate::order::position::Booked;
use crate::order::{ExecutionId, Fill, OrderId, PositionKey, PositionSide, Transaction, TransactionKind};

use super::super::protocol::Update;

impl Core {
    /// Books a fill that is known to be new: order, cash, position and their rows, all in the batch of this step.
    pub(super) fn book(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        id: OrderId,
        report: &FillReport,
        effects: &mut Effects,
    ) {
        self.store_instrument(profile, report.instrument, effects);
        let transaction_id = self.next_transaction_id();
        let Some(order) = self.orders.get_mut(&id) else { return };
        order.on_fill(report.price, report.quantity, now);
        let (side, ordered_at) = (order.position_side, order.created_at);
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let Some(market) = state.markets.get(&report.instrument) else { return };
        let instrument = market.instrument.clone();
        state.open_day(now, instrument.currency, effects);
        let worth = state.equity(instrument.currency);
        let filled_on = day_of_fill(instrument.currency, (ordered_at, report.time), now);
        let fill = priced(state, &instrument, (id, side), report);
        let estimated = estimated(&instrument, &fill, report);
        state.foresee_charges(filled_on, instrument.currency, estimated, effects);
        let booked = {
            let position = state.position_mut(instrument.id, side, instrument.currency);
            // What is paid in full moves its whole price: no word of a profit changes that.
            let told = report.realized.filter(|_| instrument.product.is_margined());
            let booked = position.book_told(report.side, report.price, report.quantity, instrument.multiplier, told);
            position.commission += fill.commission;
            position.tax += fill.tax;
            booked
        };
        state.hold_margin(&instrument, side);
        let amount = cash_moved(&instrument, report, &booked);
        let account = state.account_mut(instrument.currency);
        let cash_before = account.cash;
        account.cash += amount - fill.commission - fill.tax;
        let transaction = Transaction {
            id: transaction_id,
            time: report.time,
            kind: if report.side == Side::Buy { TransactionKind::Buy } else { TransactionKind::Sell },
            profile: state.name.clone(),
            instrument: Some(instrument.id),
            order_id: Some(id),
            execution_id: Some(report.execution_id.clone()),
            quantity: Some(report.quantity),
            price: Some(report.price),
            amount,
            commission: fill.commission,
            tax: fill.tax,
            cash_before,
            cash_after: state.account_mut(instrument.currency).cash,
            currency: instrument.currency,
            note: booked.told.then(|| Transaction::TOLD_PROFIT.to_owned()),
        };
        effects.writes.push(Write::Execution(Box::new(fill.clone())));
        effects.writes.push(Write::Transaction(Box::new(transaction)));
        self.write_holding(profile, instrument.id, side, instrument.currency, effects);
        if let Some(fee) = report.fee_in_kind {
            self.book_fee_in_kind(now, profile, (id, report), fee, effects);
        }
        if let Some(state) = self.profiles.get_mut(profile)
            && filled_on != day_of(instrument.currency, now)
        {
            let earned = state.equity(instrument.currency) - worth;
            state.shift_opening(instrument.currency, earned, effects);
        }
        let text = fill_text(&fill);
        effects
            .actions
            .push(super::Effect::Publish(Update::Fill(super::records::fill_record(&fill, instrument.multiplier))));
        self.publish_event(now, Some(profile), "fill", Some(id), text, effects);
    }

    /// Units that paid for a fill: sold at their value, which at once was the commission. They leave the holding, no
    /// cash moves, and what the fill cost is seen as a commission.
    fn book_fee_in_kind(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        (order, fill): (OrderId, &FillReport),
        fee: FeeInKind,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let known = state.markets.get(&fee.instrument).filter(|m| !m.instrument.product.is_margined());
        let own = state.position(fee.instrument, PositionSide::Net).and_then(|held| held.average_price(Decimal::ONE));
        let price = if fee.instrument == fill.instrument {
            Some(fill.price)
        } else {
            known.and_then(super::market::Market::valuation).or_else(|| own.and_then(|price| Price::new(price).ok()))
        };
        let (Some(instrument), Some(price)) = (known.map(|market| market.instrument.clone()), price) else {
            // What it is worth is not known; the holding itself will differ from the broker's, and that is told.
            let text = format!("commission of {} {} is not booked: no price is known", fee.quantity, fee.instrument);
            self.publish_event(now, Some(profile), "notice", Some(order), text, effects);
            return;
        };
        state.open_day(now, instrument.currency, effects);
        let position = state.position_mut(instrument.id, PositionSide::Net, instrument.currency);
        let (_, value) = position.pay_in_kind(price, fee.quantity, instrument.multiplier);
        let cash = state.account_mut(instrument.currency).cash;
        let name = state.name.clone();
        self.store_instrument(profile, instrument.id, effects);
        let transaction = Transaction {
            id: self.next_transaction_id(),
            time: fill.time,
            kind: TransactionKind::Fee,
            profile: name,
            instrument: Some(instrument.id),
            order_id: Some(order),
            execution_id: ExecutionId::new(&format!("fee:{}", fill.execution_id)).ok(),
            quantity: Some(fee.quantity),
            price: Some(price),
            amount: value,
            commission: value,
            tax: Decimal::ZERO,
            cash_before: cash,
            cash_after: cash,
            currency: instrument.currency,
            note: Some("commission in kind".to_owned()),
        };
        effects.writes.push(Write::Transaction(Box::new(transaction)));
        self.write_holding(profile, instrument.id, PositionSide::Net, instrument.currency, effects);
    }

    /// Writes a position and the cash of its currency as they are now.
    pub(super) fn write_holding(
        &self,
        profile: ProfileIndex,
        instrument: crate::market::InstrumentId,
        side: crate::order::PositionSide,
        currency: Currency,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get(profile) else { return };
        if let Some(position) = state.position(instrument, side) {
            effects.writes.push(Write::Position(Box::new(position.clone())));
        }
        if let Some(account) = state.accounts.get(&currency) {
            effects.writes.push(Write::Balance(account.clone()));
        }
    }
}

impl super::Profile {
    /// Sets the margin of a position to what it needs now, and the account's with it.
    pub(super) fn hold_margin(&mut self, instrument: &Instrument, side: crate::order::PositionSide) {
        if !instrument.product.is_margined() {
            return;
        }
        let leverage = self.leverage_of(instrument);
        let position = self.position_mut(instrument.id, side, instrument.currency);
        let margin = round_up(position.initial_margin(leverage), instrument.currency);
        let change = margin - position.margin;
        position.margin = margin;
        self.account_mut(instrument.currency).margin += change;
    }

    /// Key of a position.
    #[must_use]
    pub fn position_key(
        &self,
        instrument: crate::market::InstrumentId,
        side: crate::order::PositionSide,
    ) -> PositionKey {
        PositionKey { profile: self.name.clone(), instrument, side }
    }
}

/// The day a fill is of: one that is told late is of the day it was made on. No fill is older than its order, whatever a
/// broker's clock says.
fn day_of_fill(currency: Currency, (ordered_at, filled_at): (UtcTime, UtcTime), now: UtcTime) -> Date {
    let (filled, today) = (day_of(currency, filled_at), day_of(currency, now));
    if filled < today && filled >= day_of(currency, ordered_at) { filled } else { today }
}

/// The fill with its commission and tax: the broker's where it says, else the schedule's.
fn priced(
    state: &super::Profile,
    instrument: &Instrument,
    (id, position_side): (OrderId, crate::order::PositionSide),
    report: &FillReport,
) -> Fill {
    let notional = instrument.notional(report.price, report.quantity);
    let on = date_of(instrument, report.time);
    let charge = state.fees.charge(instrument, report.side, notional, report.liquidity, on);
    Fill {
        id: report.execution_id.clone(),
        order_id: id,
        profile: state.name.clone(),
        instrument: instrument.id,
        side: report.side,
        position_side,
        price: report.price,
        quantity: report.quantity,
        commission: report.commission.map_or(charge.commission, |cash| cash.amount),
        tax: report.tax.map_or(charge.tax, |cash| cash.amount),
        currency: instrument.currency,
        liquidity: report.liquidity,
        time: report.time,
    }
}

/// What of a fill's money the broker did not say: its charges, and what is beyond the smallest unit of the currency, which
/// nobody can pay. Ten thousand won of a bond at 10,190.2 are 10,190 won.
fn estimated(instrument: &Instrument, fill: &Fill, report: &FillReport) -> Decimal {
    let unless = |told: bool, charge: Decimal| if told { Decimal::ZERO } else { charge.abs() };
    let charges = unless(report.commission.is_some(), fill.commission) + unless(report.tax.is_some(), fill.tax);
    if instrument.product != Product::KrxBond {
        return charges;
    }
    let exact = instrument.notional(report.price, report.quantity);
    charges + exact - truncate(exact, instrument.currency)
}

/// A fill in a line, for people.
fn fill_text(fill: &Fill) -> String {
    let did = match fill.side {
        Side::Buy => "bought",
        Side::Sell => "sold",
    };
    format!("{did} {} {} at {}", fill.quantity, fill.instrument, fill.price)
}

/// Cash that moves with a fill before commission and tax.
fn cash_moved(instrument: &Instrument, report: &FillReport, booked: &Booked) -> Decimal {
    let notional = instrument.notional(report.price, report.quantity);
    match (instrument.product.is_margined(), report.side) {
        (true, _) => booked.profit,
        (false, Side::Buy) => -notional,
        (false, Side::Sell) => notional,
    }
}
