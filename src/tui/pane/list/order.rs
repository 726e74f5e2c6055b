//! Cells about an order.

use std::fmt;
use std::time::Duration;

use rust_decimal::Decimal;

use super::Cell;
use super::about::scale;
use crate::desk::record::OrderRecord;
use crate::market::{Side, UtcTime};
use crate::order::OrderState;
use crate::text::screen::list::ListText;
use crate::text::term::term;
use crate::tui::model::Model;
use crate::tui::said::state_role;
use crate::tui::theme::Role;
use crate::tui::widget::Grouped;

/// How long ago a moment on the wall was.
pub fn since(model: &Model, time: UtcTime) -> Duration {
    let millis = model.now.utc.millis().saturating_sub(time.millis());
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

/// Which way, as a word and a colour.
pub fn side(model: &Model, side: Side, cell: &mut Cell<'_, '_>) {
    let role = if side == Side::Buy { Role::Buy } else { Role::Sell };
    cell.text(role, term(model.look.language, side.as_str()));
}

/// The state, or the change that is out; behind an unknown one how long it has been so.
pub fn order_state(model: &Model, order: &OrderRecord, cell: &mut Cell<'_, '_>) {
    let language = model.look.language;
    let word = term(language, order.state.as_str());
    if order.state == OrderState::Unknown {
        cell.left(Role::Warning, Aged { word, age: since(model, order.updated_at) });
        return;
    }
    match order.pending_change.as_deref() {
        Some("cancel") => cell.text(Role::Warning, ListText::Canceling.text(language)),
        Some(_) => cell.text(Role::Warning, ListText::Replacing.text(language)),
        None => cell.text(state_role(order.state), word),
    };
}

/// A word with how long something has been so.
struct Aged<'a> {
    word: &'a str,
    age: Duration,
}

impl fmt::Display for Aged<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.age.as_secs();
        match seconds {
            0..=119 => write!(f, "{} {seconds}s", self.word),
            120..=7_199 => write!(f, "{} {}m", self.word, seconds / 60),
            _ => write!(f, "{} {}h", self.word, seconds / 3_600),
        }
    }
}

/// A price with a word before it.
pub struct Titled<'a> {
    word: &'a str,
    price: Grouped,
}

impl<'a> Titled<'a> {
    /// With so many decimals, and more when it has more.
    #[must_use]
    pub fn price(word: &'a str, price: Decimal, decimals: u32) -> Self {
        Self { word, price: Grouped::with_decimals(price, decimals.max(scale(price))) }
    }
}

impl fmt::Display for Titled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.word, self.price)
    }
}
