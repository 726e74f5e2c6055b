//! A division of the screen as text, as a person writes it:
//!
//! ```text
//! beside(watchlist 38, above(chart *2, positions+orders), above(ladder, ticket 15) 46)
//! ```
//!
//! Panes joined by `+` share a place, the first is shown. A number is cells, `*2` two parts of what is left.

use std::fmt::Write as _;

use super::trouble::Trouble;
use super::{Share, Split};
use crate::text::screen::workspace::Workspace as Words;
use crate::tui::pane::PaneKind;

/// Longest layout, in bytes.
const TEXT_MAX: usize = 4_000;
/// Most divisions within each other.
const DEPTH_MAX: usize = 8;
/// Most cells of a part.
const CELLS_MAX: u16 = 500;
/// Most parts of a part.
const PARTS_MAX: u16 = 9;

/// Reads a layout.
///
/// # Errors
/// It is not understood, names a pane that is not there, or one twice.
pub fn read(text: &str) -> Result<Split, Trouble> {
    if text.len() > TEXT_MAX {
        return Err(Trouble::of(Words::TooLong));
    }
    let mut reader = Reader { rest: text.trim_start(), seen: Vec::new() };
    let split = reader.split(0)?;
    if reader.rest.is_empty() { Ok(split) } else { Err(reader.lost()) }
}

/// Writes a layout, such that [`read`] gives the same.
#[must_use]
pub fn write(split: &Split) -> String {
    let mut text = String::new();
    put(split, &mut text);
    text
}

fn put(split: &Split, text: &mut String) {
    let parts = match split {
        Split::Panes(_) | Split::Own(_) => {
            let names: Vec<&str> = split.panes().iter().map(|pane| pane.name()).collect();
            text.push_str(&names.join("+"));
            return;
        }
        Split::Beside(parts) => {
            text.push_str("beside(");
            parts
        }
        Split::Above(parts) => {
            text.push_str("above(");
            parts
        }
    };
    for (index, (share, part)) in parts.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        put(part, text);
        // Writing into a string cannot fail.
        let _ = match share {
            Share::Cells(cells) => write!(text, " {cells}"),
            Share::Parts(1) => Ok(()),
            Share::Parts(parts) => write!(text, " *{parts}"),
        };
    }
    text.push(')');
}

struct Reader<'a> {
    rest: &'a str,
    seen: Vec<PaneKind>,
}

impl<'a> Reader<'a> {
    fn lost(&self) -> Trouble {
        if self.rest.is_empty() {
            return Trouble::of(Words::Ends);
        }
        Trouble::about(Words::NotUnderstood, self.rest.chars().take(12).collect::<String>())
    }

    /// Takes a sign, and the blanks behind it.
    fn sign(&mut self, sign: char) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'a str {
        let end = self.rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn split(&mut self, depth: usize) -> Result<Split, Trouble> {
        if depth > DEPTH_MAX {
            return Err(Trouble::of(Words::TooDeep));
        }
        let before = self.rest;
        match self.word() {
            "" => {
                self.rest = before;
                Err(self.lost())
            }
            "beside" => Ok(Split::Beside(self.parts(depth)?)),
            "above" => Ok(Split::Above(self.parts(depth)?)),
            name => self.panes(name),
        }
    }

    fn parts(&mut self, depth: usize) -> Result<Vec<(Share, Split)>, Trouble> {
        if !self.sign('(') {
            return Err(self.lost());
        }
        let mut parts = Vec::new();
        loop {
            let split = self.split(depth + 1)?;
            parts.push((self.share()?, split));
            if self.sign(')') {
                return Ok(parts);
            }
            if !self.sign(',') {
                return Err(self.lost());
            }
        }
    }

    fn share(&mut self) -> Result<Share, Trouble> {
        let of_rest = self.sign('*');
        if !of_rest && !self.rest.starts_with(|letter: char| letter.is_alphanumeric()) {
            return Ok(Share::Parts(1));
        }
        let word = self.word();
        let most = if of_rest { PARTS_MAX } else { CELLS_MAX };
        match word.parse::<u16>() {
            Ok(size) if (1..=most).contains(&size) => Ok(if of_rest { Share::Parts(size) } else { Share::Cells(size) }),
            _ => Err(Trouble::about(Words::BadSize, word)),
        }
    }

    fn panes(&mut self, first: &str) -> Result<Split, Trouble> {
        let mut panes = Vec::new();
        let mut name = first;
        loop {
            let pane = PaneKind::named(name).ok_or_else(|| Trouble::about(Words::NoPane, name))?;
            if self.seen.contains(&pane) {
                return Err(Trouble::about(Words::Twice, name));
            }
            self.seen.push(pane);
            panes.push(pane);
            if !self.sign('+') {
                return Ok(Split::Own(panes));
            }
            name = self.word();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::Language;
    use crate::tui::layout::WORKSPACES;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for workspace in WORKSPACES {
            for (width, height) in [(60, 16), (80, 22), (120, 40), (160, 43), (250, 78)] {
                let written = write(&(workspace.split)(width, height));
                assert_eq!(write(&read(&written).unwrap()), written);
            }
        }
        let text = "beside(watchlist 38, above(chart *2, positions+orders), ladder 46)";
        assert_eq!(write(&read(text).unwrap()), text);
        let spread = " beside ( watchlist 38,\n  above(chart *2,positions + orders),\n  ladder 46 ) ";
        assert_eq!(write(&read(spread).unwrap()), text);
    }

    #[test]
    fn what_is_wrong_is_said_by_its_name() {
        for (text, said) in [
            ("", "the layout ends too early"),
            ("chrat", "there is no pane 'chrat'"),
            ("beside(chart, chart)", "the pane 'chart' stands there twice"),
            ("beside(chart, ladder", "the layout ends too early"),
            ("beside(chart ladder)", "'ladder' is no size: 1 to 500 cells, or *1 to *9"),
            ("beside(chart 0)", "'0' is no size: 1 to 500 cells, or *1 to *9"),
            ("beside(chart *99)", "'99' is no size: 1 to 500 cells, or *1 to *9"),
            ("beside(chart; ladder)", "the layout is not understood at '; ladder)'"),
            ("chart) ladder", "the layout is not understood at ') ladder'"),
            ("chart+", "there is no pane ''"),
            ("beside()", "the layout is not understood at ')'"),
        ] {
            assert_eq!(read(text).unwrap_err().text(Language::En), said, "{text}");
        }
        assert_eq!(read(&"above(".repeat(20)).unwrap_err(), Trouble::of(Words::TooDeep));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "(beside|above|\\(|\\)|,|\\+|\\*| |chart|ladder|ticket|9|호가|\u{1b}){0,24}") {
            if let Ok(split) = read(&text) {
                let written = write(&split);
                prop_assert_eq!(write(&read(&written).unwrap()), written);
            }
        }
    }
}
