//! Notices: what a session with the broker KIS and the desk itself have to say beside orders and prices. The words of other
//! brokers stay as they said them.

use super::{Form, term};

/// Without the name of the trading program no execution notice can be asked for.
pub const NO_HTS_ID: Form = Form::new(
    "profile {} has no hts_id: fills are seen by asking every few seconds; with it KIS tells them at once",
    "프로필 {0}에 hts_id가 없습니다: 체결을 몇 초마다 조회해서 압니다. hts_id를 넣으면 KIS가 바로 알려 줍니다",
);
/// The broker does not give execution notices.
pub const NOTICES_REFUSED: Form = Form::new(
    "KIS refuses execution notices: {}; orders are asked for instead",
    "KIS가 체결통보를 거부합니다: {0}. 대신 주문을 조회합니다",
);
/// The key's one connection is somebody else's.
pub const KEY_IN_USE: Form = Form::new(
    "another program uses this app key for live data: end one of them, for KIS allows one connection",
    "다른 프로그램이 이 앱키로 실시간 시세를 받고 있습니다: KIS는 연결을 하나만 허용하므로 하나를 끝내세요",
);
/// The broker does not list bonds.
pub const NO_BONDS: Form = Form::new(
    "KIS lists no bonds ({}): they are left out until one is traded",
    "KIS가 채권을 조회해 주지 않습니다 ({0}): 채권을 거래할 때까지 빼 둡니다",
);
/// A symbol file could not be had, and there is an older one.
pub const OLD_SYMBOL_FILE: Form = Form::new(
    "KIS symbol file {} was not read ({}): the one before stays in use",
    "KIS 종목 파일 {0}을(를) 읽지 못했습니다 ({1}): 이전 파일을 계속 씁니다",
);
/// A symbol file could not be had, and there is none.
pub const NO_SYMBOL_FILE: Form = Form::new(
    "KIS symbol file {} was not read ({}): few symbols are known",
    "KIS 종목 파일 {0}을(를) 읽지 못했습니다 ({1}): 아는 종목이 적습니다",
);
/// The broker has a trading day where the calendar has none.
pub const OPEN_TODAY: Form = Form::new(
    "KIS says that the Korean market is open today ({}), other than hoga's calendar: KIS is followed",
    "KIS에 따르면 오늘({0}) 국내 시장이 열립니다. hoga의 달력과 다르며, KIS를 따릅니다",
);
/// The broker has none where the calendar has a trading day.
pub const CLOSED_TODAY: Form = Form::new(
    "KIS says that the Korean market is closed today ({}), other than hoga's calendar: KIS is followed",
    "KIS에 따르면 오늘({0}) 국내 시장이 쉽니다. hoga의 달력과 다르며, KIS를 따릅니다",
);

/// Every notice of a fixed form.
const FORMS: &[Form] = &[
    NO_HTS_ID,
    NOTICES_REFUSED,
    KEY_IN_USE,
    NO_BONDS,
    OLD_SYMBOL_FILE,
    NO_SYMBOL_FILE,
    OPEN_TODAY,
    CLOSED_TODAY,
    Form::new("the exchange refused the cancel of {}", "거래소가 {0} 주문의 취소를 거부했습니다"),
    Form::new("the exchange refused the modification of {}", "거래소가 {0} 주문의 정정을 거부했습니다"),
    Form::new("no market data of {}: {}", "{0} 시세가 오지 않습니다: {1}"),
    Form::new("fill {} of {} is not of the order it names", "체결 {0} ({1})은(는) 그 주문번호의 주문과 맞지 않습니다"),
    Form::new(
        "commission of {} {} is not booked: no price is known",
        "수수료 {0} {1}을(를) 기장하지 않았습니다: 가격을 모릅니다",
    ),
    Form::new(
        "alert {} of the ledger cannot be read and is not watched: {}",
        "원장의 알림 {0}을(를) 읽을 수 없어 지켜보지 않습니다: {1}",
    ),
];

/// A notice in Korean; `None` for one that others wrote.
#[must_use]
pub fn korean(text: &str) -> Option<String> {
    FORMS.iter().find_map(|form| form.korean(text, |value| term::korean(value).unwrap_or(value).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_is_said_in_both_languages() {
        for form in FORMS {
            let english = form.english(&["KRX:005930", "EGW00123 (x)"]);
            let said = korean(&english).unwrap();
            assert!(!english.contains("{}") && !said.contains('{'), "{english}: {said}");
            assert!(said.chars().any(|letter| ('가'..='힣').contains(&letter)), "{said}");
            assert_eq!(said.contains("KRX:005930"), english.contains("KRX:005930"), "{said}");
            assert_eq!(said.contains("EGW00123 (x)"), english.contains("EGW00123 (x)"), "{said}");
        }
        let told = NO_HTS_ID.english(&["main"]);
        assert_eq!(
            korean(&told).as_deref(),
            Some(
                "프로필 main에 hts_id가 없습니다: 체결을 몇 초마다 조회해서 압니다. hts_id를 넣으면 KIS가 바로 알려 줍니다"
            )
        );
        assert_eq!(korean("maintenance at 23:00"), None);
    }
}
