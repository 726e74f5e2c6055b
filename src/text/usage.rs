//! Wrong usage, in Korean. In English the parser's own words are shown.

/// What is wrong with a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misuse {
    /// No such command.
    Command(String),
    /// No such option, or a word too much.
    Option(String),
    /// A value that the option does not take.
    Value {
        /// The option.
        option: String,
        /// The value.
        value: String,
        /// Those it takes, or why not this one.
        reason: String,
    },
    /// Something that must be there.
    Missing(String),
    /// A command that needs another behind it.
    MissingCommand,
    /// Two that do not go together.
    Conflict(String, String),
    /// Anything else, in the parser's words.
    Other(String),
}

/// Why a value is not taken, in Korean where the reason is one of hoga's own; else as it is.
#[must_use]
pub fn korean_reason(reason: &str) -> &str {
    match reason {
        "a quantity must be above zero" => "수량은 0보다 커야 합니다",
        "a whole number above zero" => "0보다 큰 정수여야 합니다",
        "a time looks like 500ms, 5s or 2m" => "시간은 500ms, 5s, 2m 처럼 씁니다",
        "must be above zero and at most 24h" => "0보다 크고 24h 이하여야 합니다",
        "must be below 100%" => "100% 보다 작아야 합니다",
        other if other.ends_with("is not a decimal number") => "숫자가 아닙니다",
        other if other.ends_with("it must be above zero") => "0보다 커야 합니다",
        other if other.contains("is out of range") => "범위를 벗어난 수입니다",
        other => other,
    }
}

impl Misuse {
    /// The sentence.
    #[must_use]
    pub fn korean(&self) -> String {
        match self {
            Self::Command(name) => format!("'{name}' 명령은 없습니다"),
            Self::Option(name) => format!("'{name}' 은(는) 여기에 쓸 수 없습니다"),
            Self::Value { option, value, reason } if value.is_empty() => {
                format!("{option} 에 값이 필요합니다. {reason}")
            }
            Self::Value { option, value, reason } => {
                format!("{option} 에 '{value}' 은(는) 쓸 수 없습니다. {}", korean_reason(reason))
            }
            Self::Missing(what) => format!("필요한 것이 빠졌습니다: {what}"),
            Self::MissingCommand => "뒤에 명령이 더 필요합니다".into(),
            Self::Conflict(one, other) => format!("{one} 와(과) {other} 은(는) 함께 쓸 수 없습니다"),
            Self::Other(text) => format!("사용법이 잘못되었습니다: {text}"),
        }
    }
}
