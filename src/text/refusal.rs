//! Why risk refused, for people. The rule's name stands beside it always.

use super::{Language, kis, pick};

/// What the rule of that name refuses; `None` for a rule this binary does not know.
#[must_use]
pub fn rule(language: Language, name: &str) -> Option<&'static str> {
    let (ko, en) = match name {
        "RISK_HALTED" => ("데스크가 정지(HALTED) 상태입니다", "the desk is HALTED"),
        "RISK_REDUCING_ONLY" => ("포지션을 줄이는 주문만 받습니다", "only orders that make a position smaller pass"),
        "RISK_PERMISSION" => ("이 프로필은 매매 권한이 없습니다", "the profile may not trade in its world"),
        "RISK_SYMBOL_BLOCKED" => ("매매가 금지된 종목입니다", "the instrument is blocked"),
        "RISK_UNKNOWN_ORDER" => {
            ("결과를 모르는 주문이 이 종목에 있습니다", "an order of this instrument has an unknown outcome")
        }
        "RISK_NOT_RECONCILED" => {
            ("계좌가 브로커와 대사되지 않았습니다", "the account is not reconciled with the broker")
        }
        "RISK_DISCONNECTED" => ("브로커 연결이 끊겼습니다", "the broker connection is down"),
        "RISK_CLOCK" => ("시계가 1초 넘게 어긋납니다", "the clock is off by more than a second"),
        "RISK_UNSUPPORTED" => ("지금 이 시장이 받지 않는 주문입니다", "the venue does not take such an order now"),
        "RISK_SESSION_CLOSED" => ("장이 닫혔거나 정지되었습니다", "the session is closed or halted"),
        "RISK_STALE_DATA" => ("시세가 없거나 너무 오래되었습니다", "market data is missing or too old"),
        "RISK_TICK_SIZE" => ("가격이 호가단위에 맞지 않습니다", "the price is not on the tick grid"),
        "RISK_LOT_SIZE" => (
            "수량이 매매단위나 허용 범위에 맞지 않습니다",
            "the quantity is not a multiple of the lot, or out of range",
        ),
        "RISK_MIN_NOTIONAL" => ("주문 금액이 최소 금액보다 적습니다", "the value is below the venue's smallest order"),
        "RISK_PRICE_LIMIT" => ("가격이 상·하한가를 벗어납니다", "the price is outside the day's limits"),
        "RISK_PRICE_COLLAR" => ("가격이 현재가에서 너무 멉니다", "the price is too far from the last price"),
        "RISK_TRIGGER_SIDE" => {
            ("발동가가 시장의 반대쪽이라 바로 발동됩니다", "the trigger is on the wrong side of the market")
        }
        "RISK_MAX_ORDER_AMOUNT" => ("주문 금액이 한도를 넘습니다", "the order's value is above the limit"),
        "RISK_MAX_ORDER_QUANTITY" => ("주문 수량이 한도를 넘습니다", "the order's quantity is above the limit"),
        "RISK_MAX_POSITIONS" => ("보유 종목 수가 한도를 넘습니다", "too many instruments would be held"),
        "RISK_MAX_POSITION_AMOUNT" => ("종목 보유 금액이 한도를 넘습니다", "the position would become too large"),
        "RISK_MAX_EXPOSURE" => ("전체 보유 금액이 한도를 넘습니다", "all positions together would become too large"),
        "RISK_MAX_DAILY_LOSS" => ("당일 손실이 한도에 이르렀습니다", "today's loss has reached the limit"),
        "RISK_MAX_DRAWDOWN" => ("고점 대비 낙폭이 한도를 넘습니다", "equity has fallen too far from its peak"),
        "RISK_INSUFFICIENT_CASH" => ("현금이 부족합니다", "not enough cash"),
        "RISK_INSUFFICIENT_QUANTITY" => ("팔 수 있는 수량이 부족합니다", "not enough holdings to sell"),
        "RISK_REDUCE_ONLY" => ("감소전용 주문이 포지션을 늘립니다", "a reduce-only order would enlarge a position"),
        "RISK_MAX_LEVERAGE" => ("레버리지가 한도를 넘습니다", "leverage is above the limit"),
        "RISK_MAX_OPEN_ORDERS" => ("미체결 주문이 너무 많습니다", "too many open orders"),
        "RISK_ORDER_RATE" => ("주문이 너무 잦습니다", "too many orders in a short time"),
        "RISK_DUPLICATE" => ("방금 낸 주문과 같습니다", "the same order again within a moment"),
        "RISK_SELF_CROSSING" => ("내 미체결 주문과 맞닿습니다", "it would meet an own resting order"),
        "RISK_BRACKET" => {
            ("익절·손절 가격이 진입가의 반대쪽입니다", "a bracket price is on the wrong side of the entry")
        }
        "RISK_OVERFLOW" => ("계산할 수 없는 수입니다", "a number is out of what can be computed"),
        _ => return None,
    };
    Some(pick(language, ko, en))
}

/// One line about a refusal: the rule's sentence, what there was, what is allowed, the rule's name.
#[must_use]
pub fn line(language: Language, name: &str, value: &str, limit: &str) -> String {
    let sentence = rule(language, name).unwrap_or(name);
    let bound = match (language, limit.is_empty()) {
        (_, true) => String::new(),
        (Language::Ko, false) => format!(" (허용: {limit})"),
        (Language::En, false) => format!(" (allowed: {limit})"),
    };
    let value = if value.is_empty() { String::new() } else { format!(": {}", kis::lacking(language, value)) };
    format!("{sentence}{value}{bound} [{name}]")
}
