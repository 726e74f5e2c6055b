//! What the broker's codes mean, and what follows from each.
//!
//! Three questions as everywhere: could it have happened, may it be tried again, what is a person told. For the last see
//! [`crate::text::kis`]. A code this table does not know is shown as it came; of an order it counts as refused only when
//! it comes from the order system, since the gateway's codes do not say whether the order had passed it.

use std::time::Duration;

use super::wire::{Envelope, Refusal};
use crate::broker::api::BrokerError;
use crate::text::clean::clean;

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
    /// The access token is not valid any more: drop it, get another, try once more. Nothing was done.
    Token,
    /// A token was asked for within a minute of the last one.
    TokenTooSoon,
    /// Key or secret is wrong.
    Key,
    /// The key, the customer or the address may not do this.
    NotAllowed,
    /// More requests in a second than this key may send. Nothing was done.
    TooMany,
    /// All customers together ask too much of the ledger. Nothing was done.
    LedgerBusy,
    /// Something inside the broker timed out or went astray: an order may have happened.
    Inside,
    /// Markets are closed, or do not take this now.
    Closed,
    /// Not enough money.
    Cash,
    /// Not enough shares.
    Shares,
    /// No such symbol.
    Symbol,
    /// Nothing of the order is left to modify or cancel.
    NothingLeft,
    /// This order type is not taken now.
    KindNotNow,
    /// The paper environment does not have this.
    PaperLacks,
    /// The account is not right.
    Account,
    /// hoga asked wrongly.
    Malformed,
    /// There is nothing to show: an empty list, no failure.
    Nothing,
    /// Not known.
    Other,
}

/// Every code that is known by itself; the rest by [`of_range`].
const TABLE: &[(&str, Meaning)] = &[
    ("EGW00001", Meaning::Inside),
    ("EGW00002", Meaning::Inside),
    ("EGW00003", Meaning::NotAllowed),
    ("EGW00004", Meaning::NotAllowed),
    ("EGW00103", Meaning::Key),
    ("EGW00105", Meaning::Key),
    // It also speaks of something that has ended, but of the sign-in by code, not of the token.
    ("EGW00120", Meaning::Malformed),
    ("EGW00121", Meaning::Token),
    ("EGW00122", Meaning::Token),
    ("EGW00123", Meaning::Token),
    ("EGW00124", Meaning::NotAllowed),
    ("EGW00125", Meaning::NotAllowed),
    ("EGW00126", Meaning::NotAllowed),
    ("EGW00131", Meaning::Malformed),
    ("EGW00132", Meaning::Malformed),
    ("EGW00133", Meaning::TokenTooSoon),
    ("EGW00201", Meaning::TooMany),
    ("EGW00202", Meaning::Inside),
    ("EGW00203", Meaning::Inside),
    ("EGW00205", Meaning::Malformed),
    ("EGW00206", Meaning::NotAllowed),
    ("EGW00207", Meaning::NotAllowed),
    ("EGW00208", Meaning::Malformed),
    ("EGW00209", Meaning::Malformed),
    ("EGW00210", Meaning::NotAllowed),
    ("EGW00213", Meaning::PaperLacks),
    ("EGW00215", Meaning::LedgerBusy),
    ("EGW00300", Meaning::Inside),
    ("EGW00301", Meaning::Inside),
    ("EGW00302", Meaning::Inside),
    ("EGW00303", Meaning::NotAllowed),
    ("EGW00304", Meaning::Key),
    ("EGW02006", Meaning::PaperLacks),
    ("OPSQ0002", Meaning::Malformed),
    ("OPSQ1002", Meaning::Inside),
    ("OPSQ2000", Meaning::Account),
    ("OPSQ2001", Meaning::Malformed),
    ("OPSQ2002", Meaning::Malformed),
    ("APBK0400", Meaning::Shares),
    ("APBK0656", Meaning::Symbol),
    // It says "the market's day is another", not that money lacks, whatever lists on the web say.
    ("APBK0919", Meaning::Closed),
    ("APBK0952", Meaning::Cash),
    ("APBK1664", Meaning::Closed),
    ("APAM3099", Meaning::Closed),
    ("APBK1943", Meaning::KindNotNow),
    ("APBK3013", Meaning::KindNotNow),
    ("IGW00007", Meaning::Malformed),
    ("IGW00009", Meaning::Malformed),
    ("40100000", Meaning::Closed),
    ("40570000", Meaning::Closed),
    ("40580000", Meaning::Closed),
    ("40330000", Meaning::NothingLeft),
    ("70070000", Meaning::Nothing),
    ("KIOK0560", Meaning::Nothing),
];

