//! The `[keys]` table: keys of the user's own. Which actions there are, and what a chord is, the screen knows.

use serde::Serialize;
use toml::de::DeValue;

use super::setting::{Refused, Setting, quoted};

/// Chords of one action, as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyBinding {
    /// The action's name.
    pub action: String,
    /// In the order written; none takes the action's keys away.
    pub chords: Vec<String>,
    /// Where it is written, from 1.
    pub line: usize,
}

/// Longest chord, in characters.
const CHORD_MAX: usize = 32;

/// Most chords of one action.
const CHORDS_MAX: usize = 8;

/// One chord or several.
pub(super) struct Chords(pub Vec<String>);

impl Setting for Chords {
    fn expected() -> String {
        "a key such as \"ctrl-k\", or a list of keys".into()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, Refused> {
        let chords: Vec<&DeValue<'_>> = match value {
            DeValue::Array(list) => list.iter().map(toml::Spanned::get_ref).collect(),
            one => vec![one],
        };
        if chords.len() > CHORDS_MAX {
            return Err(Refused::Value(format!("an action has at most {CHORDS_MAX} keys")));
        }
        chords.into_iter().map(chord).collect::<Result<_, _>>().map(Self)
    }

    fn write(&self) -> Option<String> {
        if let [one] = self.0.as_slice() {
            return Some(quoted(one));
        }
        let chords: Vec<String> = self.0.iter().map(|chord| quoted(chord)).collect();
        Some(format!("[{}]", chords.join(", ")))
    }
}

fn chord(value: &DeValue<'_>) -> Result<String, Refused> {
    let text = value.as_str().ok_or_else(|| Refused::Type("; each key is text in quotes".into()))?;
    if text.is_empty() {
        return Err(Refused::Value("\"\" is no key; [] takes the action's keys away".into()));
    }
    if text.chars().count() > CHORD_MAX || text.chars().any(char::is_control) {
        return Err(Refused::Value(format!("a key is named in at most {CHORD_MAX} printable characters")));
    }
    Ok(text.to_owned())
}
