//! The account: cash, equity and profit of each currency, and what the equity consists of.

use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::layout::Rect;
use rust_decimal::Decimal;

use super::money::{Change, amount, bar, number_role, share};
use super::{Asks, Handled, Pane, PaneKind};
use crate::desk::record::{AccountRecord, BalanceRecord, Direction, PnlRecord, PositionRecord};
use crate::market::Currency;
use crate::market::arrange::Arrange;
use crate::text::clean::clean;
use crate::text::screen::portfolio::Page;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Pen};

/// Cells from which on cash and profit stand beside each other.
const TWO_COLUMNS: u16 = 62;
/// Most cells of a column; numbers too far from their names are read wrong.
const COLUMN_MAX: u16 = 44;

/// A number of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Cash,
    Reserved,
    Margin,
    Available,
    Today,
    Realized,
    Unrealized,
    UnrealizedNet,
    Fees,
    Taxes,
    Peak,
    Drawdown,
}

const CASH: [Item; 6] = [Item::Cash, Item::Reserved, Item::Margin, Item::Available, Item::Peak, Item::Drawdown];
const PROFIT: [Item; 6] = [Item::Today, Item::Realized, Item::Unrealized, Item::UnrealizedNet, Item::Fees, Item::Taxes];

/// A line of the pane; numbers are places in the account's record.
#[derive(Debug, Clone, Copy)]
enum Line {
    Equity(usize),
    Items(usize, Item, Option<Item>),
    Allocation,
    Money(usize),
    Holding(usize, Decimal),
    Gap,
}

/// The account.
#[derive(Debug, Default)]
pub struct Portfolio {
    lines: Vec<Line>,
    top: usize,
    height: usize,
    held: Vec<(usize, Decimal)>,
}

impl Portfolio {
    fn lay_out(&mut self, record: &AccountRecord, two: bool) {
        self.lines.clear();
        for (index, balance) in record.balances.iter().enumerate() {
            if index > 0 {
                self.lines.push(Line::Gap);
            }
            self.lines.push(Line::Equity(index));
            self.held.clear();
            let held = record.positions.iter().enumerate().filter(|(_, held)| held.currency == balance.currency);
            self.held.extend(held.map(|(at, held)| (at, worth(held))));
            let pnl = pnl(record, balance.currency);
            // A further currency in which nothing was ever done is one line.
            if index > 0 && self.held.is_empty() && is_idle(balance, pnl) {
                continue;
            }
            if two {
                let pairs = CASH.into_iter().zip(PROFIT);
                self.lines.extend(pairs.map(|(cash, profit)| Line::Items(index, cash, Some(profit))));
            } else {
                self.lines.extend(PROFIT.into_iter().chain(CASH).map(|item| Line::Items(index, item, None)));
            }
            self.lines.push(Line::Allocation);
            self.lines.push(Line::Money(index));
            self.held.arrange_by_key(|(at, worth)| (std::cmp::Reverse(worth.abs()), *at));
            self.lines.extend(self.held.iter().map(|(at, worth)| Line::Holding(*at, *worth)));
        }
    }

    fn scroll(&mut self, rows: isize) {
        let last = self.lines.len().saturating_sub(self.height);
        self.top = self.top.saturating_add_signed(rows).min(last);
    }
}

/// What a holding adds to the equity: what it is worth at the last price (at its cost while none is known), or for a
/// margined one its margin and profit.
fn worth(held: &PositionRecord) -> Decimal {
    let profit = held.unrealized.unwrap_or_default();
    match (held.margin, held.side) {
        (Some(margin), _) => margin + profit,
        (None, Direction::Long) => held.cost + profit,
        // What was sold short is owed.
        (None, Direction::Short) => profit - held.cost,
    }
}

fn is_idle(balance: &BalanceRecord, pnl: Option<&PnlRecord>) -> bool {
    let moved = |pnl: &PnlRecord| [pnl.today, pnl.realized, pnl.fees, pnl.taxes].iter().any(|sum| !sum.is_zero());
    balance.reserved.is_zero() && balance.margin.is_zero() && !pnl.is_some_and(moved)
}

fn pnl(record: &AccountRecord, currency: Currency) -> Option<&PnlRecord> {
    record.pnl.iter().find(|pnl| pnl.currency == currency)
}

/// Cash that no margined holding stands for.
fn free_cash(record: &AccountRecord, balance: &BalanceRecord) -> Decimal {
    let held = record.positions.iter().filter(|held| held.currency == balance.currency);
    balance.cash - held.filter_map(|held| held.margin).sum::<Decimal>()
}

