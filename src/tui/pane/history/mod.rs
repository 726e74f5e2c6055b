//! Every order, fill and transaction of the past: found by words, sorted, opened, copied, written into files.

mod details;
mod export;
mod fills;
mod listed;
mod names;
mod orders;
mod pane;
mod sheet;
mod transactions;

use std::time::Duration;

use rust_decimal::Decimal;

use self::details::Details;
use self::export::Export;
use self::names::Names;
use self::sheet::{Sheet, View};
use super::refresh::Refresh;
use super::{Ask, Asks, PaneKind};
use crate::desk::protocol::{Command, Failure, OrderFilter, Response};
use crate::desk::record::{FillRecord, OrderRecord, TransactionRecord};
use crate::market::Currency;
use crate::text::screen::portfolio::Page;
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

#[cfg(test)]
mod tests;
