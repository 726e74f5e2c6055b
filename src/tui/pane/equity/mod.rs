//! Equity over time: a curve with what it came to.

mod axis;
mod curve;
mod series;
mod span;

use std::collections::BTreeMap;
use std::time::Duration;

use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::layout::Rect;
use rust_decimal::Decimal;

pub use span::Span;

use self::axis::Axis;
use self::curve::Curve;
use self::series::{Point, Series, Summary};
use super::money::{Change, amount, number_role, share};
use super::refresh::Refresh;
use super::{Asks, Handled, News, Pane, PaneKind};
use crate::desk::performance::PerformanceRecord;
use crate::desk::protocol::{Command, Response};
use crate::market::{Currency, UtcTime};
use crate::text::screen::portfolio::Page;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Pen, cells};

/// How often the curve is asked for anew; the newest point moves with the account in between.
const EVERY: Duration = Duration::from_secs(60);
/// Rows a curve needs to say anything.
const CURVE_MIN: u16 = 3;
/// Rows between two marks of the axis.
const ROWS_A_MARK: u16 = 3;

/// Equity over time.
#[derive(Debug)]
pub struct Equity {
    refresh: Refresh,
    span: Span,
    currency: Option<Currency>,
    series: BTreeMap<Currency, Series>,
    known: bool,
    failure: Option<String>,
    curve: Curve,
    label: String,
}

impl Default for Equity {
    fn default() -> Self {
        Self {
            refresh: Refresh::every(EVERY),
            span: Span::default(),
            currency: None,
            series: BTreeMap::new(),
            known: false,
            failure: None,
            curve: Curve::default(),
            label: String::new(),
        }
    }
}

impl Equity {
    /// The currency at a place of the choice.
    fn currency_at(&self, model: &Model, at: usize) -> Option<Currency> {
        let balances = model.account.record.iter().flat_map(|record| &record.balances);
        let known = balances.clone().map(|balance| balance.currency);
        let others = self.series.keys().copied();
        let other = others.filter(|other| !balances.clone().any(|balance| balance.currency == *other));
        known.chain(other).nth(at)
    }

    /// The currency shown, and its place.
    fn shown(&self, model: &Model) -> Option<(usize, Currency)> {
        let all = (0..Currency::ALL.len()).map_while(|at| self.currency_at(model, at).map(|currency| (at, currency)));
        let mut first = None;
        for (at, currency) in all {
            if Some(currency) == self.currency {
                return Some((at, currency));
            }
            first = first.or(Some((at, currency)));
        }
        first
    }

    fn choose(&mut self, model: &Model, next: bool) {
        let Some((at, _)) = self.shown(model) else { return };
        let to = if next { at + 1 } else { at.wrapping_sub(1) };
        if let Some(currency) = self.currency_at(model, to) {
            self.currency = Some(currency);
        }
    }

    /// The equity of this moment; none while nobody says what it is.
    fn now(model: &Model, currency: Currency) -> Option<Point> {
        let balance = model.account.balance(currency).filter(|_| model.is_connected())?;
        Some(Point::new(model.now.utc, balance.equity))
    }

    fn stretch(&mut self, longer: bool, model: &Model, asks: &mut Asks) {
        let span = self.span.step(longer);
        if span == self.span {
            return;
        }
        self.span = span;
        // The curve of the former span would stand under the name of this one.
        self.series.clear();
        self.known = false;
        self.refresh.restart();
        self.ask(model, asks);
        asks.push(super::Ask::Keep);
    }

    fn ask(&mut self, model: &Model, asks: &mut Asks) {
        if let Some(tag) = self.refresh.ask(model) {
            asks.question(PaneKind::Equity, tag, Command::Performance { days: self.span.days() });
        }
    }

    fn take(&mut self, record: &PerformanceRecord) {
        self.series.clear();
        for point in &record.equity {
            self.series.entry(point.currency).or_default().push(Point::new(point.time, point.equity));
        }
        self.known = true;
        self.failure = None;
    }

    fn head(&self, model: &Model, pen: &mut Pen<'_>) {
        let (dim, chosen) = (pen.style(Role::Dim), pen.style(Role::Chosen));
        let mut x = 0;
        for span in [Span::Day, Span::Week, Span::Month, Span::All] {
            let style = if span == self.span { chosen } else { dim };
            x += pen.text(x, 0, span.label().text(model.look.language), style) + 1;
        }
        x += 1;
        let shown = self.shown(model).map(|(at, _)| at);
        for at in 0.. {
            let Some(currency) = self.currency_at(model, at) else { break };
            let style = if Some(at) == shown { chosen } else { dim };
            x += pen.text(x, 0, currency.as_str(), style) + 1;
        }
        if let Some(failure) = &self.failure {
            let warning = pen.style(Role::Warning);
            x += pen.text(x, 0, Page::Failed.text(model.look.language), warning) + 1;
            pen.text(x, 0, failure, warning);
        }
    }

