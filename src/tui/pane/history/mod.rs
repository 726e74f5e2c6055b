//! Every order, fill and transaction of the past: found by words, sorted, opened, copied, written into files.

mod details;
mod export;
mod fills;
mod listed;
mod names;
mod orders;
mod sheet;
mod transactions;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;
use rust_decimal::Decimal;

use self::details::Details;
use self::export::Export;
use self::names::Names;
use self::sheet::{Sheet, View};
use super::refresh::Refresh;
use super::{Ask, Asks, Handled, News, Pane, PaneKind};
use crate::desk::protocol::{Command, Failure, OrderFilter, Response};
use crate::desk::record::{FillRecord, OrderRecord, TransactionRecord};
use crate::market::Currency;
use crate::text::screen::portfolio::Page;
use crate::tui::action::Action;
use crate::tui::model::{Changed, Model};
use crate::tui::theme::Role;
use crate::tui::widget::{Pen, Scroll};

/// How often a view in sight is asked for anew while nothing is heard of it.
const EVERY: Duration = Duration::from_secs(60);
/// Most fills and transactions asked for, the newest; a message of the desk holds about four times as many.
const LIMIT: usize = 5_000;
/// Most letters of a filter.
const FILTER_MAX: usize = 64;
/// Tag of questions for names; those of the views have the view's number in their last two bits.
const NAME_TAG: u32 = 3;

/// Which view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Which {
    #[default]
    Orders,
    Fills,
    Transactions,
}

impl Which {
    const ALL: [Self; 3] = [Self::Orders, Self::Fills, Self::Transactions];

    const fn label(self) -> Page {
        match self {
            Self::Orders => Page::Orders,
            Self::Fills => Page::Fills,
            Self::Transactions => Page::Transactions,
        }
    }

    const fn empty(self) -> Page {
        match self {
            Self::Orders => Page::NoOrders,
            Self::Fills => Page::NoFillsYet,
            Self::Transactions => Page::NoTransactions,
        }
    }

    const fn name(self) -> &'static str {
        Page::text(self.label(), crate::text::Language::En)
    }

    const fn question(self) -> Command {
        match self {
            Self::Orders => Command::Orders { filter: OrderFilter::All },
            Self::Fills => Command::Fills { limit: LIMIT },
            Self::Transactions => Command::Transactions { limit: LIMIT },
        }
    }
}

/// The history.
#[derive(Debug)]
pub struct History {
    which: Which,
    orders: Sheet<OrderRecord>,
    fills: Sheet<FillRecord>,
    transactions: Sheet<TransactionRecord>,
    names: Names,
    filter: String,
    /// The filter in small letters, as rows are searched.
    words: String,
    typing: bool,
    open: Option<Details>,
    export: Option<Export>,
    /// Cash as it was last; when it is another, something was transacted.
    cash: Vec<(Currency, Decimal)>,
    page: usize,
}

impl Default for History {
    fn default() -> Self {
        Self {
            which: Which::Orders,
            orders: Sheet::new(Refresh::every(EVERY)),
            fills: Sheet::new(Refresh::every(EVERY)),
            transactions: Sheet::new(Refresh::every(EVERY)),
            names: Names::default(),
            filter: String::new(),
            words: String::new(),
            typing: false,
            open: None,
            export: None,
            cash: Vec::new(),
            page: 1,
        }
    }
}

impl History {
    fn view(&mut self, which: Which) -> &mut dyn View {
        match which {
            Which::Orders => &mut self.orders,
            Which::Fills => &mut self.fills,
            Which::Transactions => &mut self.transactions,
        }
    }

    fn shown(&self) -> &dyn View {
        match self.which {
            Which::Orders => &self.orders,
            Which::Fills => &self.fills,
            Which::Transactions => &self.transactions,
        }
    }

    fn shown_mut(&mut self) -> (&mut dyn View, &mut Names) {
        let view: &mut dyn View = match self.which {
            Which::Orders => &mut self.orders,
            Which::Fills => &mut self.fills,
            Which::Transactions => &mut self.transactions,
        };
        (view, &mut self.names)
    }

