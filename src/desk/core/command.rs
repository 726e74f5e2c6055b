//! Commands that change something, and how they fail.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{AlertCommand, Core, Effects, ProfileIndex, Token};
use crate::desk::protocol::{Failure, FailureKind, OrderSelection, Response, SubmitOrder};
use crate::market::{Currency, InstrumentId, Price, Quantity, UtcTime};
use crate::order::{Order, OrderId, Source};
use crate::risk::DeskState;

/// Characters that the end of an order's id must have to stand for all of it: one id in sixteen million ends so by chance.
const ID_END_MIN: usize = 6;

/// A command that changes something. Questions are answered from [`Core`]'s records without a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoreCommand {
    /// A new order.
    Submit(SubmitOrder),
    /// Ends orders.
    Cancel(OrderSelection),
    /// Changes an open order.
    Replace {
        /// An order id or client id.
        order: String,
        /// New limit price.
        price: Option<Price>,
        /// New trigger price.
        stop_price: Option<Price>,
        /// New total quantity.
        quantity: Option<Quantity>,
    },
    /// Virtual cash in.
    Deposit {
        /// How much.
        amount: Decimal,
        /// Of what.
        currency: Currency,
    },
    /// Virtual cash out.
    Withdraw {
        /// How much.
        amount: Decimal,
        /// Of what.
        currency: Currency,
    },
    /// Leverage of a margined instrument.
    Leverage {
        /// Of what.
        symbol: String,
        /// How much.
        leverage: u32,
    },
    /// Accepts the broker's view.
    AcceptDifferences,
    /// Asks the broker for orders, fills and holdings again.
    Reconcile,
    /// HALTED, every order canceled and read back.
    Kill {
        /// Close positions too.
        flatten: bool,
    },
    /// No new orders.
    Halt,
    /// Only orders that reduce positions.
    Reduce,
    /// Trade again.
    Resume {
        /// What was typed.
        word: Option<String>,
    },
    /// Cancels orders and closes positions.
    Flatten {
        /// Of one instrument; of all when absent.
        symbol: Option<String>,
    },
    /// Changes a limit.
    RiskSet {
        /// Key of the `[risk]` table.
        key: String,
        /// New value; empty switches the rule off.
        value: String,
    },
    /// Asks for an instrument's data.
    Subscribe {
        /// Which.
        symbol: String,
    },
    /// No face needs an instrument's data any more.
    Unsubscribe {
        /// Which.
        symbol: String,
    },
    /// What is selected on screens now, all of it.
    Select {
        /// Which.
        instruments: BTreeSet<InstrumentId>,
    },
    /// Makes, removes or acknowledges alerts.
    Alert(AlertCommand),
}

impl Core {
    pub(super) fn on_command(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        source: Source,
        command: CoreCommand,
        effects: &mut Effects,
    ) {
        let result = match command {
            CoreCommand::Submit(order) => self.submit(now, token, profile, source, order, effects),
            CoreCommand::Cancel(selection) => self.cancel_selected(now, token, profile, &selection, effects),
            CoreCommand::Replace { order, price, stop_price, quantity } => {
                self.replace(now, token, profile, &order, (price, stop_price, quantity), effects)
            }
            CoreCommand::Deposit { amount, currency } => self.move_cash(now, token, profile, amount, currency, effects),
            CoreCommand::Withdraw { amount, currency } => {
                self.move_cash(now, token, profile, -amount, currency, effects)
            }
            CoreCommand::Leverage { symbol, leverage } => {
                self.set_leverage(now, token, profile, &symbol, leverage, effects)
            }
            CoreCommand::AcceptDifferences => self.accept_differences(now, token, profile, &source, effects),
            CoreCommand::Reconcile => self.reconcile_now(now, token, profile, effects),
            CoreCommand::Kill { flatten } => self.start_kill(now, token, flatten, &source, effects),
            CoreCommand::Halt => self.set_state(now, token, DeskState::Halted, "HALT", &source, effects),
            CoreCommand::Reduce => self.set_state(now, token, DeskState::Reducing, "REDUCE", &source, effects),
            CoreCommand::Resume { word } => self.resume(now, token, word.as_deref(), &source, effects),
            CoreCommand::Flatten { symbol } => {
                self.start_flatten(now, token, profile, symbol.as_deref(), &source, effects)
            }
            CoreCommand::RiskSet { key, value } => self.set_limit(now, token, profile, &key, &value, &source, effects),
            CoreCommand::Subscribe { symbol } => self.subscribe_to(now, token, profile, &symbol, effects),
            CoreCommand::Unsubscribe { symbol } => self.unsubscribe_from(now, token, profile, &symbol, effects),
            CoreCommand::Select { instruments } => {
                self.select(now, profile, instruments, effects);
                effects.reply(token, Response::Done);
                Ok(())
            }
            CoreCommand::Alert(command) => self.on_alert_command(now, token, profile, command, effects),
        };
        if let Err(failure) = result {
            effects.fail(token, *failure);
        }
    }