impl Meaning {
    /// What a code means. Only `APBK0918`, which stands for several reasons, is told apart by its text.
    #[must_use]
    pub fn of(code: &str, text: &str) -> Self {
        if code == "APBK0918" {
            return of_order_refusal(text);
        }
        let known = TABLE.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning);
        known.or_else(|| of_range(code)).unwrap_or(Self::Other)
    }
}

fn of_range(code: &str) -> Option<Meaning> {
    let number: u32 = code.get(3..)?.trim_start_matches('Q').parse().ok()?;
    match (code.get(..3)?, number) {
        ("EGW", 101..=119) => Some(Meaning::Malformed),
        ("OPS", 1..=11) => Some(Meaning::Inside),
        ("OPS", 9_995..=9_999) => Some(Meaning::Malformed),
        _ => None,
    }
}

/// `APBK0918` by its words.
fn of_order_refusal(text: &str) -> Meaning {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["장운영시간", "매매 불가", "매매불가", "거래시간"]) {
        return Meaning::Closed;
    }
    if has(&["부족"]) && has(&["주문가능금액", "예수금", "현금"]) {
        return Meaning::Cash;
    }
    if has(&["부족"]) && has(&["매도가능", "보유수량", "잔고"]) {
        return Meaning::Shares;
    }
    Meaning::Other
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To know something: asking again does no harm.
    Read,
    /// An order, a modification or a cancel: never asked twice.
    Order,
}

/// How long the broker wants nothing to come after its own limit was passed.
const OWN_LIMIT_PAUSE: Duration = Duration::from_secs(1);
/// The same while its ledger is busy with everybody.
const LEDGER_PAUSE: Duration = Duration::from_secs(2);
/// The same between two tokens.
const TOKEN_PAUSE: Duration = Duration::from_secs(61);

/// The error that a refusal is.
#[must_use]
pub fn error(refusal: &Refusal, purpose: Purpose) -> BrokerError {
    let said = || format!("{} {}", refusal.code, refusal.text);
    let refused = || BrokerError::Refused { code: refusal.code.to_string(), text: refusal.text.to_string() };
    match Meaning::of(&refusal.code, &refusal.text) {
        Meaning::Token | Meaning::Key | Meaning::NotAllowed => BrokerError::Unauthorized(said()),
        Meaning::TokenTooSoon => BrokerError::Throttled { retry_after: TOKEN_PAUSE },
        Meaning::TooMany => BrokerError::Throttled { retry_after: OWN_LIMIT_PAUSE },
        Meaning::LedgerBusy => BrokerError::Throttled { retry_after: LEDGER_PAUSE },
        Meaning::Inside => lost(purpose, said()),
        Meaning::PaperLacks => BrokerError::Unsupported("the paper environment of KIS does not have this"),
        Meaning::Symbol | Meaning::Nothing if purpose == Purpose::Read => BrokerError::NotFound(said()),
        Meaning::Other
            if purpose == Purpose::Order && !refusal.code.starts_with("APBK") && !is_paper(&refusal.code) =>
        {
            BrokerError::Unknown(said())
        }
        _ => refused(),
    }
}

