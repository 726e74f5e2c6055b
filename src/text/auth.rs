//! What is said about keys.

use super::{Language, pick};

/// A sentence about keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is its own English text")]
pub enum AuthSay<'a> {
    AskKey(&'a str),
    AskSecret(&'a str),
    AskPassphrase,
    AskNewPassphrase,
    AskPassphraseAgain,
    AskReplace { profile: &'a str, place: &'a str, key: &'a str },
    AskRemove { profile: &'a str, places: &'a str },
    NoKeyring(&'a str),
    KeyringUnseen(&'a str),
    Stored { profile: &'a str, place: &'a str },
    Shadowed(&'a str),
    Removed { profile: &'a str, place: &'a str },
    EnvironmentStays(&'a str),
    WorldUnknown,
    UnusualLength { what: &'a str, found: usize, usual: usize },
    BrokerNotAsked(&'a str),
}

impl AuthSay<'_> {
    /// The sentence.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Ko => self.korean(),
            Language::En => self.english(),
        }
    }

    fn korean(&self) -> String {
        match self {
            Self::AskKey(broker) => format!("{broker} 키 (화면에 보이지 않음): "),
            Self::AskSecret(broker) => format!("{broker} 시크릿 (화면에 보이지 않음): "),
            Self::AskPassphrase => "암호화 파일의 암호 문구: ".to_owned(),
            Self::AskNewPassphrase => "암호화 파일을 만듭니다. 새 암호 문구 (10자 이상): ".to_owned(),
            Self::AskPassphraseAgain => "한 번 더: ".to_owned(),
            Self::AskReplace { profile, place, key } => {
                format!("프로필 {profile} 의 키가 이미 {place}에 있습니다 ({key}). 바꿀까요? [y/N] ")
            }
            Self::AskRemove { profile, places } => format!("프로필 {profile} 의 키를 지울까요? {places} [y/N] "),
            Self::NoKeyring(reason) => format!("시스템 키링을 쓸 수 없어 암호화 파일에 둡니다: {reason}"),
            Self::KeyringUnseen(reason) => format!("주의: 시스템 키링 안을 볼 수 없었습니다: {reason}"),
            Self::Stored { profile, place } => format!("프로필 {profile} 의 키를 {place}에 두었습니다"),
            Self::Shadowed(place) => format!("주의: {place}에 있는 키가 먼저 쓰입니다"),
            Self::Removed { profile, place } => format!("프로필 {profile} 의 키를 {place}에서 지웠습니다"),
            Self::EnvironmentStays(prefix) => format!("환경변수 {prefix}_… 의 키는 그대로 있고 먼저 쓰입니다"),
            Self::WorldUnknown => {
                "환경변수의 키는 어느 세계의 것인지 알 수 없습니다. 모의와 실전을 직접 확인하세요".to_owned()
            }
            Self::UnusualLength { what, found, usual } => {
                let what = if *what == "key" { "키" } else { "시크릿" };
                format!("주의: {what} 길이가 {found}자입니다. 이 브로커의 것은 보통 {usual}자입니다")
            }
            Self::BrokerNotAsked(broker) => format!(
                "이 버전은 아직 {broker}에 물어볼 수 없습니다. 키를 받아들이는지, 무엇을 할 수 있는지는 확인하지 않았습니다"
            ),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::AskKey(broker) => format!("{broker} key (not shown): "),
            Self::AskSecret(broker) => format!("{broker} secret (not shown): "),
            Self::AskPassphrase => "Passphrase of the encrypted file: ".to_owned(),
            Self::AskNewPassphrase => {
                "The encrypted file will be made. New passphrase (at least 10 characters): ".to_owned()
            }
            Self::AskPassphraseAgain => "Once more: ".to_owned(),
            Self::AskReplace { profile, place, key } => {
                format!("The profile {profile} has a key in the {place} ({key}). Replace it? [y/N] ")
            }
            Self::AskRemove { profile, places } => format!("Forget the key of the profile {profile}? {places} [y/N] "),
            Self::NoKeyring(reason) => format!("no system keyring, so the encrypted file is used: {reason}"),
            Self::KeyringUnseen(reason) => format!("note: the system keyring could not be looked into: {reason}"),
            Self::Stored { profile, place } => format!("the key of the profile {profile} is in the {place}"),
            Self::Shadowed(place) => format!("note: the key in the {place} is used before it"),
            Self::Removed { profile, place } => format!("the key of the profile {profile} is gone from the {place}"),
            Self::EnvironmentStays(prefix) => {
                format!("the key in the environment ({prefix}_…) stays, and is used first")
            }
            Self::WorldUnknown => {
                "a key in the environment does not say for which world it is: see for yourself that it is the right one"
                    .to_owned()
            }
            Self::UnusualLength { what, found, usual } => {
                format!("note: the {what} has {found} characters; this broker's usually have {usual}")
            }
            Self::BrokerNotAsked(broker) => format!(
                "this version cannot ask {broker} yet: whether it takes the key, and what the key may do, is not checked"
            ),
        }
    }
}

/// What is wrong with a key or a key file, in Korean, by its name.
#[must_use]
pub(super) fn korean_fault(name: &str) -> &str {
    match name {
        "empty" => "비어 있습니다",
        "short" => "키라기에는 너무 짧습니다",
        "long" => "키라기에는 너무 깁니다",
        "characters" => "공백, 줄바꿈, 또는 키에 쓰이지 않는 글자가 있습니다",
        "same" => "키와 시크릿이 같습니다",
        "no_text" => "글자로 읽을 수 없습니다",
        "no_pem" => "-----BEGIN PRIVATE KEY----- 로 시작하지 않습니다",
        "rsa" => "RSA 키는 쓰지 않습니다. Ed25519 키를 만드세요",
        "encrypted" => "암호화된 키입니다. 푼 키를 주세요. 호가가 직접 암호화해 둡니다",
        "public" => "공개키입니다. 개인키가 필요합니다",
        "not_ed25519" => "Ed25519 개인키가 아닙니다",
        "absent" => "이 컴퓨터에 없습니다",
        "silent" => "응답이 없습니다. 잠겨 있을 수 있습니다",
        "refused" => "키링이 거절했습니다",
        other => other,
    }
}

/// What a place of keys is called in a sentence.
#[must_use]
pub const fn place(language: Language, in_keyring: Option<bool>) -> &'static str {
    match in_keyring {
        Some(true) => pick(language, "시스템 키링", "system keyring"),
        Some(false) => pick(language, "암호화 파일", "encrypted file"),
        None => pick(language, "환경변수", "environment"),
    }
}
