//! Why an order is not kept for the opening. Risk gives the reason in English, and people read it in their language.

type Pair = (&'static str, &'static str);

const RUNS: Pair = (
    "정규장이 진행 중입니다. 예약주문은 다음 장에 보내는 주문이니 장이 끝난 뒤에 내거나, 지금은 day로 내세요",
    "the session runs: a reserved order is for the next one, so send it after the close or use day",
);
const WATCHED: Pair = (
    "이 조건부 주문은 데스크가 지켜보는 주문이라 예약할 수 없습니다. day로 내세요",
    "the desk watches this type, and the broker keeps no such orders: use day",
);
const KIND: Pair = (
    "예약할 수 없는 주문입니다. 국내는 지정가·시장가·조건부지정가·장전 시간외, 미국은 지정가와 매도 MOO만 예약됩니다",
    "not kept: in Korea limit, market, conditional_limit and pre_open_close are, in the US limit and moo to sell",
);
const ROUTE: Pair = ("예약주문은 KRX로만 나갑니다", "a reserved order goes to krx only");

/// The session that it would wait for runs already.
pub const SESSION_RUNS: &str = RUNS.1;
/// The broker does not know the type: the desk watches it.
pub const DESK_WATCHES: &str = WATCHED.1;
/// The broker keeps other types there.
pub const OTHER_KINDS: &str = KIND.1;
/// It names another route than the one it goes by.
pub const OTHER_ROUTE: &str = ROUTE.1;

/// Any of them in Korean, by what it is in English.
#[must_use]
pub fn in_korean(english: &str) -> Option<&'static str> {
    [RUNS, WATCHED, KIND, ROUTE].into_iter().find(|(_, en)| *en == english).map(|(ko, _)| ko)
}
