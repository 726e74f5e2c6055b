//! What keys do: here and now, or everywhere. It is made of the table of actions and the keys in force, so that it cannot
//! say what is not so.

use crossterm::event::{KeyCode, KeyEvent, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{Overlay, Stay, Under};
use crate::text::screen::help::{ContextName, Help as Words};
use crate::tui::action::{Action, Context, Entry, Key, Keymap, Looked, TABLE};
use crate::tui::model::{Connection, Model};
use crate::tui::pane::{Asks, PaneKind};
use crate::tui::terminal::hangul::latin_keys;
use crate::tui::theme::{Glyphs, Role};
use crate::tui::widget::{Align, Pen, cells};

/// Cells of an entry: its keys, and with its label.
const KEYS: u16 = 11;
const ENTRY: u16 = 36;

/// Help.
#[must_use]
pub fn help(under: &Under<'_>, model: &Model) -> Box<dyn Overlay> {
    Box::new(Help::new(under, model))
}

/// Actions under a headline.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    title: String,
    entries: Vec<Line>,
    /// Whether each takes a whole row: it has a reason to show.
    wide: bool,
}

/// An action with its keys.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    action: Action,
    keys: String,
    /// Why it would do nothing now.
    why_not: Option<String>,
}

/// A row of the page: a headline, or entries of a part from a place on, so many apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    Headline(usize),
    Entries { part: usize, from: usize, apart: usize },
    Marks,
    Mark(usize),
    Empty,
}

/// A symbol of a set.
type Mark = fn(&Glyphs) -> &'static str;

/// What symbols on the screen mean that have no words beside them.
const MARKS: [(Mark, Words); 3] =
    [(|glyphs| glyphs.polled, Words::Polled), (|glyphs| glyphs.own, Words::Own), (|glyphs| glyphs.alert, Words::Alert)];

#[derive(Debug)]
struct Help {
    keymap: Keymap,
    focused: PaneKind,
    here: Vec<Part>,
    every: Vec<Part>,
    shows_every: bool,
    top: usize,
    height: usize,
    rows: Vec<Row>,
}

impl Help {
    fn new(under: &Under<'_>, model: &Model) -> Self {
        Self {
            keymap: under.keymap.clone(),
            focused: under.focused,
            here: here(under, model),
            every: every(under.keymap, model),
            shows_every: false,
            top: 0,
            height: 1,
            rows: Vec::new(),
        }
    }

    fn parts(&self) -> &[Part] {
        if self.shows_every { &self.every } else { &self.here }
    }

    /// Lays the page out for so many columns of entries.
    fn lay_out(&mut self, columns: usize) {
        let mut rows = Vec::new();
        for (part, content) in self.parts().iter().enumerate() {
            if !rows.is_empty() {
                rows.push(Row::Empty);
            }
            rows.push(Row::Headline(part));
            let columns = if content.wide { 1 } else { columns };
            let apart = content.entries.len().div_ceil(columns.max(1));
            rows.extend((0..apart).map(|from| Row::Entries { part, from, apart }));
        }
        rows.extend([Row::Empty, Row::Marks]);
        rows.extend((0..MARKS.len()).map(Row::Mark));
        self.rows = rows;
    }

    fn scroll(&mut self, rows: isize) {
        let last = self.rows.len().saturating_sub(self.height.max(1));
        self.top = self.top.saturating_add_signed(rows).min(last);
    }

