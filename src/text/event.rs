//! What the desk says happened, in Korean. It says it in English, for the ledger and for scripts; people see these.

use super::{Language, refusal, term};

/// An event's text in Korean; `None` where it has no fixed form, and is then shown as it is.
#[must_use]
pub fn korean(kind: &str, text: &str) -> Option<String> {
    if let Some((_, korean)) = WHOLE.iter().find(|(english, _)| *english == text) {
        return Some((*korean).to_owned());
    }
    match kind {
        "connection" => text.strip_prefix("connection lost: ").map(|why| format!("연결이 끊겼습니다: {why}")),
        "lock" => lock(text),
        "halt" => state(text),
        "kill" => {
            let (canceled, open) = text.strip_suffix(" still open")?.split_once(" orders canceled, ")?;
            Some(format!("주문 {canceled}건 취소, 남은 주문 {open}건"))
        }
        "storage" => {
            let why = text.strip_prefix("the ledger cannot be written: ")?.strip_suffix("; new orders are refused")?;
            Some(format!("원장에 기록할 수 없습니다: {why}. 새 주문을 받지 않습니다"))
        }
        "stop" => text.strip_prefix("set off at ").map(|price| format!("{price}에 발동")),
        "refusal" => refusals(text),
        "fill" => fill(text),
        "cash" => {
            let (kind, amount) = text.split_once(' ')?;
            let name = match kind {
                "DEPOSIT" => "입금",
                "WITHDRAW" => "출금",
                _ => return None,
            };
            Some(format!("{name} {amount}"))
        }
        "liquidation" => text
            .strip_suffix(" reached its liquidation price and is being closed")
            .map(|instrument| format!("{instrument} 청산가에 닿아 청산합니다")),
        _ => None,
    }
}

const WHOLE: &[(&str, &str)] = &[
    ("connected", "연결됨"),
    ("no data is coming", "데이터가 오지 않습니다"),
    ("no market data is coming", "시세가 오지 않습니다"),
    ("market data is coming again", "시세가 다시 옵니다"),
    ("the ledger takes writes again", "원장에 다시 기록합니다"),
    (
        "an exit was set off and did not get through: the position is watched by NOBODY",
        "청산 주문이 발동했으나 나가지 못했습니다. 포지션을 지키는 이가 없습니다",
    ),
    (
        "the broker did not answer: the order is UNKNOWN and is being looked up",
        "브로커가 답하지 않았습니다. 주문의 결과를 모르며, 알아보고 있습니다",
    ),
    ("refused without a reason", "이유 없이 거부되었습니다"),
    ("the broker has no such order: it never arrived", "브로커에 없는 주문입니다: 도착하지 않았습니다"),
];

/// Who may trade from a screen.
fn lock(text: &str) -> Option<String> {
    if let Some(name) = text.strip_suffix(" left: nobody holds the right to trade") {
        return Some(format!("{name} 이(가) 떠나 매매 권한을 가진 화면이 없습니다"));
    }
    if let Some(name) = text.strip_suffix(" gave the right to trade back") {
        return Some(format!("{name} 이(가) 매매 권한을 내놓았습니다"));
    }
    if let Some((name, former)) = text.split_once(" took the right to trade from ") {
        return Some(format!("{name} 이(가) {former} 에게서 매매 권한을 가져갔습니다"));
    }
    text.strip_suffix(" holds the right to trade").map(|name| format!("{name} 이(가) 매매 권한을 가졌습니다"))
}

/// `HALT by screen: active -> halted`.
fn state(text: &str) -> Option<String> {
    let (deed, states) = text.split_once(": ")?;
    let (word, source) = deed.split_once(" by ")?;
    let (before, after) = states.split_once(" -> ")?;
    let name = |name| term::term(Language::Ko, name);
    Some(format!("{word} ({}): {} → {}", name(source), name(before), name(after)))
}

/// `bought 10 SIM:005930 at 70600`.
fn fill(text: &str) -> Option<String> {
    let (did, rest) = text.split_once(' ')?;
    let side = match did {
        "bought" => "buy",
        "sold" => "sell",
        _ => return None,
    };
    let (what, price) = rest.rsplit_once(" at ")?;
    let (quantity, instrument) = what.split_once(' ')?;
    Some(format!("{} {quantity} {instrument} @ {price} 체결", term::term(Language::Ko, side)))
}

/// `RISK_ORDER_RATE: 11 > 10 a second; RISK_…`: the sentence of each rule, with what it says as it is.
fn refusals(text: &str) -> Option<String> {
    let one = |refused: &str| {
        let (rule, values) = refused.split_once(": ")?;
        Some(format!("{} ({values}) {rule}", refusal::rule(Language::Ko, rule)?))
    };
    let all: Option<Vec<String>> = text.split("; ").map(one).collect();
    all.map(|all| all.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_fixed_forms_are_said_in_korean() {
        let cases = [
            ("connection", "connected", "연결됨"),
            ("connection", "connection lost: 10054 reset", "연결이 끊겼습니다: 10054 reset"),
            ("lock", "pts/0 holds the right to trade", "pts/0 이(가) 매매 권한을 가졌습니다"),
            ("lock", "pts/1 took the right to trade from pts/0", "pts/1 이(가) pts/0 에게서 매매 권한을 가져갔습니다"),
            (
                "lock",
                "pts/1 left: nobody holds the right to trade",
                "pts/1 이(가) 떠나 매매 권한을 가진 화면이 없습니다",
            ),
            ("kill", "3 orders canceled, 0 still open", "주문 3건 취소, 남은 주문 0건"),
            ("stop", "set off at 71200", "71200에 발동"),
            ("fill", "bought 10 SIM:005930 at 70600", "매수 10 SIM:005930 @ 70600 체결"),
            ("fill", "sold 0.5 BINANCE:BTCUSDT at 61782.8", "매도 0.5 BINANCE:BTCUSDT @ 61782.8 체결"),
            ("cash", "DEPOSIT 1000000 KRW", "입금 1000000 KRW"),
            ("refusal", "RISK_ORDER_RATE: 11 > 10 a second", "주문이 너무 잦습니다 (11 > 10 a second) RISK_ORDER_RATE"),
        ];
        for (kind, english, expected) in cases {
            assert_eq!(korean(kind, english).as_deref(), Some(expected));
        }
        assert!(korean("halt", "HALT by cli: active -> halted").unwrap().starts_with("HALT ("));
    }

    #[test]
    fn what_others_said_stays_as_they_said_it() {
        for (kind, text) in [("notice", "maintenance at 23:00"), ("refusal", "price out of range"), ("fill", "buy 1")] {
            assert_eq!(korean(kind, text), None);
        }
    }
}
