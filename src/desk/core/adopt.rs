//! Taking over what the broker has: as the opening balance of a new ledger, and where a person has accepted a
//! difference. Both are transactions, so that the ledger can always be computed again.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::compare::{Mismatch, Part, Subject, VenuePositions};
use super::submit::no_profile;
use super::{Core, Effects, ProfileIndex, Token};
use crate::desk::protocol::{Failure, Response};
use crate::ledger::Write;
use crate::market::{Currency, InstrumentId, Price, Quantity, Side, UtcTime};
use crate::order::{PositionSide, Source, Transaction, TransactionKind};

const OPENING: &str = "opening balance";
const ACCEPTED: &str = "accepted difference";
const ROUNDING: &str = "rounding";

/// Note of what the broker charged otherwise than expected.
const CHARGES: &str = "charges";

impl Core {
    pub(super) fn accept_differences(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        source: &Source,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        self.storage_ready()?;
        let accepted = self.profiles.get_mut(profile).ok_or_else(no_profile)?.comparison.accept();
        for mismatch in &accepted {
            let record = &mismatch.record;
            let text = format!("accepted {} {}: {} -> {}", record.kind, record.subject, record.local, record.venue);
            self.risk_event(now, Some(profile), "RECONCILE".into(), text, String::new(), source, effects);
            self.adopt(now, profile, mismatch, effects);
        }
        if let Some(state) = self.profiles.get_mut(profile) {
            state.show_differences();
        }
        effects.reply(token, Response::Differences(accepted.into_iter().map(|mismatch| mismatch.record).collect()));
        Ok(())
    }

    fn adopt(&mut self, now: UtcTime, profile: ProfileIndex, mismatch: &Mismatch, effects: &mut Effects) {
        match (mismatch.part, &mismatch.subject, &mismatch.report) {
            (Part::Positions, Subject::Position(instrument, side), _) => {
                self.adopt_position(
                    now,
                    profile,
                    (*instrument, *side),
                    (mismatch.gap, mismatch.price),
                    ACCEPTED,
                    effects,
                );
            }
            (Part::Cash, Subject::Cash(currency), _) => {
                self.adopt_cash(now, profile, *currency, mismatch.gap, ACCEPTED, effects);
            }
            (Part::Own, Subject::Own(id), Some(report)) => self.adopt_shape(now, profile, *id, report, effects),
            // Somebody else's order, an order that is over: seen, and nothing to book.
            _ => {}
        }
    }

    /// Cash of a ledger that has never held anything is the broker's.
    pub(super) fn open_cash(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        told: &BTreeMap<Currency, Decimal>,
        effects: &mut Effects,
    ) {
        for (currency, amount) in told {
            let held = self.profiles.get(profile).and_then(|state| state.accounts.get(currency));
            let gap = *amount - held.map_or(Decimal::ZERO, |account| account.cash);
            self.adopt_cash(now, profile, *currency, gap, OPENING, effects);
        }
        let Some(state) = self.profiles.get_mut(profile) else { return };
        // Before anything is traded with it.
        for currency in told.keys() {
            state.open_day(now, *currency, effects);
        }
        state.comparison.opens_cash = false;
        let key = format!("opened:{}:cash", state.name);
        effects.writes.push(Write::Setting { key, value: Some(now.to_string()) });
    }

    /// Holdings of a ledger that has never held anything are the broker's.
    pub(super) fn open_positions(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        told: &VenuePositions,
        effects: &mut Effects,
    ) {
        for (key, (quantity, price)) in told {
            let held = self.profiles.get(profile).and_then(|state| state.position(key.0, key.1));
            let gap = *quantity - held.map_or(Decimal::ZERO, |position| position.quantity);
            self.adopt_position(now, profile, *key, (gap, *price), OPENING, effects);
        }
        let Some(state) = self.profiles.get_mut(profile) else { return };
        state.comparison.opens_positions = false;
        let key = format!("opened:{}:positions", state.name);
        effects.writes.push(Write::Setting { key, value: Some(now.to_string()) });
    }

