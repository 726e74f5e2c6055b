//! What the broker KIS says by code, and what its paper environment lacks. The broker's own words stand beside it.

use std::borrow::Cow;

use super::{Language, pick};

/// What a code means to a person; `None` for a code that is not known, whose own text is then all there is.
#[must_use]
pub fn code(language: Language, code: &str) -> Option<&'static str> {
    let (ko, en) = gateway(code).or_else(|| order(code)).or_else(|| range(code)).or_else(|| stream(code))?;
    Some(pick(language, ko, en))
}

/// The reason of an order as its broker gave it, `APBK0952: …`, with what it means before it where that is known.
#[must_use]
pub fn reason(language: Language, reason: &str) -> Cow<'_, str> {
    match coded(reason).and_then(|(known, _)| code(language, known)) {
        Some(meaning) => Cow::Owned(format!("{meaning} ({reason})")),
        None => Cow::Borrowed(reason),
    }
}

/// Code and text of such a reason; `None` for one without a code that is known.
#[must_use]
pub fn coded(reason: &str) -> Option<(&str, &str)> {
    reason.split_once(": ").filter(|(known, _)| code(Language::En, known).is_some())
}

type Pair = (&'static str, &'static str);

const WRONGLY_ASKED: Pair =
    ("hoga가 요청을 잘못 만들었습니다. 알려 주시면 고치겠습니다", "hoga built the request wrongly: please report it");
const INSIDE: Pair = (
    "증권사 내부 오류입니다. 주문이었다면 결과를 확인 중입니다",
    "an error inside the broker; an order is being looked for",
);
const BAD_KEY: Pair = (
    "앱키 또는 시크릿이 올바르지 않습니다. `hoga auth add`로 다시 넣으세요",
    "app key or secret is wrong: `hoga auth add`",
);
const TOKEN: Pair =
    ("접근 토큰이 유효하지 않아 다시 발급받습니다", "the access token is no longer valid; a new one is asked for");

fn gateway(code: &str) -> Option<Pair> {
    Some(match code {
        "EGW00001" | "EGW00002" | "EGW00202" | "EGW00203" | "EGW00300" => INSIDE,
        "EGW00003" | "EGW00004" => {
            ("접근이 거부되었습니다. 서비스 신청 상태를 확인하세요", "access is refused: is the service applied for?")
        }
        "EGW00103" | "EGW00105" | "EGW00304" => BAD_KEY,
        "EGW00120" | "EGW00131" | "EGW00132" | "EGW00205" | "EGW00208" | "EGW00209" => WRONGLY_ASKED,
        "EGW00121" | "EGW00122" | "EGW00123" => TOKEN,
        "EGW00124" | "EGW00125" | "EGW00126" => ("세션 키가 유효하지 않습니다", "the session key is not valid"),
        "EGW00133" => ("토큰은 1분에 한 번만 발급됩니다. 잠시 기다립니다", "a token is issued once a minute; waiting"),
        "EGW00201" => (
            "초당 거래건수를 넘었습니다. 잠시 후 다시 보냅니다",
            "too many requests in a second; sent again in a moment",
        ),
        "EGW00206" => ("이 앱키는 이 서비스를 쓸 권한이 없습니다", "this app key may not use the service"),
        "EGW00207" | "EGW00303" => ("허용되지 않은 IP 주소입니다", "this IP address is not allowed"),
        "EGW00210" => ("법인 고객은 모의투자를 쓸 수 없습니다", "companies cannot use paper trading"),
        "EGW00213" | "EGW02006" => ("모의투자에서는 제공되지 않는 기능입니다", "paper trading does not have this"),
        "EGW00215" => {
            ("증권사 원장이 붐빕니다. 잠시 후 다시 조회합니다", "the broker's ledger is busy; asked again in a moment")
        }
        "EGW00301" | "EGW00302" => (
            "증권사에서 시간이 초과되었습니다. 주문이었다면 체결 내역에서 찾고 있습니다",
            "the broker timed out; an order is being looked for in its lists",
        ),
        _ => return None,
    })
}

