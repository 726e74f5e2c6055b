//! What the desk says happened, in Korean. It says it in English, for the ledger and for scripts; people see these.

use super::{Form, Language, kis, notice, refusal, term};

/// Every kind of event.
pub const KINDS: &[&str] = &[
    "alert",
    "cash",
    "connection",
    "difference",
    "fill",
    "halt",
    "kill",
    "liquidation",
    "lock",
    "missed_fill",
    "notice",
    "reconcile",
    "refusal",
    "stop",
    "storage",
    "unknown",
];

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
        "refusal" => refusals(text).or_else(|| refused(text)),
        "notice" => notice::korean(text),
        "alert" => alert(text),
        "difference" => difference(text),
        "unknown" => UNKNOWN.korean(text, str::to_owned),
        "missed_fill" => MISSED_FILL.korean(text, str::to_owned),
        "reconcile" => BOOKED.iter().find_map(|form| form.korean(text, str::to_owned)),
        "fill" => fill(text),
        "cash" => NO_FUNDING.korean(text, str::to_owned).or_else(|| cash(text)),
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
    ("not sent: writing it down took too long", "보내지 않았습니다: 기록하는 데 너무 오래 걸렸습니다"),
    ("not sent: the ledger could not be written", "보내지 않았습니다: 원장에 기록할 수 없었습니다"),
    ("not sent: the desk was halted first", "보내지 않았습니다: 그 전에 데스크가 정지되었습니다"),
    ("not sent: the desk only reduces positions now", "보내지 않았습니다: 데스크는 이제 포지션을 줄이기만 합니다"),
    ("not sent: the order was canceled first", "보내지 않았습니다: 그 전에 주문이 취소되었습니다"),
    ("the broker has no such order: it never arrived", "브로커에 없는 주문입니다: 도착하지 않았습니다"),
];

const UNKNOWN: Form = Form::new(
    "{} orders at the broker could be this one; a person must say which",
    "브로커의 주문 {0}건이 이 주문일 수 있습니다. 어느 것인지 사람이 정해야 합니다",
);
const MISSED_FILL: Form =
    Form::new("a fill was told after the order had ended: {}", "주문이 끝난 뒤에 체결을 통보받았습니다: {0}");
const NO_FUNDING: Form = Form::new(
    "funding of {} at {} is not known: the feed was away then; nothing is booked",
    "{0}의 {1} 펀딩비를 모릅니다: 그때 시세가 끊겨 있었습니다. 기장하지 않습니다",
);
/// What was booked because the broker counts otherwise.
const BOOKED: &[Form] = &[
    Form::new(
        "{} {} of rounding booked: the broker rounds its fills another way",
        "반올림 차이 {0} {1}을(를) 기장했습니다: 브로커는 체결 금액을 다르게 반올림합니다",
    ),
    Form::new(
        "{} {} of charges booked: the broker charged something else than was expected",
        "수수료·세금 차이 {0} {1}을(를) 기장했습니다: 브로커가 예상과 다르게 매겼습니다",
    ),
];
const DIFFERENCE: Form = Form::new("{}: here {}, at the broker {}", "{0}: 원장 {1}, 브로커 {2}");
const STANDING: Form = Form::new("{}, {} of {} {} {} filled", "{0} ({3} {4} {2} 가운데 {1} 체결)");

