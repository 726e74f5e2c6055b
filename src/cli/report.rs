//! Failures, told: one JSON object for scripts, a sentence and a hint for people.

use serde::Serialize;

use super::table::plain;
use super::talk;
use crate::desk::protocol::{BrokerText, Failure, FailureKind};
use crate::risk::Refusal;
use crate::text::{Language, Say, failure as catalogue, kis, refusal};

/// The keys of an error: a promise to scripts.
#[derive(Debug, Serialize)]
struct ErrorObject<'a> {
    code: &'a str,
    kind: FailureKind,
    message: String,
    retryable: bool,
    retry_after_ms: Option<u64>,
    hint: Option<&'a str>,
    client_id: Option<&'a str>,
    broker: Option<&'a BrokerText>,
    refusals: &'a [Refusal],
}

/// What a failure says in a language.
#[must_use]
pub fn message(failure: &Failure, language: Language) -> String {
    let said = match language {
        Language::Ko => catalogue::korean(&failure.code, &failure.arguments).unwrap_or_else(|| failure.message.clone()),
        Language::En => failure.message.clone(),
    };
    match failure.broker.as_ref().and_then(|broker| kis::code(language, &broker.code)) {
        Some(meaning) => format!("{said}: {meaning}"),
        None => said,
    }
}

/// Tells a failure on standard error and returns the exit status.
#[must_use]
pub fn tell(failure: &Failure, language: Language, json: bool) -> u8 {
    talk::line(&if json { as_json(failure, language) } else { for_people(failure, language) });
    failure.kind.exit_status()
}

fn as_json(failure: &Failure, language: Language) -> String {
    let object = ErrorObject {
        code: &failure.code,
        kind: failure.kind,
        message: message(failure, language),
        retryable: failure.retryable,
        retry_after_ms: failure.retry_after_ms,
        hint: failure.hint.as_deref(),
        client_id: failure.client_id.as_deref(),
        broker: failure.broker.as_ref(),
        refusals: &failure.refusals,
    };
    serde_json::to_string(&object).unwrap_or_else(|_| failure.code.clone())
}

/// As text, also for the file in which a desk that could not start says why.
#[must_use]
pub fn for_people(failure: &Failure, language: Language) -> String {
    let clean = |text: &str| text.lines().map(plain).collect::<Vec<_>>().join("\n");
    let sentence = match failure.refusals.as_slice() {
        [] => message(failure, language),
        _ => Say::RefusedByRisk.text(language),
    };
    let mut text = format!("{}: {}", Say::Error.text(language), clean(&sentence));
    for one in &failure.refusals {
        let line = refusal::line(language, &one.rule.name(), &one.value, &one.limit);
        text.push_str(&format!("\n  {}", plain(&line)));
    }
    if let Some(broker) = &failure.broker {
        text.push_str(&format!("\n  {} {}", plain(&broker.code), plain(&broker.text)));
    }
    if let Some(hint) = &failure.hint {
        text.push_str(&format!("\n{}: {}", Say::Hint.text(language), plain(hint)));
    }
    text
}