fn order(code: &str) -> Option<Pair> {
    Some(match code {
        "APBK0918" => {
            ("장 운영시간이 아니거나 주문 조건이 맞지 않습니다", "the market is closed, or the order does not fit")
        }
        "APBK0919" => ("주문일이 장 운영일과 다릅니다. 장이 열리지 않았습니다", "the market is not open on this day"),
        "APBK0952" => (
            "주문가능금액을 넘었습니다. 시장가 매수는 상한가로 증거금을 잡습니다",
            "more than the cash to order with; a market buy is reserved at the upper limit",
        ),
        "APBK0400" => ("주문 가능한 수량을 넘었습니다", "more than the quantity that can be ordered"),
        "APBK0656" => ("이 시장에 없는 종목입니다", "no such symbol in this market"),
        "APBK1664" | "APAM3099" => ("지금은 거래할 수 없는 시간입니다", "it cannot be traded now"),
        "APBK1943" | "APBK3013" => {
            ("지금은 이 주문 유형을 받지 않습니다. 지정가로 내세요", "this order type is not taken now: use a limit")
        }
        "IGW00007" | "IGW00009" => {
            ("증권사가 주문 전문을 만들지 못했습니다", "the broker could not build the order's message")
        }
        "40100000" => ("모의투자 영업일이 아닙니다", "paper trading is closed today"),
        "40570000" => ("모의투자 장이 아직 열리지 않았습니다", "paper trading has not opened yet"),
        "40580000" => ("모의투자 장이 끝났습니다", "paper trading has closed"),
        "40330000" => ("정정하거나 취소할 수량이 없습니다", "nothing is left to modify or cancel"),
        "70070000" | "KIOK0560" => ("조회할 내역이 없습니다", "there is nothing to show"),
        "OPSQ0002" | "OPSQ2001" | "OPSQ2002" => WRONGLY_ASKED,
        "OPSQ1002" => INSIDE,
        "OPSQ2000" => ("계좌번호를 확인하세요", "check the account number"),
        _ => return None,
    })
}

/// Codes of the stream's registrations.
fn stream(code: &str) -> Option<Pair> {
    Some(match code {
        "OPSP0007" => ("이 종목의 실시간 시세를 등록할 수 없습니다", "real time of this symbol cannot be registered"),
        "OPSP0008" => ("실시간 등록은 41건까지입니다", "at most 41 real-time registrations"),
        "OPSP0009" => (
            "실시간 등록이 전달되지 않았습니다. 잠시 후 다시 시도합니다",
            "a registration did not get through; tried again later",
        ),
        "OPSP0010" | "OPSP0011" => {
            ("실시간 접속키가 유효하지 않아 다시 받습니다", "the approval key is not valid; a new one is asked for")
        }
        "OPSP8996" => (
            "같은 앱키로 다른 프로그램이 실시간에 접속해 있습니다. 그 프로그램을 끝내세요",
            "another program is connected to real time with this app key: end that program",
        ),
        _ => return None,
    })
}

fn range(code: &str) -> Option<Pair> {
    let number: u32 = code.get(4..)?.parse().ok()?;
    match (code.get(..4)?, number) {
        ("EGW0", 101..=119) => Some(WRONGLY_ASKED),
        ("OPSQ", 1..=11) => Some(INSIDE),
        ("OPSQ", 9_995..=9_999) | ("OPSP", 8_991..=8_998 | 9_990..=9_999) => Some(WRONGLY_ASKED),
        _ => None,
    }
}