    fn draw_entries(&self, model: &Model, pen: &mut Pen<'_>, y: u16, row: (usize, usize, usize), width: u16) {
        let (part, from, apart) = row;
        let Some(part) = self.parts().get(part) else { return };
        let language = model.look.language;
        for (column, line) in part.entries.iter().skip(from).step_by(apart.max(1)).enumerate() {
            let x = 1 + u16::try_from(column).unwrap_or(0).saturating_mul(width);
            let dimmed = line.why_not.is_some();
            let key = pen.style(if dimmed { Role::Dim } else { Role::Key });
            let style = pen.style(if dimmed { Role::Dim } else { Role::Text });
            pen.field(x, y, KEYS - 1, &line.keys, Align::Left, key);
            let room = if part.wide { pen.width() } else { width.saturating_sub(KEYS + 1) };
            let label = line.action.entry().label.text(language);
            let used = pen.field(x + KEYS, y, room, label, Align::Left, style);
            if let Some(why) = &line.why_not {
                pen.text(x + KEYS + used + 2, y, why, style);
            }
        }
    }

    fn draw_mark(model: &Model, pen: &mut Pen<'_>, y: u16, mark: usize) {
        let Some((symbol, meaning)) = MARKS.get(mark) else { return };
        let style = pen.style(Role::Text);
        pen.field(1, y, KEYS - 1, symbol(model.look.glyphs), Align::Left, style);
        let room = pen.width().saturating_sub(1 + KEYS);
        pen.field(1 + KEYS, y, room, meaning.text(model.look.language), Align::Left, style);
    }

    /// Which hoga this is, and where its orders go.
    fn draw_foot(&self, model: &Model, pen: &mut Pen<'_>) {
        let language = model.look.language;
        let y = pen.height().saturating_sub(1);
        let (dim, key) = (pen.style(Role::Dim), pen.style(Role::Key));
        let dot = model.look.glyphs.dot;
        let mut x = 1;
        let more = if self.shows_every { Words::Less } else { Words::More };
        for (action, label) in [(Action::Help, more), (Action::Escape, Words::Close)] {
            if let Some(chord) = self.keymap.chords(action).first() {
                x += pen.text(x, y, &chord.to_string(), key) + 1;
                x += pen.text(x, y, label.text(language), dim) + 2;
            }
        }
        let mut about = format!("hoga {} {dot} ", env!("CARGO_PKG_VERSION"));
        if let Connection::Up { version } = &model.connection
            && version != env!("CARGO_PKG_VERSION")
        {
            about.push_str(&format!("{} {version} {dot} ", Words::Desk.text(language)));
        }
        about.push_str(&format!("{} {}", model.world().badge(), model.profile));
        let last = (self.top + self.height).min(self.rows.len());
        if self.rows.len() > self.height {
            about.push_str(&format!(" {dot} {}-{last}/{}", self.top + 1, self.rows.len()));
        }
        let room = pen.width().saturating_sub(x + 1);
        if cells(&about) <= room {
            pen.field(x, y, room, &about, Align::Right, dim);
        }
    }
}

/// Where the keys of an action mean it. An action has keys in one context only.
fn context_of(entry: &Entry) -> Context {
    entry.bindings.first().map_or(Context::Global, |(context, _)| *context)
}

fn name(context: Context, model: &Model) -> String {
    let name = match context {
        Context::Global => ContextName::Global,
        Context::LadderArmed => ContextName::LadderArmed,
        Context::Chart => ContextName::Chart,
        Context::Form => ContextName::Form,
        Context::Question => ContextName::Question,
    };
    name.text(model.look.language).to_owned()
}

/// The keys that mean an action when they are looked up in these contexts: others may be hidden by a more specific one.
fn keys_in(keymap: &Keymap, contexts: &[Context], action: Action) -> Option<String> {
    let means_it = |keys: &&crate::tui::action::Chord| keymap.look(contexts, keys.keys()) == Looked::Action(action);
    let chords: Vec<String> = keymap.chords(action).iter().filter(means_it).map(ToString::to_string).collect();
    (!chords.is_empty()).then(|| chords.join(" "))
}

