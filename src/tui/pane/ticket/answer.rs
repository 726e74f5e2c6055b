//! What the desk says about the order in the fields: asked again as they change, one question at a time.

use std::time::Duration;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::desk::protocol::{Command, Failure, Preview, Response, SubmitOrder};
use crate::market::Side;
use crate::order::KindName;
use crate::tui::model::Model;
use crate::tui::pane::{Asks, PaneKind};
use crate::tui::said::failure_line;

/// A question without an answer for so long is asked again.
const GIVEN_UP: Duration = Duration::from_secs(5);

/// What was answered.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// To which order.
    pub order: Box<SubmitOrder>,
    /// What.
    pub outcome: Result<Box<Preview>, String>,
}

/// Questions and answers about the order in the fields.
#[derive(Debug, Default)]
pub(super) struct Answer {
    tag: u32,
    asked: Option<(u32, Box<SubmitOrder>, Duration)>,
    said: Option<Said>,
    /// The market or the account moved since the answer.
    moved: bool,
    set_aside: Option<(Side, KindName, Decimal)>,
}

impl Answer {
    /// What the desk said about exactly this order.
    pub(super) fn about(&self, order: &SubmitOrder) -> Option<&Said> {
        self.said.as_ref().filter(|said| *said.order == *order)
    }

    /// What it said last, also if the fields have changed since.
    pub(super) const fn last(&self) -> Option<&Said> {
        self.said.as_ref()
    }

    /// Whether a question is out.
    pub(super) const fn is_waiting(&self) -> bool {
        self.asked.is_some()
    }

    /// The market or the account moved: the answer may not be so any more.
    pub(super) const fn moved(&mut self) {
        self.moved = true;
    }

    /// Forgets all: an answer that is still out is not about this ticket.
    pub(super) fn forget(&mut self) {
        let tag = self.tag.wrapping_add(1);
        *self = Self { tag, ..Self::default() };
    }

    /// Asks about an order unless the answer is known or a question is out; `again` also when the market has moved since.
    pub(super) fn ask(&mut self, order: Option<&SubmitOrder>, again: bool, model: &Model, asks: &mut Asks) {
        let now = model.now;
        if self.asked.as_ref().is_some_and(|(_, _, since)| now.after(*since) > GIVEN_UP) {
            self.asked = None;
        }
        let Some(order) = order else { return };
        let known = self.about(order).is_some();
        if self.asked.is_some() || !model.is_connected() || (known && !(again && self.moved)) {
            return;
        }
        self.tag = self.tag.wrapping_add(1);
        self.moved = false;
        self.asked = Some((self.tag, Box::new(order.clone()), now.since_start));
        asks.question(PaneKind::Ticket, self.tag, Command::Preview(order.clone()));
    }

    /// Takes an answer; one to a question that was given up is dropped.
    pub(super) fn take(&mut self, tag: u32, outcome: Result<&Response, &Failure>, model: &Model) {
        if self.asked.as_ref().is_none_or(|(asked, _, _)| *asked != tag) {
            return;
        }
        let Some((_, order, _)) = self.asked.take() else { return };
        let outcome = match outcome {
            Ok(Response::Preview(preview)) => Ok(Box::new(preview.clone())),
            Ok(_) => return,
            Err(failure) => Err(failure_line(&model.look, failure)),
        };
        if let Ok(preview) = &outcome {
            self.learn(preview);
        }
        self.said = Some(Said { order, outcome });
    }

    /// Cash the desk sets aside for each unit of value of such an order, as far as it has said, so that a share of the
    /// cash leaves room for fees and for the reserve of a market order.
    pub(super) fn set_aside(&self, side: Side, kind: Option<KindName>) -> Decimal {
        let rate = self.set_aside.filter(|(known, of, _)| *known == side && Some(*of) == kind);
        rate.map_or(Decimal::ONE, |(_, _, rate)| rate)
    }

    /// Remembers the largest share seen for orders of one kind: it only grows, so that a quantity counted with it settles.
    fn learn(&mut self, preview: &Preview) {
        let Some(rate) = preview.reserved.checked_div(preview.cost).filter(|rate| *rate > Decimal::ONE) else { return };
        let rate = rate.round_dp_with_strategy(4, RoundingStrategy::ToPositiveInfinity);
        let before = self.set_aside(preview.side, Some(preview.kind));
        self.set_aside = Some((preview.side, preview.kind, rate.max(before)));
    }
}