/// What the paper environment lacks: its name, and why in Korean and English.
const PAPER_LACKS: &[(&str, &str, &str)] = &[
    ("ranking", "모의투자에서는 순위를 볼 수 없습니다", "paper trading has no rankings"),
    (
        "calendar",
        "모의투자에서는 휴장일을 조회할 수 없어 hoga의 달력을 씁니다",
        "paper trading has no holidays: hoga's own calendar is used",
    ),
    ("product_info", "모의투자에서는 종목 정보를 조회할 수 없습니다", "paper trading has no product information"),
    ("etf", "모의투자에서는 ETF의 NAV와 구성종목을 볼 수 없습니다", "paper trading has no net asset values of ETF"),
    ("past_minutes", "모의투자에서는 오늘 이전의 분봉을 볼 수 없습니다", "paper trading has minutes of today only"),
    (
        "revocable",
        "모의투자에서는 정정취소 가능 목록 대신 미체결 내역을 씁니다",
        "paper trading: open orders come from the order list",
    ),
    (
        "sellable",
        "모의투자에서는 매도가능수량을 잔고에서 읽습니다",
        "paper trading: what can be sold comes from the balance",
    ),
    (
        "realised",
        "모의투자에서는 증권사의 실현손익을 조회할 수 없습니다. 원장의 손익은 `hoga pnl`로 보세요",
        "paper trading has no realised profit; `hoga pnl` has the ledger's",
    ),
    ("nextrade", "모의투자는 KRX로만 주문할 수 있습니다 (NXT·SOR 없음)", "paper trading orders at KRX only"),
    ("after_market", "모의투자에서는 애프터마켓 주문을 낼 수 없습니다", "paper trading has no after-market orders"),
    (
        "overseas_detail",
        "모의투자에서는 해외 호가·분봉·체결을 볼 수 없습니다",
        "paper trading has no foreign books, minutes and prints",
    ),
    (
        "overseas_kinds",
        "모의투자의 해외 주문은 정규장 지정가뿐입니다",
        "foreign paper orders are limit orders in regular hours",
    ),
    ("night", "모의투자에는 야간 파생상품이 없습니다", "paper trading has no night session of derivatives"),
    ("option_board", "모의투자에서는 옵션 전광판을 볼 수 없습니다", "paper trading has no option boards"),
    ("bond", "모의투자에서는 채권을 거래할 수 없습니다", "paper trading has no bonds"),
    (
        "reserved",
        "모의투자는 국내주식 예약주문을 받지 않습니다",
        "paper trading keeps no orders in Korean shares for the opening",
    ),
    (
        "streams",
        "모의투자의 실시간 시세는 국내주식 체결과 호가뿐입니다",
        "paper trading streams prints and books of Korean shares only",
    ),
    ("service", "모의투자에서는 제공되지 않는 기능입니다", "paper trading does not have this"),
];

/// What no world of the broker has: its name, and why in Korean and English.
const NEVER_HAD: &[(&str, &str, &str)] = &[(
    "sold_at_auction",
    "시장가로 개장·마감에 체결되는 주문(MOO·MOC)은 매도만 낼 수 있습니다. 매수는 LOO·LOC를 쓰세요",
    "market orders on open or close are for sells only: buy with loo or loc",
)];

/// Why an order type is refused everywhere at the broker, by the name of what is missing.
#[must_use]
pub fn never_had(language: Language, what: &str) -> Option<&'static str> {
    NEVER_HAD.iter().find(|(name, ..)| *name == what).map(|(_, ko, en)| pick(language, ko, en))
}

/// Why something cannot be had in the paper environment, by the name of what is missing.
#[must_use]
pub fn paper_lacks(language: Language, what: &str) -> Option<&'static str> {
    PAPER_LACKS.iter().find(|(name, ..)| *name == what).map(|(_, ko, en)| pick(language, ko, en))
}

/// Either of them in Korean, by what it is in English.
#[must_use]
pub fn paper_lack_in_korean(english: &str) -> Option<&'static str> {
    PAPER_LACKS.iter().chain(NEVER_HAD).find(|(_, _, en)| *en == english).map(|(_, ko, _)| *ko)
}

/// A reason that was given in English (of [`paper_lacks`], or of [`super::kept`]), in a person's language; anything else as
/// it is.
#[must_use]
pub fn lacking(language: Language, reason: &str) -> &str {
    match language {
        Language::Ko => paper_lack_in_korean(reason).or_else(|| super::kept::in_korean(reason)).unwrap_or(reason),
        Language::En => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_paper_lacks_is_said_in_the_persons_language() {
        assert_eq!(lacking(Language::Ko, "paper trading has no bonds"), "모의투자에서는 채권을 거래할 수 없습니다");
        assert_eq!(lacking(Language::En, "paper trading has no bonds"), "paper trading has no bonds");
        assert_eq!(lacking(Language::Ko, "KRX:005930 at sim"), "KRX:005930 at sim");
    }

    #[test]
    fn a_reason_says_what_it_means_and_keeps_the_brokers_words() {
        let told = "APBK0656: 해당종목정보가 없습니다.";
        assert_eq!(reason(Language::En, told), format!("no such symbol in this market ({told})"));
        assert_eq!(reason(Language::Ko, told), format!("이 시장에 없는 종목입니다 ({told})"));
        for other in ["-2010: Account has insufficient balance", "not sent: APBK0656: x", "", ": ", "APBK0656"] {
            assert_eq!(reason(Language::Ko, other), other);
        }
    }
}
