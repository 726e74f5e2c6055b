//! What `hoga doctor` finds, where it is more than a name or a number.

use super::{Language, pick};

/// A finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is its own English text")]
pub enum Finding {
    BuiltIn,
    NotMade,
    OthersLookIn,
    DeskNotRunning,
    DeskOther,
    DeskVersion,
    ClockEarly,
    ClockJumps,
    NoTerminal,
    Colours,
    NotUtf8,
    NoRoots,
    Differences,
    CureDisk,
    CureWindow,
    CureRoots,
}

impl Finding {
    /// The words.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        match self {
            Self::BuiltIn => pick(language, "파일 없음, 기본값", "no file, built-in values"),
            Self::NotMade => pick(language, "아직 없음", "not made yet"),
            Self::OthersLookIn => pick(language, "다른 사용자가 볼 수 있음", "others may look in"),
            Self::DeskNotRunning => pick(language, "꺼짐 (필요할 때 시작됨)", "not running; started when needed"),
            Self::DeskOther => {
                pick(language, "버전이 다르거나 믿을 수 없음", "of another version, or not to be trusted")
            }
            Self::DeskVersion => pick(language, "다른 버전", "another version"),
            Self::ClockEarly => pick(language, "2025년 이전", "before 2025"),
            Self::ClockJumps => pick(language, "시계가 튐", "jumps"),
            Self::NoTerminal => pick(language, "없음 (출력이 파이프)", "none (output is piped)"),
            Self::Colours => pick(language, "색", "colours"),
            Self::NotUtf8 => pick(language, "UTF-8 이 아님", "is not UTF-8"),
            Self::NoRoots => pick(language, "인증기관 인증서가 없음", "no certificates of authorities found"),
            Self::Differences => pick(language, "어긋난 곳", "differences"),
            Self::CureDisk => pick(language, "200 MiB 를 비우거나 --data-dir", "free 200 MiB, or use --data-dir"),
            Self::CureWindow => pick(language, "창을 80x24 이상으로", "make the window 80x24 or larger"),
            Self::CureRoots => pick(language, "ca-certificates 패키지 설치", "install the package ca-certificates"),
        }
    }
}
