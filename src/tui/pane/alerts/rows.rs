//! The rows of the inbox: sorted, filtered, and worded once, not with every frame.

use std::collections::BTreeMap;

use super::words::{FewWords, Words, distance, is_percent, stands_at};
use crate::desk::alert::AlertRecord;
use crate::market::InstrumentId;
use crate::market::arrange::Arrange;
use crate::text::clean::clean;
use crate::text::screen::alerts::Alerts;
use crate::text::{Language, pick_owned};
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Align, Grouped, Pen, Rows};

/// What has become of an alert, in the order of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It fired and nobody has seen it.
    Fired,
    /// It waits.
    Waiting,
    /// It fired and was seen.
    Seen,
}

impl Stage {
    /// Of an alert.
    #[must_use]
    pub const fn of(alert: &AlertRecord) -> Self {
        match (alert.fired_at, alert.acknowledged_at) {
            (None, _) => Self::Waiting,
            (Some(_), None) => Self::Fired,
            (Some(_), Some(_)) => Self::Seen,
        }
    }

    /// Its word.
    #[must_use]
    pub const fn word(self) -> Alerts {
        match self {
            Self::Fired => Alerts::Fired,
            Self::Waiting => Alerts::Waiting,
            Self::Seen => Alerts::Seen,
        }
    }
}

/// Which alerts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Those that wait.
    Waiting,
    /// Those that fired, seen or not.
    Fired,
}

impl Filter {
    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::All => Self::Waiting,
            Self::Waiting => Self::Fired,
            Self::Fired => Self::All,
        }
    }

    fn passes(self, stage: Stage) -> bool {
        match self {
            Self::All => true,
            Self::Waiting => stage == Stage::Waiting,
            Self::Fired => stage != Stage::Waiting,
        }
    }
}

/// An alert as it is listed.
#[derive(Debug)]
pub struct Row {
    /// Its number.
    pub id: u64,
    /// What has become of it.
    pub stage: Stage,
    /// Of what, where the text of the desk is an instrument.
    pub instrument: Option<InstrumentId>,
    name: String,
    words: String,
    few_words: String,
    value: String,
    time: String,
    note: String,
}

/// Names of instruments by `SIM:005930`, Korean and English.
pub type Names = BTreeMap<String, [String; 2]>;

/// What the rows were made from: when it is the same, so are they.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
struct Mark {
    count: usize,
    newest: u64,
    fired: usize,
    seen: usize,
    names: usize,
    filter: Filter,
    language: Language,
}

/// The inbox.
#[derive(Debug, Default)]
pub struct Inbox {
    rows: Vec<Row>,
    mark: Option<Mark>,
}

impl Inbox {
    /// The rows, in order.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// They are to be made anew.
    pub const fn forget(&mut self) {
        self.mark = None;
    }

    /// Makes the rows when something changed; whether it did.
    pub fn make(&mut self, model: &Model, names: &Names, filter: Filter) -> bool {
        let stages = || model.alerts.values().map(Stage::of);
        let mark = Mark {
            count: model.alerts.len(),
            newest: model.alerts.keys().next_back().copied().unwrap_or(0),
            fired: stages().filter(|stage| *stage == Stage::Fired).count(),
            seen: stages().filter(|stage| *stage == Stage::Seen).count(),
            names: names.len(),
            filter,
            language: model.look.language,
        };
        if self.mark == Some(mark) {
            return false;
        }
        self.mark = Some(mark);
        self.rows.clear();
        let passing = model.alerts.values().filter(|alert| filter.passes(Stage::of(alert)));
        self.rows.extend(passing.map(|alert| row(model, names, alert)));
        // The newest of each stage first: what fired last is what a person came for.
        let when = |row: &Row| model.alerts.get(&row.id).map(|alert| alert.fired_at.unwrap_or(alert.created_at));
        self.rows.arrange_by(|a, b| a.stage.cmp(&b.stage).then(when(b).cmp(&when(a))).then(b.id.cmp(&a.id)));
        true
    }
}

