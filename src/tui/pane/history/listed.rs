//! What a record must tell of itself to stand in the history.

use std::cmp::Ordering;
use std::fmt::{self, Display};

use rust_decimal::Decimal;
use serde::Serialize;

use super::names::Names;
use crate::market::session::zone;
use crate::market::{Currency, InstrumentId, Side, UtcTime, Venue};
use crate::text::screen::portfolio::Page;
use crate::tui::model::Model;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Column, Grouped, Pen};

/// Most columns of a view.
pub const COLUMNS_MAX: usize = 13;
/// Cells from which on a time has its seconds.
pub const WITH_SECONDS: u16 = 60;

/// By what rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// When it happened.
    Time,
    /// Code.
    Symbol,
    /// Buy or sell.
    Side,
    /// State of an order, type of a transaction.
    State,
    /// Units.
    Quantity,
    /// Price.
    Price,
    /// Money.
    Amount,
}

impl SortBy {
    /// What it is called.
    #[must_use]
    pub const fn label(self) -> Page {
        match self {
            Self::Time => Page::Time,
            Self::Symbol => Page::Code,
            Self::Side => Page::Side,
            Self::State => Page::State,
            Self::Quantity => Page::Quantity,
            Self::Price => Page::Price,
            Self::Amount => Page::Amount,
        }
    }

    /// Whether the largest, or newest, stands first unless asked otherwise.
    #[must_use]
    pub const fn falls(self) -> bool {
        !matches!(self, Self::Symbol | Self::Side | Self::State)
    }
}

/// What a cell of the list needs to know.
pub struct Cell<'a, 'b> {
    /// The model.
    pub model: &'a Model,
    /// Names of instruments.
    pub names: &'a Names,
    /// The instrument of the row.
    pub instrument: Option<InstrumentId>,
    /// When it happened, as [`when`] writes it.
    pub when: &'a str,
    /// Where it is drawn.
    pub pen: &'a mut Pen<'b>,
    /// The field of it.
    pub field: (u16, u16, u16),
}

/// A record of the history.
pub trait Listed: Serialize + Clone + PartialEq + Send + 'static {
    /// Word of it in names of files.
    const WORD: &'static str;
    /// By what it can be sorted.
    const SORTS: &'static [SortBy];

    /// When it happened.
    fn time(&self) -> UtcTime;
    /// On what.
    fn instrument(&self) -> Option<InstrumentId>;
    /// The id that is copied.
    fn id(&self) -> String;
    /// Whether both tell of the same.
    fn is(&self, other: &Self) -> bool;
    /// Words it is found by, apart from code, name and time.
    fn words(&self, word: &mut dyn FnMut(&str));
    /// Which of two comes first.
    fn compare(&self, other: &Self, by: SortBy) -> Ordering;
    /// Its columns in so many cells, and how many there are.
    fn columns(look: &Look, width: u16) -> ([Column; COLUMNS_MAX], usize);
    /// Writes a cell.
    fn cell(&self, column: usize, cell: &mut Cell<'_, '_>);
    /// Tells every field it has.
    fn fields(&self, look: &Look, field: &mut dyn FnMut(Page, &dyn Display));
}

impl Cell<'_, '_> {
    /// A text.
    pub fn text(&mut self, text: &str, role: Role) {
        let (x, y, width) = self.field;
        let style = self.pen.style(role);
        self.pen.field(x, y, width, text, Align::Left, style);
    }

    /// The word for a value.
    pub fn term(&mut self, name: &str, role: Role) {
        self.text(crate::text::term::term(self.model.look.language, name), role);
    }

    /// Why a broker said no.
    pub fn reason(&mut self, reason: &str) {
        let told = crate::text::kis::reason(self.model.look.language, reason);
        self.text(&crate::text::clean::clean(&told), Role::Dim);
    }

    /// When it happened; without seconds, or without a time of day, where there is no room.
    pub fn when(&mut self) {
        let is_other_year = self.when.as_bytes().get(5) == Some(&b'-');
        let short = if is_other_year { 8 } else { 11 };
        let when = if self.field.2 < 14 { self.when.get(..short).unwrap_or_default() } else { self.when };
        self.text(when, Role::Dim);
    }

    /// The name of the instrument.
    pub fn name(&mut self) {
        let look = &self.model.look;
        let name = self.instrument.and_then(|id| self.names.get(id)).unwrap_or_default();
        let name = crate::tui::said::name(look, name[0], name[1]);
        self.text(name, Role::Text);
    }

    /// The code of the instrument.
    pub fn code(&mut self) {
        if let Some(id) = self.instrument {
            self.text(id.symbol.as_str(), Role::Strong);
        }
    }

    /// Buy or sell.
    pub fn side(&mut self, side: Side) {
        self.term(side.as_str(), if side == Side::Buy { Role::Buy } else { Role::Sell });
    }

    /// A number.
    pub fn number(&mut self, value: impl Into<Decimal>) {
        let (x, y, width) = self.field;
        let style = self.pen.style(Role::Text);
        self.pen.value(x, y, width, Grouped::new(value), Align::Right, style);
    }

    /// An amount of money.
    pub fn amount(&mut self, currency: Currency, value: Decimal) {
        let (x, y, width) = self.field;
        let style = self.pen.style(Role::Text);
        self.pen.value(x, y, width, crate::tui::pane::money::amount(currency, value), Align::Right, style);
    }

    /// The end of an id, which is enough to tell it from others and to name it on the command line.
    pub fn id_end(&mut self, id: &str) {
        let (x, y, width) = self.field;
        let style = self.pen.style(Role::Dim);
        let kept = usize::from(width.saturating_sub(1));
        match id.len().checked_sub(kept).filter(|from| *from > 1).and_then(|from| id.get(from..)) {
            Some(end) => {
                self.pen.symbol(x, y, self.pen.look.glyphs.ellipsis, style);
                self.pen.field(x + 1, y, width - 1, end, Align::Left, style);
            }
            None => {
                self.pen.field(x, y, width, id, Align::Left, style);
            }
        }
    }
}

/// `11-20 10:29:31` in Korean time, of another year `25-11-20 10:29`.
#[must_use]
pub fn when(time: UtcTime, now: UtcTime) -> String {
    let local = |time: UtcTime| time.to_jiff().to_zoned(zone(Venue::Krx).clone());
    let (time, now) = (local(time), local(now));
    let format = if time.year() == now.year() { "%m-%d %H:%M:%S" } else { "%y-%m-%d %H:%M" };
    time.strftime(format).to_string()
}

/// A moment to the millisecond, in Korean time.
#[derive(Debug, Clone, Copy)]
pub struct Moment(pub UtcTime);

impl Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.0.to_jiff().to_zoned(zone(Venue::Krx).clone());
        write!(f, "{}", local.strftime("%Y-%m-%d %H:%M:%S.%3f"))
    }
}

/// A value, or a hyphen where there is none.
#[derive(Debug, Clone, Copy)]
pub struct Maybe<T>(pub Option<T>);

impl<T: Display> Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("-"),
        }
    }
}

/// A number that may be missing.
#[must_use]
pub fn number(value: Option<impl Into<Decimal>>) -> Maybe<Grouped> {
    Maybe(value.map(Grouped::new))
}

/// The word for a value.
#[must_use]
pub fn word<'a>(look: &Look, name: &'a str) -> &'a str {
    crate::text::term::term(look.language, name)
}
