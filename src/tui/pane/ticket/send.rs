//! From the button to an order: what must hold first, and what is asked.

use std::time::Duration;

use super::Ticket;
use super::form::Type;
use super::messages::blocked;
use crate::desk::protocol::{Preview, SubmitOrder};
use crate::text::screen::ticket::Ticket as Words;
use crate::text::term::term;
use crate::tui::model::Model;
use crate::tui::pane::{Ask, Asks, Question, Trade};
use crate::tui::said::refusal_line;
use crate::tui::theme::Role;
use crate::tui::widget::Grouped;

/// For so long after the ticket was opened, its button is deaf: the key was meant for what was there before.
const DEAF: Duration = Duration::from_millis(300);

impl Ticket {
    /// Sends what stands in the fields, or says why not.
    pub(super) fn submit(&mut self, model: &Model, asks: &mut Asks) {
        let language = model.look.language;
        if model.now.after(self.since) < DEAF {
            asks.say(Role::Warning, Words::Opened.text(language));
            return;
        }
        let why = blocked(model).or_else(|| self.worked.wrong.first().map(|(_, why)| *why));
        if let Some(why) = why {
            asks.say(Role::Error, why.text(language));
            if let Some((field, _)) = self.worked.wrong.first() {
                self.form.go(*field);
            }
            return;
        }
        if let Some(change) = self.worked.change.clone() {
            let lines = self.change_lines(&change, model);
            Self::send(change, lines, None, model, asks);
            return;
        }
        let Some(order) = self.worked.order.as_deref() else { return };
        let preview = self.answer.about(order).and_then(|said| said.outcome.as_ref().ok());
        if model.is_live() && preview.is_none() {
            asks.say(Role::Warning, Words::WaitsForCost.text(language));
            return;
        }
        let doubt = self.doubt(order, model);
        let mut lines = vec![self.order_line(order, model)];
        if let Some(preview) = preview {
            cost_lines(preview, model, &mut lines);
        }
        Self::send(Trade::Submit(Box::new(order.clone())), lines, doubt, model, asks);
    }

    fn send(trade: Trade, mut lines: Vec<String>, doubt: Option<Words>, model: &Model, asks: &mut Asks) {
        let language = model.look.language;
        let deed = Ask::Trade(trade);
        let live = model.is_live();
        if !live && doubt.is_none() {
            asks.push(deed);
            return;
        }
        if live {
            let badge = model.world().badge();
            lines.insert(0, format!("{} - {badge} {}", Words::RealMoney.text(language), model.profile));
        }
        if let Some(doubt) = doubt {
            lines.push(doubt.text(language).to_owned());
            if !live {
                lines.push(Words::SendAnyway.text(language).to_owned());
            }
        }
        let word = live.then_some("LIVE");
        asks.push(Ask::Ask(Question { lines, word, deed: Box::new(deed) }));
    }

    /// What a careful person would be asked about twice.
    pub(super) fn doubt(&self, order: &SubmitOrder, model: &Model) -> Option<Words> {
        let basis = self.basis.as_ref()?;
        if !order.reduce_only && !order.oco && basis.flips(order.side, order.quantity) {
            return Some(Words::Flips);
        }
        let same = model.account.open_of(&basis.id).any(|open| {
            open.side == order.side
                && open.kind == order.kind.name()
                && open.quantity == order.quantity
                && open.price == order.kind.limit()
                && open.stop_price == order.kind.trigger()
        });
        (same && !order.oco).then_some(Words::SameWorking)
    }

    /// `매수 10 005930 삼성전자 지정가 71,200`.
    fn order_line(&self, order: &SubmitOrder, model: &Model) -> String {
        let language = model.look.language;
        let side = term(language, order.side.as_str());
        let kind = match self.form.kind {
            Type::Pair => Words::Pair.text(language),
            Type::Of(kind) => term(language, kind.as_str()),
        };
        let mut line = format!("{side} {} {} {kind}", Grouped::new(order.quantity.value()), self.name);
        let prices = [order.kind.limit(), order.kind.trigger()];
        for price in prices.into_iter().flatten() {
            line.push_str(&format!(" {}", Grouped::new(price.value())));
        }
        let exits = [(Words::TakeProfit, order.bracket.take_profit), (Words::StopLoss, order.bracket.stop_loss)];
        for (words, price) in exits {
            if let Some(price) = price {
                line.push_str(&format!(" {} {}", words.text(language), Grouped::new(price.value())));
            }
        }
        if let Some(trail) = order.bracket.trail {
            line.push_str(&format!(" {} {}", Words::TrailingExit.text(language), trail_text(trail)));
        }
        if let crate::order::OrderKind::TrailingStop { distance, .. } = order.kind {
            line.push_str(&format!(" {}", trail_text(distance)));
        }
        line
    }

    fn change_lines(&self, change: &Trade, model: &Model) -> Vec<String> {
        let language = model.look.language;
        let mut lines = Vec::new();
        if let Some(before) = self.form.change.as_ref().and_then(|change| change.before.as_deref()) {
            lines.push(crate::tui::said::order_line(&model.look, before));
        }
        let mut line = Words::ChangeTitle.text(language).to_owned();
        if let Trade::Replace { price, stop_price, quantity, .. } = change {
            let values = [
                (Words::Price, price.map(|price| price.value())),
                (Words::Trigger, stop_price.map(|price| price.value())),
                (Words::Quantity, quantity.map(|quantity| quantity.value())),
            ];
            for (words, value) in values {
                if let Some(value) = value {
                    line.push_str(&format!(" {} {}", words.text(language), Grouped::new(value)));
                }
            }
        }
        lines.push(line);
        lines
    }
}

/// `1.5%`, `500`.
pub(super) fn trail_text(trail: crate::order::Trail) -> String {
    match trail {
        crate::order::Trail::Percent(percent) => format!("{}%", Grouped::new(percent)),
        crate::order::Trail::Amount(amount) => Grouped::new(amount).to_string(),
    }
}

/// Cost, fee, tax and what risk says, a line each.
fn cost_lines(preview: &Preview, model: &Model, lines: &mut Vec<String>) {
    let language = model.look.language;
    let amounts = [(Words::Cost, preview.cost), (Words::Fee, preview.fee), (Words::Tax, preview.tax)];
    let amounts = amounts.map(|(words, value)| format!("{} {}", words.text(language), Grouped::new(value)));
    lines.push(format!("{} {}", amounts.join("  "), preview.currency));
    let risk = Words::Risk.text(language);
    if preview.refusals.is_empty() {
        lines.push(Words::Passes.text(language).to_owned());
    }
    for refused in &preview.refusals {
        lines.push(format!("{risk}: {}", refusal_line(language, refused)));
    }
    if preview.held_by_desk {
        lines.push(Words::HeldByDesk.text(language).to_owned());
    }
}