/// What works here and now, the most specific context first, then what does not and why.
fn here(under: &Under<'_>, model: &Model) -> Vec<Part> {
    let language = model.look.language;
    let mut contexts = under.contexts.to_vec();
    if !contexts.contains(&Context::Global) {
        contexts.push(Context::Global);
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut not_now = Part { title: Words::NotNow.text(language).to_owned(), entries: Vec::new(), wide: true };
    for context in &contexts {
        let title = match context {
            Context::Global => {
                format!("{} ({})", Words::Here.text(language), under.focused.label().text(language))
            }
            context => name(*context, model),
        };
        let mut part = Part { title, entries: Vec::new(), wide: false };
        for entry in TABLE.iter().filter(|entry| context_of(entry) == *context) {
            let Some(keys) = keys_in(under.keymap, &contexts, entry.action) else { continue };
            let why_not = under.why_not.iter().find(|(action, _)| *action == entry.action).map(|(_, why)| why.clone());
            let to = if why_not.is_some() { &mut not_now } else { &mut part };
            to.entries.push(Line { action: entry.action, keys, why_not });
        }
        parts.push(part);
    }
    parts.push(not_now);
    parts.retain(|part| !part.entries.is_empty());
    parts
}

/// Every key there is by context, and the actions that have none.
fn every(keymap: &Keymap, model: &Model) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut without = Vec::new();
    for context in Context::ALL {
        let mut entries = Vec::new();
        for entry in TABLE.iter().filter(|entry| context_of(entry) == context) {
            let line = |keys| Line { action: entry.action, keys, why_not: None };
            match keys_in(keymap, &[context], entry.action) {
                Some(keys) => entries.push(line(keys)),
                None => without.push(line(String::new())),
            }
        }
        parts.push(Part { title: name(context, model), entries, wide: false });
    }
    let chord = keymap.chords(Action::Palette).first().map(ToString::to_string).unwrap_or_default();
    let title = format!("{} {chord}", Words::Palette.text(model.look.language));
    for line in &mut without {
        line.keys.clone_from(&chord);
    }
    parts.push(Part { title, entries: without, wide: false });
    parts.retain(|part| !part.entries.is_empty());
    parts
}

impl Overlay for Help {
    fn size(&self, _: &Model, screen: (u16, u16)) -> (u16, u16) {
        let width = if screen.0 < 100 { screen.0 } else { screen.0.saturating_sub(8).min(4 * ENTRY + 4) };
        (width, screen.1.saturating_sub(2))
    }

    fn title(&self, model: &Model) -> String {
        let language = model.look.language;
        let title = Words::Title.text(language);
        let what = if self.shows_every { Words::More.text(language) } else { self.focused.label().text(language) };
        format!("{title} {} {what}", model.look.glyphs.dot)
    }

