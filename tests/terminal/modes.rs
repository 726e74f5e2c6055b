//! Modes that a program switched in the terminal, followed over the stream, so that what it leaves behind is seen.

use std::collections::BTreeSet;

use super::sequence::Sequence;

/// Modes that are on before any program runs: wrapping and the cursor.
const ON_AT_FIRST: [u16; 2] = [7, 25];

/// Modes as they stand.
#[derive(Debug, Clone)]
pub struct Modes {
    on: BTreeSet<u16>,
    /// Pushes of kitty's keyboard protocol that were not popped.
    keyboard_pushes: u32,
    /// xterm's `modifyOtherKeys`.
    modify_other_keys: bool,
    application_keypad: bool,
}

impl Default for Modes {
    fn default() -> Self {
        Self {
            on: BTreeSet::from(ON_AT_FIRST),
            keyboard_pushes: 0,
            modify_other_keys: false,
            application_keypad: false,
        }
    }
}

impl Modes {
    /// Whether a DEC mode is on: 1049 is the alternate screen, 25 the visible cursor.
    pub fn is_on(&self, mode: u16) -> bool {
        self.on.contains(&mode)
    }

    /// Whether a synchronized update is open.
    pub fn is_synchronized(&self) -> bool {
        self.is_on(2026)
    }

    /// What differs from a terminal that nobody touched, in words.
    pub fn left_on(&self) -> Vec<String> {
        let name = |mode: &u16| match mode {
            1 => "application cursor keys".to_owned(),
            47 | 1047 | 1049 => "alternate screen".to_owned(),
            9 | 1000 | 1001 | 1002 | 1003 => format!("mouse reports ({mode})"),
            1005 | 1006 | 1015 | 1016 => format!("mouse encoding ({mode})"),
            1004 => "focus reports".to_owned(),
            2004 => "bracketed paste".to_owned(),
            2026 => "synchronized update".to_owned(),
            other => format!("mode {other}"),
        };
        let mut left: Vec<String> = self.on.iter().filter(|mode| !ON_AT_FIRST.contains(mode)).map(name).collect();
        let also = [
            (!self.is_on(25), "cursor hidden"),
            (!self.is_on(7), "no wrapping"),
            (self.keyboard_pushes > 0, "keyboard protocol"),
            (self.modify_other_keys, "modifyOtherKeys"),
            (self.application_keypad, "application keypad"),
        ];
        left.extend(also.into_iter().filter(|(is, _)| *is).map(|(_, what)| what.to_owned()));
        left
    }

    /// Takes a sequence.
    pub fn take(&mut self, sequence: &Sequence) {
        match sequence {
            Sequence::Csi { parameters, intermediates, last } if intermediates.is_empty() => {
                self.take_csi(parameters, *last);
            }
            Sequence::Escape { intermediates, last } if intermediates.is_empty() => match last {
                '=' => self.application_keypad = true,
                '>' => self.application_keypad = false,
                'c' => *self = Self::default(),
                _ => {}
            },
            _ => {}
        }
    }

    fn take_csi(&mut self, parameters: &str, last: char) {
        let Some((first, rest)) = parameters.split_at_checked(1) else { return };
        match (first, last) {
            ("?", 'h') => self.on.extend(rest.split(';').filter_map(|mode| mode.parse::<u16>().ok())),
            ("?", 'l') => {
                for mode in rest.split(';').filter_map(|mode| mode.parse::<u16>().ok()) {
                    self.on.remove(&mode);
                }
            }
            (">", 'u') => self.keyboard_pushes += 1,
            ("<", 'u') => {
                let pops = rest.parse().unwrap_or(1);
                self.keyboard_pushes = self.keyboard_pushes.saturating_sub(pops);
            }
            (">", 'm') => {
                self.modify_other_keys = rest.strip_prefix("4;").is_some_and(|level| level != "0");
            }
            _ => {}
        }
    }
}
