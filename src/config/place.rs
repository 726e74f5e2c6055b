//! Places in a config: lines and columns for people, paths of tables.

use std::fmt;

use super::profile::environment_prefix;

/// Line and character column, both from 1, of a byte offset.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    (line, before.get(line_start..).unwrap_or_default().chars().count() + 1)
}

/// A table of the config.
#[derive(Debug, Clone, Default)]
pub(super) struct Place(Vec<String>);

impl Place {
    /// A table within this one.
    pub fn inner(&self, key: &str) -> Self {
        let mut path = self.0.clone();
        path.push(super::error::shown(key));
        Self(path)
    }

    /// Path of a key of this table.
    pub fn path(&self, key: &str) -> String {
        self.inner(key).0.join(".")
    }

    /// Header of this table in TOML; none for the top level. Only names that need no quotes get here.
    pub fn header(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.to_string())
    }

    /// What environment variables for this table's profile begin with.
    pub fn environment_prefix(&self) -> String {
        match self.0.as_slice() {
            [first, profile, ..] if first == "profiles" => environment_prefix(profile),
            _ => "HOGA_<PROFILE>".into(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("the top table") } else { write!(f, "[{}]", self.0.join(".")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters_from_one() {
        let text = "a = 1\n호가 = 2\n";
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, 6), (2, 1));
        assert_eq!(line_and_column(text, 13), (2, 4));
        assert_eq!(line_and_column(text, 7), (2, 1));
        assert_eq!(line_and_column(text, 9_999), (3, 1));
    }
}