    fn ask(&mut self, model: &Model, asks: &mut Asks) {
        let which = self.which;
        if let Some(tag) = self.view(which).refresh().ask(model) {
            asks.question(PaneKind::History, tag << 2 | which as u32, which.question());
        }
        if model.is_connected()
            && let Some(question) = self.names.question()
        {
            asks.question(PaneKind::History, NAME_TAG, question);
        }
    }

    fn turn(&mut self, next: bool, model: &Model, asks: &mut Asks) {
        let at = self.which as usize;
        let to = if next { at + 1 } else { at.wrapping_sub(1) };
        if let Some(which) = Which::ALL.get(to) {
            self.which = *which;
            self.open = None;
            self.view(*which).refresh().seen(model);
            self.ask(model, asks);
            asks.push(Ask::Keep);
        }
    }

    fn scroll(&mut self, rows: isize) {
        let (_, count, _) = self.shown().counts();
        self.shown_mut().0.scroll().by(rows, count);
        if let Some(open) = &mut self.open {
            open.top = 0;
        }
    }

    /// Pages and ends: of the fields of the open row, else of the list.
    fn leap(&mut self, pages: isize) {
        match &mut self.open {
            Some(open) => open.scroll(pages.saturating_mul(isize::try_from(open.height.max(2) - 1).unwrap_or(1))),
            None => self.scroll(pages.saturating_mul(isize::try_from(self.page).unwrap_or(1))),
        }
    }

    fn set_filter(&mut self, change: impl FnOnce(&mut String)) {
        change(&mut self.filter);
        self.words = self.filter.to_lowercase();
        *self.shown_mut().0.scroll() = Scroll::default();
    }

    fn begin_export(&mut self, model: &Model, asks: &mut Asks) {
        let language = model.look.language;
        if self.export.is_some() {
            asks.say(Role::Warning, Page::Exporting.text(language));
            return;
        }
        let words = self.words.clone();
        let (view, names) = self.shown_mut();
        view.arrange(model, names, &words, false);
        let Some(status) = &model.status else {
            asks.say(Role::Warning, Page::NoFolder.text(language));
            return;
        };
        if view.counts().1 == 0 {
            asks.say(Role::Warning, Page::NothingToExport.text(language));
            return;
        }
        match view.export(model, &status.data_dir) {
            Ok(export) => self.export = Some(export),
            Err(error) => asks.say(Role::Error, format!("{}: {error}", Page::ExportFailed.text(language))),
        }
    }

    fn end_export(&mut self, model: &Model, asks: &mut Asks) {
        let Some(outcome) = self.export.as_ref().and_then(Export::outcome) else { return };
        self.export = None;
        let language = model.look.language;
        match outcome {
            Ok(written) => {
                let text = Page::Exported.text(language);
                asks.say(Role::Good, format!("{text} ({}): {} (.jsonl)", written.count, written.csv.display()));
            }
            Err(error) => {
                let error = crate::text::clean::clean(&error).into_owned();
                asks.say(Role::Error, format!("{}: {error}", Page::ExportFailed.text(language)));
            }
        }
    }

    fn take(&mut self, tag: u32, outcome: Result<&Response, &Failure>, model: &Model) {
        if tag == NAME_TAG {
            self.names.answered(outcome.ok());
            return;
        }
        let Some(which) = Which::ALL.get(tag as usize & 3).copied() else { return };
        if !self.view(which).refresh().answered(tag >> 2, outcome.is_ok()) {
            return;
        }
        match outcome {
            Ok(Response::Orders(records)) => self.orders.take(records, model, &mut self.names),
            Ok(Response::Fills(records)) => self.fills.take(records, model, &mut self.names),
            Ok(Response::Transactions(records)) => self.transactions.take(records, model, &mut self.names),
            Ok(_) => {}
            Err(failure) => {
                *self.view(which).failure() = Some(crate::tui::said::failure_line(&model.look, failure));
            }
        }
    }

    fn changed(&mut self, changed: &Changed<'_>, model: &Model) {
        match changed {
            Changed::Order(order) => self.orders.put(order, model, &mut self.names),
            Changed::Fill(fill) => {
                self.fills.put(fill, model, &mut self.names);
                self.transactions.refresh.stale();
            }
            Changed::Account => {
                let balances = model.account.record.iter().flat_map(|record| &record.balances);
                let cash = balances.map(|balance| (balance.currency, balance.cash));
                if !cash.clone().eq(self.cash.iter().copied()) {
                    self.cash.clear();
                    self.cash.extend(cash);
                    self.transactions.refresh.stale();
                }
            }
            _ => {}
        }
    }

