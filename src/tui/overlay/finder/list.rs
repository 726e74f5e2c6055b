//! What a finder offers for what was typed, the best first.

use super::fit::{Fitter, Needles, PIECE};
use super::pool::{Known, Pool};
use super::words::{self, Reading, WORDS, Word};
use crate::config::Language;
use crate::market::InstrumentId;
use crate::market::arrange::Arrange;
use crate::tui::action::{Action, Keymap, TABLE};
use crate::tui::layout::WORKSPACES;
use crate::tui::model::Model;
use crate::tui::pane::PaneKind;
use crate::tui::said;

/// Most instruments offered beside other things, and alone.
const SYMBOLS_BESIDE_MAX: usize = 30;
const SYMBOLS_MAX: usize = 300;

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// An action.
    Action(Action),
    /// A workspace, by its place.
    Workspace(usize),
    /// A workspace of the person's own.
    Own(String),
    /// A pane.
    Pane(PaneKind),
    /// An instrument.
    Symbol(InstrumentId),
    /// A word that wants more after it.
    Word(&'static Word),
    /// A line that could be meant.
    Line(String),
    /// What the line as it is comes to.
    Typed(Reading),
    /// The line as it is, for whoever knows it.
    Run(String),
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What is chosen with it.
    pub item: Item,
    /// What it is called, first in the screen's language.
    pub texts: Vec<String>,
    /// Letters that were found: number of the text, number of the letter.
    pub letters: Vec<(usize, usize)>,
    /// Its keys.
    pub keys: String,
    score: i32,
}

impl Row {
    fn new(item: Item, texts: Vec<String>) -> Self {
        Self { item, texts, letters: Vec::new(), keys: String::new(), score: 0 }
    }

    fn line(item: Item, text: impl Into<String>) -> Self {
        Self::new(item, vec![text.into()])
    }
}

/// What a list is made of.
#[derive(Debug)]
pub struct Sources<'a> {
    /// What is known.
    pub model: &'a Model,
    /// Instruments heard of.
    pub pool: &'a Pool,
    /// Instruments selected before, newest first.
    pub recent: &'a [InstrumentId],
}

/// Everything that is no instrument: actions, workspaces, panes, words.
fn things(keymap: &Keymap, model: &Model) -> Vec<Row> {
    let language = model.look.language;
    let other = if language == Language::Ko { Language::En } else { Language::Ko };
    let mut rows: Vec<Row> = Vec::new();
    for entry in TABLE {
        let mut texts = vec![entry.label.text(language).to_owned(), entry.name.replace('_', " ")];
        texts.extend([entry.name, entry.label.text(other)].map(str::to_owned));
        texts.extend(entry.verb.map(str::to_owned));
        let chords: Vec<String> = keymap.chords(entry.action).iter().map(ToString::to_string).collect();
        rows.push(Row { keys: chords.join(" "), ..Row::new(Item::Action(entry.action), texts) });
    }
    for (index, workspace) in WORKSPACES.iter().enumerate() {
        let names = [workspace.name.text(language), workspace.number, workspace.name.text(other), workspace.key];
        rows.push(Row::new(Item::Workspace(index), names.map(str::to_owned).to_vec()));
    }
    rows.extend(model.workspaces.iter().map(|name| Row::line(Item::Own(name.clone()), name)));
    for kind in PaneKind::ALL {
        let names = [kind.label().text(language), kind.name(), kind.label().text(other)];
        rows.push(Row::new(Item::Pane(*kind), names.map(str::to_owned).to_vec()));
    }
    for word in WORDS {
        let names = [word.name, word.korean, word.label.text(language)];
        rows.push(Row::new(Item::Word(word), names.map(str::to_owned).to_vec()));
    }
    rows
}

fn symbol(known: &Known, model: &Model) -> Row {
    let shown = said::name(&model.look, &known.ko, &known.en).to_owned();
    let other = if shown == known.ko { known.en.clone() } else { known.ko.clone() };
    Row::new(Item::Symbol(known.id), vec![shown, known.id.symbol.to_string(), other, known.id.to_string()])
}

