//! Money that moves without a fill: deposits, withdrawals, funding, leverage, limits.

use rust_decimal::Decimal;

use super::equity::day_of;
use super::profile::most_leverage;
use super::submit::no_profile;
use super::{Core, Effects, ProfileIndex, Purpose, Token};
use crate::broker::api::{CashFlow, CashFlowKind, RequestBody};
use crate::config::World;
use crate::desk::protocol::{Failure, FailureKind, Response};
use crate::ledger::Write;
use crate::market::{Currency, InstrumentId, UtcTime};
use crate::order::{PositionSide, Source, Transaction, TransactionKind};

/// Most cash an account may hold, far inside what a decimal can add up.
const CASH_MAX: Decimal = rust_decimal::dec!(1_000_000_000_000_000);

impl Core {
    pub(super) fn move_cash(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        amount: Decimal,
        currency: Currency,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        self.storage_ready()?;
        let state = self.profiles.get(profile).ok_or_else(no_profile)?;
        if !state.capabilities.virtual_cash {
            let text = "deposits and withdrawals are for virtual cash; move real money at the broker";
            return Err(Box::new(Failure::new(FailureKind::Usage, "NOT_VIRTUAL", text)));
        }
        let size = amount.abs();
        if size.is_zero() || size > CASH_MAX || size.normalize().scale() > currency.decimals() {
            let text = format!("{} is not an amount of {currency}", size.normalize());
            return Err(Box::new(
                Failure::new(FailureKind::Usage, "BAD_AMOUNT", text).about(size.normalize().to_string()),
            ));
        }
        let available = state.available(currency);
        let cash = state.accounts.get(&currency).map_or(Decimal::ZERO, |account| account.cash);
        if amount.is_sign_negative() && size > available {
            let text = format!("only {} {currency} is available", available.normalize());
            return Err(Box::new(
                Failure::new(FailureKind::Usage, "INSUFFICIENT_CASH", text).about(available.normalize().to_string()),
            ));
        }
        if cash + amount > CASH_MAX {
            let text = format!("an account holds at most {CASH_MAX}");
            return Err(Box::new(Failure::new(FailureKind::Usage, "BAD_AMOUNT", text)));
        }
        let kind = if amount.is_sign_negative() { TransactionKind::Withdraw } else { TransactionKind::Deposit };
        let transaction = self.move_money(now, profile, (kind, amount, currency), (None, None), effects);
        self.shift_day(profile, currency, amount, effects);
        effects.reply(token, Response::Transaction(super::records::transaction_record(&transaction)));
        Ok(())
    }

    /// Moves cash and writes the transaction and the balance.
    pub(super) fn move_money(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        (kind, amount, currency): (TransactionKind, Decimal, Currency),
        (flow, note): (Option<&CashFlow>, Option<&str>),
        effects: &mut Effects,
    ) -> Transaction {
        let id = self.next_transaction_id();
        let name = self.profiles.get(profile).map(|p| p.name.clone());
        let mut transaction = Transaction {
            id,
            time: flow.map_or(now, |flow| flow.time),
            kind,
            // A profile that is not there cannot get here: every caller has looked it up.
            profile: name.unwrap_or_else(super::recover::nobody),
            instrument: flow.and_then(|flow| flow.instrument),
            order_id: None,
            execution_id: flow.map(|flow| flow.id.clone()),
            quantity: None,
            price: None,
            amount,
            commission: Decimal::ZERO,
            tax: Decimal::ZERO,
            cash_before: Decimal::ZERO,
            cash_after: Decimal::ZERO,
            currency,
            note: note.map(ToOwned::to_owned),
        };
        if let Some(state) = self.profiles.get_mut(profile) {
            let account = state.account_mut(currency);
            transaction.cash_before = account.cash;
            account.cash += amount;
            transaction.cash_after = account.cash;
            effects.writes.push(Write::Transaction(Box::new(transaction.clone())));
            effects.writes.push(Write::Balance(account.clone()));
        }
        transaction
    }

    /// Funding, dividends and the like: booked once, by their id.
    pub(super) fn on_cash_flow(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        mut flow: CashFlow,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        // Of an instrument nobody knows only the money can be booked.
        flow.instrument = flow.instrument.filter(|instrument| state.markets.contains_key(instrument));
        if flow.amount.amount.is_zero() || !state.cash_flows.insert(flow.id.clone()) {
            return;
        }
        let kind = match flow.kind {
            CashFlowKind::Funding => TransactionKind::Funding,
            CashFlowKind::Dividend => TransactionKind::Dividend,
            CashFlowKind::Interest => TransactionKind::Interest,
            CashFlowKind::Fee => TransactionKind::Fee,
        };
        let (amount, currency) = (flow.amount.amount, flow.amount.currency);
        state.open_day(now, currency, effects);
        // What happens in a virtual world is told when it happens, by its own clock.
        if state.world != World::Virtual && day_of(currency, flow.time) < day_of(currency, now) {
            state.shift_opening(currency, amount, effects);
        }
        if let Some(instrument) = flow.instrument {
            self.store_instrument(profile, instrument, effects);
            if let Some(state) = self.profiles.get_mut(profile) {
                state.position_mut(instrument, PositionSide::Net, currency).carried += amount;
            }
        }
        self.move_money(now, profile, (kind, amount, currency), (Some(&flow), None), effects);
        if let Some(instrument) = flow.instrument {
            self.write_holding(profile, instrument, PositionSide::Net, currency, effects);
        }
        let text = format!("{} {} {currency}", kind.as_str(), amount.normalize());
        self.publish_event(now, Some(profile), "cash", None, text, effects);
    }

