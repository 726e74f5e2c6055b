//! The order ticket: a form for one order, with what it would cost and what risk says while it is typed. It sends only what
//! stands in its fields, and only by a fresh Enter on its button.

mod answer;
mod basis;
mod draw;
mod draw_said;
mod form;
mod input;
mod keys;
mod layout;
mod messages;
mod number;
mod send;
#[cfg(test)]
mod tests;
mod worked;

use std::time::Duration;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

use self::answer::Answer;
use self::basis::Basis;
use self::form::{Change, Field, Form, Type};
use self::layout::{Row, Slot};
use self::worked::Worked;
use super::{Ask, Asks, Handled, News, Pane, PaneKind, TicketStart};
use crate::market::InstrumentId;
use crate::order::KindName;
use crate::text::clean::clean;
use crate::text::screen::ticket::Ticket as Words;
use crate::tui::action::{Action, Context};
use crate::tui::model::{Changed, Model, instrument};
use crate::tui::theme::Role;
use crate::tui::widget::{Grouped, Pen};

/// For so long after it was drawn last, the desk is asked anew each second.
const IN_SIGHT: Duration = Duration::from_secs(2);

/// The order ticket.
#[derive(Debug, Default)]
pub struct Ticket {
    form: Form,
    basis: Option<Basis>,
    worked: Worked,
    answer: Answer,
    focused: bool,
    /// When it was opened or got the keys.
    since: Duration,
    drawn: Option<Duration>,
    /// The market moved since the fields were worked out. They are worked out anew when they are drawn, so that what is
    /// sent is what is seen.
    moved: bool,
    /// Template of the screen, as it was taken over.
    template_seen: Option<String>,
    /// An instrument this ticket asked to be shown; its arrival ends nothing.
    awaits: Option<InstrumentId>,
    name: String,
    button: String,
    messages: Vec<(Role, String)>,
    last: Option<(Role, String)>,
    rows: Vec<Row>,
    slots: Vec<Slot>,
    scratch: String,
}

impl Ticket {
    /// Works the fields out against the market as it is.
    fn work_out(&mut self, model: &Model) {
        self.moved = false;
        self.basis = Basis::of(model);
        let basis = self.basis.as_ref();
        self.form.settle(basis);
        let kind = match self.form.kind {
            Type::Of(kind) => Some(kind),
            Type::Pair => None,
        };
        let set_aside = self.answer.set_aside(self.form.side, kind);
        self.worked = Worked::of(&self.form, basis, set_aside);
        self.name_instrument(model);
        self.compose(model);
    }

    /// After something was typed or chosen.
    fn edited(&mut self, model: &Model, asks: &mut Asks) {
        self.work_out(model);
        self.answer.ask(self.worked.order.as_deref(), false, model, asks);
    }

    fn name_instrument(&mut self, model: &Model) {
        self.name.clear();
        let Some(id) = model.selected.id else { return };
        let info = model.selected.info.as_ref().map(|info| (info.name_ko.as_str(), info.name_en.as_str()));
        let quote = model.quotes.get(&id).map(|quote| (quote.name_ko.as_str(), quote.name_en.as_str()));
        if let Some((ko, en)) = info.or(quote) {
            self.name.push_str(&clean(crate::tui::said::name(&model.look, ko, en)));
            self.name.push(' ');
        }
        self.name.push_str(id.symbol.as_str());
    }

    /// Takes over the bracket template of ladder and ticket when it was changed elsewhere.
    fn follow_template(&mut self, model: &Model) -> bool {
        if self.template_seen == model.trading.bracket {
            return false;
        }
        self.template_seen.clone_from(&model.trading.bracket);
        if self.form.template == model.trading.bracket {
            return false;
        }
        self.form.take_template(model.trading.bracket.clone(), &model.config);
        true
    }

    fn reset(&mut self, model: &Model) {
        self.answer.forget();
        let arrived = self.awaits.take().is_some_and(|id| model.selected.is(&id));
        if !arrived {
            self.form.change_instrument(model.selected.id);
        }
        self.basis = Basis::of(model);
        if self.focused {
            self.form.suggest_price(self.basis.as_ref());
        }
        self.work_out(model);
    }

    fn changed(&mut self, changed: &Changed<'_>, model: &Model) {
        match changed {
            Changed::Book | Changed::Account | Changed::Fill(_) | Changed::Status => {}
            Changed::Quote(id) if model.selected.is(id) => {}
            Changed::Order(order) => {
                if let Some(change) = &mut self.form.change
                    && change.order == order.id
                {
                    change.before = Some(Box::new((*order).clone()));
                }
                self.work_out(model);
            }
            _ => return,
        }
        self.answer.moved();
        if self.focused && self.form.price.is_empty() && self.form.field != Field::Price {
            self.form.suggest_price(Basis::of(model).as_ref());
            self.moved = true;
        }
    }

    /// Becomes the form of an open order.
    fn start_change(&mut self, id: &str, model: &Model, asks: &mut Asks) {
        let before = model.account.orders.get(id);
        let instrument = before.and_then(|order| instrument(order.venue, &order.symbol)).or(model.selected.id);
        let Some(instrument) = instrument else { return };
        if let Some(order) = before {
            self.form.take_order(order);
        }
        self.form.change =
            Some(Change { order: id.to_owned(), instrument, before: before.map(|order| Box::new(order.clone())) });
        if !model.selected.is(&instrument) {
            self.awaits = Some(instrument);
            asks.push(Ask::Select(instrument));
        }
    }