    fn head(&mut self, model: &Model, pen: &mut Pen<'_>) {
        let language = model.look.language;
        let (dim, chosen) = (pen.style(Role::Dim), pen.style(Role::Chosen));
        let mut x = 0;
        for which in Which::ALL {
            let style = if which == self.which { chosen } else { dim };
            x += pen.text(x, 0, which.label().text(language), style) + 1;
        }
        if self.typing || !self.filter.is_empty() {
            let field = pen.style(if self.typing { Role::FieldFocused } else { Role::Field });
            x += 1;
            x += pen.text(x, 0, Page::Filter.text(language), dim) + 1;
            // The end of a long filter is what is being typed.
            let room = pen.width().saturating_sub(x + 1);
            let mut text = self.filter.as_str();
            while crate::tui::widget::cells(text) > room {
                let mut letters = text.chars();
                letters.next();
                text = letters.as_str();
            }
            let used = pen.text(x, 0, text, field);
            x += used;
            if self.typing {
                pen.symbol(x, 0, " ", pen.look.style(Role::Cursor));
            }
            x += 2;
        }
        if let Some(failure) = self.shown_mut().0.failure() {
            let warning = pen.style(Role::Warning);
            x += pen.text(x, 0, Page::Failed.text(language), warning) + 1;
            pen.text(x, 0, failure, warning);
        }
    }
}

impl Pane for History {
    fn kind(&self) -> PaneKind {
        PaneKind::History
    }

    fn title(&self, model: &Model, title: &mut String) {
        title.push_str(PaneKind::History.label().text(model.look.language));
        title.push(' ');
        title.push_str(model.profile.as_str());
    }