    /// Writes what the curve came to; the rows that took.
    fn summarize(model: &Model, currency: Currency, summary: &Summary, pen: &mut Pen<'_>) -> u16 {
        let look = &model.look;
        let stale = !model.is_connected();
        let width = pen.width();
        let (label, number) = (pen.style(Role::Label), pen.style(number_role(model)));
        let strong = if stale { number } else { pen.style(Role::Strong) };
        let used = pen.text(0, 1, Page::Last.text(look.language), label) + 1;
        let mut x =
            used + pen.value(used, 1, width.saturating_sub(used), amount(currency, summary.last), Align::Left, strong);
        let change = Change::new(look, currency, summary.last - summary.first);
        let role = if stale { Role::Stale } else { Look::direction(change.direction) };
        let style = pen.style(role);
        x += 2;
        x += pen.value(x, 1, width.saturating_sub(x), change, Align::Left, style) + 1;
        if let Some(percent) = share(summary.last - summary.first, summary.first) {
            let percent = crate::tui::widget::Signed::with_decimals(percent, 2);
            x += pen.value(x, 1, width.saturating_sub(x), format_args!("{percent}%"), Align::Left, style) + 1;
        }
        let words = Page::ChangeWithDeposits.text(look.language);
        if x + cells(words) <= width {
            pen.text(x, 1, words, label);
        }
        let mut flow = Flow { pen, x: 0, y: 2, label };
        flow.put(Page::High.text(look.language), amount(currency, summary.high), number);
        flow.put(Page::Low.text(look.language), amount(currency, summary.low), number);
        let falls = [(Page::Drawdown, summary.drawdown), (Page::Deepest, summary.deepest)];
        for (name, fall) in falls {
            let fall = Change::percent(look, fall);
            let role = if stale { Role::Stale } else { Look::direction(fall.direction) };
            let style = flow.pen.style(role);
            flow.put(name.text(look.language), fall, style);
        }
        flow.y + 1
    }

    fn plot(&mut self, model: &Model, (currency, summary): (Currency, &Summary), pen: &mut Pen<'_>) {
        let height = pen.height().saturating_sub(1);
        let least = Decimal::new(1, currency.decimals().min(4));
        let axis = Axis::around(summary.low, summary.high, height / ROWS_A_MARK + 1, least);
        let mut widest = 0;
        for mark in axis.marks() {
            self.write_label(currency, mark);
            widest = widest.max(cells(&self.label));
        }
        let width = pen.width().saturating_sub(widest + 1);
        if width < 8 {
            return;
        }
        let (grid, label) = (pen.style(Role::Grid), pen.style(Role::Label));
        for mark in axis.marks() {
            let row = row_of(axis, mark, height);
            pen.rule(0, row, width, pen.look.glyphs.dashed, grid);
            self.write_label(currency, mark);
            pen.field(width + 1, row, widest, &self.label, Align::Right, label);
        }
        let change = (summary.last - summary.first).cmp(&Decimal::ZERO);
        let role = if model.is_connected() { Look::direction(change) } else { Role::Stale };
        let mut part = pen.part(Rect::new(0, 0, width, height));
        if let Some(series) = self.series.get(&currency) {
            let points = series.shares(Self::now(model, currency), axis.low, axis.high);
            self.curve.draw(&mut part, points, role);
        }
        self.time_row(summary, width, pen);
    }

    fn write_label(&mut self, currency: Currency, value: Decimal) {
        use std::fmt::Write;
        self.label.clear();
        // Writing into a string cannot fail.
        let _ = write!(self.label, "{}", amount(currency, value));
    }

    fn time_row(&self, summary: &Summary, width: u16, pen: &mut Pen<'_>) {
        let y = pen.height().saturating_sub(1);
        let dim = pen.style(Role::Dim);
        let write = |time: UtcTime| match self.span {
            Span::Day => crate::tui::time::minute(time),
            Span::Week => crate::tui::time::day_and_minute(time),
            Span::Month | Span::All => crate::tui::time::date(time),
        };
        let (from, to) = (write(summary.from), write(summary.to));
        let used = pen.field(0, y, width, &from, Align::Left, dim);
        if from != to && used + 1 + cells(&to) <= width {
            pen.field(0, y, width, &to, Align::Right, dim);
        }
    }
}

/// The row, of so many, in which a value of an axis lies.
fn row_of(axis: Axis, value: Decimal, height: u16) -> u16 {
    use rust_decimal::prelude::ToPrimitive;
    let share = (axis.high - value).checked_div(axis.high - axis.low).unwrap_or_default();
    (share * Decimal::from(height.max(1) - 1)).round().to_u16().unwrap_or(0)
}

