//! One view of the history: its records, those that fit the filter, in their order.

use std::cmp::Ordering;

use super::details::{self, Details};
use super::export::{self, Export};
use super::listed::{Cell, Listed, SortBy, when};
use super::names::Names;
use crate::market::InstrumentId;
use crate::tui::model::Model;
use crate::tui::pane::refresh::Refresh;
use crate::tui::widget::{Pen, Rows, Scroll, Table};

/// A record with what its row needs, worked out once.
#[derive(Debug)]
struct Row<R> {
    record: R,
    instrument: Option<InstrumentId>,
    when: String,
    /// Everything it is found by, in small letters.
    found_by: String,
}

/// One view of the history.
#[derive(Debug)]
pub struct Sheet<R> {
    /// When it is asked for anew.
    pub refresh: Refresh,
    /// Why the last answer was none.
    pub failure: Option<String>,
    /// Chosen row.
    pub scroll: Scroll,
    /// Whether the chosen row is open: then it stays the chosen one also at the top.
    open: bool,
    rows: Vec<Row<R>>,
    known: bool,
    shown: Vec<usize>,
    sort: SortBy,
    falls: bool,
    dirty: bool,
    filter: String,
    names_version: u32,
}

/// A view, whatever it is of.
pub trait View {
    /// When it is asked for anew.
    fn refresh(&mut self) -> &mut Refresh;
    /// Why the last answer was none.
    fn failure(&mut self) -> &mut Option<String>;
    /// Forgets everything.
    fn forget(&mut self);
    /// Whether there was an answer, rows that fit, all rows.
    fn counts(&self) -> (bool, usize, usize);
    /// Chosen row.
    fn scroll(&mut self) -> &mut Scroll;
    /// Draws the list; `empty` when nothing is in it.
    fn draw_list(&mut self, model: &Model, names: &Names, empty: (&str, bool), pen: &mut Pen<'_>);
    /// Draws every field of the chosen row.
    fn draw_details(&mut self, model: &Model, names: &Names, details: &mut Details, pen: &mut Pen<'_>);
    /// Takes the words to be found, in small letters, and puts the rows in order if anything changed. The chosen row of an
    /// `open` view stays the same record whatever comes.
    fn arrange(&mut self, model: &Model, names: &mut Names, filter: &str, open: bool);
    /// Another key, or the other direction.
    fn sort(&mut self, reverse: bool);
    /// By what it is sorted, and whether it falls.
    fn sorted(&self) -> (SortBy, bool);
    /// Id of the chosen row.
    fn id(&self) -> Option<String>;
    /// Instrument of the chosen row.
    fn instrument(&self) -> Option<InstrumentId>;
    /// Begins to write the rows shown into files.
    ///
    /// # Errors
    /// The system gives no thread.
    fn export(&self, model: &Model, data_dir: &str) -> std::io::Result<Export>;
}

impl<R: Listed> Sheet<R> {
    /// Nothing known yet.
    #[must_use]
    pub const fn new(refresh: Refresh) -> Self {
        Self {
            refresh,
            failure: None,
            scroll: Scroll { chosen: 0, top: 0 },
            open: false,
            rows: Vec::new(),
            known: false,
            shown: Vec::new(),
            sort: SortBy::Time,
            falls: true,
            dirty: true,
            filter: String::new(),
            names_version: 0,
        }
    }

    /// What the desk answered.
    pub fn take(&mut self, records: &[R], model: &Model, names: &mut Names) {
        let chosen = self.chosen().map(|row| row.record.clone());
        // Most are known as they are; what a row needs is worked out for the others alone.
        let mut known = std::mem::take(&mut self.rows);
        if let Some(gone) = records.first().and_then(|first| known.iter().position(|row| row.record.is(first))) {
            known.drain(..gone);
        }
        let mut known = known.into_iter();
        self.rows.extend(records.iter().map(|record| match known.next() {
            Some(row) if row.record == *record => row,
            _ => Self::row(record, model, names),
        }));
        self.known = true;
        self.failure = None;
        self.order();
        self.choose_again(chosen.as_ref());
    }

    /// A record as it is now, where there is something for it to join.
    pub fn put(&mut self, record: &R, model: &Model, names: &mut Names) {
        if !self.known {
            return;
        }
        let row = Self::row(record, model, names);
        match self.rows.iter_mut().rev().find(|known| known.record.is(record)) {
            Some(known) => *known = row,
            None => self.rows.push(row),
        }
        self.dirty = true;
    }

    fn row(record: &R, model: &Model, names: &mut Names) -> Row<R> {
        let instrument = record.instrument();
        if let Some(id) = instrument {
            names.want(id, model);
        }
        let when = when(record.time(), model.now.utc);
        Row { record: record.clone(), instrument, when, found_by: found_by(record, instrument, names) }
    }

    fn chosen(&self) -> Option<&Row<R>> {
        self.rows.get(*self.shown.get(self.scroll.chosen)?)
    }

    fn choose_again(&mut self, chosen: Option<&R>) {
        // At the top one sees what is new; anywhere else the row that was chosen stays it.
        let at = match chosen {
            Some(chosen) if self.scroll.chosen > 0 || self.open => {
                self.shown.iter().position(|at| self.rows.get(*at).is_some_and(|row| row.record.is(chosen)))
            }
            _ => None,
        };
        self.scroll.to(at.unwrap_or(self.scroll.chosen), self.shown.len());
    }

    fn order(&mut self) {
        self.dirty = false;
        self.shown.clear();
        let words = || self.filter.split_whitespace();
        let fits = |row: &Row<R>| words().all(|word| row.found_by.contains(word));
        self.shown.extend(self.rows.iter().enumerate().filter(|(_, row)| fits(row)).map(|(at, _)| at));
        let (rows, sort) = (&self.rows, self.sort);
        let compare = |one: &usize, other: &usize| match (rows.get(*one), rows.get(*other)) {
            (Some(left), Some(right)) => left.record.compare(&right.record, sort).then(one.cmp(other)),
            _ => Ordering::Equal,
        };
        self.shown.sort_unstable_by(compare);
        if self.falls {
            self.shown.reverse();
        }
    }
}

/// Everything a record is found by: its words and what people call them, code, names, day and time.
fn found_by<R: Listed>(record: &R, instrument: Option<InstrumentId>, names: &Names) -> String {
    use crate::text::{Language, term::term};
    let mut text = String::new();
    let mut add = |word: &str| {
        text.push_str(word);
        text.push('\n');
    };
    record.words(&mut |word| {
        add(word);
        // Ids and reasons have no other word.
        if !word.bytes().all(|letter| letter.is_ascii_alphabetic() || letter == b'_') {
            return;
        }
        for language in [Language::Ko, Language::En] {
            let term = term(language, word);
            if term != word {
                add(term);
            }
        }
    });
    if let Some(id) = instrument {
        add(&id.to_string());
        names.get(id).unwrap_or_default().into_iter().for_each(&mut add);
    }
    add(&super::listed::Moment(record.time()).to_string());
    text.to_lowercase()
}

struct List<'a, R> {
    sheet: &'a Sheet<R>,
    model: &'a Model,
    names: &'a Names,
}

impl<R: Listed> Rows for List<'_, R> {
    fn count(&self) -> usize {
        self.sheet.shown.len()
    }