    fn subscribe_to(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        symbol: &str,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        let instrument = self.resolve(profile, symbol)?;
        self.subscribe(now, profile, instrument, effects);
        effects.reply(token, Response::Done);
        Ok(())
    }

    fn unsubscribe_from(
        &mut self,
        now: UtcTime,
        token: Token,
        profile: ProfileIndex,
        symbol: &str,
        effects: &mut Effects,
    ) -> Result<(), Box<Failure>> {
        let instrument = self.resolve(profile, symbol)?;
        self.unsubscribe(now, profile, instrument, effects);
        effects.reply(token, Response::Done);
        Ok(())
    }

    /// The instrument a person named.
    ///
    /// # Errors
    /// `UNKNOWN_SYMBOL`.
    pub fn resolve(&self, profile: ProfileIndex, symbol: &str) -> Result<InstrumentId, Box<Failure>> {
        let clean: String = symbol.chars().filter(|c| !c.is_control()).take(40).collect();
        self.profiles.get(profile).and_then(|p| p.resolve(&clean)).ok_or_else(|| {
            Box::new(
                Failure::new(FailureKind::Usage, "UNKNOWN_SYMBOL", format!("no instrument '{clean}' here"))
                    .about(&*clean)
                    .hint(format!("hoga search {clean}")),
            )
        })
    }

    /// An order by its id, client id or broker's number.
    #[must_use]
    pub fn find_order(&self, profile: Option<ProfileIndex>, text: &str) -> Option<&Order> {
        if let Ok(id) = text.parse::<OrderId>()
            && let Some(order) = self.orders.get(&id)
        {
            return Some(order);
        }
        self.orders.values().rev().find(|order| {
            let of_profile = profile.is_none_or(|index| self.profile_index(&order.profile) == Some(index));
            let named = order.client_id.as_ref().is_some_and(|id| id.as_str() == text)
                || order.broker_id.as_ref().is_some_and(|id| id.as_str() == text);
            of_profile && named
        })
    }

    /// The order somebody means: by its id, its client id, the broker's number, or the end of its id as a narrow table
    /// shows it. An end that fits two orders names neither.
    ///
    /// # Errors
    /// No order is meant, or more than one may be.
    pub fn order_named(&self, profile: ProfileIndex, text: &str) -> Result<OrderId, Box<Failure>> {
        if let Some(order) = self.find_order(Some(profile), text) {
            return Ok(order.id);
        }
        let clean: String = text.chars().filter(|c| !c.is_control()).take(48).collect();
        let mut ending = self.orders_ending(profile, text);
        let failure = match (ending.next(), ending.next()) {
            (Some(id), None) => return Ok(id),
            (Some(_), Some(_)) => Failure::new(
                FailureKind::Usage,
                "AMBIGUOUS_ORDER",
                format!("more than one order ends in '{clean}': give more of its id"),
            ),
            (None, _) => Failure::new(FailureKind::Usage, "NO_SUCH_ORDER", format!("no order '{clean}'")),
        };
        Err(Box::new(failure.about(clean).hint("hoga order list --all --json")))
    }

    fn orders_ending(&self, profile: ProfileIndex, text: &str) -> impl Iterator<Item = OrderId> {
        let end = text.strip_prefix('…').unwrap_or(text).to_ascii_lowercase();
        let of_profile = move |order: &&Order| self.profile_index(&order.profile) == Some(profile);
        let orders = (end.len() >= ID_END_MIN).then(|| self.orders.values().filter(of_profile)).into_iter().flatten();
        orders.map(|order| order.id).filter(move |id| id.to_string().ends_with(&end))
    }
}
