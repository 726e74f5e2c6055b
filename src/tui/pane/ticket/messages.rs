//! What the ticket says below its fields: what is wrong, what risk says, who keeps a condition.

use super::Ticket;
use super::form::Field;
use crate::desk::record::OrderRecord;
use crate::text::Language;
use crate::text::screen::ticket::Ticket as Words;
use crate::text::term::term;
use crate::tui::model::Model;
use crate::tui::said::{order_line, refusal_line, state_role};
use crate::tui::theme::Role;
use crate::tui::widget::Grouped;

/// Why nothing can be sent now, whatever is in the fields.
pub(super) fn blocked(model: &Model) -> Option<Words> {
    if !model.is_connected() {
        Some(Words::NoDesk)
    } else if model.view_only {
        Some(Words::ViewOnly)
    } else if !model.may_trade() {
        Some(Words::NoRight)
    } else if model.selected.id.is_some() && !model.book_freshness().is_fresh() {
        Some(Words::StaleBook)
    } else {
        None
    }
}

/// Name of a field.
pub(super) const fn label(field: Field, exit_trails: bool) -> Option<Words> {
    Some(match field {
        Field::Type => Words::Type,
        Field::Lasts => Words::Lasts,
        Field::Route => Words::Route,
        Field::Price => Words::Price,
        Field::Trigger => Words::Trigger,
        Field::Trail => Words::Trail,
        Field::Quantity => Words::Quantity,
        Field::ReduceOnly => Words::ReduceOnly,
        Field::Template => Words::Template,
        Field::TakeProfit => Words::TakeProfit,
        Field::StopLoss if exit_trails => Words::TrailingExit,
        Field::StopLoss => Words::StopLoss,
        Field::Side | Field::Send => return None,
    })
}

/// Whether a field is only not filled in yet.
const fn is_missing(why: Words) -> bool {
    matches!(
        why,
        Words::NeedsPrice
            | Words::NeedsTrigger
            | Words::NeedsTrail
            | Words::NeedsQuantity
            | Words::NeedsExits
            | Words::NothingChanged
    )
}

impl Ticket {
    /// Whether what is in a field cannot be right, rather than only missing.
    pub(super) fn is_wrong(&self, field: Field) -> bool {
        self.worked.wrong_with(field).is_some_and(|why| !is_missing(why))
    }

    /// Writes down what is to be said about the fields as they are.
    pub(super) fn compose(&mut self, model: &Model) {
        let language = model.look.language;
        let mut messages = std::mem::take(&mut self.messages);
        messages.clear();
        if let Some(why) = blocked(model) {
            messages.push((Role::Error, format!("! {}", why.text(language))));
        }
        self.say_wrong(language, &mut messages);
        self.say_risk(model, &mut messages);
        self.messages = messages;
        self.last = self.newest(model).map(|order| {
            let text = format!("{}: {}", Words::Last.text(language), order_line(&model.look, order));
            (state_role(order.state), crate::text::clean::clean(&text).into_owned())
        });
        self.name_button(model);
    }

    fn say_wrong(&self, language: Language, messages: &mut Vec<(Role, String)>) {
        let here = self.worked.wrong.iter().find(|(field, _)| *field == self.form.field);
        let serious = self.worked.wrong.iter().find(|(_, why)| !is_missing(*why));
        let Some((field, why)) = here.or(serious).or(self.worked.wrong.first()) else { return };
        let why_text = why.text(language);
        let text = match label(*field, self.form.exit_trails) {
            Some(label) => format!("{}: {why_text}", label.text(language)),
            None => why_text.to_owned(),
        };
        if is_missing(*why) {
            messages.push((Role::Dim, text));
        } else {
            let expected = match (why, field) {
                (Words::NotNumber, Field::Price) => Some(Words::NeedsPrice),
                (Words::NotNumber, Field::Trigger) => Some(Words::NeedsTrigger),
                (Words::NotNumber, Field::Quantity) => Some(Words::NeedsQuantity),
                _ => None,
            };
            let expected = expected.map(|words| format!(" - {}", words.text(language))).unwrap_or_default();
            messages.push((Role::Error, format!("! {text}{expected}")));
        }
    }

    fn say_risk(&self, model: &Model, messages: &mut Vec<(Role, String)>) {
        let language = model.look.language;
        if self.worked.change.is_some() {
            messages.push((Role::Dim, Words::CheckedWhenSent.text(language).to_owned()));
        }
        let Some(order) = self.worked.order.as_deref() else { return };
        let doubt = self.doubt(order, model);
        match self.answer.about(order).map(|said| &said.outcome) {
            Some(Ok(preview)) => {
                for refused in &preview.refusals {
                    messages.push((Role::Error, format!("! {}", refusal_line(language, refused))));
                }
                if preview.refusals.is_empty() {
                    messages.push((Role::Good, Words::Passes.text(language).to_owned()));
                }
                if preview.held_by_desk {
                    messages.push((Role::Warning, Words::HeldByDesk.text(language).to_owned()));
                }
            }
            Some(Err(text)) => messages.push((Role::Error, format!("! {text}"))),
            None if self.answer.is_waiting() || model.is_connected() => {
                messages.push((Role::Dim, Words::Asking.text(language).to_owned()));
            }
            None => {}
        }
        if let Some(doubt) = doubt {
            messages.push((Role::Warning, format!("! {}", doubt.text(language))));
        }
    }

    /// The newest own order of the instrument; the one being changed while one is.
    fn newest<'a>(&self, model: &'a Model) -> Option<&'a OrderRecord> {
        if let Some(change) = &self.form.change {
            return model.account.orders.get(&change.order);
        }
        let id = model.selected.id?;
        let mut newest = model.account.orders.values().rev();
        newest.find(|order| order.venue == id.venue && order.symbol == id.symbol.as_str())
    }

    fn name_button(&mut self, model: &Model) {
        let language = model.look.language;
        self.button.clear();
        let quantity = match (&self.worked.order, &self.worked.change) {
            (Some(order), _) => Some(order.quantity),
            (None, Some(_)) => self.worked.quantity,
            (None, None) => None,
        };
        let Some(quantity) = quantity else {
            self.button.push_str(Words::Incomplete.text(language));
            return;
        };
        let changes = self.worked.change.is_some();
        let priced = changes || self.form.needs_price() || self.form.needs_trigger();
        let price = match self.worked.price.filter(|_| priced) {
            Some(price) => format!("@ {}", Grouped::new(price.value())),
            None => match self.form.kind {
                super::form::Type::Of(kind) => term(language, kind.as_str()).to_owned(),
                super::form::Type::Pair => Words::Pair.text(language).to_owned(),
            },
        };
        let side = match self.form.side {
            crate::market::Side::Buy => Words::Buy,
            crate::market::Side::Sell => Words::Sell,
        };
        let send = if changes { Words::SendChange } else { Words::Send };
        let live = if model.is_live() { "LIVE " } else { "" };
        let (side, send) = (side.text(language), send.text(language));
        self.button = format!("{live}{side} {} {price} - {send}", Grouped::new(quantity.value()));
    }
}
