//! What can be wrong with a config, and where.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::nearest::nearest;

/// A config that cannot be used. Nothing of it is used then: half a config is not the user's.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the config {}: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is larger than any config.
    #[error("the config {} has more than {limit} bytes; is this the right file?", path.display())]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Most bytes read.
        limit: u64,
    },
    /// Anyone on this machine could raise limits or send orders elsewhere.
    #[error("every user of this machine can write to the config {file}; run: chmod o-w {file}", file = path.display())]
    WritableByOthers {
        /// Which file.
        path: PathBuf,
    },
    /// The text is wrong in one or more places.
    #[error(transparent)]
    Wrong(#[from] Problems),
}

/// Everything wrong with a config's text, top to bottom; prints one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The file, or another name of where the text came from.
    pub source_name: String,
    /// At least one.
    pub problems: Vec<Problem>,
}

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}:{}:{}: {}", self.source_name, problem.line, problem.column, problem.kind)?;
        }
        Ok(())
    }
}

/// One thing wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What.
    pub kind: ProblemKind,
}

/// What is wrong. Values are quoted only where they can be no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    /// No TOML.
    #[error("not TOML: {0}")]
    Syntax(String),
    /// A key nothing reads.
    #[error("unknown key '{key}' in {table}; {}", meant(nearest, elsewhere, known))]
    UnknownKey {
        /// The key.
        key: String,
        /// Its table, for people.
        table: String,
        /// The key of this table that was probably meant.
        nearest: Option<String>,
        /// The table that does have this key.
        elsewhere: Option<&'static str>,
        /// Every key of this table.
        known: Vec<String>,
    },
    /// A key that would hold a secret.
    #[error(
        "'{key}' looks like a secret, and secrets are never in the config: remove it here, and give keys as the \
         environment variables {prefix}_APP_KEY and {prefix}_APP_SECRET, or store them in the system keyring or the \
         encrypted file with `hoga auth add`; a key that was in a file others can read should be replaced at the broker"
    )]
    Secret {
        /// The key.
        key: String,
        /// `HOGA_` and the profile in upper case.
        prefix: String,
    },
    /// A value of another type.
    #[error("'{key}' in {table}: expected {expected}, found {found}{hint}")]
    WrongType {
        /// The key.
        key: String,
        /// Its table.
        table: String,
        /// What it takes.
        expected: String,
        /// What was there.
        found: &'static str,
        /// What to write, or nothing.
        hint: String,
    },
    /// A word that is none of the possible ones.
    #[error("'{key}' in {table}: '{found}' is none of {}{}", choices.join(", "), did_you_mean(found, choices))]
    UnknownChoice {
        /// The key.
        key: String,
        /// Its table.
        table: String,
        /// What was there.
        found: String,
        /// What may be there.
        choices: Vec<String>,
    },
    /// A value that makes no sense, or is not safe.
    #[error("'{key}' in {table}: {reason}")]
    BadValue {
        /// The key.
        key: String,
        /// Its table.
        table: String,
        /// Why.
        reason: String,
    },
    /// A key that must be there.
    #[error("{table} has no '{key}': {reason}")]
    Missing {
        /// The key.
        key: &'static str,
        /// The table.
        table: String,
        /// What to write.
        reason: String,
    },
}

fn meant(nearest: &Option<String>, elsewhere: &Option<&'static str>, known: &[String]) -> String {
    match (nearest, elsewhere) {
        (Some(key), _) => format!("did you mean '{key}'?"),
        (None, Some(table)) => format!("it belongs in {table}"),
        (None, None) => format!("it has: {}", known.join(", ")),
    }
}

fn did_you_mean(found: &str, choices: &[String]) -> String {
    nearest(found, choices.iter().map(String::as_str))
        .map(|word| format!("; did you mean '{word}'?"))
        .unwrap_or_default()
}

/// A profile that was asked for and is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no profile '{name}'; there are: {}{}", profiles.join(", "), did_you_mean(name, profiles))]
pub struct UnknownProfile {
    /// The name asked for, cut and without control characters.
    pub name: String,
    /// The profiles there are.
    pub profiles: Vec<String>,
}

/// Text of a file as it may be shown: cut, without control characters.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(48).collect()
}
