//! What a program writes to a terminal, cut into text and control sequences as ECMA-48 and xterm do it.

use std::fmt;

const ESCAPE: u8 = 0x1b;
const BELL: u8 = 0x07;
const CANCEL: u8 = 0x18;
const SUBSTITUTE: u8 = 0x1a;

/// One thing a terminal is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sequence {
    /// A character to show. May be one that no terminal should be sent: a C1 control, a change of direction.
    Text(char),
    /// A C0 control or DEL outside a sequence, or inside one where terminals obey it at once.
    Control(u8),
    /// `ESC [`: parameters (with `?`, `>` or `<` in front), intermediates, final byte.
    Csi { parameters: String, intermediates: String, last: char },
    /// `ESC` and a letter.
    Escape { intermediates: String, last: char },
    /// `ESC ]`: titles, notices, the clipboard.
    Osc(Vec<u8>),
    /// `ESC P`, `ESC _`, `ESC ^`, `ESC X`: the letter and what follows.
    Device { letter: char, text: Vec<u8> },
    /// No UTF-8, or a sequence that was given up or never ended.
    Broken(Vec<u8>),
}

impl Sequence {
    /// A CSI sequence with these parameters and final byte.
    pub fn is_csi(&self, parameters: &str, last: char) -> bool {
        matches!(self, Self::Csi { parameters: p, intermediates, last: l }
            if p == parameters && intermediates.is_empty() && *l == last)
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let readable = |bytes: &[u8]| String::from_utf8_lossy(bytes).escape_debug().take(60).collect::<String>();
        match self {
            Self::Text(c) => write!(f, "U+{:04X}", u32::from(*c)),
            Self::Control(byte) => write!(f, "control {byte:#04x}"),
            Self::Csi { parameters, intermediates, last } => write!(f, "CSI {parameters}{intermediates}{last}"),
            Self::Escape { intermediates, last } => write!(f, "ESC {intermediates}{last}"),
            Self::Osc(text) => write!(f, "OSC {}", readable(text)),
            Self::Device { letter, text } => write!(f, "ESC {letter} {}", readable(text)),
            Self::Broken(bytes) => write!(f, "broken {}", bytes.escape_ascii()),
        }
    }
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    Character {
        bytes: Vec<u8>,
        wanted: usize,
    },
    Escape(Vec<u8>),
    Csi(Vec<u8>),
    Text {
        letter: u8,
        text: Vec<u8>,
    },
    /// An escape inside a text: its end, if `\` follows.
    TextEnd {
        letter: u8,
        text: Vec<u8>,
    },
}

/// Cuts bytes as they come. What came in part is kept for the next bytes.
#[derive(Debug, Default)]
pub struct Sequences {
    state: State,
}

impl Sequences {
    /// Takes a byte and hands out what it completes.
    pub fn push(&mut self, byte: u8, out: &mut impl FnMut(Sequence)) {
        self.state = match std::mem::take(&mut self.state) {
            State::Ground => ground(byte, out),
            State::Character { bytes, wanted } => character(bytes, wanted, byte, out),
            State::Escape(bytes) => escape(bytes, byte, out),
            State::Csi(bytes) => csi(bytes, byte, out),
            State::Text { letter, text } => inside_text(letter, text, byte, out),
            State::TextEnd { letter, text } if byte == b'\\' => {
                out(whole_text(letter, text));
                State::Ground
            }
            State::TextEnd { letter, text } => {
                out(Sequence::Broken(opening(letter, &text)));
                escape(Vec::new(), byte, out)
            }
        };
    }

    /// What was begun and never ended.
    pub fn finish(&mut self) -> Option<Sequence> {
        match std::mem::take(&mut self.state) {
            State::Ground => None,
            State::Character { bytes, .. } => Some(Sequence::Broken(bytes)),
            State::Escape(bytes) => Some(Sequence::Broken([&[ESCAPE], bytes.as_slice()].concat())),
            State::Csi(bytes) => Some(Sequence::Broken([b"\x1b[", bytes.as_slice()].concat())),
            State::Text { letter, text } | State::TextEnd { letter, text } => {
                Some(Sequence::Broken(opening(letter, &text)))
            }
        }
    }
}

/// All of a stream, each sequence with the offset behind it.
pub fn sequences(bytes: &[u8]) -> Vec<(usize, Sequence)> {
    let mut parser = Sequences::default();
    let mut all = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        parser.push(*byte, &mut |sequence| all.push((at + 1, sequence)));
    }
    all.extend(parser.finish().map(|sequence| (bytes.len(), sequence)));
    all
}

