//! Records of the desk as one line for a person.

use crate::desk::protocol::{Failure, Killed};
use crate::desk::record::OrderRecord;
use crate::market::Price;
use crate::order::OrderState;
use crate::text::{Language, failure, kis, pick_owned, refusal, term};
use crate::tui::theme::{Look, Role};
use crate::tui::widget::Grouped;

/// Digits of an average price that a line shows; what was divided has many more.
const AVERAGE_DIGITS: u32 = 8;

/// How a state is drawn.
#[must_use]
pub const fn state_role(state: OrderState) -> Role {
    match state {
        OrderState::Filled | OrderState::PartiallyFilled => Role::Good,
        OrderState::Rejected => Role::Error,
        OrderState::Unknown => Role::Warning,
        OrderState::Canceled | OrderState::Expired => Role::Dim,
        OrderState::Draft | OrderState::Pending | OrderState::Sent | OrderState::Accepted => Role::Text,
    }
}

/// `매수 10 005930 @ 71,200 접수`. A filled one has the average of its fills and not its limit; one of which a part was filled
/// has that part: `매수 3/10 005930 @ 71,200 취소`.
#[must_use]
pub fn order_line(look: &Look, order: &OrderRecord) -> String {
    let language = look.language;
    let side = term::term(language, order.side.as_str());
    let state = term::term(language, order.state.as_str());
    let quantity = Grouped::new(order.quantity.value());
    let is_filled = order.state == OrderState::Filled;
    let part = match order.filled_quantity {
        filled if filled.is_zero() || is_filled => String::new(),
        filled => format!("{}/", Grouped::new(filled.value())),
    };
    let paid = order.average_price.filter(|_| is_filled);
    let average = paid.and_then(|average| average.round_sf(AVERAGE_DIGITS)).map(|average| average.normalize());
    let set = order.price.or(order.stop_price).map(Price::value);
    let price = match average.or(set) {
        Some(price) => format!(" @ {}", Grouped::new(price)),
        None => format!(" {}", term::term(language, order.kind.as_str())),
    };
    let reason =
        order.reason.as_deref().map(|reason| format!(" ({})", kis::reason(language, reason))).unwrap_or_default();
    format!("{side} {part}{quantity} {}{price} {state}{reason}", order.symbol)
}

/// How many orders were told to end.
#[must_use]
pub fn canceled_line(look: &Look, count: usize) -> String {
    match look.language {
        Language::Ko => format!("취소 요청 {count}건"),
        Language::En => format!("cancels sent: {count}"),
    }
}

/// What the kill switch came to, read back from the broker.
#[must_use]
pub fn killed_line(look: &Look, killed: &Killed) -> String {
    let time = super::time::clock(killed.verified_at);
    let open = killed.still_open.len();
    match look.language {
        Language::Ko => format!("긴급정지: 취소 {}건, 남은 주문 {open}건 ({time} 확인)", killed.canceled),
        Language::En => format!("killed: {} canceled, {open} working, verified {time}", killed.canceled),
    }
}

/// What a comparison with the broker came to.
#[must_use]
pub fn differences_line(look: &Look, count: usize) -> String {
    match (look.language, count) {
        (Language::Ko, 0) => "브로커와 일치합니다".to_owned(),
        (Language::En, 0) => "agrees with the broker".to_owned(),
        (Language::Ko, count) => format!("브로커와 다른 점 {count}건"),
        (Language::En, count) => format!("differs from the broker: {count}"),
    }
}

/// A failure, with every rule that refused, in the screen's language.
#[must_use]
pub fn failure_line(look: &Look, failure: &Failure) -> String {
    let language = look.language;
    let mut text = match language {
        Language::Ko => failure::korean(&failure.code, &failure.arguments).unwrap_or_else(|| failure.message.clone()),
        Language::En => failure.message.clone(),
    };
    if !failure.refusals.is_empty() {
        let lines: Vec<String> = failure.refusals.iter().map(|refused| refusal_line(language, refused)).collect();
        text = lines.join("; ");
    }
    if let Some(broker) = &failure.broker {
        if let Some(meaning) = kis::code(language, &broker.code) {
            text.push_str(&format!(": {meaning}"));
        }
        text.push_str(&format!(" [{} {}]", broker.code, broker.text));
    }
    crate::text::clean::clean(&text).into_owned()
}

/// A refusal of the gate.
#[must_use]
pub fn refusal_line(language: Language, refused: &crate::risk::Refusal) -> String {
    refusal::line(language, &refused.rule.name(), &refused.value, &refused.limit)
}

/// A name in the screen's language.
#[must_use]
pub fn name<'a>(look: &Look, ko: &'a str, en: &'a str) -> &'a str {
    pick_owned(look.language, ko, en)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tui::model::fixture;

    fn line(changes: &serde_json::Value) -> String {
        let mut order = fixture::order("o-1", "buy", "70200", 10);
        for (name, value) in changes.as_object().unwrap() {
            order[name] = value.clone();
        }
        order_line(&fixture::trading(Language::En).look, &serde_json::from_value(order).unwrap())
    }

    #[test]
    fn a_filled_order_tells_what_was_paid_and_a_part_of_one_how_much() {
        let partly = |state| json!({"state": state, "filled_quantity": "3", "average_price": "70100"});
        let filled =
            |average| json!({"state": "filled", "filled_quantity": "10", "average_price": average, "price": null});
        assert_eq!(line(&json!({})), "buy 10 005930 @ 70,200 accepted");
        assert_eq!(line(&partly("canceled")), "buy 3/10 005930 @ 70,200 canceled");
        assert_eq!(line(&partly("partially_filled")), "buy 3/10 005930 @ 70,200 partly filled");
        assert_eq!(line(&filled("70100.00")), "buy 10 005930 @ 70,100 filled");
        assert_eq!(line(&filled("70133.3333333333333")), "buy 10 005930 @ 70,133.333 filled");
        assert_eq!(line(&filled("0.0000123456789")), "buy 10 005930 @ 0.000012345679 filled");
    }
}