    fn cell(&self, row: usize, column: usize, pen: &mut Pen<'_>, field: (u16, u16, u16)) {
        let Some(row) = self.sheet.shown.get(row).and_then(|at| self.sheet.rows.get(*at)) else { return };
        let (instrument, when) = (row.instrument, row.when.as_str());
        row.record.cell(column, &mut Cell { model: self.model, names: self.names, instrument, when, pen, field });
    }
}

impl<R: Listed> View for Sheet<R> {
    fn refresh(&mut self) -> &mut Refresh {
        &mut self.refresh
    }

    fn failure(&mut self) -> &mut Option<String> {
        &mut self.failure
    }

    fn forget(&mut self) {
        self.rows.clear();
        self.shown.clear();
        self.scroll = Scroll::default();
        self.known = false;
        self.failure = None;
    }

    fn counts(&self) -> (bool, usize, usize) {
        (self.known, self.shown.len(), self.rows.len())
    }

    fn scroll(&mut self) -> &mut Scroll {
        &mut self.scroll
    }

    fn draw_list(&mut self, model: &Model, names: &Names, (empty, focused): (&str, bool), pen: &mut Pen<'_>) {
        let (columns, count) = R::columns(&model.look, pen.width());
        let table = Table { columns: columns.get(..count).unwrap_or_default(), focused, empty };
        let mut scroll = self.scroll;
        table.draw(pen, &List { sheet: self, model, names }, &mut scroll);
        self.scroll = scroll;
    }

    fn draw_details(&mut self, model: &Model, names: &Names, details: &mut Details, pen: &mut Pen<'_>) {
        if let Some(row) = self.chosen() {
            let name = row.instrument.and_then(|id| names.get(id)).unwrap_or_default();
            let name = crate::tui::said::name(&model.look, name[0], name[1]);
            details::draw(&row.record, name, model, details, pen);
        }
    }

    fn arrange(&mut self, model: &Model, names: &mut Names, filter: &str, open: bool) {
        self.open = open;
        let names_changed = self.names_version != names.version && names.is_settled();
        if !self.dirty && !names_changed && self.filter == filter {
            return;
        }
        let chosen = self.chosen().map(|row| row.record.clone());
        if names_changed {
            self.names_version = names.version;
            for row in &mut self.rows {
                row.found_by = found_by(&row.record, row.instrument, names);
                row.when = when(row.record.time(), model.now.utc);
            }
        }
        if self.filter != filter {
            filter.clone_into(&mut self.filter);
        }
        self.order();
        self.choose_again(chosen.as_ref());
    }

    fn sort(&mut self, reverse: bool) {
        if reverse {
            self.falls = !self.falls;
        } else {
            let at = R::SORTS.iter().position(|sort| *sort == self.sort).map_or(0, |at| at + 1);
            self.sort = R::SORTS.get(at).copied().unwrap_or(SortBy::Time);
            self.falls = self.sort.falls();
        }
        self.scroll = Scroll::default();
        self.dirty = true;
    }

    fn sorted(&self) -> (SortBy, bool) {
        (self.sort, self.falls)
    }

    fn id(&self) -> Option<String> {
        self.chosen().map(|row| row.record.id())
    }

    fn instrument(&self) -> Option<InstrumentId> {
        self.chosen()?.instrument
    }

    fn export(&self, model: &Model, data_dir: &str) -> std::io::Result<Export> {
        let rows = self.shown.iter().filter_map(|at| self.rows.get(*at));
        let records: Vec<R> = rows.map(|row| row.record.clone()).collect();
        let stem = export::stem(model.profile.as_str(), R::WORD, model.now.utc);
        export::begin(std::path::Path::new(data_dir).join(export::FOLDER), stem, records)
    }
}
