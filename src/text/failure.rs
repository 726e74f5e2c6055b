//! Failures in Korean, by code. In English the desk's own message is shown.

/// What a failure says in Korean; `None` for a code without a sentence, whose message is then shown as it is.
///
/// `arguments` are those of the failure: the first is what it is about.
#[must_use]
pub fn korean(code: &str, arguments: &[String]) -> Option<String> {
    let about = arguments.first().map(String::as_str).unwrap_or_default();
    let second = arguments.get(1).map(String::as_str).unwrap_or_default();
    let sentence = match code {
        "UNKNOWN_SYMBOL" | "UNKNOWN_INSTRUMENT" => quoted(about, "종목을 찾을 수 없습니다"),
        "AMBIGUOUS_SYMBOL" => quoted(about, "여러 거래소에 있는 종목입니다. `KRX:005930`처럼 거래소를 붙이세요"),
        "NOT_FOUND" | "UNKNOWN_ORDER" | "NO_SUCH_ORDER" => quoted(about, "찾을 수 없습니다"),
        "AMBIGUOUS_ORDER" => quoted(about, "이렇게 끝나는 주문이 여럿입니다. 번호를 더 길게 주세요"),
        "UNKNOWN_PROFILE" => quoted(about, "그런 프로필이 없습니다"),
        "NO_DESK" => "실행 중인 데스크가 없습니다".into(),
        "DESK_LOST" => with_detail("데스크와 연결이 끊겼습니다", about),
        "DESK_START" => with_detail("데스크를 시작하지 못했습니다", about),
        "OUTCOME_UNKNOWN" => with_detail("결과를 알 수 없습니다. 다시 보내지 말고 조회하세요", about),
        "VERSION_MISMATCH" => "데스크와 이 명령의 버전이 다릅니다".into(),
        "UNEXPECTED_ANSWER" => with_detail("데스크가 알 수 없는 답을 했습니다", about),
        "SOCKET_DENIED" => with_detail("데스크 소켓에 접근할 권한이 없습니다", about),
        "SOCKET_PATH" => with_detail("소켓 경로가 너무 깁니다", about),
        "WIRE" => with_detail("데스크와의 대화가 깨졌습니다", about),
        "BAD_AMOUNT" => with_detail("금액이 올바르지 않습니다", about),
        "BAD_QUANTITY" => with_detail("수량이 올바르지 않습니다", about),
        "BAD_PRICE" => with_detail("가격이 올바르지 않습니다", about),
        "BAD_VALUE" => with_detail("값이 올바르지 않습니다", about),
        "UNKNOWN_KEY" => quoted(about, "그런 항목이 없습니다"),
        "INSUFFICIENT_CASH" => with_detail("현금이 부족합니다", about),
        "NOT_OPEN" => quoted(about, "이미 끝난 주문입니다"),
        "UNSUPPORTED" => with_detail("지원하지 않는 요청입니다", about),
        "HALTED" => "데스크가 정지(HALTED) 상태입니다".into(),
        "LOCKED" => with_detail("다른 화면이 매매 권한을 가지고 있습니다", about),
        "STALE_DATA" => with_detail("시세가 너무 오래되었습니다", about),
        "STORAGE" => with_detail("원장에 기록할 수 없습니다", about),
        "RESUME_WORD" => "재개하려면 RESUME 을 정확히 입력해야 합니다".into(),
        "BUSY" | "OVERLOADED" => "데스크가 바쁩니다. 잠시 뒤 다시 하세요".into(),
        "DISCONNECTED" => "브로커 연결이 끊겼습니다".into(),
        "RATE_LIMITED" => "요청이 너무 잦습니다".into(),
        "NOT_SIGNED_IN" | "UNAUTHORIZED" => "로그인되지 않았거나 권한이 없습니다".into(),
        "BAD_CHANGE" => with_detail("바꿀 수 없는 값입니다", about),
        "BAD_LIMIT" => with_detail("한도 값이 올바르지 않습니다", about),
        "BAD_PAIR" => "익절·손절 짝이 올바르지 않습니다".into(),
        "BAD_REQUEST" => "데스크가 알아듣지 못한 요청입니다".into(),
        "BROKER" => with_detail("브로커가 거절했습니다", about),
        "CHANGE_PENDING" => quoted(about, "앞선 정정이나 취소가 아직 끝나지 않았습니다"),
        "DESK_STOPPING" => "데스크가 아직 끝나는 중입니다".into(),
        "KILL_RUNS" => "긴급정지가 아직 진행 중입니다".into(),
        "NOT_VIRTUAL" => "가상 계좌에서만 할 수 있습니다".into(),
        "NO_ANSWER" => "브로커가 제때 답하지 않았습니다".into(),
        "OUTPUT" => with_detail("출력할 수 없습니다", about),
        "TOO_LARGE" => "답이 너무 큽니다. 더 적게 요청하세요".into(),
        "UNAVAILABLE" => with_detail("지금은 할 수 없습니다", about),
        "PRICE_TWICE" => "가격을 두 번 주었습니다: @ 뒤와 --price".into(),
        "PRICE_MISSING" => format!("{about} 주문에는 가격이 필요합니다: 10@가격 또는 --price"),
        "PRICE_UNWANTED" => format!("{about} 주문에는 가격을 쓰지 않습니다"),
        "STOP_MISSING" => format!("{about} 주문에는 --stop 가격이 필요합니다"),
        "STOP_UNWANTED" => format!("{about} 주문에는 --stop 을 쓰지 않습니다"),
        "TRAIL_MISSING" => "trailing_stop 주문에는 --trail 거리가 필요합니다".into(),
        "OCO_INCOMPLETE" => "--oco 에는 --take-profit 과, --stop-loss 또는 --trail 이 필요합니다".into(),
        "STOP_LOSS_AND_TRAIL" => "--stop-loss 와 --trail 은 함께 쓸 수 없습니다".into(),
        "USAGE" => about.to_owned(),
        "INTERNAL" => with_detail("내부 오류입니다", about),
        "HOLDS" | "UNWATCHED" => with_detail("데스크를 끝내면 돌보지 못하는 것이 있습니다", about),
        "CANNOT_ASK" => "확인을 물을 터미널이 없어 아무것도 보내지 않았습니다".into(),
        "DECLINED" => "취소했습니다. 아무것도 보내지 않았습니다".into(),
        "BROKER_REJECTED" => with_detail("브로커가 주문을 거부했습니다", about),
        "ORDER_ENDED" => format!(
            "주문이 기다리던 상태에 이르지 못하고 끝났습니다: {}",
            super::term::term(super::Language::Ko, about)
        ),
        "WAIT_TIMEOUT" => {
            format!("제시간에 끝나지 않았습니다. 현재 상태: {}", super::term::term(super::Language::Ko, about))
        }
        "CANCEL_UNCONFIRMED" => with_detail("취소가 확인되지 않은 주문이 있습니다", about),
        "STILL_OPEN" => with_detail("아직 남은 주문이 있습니다", about),
        "NOT_RECONCILED" => with_detail("브로커와 다른 점이 있습니다", about),
        "LEDGER_IN_USE" => with_detail("다른 데스크가 원장을 쓰고 있습니다", about),
        "LEDGER" => with_detail("원장을 쓸 수 없습니다", about),
        "LEDGER_DAMAGED" if second.is_empty() => with_detail("원장에 어긋난 점이 있습니다", about),
        "LEDGER_DAMAGED" => format!(
            "원장 파일이 손상되어 그대로 두었습니다: {about} ({second}). `hoga db verify`로 살펴보고 `hoga db restore 백업파일`로 되돌리세요"
        ),
        "CONFIG" => with_detail("설정 파일이 잘못되었습니다", about),
        "DATA_DIR" => with_detail("데이터 폴더를 쓸 수 없습니다", about),
        "FILE" if second.is_empty() => with_detail("파일을 다룰 수 없습니다", about),
        "FILE" => format!("파일을 다룰 수 없습니다: {about}: {second}"),
        "DESK_RUNS" => "데스크가 실행 중입니다. 먼저 멈추세요".into(),
        "DOCTOR" => "점검에서 문제가 나왔습니다".into(),
        _ => return risk(code),
    };
    Some(sentence)
}

fn risk(code: &str) -> Option<String> {
    super::refusal::rule(super::Language::Ko, code).map(|sentence| format!("리스크 규칙이 거부했습니다: {sentence}"))
}

fn quoted(about: &str, sentence: &str) -> String {
    if about.is_empty() { sentence.into() } else { format!("'{about}': {sentence}") }
}

fn with_detail(sentence: &str, detail: &str) -> String {
    if detail.is_empty() { sentence.into() } else { format!("{sentence}: {detail}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_code_names_what_it_is_about() {
        assert_eq!(korean("UNKNOWN_SYMBOL", &["00593".into()]).unwrap(), "'00593': 종목을 찾을 수 없습니다");
        assert_eq!(korean("HALTED", &[]).unwrap(), "데스크가 정지(HALTED) 상태입니다");
        assert!(korean("RISK_MAX_ORDER_AMOUNT", &[]).unwrap().contains("한도를 넘습니다"));
    }

    #[test]
    fn an_unknown_code_has_no_sentence() {
        assert_eq!(korean("NEW_IN_A_LATER_DESK", &[]), None);
    }
}
