//! Writing a cell of a list.

use std::cmp::Ordering;
use std::fmt;

use ratatui::style::Style;
use rust_decimal::Decimal;

use super::about::{KOREA_MILLIS, scale};
use crate::config::Language;
use crate::market::{Currency, UtcTime};
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Digits, Grouped, Pen};

/// Most decimals an amount of money is shown with; coins are kept to eight, which nobody reads in a list.
pub const AMOUNT_DECIMALS_MAX: u32 = 2;
/// The same of fees and taxes.
pub const COST_DECIMALS_MAX: u32 = 4;

/// A cell of a row.
pub struct Cell<'a, 'b> {
    pen: &'a mut Pen<'b>,
    field: (u16, u16, u16),
    chosen: bool,
}

impl<'a, 'b> Cell<'a, 'b> {
    /// A cell. That of the first column lays the ground of a chosen row.
    pub fn new(pen: &'a mut Pen<'b>, field: (u16, u16, u16), column: usize, chosen: bool) -> Self {
        if chosen && column == 0 {
            let style = pen.style(Role::Chosen);
            let (y, width) = (field.1, pen.width());
            pen.ground(0, y, width, style);
        }
        Self { pen, field, chosen }
    }

    /// Cells of its field.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.field.2
    }

    fn style(&self, role: Role) -> Style {
        let style = self.pen.style(role);
        if !self.chosen {
            return style;
        }
        let chosen = self.pen.style(Role::Chosen);
        let both = chosen.patch(style);
        // Where there are few colours, grey would stand on grey.
        if both.fg == both.bg { chosen } else { both }
    }

    /// A text.
    pub fn text(&mut self, role: Role, text: &str) -> u16 {
        let style = self.style(role);
        self.styled(style, text)
    }

    /// A text in the style of a role with something added to it.
    pub fn text_with(&mut self, role: Role, more: Style, text: &str) -> u16 {
        let style = self.style(role).patch(more);
        self.styled(style, text)
    }

    fn styled(&mut self, style: Style, text: &str) -> u16 {
        let (x, y, width) = self.field;
        self.pen.field(x, y, width, text, Align::Left, style)
    }

    /// A symbol in the first cell; what is written next stands behind it.
    pub fn mark(&mut self, role: Role, symbol: &str) {
        let (x, y, width) = self.field;
        if width > 0 {
            let style = self.style(role);
            self.pen.field(x, y, 1, symbol, Align::Left, style);
            self.field = (x + 1, y, width - 1);
        }
    }

    /// The mark of the selected instrument, or the room for it.
    pub fn mark_selected(&mut self, selected: bool) {
        if selected {
            self.mark(Role::Own, self.pen.look.glyphs.cursor);
        } else {
            self.mark(Role::Text, " ");
        }
    }

    /// A symbol in the last cell; what is written next ends a cell before it.
    pub fn mark_end(&mut self, role: Role, symbol: &str) {
        let (x, y, width) = self.field;
        if width > 2 {
            let style = self.style(role);
            self.pen.field(x + width - 1, y, 1, symbol, Align::Left, style);
            self.field = (x, y, width - 2);
        }
    }

    /// Something at the left of the field that is written over by what is written next.
    pub fn under(&mut self, role: Role, text: &str) {
        let style = self.style(role);
        self.styled(style, text);
    }

    /// Something that can be written out, at the left.
    pub fn left(&mut self, role: Role, value: impl fmt::Display) {
        let (x, y, width) = self.field;
        let style = self.style(role);
        self.pen.value(x, y, width, value, Align::Left, style);
    }

    /// Something that can be written out, at the right.
    pub fn right(&mut self, role: Role, value: impl fmt::Display) {
        let style = self.style(role);
        self.right_styled(style, value);
    }

    /// The same in the style of a role with something added to it.
    pub fn right_with(&mut self, role: Role, more: Style, value: impl fmt::Display) {
        let style = self.style(role).patch(more);
        self.right_styled(style, value);
    }

    fn right_styled(&mut self, style: Style, value: impl fmt::Display) {
        let (x, y, width) = self.field;
        self.pen.value(x, y, width, value, Align::Right, style);
    }

    /// The same, and what is written next has only the room that is left of it.
    pub fn right_first(&mut self, role: Role, value: impl fmt::Display) {
        let (x, y, width) = self.field;
        let style = self.style(role);
        let used = self.pen.value(x, y, width, value, Align::Right, style);
        self.field = (x, y, width.saturating_sub(used + 1));
    }

    /// A number with its thousands apart; one that has no room in few letters, never cut.
    pub fn number(&mut self, role: Role, value: Decimal, decimals: u32) {
        self.number_with(role, Style::new(), value, decimals);
    }

    fn number_with(&mut self, role: Role, more: Style, value: Decimal, decimals: u32) {
        let grouped = Grouped::with_decimals(value, decimals);
        if length(&grouped) <= self.field.2 {
            self.right_with(role, more, grouped);
        } else {
            let korean = self.pen.look.language == Language::Ko;
            self.right_with(role, more, Digits::new(value, korean));
        }
    }

    /// A price: with so many decimals, and more when it has more, for a price is never rounded.
    pub fn price(&mut self, role: Role, price: Decimal, decimals: u32) {
        self.price_with(role, Style::new(), price, decimals);
    }

    /// The same in the style of a role with something added to it.
    pub fn price_with(&mut self, role: Role, more: Style, price: Decimal, decimals: u32) {
        self.number_with(role, more, price, decimals.max(scale(price)));
    }

    /// A quantity, with the decimals it has.
    pub fn quantity(&mut self, role: Role, quantity: Decimal) {
        let decimals = scale(quantity);
        self.number(role, quantity, decimals);
    }

    /// Money, with the decimals of its currency.
    pub fn money(&mut self, role: Role, amount: Decimal, currency: Currency) {
        self.number(role, amount, currency.decimals().min(AMOUNT_DECIMALS_MAX));
    }

    /// A fee or tax, which in coins is often less than a hundredth.
    pub fn cost(&mut self, role: Role, amount: Decimal, currency: Currency) {
        self.number(role, amount, currency.decimals().min(COST_DECIMALS_MAX));
    }

    /// A profit or loss, or a change: an arrow and how much.
    pub fn signed(&mut self, role: Option<Role>, value: Decimal, decimals: u32) {
        let look = self.pen.look;
        let arrowed = Arrowed::new(look, value, decimals, "");
        let role = role.unwrap_or(Look::direction(arrowed.sign));
        if length(&arrowed) <= self.field.2 {
            self.right(role, arrowed);
        } else {
            let short = Digits::new(value.abs(), look.language == Language::Ko);
            self.right(role, Joined(look.arrow(arrowed.sign), short));
        }
    }

    /// Profit or loss in a currency.
    pub fn profit(&mut self, role: Option<Role>, value: Decimal, currency: Currency) {
        self.signed(role, value, currency.decimals().min(AMOUNT_DECIMALS_MAX));
    }

    /// A change in per cent.
    pub fn percent(&mut self, role: Option<Role>, value: Decimal, decimals: u32) {
        let arrowed = Arrowed::new(self.pen.look, value, decimals, "%");
        let role = role.unwrap_or(Look::direction(arrowed.sign));
        // A share that moved by thousands of per cent needs no decimals.
        if length(&arrowed) <= self.field.2 || decimals == 0 {
            self.right(role, arrowed);
        } else {
            self.percent(Some(role), value, decimals - 1);
        }
    }
}

