//! What an alert waits for, in the words of a person.

use std::fmt;

use rust_decimal::Decimal;

use crate::desk::alert::{AlertCondition, Crossing};
use crate::market::InstrumentId;
use crate::text::screen::alerts::Alerts;
use crate::text::{Language, term};
use crate::tui::model::Model;
use crate::tui::widget::Grouped;

/// Levels of a side that make the imbalance, as the desk counts it.
const IMBALANCE_LEVELS: usize = 10;

/// A condition in a language: `현재가 71,000 이상`, `price at or above 71,000`.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a>(pub Language, pub &'a AlertCondition);

/// The same in few letters: `현재가 >= 71,000`.
#[derive(Debug, Clone, Copy)]
pub struct FewWords<'a>(pub Language, pub &'a AlertCondition);

impl fmt::Display for FewWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(language, condition) = self;
        let Some((figure, crossing, bound)) = bound(condition) else { return Words(*language, condition).fmt(f) };
        let unit = if is_percent(condition) { "%" } else { "" };
        write!(f, "{} {} {}{unit}", figure.text(*language), crossing.as_str(), Grouped::new(bound))
    }
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(language, condition) = self;
        let say = |text: Alerts| text.text(*language);
        if let Some((figure, crossing, bound)) = bound(condition) {
            let side = say(if crossing == Crossing::Above { Alerts::AtOrAbove } else { Alerts::AtOrBelow });
            let unit = if is_percent(condition) { "%" } else { "" };
            let bound = Grouped::new(bound);
            return match language {
                Language::Ko => write!(f, "{} {bound}{unit} {side}", say(figure)),
                Language::En => write!(f, "{} {side} {bound}{unit}", say(figure)),
            };
        }
        match condition {
            AlertCondition::Order { state } => {
                write!(f, "{} {}", say(Alerts::Order), term::term(*language, state.as_str()))
            }
            AlertCondition::StopUnwatched => f.write_str(say(Alerts::StopUnwatched)),
            _ => f.write_str(say(Alerts::Interruption)),
        }
    }
}

/// The figure, the way and the bound of a condition that has one.
fn bound(condition: &AlertCondition) -> Option<(Alerts, Crossing, Decimal)> {
    match condition {
        AlertCondition::Price { crossing, price } => Some((Alerts::Price, *crossing, price.value())),
        AlertCondition::Change { crossing, percent } => Some((Alerts::Change, *crossing, *percent)),
        AlertCondition::Strength { crossing, percent } => Some((Alerts::Strength, *crossing, *percent)),
        AlertCondition::Imbalance { crossing, percent } => Some((Alerts::Imbalance, *crossing, *percent)),
        AlertCondition::VolatilityInterruption | AlertCondition::Order { .. } | AlertCondition::StopUnwatched => None,
    }
}

/// Whether its figure is in per cent.
#[must_use]
pub const fn is_percent(condition: &AlertCondition) -> bool {
    use AlertCondition::{Change, Imbalance, Strength};
    matches!(condition, Change { .. } | Strength { .. } | Imbalance { .. })
}

/// What the figure of a condition stands at, where this screen knows it.
#[must_use]
pub fn stands_at(model: &Model, id: &InstrumentId, condition: &AlertCondition) -> Option<Decimal> {
    let quote = model.quotes.get(id);
    match condition {
        AlertCondition::Price { .. } => Some(quote?.last?.value()),
        AlertCondition::Change { .. } => quote?.change_percent,
        AlertCondition::Strength { .. } => quote?.strength,
        AlertCondition::Imbalance { .. } if model.selected.is(id) => {
            let book = &model.selected.book.as_ref()?.record;
            let sum = |levels: &[(crate::market::Price, crate::market::Quantity)]| -> Option<Decimal> {
                let mut levels = levels.iter().take(IMBALANCE_LEVELS);
                levels.try_fold(Decimal::ZERO, |total, (_, quantity)| total.checked_add(quantity.value()))
            };
            let (bids, asks) = (sum(&book.bids)?, sum(&book.asks)?);
            let share = bids.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(bids.checked_add(asks)?)?;
            Some(share.round_dp(2))
        }
        _ => None,
    }
}

/// How far the figure still is from the bound, without a sign; `None` when it is there already, or has no bound.
#[must_use]
pub fn distance(condition: &AlertCondition, value: Decimal) -> Option<Decimal> {
    let (_, crossing, bound) = bound(condition)?;
    if crossing.is_reached(value, bound) { None } else { bound.checked_sub(value).map(|left| left.abs()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_read_as_sentences_in_both_languages() {
        for (typed, korean, english) in [
            ("price >= 71000", "현재가 71,000 이상", "price at or above 71,000"),
            ("change <= -2.5", "등락률 -2.5% 이하", "change at or below -2.5%"),
            ("strength >= 120", "체결강도 120% 이상", "strength at or above 120%"),
            ("imbalance >= 70", "매수잔량 비중 70% 이상", "bid share at or above 70%"),
            ("vi", "VI 발동", "VI begins"),
            ("order filled", "주문 체결", "an order is filled"),
            ("stop unwatched", "감시 없는 스톱", "unwatched stop"),
        ] {
            let condition = typed.parse().unwrap();
            assert_eq!(Words(Language::Ko, &condition).to_string(), korean);
            assert_eq!(Words(Language::En, &condition).to_string(), english);
        }
    }

    #[test]
    fn few_words_mean_the_same() {
        let few = |text: &str| FewWords(Language::Ko, &text.parse().unwrap()).to_string();
        assert_eq!(few("price >= 71000"), "현재가 >= 71,000");
        assert_eq!(few("change <= -2.5"), "등락률 <= -2.5%");
        assert_eq!(few("order filled"), "주문 체결");
    }

    #[test]
    fn what_is_at_its_bound_has_no_way_to_go() {
        let condition = "price >= 71000".parse().unwrap();
        assert_eq!(distance(&condition, Decimal::from(71_000)), None);
        assert_eq!(distance(&condition, Decimal::from(70_500)), Some(Decimal::from(500)));
        assert_eq!(distance(&"vi".parse().unwrap(), Decimal::ONE), None);
    }
}
