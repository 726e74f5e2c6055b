//! Which sequences a screen may send. Everything else on the way to a terminal came from somewhere it should not have.

use std::collections::BTreeSet;

use super::sequence::{Sequence, sequences};

/// Modes a screen may switch: wrapping, the cursor, the mouse (1015 belongs to what crossterm switches with it), the
/// alternate screen, bracketed paste, synchronized updates.
const MODES: [u16; 9] = [7, 25, 1000, 1002, 1003, 1006, 1015, 1049, 2004];
const SYNCHRONIZED: u16 = 2026;

/// What is allowed beyond colours, cursor, erasing and modes.
#[derive(Debug, Clone, Default)]
pub struct AllowList {
    titles: bool,
    notices: bool,
    clipboard: bool,
    bell: bool,
    keyboard: bool,
    modes: BTreeSet<u16>,
}

impl AllowList {
    /// Window titles (OSC 0 and 2), without anything hidden in them.
    pub fn titles(mut self) -> Self {
        self.titles = true;
        self
    }

    /// Desktop notices (OSC 9 and 777).
    pub fn notices(mut self) -> Self {
        self.notices = true;
        self
    }

    /// Writing to the clipboard (OSC 52); never reading it.
    pub fn clipboard(mut self) -> Self {
        self.clipboard = true;
        self
    }

    /// BEL.
    pub fn bell(mut self) -> Self {
        self.bell = true;
        self
    }

    /// kitty's keyboard protocol: asking for it, pushing and popping.
    pub fn keyboard(mut self) -> Self {
        self.keyboard = true;
        self
    }

    /// One more DEC mode.
    pub fn mode(mut self, mode: u16) -> Self {
        self.modes.insert(mode);
        self
    }

    /// What is not allowed, in order, each with the offset behind it.
    pub fn unexpected(&self, bytes: &[u8]) -> Vec<String> {
        let not_allowed = sequences(bytes).into_iter().filter(|(_, sequence)| !self.allows(sequence));
        not_allowed.map(|(at, sequence)| format!("{sequence} before byte {at}")).collect()
    }

    /// Whether a sequence may be sent.
    pub fn allows(&self, sequence: &Sequence) -> bool {
        match sequence {
            Sequence::Text(c) => is_harmless(*c),
            Sequence::Control(byte) => matches!(byte, b'\r' | b'\n') || (self.bell && *byte == 0x07),
            Sequence::Csi { parameters, intermediates, last } => {
                intermediates.is_empty() && self.allows_csi(parameters, *last)
            }
            Sequence::Osc(text) => self.allows_osc(text),
            Sequence::Escape { .. } | Sequence::Device { .. } | Sequence::Broken(_) => false,
        }
    }

    fn allows_csi(&self, parameters: &str, last: char) -> bool {
        let numbers = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b';');
        match last {
            'm' => is_colour(parameters),
            'A'..='H' | 'J' | 'K' | 'X' | 'd' | 'f' => numbers(parameters),
            'n' => parameters == "6",
            'h' | 'l' => parameters.strip_prefix('?').is_some_and(|modes| {
                modes.split(';').all(|mode| mode.parse().is_ok_and(|mode| self.allows_mode(mode)))
            }),
            'u' if self.keyboard => match parameters.split_at_checked(1) {
                Some(("?", rest)) => rest.is_empty(),
                Some((">" | "<" | "=", rest)) => numbers(rest),
                _ => false,
            },
            _ => false,
        }
    }

    fn allows_mode(&self, mode: u16) -> bool {
        mode == SYNCHRONIZED || MODES.contains(&mode) || self.modes.contains(&mode)
    }

    fn allows_osc(&self, text: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(text) else { return false };
        let Some((number, rest)) = text.split_once(';') else { return false };
        let told = match number {
            "0" | "2" => self.titles,
            "9" | "777" => self.notices,
            "52" => self.clipboard && rest.split_once(';').is_some_and(|(_, data)| data != "?"),
            _ => false,
        };
        told && rest.chars().all(is_harmless)
    }
}

/// What a stream holds beyond colours, cursor, erasing and the modes of a screen.
pub fn unexpected_sequences(bytes: &[u8]) -> Vec<String> {
    AllowList::default().unexpected(bytes)
}

/// A character that shows where it stands: no control, nothing without width that hides or joins text, nothing that
/// turns its direction around. Marks that combine with a letter are left alone.
fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// SGR: attributes, the sixteen colours, and 256 or 24-bit colours in the spelling with `;` and with `:`.
fn is_colour(parameters: &str) -> bool {
    let mut rest = parameters.split(';');
    while let Some(parameter) = rest.next() {
        if parameter.contains(':') {
            let mut parts = parameter.split(':');
            let known = matches!(parts.next(), Some("4" | "38" | "48" | "58"));
            if !known || !parts.all(|part| part.is_empty() || part.parse::<u8>().is_ok()) {
                return false;
            }
            continue;
        }
        let components = match (parameter, parameter.is_empty()) {
            (_, true) => 0,
            ("38" | "48" | "58", _) => match rest.next() {
                Some("5") => 1,
                Some("2") => 3,
                _ => return false,
            },
            (other, _) => match other.parse::<u8>() {
                Ok(0..=9 | 21..=29 | 30..=37 | 39..=47 | 49 | 53 | 55 | 59 | 90..=97 | 100..=107) => 0,
                _ => return false,
            },
        };
        for _ in 0..components {
            if rest.next().is_none_or(|component| component.parse::<u8>().is_err()) {
                return false;
            }
        }
    }
    true
}
