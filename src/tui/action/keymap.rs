//! Which key asks for what: the table's own bindings, changed by the config.

use std::collections::HashMap;

use super::chord::{Chord, ChordError, Key};
use super::{Action, Context, TABLE};

/// Two actions on one chord in one context.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{chord} is both {first} and {second}")]
pub struct Conflict {
    /// The chord.
    pub chord: String,
    /// Who had it.
    pub first: &'static str,
    /// Who wants it.
    pub second: &'static str,
}

/// What is wrong with a line of the `[keys]` table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No action is called that.
    #[error("no action is called '{name}'{}", nearest_text(.nearest.as_deref()))]
    UnknownAction {
        /// What was written.
        name: String,
        /// What may be meant.
        nearest: Option<String>,
    },
    /// Not a chord.
    #[error(transparent)]
    Chord(#[from] ChordError),
    /// Two actions on one chord.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The kill switch must stay reachable.
    #[error("the kill switch needs a key with ctrl, or one from f1 to f12: it must work in text fields too")]
    KillKey,
}

fn nearest_text(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; is '{name}' meant?")).unwrap_or_default()
}

/// What keys mean so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// An action.
    Action(Action),
    /// The first key of a chord of two.
    Prefix,
    /// Nothing.
    Nothing,
}

/// Chords to actions, by context.
#[derive(Debug, Clone)]
pub struct Keymap {
    bound: HashMap<(Context, Chord), Action>,
    prefixes: HashMap<(Context, Key), ()>,
    shown: HashMap<Action, Vec<Chord>>,
}

impl Keymap {
    /// The bindings of the table.
    #[must_use]
    pub fn standard() -> Self {
        // The table is held to be free of errors by a test.
        Self::with(&[]).unwrap_or_else(|_| Self {
            bound: HashMap::new(),
            prefixes: HashMap::new(),
            shown: HashMap::new(),
        })
    }

    /// The bindings of the table, those of the named actions replaced.
    ///
    /// # Errors
    /// A name is no action, a text is no chord, or a chord has two meanings in one context; with which.
    pub fn with(changes: &[(String, Vec<String>)]) -> Result<Self, KeyError> {
        for (name, _) in changes {
            if Action::named(name).is_none() {
                let names = TABLE.iter().map(|entry| entry.name);
                let nearest = crate::config::nearest::nearest(name, names).map(str::to_owned);
                return Err(KeyError::UnknownAction { name: name.clone(), nearest });
            }
        }
        let mut map = Self { bound: HashMap::new(), prefixes: HashMap::new(), shown: HashMap::new() };
        for entry in TABLE {
            let change = changes.iter().rev().find(|(name, _)| name == entry.name);
            let chords: Vec<(Context, Chord)> = match change {
                Some((_, chords)) => {
                    let context = entry.bindings.first().map_or(Context::Global, |(context, _)| *context);
                    let parse = |text: &String| text.parse().map(|chord| (context, chord));
                    chords.iter().map(parse).collect::<Result<_, ChordError>>()?
                }
                None => {
                    let parse = |(context, text): &(Context, &str)| text.parse().map(|chord| (*context, chord));
                    entry.bindings.iter().map(parse).collect::<Result<_, ChordError>>()?
                }
            };
            for (context, chord) in chords {
                map.bind(context, chord, entry.action)?;
            }
        }
        if !map.chords(Action::Kill).iter().any(is_unmistakable) {
            return Err(KeyError::KillKey);
        }
        Ok(map)
    }

    fn bind(&mut self, context: Context, chord: Chord, action: Action) -> Result<(), Conflict> {
        let conflict = |chord: &Chord, first: Action| Conflict {
            chord: chord.to_string(),
            first: first.entry().name,
            second: action.entry().name,
        };
        // A chord hides another that begins with it: that is two meanings as well.
        let clash = self.bound.iter().find(|((known, other), _)| {
            *known == context && (other.keys().starts_with(chord.keys()) || chord.keys().starts_with(other.keys()))
        });
        if let Some((_, first)) = clash {
            return Err(conflict(&chord, *first));
        }
        if let [first, _] = chord.keys() {
            self.prefixes.insert((context, *first), ());
        }
        self.shown.entry(action).or_default().push(chord.clone());
        self.bound.insert((context, chord), action);
        Ok(())
    }

    /// What these keys mean in these contexts, the most specific first.
    #[must_use]
    pub fn look(&self, contexts: &[Context], keys: &[Key]) -> Looked {
        for context in contexts {
            let chord = self.bound.iter().find(|((known, chord), _)| known == context && chord.keys() == keys);
            if let Some((_, action)) = chord {
                return Looked::Action(*action);
            }
            if let [first] = keys
                && self.prefixes.contains_key(&(*context, *first))
            {
                return Looked::Prefix;
            }
        }
        Looked::Nothing
    }

    /// Chords of an action, the one to show first.
    #[must_use]
    pub fn chords(&self, action: Action) -> &[Chord] {
        self.shown.get(&action).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A key that no text field takes for a letter.
fn is_unmistakable(chord: &Chord) -> bool {
    chord.keys().first().is_some_and(|key| key.control || matches!(key.code, crossterm::event::KeyCode::F(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(name: &str, chords: &[&str]) -> Result<Keymap, KeyError> {
        Keymap::with(&[(name.to_owned(), chords.iter().map(|chord| (*chord).to_owned()).collect())])
    }

    #[test]
    fn the_table_gives_each_chord_one_meaning_in_each_context() {
        Keymap::with(&[]).unwrap();
    }

    #[test]
    fn a_conflict_in_the_config_names_both() {
        let error = changed("help", &["q"]).unwrap_err().to_string();
        assert!(error.contains("help") && error.contains("quit") && error.contains('q'), "{error}");
        let error = changed("top", &["q x"]).unwrap_err().to_string();
        assert!(error.contains("quit") && error.contains("top"), "a prefix of a chord is taken too: {error}");
    }

    #[test]
    fn a_key_can_move_and_its_old_place_is_free() {
        let map = changed("quit", &["Q"]).unwrap();
        let key = |text: &str| [text.parse::<Key>().unwrap()];
        assert_eq!(map.look(&[Context::Global], &key("Q")), Looked::Action(Action::Quit));
        assert_eq!(map.look(&[Context::Global], &key("q")), Looked::Nothing);
    }

    #[test]
    fn an_unknown_action_gets_the_nearest_name() {
        let error = changed("quti", &["Q"]).unwrap_err().to_string();
        assert!(error.contains("'quit'"), "{error}");
    }

    #[test]
    fn the_kill_switch_cannot_be_taken_from_the_keyboard() {
        assert_eq!(changed("kill", &["K"]).unwrap_err(), KeyError::KillKey);
        assert_eq!(changed("kill", &[]).unwrap_err(), KeyError::KillKey);
    }

    #[test]
    fn a_letter_of_the_armed_ladder_hides_the_same_letter_elsewhere_only_there() {
        let map = Keymap::standard();
        let key = ["b".parse::<Key>().unwrap()];
        assert_eq!(map.look(&[Context::LadderArmed, Context::Global], &key), Looked::Action(Action::BuyHere));
        assert_eq!(map.look(&[Context::Global], &key), Looked::Action(Action::BuyTicket));
    }

    #[test]
    fn two_keys_make_a_chord() {
        let map = Keymap::standard();
        let g = "g".parse::<Key>().unwrap();
        assert_eq!(map.look(&[Context::Global], &[g]), Looked::Prefix);
        assert_eq!(map.look(&[Context::Global], &[g, g]), Looked::Action(Action::Top));
    }
}