/// Rows that fit, the best first; equals stay as they were.
fn ranked(rows: Vec<Row>, needles: &Needles, fitter: &mut Fitter) -> Vec<Row> {
    let fits = |mut row: Row| {
        let fit = fitter.fit(needles, &row.texts)?;
        (row.score, row.letters) = (fit.score, fit.letters);
        Some(row)
    };
    let mut rows: Vec<Row> = rows.into_iter().filter_map(fits).collect();
    rows.arrange_by_key(|row| std::cmp::Reverse(row.score));
    rows
}

/// Instruments, those most traded first.
fn instruments(from: &Sources<'_>) -> Vec<Row> {
    let mut known: Vec<&Known> = from.pool.all().collect();
    known.arrange_by_key(|known| std::cmp::Reverse(known.weight));
    known.into_iter().map(|known| symbol(known, from.model)).collect()
}

/// What the search offers: without a text the watch list, then what was looked at lately, then the rest.
#[must_use]
pub fn symbols(text: &str, from: &Sources<'_>, fitter: &mut Fitter) -> Vec<Row> {
    let needles = Needles::new(text);
    let mut rows = if needles.is_empty() {
        let mut rows: Vec<Row> = Vec::new();
        let first = from.model.watch.iter().chain(from.recent).filter_map(|id| from.pool.get(id));
        for row in first.map(|known| symbol(known, from.model)).chain(instruments(from)) {
            if !rows.iter().any(|known| known.item == row.item) {
                rows.push(row);
            }
            if rows.len() >= SYMBOLS_MAX {
                break;
            }
        }
        rows
    } else {
        ranked(instruments(from), &needles, fitter)
    };
    rows.truncate(SYMBOLS_MAX);
    rows
}

/// What the palette offers.
#[must_use]
pub fn everything(text: &str, keymap: &Keymap, from: &Sources<'_>, fitter: &mut Fitter) -> Vec<Row> {
    match words::split(text) {
        Some((word, rest)) if !rest.is_empty() => after_word(text, word, rest, from, fitter),
        begun => {
            let needles = Needles::new(text);
            if needles.is_empty() {
                return things(keymap, from.model);
            }
            let mut found = ranked(instruments(from), &needles, fitter);
            found.truncate(SYMBOLS_BESIDE_MAX);
            let mut rows = ranked(things(keymap, from.model), &needles, fitter);
            rows.extend(found);
            rows.arrange_by_key(|row| std::cmp::Reverse(row.score));
            if let Some((word, _)) = begun {
                rows.extend(lines(word, "", from.model));
            }
            let run = Row::line(Item::Run(text.trim().to_owned()), text.trim());
            // Several words that are nowhere as they are typed are rather a command than letters of something else.
            let is_sentence = text.split_whitespace().nth(1).is_some();
            let pieces = rows.iter().take_while(|row| row.score >= PIECE - SCORE_SLACK).count();
            rows.insert(if is_sentence { pieces } else { rows.len() }, run);
            rows
        }
    }
}

/// What the other keyboard layout takes off a score.
const SCORE_SLACK: i32 = 300;

fn after_word(text: &str, word: &'static Word, rest: &str, from: &Sources<'_>, fitter: &mut Fitter) -> Vec<Row> {
    match words::read(word, rest, from.model) {
        Reading::Symbol(name) => {
            let mut rows = ranked(instruments(from), &Needles::new(&name), fitter);
            rows.truncate(SYMBOLS_BESIDE_MAX);
            rows
        }
        reading => {
            let mut rows: Vec<Row> = lines(word, rest, from.model).collect();
            let is_ready = matches!(reading, Reading::Ready(_));
            let typed = Row::line(Item::Typed(reading), text.trim());
            rows.insert(if is_ready { 0 } else { rows.len() }, typed);
            rows
        }
    }
}

/// Lines that begin with a word and go on with one of its choices.
fn lines<'a>(word: &'static Word, rest: &'a str, model: &Model) -> impl Iterator<Item = Row> + use<'a> {
    let choices = words::choices(word, model).into_iter();
    let choices = choices.filter(move |choice| choice.starts_with(rest) && choice != rest);
    choices.map(|choice| {
        let line = format!("{} {choice}", word.name);
        Row::line(Item::Line(line.clone()), line)
    })
}
