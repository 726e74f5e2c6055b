//! What the fields come to: the order they stand for, or why they stand for none.

use rust_decimal::Decimal;

use super::basis::Basis;
use super::form::{Change, Field, Form, Type};
use super::number::{self, Amount, Exit};
use crate::desk::protocol::SubmitOrder;
use crate::market::{Price, Quantity, Side};
use crate::order::{Bracket, KindName, OrderKind, PositionSide, TimeInForce};
use crate::text::screen::ticket::Ticket as Words;
use crate::tui::pane::Trade;

/// What the fields come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Worked {
    /// The order; for a change, the order as it would be.
    pub order: Option<Box<SubmitOrder>>,
    /// The change, when an open order is being changed.
    pub change: Option<Trade>,
    /// Units, where the quantity says.
    pub quantity: Option<Quantity>,
    /// The quantity was given as money or a share, so that what it comes to is worth saying.
    pub converted: bool,
    /// The price a unit is counted with.
    pub price: Option<Price>,
    /// Price of the gaining exit.
    pub take_profit: Option<Price>,
    /// Price of the losing exit; none for one that follows.
    pub stop_loss: Option<Price>,
    /// What is wrong, the field first that is worked out first.
    pub wrong: Vec<(Field, Words)>,
}

impl Worked {
    /// What is wrong with a field.
    pub(super) fn wrong_with(&self, field: Field) -> Option<Words> {
        self.wrong.iter().find(|(wrong, _)| *wrong == field).map(|(_, why)| *why)
    }

    /// Works out a form. `set_aside` is the cash the desk holds back for each unit of value of such an order.
    pub(super) fn of(form: &Form, basis: Option<&Basis>, set_aside: Decimal) -> Self {
        let Some(basis) = basis else {
            return Self { wrong: vec![(Field::Send, Words::NothingSelected)], ..Self::default() };
        };
        let mut worked = Self::default();
        match &form.change {
            Some(change) => worked.work_out_change(form, change, basis),
            None => worked.work_out_order(form, basis, set_aside),
        }
        worked
    }

    fn take<T>(&mut self, field: Field, read: Result<T, Words>) -> Option<T> {
        read.map_err(|why| self.wrong.push((field, why))).ok()
    }

    fn price_of(&mut self, form: &Form, field: Field, missing: Words) -> Option<Price> {
        let input = form.shown_input(field)?;
        let read = if input.is_empty() { Err(missing) } else { number::price(input.text()) };
        self.take(field, read)
    }

    fn work_out_order(&mut self, form: &Form, basis: &Basis, set_aside: Decimal) {
        let price = if form.needs_price() { self.price_of(form, Field::Price, Words::NeedsPrice) } else { None };
        let trigger =
            if form.needs_trigger() { self.price_of(form, Field::Trigger, Words::NeedsTrigger) } else { None };
        let market = basis.opposite(form.side);
        self.price = if form.needs_price() { price } else { trigger.or(market) };
        let entry = if form.kind == Type::Pair { basis.last.or(market) } else { self.price };
        let quantity = self.work_out_quantity(form, basis, set_aside);
        let bracket = self.work_out_exits(form, basis, entry);
        let kind = self.work_out_kind(form, basis, price, trigger);
        let (Some(quantity), Some(bracket), Some(kind)) = (quantity, bracket, kind) else { return };
        let pair = form.kind == Type::Pair;
        self.order = Some(Box::new(SubmitOrder {
            client_id: None,
            symbol: basis.id.to_string(),
            side: form.side,
            kind,
            quantity,
            time_in_force: if pair { TimeInForce::Gtc } else { form.lasts },
            reduce_only: !pair && form.reduces(Some(basis)),
            position_side: PositionSide::Net,
            bracket,
            oco: pair,
            route: form.chosen_route(basis),
        }));
    }

    fn work_out_quantity(&mut self, form: &Form, basis: &Basis, set_aside: Decimal) -> Option<Quantity> {
        if form.quantity.is_empty() {
            return self.take(Field::Quantity, Err(Words::NeedsQuantity));
        }
        let amount = self.take(Field::Quantity, number::amount(form.quantity.text(), basis.currency))?;
        self.converted = !matches!(amount, Amount::Units(_));
        // A price that is wrong is said where it is; the quantity waits for it.
        if self.converted && self.price.is_none() && !self.wrong.is_empty() {
            return None;
        }
        self.quantity = self.take(Field::Quantity, basis.units(amount, form.side, self.price, set_aside));
        self.quantity
    }

