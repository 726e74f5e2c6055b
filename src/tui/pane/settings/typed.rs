//! A value while it is typed.

use rust_decimal::Decimal;

use super::item::{Item, LIMITS, LimitRow, sizes};
use crate::config::{OrderSizes, RiskLimits, UiSettings, limit_text, with_limit};
use crate::order::ProfileName;
use crate::text::screen::settings::Settings as Texts;
use crate::tui::widget::Entry;

/// Seconds after which an unused ladder may be set to disarm, as the config allows.
const DISARM: std::ops::RangeInclusive<u32> = 5..=3_600;

/// A value while it is typed.
#[derive(Debug)]
pub struct Typing {
    /// Of what.
    pub item: Item,
    /// Profile it was begun for.
    pub profile: ProfileName,
    /// The text.
    pub entry: Entry,
    /// What was wrong with it when it was last to be taken.
    pub wrong: Option<Texts>,
}

/// What a typed value comes to.
#[derive(Debug, PartialEq)]
pub enum Change {
    /// Nothing is different.
    None,
    /// Settings of the screen.
    Ui(Box<UiSettings>),
    /// A limit: its key, and the value as the desk takes it.
    Limit(&'static str, String),
}

impl Typing {
    /// Begins with what is in force.
    #[must_use]
    pub fn new(item: Item, profile: ProfileName, ui: &UiSettings, limits: Option<&[LimitRow]>) -> Self {
        let mut text = String::new();
        match item {
            Item::Sizes => sizes(&mut text, &ui.sizes.0),
            Item::Disarm => text = ui.disarm_seconds.to_string(),
            Item::Limit(at) => {
                let row = limits.and_then(|rows| rows.get(at));
                text = row.map(|row| row.typed.clone()).unwrap_or_default();
            }
            _ => {}
        }
        Self { item, profile, entry: Entry::new(text), wrong: None }
    }

    /// What the text comes to.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn change(&self, ui: &UiSettings, limits: Option<&RiskLimits>) -> Result<Change, Texts> {
        let text = self.entry.text().trim();
        match self.item {
            Item::Sizes => {
                let read = |word: &str| word.parse::<Decimal>().ok().filter(|size| *size > Decimal::ZERO);
                let sizes: Option<Vec<Decimal>> = text.split_whitespace().map(read).collect();
                let sizes = sizes.and_then(|sizes| sizes.try_into().ok()).ok_or(Texts::WrongSizes)?;
                Ok(changed(ui, UiSettings { sizes: OrderSizes(sizes), ..ui.clone() }))
            }
            Item::Disarm => {
                let seconds = text.parse().ok().filter(|seconds| DISARM.contains(seconds));
                let disarm_seconds = seconds.ok_or(Texts::WrongSeconds)?;
                Ok(changed(ui, UiSettings { disarm_seconds, ..ui.clone() }))
            }
            Item::Limit(at) => {
                let (key, _) = LIMITS.get(at).ok_or(Texts::WrongLimit)?;
                let limits = limits.ok_or(Texts::WrongLimit)?;
                // Thousands may stand apart; in a list the comma is between its entries.
                let value =
                    if matches!(*key, "blocked" | "late_markets") { text.to_owned() } else { text.replace(',', "") };
                let new = with_limit(limits, key, &value).map_err(|_| Texts::WrongLimit)?;
                let same = limit_text(&new, key) == limit_text(limits, key);
                Ok(if same { Change::None } else { Change::Limit(key, value) })
            }
            _ => Ok(Change::None),
        }
    }
}

fn changed(before: &UiSettings, after: UiSettings) -> Change {
    if *before == after { Change::None } else { Change::Ui(Box::new(after)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(item: Item, text: &str) -> Result<Change, Texts> {
        let (ui, limits) = (UiSettings::default(), RiskLimits::default());
        let mut typing = Typing::new(item, "sim".parse().unwrap(), &ui, None);
        typing.entry = Entry::new(text);
        typing.change(&ui, Some(&limits))
    }

    #[test]
    fn only_what_the_config_would_take_is_taken() {
        assert_eq!(change(Item::Disarm, "4"), Err(Texts::WrongSeconds));
        assert_eq!(change(Item::Disarm, "60"), Ok(Change::None));
        assert!(matches!(change(Item::Disarm, " 90 "), Ok(Change::Ui(ui)) if ui.disarm_seconds == 90));
        assert_eq!(change(Item::Sizes, "1 2 3 4"), Err(Texts::WrongSizes));
        assert_eq!(change(Item::Sizes, "1 2 3 4 0"), Err(Texts::WrongSizes));
        assert!(matches!(change(Item::Sizes, "0.1 2 3 4 5"), Ok(Change::Ui(_))));
    }

    #[test]
    fn a_limit_is_what_the_desk_takes() {
        let amount = Item::Limit(1);
        assert_eq!(change(amount, "10,000,000"), Ok(Change::None));
        assert_eq!(change(amount, "20,000,000"), Ok(Change::Limit("max_order_amount", "20000000".into())));
        assert_eq!(change(amount, "off"), Ok(Change::Limit("max_order_amount", "off".into())));
        assert_eq!(change(amount, "-5"), Err(Texts::WrongLimit));
        assert_eq!(change(amount, "much"), Err(Texts::WrongLimit));
        assert_eq!(change(Item::Limit(17), "HKEX,TSE"), Ok(Change::Limit("late_markets", "HKEX,TSE".into())));
        assert_eq!(change(Item::Limit(17), "HKX"), Err(Texts::WrongLimit));
        assert_eq!(change(Item::Limit(16), "005930,000660"), Ok(Change::Limit("blocked", "005930,000660".into())));
    }
}
