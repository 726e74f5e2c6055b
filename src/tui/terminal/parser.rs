//! Bytes of a terminal as events.
//!
//! Crossterm reads a terminal too, but takes an escape that ends a packet for the Esc key, although the rest of its
//! sequence is on the way (`ESC`, `[A` becomes Esc, `[`, `A`), stops reading at 1,024 bytes until the next key, and never
//! ends when the terminal does. Where orders hang on keys none of that will do; its types of events are kept.

mod sequence;

use std::collections::VecDeque;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// Until this long after an escape, what comes belongs to it, whether the Esc key was told by then or not: no two keys
/// are pressed so close together.
const ESCAPE_REST: Duration = Duration::from_millis(50);

/// After that, for so long, only what no key begins with (`[`, `O`) is still taken for the rest of a sequence, which a
/// line that stalls delivers late. Typed by a person, it waits this long until it counts.
const LATE_REST: Duration = Duration::from_millis(150);

/// Longest silence within a sequence that has begun.
const SEQUENCE_WAIT: Duration = Duration::from_millis(200);

/// Longest silence within a paste; one that lost its end would keep the keyboard forever.
const PASTE_WAIT: Duration = Duration::from_secs(5);

/// No sequence is longer; the rest of one that is is thrown away.
const SEQUENCE_BYTES: usize = 64;

/// Kept of a paste, in bytes: more than any text field takes.
const PASTE_BYTES: usize = 64 * 1024;

/// What ends a paste.
const PASTE_END: &[u8] = b"\x1b[201~";

/// Held with a letter, it is no text.
pub(super) const COMMAND: KeyModifiers = KeyModifiers::CONTROL.union(KeyModifiers::ALT).union(KeyModifiers::SUPER);

/// What bytes mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parsed {
    /// A key, a paste, the mouse, the focus.
    Event(Event),
    /// The terminal says where its cursor is; both from 1.
    CursorAt { row: u16, column: u16 },
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// The rest of a character, and whether Alt was held.
    Character {
        bytes: Vec<u8>,
        length: usize,
        alt: bool,
    },
    Escape,
    /// The escape was told as the Esc key, and its rest may still come: at first anything, later what begins a sequence.
    Told {
        is_late: bool,
    },
    /// After `ESC O`.
    SingleShift,
    /// After `ESC [`.
    Control(Vec<u8>),
    /// A function key of the Linux console, after `ESC [ [`.
    ConsoleKey,
    /// Bytes of a click in the old encoding, still to come.
    OldMouse(u8),
    /// An answer in a string of its own, up to its terminator.
    Text {
        escaped: bool,
    },
    Paste {
        text: Vec<u8>,
        matched: usize,
    },
}

/// Turns bytes into events, however they are cut.
#[derive(Debug)]
pub(super) struct Parser {
    state: State,
    /// How long an escape waits for its rest before it is the Esc key.
    escape_wait: Duration,
    /// Whether the escape of what is being read was told as the Esc key already. What follows it is then nobody's key:
    /// the sequence of an arrow whose rest comes late must not press `A`, nor move what Esc has just uncovered.
    is_told: bool,
    parsed: VecDeque<Parsed>,
}