impl Item {
    const fn label(self) -> Page {
        match self {
            Self::Cash => Page::Cash,
            Self::Reserved => Page::Reserved,
            Self::Margin => Page::Margin,
            Self::Available => Page::Available,
            Self::Today => Page::Today,
            Self::Realized => Page::Realized,
            Self::Unrealized => Page::Unrealized,
            Self::UnrealizedNet => Page::UnrealizedNet,
            Self::Fees => Page::Fees,
            Self::Taxes => Page::Taxes,
            Self::Peak => Page::Peak,
            Self::Drawdown => Page::Drawdown,
        }
    }

    /// Its number, whether that is a gain or loss, and a number it is a share of.
    fn number(self, balance: &BalanceRecord, pnl: Option<&PnlRecord>) -> Option<(Decimal, bool, Option<Decimal>)> {
        let plain = |value| Some((value, false, None));
        let change = |value| Some((value, true, None));
        match self {
            Self::Cash => plain(balance.cash),
            Self::Reserved => plain(balance.reserved),
            Self::Margin => plain(balance.margin),
            Self::Available => plain(balance.available),
            Self::Today => pnl.map(|pnl| (pnl.today, true, Some(pnl.equity - pnl.today))),
            Self::Realized => change(pnl?.realized),
            Self::Unrealized => change(pnl?.unrealized),
            Self::UnrealizedNet => change(pnl?.unrealized_net),
            Self::Fees => plain(pnl?.fees),
            Self::Taxes => plain(pnl?.taxes),
            Self::Peak => plain(pnl?.peak_equity),
            Self::Drawdown => pnl.map(|pnl| (pnl.equity - pnl.peak_equity, true, Some(pnl.peak_equity))),
        }
    }
}

/// Where the left one of two columns ends.
fn left_column(width: u16) -> u16 {
    (width / 2).saturating_sub(2).min(COLUMN_MAX)
}

struct Drawing<'a, 'b> {
    model: &'a Model,
    record: &'a AccountRecord,
    pen: &'a mut Pen<'b>,
}

impl Drawing<'_, '_> {
    fn line(&mut self, line: Line, y: u16) {
        let width = self.pen.width();
        match line {
            Line::Gap => {}
            Line::Equity(index) => self.equity(index, y),
            Line::Items(index, left, right) => {
                let Some(balance) = self.record.balances.get(index) else { return };
                let column = if right.is_some() { left_column(width) } else { width };
                self.item(balance, left, (1, y, column.saturating_sub(1)));
                if let Some(right) = right {
                    let x = column + 3;
                    self.item(balance, right, (x, y, (width.saturating_sub(x)).min(COLUMN_MAX)));
                }
            }
            Line::Allocation => {
                let label = self.pen.style(Role::Label);
                self.pen.text(0, y, Page::Allocation.text(self.model.look.language), label);
            }
            Line::Money(index) => {
                let Some(balance) = self.record.balances.get(index) else { return };
                let name = Page::Cash.text(self.model.look.language);
                self.part((name, ""), free_cash(self.record, balance), balance, (y, Role::Dim));
            }
            Line::Holding(at, worth) => {
                let Some(held) = self.record.positions.get(at) else { return };
                let Some(balance) = self.record.balances.iter().find(|it| it.currency == held.currency) else { return };
                let name = clean(crate::tui::said::name(&self.model.look, &held.name_ko, &held.name_en));
                let short = held.side == Direction::Short;
                let tag = if short { Page::Short.text(self.model.look.language) } else { "" };
                self.part((&name, tag), worth, balance, (y, if short { Role::Sell } else { Role::Line1 }));
            }
        }
    }

    fn equity(&mut self, index: usize, y: u16) {
        let Some(balance) = self.record.balances.get(index) else { return };
        let (label, strong) = (self.pen.style(Role::Label), self.pen.style(Role::Strong));
        let used = self.pen.text(0, y, balance.currency.as_str(), strong);
        let used = used + 1 + self.pen.text(used + 1, y, Page::EquityNow.text(self.model.look.language), label);
        let style = if self.model.is_connected() { strong } else { self.pen.style(Role::Stale) };
        let (x, width) = (used + 1, self.pen.width());
        let end = if width >= TWO_COLUMNS { left_column(width) } else { width };
        let equity = amount(balance.currency, balance.equity);
        self.pen.value(x, y, end.saturating_sub(x), equity, Align::Right, style);
    }

