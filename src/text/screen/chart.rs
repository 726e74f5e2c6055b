//! The chart.

use super::texts;
use crate::text::Language;

texts! {
    /// What the chart says.
    Chart {
        NoSymbol: "종목이 없습니다. / 로 찾으세요", "no symbol: press / to find one";
        Asking: "봉을 불러오는 중", "asking for candles";
        NoCandles: "아직 봉이 없습니다", "no candles yet";
        FromPrints: "체결로만 그린 봉입니다", "drawn from prints alone";
        Open: "시", "O";
        High: "고", "H";
        Low: "저", "L";
        Close: "종", "C";
        Volume: "량", "V";
        FromLast: "현재가 대비", "from last";
        Average: "평단", "avg";
        Stop: "스톱", "stop";
        Trail: "추적", "trail";
        Log: "로그", "log";
        Averaged: "평균봉", "Heikin-Ashi";
        Line: "라인", "line";
        Candles: "봉", "candles";
        CloseIn: "마감까지", "closes in";
        SetCrosshair: "방향키로 십자선을 옮긴 뒤 다시 누르세요", "move the crosshair with the arrows, then press again";
        SecondEnd: "다른 끝에서 다시 누르세요 (Esc 취소)", "press again at the other end (Esc drops it)";
        NoDrawing: "지울 그림이 없습니다", "there is no drawing to remove";
        Removed: "그림을 지웠습니다", "drawing removed";
        Drawn: "그렸습니다", "drawn";
        LinesRemoved: "수평선을 지웠습니다", "horizontal lines removed";
        Cleared: "보조지표를 모두 지웠습니다", "indicators cleared";
        TooManyOverlays: "차트 위 보조지표는 6개까지입니다. :ind rm 으로 지우세요",
            "at most 6 indicators over the candles; remove one with :ind rm";
        TooManyStrips: "아래 보조지표는 3개까지입니다. :ind rm 으로 지우세요",
            "at most 3 indicators below the candles; remove one with :ind rm";
        NoIndicators: "보조지표가 없습니다", "there are no indicators";
        LogOn: "로그 눈금", "log scale";
        LogOff: "일반 눈금", "linear scale";
        IndUsage: "ind ema 20 · ind rm ema · ind clear · ind list", "ind ema 20 - ind rm ema - ind clear - ind list";
        TypeUsage: "type candles · type line · type heikin", "type candles - type line - type heikin";
        LineUsage: "line 71000 · line rm", "line 71000 - line rm";
        NeedsCandles: "봉이 있어야 합니다", "there must be candles first";
    }
}

/// There is no such word.
#[must_use]
pub fn unknown(language: Language, word: &str, nearest: Option<&str>) -> String {
    match (language, nearest) {
        (Language::Ko, Some(near)) => format!("'{word}' 은(는) 없습니다. '{near}' 인가요?"),
        (Language::Ko, None) => format!("'{word}' 은(는) 없습니다"),
        (Language::En, Some(near)) => format!("there is no '{word}'; did you mean '{near}'?"),
        (Language::En, None) => format!("there is no '{word}'"),
    }
}

/// A text that is no price.
#[must_use]
pub fn no_price(language: Language, word: &str) -> String {
    match language {
        Language::Ko => format!("'{word}' 은(는) 가격이 아닙니다"),
        Language::En => format!("'{word}' is no price"),
    }
}

/// An indicator was added.
#[must_use]
pub fn added(language: Language, label: &str) -> String {
    match language {
        Language::Ko => format!("{label} 을(를) 그립니다"),
        Language::En => format!("{label} is drawn"),
    }
}

/// An indicator is there already.
#[must_use]
pub fn there_already(language: Language, label: &str) -> String {
    match language {
        Language::Ko => format!("{label} 은(는) 이미 있습니다"),
        Language::En => format!("{label} is drawn already"),
    }
}

/// Indicators were removed.
#[must_use]
pub fn removed(language: Language, labels: &str) -> String {
    match language {
        Language::Ko => format!("{labels} 을(를) 지웠습니다"),
        Language::En => format!("{labels} removed"),
    }
}

/// Why a text names no indicator.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs, reason = "each is its own English text")]
pub enum WrongIndicator<'a> {
    Empty,
    Unknown { name: &'a str, nearest: Option<&'a str> },
    TooMany { indicator: &'a str, max: usize, given: usize },
    NotANumber { indicator: &'a str, parameter: &'a str, text: &'a str },
    NotWhole { indicator: &'a str, parameter: &'a str, value: f64 },
    OutOfRange { indicator: &'a str, parameter: &'a str, min: f64, max: f64, value: f64 },
}

/// Why a text names no indicator, in Korean; in English the error says it itself.
#[must_use]
pub fn wrong_indicator(error: WrongIndicator<'_>) -> String {
    match error {
        WrongIndicator::Empty => "보조지표는 'ema 20' 처럼 이름과 숫자로 씁니다".to_owned(),
        WrongIndicator::Unknown { name, nearest } => unknown(Language::Ko, name, nearest),
        WrongIndicator::TooMany { indicator, max, given } => {
            format!("{indicator} 에는 숫자가 {max}개까지입니다 ({given}개를 썼습니다)")
        }
        WrongIndicator::NotANumber { indicator, parameter, text } => {
            format!("{indicator} 의 {parameter} 은(는) 숫자여야 합니다: '{text}'")
        }
        WrongIndicator::NotWhole { indicator, parameter, value } => {
            format!("{indicator} 의 {parameter} 은(는) 정수여야 합니다: {value}")
        }
        WrongIndicator::OutOfRange { indicator, parameter, min, max, value } => {
            format!("{indicator} 의 {parameter} 은(는) {min}~{max} 이어야 합니다: {value}")
        }
    }
}