/// Whether a code is of the paper environment's order system: eight digits.
fn is_paper(code: &str) -> bool {
    code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// No answer that says what happened: of an order nobody knows, a question is asked again.
fn lost(purpose: Purpose, what: String) -> BrokerError {
    match purpose {
        Purpose::Order => BrokerError::Unknown(what),
        Purpose::Read => BrokerError::NotSent(what),
    }
}

/// The reply in a body, or what its failure means. The body is read before the status: refusals of the gateway come with
/// 500 and hold their code.
///
/// # Errors
/// The broker's refusal, or that nothing is known.
pub fn judge<'a>(
    what: &'static str,
    status: u16,
    body: &'a [u8],
    purpose: Purpose,
) -> Result<Envelope<'a>, BrokerError> {
    let Ok(envelope) = Envelope::parse(what, body) else {
        return Err(lost(purpose, format!("{what}: no readable reply, HTTP status {status}")));
    };
    match envelope.outcome() {
        Ok(()) => Ok(envelope),
        // An empty list, told as a failure.
        Err(Some(refusal)) if Meaning::of(&refusal.code, "") == Meaning::Nothing && purpose == Purpose::Read => {
            Ok(envelope)
        }
        Err(Some(refusal)) => Err(error(&refusal, purpose)),
        Err(None) if (200..300).contains(&status) && purpose == Purpose::Read => Ok(envelope),
        Err(None) => {
            let text = clean(envelope.message()).into_owned();
            Err(lost(purpose, format!("{what}: HTTP status {status} {text}").trim_end().to_owned()))
        }
    }
}

/// Every code that has a meaning of its own, for the texts that must not lack one.
pub fn known() -> impl Iterator<Item = (&'static str, Meaning)> {
    TABLE.iter().copied().chain([("APBK0918", Meaning::Closed)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: &str, text: &str) -> Refusal {
        Refusal { code: super::super::wire::Text::new(code), text: super::super::wire::Text::new(text) }
    }

    #[test]
    fn trap_6_a_token_is_judged_by_its_code_and_not_by_its_words() {
        assert_eq!(Meaning::of("EGW00123", "기간이 만료된 token 입니다."), Meaning::Token);
        assert_eq!(Meaning::of("EGW00120", "만료된 code 입니다."), Meaning::Malformed);
    }

    #[test]
    fn one_code_for_many_reasons_is_told_apart_by_its_words() {
        for (text, meaning) in [
            ("장운영시간이 아닙니다.", Meaning::Closed),
            ("매매 불가 종목", Meaning::Closed),
            ("주문가능금액이 부족합니다", Meaning::Cash),
            ("매도가능수량이 부족합니다", Meaning::Shares),
            ("그 밖의 일", Meaning::Other),
        ] {
            assert_eq!(Meaning::of("APBK0918", text), meaning, "{text}");
        }
    }

    #[test]
    fn trap_4_what_went_astray_inside_is_asked_about_and_never_sent_again() {
        let timeout = refusal("EGW00302", "거래시간이 초과되었습니다. 직전 거래를 반드시 확인하세요.");
        assert!(error(&timeout, Purpose::Order).may_have_happened());
        assert!(error(&timeout, Purpose::Read).is_retryable());
        // What the gateway says and nobody knows does not prove that the order stayed outside.
        assert!(error(&refusal("EGW99999", "?"), Purpose::Order).may_have_happened());
        assert!(!error(&refusal("APBK9999", "?"), Purpose::Order).may_have_happened());
        assert!(!error(&refusal("40910000", "?"), Purpose::Order).may_have_happened());
        for body in [&b""[..], b"<html>", b"{\"rt_cd\":", b"[]", b"{}", b"null"] {
            for status in [200, 500, 502] {
                let lost = judge("an order", status, body, Purpose::Order).err().unwrap();
                assert!(lost.may_have_happened(), "{status} {lost:?}");
            }
        }
    }

    #[test]
    fn limits_are_waited_for() {
        for (code, seconds) in [("EGW00201", 1), ("EGW00215", 2), ("EGW00133", 61)] {
            let expected = BrokerError::Throttled { retry_after: Duration::from_secs(seconds) };
            assert_eq!(error(&refusal(code, ""), Purpose::Order), expected);
        }
    }

    #[test]
    fn every_code_has_a_sentence_in_both_languages() {
        for (code, _) in known().chain([("OPSQ0007", Meaning::Inside), ("EGW00117", Meaning::Malformed)]) {
            for language in [crate::text::Language::Ko, crate::text::Language::En] {
                let sentence = crate::text::kis::code(language, code);
                assert!(sentence.is_some_and(|sentence| !sentence.is_empty()), "{code}");
            }
        }
    }
}