    pub(super) fn set_leverage(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        symbol: &str,
        leverage: u32,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        let id = self.resolve(profile, symbol)?;
        let state = self.profiles.get(profile).ok_or_else(no_profile)?;
        let market = state.markets.get(&id).ok_or_else(no_profile)?;
        let fail = |code: &str, text: String| Err(Box::new(Failure::new(FailureKind::Usage, code, text)));
        if !market.instrument.product.is_margined() || !state.capabilities.leverage {
            return fail("UNSUPPORTED", format!("{id} is not traded on margin here"));
        }
        let venue_max = most_leverage(&market.instrument);
        let own_max = state.limits.max_leverage.unwrap_or(venue_max);
        if leverage == 0 || leverage > venue_max.min(own_max) {
            let text = format!("RISK_MAX_LEVERAGE: {leverage} > {}", venue_max.min(own_max));
            return Err(Box::new(Failure::new(FailureKind::Risk, "RISK_MAX_LEVERAGE", text)));
        }
        // Lower leverage holds more cash for what is open.
        let needed: Decimal = state
            .positions
            .values()
            .filter(|position| position.key.instrument == id)
            .map(|position| position.initial_margin(leverage) - position.margin)
            .sum();
        if needed > state.available(market.instrument.currency) {
            return fail("INSUFFICIENT_CASH", format!("{needed} more would be needed for the open position"));
        }
        let purpose = Purpose::Leverage { token, instrument: id, leverage };
        self.send(now, profile, purpose, RequestBody::SetLeverage(id, leverage), effects);
        Ok(())
    }

    /// The leverage a venue says is set there. What is only the venue's own needs no line in the ledger: it is told again.
    pub(super) fn leverage_told(
        &mut self,
        profile: ProfileIndex,
        instrument: InstrumentId,
        leverage: u32,
        effects: &mut Effects,
    ) {
        let Some(state) = self.profiles.get_mut(profile) else { return };
        let known = state.leverage.get(&instrument).copied();
        let is_used = known.is_some() || state.positions.keys().any(|(id, _)| *id == instrument);
        if known == Some(leverage) || leverage == 0 {
            return;
        }
        if is_used {
            self.leverage_set(profile, instrument, leverage, effects);
        } else {
            state.leverage.insert(instrument, leverage);
        }
    }

    pub(super) fn leverage_set(
        &mut self,
        profile: ProfileIndex,
        instrument: InstrumentId,
        leverage: u32,
        effects: &mut Effects,
    ) {
        self.store_instrument(profile, instrument, effects);
        let Some(state) = self.profiles.get_mut(profile) else { return };
        state.leverage.insert(instrument, leverage);
        let key = format!("leverage:{}:{instrument}", state.name);
        effects.writes.push(Write::Setting { key, value: Some(leverage.to_string()) });
        let Some(known) = state.markets.get(&instrument).map(|market| market.instrument.clone()) else { return };
        let sides: Vec<PositionSide> =
            state.positions.keys().filter(|(id, _)| *id == instrument).map(|(_, side)| *side).collect();
        for side in &sides {
            state.hold_margin(&known, *side);
        }
        for side in sides {
            self.write_holding(profile, instrument, side, known.currency, effects);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a command's fields, and who gave it when")]
    pub(super) fn set_limit(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        key: &str,
        value: &str,
        source: &Source,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        let state = self.profiles.get_mut(profile).ok_or_else(no_profile)?;
        let limits = crate::config::with_limit(&state.limits, key, value).map_err(|error| {
            Box::new(Failure::new(FailureKind::Usage, "BAD_LIMIT", error.to_string()).about(key).hint("hoga risk show"))
        })?;
        let before = crate::config::limit_text(&state.limits, key);
        state.limits = limits;
        let name = state.name.clone();
        let setting = Write::Setting { key: format!("limit:{name}:{key}"), value: Some(value.to_owned()) };
        effects.writes.push(setting);
        self.risk_event(now, Some(profile), "RISK_SET".into(), format!("{key} = {value}"), before, source, effects);
        effects.reply(token, Response::Done);
        Ok(())
    }
}
