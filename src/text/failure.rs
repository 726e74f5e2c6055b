//! Failures in Korean, by code. In English the desk's own message is shown.

use std::borrow::Cow;

/// How a sentence names what the failure is about.
enum Form {
    /// Not at all.
    Plain(&'static str),
    /// In quotes before it.
    Quoted(&'static str),
    /// Behind it, after a colon.
    Detailed(&'static str),
}

use Form::{Detailed, Plain, Quoted};

/// What a failure says in Korean; `None` for a code without a sentence, whose message is then shown as it is.
///
/// `arguments` are those of the failure: the first is what it is about.
#[must_use]
pub fn korean(code: &str, arguments: &[String]) -> Option<String> {
    let about = arguments.first().map(String::as_str).unwrap_or_default();
    let second = arguments.get(1).map(String::as_str).unwrap_or_default();
    if let Some(sentence) = composed(code, about, second, arguments) {
        return Some(sentence);
    }
    let Some((_, form)) = SENTENCES.iter().find(|(known, _)| *known == code) else { return risk(code) };
    Some(match *form {
        Plain(sentence) => sentence.into(),
        Quoted(sentence) => quoted(about, sentence),
        Detailed(sentence) => with_detail(sentence, &known_detail(about)),
    })
}

/// Details that hoga itself gives; what others said stays as they said it.
fn known_detail(detail: &str) -> Cow<'_, str> {
    if let Some(status) = detail.strip_prefix("it ended at once") {
        return Cow::Owned(format!("바로 끝났습니다{status}"));
    }
    Cow::Borrowed(match detail {
        "the desk closed the connection" => "데스크가 연결을 닫았습니다",
        "the desk was connected anew" => "데스크에 다시 연결되었습니다",
        "not connected" => "연결되어 있지 않습니다",
        "it did not listen within 10 seconds" => "10초 안에 응답하지 않았습니다",
        other => super::kis::lacking(super::Language::Ko, other),
    })
}

/// Sentences that are put together in ways of their own.
fn composed(code: &str, about: &str, second: &str, arguments: &[String]) -> Option<String> {
    Some(match code {
        "PRICE_MISSING" => format!("{about} 주문에는 가격이 필요합니다: 10@가격 또는 --price"),
        "PRICE_UNWANTED" => format!("{about} 주문에는 가격을 쓰지 않습니다"),
        "STOP_MISSING" => format!("{about} 주문에는 --stop 가격이 필요합니다"),
        "STOP_UNWANTED" => format!("{about} 주문에는 --stop 을 쓰지 않습니다"),
        "USAGE" => about.to_owned(),
        "UNSUPPORTED" => {
            let known = super::kis::paper_lack_in_korean(about).or_else(|| super::realised::in_korean(about));
            known?.to_owned()
        }
        "RANGE_TOO_LONG" => format!("한 번에 {about}일까지 볼 수 있습니다. 기간을 나누세요"),
        "ALERTS_FULL" => format!("울리기를 기다리는 알림은 최대 {about}개입니다"),
        "ORDER_ENDED" => format!(
            "주문이 기다리던 상태에 이르지 못하고 끝났습니다: {}",
            super::term::term(super::Language::Ko, about)
        ),
        "WAIT_TIMEOUT" => {
            format!("제시간에 끝나지 않았습니다. 현재 상태: {}", super::term::term(super::Language::Ko, about))
        }
        "LEDGER_DAMAGED" if second.is_empty() => with_detail("원장에 어긋난 점이 있습니다", about),
        "LEDGER_DAMAGED" => format!(
            "원장 파일이 손상되어 그대로 두었습니다: {about} ({second}). `hoga db verify`로 살펴보고 `hoga db restore 백업파일`로 되돌리세요"
        ),
        "KEY_HALF" => format!("{about} 만 있고 {second} 이(가) 없습니다"),
        "BAD_KEY" => format!("{}: {}", key_part(about), super::auth::korean_fault(second)),
        "BAD_KEY_FILE" => format!("{about}: {}", super::auth::korean_fault(second)),
        "KEY_OF_OTHER_WORLD" => {
            let word = |name| super::term::term(super::Language::Ko, name);
            let there = arguments.get(2).map(String::as_str).unwrap_or_default();
            format!("{} 세계의 것으로 넣은 키를 {} 세계에 쓸 수 없습니다: {there}", word(about), word(second))
        }
        "KEY_OF_OTHER_BROKER" => format!("{about} 의 키로 넣은 것인데 프로필의 브로커는 {second} 입니다"),
        "KEYRING" => format!("시스템 키링을 쓸 수 없습니다: {}", super::auth::korean_fault(about)),
        "FILE" if second.is_empty() => with_detail("파일을 다룰 수 없습니다", about),
        "FILE" => format!("파일을 다룰 수 없습니다: {about}: {second}"),
        _ => return None,
    })
}

const SENTENCES: &[(&str, Form)] = &[
    ("NO_SUCH_ALERT", Quoted("그런 번호의 알림이 없습니다")),
    ("NOT_FIRED", Quoted("아직 울리지 않은 알림입니다")),
    ("BAD_ALERT", Detailed("알림 조건이 올바르지 않습니다 (예: 'price >= 71000'. 셸에서는 따옴표로 묶으세요)")),
    ("NO_TERMINAL", Detailed("화면을 열 수 없습니다. 터미널 창에서 실행하거나 명령을 쓰세요")),
    ("UNKNOWN_SYMBOL", Quoted("종목을 찾을 수 없습니다")),
    ("UNKNOWN_INSTRUMENT", Quoted("종목을 찾을 수 없습니다")),
    ("AMBIGUOUS_SYMBOL", Quoted("여러 거래소에 있는 종목입니다. `KRX:005930`처럼 거래소를 붙이세요")),
    ("NOT_FOUND", Quoted("찾을 수 없습니다")),
    ("UNKNOWN_ORDER", Quoted("찾을 수 없습니다")),
    ("NO_SUCH_ORDER", Quoted("찾을 수 없습니다")),
    ("AMBIGUOUS_ORDER", Quoted("이렇게 끝나는 주문이 여럿입니다. 번호를 더 길게 주세요")),
    ("UNKNOWN_PROFILE", Quoted("그런 프로필이 없습니다")),
    ("NO_DESK", Plain("실행 중인 데스크가 없습니다")),
    ("DESK_LOST", Detailed("데스크와 연결이 끊겼습니다")),
    ("DESK_START", Detailed("데스크를 시작하지 못했습니다")),
    ("OUTCOME_UNKNOWN", Detailed("결과를 알 수 없습니다. 다시 보내지 말고 조회하세요")),
    ("VERSION_MISMATCH", Plain("데스크와 이 명령의 버전이 다릅니다")),
    ("UNEXPECTED_ANSWER", Detailed("데스크가 알 수 없는 답을 했습니다")),
    ("SOCKET_DENIED", Detailed("데스크 소켓에 접근할 권한이 없습니다")),
    ("SOCKET_PATH", Detailed("소켓 경로가 너무 깁니다")),
    ("WIRE", Detailed("데스크와의 대화가 깨졌습니다")),
    ("RANGE_REVERSED", Quoted("기간의 첫날이 마지막 날보다 늦습니다")),
    ("RANGE_IN_FUTURE", Quoted("아직 오지 않은 날입니다")),
    ("BAD_AMOUNT", Detailed("금액이 올바르지 않습니다")),
    ("BAD_QUANTITY", Detailed("수량이 올바르지 않습니다")),
    ("BAD_PRICE", Detailed("가격이 올바르지 않습니다")),
    ("BAD_VALUE", Detailed("값이 올바르지 않습니다")),
    ("UNKNOWN_KEY", Quoted("그런 항목이 없습니다")),
    ("INSUFFICIENT_CASH", Detailed("현금이 부족합니다")),
    ("NOT_OPEN", Quoted("이미 끝난 주문입니다")),
    ("UNSUPPORTED", Detailed("지원하지 않는 요청입니다")),
    ("HALTED", Plain("데스크가 정지(HALTED) 상태입니다")),
    ("LOCKED", Detailed("다른 화면이 매매 권한을 가지고 있습니다")),
    ("STALE_DATA", Detailed("시세가 너무 오래되었습니다")),
    ("STORAGE", Detailed("원장에 기록할 수 없습니다")),
    ("RESUME_WORD", Plain("재개하려면 RESUME 을 정확히 입력해야 합니다")),
    ("BUSY", Plain("데스크가 바쁩니다. 잠시 뒤 다시 하세요")),
    ("OVERLOADED", Plain("데스크가 바쁩니다. 잠시 뒤 다시 하세요")),
    ("DISCONNECTED", Plain("브로커 연결이 끊겼습니다")),
    ("RATE_LIMITED", Plain("요청이 너무 잦습니다")),
    ("NOT_SIGNED_IN", Plain("로그인되지 않았거나 권한이 없습니다")),
    ("UNAUTHORIZED", Plain("로그인되지 않았거나 권한이 없습니다")),
    ("BAD_CHANGE", Detailed("바꿀 수 없는 값입니다")),
    ("BAD_LIMIT", Detailed("한도 값이 올바르지 않습니다")),
    ("BAD_PAIR", Plain("익절·손절 짝이 올바르지 않습니다")),
    ("BAD_REQUEST", Plain("데스크가 알아듣지 못한 요청입니다")),
    ("BROKER", Detailed("브로커가 거절했습니다")),
    ("CHANGE_PENDING", Quoted("앞선 정정이나 취소가 아직 끝나지 않았습니다")),
    ("DESK_STOPPING", Plain("데스크가 아직 끝나는 중입니다")),
    ("KILL_RUNS", Plain("긴급정지가 아직 진행 중입니다")),
    ("NOT_VIRTUAL", Plain("가상 계좌에서만 할 수 있습니다")),
    ("NO_ANSWER", Plain("브로커가 제때 답하지 않았습니다")),
    ("OUTPUT", Detailed("출력할 수 없습니다")),
    ("TOO_LARGE", Plain("답이 너무 큽니다. 더 적게 요청하세요")),
    ("UNAVAILABLE", Detailed("지금은 할 수 없습니다")),
    ("PRICE_TWICE", Plain("가격을 두 번 주었습니다: @ 뒤와 --price")),
    ("TRAIL_MISSING", Plain("trailing_stop 주문에는 --trail 거리가 필요합니다")),
    ("OCO_INCOMPLETE", Plain("--oco 에는 --take-profit 과, --stop-loss 또는 --trail 이 필요합니다")),
    ("STOP_LOSS_AND_TRAIL", Plain("--stop-loss 와 --trail 은 함께 쓸 수 없습니다")),
    ("INTERNAL", Detailed("내부 오류입니다")),
    ("HOLDS", Detailed("데스크를 끝내면 돌보지 못하는 것이 있습니다")),
    ("UNWATCHED", Detailed("데스크를 끝내면 돌보지 못하는 것이 있습니다")),
    ("CANNOT_ASK", Plain("확인을 물을 터미널이 없어 아무것도 보내지 않았습니다")),
    ("DECLINED", Plain("취소했습니다. 아무것도 보내지 않았습니다")),
    ("BROKER_REJECTED", Detailed("브로커가 주문을 거부했습니다")),
    ("CANCEL_UNCONFIRMED", Detailed("취소가 확인되지 않은 주문이 있습니다")),
    ("STILL_OPEN", Detailed("아직 남은 주문이 있습니다")),
    ("NOT_RECONCILED", Detailed("브로커와 다른 점이 있습니다")),
    ("LEDGER_IN_USE", Detailed("다른 데스크가 원장을 쓰고 있습니다")),
    ("LEDGER", Detailed("원장을 쓸 수 없습니다")),
    ("CONFIG", Detailed("설정 파일이 잘못되었습니다")),
    ("DATA_DIR", Detailed("데이터 폴더를 쓸 수 없습니다")),
    ("DESK_RUNS", Plain("데스크가 실행 중입니다. 먼저 멈추세요")),
    ("NO_KEY", Quoted("이 프로필의 키가 없습니다. 환경변수, 시스템 키링, 암호화 파일을 차례로 찾았습니다")),
    ("KEY_REFUSED", Detailed("거래소가 이 키를 받지 않습니다")),
    ("BROKER_NOT_ASKED", Detailed("거래소에 물어보지 못했습니다. 키는 확인되지 않았습니다")),
    ("KEY_TWICE", Detailed("같은 것을 정하는 환경변수가 둘 다 있습니다. 하나를 지우세요")),
    ("TAKES_NO_KEY", Quoted("이 브로커에는 그런 키를 쓰지 않습니다")),
    ("KEYRING_DAMAGED", Plain("시스템 키링에 있는 이 프로필의 내용을 읽을 수 없습니다")),
    ("WRONG_PASSPHRASE", Detailed("암호 문구가 맞지 않습니다")),
    (
        "NO_PASSPHRASE",
        Plain(
            "암호화 파일의 암호 문구를 물을 터미널이 없고, HOGA_PASSPHRASE, HOGA_PASSPHRASE_FD, systemd 자격증명 hoga-passphrase 도 없습니다",
        ),
    ),
    ("WEAK_PASSPHRASE", Plain("암호 문구는 10자 이상이어야 합니다")),
    ("PASSPHRASES_DIFFER", Plain("두 번 입력한 암호 문구가 다릅니다")),
    ("DESCRIPTOR", Quoted("이 파일 디스크립터를 읽을 수 없습니다")),
    ("SECRETS_OPEN", Quoted("다른 사용자가 읽을 수 있습니다")),
    ("SECRETS_DAMAGED", Quoted("암호화 파일이 손상되었습니다. 아무것도 바꾸지 않았습니다")),
    ("SECRETS_VERSION", Quoted("더 새로운 호가가 쓴 파일입니다")),
    ("SECRETS_FILE", Detailed("키를 두는 파일을 다룰 수 없습니다")),
    (
        "SECRET_IN_ARGUMENTS",
        Plain(
            "키는 명령줄에서 받지 않습니다. 셸의 기록에 남고 다른 사용자가 프로세스 목록에서 볼 수 있습니다. 진짜 키였다면 브로커에서 폐기하세요",
        ),
    ),
    (
        "SECRET_SHOWN",
        Plain("표준 입력이 터미널이라 키가 화면에 보입니다. --secret-stdin 없이 실행하면 보이지 않게 묻습니다"),
    ),
    ("SECRET_LINES", Plain("첫 줄에 키, 둘째 줄에 시크릿이 필요합니다. --key-file 과 함께라면 키만 주세요")),
    ("NOTHING_TYPED", Plain("키를 물을 터미널이 없거나 입력하지 않아 아무것도 두지 않았습니다")),
    ("DOCTOR", Plain("점검에서 문제가 나왔습니다")),
];

fn risk(code: &str) -> Option<String> {
    super::refusal::rule(super::Language::Ko, code).map(|sentence| format!("리스크 규칙이 거부했습니다: {sentence}"))
}

fn key_part(what: &str) -> &str {
    match what {
        "key" => "키",
        "secret" => "시크릿",
        other => other,
    }
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