/// A word, or words side by side, each in Korean where it has a Korean word.
fn words(text: &str) -> String {
    let word = |word| if word == "none" { "없음" } else { term::term(Language::Ko, word) };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// `cash KRW: here 10000000, at the broker 9999999`.
fn difference(text: &str) -> Option<String> {
    DIFFERENCE.korean(text, |value| STANDING.korean(value, words).unwrap_or_else(|| words(value)))
}

/// `FUNDING -1.2 USDT`.
fn cash(text: &str) -> Option<String> {
    let (kind, amount) = text.split_once(' ')?;
    Some(format!("{} {amount}", term::korean(kind)?))
}

/// `alert 3: KRX:005930 price >= 70000, 70100 (note)`: the person's own note stays as it is.
fn alert(text: &str) -> Option<String> {
    let (id, rest) = text.strip_prefix("alert ")?.split_once(": ")?;
    let (instrument, told) = rest.split_once(' ')?;
    const FIGURES: &[(&str, &str)] = &[
        ("price ", "가격 "),
        ("change ", "등락률 "),
        ("strength ", "체결강도 "),
        ("imbalance ", "호가 불균형 "),
        ("vi", "VI 발동"),
        ("stop unwatched", "지키는 이 없는 스톱"),
    ];
    let figure = |(en, ko): &(&str, &str)| told.strip_prefix(en).map(|rest| format!("{ko}{rest}"));
    let order = || {
        let rest = told.strip_prefix("order ")?;
        let end = rest.find([',', ' ']).unwrap_or(rest.len());
        let (state, rest) = rest.split_at_checked(end)?;
        Some(format!("주문 {}{rest}", term::term(Language::Ko, state)))
    };
    let told = FIGURES.iter().find_map(figure).or_else(order)?;
    Some(format!("알림 {id}: {instrument} {told}"))
}

/// The broker's own reason, with what its code means before it.
fn refused(text: &str) -> Option<String> {
    kis::coded(text).map(|_| kis::reason(Language::Ko, text).into_owned())
}

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
        Some(format!("{} ({}) {rule}", refusal::rule(Language::Ko, rule)?, kis::lacking(Language::Ko, values)))
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
    fn every_kind_of_event_is_said_in_both_languages() {
        let order = "accepted, 0 of 10 buy SIM:005930 filled";
        let cases = [
            (
                "alert",
                "alert 3: KRX:005930 price >= 70000, 70100 (order)",
                "알림 3: KRX:005930 가격 >= 70000, 70100 (order)",
            ),
            ("alert", "alert 4: KRX:005930 order filled, 0192 (x)", "알림 4: KRX:005930 주문 체결, 0192 (x)"),
            ("alert", "alert 5: KRX:005930 vi", "알림 5: KRX:005930 VI 발동"),
            ("alert", "alert 6: KRX:005930 stop unwatched, 0192", "알림 6: KRX:005930 지키는 이 없는 스톱, 0192"),
            ("cash", "DIVIDEND 361 KRW", "배당 361 KRW"),
            (
                "cash",
                "funding of BINANCE:BTCUSDT at 2026-11-20T08:00:00Z is not known: the feed was away then; nothing is booked",
                "BINANCE:BTCUSDT의 2026-11-20T08:00:00Z 펀딩비를 모릅니다: 그때 시세가 끊겨 있었습니다. 기장하지 않습니다",
            ),
            ("connection", "no data is coming", "데이터가 오지 않습니다"),
            ("difference", "cash KRW: here 10000000, at the broker 1", "현금 KRW: 원장 10000000, 브로커 1"),
            ("difference", "missing_order 0192: here x, at the broker none", "없는 주문 0192: 원장 x, 브로커 없음"),
            ("fill", "sold 1 SIM:005930 at 70600", "매도 1 SIM:005930 @ 70600 체결"),
            ("halt", "HALT by cli: active -> halted", "HALT (명령줄): 정상 → 정지"),
            ("kill", "3 orders canceled, 0 still open", "주문 3건 취소, 남은 주문 0건"),
            (
                "liquidation",
                "SIM:BTCUSDT reached its liquidation price and is being closed",
                "SIM:BTCUSDT 청산가에 닿아 청산합니다",
            ),
            ("lock", "pts/0 holds the right to trade", "pts/0 이(가) 매매 권한을 가졌습니다"),
            (
                "missed_fill",
                "a fill was told after the order had ended: 1 @ 70000 (E1)",
                "주문이 끝난 뒤에 체결을 통보받았습니다: 1 @ 70000 (E1)",
            ),
            ("notice", "no market data of KRX:005930: busy", "KRX:005930 시세가 오지 않습니다: busy"),
            (
                "reconcile",
                "105 KRW of charges booked: the broker charged something else than was expected",
                "수수료·세금 차이 105 KRW을(를) 기장했습니다: 브로커가 예상과 다르게 매겼습니다",
            ),
            (
                "reconcile",
                "0.00000001 USDT of rounding booked: the broker rounds its fills another way",
                "반올림 차이 0.00000001 USDT을(를) 기장했습니다: 브로커는 체결 금액을 다르게 반올림합니다",
            ),
            ("refusal", "not sent: the desk was halted first", "보내지 않았습니다: 그 전에 데스크가 정지되었습니다"),
            (
                "refusal",
                "APBK0656: 해당종목정보가 없습니다.",
                "이 시장에 없는 종목입니다 (APBK0656: 해당종목정보가 없습니다.)",
            ),
            ("stop", "set off at 71200", "71200에 발동"),
            ("storage", "the ledger takes writes again", "원장에 다시 기록합니다"),
            (
                "unknown",
                "2 orders at the broker could be this one; a person must say which",
                "브로커의 주문 2건이 이 주문일 수 있습니다. 어느 것인지 사람이 정해야 합니다",
            ),
        ];
        for (kind, english, expected) in cases {
            assert_eq!(korean(kind, english).as_deref(), Some(expected));
        }
        let changed = format!("order_filled 0192: here {order}, at the broker filled, 10 of 10 buy SIM:005930 filled");
        assert_eq!(
            korean("difference", &changed).as_deref(),
            Some(
                "체결된 주문 0192: 원장 접수 (매수 SIM:005930 10 가운데 0 체결), 브로커 체결 (매수 SIM:005930 10 가운데 10 체결)"
            )
        );
        for kind in KINDS {
            assert!(cases.iter().any(|(known, ..)| known == kind), "{kind} has no Korean form");
        }
    }

    #[test]
    fn what_others_said_stays_as_they_said_it() {
        for (kind, text) in [("notice", "maintenance at 23:00"), ("refusal", "price out of range"), ("fill", "buy 1")] {
            assert_eq!(korean(kind, text), None);
        }
    }
}