    fn adopt_cash(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        currency: Currency,
        gap: Decimal,
        note: &str,
        effects: &mut Effects,
    ) {
        if gap.is_zero() {
            return;
        }
        let kind = if gap.is_sign_negative() { TransactionKind::Withdraw } else { TransactionKind::Deposit };
        self.move_money(now, profile, (kind, gap, currency), (None, Some(note)), effects);
        self.shift_day(profile, currency, gap, effects);
    }

    /// Books what only rounding explains, for all to see, and halts nothing for it.
    pub(super) fn book_dust(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        currency: Currency,
        gap: Decimal,
        effects: &mut Effects,
    ) {
        self.move_money(now, profile, (TransactionKind::Fee, gap, currency), (None, Some(ROUNDING)), effects);
        let text = format!("{gap} {currency} of rounding booked: the broker rounds its fills another way");
        self.publish_event(now, Some(profile), "reconcile", None, text, effects);
    }

    /// Books what the broker charged more or less than the schedule says, for all to see, and halts nothing for it.
    pub(super) fn book_charges(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        currency: Currency,
        gap: Decimal,
        effects: &mut Effects,
    ) {
        if let Some(state) = self.profiles.get_mut(profile) {
            let former = state.charges_of_former_days(now, currency, gap);
            state.shift_opening(currency, former, effects);
            state.use_charges(currency, gap.abs(), effects);
        }
        self.move_money(now, profile, (TransactionKind::Fee, gap, currency), (None, Some(CHARGES)), effects);
        let text = format!("{gap} {currency} of charges booked: the broker charged something else than was expected");
        self.publish_event(now, Some(profile), "reconcile", None, text, effects);
    }

    /// Units that came or went without a fill: no cash moves with them, and they earn nothing by it.
    fn adopt_position(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        (instrument, side): (InstrumentId, PositionSide),
        (gap, told): (Decimal, Option<Price>),
        note: &str,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get(profile) else { return };
        let Some(market) = state.markets.get(&instrument) else { return };
        let multiplier = market.instrument.multiplier;
        let held = state.position(instrument, side);
        let own = held.and_then(|held| held.average_price(multiplier));
        let told = told.map(|average| held.and_then(|held| held.price_to(average, gap, multiplier)).unwrap_or(average));
        let price = told.or_else(|| own.and_then(|price| Price::new(price).ok())).or_else(|| market.valuation());
        let (Some(price), Ok(quantity)) = (price, Quantity::new(gap.abs())) else { return };
        if quantity.is_zero() {
            return;
        }
        let currency = market.instrument.currency;
        let worth = state.equity(currency);
        self.store_instrument(profile, instrument, effects);
        let cash = self.transfer(profile, (instrument, side), (gap, price, quantity));
        let id = self.next_transaction_id();
        let Some(state) = self.profiles.get(profile) else { return };
        let transaction = Transaction {
            id,
            time: now,
            kind: if gap.is_sign_negative() { TransactionKind::Withdraw } else { TransactionKind::Deposit },
            profile: state.name.clone(),
            instrument: Some(instrument),
            order_id: None,
            execution_id: None,
            quantity: Some(quantity),
            price: Some(price),
            amount: Decimal::ZERO,
            commission: Decimal::ZERO,
            tax: Decimal::ZERO,
            cash_before: cash,
            cash_after: cash,
            currency,
            note: Some(Transaction::transfer_note(note, side)),
        };
        let gained = state.equity(currency) - worth;
        effects.writes.push(Write::Transaction(Box::new(transaction)));
        self.write_holding(profile, instrument, side, currency, effects);
        self.shift_day(profile, currency, gained, effects);
    }

    /// Moves the units and gives the cash of their currency.
    fn transfer(
        &mut self,
        profile: ProfileIndex,
        (instrument, side): (InstrumentId, PositionSide),
        (gap, price, quantity): (Decimal, Price, Quantity),
    ) -> Decimal {
        let Some(state) = self.profiles.get_mut(profile) else { return Decimal::ZERO };
        let Some(known) = state.markets.get(&instrument).map(|market| market.instrument.clone()) else {
            return Decimal::ZERO;
        };
        let way = if gap.is_sign_negative() { Side::Sell } else { Side::Buy };
        state.position_mut(instrument, side, known.currency).transfer(way, price, quantity, known.multiplier);
        state.hold_margin(&known, side);
        state.accounts.get(&known.currency).map_or(Decimal::ZERO, |account| account.cash)
    }
}
