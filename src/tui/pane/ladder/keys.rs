//! What keys do on the ladder.

use super::order;
use super::scale::{GROUPS, Scale};
use super::{Ladder, SHOWN_LATELY};
use crate::desk::protocol::OrderSelection;
use crate::market::{Price, Side};
use crate::text::screen::frame::Frame;
use crate::text::screen::ladder::Words;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::pane::{Ask, Asks, Handled, TicketStart, Trade};
use crate::tui::theme::Role;

/// Rows of a page.
const PAGE: i32 = 5;

/// Whether an action is the armed ladder's alone.
pub const fn needs_arming(action: Action) -> bool {
    use Action::{
        BracketDown, BracketUp, BuyHere, BuyMarket, CancelBuys, CancelHere, CancelSells, MoveDown, MoveUp, NextBracket,
        SellHere, SellMarket, Size1, Size2, Size3, Size4, Size5,
    };
    matches!(
        action,
        BracketDown
            | BracketUp
            | BuyHere
            | BuyMarket
            | CancelBuys
            | CancelHere
            | CancelSells
            | MoveDown
            | MoveUp
            | NextBracket
            | SellHere
            | SellMarket
            | Size1
            | Size2
            | Size3
            | Size4
            | Size5
    )
}

impl Ladder {
    pub(super) fn on_action(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        if needs_arming(action) {
            if model.is_armed() {
                asks.push(Ask::Used);
                self.on_armed(action, model, asks);
            } else {
                asks.say(Role::Warning, Frame::PressToArm.text(model.look.language));
            }
            return Handled::Yes;
        }
        if self.on_movement(action, model) {
            if model.is_armed() {
                asks.push(Ask::Used);
            }
            return Handled::Yes;
        }
        match action {
            Action::Open if model.is_armed() => {}
            Action::Open | Action::TakePrice => self.ticket(None, model, asks),
            Action::BuyTicket => self.ticket(Some(Side::Buy), model, asks),
            Action::SellTicket => self.ticket(Some(Side::Sell), model, asks),
            Action::Cancel => asks.say(Role::Warning, Frame::PressToArm.text(model.look.language)),
            Action::Modify => self.modify(model, asks),
            Action::Larger | Action::Smaller => step_size(action == Action::Larger, model, asks),
            Action::Finer => self.regroup(model, -1),
            Action::Coarser => self.regroup(model, 1),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    /// Whether the action moved the cursor or the view.
    fn on_movement(&mut self, action: Action, model: &Model) -> bool {
        let now = model.now.since_start;
        let last = self.view.prices.len().saturating_sub(1);
        match action {
            Action::Up => self.view.move_cursor(1, now),
            Action::Down => self.view.move_cursor(-1, now),
            Action::PageUp => self.view.move_cursor(PAGE, now),
            Action::PageDown => self.view.move_cursor(-PAGE, now),
            Action::Top | Action::Bottom => {
                let row = if action == Action::Top { 0 } else { last };
                if let Some(price) = self.view.prices.get(row).copied() {
                    self.view.put_cursor(price, now);
                }
            }
            Action::Select => self.recentre(model),
            _ => return false,
        }
        self.stale_rows = true;
        true
    }

    /// The market and the cursor go to the middle.
    fn recentre(&mut self, model: &Model) {
        self.view.leave_cursor();
        let height = self.view.prices.len();
        if let Some(scale) = self.scale(model)
            && let Some(middle) = super::middle(model).and_then(|price| scale.floor(price.value()))
        {
            self.view.centre(scale, height, middle);
        }
    }

    fn on_armed(&mut self, action: Action, model: &Model, asks: &mut Asks) {
        let done = match action {
            Action::BuyHere => self.at_row(model, asks, |scale, row| order::limit(model, scale, Side::Buy, row)),
            Action::SellHere => self.at_row(model, asks, |scale, row| order::limit(model, scale, Side::Sell, row)),
            Action::BuyMarket => self.at_market(model, Side::Buy, asks),
            Action::SellMarket => self.at_market(model, Side::Sell, asks),
            Action::CancelHere => self.cancel_here(model, asks),
            Action::CancelBuys => cancel_side(model, Side::Buy, asks),
            Action::CancelSells => cancel_side(model, Side::Sell, asks),
            Action::MoveUp => self.move_here(model, true, asks),
            Action::MoveDown => self.move_here(model, false, asks),
            Action::BracketUp | Action::BracketDown => {
                let scale = self.scale(model).ok_or(Words::NoBook);
                let changes = scale.and_then(|scale| order::bracket_moves(model, scale, action == Action::BracketUp));
                changes.map(|changes| changes.into_iter().for_each(|change| asks.push(Ask::Trade(change))))
            }
            Action::NextBracket => next_bracket(model, asks),
            Action::Size1 => preset(model, 0, asks),
            Action::Size2 => preset(model, 1, asks),
            Action::Size3 => preset(model, 2, asks),
            Action::Size4 => preset(model, 3, asks),
            Action::Size5 => preset(model, 4, asks),
            _ => Ok(()),
        };
        if let Err(why) = done {
            say(why, model, asks);
        }
    }

    /// The row the cursor is on, if the person can see it now.
    pub(super) fn row(&self, model: &Model) -> Result<(Scale, Price), Words> {
        let scale = self.scale(model).ok_or(Words::NoBook)?;
        let shown = self.drawn.is_some_and(|drawn| model.now.after(drawn) < SHOWN_LATELY);
        let same = self.generation == model.selected.generation;
        let row = self.view.chosen().filter(|_| shown && same).ok_or(Words::NoRow)?;
        Ok((scale, row))
    }

    fn at_row(
        &self,
        model: &Model,
        asks: &mut Asks,
        trade: impl FnOnce(Scale, Price) -> Result<Trade, Words>,
    ) -> Result<(), Words> {
        let (scale, row) = self.row(model)?;
        asks.push(Ask::Trade(trade(scale, row)?));
        Ok(())
    }

    fn at_market(&self, model: &Model, side: Side, asks: &mut Asks) -> Result<(), Words> {
        let (scale, _) = self.row(model)?;
        asks.push(Ask::Trade(order::market(model, scale, side)?));
        Ok(())
    }

    pub(super) fn cancel_here(&self, model: &Model, asks: &mut Asks) -> Result<(), Words> {
        let (scale, row) = self.row(model)?;
        let orders: Vec<String> = order::resting(model, scale, row).map(|order| order.id.clone()).collect();
        if orders.is_empty() {
            let at = self.view.row_at(row).and_then(|row| self.book.rows.get(row));
            let only_stops = at.is_some_and(|row| row.stops.word.is_some());
            return Err(if only_stops { Words::OnlyStops } else { Words::NothingHere });
        }
        asks.push(Ask::Trade(Trade::Cancel(OrderSelection::Ids { orders })));
        Ok(())
    }

    fn move_here(&mut self, model: &Model, up: bool, asks: &mut Asks) -> Result<(), Words> {
        let (scale, row) = self.row(model)?;
        for change in order::moves(model, scale, row, up)? {
            asks.push(Ask::Trade(change));
        }
        self.view.move_cursor(if up { 1 } else { -1 }, model.now.since_start);
        self.stale_rows = true;
        Ok(())
    }

    fn ticket(&self, side: Option<Side>, model: &Model, asks: &mut Asks) {
        let price = self.row(model).ok().map(|(_, row)| row);
        asks.push(Ask::Ticket(TicketStart { side, price, ..TicketStart::default() }));
    }

    /// A ticket that changes the own order of the row.
    fn modify(&self, model: &Model, asks: &mut Asks) {
        let order = self.row(model).and_then(|(scale, row)| {
            let order = order::resting(model, scale, row).next().ok_or(Words::NothingHere)?;
            Ok(TicketStart {
                side: Some(order.side),
                price: order.price,
                quantity: Some(order.quantity),
                replace: Some(order.id.clone()),
                ..TicketStart::default()
            })
        });
        match order {
            Ok(start) => asks.push(Ask::Ticket(start)),
            Err(why) => say(why, model, asks),
        }
    }

    /// Coarser (1) or finer (-1) groups of ticks.
    fn regroup(&mut self, model: &Model, by: isize) {
        let Some(scale) = self.scale(model) else { return };
        let at = GROUPS.iter().position(|group| *group == scale.group()).unwrap_or(0);
        let next = at.saturating_add_signed(by).min(scale.groups() - 1);
        if let Some(group) = GROUPS.get(next).copied().filter(|_| next != at) {
            self.group = Some(group);
            self.view.use_cursor(model.now.since_start);
            self.view.regroup(scale.grouped(group));
            self.stale_rows = true;
        }
    }
}

/// Says why nothing was sent.
pub(super) fn say(why: Words, model: &Model, asks: &mut Asks) {
    let mut text = why.text(model.look.language).to_owned();
    if why == Words::StaleBook
        && let Some(age) = model.book_freshness().age()
    {
        text.push_str(&format!(" ({:.1} s)", age.as_secs_f64()));
    }
    let role = match why {
        Words::StaleBook | Words::BeyondLimit | Words::OffTick | Words::BracketMisfit => Role::Error,
        _ => Role::Warning,
    };
    asks.say(role, text);
}

fn cancel_side(model: &Model, side: Side, asks: &mut Asks) -> Result<(), Words> {
    let id = model.selected.id.ok_or(Words::NoBook)?;
    if !model.account.open_of(&id).any(|order| order.side == side) {
        return Err(Words::NothingOnSide);
    }
    let selection = OrderSelection::Matching { symbol: Some(id.to_string()), side: Some(side) };
    asks.push(Ask::Trade(Trade::Cancel(selection)));
    Ok(())
}

fn step_size(up: bool, model: &Model, asks: &mut Asks) {
    let mut trading = crate::tui::model::Trading::new(model.trading.sizes.clone());
    trading.size = model.trading.size;
    trading.step_size(up);
    asks.push(Ask::Size(trading.size));
    if model.is_armed() {
        asks.push(Ask::Used);
    }
}

fn preset(model: &Model, index: usize, asks: &mut Asks) -> Result<(), Words> {
    let size = model.trading.sizes.get(index).ok_or(Words::NoSize)?;
    asks.push(Ask::Size(*size));
    Ok(())
}

/// The template after the present one; none after the last.
fn next_bracket(model: &Model, asks: &mut Asks) -> Result<(), Words> {
    let templates = &model.config.brackets;
    if templates.is_empty() {
        return Err(Words::NoTemplates);
    }
    let language = model.look.language;
    let mut names = templates.keys();
    let next = match &model.trading.bracket {
        None => names.next(),
        Some(chosen) => names.find(|name| *name > chosen),
    };
    match next.and_then(|name| templates.get(name).map(|template| (name, template))) {
        Some((name, template)) => {
            let left_out = template.breakeven_after.is_some();
            let role = if left_out { Role::Warning } else { Role::Good };
            let mut text = format!("{} {name}", Words::BracketChosen.text(language));
            if left_out {
                text.push_str(&format!(" - {}", Words::BreakevenLeftOut.text(language)));
            }
            asks.say(role, text);
            asks.push(Ask::Bracket(Some(name.clone())));
        }
        None => {
            asks.say(Role::Dim, Words::BracketNone.text(language));
            asks.push(Ask::Bracket(None));
        }
    }
    Ok(())
}