fn ground(byte: u8, out: &mut impl FnMut(Sequence)) -> State {
    match byte {
        ESCAPE => return State::Escape(Vec::new()),
        0..=0x1f | 0x7f => out(Sequence::Control(byte)),
        0x20..=0x7e => out(Sequence::Text(char::from(byte))),
        0xc2..=0xdf => return State::Character { bytes: vec![byte], wanted: 2 },
        0xe0..=0xef => return State::Character { bytes: vec![byte], wanted: 3 },
        0xf0..=0xf4 => return State::Character { bytes: vec![byte], wanted: 4 },
        _ => out(Sequence::Broken(vec![byte])),
    }
    State::Ground
}

fn character(mut bytes: Vec<u8>, wanted: usize, byte: u8, out: &mut impl FnMut(Sequence)) -> State {
    if !(0x80..=0xbf).contains(&byte) {
        out(Sequence::Broken(bytes));
        return ground(byte, out);
    }
    bytes.push(byte);
    if bytes.len() < wanted {
        return State::Character { bytes, wanted };
    }
    match std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next()) {
        Some(c) => out(Sequence::Text(c)),
        None => out(Sequence::Broken(bytes)),
    }
    State::Ground
}

fn escape(mut bytes: Vec<u8>, byte: u8, out: &mut impl FnMut(Sequence)) -> State {
    match byte {
        b'[' if bytes.is_empty() => return State::Csi(Vec::new()),
        b']' | b'P' | b'_' | b'^' | b'X' if bytes.is_empty() => {
            return State::Text { letter: byte, text: Vec::new() };
        }
        0x20..=0x2f => {
            bytes.push(byte);
            return State::Escape(bytes);
        }
        0x30..=0x7e => {
            let intermediates = bytes.iter().copied().map(char::from).collect();
            out(Sequence::Escape { intermediates, last: char::from(byte) });
        }
        _ => return interrupted([&[ESCAPE], bytes.as_slice()].concat(), byte, out, State::Escape(bytes)),
    }
    State::Ground
}

fn csi(mut bytes: Vec<u8>, byte: u8, out: &mut impl FnMut(Sequence)) -> State {
    match byte {
        0x20..=0x3f => {
            bytes.push(byte);
            State::Csi(bytes)
        }
        0x40..=0x7e => {
            let ordered = bytes.iter().position(|b| *b < 0x30).unwrap_or(bytes.len());
            let (parameters, intermediates) = bytes.split_at(ordered);
            if intermediates.iter().any(|b| *b >= 0x30) {
                out(Sequence::Broken([b"\x1b[", bytes.as_slice(), &[byte]].concat()));
            } else {
                let text = |part: &[u8]| part.iter().copied().map(char::from).collect();
                let (parameters, intermediates) = (text(parameters), text(intermediates));
                out(Sequence::Csi { parameters, intermediates, last: char::from(byte) });
            }
            State::Ground
        }
        _ => interrupted([b"\x1b[", bytes.as_slice()].concat(), byte, out, State::Csi(bytes)),
    }
}

/// A control inside a sequence: some end it, the others are obeyed and it goes on.
fn interrupted(begun: Vec<u8>, byte: u8, out: &mut impl FnMut(Sequence), otherwise: State) -> State {
    match byte {
        ESCAPE => {
            out(Sequence::Broken(begun));
            State::Escape(Vec::new())
        }
        CANCEL | SUBSTITUTE | 0x80.. => {
            out(Sequence::Broken(begun));
            ground(byte, out)
        }
        _ => {
            out(Sequence::Control(byte));
            otherwise
        }
    }
}

fn inside_text(letter: u8, mut text: Vec<u8>, byte: u8, out: &mut impl FnMut(Sequence)) -> State {
    match byte {
        ESCAPE => State::TextEnd { letter, text },
        BELL if letter == b']' => {
            out(whole_text(letter, text));
            State::Ground
        }
        CANCEL | SUBSTITUTE => {
            out(Sequence::Broken(opening(letter, &text)));
            ground(byte, out)
        }
        _ => {
            text.push(byte);
            State::Text { letter, text }
        }
    }
}

fn whole_text(letter: u8, text: Vec<u8>) -> Sequence {
    if letter == b']' { Sequence::Osc(text) } else { Sequence::Device { letter: char::from(letter), text } }
}

fn opening(letter: u8, text: &[u8]) -> Vec<u8> {
    [&[ESCAPE, letter], text].concat()
}