    fn item(&mut self, balance: &BalanceRecord, item: Item, (x, y, width): (u16, u16, u16)) {
        let look = &self.model.look;
        let label = self.pen.style(Role::Label);
        let used = self.pen.field(x, y, width, item.label().text(look.language), Align::Left, label) + 1;
        let Some((value, is_change, whole)) = item.number(balance, pnl(self.record, balance.currency)) else { return };
        let stale = !self.model.is_connected();
        let mut right = x + width;
        if !is_change {
            let style = self.pen.style(number_role(self.model));
            let amount = amount(balance.currency, value);
            self.pen.value(x + used, y, width.saturating_sub(used), amount, Align::Right, style);
            return;
        }
        let change = Change::new(look, balance.currency, value);
        if let Some(percent) = whole.and_then(|whole| share(value, whole))
            && width.saturating_sub(used) >= 22
        {
            let percent = crate::tui::widget::Signed::with_decimals(percent, 2);
            let role = if stale { Role::Stale } else { Look::direction(change.direction) };
            let style = self.pen.style(role);
            let taken = self.pen.value(right - 9, y, 9, format_args!("{percent}%"), Align::Right, style);
            right -= taken + 1;
        }
        change.draw(self.pen, (x + used, y, right.saturating_sub(x + used)), stale);
    }

    /// A part of the equity: its name, amount, share and a bar.
    fn part(&mut self, name: (&str, &str), value: Decimal, balance: &BalanceRecord, (y, role): (u16, Role)) {
        let width = self.pen.width();
        let text = self.pen.style(Role::Text);
        let number = self.pen.style(number_role(self.model));
        let with_amount = width >= TWO_COLUMNS;
        let named = if with_amount { left_column(width) - 15 } else { 12.min(width / 3) };
        let used = self.pen.field(1, y, named, name.0, Align::Left, text);
        if !name.1.is_empty() && used + 1 < named {
            let style = self.pen.style(role);
            self.pen.field(used + 2, y, named - used - 1, name.1, Align::Left, style);
        }
        let mut x = named + 2;
        if with_amount {
            x = left_column(width) + 1;
            self.pen.value(x - 15, y, 14, amount(balance.currency, value), Align::Right, number);
        }
        if let Some(percent) = share(value, balance.equity) {
            let percent = crate::tui::widget::Grouped::with_decimals(percent, 1);
            self.pen.value(x, y, 7, format_args!("{percent}%"), Align::Right, number);
        }
        let style = self.pen.style(role);
        bar(self.pen, (x + 8, y, width.saturating_sub(x + 8)), value, balance.equity.abs(), style);
    }
}

impl Pane for Portfolio {
    fn kind(&self) -> PaneKind {
        PaneKind::Portfolio
    }

    fn title(&self, model: &Model, title: &mut String) {
        title.push_str(PaneKind::Portfolio.label().text(model.look.language));
        title.push(' ');
        title.push_str(model.profile.as_str());
    }

    fn draw(&mut self, model: &Model, _focused: bool, pen: &mut Pen<'_>) {
        let Some(record) = &model.account.record else {
            let dim = pen.style(Role::Dim);
            pen.text(0, 0, Page::NoAccount.text(model.look.language), dim);
            return;
        };
        self.lay_out(record, pen.width() >= TWO_COLUMNS);
        self.height = usize::from(pen.height());
        self.scroll(0);
        let (top, height) = (self.top, pen.height());
        let mut drawing = Drawing { model, record, pen };
        for (y, line) in (0..height).zip(self.lines.iter().skip(top)) {
            drawing.line(*line, y);
        }
    }

    fn act(&mut self, action: Action, _: &Model, _: &mut Asks) -> Handled {
        let page = isize::try_from(self.height.max(2) - 1).unwrap_or(isize::MAX);
        match action {
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.scroll(-page),
            Action::PageDown => self.scroll(page),
            Action::Top => self.top = 0,
            Action::Bottom => self.scroll(isize::MAX),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        if self.lines.len() > self.height {
            hints.extend([Action::Up, Action::Down]);
        }
        hints.extend([Action::Refresh, Action::NextPane]);
    }

    fn mouse(&mut self, mouse: &MouseEvent, _: Rect, _: &Model, _: &mut Asks) -> Handled {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.scroll(-3),
            MouseEventKind::ScrollDown => self.scroll(3),
            _ => return Handled::No,
        }
        Handled::Yes
    }
}

#[cfg(test)]
mod tests;
