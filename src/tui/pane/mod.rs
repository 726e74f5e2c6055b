//! Panes: each shows one thing and knows what its keys do. A pane reads the model, draws into its area, and asks; it
//! changes nothing itself. Adding one is a file here, a [`PaneKind`], and a line in [`all`].

mod activity;
mod alerts;
mod ask;
mod chart;
mod equity;
mod fills;
mod history;
mod kind;
mod ladder;
mod list;
mod money;
mod orders;
mod portfolio;
mod positions;
mod prints;
mod profit;
mod refresh;
mod settings;
#[cfg(test)]
mod sketch;
mod stops;
mod system;
mod ticket;
mod watchlist;

pub use ask::{Ask, Asks, Notice, Purpose, Question, TicketStart, Trade, WorkspaceDeed};
pub use kind::PaneKind;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Rect;

use super::action::{Action, Context};
use super::model::{Changed, Model};
use super::widget::Pen;
use crate::desk::protocol::{Failure, Response};

/// Every pane there is.
#[must_use]
pub fn all() -> Vec<Box<dyn Pane>> {
    vec![
        Box::new(watchlist::Watchlist::default()),
        Box::new(chart::Chart::default()),
        Box::new(ladder::Ladder::default()),
        Box::new(prints::Prints::default()),
        Box::new(ticket::Ticket::default()),
        Box::new(positions::Positions::default()),
        Box::new(orders::Orders::default()),
        Box::new(fills::Fills::default()),
        Box::new(stops::Stops::default()),
        Box::new(activity::Activity::default()),
        Box::new(portfolio::Portfolio::default()),
        Box::new(equity::Equity::default()),
        Box::new(profit::Profit::default()),
        Box::new(history::History::default()),
        Box::new(alerts::Alerts::default()),
        Box::new(system::System::default()),
        Box::new(settings::Settings::default()),
    ]
}

/// Whether a pane had a use for a key or click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled {
    /// It did something.
    Yes,
    /// It had no use for it; somebody else may.
    No,
}

/// What a pane is told.
#[derive(Debug)]
pub enum News<'a> {
    /// Another instrument, profile or connection: what was kept of the one before is void.
    Reset,
    /// The model took in an update.
    Changed(&'a Changed<'a>),
    /// The answer to a question of this pane, with the tag it was asked under.
    Answer {
        /// The tag.
        tag: u32,
        /// The answer.
        outcome: Result<&'a Response, &'a Failure>,
    },
    /// A second has passed, or the pane came into sight.
    Second,
}

/// A part of the screen.
pub trait Pane {
    /// Which it is.
    fn kind(&self) -> PaneKind;

    /// Writes its title: what it shows, of what.
    fn title(&self, model: &Model, title: &mut String);

    /// Writes what stands at the right of its title: source and age of the data, a count.
    fn note(&self, _model: &Model, _note: &mut String) {}

    /// Where its keys are looked up before [`Context::Global`], the most specific first.
    fn contexts(&self, _model: &Model) -> &'static [Context] {
        &[]
    }

    /// Draws into the pen's area; the lines around it are drawn already.
    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>);

    /// Does what a key asks for, when it is its to do.
    fn act(&mut self, _action: Action, _model: &Model, _asks: &mut Asks) -> Handled {
        Handled::No
    }

    /// Whether [`Action::Submit`] would send something now, instead of going on to the next field: then its key must be
    /// freshly pressed.
    fn sends_on_submit(&self) -> bool {
        true
    }

    /// Why an action would do nothing now, for help and hints; `None` when it would do something or is not the pane's.
    fn why_not(&self, _action: Action, _model: &Model) -> Option<String> {
        None
    }

    /// At most eight actions worth a hint now, the most useful first.
    fn hints(&self, _model: &Model, _hints: &mut Vec<Action>) {}

    /// Whether letters are text for it now.
    fn takes_text(&self) -> bool {
        false
    }

    /// Takes a key as text. Keys that mean an action in a text field (enter, esc, tab, arrows without a use) come back
    /// as [`Handled::No`] and are looked up.
    fn type_key(&mut self, _key: &KeyEvent, _model: &Model, _asks: &mut Asks) -> Handled {
        Handled::No
    }

    /// Takes pasted text, free of control characters and line ends.
    fn paste(&mut self, _text: &str, _model: &Model, _asks: &mut Asks) {}

    /// Takes a click, wheel or drag within its area, which is given; the position is the terminal's.
    fn mouse(&mut self, _mouse: &MouseEvent, _area: Rect, _model: &Model, _asks: &mut Asks) -> Handled {
        Handled::No
    }

    /// Takes news.
    fn told(&mut self, _news: &News<'_>, _model: &Model, _asks: &mut Asks) {}

    /// It gets the keys from now on, or no longer.
    fn focus(&mut self, _focused: bool, _model: &Model, _asks: &mut Asks) {}

    /// Starts a ticket, chooses a row, and the like: what another pane asked of this one.
    fn start(&mut self, _start: &TicketStart, _model: &Model, _asks: &mut Asks) {}

    /// Does what typed words say: a confirmation, or why not; `None` when the words are not for this pane.
    /// Takes a command typed in words. `None` when it is no word of this pane; else what to say, or what is wrong.
    fn command(&mut self, _words: &str, _model: &Model, _asks: &mut Asks) -> Option<Result<String, String>> {
        None
    }

    /// What of its state is kept between runs.
    fn save(&self) -> toml::Table {
        toml::Table::new()
    }

    /// Takes state kept by [`Self::save`]; what does not fit is left out.
    fn restore(&mut self, _state: &toml::Table) {}
}
