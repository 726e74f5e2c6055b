//! A command line that makes no sense, told like any other failure: exit status 2, JSON for those who asked for it.

use std::ffi::OsString;
use std::path::Path;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::output::write;
use super::{report, talk};
use crate::config::{Config, LanguageChoice, Paths, Surroundings};
use crate::desk::protocol::{Failure, FailureKind};
use crate::text::Language;
use crate::text::usage::Misuse;

/// What can be known of a command line before it is understood: how to complain about it.
#[derive(Debug, Clone, Copy)]
pub struct Early {
    /// Language of the complaint.
    pub language: Language,
    /// Whether it is for a script.
    pub json: bool,
}

impl Early {
    /// From the words as typed, and the variables.
    #[must_use]
    pub fn scan(words: &[OsString]) -> Self {
        let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).take_while(|word| *word != "--").collect();
        let value = |name: &str| {
            let joined = format!("{name}=");
            let after = words.iter().position(|word| *word == name).and_then(|at| words.get(at + 1));
            after.copied().or_else(|| words.iter().find_map(|word| word.strip_prefix(joined.as_str())))
        };
        let flag = match value("--lang") {
            Some("ko") => Some(super::arguments::LanguageName::Ko),
            Some("en") => Some(super::arguments::LanguageName::En),
            _ => None,
        };
        let variable = std::env::var("HOGA_FORMAT").ok();
        let format = value("--format").or(variable.as_deref());
        Self {
            language: super::context::language(flag, configured(value("--config"), value("--data-dir"))),
            json: words.contains(&"--json") || matches!(format, Some("json" | "jsonl")),
        }
    }
}

/// The language of the config; a config that is wrong has none to say.
fn configured(config: Option<&str>, data_dir: Option<&str>) -> LanguageChoice {
    Paths::resolve(config.map(Path::new), data_dir.map(Path::new), &Surroundings::of_system())
        .ok()
        .and_then(|paths| Config::load_if_there(&paths.config_file).ok())
        .map_or(LanguageChoice::Auto, |config| config.language)
}

/// Tells what is wrong, or prints the help or version asked for. Returns the exit status.
#[must_use]
pub fn tell(error: &Error, early: Early) -> u8 {
    if !error.use_stderr() {
        // Help and version are data; that nobody reads them is no error.
        let _ = write(&error.render().to_string());
        return 0;
    }
    let status = FailureKind::Usage.exit_status();
    if early.json {
        return report::tell(&failure(error, early.language), early.language, true);
    }
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    match early.language {
        Language::Ko if !is_help => report::tell(&failure(error, early.language), early.language, false),
        _ => {
            talk::line(error.render().to_string().trim_end());
            status
        }
    }
}

/// A wrong command line as a failure.
#[must_use]
pub fn failure(error: &Error, language: Language) -> Failure {
    let message = match language {
        Language::Ko => misuse(error).korean(),
        Language::En => first_words(error),
    };
    let mut failure = Failure::new(FailureKind::Usage, "USAGE", message.clone()).about(message);
    failure.hint = suggestion(error);
    failure
}

/// The parser's sentence, without its label, tips and usage.
fn first_words(error: &Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a command is missing".into();
    }
    let text = error.render().to_string();
    let text = text.split("\n\n").next().unwrap_or_default();
    let text = text.strip_prefix("error: ").unwrap_or(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn context(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) => Some(texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        ContextValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn suggestion(error: &Error) -> Option<String> {
    [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(|kind| context(error, kind))
        .filter(|text| !text.is_empty())
}

fn misuse(error: &Error) -> Misuse {
    let get = |kind| context(error, kind).unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidSubcommand => Misuse::Command(get(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => Misuse::Option(get(ContextKind::InvalidArg)),
        ErrorKind::InvalidValue => Misuse::Value {
            option: get(ContextKind::InvalidArg),
            value: get(ContextKind::InvalidValue),
            reason: get(ContextKind::ValidValue),
        },
        ErrorKind::ValueValidation => Misuse::Value {
            option: get(ContextKind::InvalidArg),
            value: get(ContextKind::InvalidValue),
            reason: std::error::Error::source(error).map(ToString::to_string).unwrap_or_default(),
        },
        ErrorKind::MissingRequiredArgument => Misuse::Missing(get(ContextKind::InvalidArg)),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Misuse::MissingCommand,
        ErrorKind::ArgumentConflict => Misuse::Conflict(get(ContextKind::InvalidArg), get(ContextKind::PriorArg)),
        _ => Misuse::Other(first_words(error)),
    }
}