impl Parser {
    /// A person waits `escape_wait` for the Esc key; at most [`ESCAPE_REST`] of it has an effect.
    pub fn new(escape_wait: Duration) -> Self {
        Self {
            state: State::Ground,
            escape_wait: escape_wait.min(ESCAPE_REST),
            is_told: false,
            parsed: VecDeque::new(),
        }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.byte(*byte);
        }
    }

    pub fn next(&mut self) -> Option<Parsed> {
        self.parsed.pop_front()
    }

    /// How long to wait for more before [`Parser::timed_out`]; none when nothing is unfinished.
    pub const fn wait(&self) -> Option<Duration> {
        match self.state {
            State::Ground => None,
            State::Escape => Some(self.escape_wait),
            State::Told { is_late: false } => Some(ESCAPE_REST.saturating_sub(self.escape_wait)),
            State::Told { is_late: true } => Some(LATE_REST),
            State::Paste { .. } => Some(PASTE_WAIT),
            _ => Some(SEQUENCE_WAIT),
        }
    }

    /// Nothing more came in time: an escape is the Esc key, what began a sequence is that key, with Alt unless Esc was a
    /// key of its own, anything longer is nobody's key.
    pub fn timed_out(&mut self) {
        let was_told = std::mem::take(&mut self.is_told);
        let alt = if was_told { KeyModifiers::NONE } else { KeyModifiers::ALT };
        match std::mem::take(&mut self.state) {
            State::Escape => {
                self.key(KeyCode::Esc, KeyModifiers::NONE);
                self.is_told = true;
                self.state = State::Told { is_late: false };
            }
            State::Told { is_late: false } => {
                self.is_told = true;
                self.state = State::Told { is_late: true };
            }
            State::SingleShift => self.letter('O', alt),
            State::Control(bytes) if bytes.is_empty() => self.letter('[', alt),
            State::Paste { text, .. } => self.paste(&text),
            _ => {}
        }
    }

    fn byte(&mut self, byte: u8) {
        self.take_byte(byte);
        if matches!(self.state, State::Ground | State::Escape) {
            self.is_told = false;
        }
    }

    fn take_byte(&mut self, byte: u8) {
        match std::mem::take(&mut self.state) {
            State::Ground => self.plain(byte, false),
            State::Character { bytes, length, alt } => self.character(bytes, length, alt, byte),
            State::Escape => self.escape(byte),
            State::Told { is_late } => self.told(is_late, byte),
            State::SingleShift => self.single_shift(byte),
            State::Control(bytes) => self.control(bytes, byte),
            State::ConsoleKey => {
                if let Some(number) = byte.checked_sub(b'A').filter(|number| *number < 5) {
                    self.key(KeyCode::F(number + 1), KeyModifiers::NONE);
                }
            }
            State::OldMouse(left) => {
                if left > 1 {
                    self.state = State::OldMouse(left - 1);
                }
            }
            State::Text { escaped } => self.text(escaped, byte),
            State::Paste { text, matched } => self.pasted(text, matched, byte),
        }
    }

    fn plain(&mut self, byte: u8, alt: bool) {
        let held = if alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
        let control = held | KeyModifiers::CONTROL;
        match byte {
            0x1B => self.state = State::Escape,
            b'\r' => self.key(KeyCode::Enter, held),
            b'\t' => self.key(KeyCode::Tab, held),
            0x7F => self.key(KeyCode::Backspace, held),
            0 => self.key(KeyCode::Char(' '), control),
            0x01..=0x1A => self.key(KeyCode::Char(char::from(byte - 1 + b'a')), control),
            0x1C..=0x1F => self.key(KeyCode::Char(char::from(byte - 0x1C + b'4')), control),
            b' '..=b'~' => self.letter(char::from(byte), held),
            0xC2..=0xDF => self.state = State::Character { bytes: vec![byte], length: 2, alt },
            0xE0..=0xEF => self.state = State::Character { bytes: vec![byte], length: 3, alt },
            0xF0..=0xF4 => self.state = State::Character { bytes: vec![byte], length: 4, alt },
            _ => {}
        }
    }

    fn character(&mut self, mut bytes: Vec<u8>, length: usize, alt: bool, byte: u8) {
        if byte & 0xC0 != 0x80 {
            return self.plain(byte, false);
        }
        bytes.push(byte);
        if bytes.len() < length {
            self.state = State::Character { bytes, length, alt };
            return;
        }
        let c = std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next());
        // Half of the range of C1 controls has no key on any keyboard.
        if let Some(c) = c.filter(|c| !c.is_control()) {
            self.letter(c, if alt { KeyModifiers::ALT } else { KeyModifiers::NONE });
        }
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            0x1B => {
                self.key(KeyCode::Esc, KeyModifiers::NONE);
                self.state = State::Escape;
            }
            b'[' => self.state = State::Control(Vec::new()),
            b'O' => self.state = State::SingleShift,
            b']' | b'P' | b'X' | b'^' | b'_' => self.state = State::Text { escaped: false },
            _ => self.plain(byte, true),
        }
    }

    /// After an escape that was told as the Esc key.
    fn told(&mut self, is_late: bool, byte: u8) {
        match byte {
            0x1B => self.state = State::Escape,
            _ if is_late && !matches!(byte, b'[' | b'O') => {
                self.is_told = false;
                self.plain(byte, false);
            }
            _ => self.escape(byte),
        }
    }

    fn single_shift(&mut self, byte: u8) {
        match sequence::letter(byte) {
            _ if byte == 0x1B => self.state = State::Escape,
            Some(code) => self.key(code, KeyModifiers::NONE),
            None if byte == b'M' => self.key(KeyCode::Enter, KeyModifiers::NONE),
            // The number block in its application mode: the characters, 0x40 further on.
            None if (b'j'..=b'y').contains(&byte) => self.letter(char::from(byte - 0x40), KeyModifiers::NONE),
            None => {}
        }
    }

    fn control(&mut self, mut bytes: Vec<u8>, byte: u8) {
        match byte {
            0x1B => self.state = State::Escape,
            b'[' if bytes.is_empty() => self.state = State::ConsoleKey,
            b'M' if bytes.is_empty() => self.state = State::OldMouse(3),
            b'~' if bytes == b"200" => self.state = State::Paste { text: Vec::new(), matched: 0 },
            b'@'..=b'~' => {
                if let Some(parsed) = sequence::control(&bytes, byte) {
                    self.tell(parsed);
                }
            }
            b' '..=b'?' => {
                if bytes.len() < SEQUENCE_BYTES {
                    bytes.push(byte);
                }
                self.state = State::Control(bytes);
            }
            // A control character or half a character within a sequence: neither is anybody's key.
            _ => {}
        }
    }

    fn text(&mut self, escaped: bool, byte: u8) {
        match byte {
            7 | 0x18 | 0x1A => {}
            b'\\' if escaped => {}
            _ if escaped => {
                self.is_told = false;
                self.escape(byte);
            }
            _ => self.state = State::Text { escaped: byte == 0x1B },
        }
    }

    fn pasted(&mut self, mut text: Vec<u8>, mut matched: usize, byte: u8) {
        if PASTE_END.get(matched) == Some(&byte) {
            matched += 1;
            if matched == PASTE_END.len() {
                return self.paste(&text);
            }
        } else {
            text.extend_from_slice(PASTE_END.get(..matched).unwrap_or_default());
            matched = usize::from(byte == 0x1B);
            if matched == 0 {
                text.push(byte);
            }
        }
        text.truncate(PASTE_BYTES);
        self.state = State::Paste { text, matched };
    }

    fn paste(&mut self, text: &[u8]) {
        self.tell(Parsed::Event(Event::Paste(String::from_utf8_lossy(text).into_owned())));
    }

    fn letter(&mut self, c: char, held: KeyModifiers) {
        let shift = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
        self.key(KeyCode::Char(c), held | shift);
    }

    fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.tell(Parsed::Event(Event::Key(KeyEvent::new(code, modifiers))));
    }

    fn tell(&mut self, parsed: Parsed) {
        let acts = matches!(parsed, Parsed::Event(Event::Key(_) | Event::Mouse(_)));
        if !(acts && self.is_told) {
            self.parsed.push_back(parsed);
        }
    }
}

#[cfg(test)]
mod tests;