/// Names and numbers one after another, on as many lines as they need.
struct Flow<'a, 'b> {
    pen: &'a mut Pen<'b>,
    x: u16,
    y: u16,
    label: ratatui::style::Style,
}

impl Flow<'_, '_> {
    fn put(&mut self, name: &str, value: impl std::fmt::Display + Copy, style: ratatui::style::Style) {
        let width = self.pen.width();
        // A number is never cut: half of it is another number.
        let needed = cells(name) + 1 + u16::try_from(letters(value)).unwrap_or(u16::MAX);
        if self.x > 0 && self.x.saturating_add(needed) > width {
            (self.x, self.y) = (0, self.y + 1);
        }
        self.x += self.pen.text(self.x, self.y, name, self.label) + 1;
        let room = width.saturating_sub(self.x);
        self.x += self.pen.value(self.x, self.y, room, value, Align::Left, style) + 2;
    }
}

/// How many letters something takes when written; each is one cell.
fn letters(value: impl std::fmt::Display) -> usize {
    struct Counted(usize);
    impl std::fmt::Write for Counted {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0 += text.chars().count();
            Ok(())
        }
    }
    let mut counted = Counted(0);
    // Counting cannot fail.
    let _ = std::fmt::Write::write_fmt(&mut counted, format_args!("{value}"));
    counted.0
}

impl Pane for Equity {
    fn kind(&self) -> PaneKind {
        PaneKind::Equity
    }

    fn title(&self, model: &Model, title: &mut String) {
        title.push_str(PaneKind::Equity.label().text(model.look.language));
        title.push(' ');
        title.push_str(model.profile.as_str());
    }

    fn draw(&mut self, model: &Model, _focused: bool, pen: &mut Pen<'_>) {
        self.refresh.seen(model);
        self.head(model, pen);
        let Some((_, currency)) = self.shown(model).filter(|_| self.known || self.failure.is_some()) else {
            let dim = pen.style(Role::Dim);
            pen.text(0, 1, Page::NoAnswer.text(model.look.language), dim);
            return;
        };
        let now = Self::now(model, currency);
        let summary = match self.series.get(&currency) {
            Some(series) => series.summary(now),
            None => Series::default().summary(now),
        };
        let Some(summary) = summary else {
            let dim = pen.style(Role::Dim);
            pen.text(0, 1, Page::NoPoints.text(model.look.language), dim);
            return;
        };
        let used = Self::summarize(model, currency, &summary, pen);
        let left = pen.height().saturating_sub(used);
        if left > CURVE_MIN {
            let mut part = pen.part(Rect::new(0, used, pen.width(), left));
            self.plot(model, (currency, &summary), &mut part);
        }
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        match action {
            Action::IntervalDown => self.stretch(false, model, asks),
            Action::IntervalUp => self.stretch(true, model, asks),
            Action::Left => self.choose(model, false),
            Action::Right => self.choose(model, true),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn hints(&self, model: &Model, hints: &mut Vec<Action>) {
        hints.extend([Action::IntervalDown, Action::IntervalUp]);
        if self.currency_at(model, 1).is_some() {
            hints.extend([Action::Left, Action::Right]);
        }
    }

    fn mouse(&mut self, mouse: &MouseEvent, _: Rect, model: &Model, asks: &mut Asks) -> Handled {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.stretch(false, model, asks),
            MouseEventKind::ScrollDown => self.stretch(true, model, asks),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn told(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        match news {
            News::Reset => {
                if self.refresh.reset(model) {
                    self.series.clear();
                    self.known = false;
                    self.failure = None;
                }
            }
            News::Answer { tag, outcome } => {
                if !self.refresh.answered(*tag, outcome.is_ok()) {
                    return;
                }
                match outcome {
                    Ok(Response::Performance(record)) => self.take(record),
                    Ok(_) => {}
                    Err(failure) => self.failure = Some(crate::tui::said::failure_line(&model.look, failure)),
                }
            }
            News::Second => {}
            News::Changed(_) => return,
        }
        self.ask(model, asks);
    }

    fn focus(&mut self, focused: bool, model: &Model, asks: &mut Asks) {
        if focused {
            self.refresh.seen(model);
            self.ask(model, asks);
        }
    }

    fn save(&self) -> toml::Table {
        let mut table = toml::Table::new();
        table.insert("span".into(), self.span.name().into());
        if let Some(currency) = self.currency {
            table.insert("currency".into(), currency.as_str().into());
        }
        table
    }

    fn restore(&mut self, state: &toml::Table) {
        let word = |key: &str| state.get(key).and_then(toml::Value::as_str);
        self.span = word("span").and_then(Span::named).unwrap_or_default();
        self.currency = word("currency").and_then(|name| name.parse().ok());
    }
}

#[cfg(test)]
mod tests;