    fn work_out_kind(
        &mut self,
        form: &Form,
        basis: &Basis,
        price: Option<Price>,
        trigger: Option<Price>,
    ) -> Option<OrderKind> {
        let kind = match form.kind {
            // The desk does not look at the type of a pair; its preview is that of the first exit.
            Type::Pair => return self.take_profit.map(|trigger| OrderKind::TakeProfit { trigger }),
            Type::Of(kind) => kind,
        };
        Some(match kind {
            KindName::Limit => OrderKind::Limit { price: price? },
            KindName::ConditionalLimit => OrderKind::ConditionalLimit { price: price? },
            KindName::StopLimit => OrderKind::StopLimit { trigger: trigger?, price: price? },
            KindName::Stop => OrderKind::Stop { trigger: trigger? },
            KindName::TakeProfit => OrderKind::TakeProfit { trigger: trigger? },
            KindName::TrailingStop => {
                let text = form.trail.text();
                let read = if form.trail.is_empty() { Err(Words::NeedsTrail) } else { number::trail(text) };
                let read = read.and_then(|away| basis.trail(away, basis.last));
                OrderKind::TrailingStop { distance: self.take(Field::Trail, read)?, trigger: None }
            }
            KindName::Market => OrderKind::Market,
            KindName::BestLimit => OrderKind::BestLimit,
            KindName::PriorityLimit => OrderKind::PriorityLimit,
            KindName::MidPrice => OrderKind::MidPrice,
            KindName::PreOpenClose => OrderKind::PreOpenClose,
            KindName::AfterClose => OrderKind::AfterClose,
            KindName::MarketOnOpen => OrderKind::OnOpen { price: None },
            KindName::LimitOnOpen => OrderKind::OnOpen { price: Some(price?) },
            KindName::MarketOnClose => OrderKind::OnClose { price: None },
            KindName::LimitOnClose => OrderKind::OnClose { price: Some(price?) },
        })
    }

    fn work_out_exits(&mut self, form: &Form, basis: &Basis, entry: Option<Price>) -> Option<Bracket> {
        if !form.has_exits(Some(basis)) {
            return Some(Bracket::default());
        }
        let before = self.wrong.len();
        // Exits of a pair leave a position that the other side opened.
        let pair = form.kind == Type::Pair;
        let opened_by = if pair { form.side.opposite() } else { form.side };
        let gain_above = opened_by == Side::Buy;
        let mut bracket = Bracket::default();
        if !form.take_profit.is_empty() {
            let read = number::exit(form.take_profit.text(), true);
            let read = read.and_then(|exit| basis.exit_price(exit, entry, gain_above));
            self.take_profit = self.take(Field::TakeProfit, read);
            bracket.take_profit = self.take_profit;
        }
        if !form.stop_loss.is_empty() && form.exit_trails {
            let read = number::trail(form.stop_loss.text()).and_then(|away| basis.trail(away, entry));
            bracket.trail = self.take(Field::StopLoss, read);
        } else if !form.stop_loss.is_empty() {
            let read = number::exit(form.stop_loss.text(), false);
            let too_far = |exit: &Exit| {
                !matches!(exit, Exit::Away(away) if away.unit == crate::config::DistanceUnit::Percent
                    && away.amount >= Decimal::ONE_HUNDRED)
            };
            let read = read.and_then(|exit| if too_far(&exit) { Ok(exit) } else { Err(Words::TooFar) });
            let read = read.and_then(|exit| basis.exit_price(exit, entry, !gain_above));
            self.stop_loss = self.take(Field::StopLoss, read);
            bracket.stop_loss = self.stop_loss;
        }
        if pair && (form.take_profit.is_empty() || form.stop_loss.is_empty()) {
            let empty = if form.take_profit.is_empty() { Field::TakeProfit } else { Field::StopLoss };
            self.wrong.push((empty, Words::NeedsExits));
        }
        (self.wrong.len() == before).then_some(bracket)
    }

    fn work_out_change(&mut self, form: &Form, change: &Change, basis: &Basis) {
        let Some(before) = change.before.as_deref() else {
            self.wrong.push((Field::Send, Words::OrderUnknown));
            return;
        };
        if before.state.is_final() {
            self.wrong.push((Field::Send, Words::OrderGone));
            return;
        }
        if basis.id != change.instrument {
            self.wrong.push((Field::Send, Words::OrderUnknown));
            return;
        }
        let read = |worked: &mut Self, field, missing| {
            if form.has(field, Some(basis)) { worked.price_of(form, field, missing) } else { None }
        };
        let price = read(self, Field::Price, Words::NeedsPrice);
        let trigger = read(self, Field::Trigger, Words::NeedsTrigger);
        self.price = price.or(trigger);
        // A changed order has the cash of its own order to itself, so a share of the cash left would mean little.
        let quantity = self.work_out_quantity(form, basis, Decimal::ONE);
        if !self.wrong.is_empty() {
            return;
        }
        let changed = |now: Option<Price>, was: Option<Price>| now.filter(|now| Some(*now) != was);
        let price = changed(price, before.price);
        let stop_price = changed(trigger, before.stop_price);
        let quantity = quantity.filter(|quantity| *quantity != before.quantity);
        if price.is_none() && stop_price.is_none() && quantity.is_none() {
            self.wrong.push((Field::Send, Words::NothingChanged));
            return;
        }
        self.change = Some(Trade::Replace { order: change.order.clone(), price, stop_price, quantity });
    }
}
