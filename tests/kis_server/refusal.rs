//! Refusals in the broker's words.

use hoga::broker::kis::environment::Realm;
use serde_json::{Value, json};

use super::reply::padded;

/// Why a request was refused: the HTTP status, `rt_cd`, code and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub result: &'static str,
    pub code: String,
    pub text: String,
}

impl Refusal {
    /// Of the gateway: status 500, its text without padding.
    pub fn gateway(code: &str) -> Self {
        Self { status: 500, result: "1", code: code.to_owned(), text: gateway_text(code).to_owned() }
    }

    /// Of the query server: status 200.
    pub fn query(code: &str, text: &str) -> Self {
        Self { status: 200, result: "2", code: code.to_owned(), text: text.to_owned() }
    }

    /// Of the order system: status 200, its text padded.
    pub fn order(code: &str, text: &str) -> Self {
        let result = if code == "APBK0952" { "7" } else { "1" };
        Self { status: 200, result, code: code.to_owned(), text: padded(text, 80) }
    }

    pub fn body(&self) -> Value {
        json!({"rt_cd": self.result, "msg_cd": self.code, "msg1": self.text})
    }

    /// The account is another's.
    pub fn account() -> Self {
        Self::query("OPSQ2000", "ERROR : INPUT INVALID_CHECK_ACNO")
    }

    pub fn no_symbol() -> Self {
        Self::order("APBK0656", "해당종목정보가 없습니다.")
    }

    pub fn no_cash() -> Self {
        Self::order("APBK0952", "주문가능금액을 초과 했습니다")
    }

    pub fn no_shares() -> Self {
        Self::order("APBK0400", "주문 가능한 수량을 초과했습니다.")
    }

    /// Out of hours. The paper environment tells before from after.
    pub fn closed(realm: Realm, is_before: bool) -> Self {
        match (realm, is_before) {
            (Realm::Live, _) => Self::order("APBK0918", "장운영시간이 아닙니다."),
            (Realm::Paper, true) => Self::order("40570000", "모의투자 장시작전 입니다."),
            (Realm::Paper, false) => Self::order("40580000", "모의투자 장종료 입니다."),
        }
    }

    /// No day of business.
    pub fn holiday(realm: Realm) -> Self {
        match realm {
            Realm::Live => Self::order("APBK0919", "장운영일자가 주문일과 상이합니다"),
            Realm::Paper => Self::order("40100000", "모의투자 영업일이 아닙니다."),
        }
    }

    /// The order type is not taken now. The text is not confirmed.
    pub fn kind_not_now() -> Self {
        Self::order("APBK1943", "현재 시간에는 해당 주문유형으로 주문할 수 없습니다.")
    }

    /// Nothing left to modify or cancel. The live code and text are not confirmed.
    pub fn nothing_left(realm: Realm) -> Self {
        match realm {
            Realm::Live => Self::order("APBK0344", "정정취소 가능수량이 없습니다."),
            Realm::Paper => Self::order("40330000", "모의투자 정정/취소할 수량이 없습니다."),
        }
    }

    /// A price beside the ticks or the day's limits. Code and text are not confirmed.
    pub fn price() -> Self {
        Self::order("APBK0506", "주문단가를 확인하시기 바랍니다.")
    }
}

fn gateway_text(code: &str) -> &'static str {
    match code {
        "EGW00103" => "유효하지 않은 AppKey입니다.",
        "EGW00105" => "유효하지 않은 AppSecret입니다.",
        "EGW00121" => "유효하지 않은 token 입니다.",
        "EGW00122" => "token 을 찾을 수 없습니다.",
        "EGW00123" => "기간이 만료된 token 입니다.",
        "EGW00132" => "Content-Type 이 잘못되었습니다.",
        "EGW00133" => "접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)",
        "EGW00201" => "초당 거래건수를 초과하였습니다.",
        "EGW00205" => "token 유형이 없습니다.",
        "EGW00206" => "API 사용 권한이 없습니다.",
        "EGW00208" => "고객 타입이 잘못되었습니다.",
        "EGW00215" => "원장에서 허용 가능한 초당 거래건수를 초과하였습니다.",
        "EGW00301" => "연결시간이 초과되었습니다. 직전 거래를 반드시 확인하세요.",
        "EGW00302" => "거래시간이 초과되었습니다. 직전 거래를 반드시 확인하세요.",
        "EGW02006" => "모의투자 TR 이 아닙니다.",
        _ => "일시적 오류가 발생했습니다.",
    }
}