    fn contexts(&self) -> &'static [Context] {
        &[Context::Global]
    }

    fn draw(&mut self, model: &Model, pen: &mut Pen<'_>) {
        let inner = pen.width().saturating_sub(2);
        let columns = (inner / ENTRY).max(1);
        self.lay_out(usize::from(columns));
        let lines = pen.height().saturating_sub(1);
        self.height = usize::from(lines);
        self.scroll(0);
        let title = pen.style(Role::Label);
        for (line, row) in (0..lines).zip(self.rows.iter().skip(self.top)) {
            match *row {
                Row::Empty => {}
                Row::Headline(part) => {
                    let text = self.parts().get(part).map_or("", |part| part.title.as_str());
                    pen.text(1, line, text, title);
                }
                Row::Marks => {
                    pen.text(1, line, Words::Marks.text(model.look.language), title);
                }
                Row::Mark(mark) => Self::draw_mark(model, pen, line, mark),
                Row::Entries { part, from, apart } => {
                    self.draw_entries(model, pen, line, (part, from, apart), inner / columns);
                }
            }
        }
        self.draw_foot(model, pen);
    }

    fn key(&mut self, key: &KeyEvent, action: Option<Action>, _: &Model, _: &mut Asks) -> Stay {
        let page = isize::try_from(self.height).unwrap_or(1).max(1);
        let latin = match key.code {
            // A key of the Hangul layout is the Latin key under the same finger.
            KeyCode::Char(letter) => latin_keys(letter).and_then(|keys| keys.chars().next()),
            _ => None,
        };
        let action = action.or_else(|| {
            let keys = [Key::plain(KeyCode::Char(latin?))];
            match self.keymap.look(&[Context::Global], &keys) {
                Looked::Action(action) => Some(action),
                _ => None,
            }
        });
        match action {
            Some(Action::Help) => {
                self.shows_every = !self.shows_every;
                self.top = 0;
            }
            Some(Action::Escape | Action::Quit | Action::Open) => return Stay::Close,
            Some(Action::Up) => self.scroll(-1),
            Some(Action::Down) => self.scroll(1),
            Some(Action::PageUp) => self.scroll(-page),
            Some(Action::PageDown | Action::Select) => self.scroll(page),
            Some(Action::Top) => self.scroll(isize::MIN),
            Some(Action::Bottom) => self.scroll(isize::MAX),
            // Whatever the config says of keys, this one closes.
            _ if key.code == KeyCode::Esc => return Stay::Close,
            _ => {}
        }
        Stay::Open
    }

    fn mouse(&mut self, mouse: &MouseEvent, _: Rect, _: &Model, _: &mut Asks) -> Stay {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.scroll(-3),
            MouseEventKind::ScrollDown => self.scroll(3),
            _ => {}
        }
        Stay::Open
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crossterm::event::KeyModifiers;
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::config::Language;
    use crate::tui::model::fixture::empty;

    const ARMED: [Context; 2] = [Context::LadderArmed, Context::Global];

    fn page(keymap: &Keymap, contexts: &[Context], why_not: &[(Action, String)], language: Language) -> Help {
        let under = Under { keymap, contexts, focused: PaneKind::Ladder, why_not };
        Help::new(&under, &empty(language))
    }

    fn drawn(help: &mut Help, language: Language, width: u16, height: u16) -> String {
        let model = empty(language);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let (area, mut scratch) = (buffer.area, String::new());
        help.draw(&model, &mut Pen::new(&mut buffer, area, &model.look, &mut scratch));
        let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..height).map(line).collect::<Vec<_>>().join("\n")
    }

    fn press(help: &mut Help, keymap: &Keymap, text: &str) -> Stay {
        let key: Key = text.parse().unwrap();
        let action = match keymap.look(&[Context::Global], &[key]) {
            Looked::Action(action) => Some(action),
            _ => None,
        };
        let event = KeyEvent::new(key.code, KeyModifiers::NONE);
        help.key(&event, action, &empty(Language::En), &mut Asks::default())
    }

    fn keymaps() -> [Keymap; 2] {
        let moved = Keymap::with(&[
            ("quit".to_owned(), vec!["Q".to_owned(), "ctrl-q".to_owned()]),
            ("halt".to_owned(), vec!["ctrl-h".to_owned()]),
            ("zoom".to_owned(), Vec::new()),
        ]);
        [Keymap::standard(), moved.unwrap()]
    }

    #[test]
    fn an_action_has_its_keys_in_one_context() {
        for entry in TABLE {
            let context = context_of(entry);
            assert!(entry.bindings.iter().all(|(known, _)| *known == context), "{}", entry.name);
        }
    }

    #[test]
    fn the_full_page_is_exactly_the_keymap() {
        for keymap in keymaps() {
            let help = page(&keymap, &[Context::Global], &[], Language::En);
            let mut shown: BTreeMap<Action, Vec<String>> = BTreeMap::new();
            for line in help.every.iter().flat_map(|part| &part.entries) {
                assert!(shown.insert(line.action, line.keys.split("  ").map(str::to_owned).collect()).is_none());
            }
            assert_eq!(shown.len(), TABLE.len(), "every action once");
            for entry in TABLE {
                let chords: Vec<String> = keymap.chords(entry.action).iter().map(ToString::to_string).collect();
                let wanted = if chords.is_empty() { ":".to_owned() } else { chords.join(" ") };
                assert_eq!(shown[&entry.action], [wanted], "{}", entry.name);
            }
        }
    }

    #[test]
    fn what_is_said_to_work_here_is_what_the_keys_do_here() {
        for keymap in keymaps() {
            let help = page(&keymap, &ARMED, &[], Language::En);
            for line in help.here.iter().flat_map(|part| &part.entries) {
                let chords = keymap.chords(line.action);
                let works = chords.iter().filter(|chord| line.keys.contains(&chord.to_string()));
                for chord in works {
                    let looked = keymap.look(&ARMED, chord.keys());
                    let shown_alone = line.keys.split(' ').any(|key| key == chord.to_string());
                    assert!(
                        looked == Looked::Action(line.action) || !shown_alone,
                        "{} {chord}",
                        line.action.entry().name
                    );
                }
            }
            let keys = |action| {
                let mut lines = help.here.iter().flat_map(|part| &part.entries);
                lines.find(|line| line.action == action).map(|line| line.keys.clone())
            };
            assert_eq!(keys(Action::BuyHere).as_deref(), Some("b"));
            assert_eq!(keys(Action::BuyTicket).as_deref(), Some("f2"), "b buys at the row while the ladder is armed");
            assert_eq!(keys(Action::PanLeft), None, "a key of the chart does nothing on the ladder");
        }
    }

    #[test]
    fn what_does_nothing_now_has_its_reason() {
        let why_not = [(Action::Cancel, "no order here".to_owned())];
        let mut help = page(&Keymap::standard(), &[Context::Global], &why_not, Language::En);
        let not_now = help.here.last().unwrap();
        assert_eq!((not_now.entries.len(), not_now.wide), (1, true));
        let mut text = String::new();
        for _ in 0..10 {
            text.push_str(&drawn(&mut help, Language::En, 78, 20));
            press(&mut help, &Keymap::standard(), "pagedown");
        }
        assert!(text.contains("no order here"));
    }

    #[test]
    fn every_line_can_be_scrolled_to() {
        for language in [Language::Ko, Language::En] {
            for (width, height) in [(78, 20), (148, 41), (40, 10)] {
                let keymap = Keymap::standard();
                let mut help = page(&keymap, &ARMED, &[], language);
                press(&mut help, &keymap, "?");
                let mut text = String::new();
                for _ in 0..60 {
                    text.push_str(&drawn(&mut help, language, width, height).replace(' ', ""));
                    press(&mut help, &keymap, "down");
                    press(&mut help, &keymap, "down");
                }
                for entry in TABLE {
                    let label: String = entry.label.text(language).chars().filter(|c| *c != ' ').take(8).collect();
                    assert!(text.contains(&label), "{label} at {width}x{height}");
                }
                let polled =
                    if language == Language::Ko { "↻실시간스트림이아니라" } else { "↻nolivestream" };
                assert!(text.contains(polled), "{polled} at {width}x{height}");
            }
        }
    }

    #[test]
    fn it_closes_with_the_keys_that_close() {
        for keymap in keymaps() {
            for key in ["esc", "enter"] {
                assert_eq!(press(&mut page(&keymap, &ARMED, &[], Language::Ko), &keymap, key), Stay::Close, "{key}");
            }
        }
        let keymap = Keymap::standard();
        for key in ["q", "ㅂ"] {
            assert_eq!(press(&mut page(&keymap, &ARMED, &[], Language::Ko), &keymap, key), Stay::Close, "{key}");
        }
    }

    #[test]
    fn it_draws_at_any_size() {
        for language in [Language::Ko, Language::En] {
            let mut help = page(&Keymap::standard(), &ARMED, &[(Action::Cancel, "why".into())], language);
            for width in (1..50).chain([76, 148, 250]) {
                for height in (1..8).chain([20, 60]) {
                    drawn(&mut help, language, width, height);
                }
            }
        }
    }
}