fn row(model: &Model, names: &Names, alert: &AlertRecord) -> Row {
    let language = model.look.language;
    let instrument = alert.instrument.parse::<InstrumentId>().ok();
    let name = name(model, names, &alert.instrument, instrument.as_ref());
    let percent = is_percent(&alert.condition);
    let value = alert.value.as_deref().map(|value| match value.parse::<rust_decimal::Decimal>() {
        Ok(number) => format!("{}{}", Grouped::new(number), if percent { "%" } else { "" }),
        Err(_) => clean(value).into_owned(),
    });
    Row {
        id: alert.id,
        stage: Stage::of(alert),
        instrument,
        name,
        words: Words(language, &alert.condition).to_string(),
        few_words: FewWords(language, &alert.condition).to_string(),
        value: value.unwrap_or_default(),
        time: time::day_and_minute(alert.fired_at.unwrap_or(alert.created_at)),
        note: alert.note.as_deref().map(|note| clean(note).into_owned()).unwrap_or_default(),
    }
}

/// The name of an instrument, or its code while the name is not known.
#[must_use]
pub fn name(model: &Model, names: &Names, text: &str, id: Option<&InstrumentId>) -> String {
    let language = model.look.language;
    let known = names.get(text).map(|[ko, en]| pick_owned(language, ko, en));
    let quoted = || {
        let quote = model.quotes.get(id?)?;
        Some(pick_owned(language, &quote.name_ko, &quote.name_en))
    };
    let code = text.split_once(':').map_or(text, |(_, code)| code);
    let name = known.or_else(quoted).filter(|name| !name.is_empty()).unwrap_or(code);
    clean(name).into_owned()
}

/// The rows with what they are drawn beside.
#[derive(Debug)]
pub struct Listed<'a> {
    /// The rows.
    pub rows: &'a [Row],
    /// Whether there is room for whole sentences.
    pub is_roomy: bool,
    /// What is known of the market now.
    pub model: &'a Model,
}

impl Rows for Listed<'_> {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn cell(&self, row: usize, column: usize, pen: &mut Pen<'_>, field: (u16, u16, u16)) {
        let Some(row) = self.rows.get(row) else { return };
        let (x, y, width) = field;
        let main = match row.stage {
            Stage::Fired => Role::Strong,
            Stage::Waiting => Role::Text,
            Stage::Seen => Role::Dim,
        };
        let (main, dim) = (pen.style(main), pen.style(Role::Dim));
        match column {
            0 => self.state(row, pen, field),
            1 => drop(pen.field(x, y, width, &row.name, Align::Left, main)),
            2 if self.is_roomy => drop(pen.field(x, y, width, &row.words, Align::Left, main)),
            2 => drop(pen.field(x, y, width, &row.few_words, Align::Left, main)),
            // What it stands at while it waits, what fired it afterwards.
            3 if row.stage == Stage::Waiting => self.current(row, pen, field),
            3 => drop(pen.field(x, y, width, &row.value, Align::Right, main)),
            4 => drop(pen.field(x, y, width, &row.time, Align::Right, dim)),
            _ => drop(pen.field(x, y, width, &row.note, Align::Left, dim)),
        }
    }
}

impl Listed<'_> {
    /// One that nobody has seen blinks with the seconds; its word stays.
    fn state(&self, row: &Row, pen: &mut Pen<'_>, (x, y, width): (u16, u16, u16)) {
        let role = match row.stage {
            Stage::Fired => Role::Warning,
            Stage::Waiting => Role::Text,
            Stage::Seen => Role::Dim,
        };
        let style = pen.style(role);
        let lit = self.model.now.since_start.as_secs().is_multiple_of(2);
        let glyph = match row.stage {
            Stage::Fired if lit => pen.look.glyphs.alert,
            Stage::Seen => pen.look.glyphs.dot,
            Stage::Fired | Stage::Waiting => " ",
        };
        pen.symbol(x, y, glyph, style);
        let word = row.stage.word().text(self.model.look.language);
        pen.field(x + 2, y, width.saturating_sub(2), word, Align::Left, style);
    }

    /// What the figure stands at, of an alert that waits.
    fn current(&self, row: &Row, pen: &mut Pen<'_>, (x, y, width): (u16, u16, u16)) {
        let Some(id) = row.instrument else { return };
        let Some(alert) = self.model.alerts.get(&row.id) else { return };
        let Some(value) = stands_at(self.model, &id, &alert.condition) else { return };
        let fresh = self.model.quotes.freshness(self.model.now, &id, self.model.age_limit(id.venue)).is_fresh();
        let role = match (fresh, distance(&alert.condition, value)) {
            (false, _) => Role::Stale,
            (true, None) => Role::Warning,
            (true, Some(_)) => Role::Text,
        };
        let style = pen.style(role);
        let unit = if is_percent(&alert.condition) { "%" } else { "" };
        pen.value(x, y, width, format_args!("{}{unit}", Grouped::new(value)), Align::Right, style);
    }
}