/// A number as an arrow and its size.
pub struct Arrowed<'a> {
    arrow: &'a str,
    /// Its direction, after rounding.
    pub sign: Ordering,
    size: Grouped,
    unit: &'static str,
}

impl<'a> Arrowed<'a> {
    /// With so many decimals, and a unit behind it.
    pub fn new(look: &'a Look, value: Decimal, decimals: u32, unit: &'static str) -> Self {
        let value = value.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        let sign = value.cmp(&Decimal::ZERO);
        // Numbers stand at the right: nought needs no room for an arrow it has not.
        let arrow = if sign == Ordering::Equal { "" } else { look.arrow(sign) };
        Self { arrow, sign, size: Grouped::with_decimals(value.abs(), decimals), unit }
    }
}

impl fmt::Display for Arrowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.arrow, self.size, self.unit)
    }
}

struct Joined<'a, T>(&'a str, T);

impl<T: fmt::Display> fmt::Display for Joined<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0, self.1)
    }
}

/// Characters of something written out; each takes a cell in what is asked here.
pub fn length(value: &impl fmt::Display) -> u16 {
    struct Counter(u16);
    impl fmt::Write for Counter {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let more = u16::try_from(text.chars().count()).unwrap_or(u16::MAX);
            self.0 = self.0.saturating_add(more);
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // Counting cannot fail.
    let _ = fmt::Write::write_fmt(&mut counter, format_args!("{value}"));
    counter.0
}

/// A time of day in Korea, as `09:31:02` or `09:31`, without a text made for it.
#[derive(Debug, Clone, Copy)]
pub struct KoreanTime {
    second_of_day: i64,
    with_seconds: bool,
}

impl KoreanTime {
    /// With seconds where there is room for them.
    #[must_use]
    pub const fn new(time: UtcTime, width: u16) -> Self {
        let seconds = (time.millis() + KOREA_MILLIS).div_euclid(1_000);
        Self { second_of_day: seconds.rem_euclid(86_400), with_seconds: width >= 8 }
    }
}

impl fmt::Display for KoreanTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = (self.second_of_day / 3_600, self.second_of_day / 60 % 60);
        write!(f, "{hours:02}:{minutes:02}")?;
        if self.with_seconds {
            write!(f, ":{:02}", self.second_of_day % 60)?;
        }
        Ok(())
    }
}
