//! A Rust file as the architecture test sees it: code without comments and strings, strings, and the paths it uses.

use std::ops::RangeInclusive;

/// One file, taken apart.
pub struct Source {
    /// Path from the root of the package.
    pub path: String,
    /// All of it.
    pub text: String,
    /// How many lines it has.
    pub lines: usize,
    /// Module it is, from the crate's root: `["market", "book"]`.
    pub module: Vec<String>,
    /// Strings, with the lines they begin at.
    pub literals: Vec<(usize, String)>,
    code: String,
    tests: Vec<RangeInclusive<usize>>,
    test_file: bool,
}

impl Source {
    /// Takes a file apart.
    pub fn read(path: &str, text: &str) -> Self {
        let (code, literals) = split(text);
        Self {
            path: path.to_owned(),
            lines: text.lines().count(),
            module: module_of(path),
            literals,
            tests: test_modules(&code),
            test_file: path.ends_with("tests.rs") || path.contains("/tests/"),
            code,
            text: text.to_owned(),
        }
    }

    /// Lines without comments and strings, numbered from 1.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(at, line)| (at + 1, line))
    }

    /// Whether a line is part of a test.
    pub fn is_test(&self, line: usize) -> bool {
        self.test_file || self.in_test_module(line)
    }

    fn in_test_module(&self, line: usize) -> bool {
        self.tests.iter().any(|lines| lines.contains(&line))
    }

    /// Paths into this crate, from its root, with their lines: `crate::`, `hoga::` and `super::` resolved, groups taken
    /// apart.
    pub fn paths(&self) -> Vec<(usize, Vec<String>)> {
        let mut found = Vec::new();
        let mut line = 1;
        let mut at = 0;
        while let Some(next) = self.code[at..].chars().next() {
            let fresh = !self.code[..at].ends_with(|last: char| last.is_alphanumeric() || "_:".contains(last));
            let rest = &self.code[at..];
            let base = if !fresh {
                None
            } else if let Some(rest) = rest.strip_prefix("crate::").or_else(|| rest.strip_prefix("hoga::")) {
                Some((Vec::new(), rest))
            } else {
                self.above(rest, line)
            };
            if let Some((base, rest)) = base {
                let mut paths = Vec::new();
                Tree { rest }.read(&base, &mut paths);
                found.extend(paths.into_iter().filter(|path| !path.is_empty()).map(|path| (line, path)));
            }
            line += usize::from(next == '\n');
            at += next.len_utf8();
        }
        found
    }

    /// Where `super::super::` leads.
    fn above<'a>(&self, text: &'a str, line: usize) -> Option<(Vec<String>, &'a str)> {
        let mut base = self.module.clone();
        if self.in_test_module(line) {
            base.push("tests".into());
        }
        let mut rest = text.strip_prefix("super::")?;
        base.pop();
        while let Some(further) = rest.strip_prefix("super::") {
            rest = further;
            base.pop();
        }
        Some((base, rest))
    }
}

/// Reads a path with groups: `a::b`, `a::{b, c::d}`.
struct Tree<'a> {
    rest: &'a str,
}

impl Tree<'_> {
    fn read(&mut self, base: &[String], paths: &mut Vec<Vec<String>>) {
        let mut path = base.to_vec();
        loop {
            self.rest = self.rest.trim_start();
            if let Some(inner) = self.rest.strip_prefix('{') {
                self.rest = inner;
                return self.group(&path, paths);
            }
            let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
            if end > 0 && &self.rest[..end] != "self" {
                path.push(self.rest[..end].to_owned());
            }
            self.rest = &self.rest[end..];
            match self.rest.trim_start().strip_prefix("::") {
                Some(further) if end > 0 => self.rest = further,
                _ => return paths.push(path),
            }
        }
    }

    fn group(&mut self, base: &[String], paths: &mut Vec<Vec<String>>) {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() {
                return;
            }
            if let Some(after) = self.rest.strip_prefix('}') {
                self.rest = after;
                return;
            }
            self.read(base, paths);
            let end = self.rest.find([',', '}']).unwrap_or(self.rest.len());
            self.rest = &self.rest[end..];
            self.rest = self.rest.strip_prefix(',').unwrap_or(self.rest);
        }
    }
}

fn module_of(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let inner = inner.strip_suffix(".rs").unwrap_or(inner);
    let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
    match module.last().map(String::as_str) {
        Some("mod" | "lib") => drop(module.pop()),
        // The binary is the topmost face.
        Some("main") if module.len() == 1 => module = vec!["cli".into()],
        _ => {}
    }
    module
}

/// Lines of modules behind `#[cfg(test)]` that are written out in the file.
fn test_modules(code: &str) -> Vec<RangeInclusive<usize>> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.trim_end() == "#[cfg(test)]") {
        let opens = lines.get(at + 1).is_some_and(|next| next.starts_with("mod ") && next.trim_end().ends_with('{'));
        if opens {
            let length = lines[at..].iter().position(|line| line.starts_with('}')).unwrap_or(lines.len() - at);
            found.push(at + 1..=at + 1 + length);
        }
    }
    found
}

/// The code with comments and contents of strings as blanks, line for line, and the strings.
fn split(text: &str) -> (String, Vec<(usize, String)>) {
    let mut reader = Reader { rest: text, line: 1, code: String::with_capacity(text.len()), literals: Vec::new() };
    while !reader.rest.is_empty() {
        reader.step();
    }
    (reader.code, reader.literals)
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    literals: Vec<(usize, String)>,
}

impl<'a> Reader<'a> {
    fn step(&mut self) {
        let in_word = self.code.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(comment_length(self.rest));
        } else if self.rest.starts_with('"') {
            self.literal(1, "\"", true);
        } else if let Some(hashes) = raw_string(self.rest).filter(|_| !in_word) {
            self.literal(self.rest.find('"').unwrap_or(0) + 1, &format!("\"{}", "#".repeat(hashes)), false);
        } else if let Some(length) = character_length(self.rest) {
            self.blank(length);
        } else {
            let next = self.take(self.rest.chars().next().map_or(0, char::len_utf8));
            self.code.push_str(next);
        }
    }

    fn literal(&mut self, opening: usize, end: &str, escapes: bool) {
        let line = self.line;
        self.blank(opening);
        let mut length = 0;
        while length < self.rest.len() && !self.rest[length..].starts_with(end) {
            let escaped = escapes && self.rest[length..].starts_with('\\');
            let skipped = self.rest[length..].chars().take(1 + usize::from(escaped)).map(char::len_utf8);
            length += skipped.sum::<usize>();
        }
        self.literals.push((line, self.rest[..length].to_owned()));
        self.blank((length + end.len()).min(self.rest.len()));
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn blank(&mut self, length: usize) {
        let taken = self.take(length);
        self.code.extend(taken.chars().map(|c| if c == '\n' { c } else { ' ' }));
    }
}

fn comment_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// How many `#` a raw string that begins here has.
fn raw_string(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    inner[hashes..].starts_with('"').then_some(hashes)
}

/// Length of a character literal that begins here; a lifetime is none.
fn character_length(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    let first = inner.chars().next()?;
    if first == '\\' {
        let after = 2 + inner.chars().nth(1)?.len_utf8();
        return Some(after + text[after..].find('\'')? + 1);
    }
    inner[first.len_utf8()..].starts_with('\'').then(|| first.len_utf8() + 2)
}
