//! Walks the tables of a config, sets values, and collects what is wrong and where values came from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Problem, ProblemKind, shown};
use super::nearest::nearest;
use super::place::{Place, line_and_column};
use super::schema::TABLES;
use super::setting::{Refused, Rules, Setting, SettingTable, type_name};

/// A file of nothing but mistakes need not be read to its end.
const PROBLEMS_MAX: usize = 100;

/// Words that a key holding a secret has in its name, without `_` and `-`.
const SECRET_WORDS: [&str; 8] =
    ["appkey", "apikey", "secret", "token", "password", "passwd", "passphrase", "privatekey"];

pub(super) struct Reader<'a> {
    text: &'a str,
    problems: Vec<Problem>,
    lines: BTreeMap<String, usize>,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, problems: Vec::new(), lines: BTreeMap::new() }
    }

    /// The problems, and the line of every key that was set.
    pub fn finish(self) -> (Vec<Problem>, BTreeMap<String, usize>) {
        (self.problems, self.lines)
    }

    pub fn problem_count(&self) -> usize {
        self.problems.len()
    }

    /// Line of a byte offset, from 1.
    pub fn line(&self, offset: usize) -> usize {
        line_and_column(self.text, offset).0
    }

    pub fn problem(&mut self, offset: usize, kind: ProblemKind) {
        if self.problems.len() < PROBLEMS_MAX {
            let (line, column) = line_and_column(self.text, offset);
            self.problems.push(Problem { line, column, kind });
        }
    }

    pub fn bad_value(&mut self, offset: usize, place: &Place, key: &str, reason: String) {
        self.problem(offset, ProblemKind::BadValue { key: shown(key), table: place.to_string(), reason });
    }

    pub fn wrong_type(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        place: &Place,
        key: &str,
        expected: String,
        hint: String,
    ) {
        let found = type_name(value.get_ref());
        let kind = ProblemKind::WrongType { key: shown(key), table: place.to_string(), expected, found, hint };
        self.problem(value.span().start, kind);
    }

    /// Sets every key of a table; keys in `tables` are left to the caller.
    pub fn fill<T: SettingTable + Rules>(
        &mut self,
        place: &Place,
        table: &DeTable<'_>,
        into: &mut T,
        tables: &[&'static str],
    ) {
        for (key, value) in table {
            let name = key.get_ref();
            match into.set(name, value.get_ref()) {
                Some(Ok(())) => self.came_from(place, key),
                Some(Err(refused)) => {
                    self.refused(place, name, value, T::expected(name).unwrap_or_default(), refused);
                }
                None if tables.contains(&name.as_ref()) => {}
                None => {
                    self.unknown_key(place, key, &[T::KEYS, tables].concat());
                    self.secrets_within(&place.inner(name), value.get_ref());
                }
            }
        }
        for (key, reason) in into.broken() {
            if let Some(value) = table.get(key) {
                self.bad_value(value.span().start, place, key, reason);
            }
        }
    }

    /// One value of a table whose keys are the user's.
    pub fn value<T: Setting>(
        &mut self,
        place: &Place,
        key: &Spanned<Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<T> {
        if is_secret(key.get_ref()) {
            self.secret(place, key);
            return None;
        }
        match T::read(value.get_ref()) {
            Ok(read) => {
                self.came_from(place, key);
                Some(read)
            }
            Err(refused) => {
                self.refused(place, key.get_ref(), value, T::expected(), refused);
                None
            }
        }
    }

    /// A table within a table, where it is one.
    pub fn table<'t, 'i>(
        &mut self,
        place: &Place,
        table: &'t DeTable<'i>,
        key: &str,
    ) -> Option<(Place, &'t DeTable<'i>)> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::Table(inner) => Some((place.inner(key), inner)),
            _ => {
                self.wrong_type(value, place, key, "a table".into(), String::new());
                None
            }
        }
    }

    pub fn unknown_key(&mut self, place: &Place, key: &Spanned<Cow<'_, str>>, known: &[&'static str]) {
        let name = key.get_ref();
        if is_secret(name) {
            self.secret(place, key);
            return;
        }
        let elsewhere = TABLES.iter().find(|(_, keys)| keys.contains(&name.as_ref())).map(|(table, _)| *table);
        let nearest = if elsewhere.is_some() { None } else { nearest(name, known.iter().copied()) };
        let kind = ProblemKind::UnknownKey {
            key: shown(name),
            table: place.to_string(),
            nearest: nearest.map(str::to_owned),
            elsewhere,
            known: known.iter().map(|key| (*key).to_owned()).collect(),
        };
        self.problem(key.span().start, kind);
    }

    fn came_from(&mut self, place: &Place, key: &Spanned<Cow<'_, str>>) {
        let (line, _) = line_and_column(self.text, key.span().start);
        self.lines.insert(place.path(key.get_ref()), line);
    }

    fn refused(&mut self, place: &Place, key: &str, value: &Spanned<DeValue<'_>>, expected: String, refused: Refused) {
        match refused {
            Refused::Type(hint) => self.wrong_type(value, place, key, expected, hint),
            Refused::Value(reason) => self.bad_value(value.span().start, place, key, reason),
            Refused::Choice { found, choices } => {
                let kind = ProblemKind::UnknownChoice { key: shown(key), table: place.to_string(), found, choices };
                self.problem(value.span().start, kind);
            }
        }
    }

    fn secret(&mut self, place: &Place, key: &Spanned<Cow<'_, str>>) {
        let kind = ProblemKind::Secret { key: shown(key.get_ref()), prefix: place.environment_prefix() };
        self.problem(key.span().start, kind);
    }

    /// A table nothing knows may still hold secrets, and its writer must hear of them.
    fn secrets_within(&mut self, place: &Place, value: &DeValue<'_>) {
        let DeValue::Table(table) = value else { return };
        for (key, value) in table {
            if is_secret(key.get_ref()) {
                self.secret(place, key);
            } else {
                self.secrets_within(&place.inner(key.get_ref()), value.get_ref());
            }
        }
    }
}

fn is_secret(key: &str) -> bool {
    let folded: String = key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    SECRET_WORDS.iter().any(|word| folded.contains(word))
}
