//! Words for the values of records: states, phases, types. Scripts see the names; people see these.

use super::{Language, pick};

/// What people call the value of that name; the name itself where there is no other word for it.
#[must_use]
pub fn term(language: Language, name: &str) -> &str {
    find(name).map_or(name, |(_, ko, en)| pick(language, ko, en))
}

/// The Korean word for a value.
#[must_use]
pub fn korean(name: &str) -> Option<&'static str> {
    find(name).map(|(_, ko, _)| *ko)
}

fn find(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    TERMS.iter().find(|(known, _, _)| *known == name)
}

/// `(name, Korean, English)`.
const TERMS: &[(&str, &str, &str)] = &[
    ("buy", "매수", "buy"),
    ("sell", "매도", "sell"),
    ("long", "매수", "long"),
    ("short", "매도(공매도)", "short"),
    ("closed", "장 마감", "closed"),
    ("opening_auction", "시가 동시호가", "opening auction"),
    ("continuous", "접속매매", "continuous"),
    ("closing_auction", "종가 동시호가", "closing auction"),
    ("volatility", "VI 단일가", "VI auction"),
    ("closing_price", "시간외종가", "closing price"),
    ("off_hours_auction", "시간외단일가", "off-hours auction"),
    ("pre_market", "프리마켓", "pre-market"),
    ("after_market", "애프터마켓", "after-market"),
    ("draft", "작성", "draft"),
    ("pending", "대기", "pending"),
    ("sent", "전송", "sent"),
    ("accepted", "접수", "accepted"),
    ("partially_filled", "일부체결", "partly filled"),
    ("filled", "체결", "filled"),
    ("canceled", "취소", "canceled"),
    ("rejected", "거부", "rejected"),
    ("expired", "만료", "expired"),
    ("unknown", "불명", "unknown"),
    ("limit", "지정가", "limit"),
    ("market", "시장가", "market"),
    ("stop", "스톱", "stop"),
    ("stop_limit", "스톱지정가", "stop limit"),
    ("trailing_stop", "추적스톱", "trailing stop"),
    ("take_profit", "익절", "take profit"),
    ("stop_loss", "손절", "stop loss"),
    ("conditional_limit", "조건부지정가", "conditional limit"),
    ("best_limit", "최유리지정가", "best limit"),
    ("priority_limit", "최우선지정가", "priority limit"),
    ("mid_price", "중간가", "midpoint"),
    ("pre_open_close", "장전 시간외", "pre-open close"),
    ("after_close", "장후 시간외", "after close"),
    ("day", "당일", "day"),
    ("gtc", "취소 시까지", "gtc"),
    ("ioc", "IOC", "ioc"),
    ("fok", "FOK", "fok"),
    ("post_only", "지정가 대기 전용", "post only"),
    ("active", "정상", "active"),
    ("reducing", "감소만 허용", "reducing"),
    ("halted", "정지", "halted"),
    ("virtual", "가상", "virtual"),
    ("VIRTUAL", "가상", "VIRTUAL"),
    ("paper", "모의", "paper"),
    ("PAPER", "모의", "PAPER"),
    ("live", "실전", "live"),
    ("LIVE", "실전", "LIVE"),
    ("replay", "재생", "replay"),
    ("REPLAY", "재생", "REPLAY"),
    ("up", "연결", "up"),
    ("down", "끊김", "down"),
    ("silent", "무응답", "silent"),
    ("connecting", "연결 중", "connecting"),
    ("entry", "진입", "entry"),
    ("oco", "OCO", "oco"),
    ("flatten", "청산", "flatten"),
    ("cancel", "취소 중", "cancel"),
    ("replace", "정정 중", "replace"),
    ("VENUE", "거래소", "VENUE"),
    ("DESK", "데스크", "DESK"),
    ("NOBODY", "없음", "NOBODY"),
    ("maker", "메이커", "maker"),
    ("taker", "테이커", "taker"),
    ("auction", "단일가", "auction"),
    ("krx_stock", "국내주식", "KRX stock"),
    ("krx_etf", "국내ETF", "KRX ETF"),
    ("foreign_stock", "해외주식", "foreign stock"),
    ("crypto_spot", "코인 현물", "crypto spot"),
    ("crypto_perpetual", "코인 무기한", "crypto perpetual"),
    ("screen", "화면", "screen"),
    ("cli", "명령줄", "cli"),
    ("desk", "데스크", "desk"),
    ("venue", "거래소", "venue"),
    ("BUY", "매수", "BUY"),
    ("SELL", "매도", "SELL"),
    ("DEPOSIT", "입금", "DEPOSIT"),
    ("WITHDRAW", "출금", "WITHDRAW"),
    ("WITHDRAWAL", "출금", "WITHDRAWAL"),
    ("FUNDING", "펀딩비", "FUNDING"),
    ("HALT", "정지", "HALT"),
    ("REDUCE", "감소만", "REDUCE"),
    ("RESUME", "재개", "RESUME"),
    ("KILL", "긴급정지", "KILL"),
    ("extra_order", "모르는 주문", "extra_order"),
    ("missing_order", "없는 주문", "missing_order"),
    ("position", "보유", "position"),
    ("cash", "현금", "cash"),
    ("true", "예", "yes"),
    ("false", "아니요", "no"),
];