    fn note(&self, model: &Model, note: &mut String) {
        use std::fmt::Write;
        let view = self.shown();
        let (known, shown, all) = view.counts();
        if !known {
            return;
        }
        let language = model.look.language;
        let (sort, falls) = view.sorted();
        let arrow = if falls { model.look.glyphs.down } else { model.look.glyphs.up };
        // As many as were asked for are likely not all there are.
        let more = if self.which != Which::Orders && all >= LIMIT { "+" } else { "" };
        // Writing into a string cannot fail.
        let _ = match self.filter.is_empty() {
            true => write!(note, "{all}{more}"),
            false => write!(note, "{shown}/{all}{more}"),
        };
        let _ = write!(note, " {} {} {arrow}", Page::SortedBy.text(language), sort.label().text(language));
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        self.head(model, pen);
        let words = std::mem::take(&mut self.words);
        let is_open = self.open.is_some();
        let (view, names) = self.shown_mut();
        view.refresh().seen(model);
        view.arrange(model, names, &words, is_open);
        self.words = words;
        let (known, _, all) = self.shown().counts();
        let language = model.look.language;
        if !known {
            let dim = pen.style(Role::Dim);
            if self.shown_mut().0.failure().is_none() {
                pen.text(0, 1, Page::NoAnswer.text(language), dim);
            }
            return;
        }
        let empty = if all > 0 { Page::NothingFits } else { self.which.empty() }.text(language);
        let height = pen.height().saturating_sub(1);
        self.page = usize::from(height.saturating_sub(1)).max(1);
        let mut part = pen.part(Rect::new(0, 1, pen.width(), height));
        let mut open = self.open.take().filter(|_| self.shown().id().is_some());
        let (view, names) = self.shown_mut();
        match &mut open {
            Some(details) => view.draw_details(model, names, details, &mut part),
            None => view.draw_list(model, names, (empty, focused), &mut part),
        }
        self.open = open;
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        match action {
            Action::Left | Action::Right => self.turn(action == Action::Right, model, asks),
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.leap(-1),
            Action::PageDown => self.leap(1),
            Action::Top => self.leap(isize::MIN),
            Action::Bottom => self.leap(isize::MAX),
            Action::Open if self.open.is_some() => self.open = None,
            Action::Open if self.shown().id().is_some() => self.open = Some(Details::default()),
            Action::Escape if self.open.is_some() => self.open = None,
            Action::Filter => {
                self.open = None;
                self.typing = true;
            }
            Action::ClearFilter => self.set_filter(String::clear),
            Action::Sort => self.shown_mut().0.sort(false),
            Action::SortReverse => self.shown_mut().0.sort(true),
            Action::Copy => match self.shown().id() {
                Some(id) => asks.push(Ask::Copy(crate::text::clean::clean(&id).into_owned())),
                None => return Handled::No,
            },
            Action::Select => match self.shown().instrument() {
                Some(id) => asks.push(Ask::Select(id)),
                None => return Handled::No,
            },
            Action::Export => self.begin_export(model, asks),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn why_not(&self, action: Action, model: &Model) -> Option<String> {
        let nothing = self.shown().counts().1 == 0;
        match action {
            Action::Export if nothing => Some(Page::NothingToExport.text(model.look.language).to_owned()),
            Action::Open | Action::Copy if nothing => Some(self.which.empty().text(model.look.language).to_owned()),
            _ => None,
        }
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        match &self.open {
            Some(open) => {
                hints.extend([Action::Escape, Action::Copy, Action::Up, Action::Down]);
                if open.lines > open.height {
                    hints.push(Action::PageDown);
                }
            }
            None => {
                hints.extend([Action::Left, Action::Right, Action::Open, Action::Filter, Action::Sort, Action::Copy]);
                if !self.filter.is_empty() {
                    hints.push(Action::ClearFilter);
                }
            }
        }
    }

    fn takes_text(&self) -> bool {
        self.typing
    }

    fn type_key(&mut self, key: &KeyEvent, _: &Model, _: &mut Asks) -> Handled {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Esc | KeyCode::Enter => self.typing = false,
            KeyCode::Backspace => self.set_filter(|filter| {
                filter.pop();
            }),
            KeyCode::Char('u') if control => self.set_filter(String::clear),
            KeyCode::Char(letter) if plain && self.filter.chars().count() < FILTER_MAX => {
                self.set_filter(|filter| filter.push(letter));
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn paste(&mut self, text: &str, _: &Model, _: &mut Asks) {
        let room = FILTER_MAX.saturating_sub(self.filter.chars().count());
        self.set_filter(|filter| filter.extend(text.chars().take(room)));
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, _: &Model, _: &mut Asks) -> Handled {
        match mouse.kind {
            MouseEventKind::ScrollUp if self.open.is_some() => self.leap(-1),
            MouseEventKind::ScrollDown if self.open.is_some() => self.leap(1),
            MouseEventKind::ScrollUp => self.scroll(-3),
            MouseEventKind::ScrollDown => self.scroll(3),
            MouseEventKind::Down(MouseButton::Left) if self.open.is_none() => {
                // Above the rows stand the views and the names of the columns.
                let Some(line) = mouse.row.checked_sub(area.y + 2) else { return Handled::No };
                let (_, count, _) = self.shown().counts();
                let scroll = self.shown_mut().0.scroll();
                let Some(row) = scroll.row_at(line, count) else { return Handled::No };
                // A second click on the same row opens it.
                if std::mem::replace(&mut scroll.chosen, row) == row {
                    self.open = Some(Details::default());
                }
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn told(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        match news {
            News::Reset => {
                for which in Which::ALL {
                    let view = self.view(which);
                    if view.refresh().reset(model) {
                        view.forget();
                        self.open = None;
                    }
                }
            }
            News::Answer { tag, outcome } => self.take(*tag, *outcome, model),
            News::Changed(changed) => self.changed(changed, model),
            News::Second => self.end_export(model, asks),
        }
        self.ask(model, asks);
    }

    fn focus(&mut self, focused: bool, model: &Model, asks: &mut Asks) {
        self.typing = false;
        if focused {
            let which = self.which;
            self.view(which).refresh().seen(model);
            self.ask(model, asks);
        }
    }

    fn save(&self) -> toml::Table {
        let mut table = toml::Table::new();
        table.insert("view".into(), self.which.name().into());
        table
    }

    fn restore(&mut self, state: &toml::Table) {
        let name = state.get("view").and_then(toml::Value::as_str);
        let which = Which::ALL.into_iter().find(|which| Some(which.name()) == name);
        self.which = which.unwrap_or_default();
    }
}

#[cfg(test)]
mod tests;