    fn start_order(&mut self, start: &TicketStart, model: &Model) {
        if self.form.change.take().is_some() {
            self.form.kind = Type::Of(KindName::Limit);
            self.form.quantity.clear();
            self.form.trigger.clear();
        }
        if let Some(side) = start.side {
            self.form.side = side;
        }
        self.form.reduce_only = start.reduce_only;
        if start.market {
            self.form.kind = Type::Of(KindName::Market);
        } else if start.price.is_some() && !self.form.needs_price() {
            self.form.kind = Type::Of(KindName::Limit);
        }
        // What an earlier ticket was typed with is not what this one is for.
        self.form.own_price = start.price.is_some();
        let price = start.price.map(|price| Grouped::new(price.value()).to_string()).unwrap_or_default();
        self.form.price.set(&price);
        if let Some(quantity) = start.quantity {
            self.form.quantity.set(&Grouped::new(quantity.value()).to_string());
        }
        self.form.suggest_price(Basis::of(model).as_ref());
    }

    /// The first field that is worth typing into.
    fn first_field(&self, start: &TicketStart) -> Field {
        let priced = start.market || start.price.is_some();
        match (priced, start.quantity.is_some()) {
            _ if start.replace.is_some() => Field::Price,
            (true, true) => Field::Send,
            (true, false) => Field::Quantity,
            (false, _) if self.form.needs_price() => Field::Price,
            (false, _) if self.form.needs_trigger() => Field::Trigger,
            (false, _) => Field::Quantity,
        }
    }
}

impl Pane for Ticket {
    fn kind(&self) -> PaneKind {
        PaneKind::Ticket
    }

    fn title(&self, model: &Model, title: &mut String) {
        let words = if self.form.change.is_some() { Words::ChangeTitle } else { Words::Title };
        title.push_str(words.text(model.look.language));
    }

    fn note(&self, model: &Model, note: &mut String) {
        note.push_str(model.world().badge());
    }

    fn contexts(&self, _: &Model) -> &'static [Context] {
        &[Context::Form]
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.drawn = Some(model.now.since_start);
        // A screen that opens with the keys here tells nobody that they came.
        if focused && !self.focused {
            self.focused = true;
            self.since = model.now.since_start;
        }
        if self.moved || self.basis.is_none() {
            self.work_out(model);
        }
        self.draw_all(model, focused, pen);
    }

    fn sends_on_submit(&self) -> bool {
        self.form.field == Field::Send
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        match action {
            Action::NextField | Action::PreviousField => {
                self.form.step(action == Action::NextField, self.basis.as_ref());
                self.form.suggest_price(self.basis.as_ref());
                self.edited(model, asks);
            }
            Action::Submit if self.form.field == Field::Send => self.submit(model, asks),
            Action::Submit => {
                self.form.step(true, self.basis.as_ref());
                self.form.suggest_price(self.basis.as_ref());
                self.edited(model, asks);
            }
            Action::Escape => asks.push(Ask::Focus(PaneKind::Ladder)),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn why_not(&self, action: Action, model: &Model) -> Option<String> {
        if action != Action::Submit {
            return None;
        }
        let why = messages::blocked(model).or_else(|| self.worked.wrong.first().map(|(_, why)| *why));
        why.map(|why| why.text(model.look.language).to_owned())
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        hints.extend([Action::Submit, Action::NextField, Action::PreviousField, Action::Escape, Action::Search]);
    }

    fn takes_text(&self) -> bool {
        self.focused
    }

    fn type_key(&mut self, key: &KeyEvent, model: &Model, asks: &mut Asks) -> Handled {
        let handled = self.take_key(key, model, asks);
        if handled == Handled::Yes {
            self.edited(model, asks);
        }
        handled
    }

    fn paste(&mut self, text: &str, model: &Model, asks: &mut Asks) {
        let field = self.form.field;
        let Some(input) = self.form.input(field) else { return };
        input.paste(text);
        self.form.own_price |= field == Field::Price;
        self.edited(model, asks);
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, asks: &mut Asks) -> Handled {
        let handled = self.take_click(mouse, area, model, asks);
        if handled == Handled::Yes {
            self.edited(model, asks);
        }
        handled
    }

    fn told(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        match news {
            News::Reset => {
                self.reset(model);
                self.answer.ask(self.worked.order.as_deref(), false, model, asks);
            }
            News::Changed(changed) => self.changed(changed, model),
            News::Answer { tag, outcome } => {
                self.answer.take(*tag, *outcome, model);
                self.edited(model, asks);
            }
            News::Second => {
                let taken = self.follow_template(model);
                if taken {
                    self.work_out(model);
                }
                self.moved = true;
                if self.drawn.is_some_and(|drawn| model.now.after(drawn) <= IN_SIGHT) {
                    self.answer.ask(self.worked.order.as_deref(), true, model, asks);
                }
            }
        }
    }

    fn focus(&mut self, focused: bool, model: &Model, asks: &mut Asks) {
        self.focused = focused;
        if focused {
            self.since = model.now.since_start;
            self.follow_template(model);
            self.form.suggest_price(Basis::of(model).as_ref());
            let field = self.form.field;
            self.form.go(field);
        } else if let Some(input) = self.form.input(self.form.field) {
            input.leave();
        }
        self.edited(model, asks);
    }

    fn start(&mut self, start: &TicketStart, model: &Model, asks: &mut Asks) {
        self.since = model.now.since_start;
        self.follow_template(model);
        match &start.replace {
            Some(order) => self.start_change(order, model, asks),
            None => self.start_order(start, model),
        }
        self.form.go(self.first_field(start));
        self.edited(model, asks);
    }
}
