//! What a terminal is told beside the frame: the bell, notifications, the clipboard, the window's title.

use crate::text::clean::clean;

/// Longest text of a notification or title, in bytes.
const TEXT_MAX: usize = 256;

/// Longest text for the clipboard, in bytes; terminals take no more than some ten thousand.
const COPY_MAX: usize = 8 * 1024;

/// Something said to the terminal with the next frame. Texts are cleaned and cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// The bell.
    Bell,
    /// A notification as iTerm2, Windows Terminal and many others show it (OSC 9).
    Osc9 {
        /// What it says.
        text: String,
    },
    /// A notification as rxvt, foot, Ghostty and WezTerm show it (OSC 777).
    Osc777 {
        /// Its first line.
        title: String,
        /// What it says.
        text: String,
    },
    /// Text for the clipboard (OSC 52). Lines stay lines.
    Copy(String),
    /// Title of the window.
    Title(String),
}

impl Announcement {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Bell => out.push(7),
            Self::Osc9 { text } => osc(out, &["9;", &said(text)]),
            // A semicolon would end the title.
            Self::Osc777 { title, text } => {
                osc(out, &["777;notify;", &said(title).replace(';', ","), ";", &said(text)]);
            }
            Self::Copy(text) => {
                let lines: Vec<_> = text.lines().map(clean).collect();
                let lines = lines.join("\n");
                osc(out, &["52;c;", &base64(cut(&lines, COPY_MAX).as_bytes())]);
            }
            Self::Title(text) => osc(out, &["2;", &said(text)]),
        }
    }
}

fn osc(out: &mut Vec<u8>, parts: &[&str]) {
    out.extend_from_slice(b"\x1b]");
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
    // Older terminals and screen end it by the bell only; every terminal takes that.
    out.push(7);
}

fn said(text: &str) -> String {
    cut(&clean(text), TEXT_MAX).to_owned()
}

/// The longest beginning of at most `bytes` that ends between characters.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_usize, |group, at| group << 8 | usize::from(chunk.get(at).copied().unwrap_or(0)));
        for digit in 0..4 {
            let known = digit <= chunk.len();
            let value = group >> (18 - 6 * digit) & 63;
            text.push(if known { DIGITS.get(value).copied().map_or('=', char::from) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(announcement: &Announcement) -> String {
        let mut out = Vec::new();
        announcement.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn no_text_ends_its_sequence_or_begins_another() {
        let hostile = "삼성\x07\x1b]52;c;Zm9v\x07\u{9c}\u{9b}2J;전자\u{202e}";
        for announcement in [
            Announcement::Osc9 { text: hostile.into() },
            Announcement::Osc777 { title: hostile.into(), text: hostile.into() },
            Announcement::Title(hostile.into()),
            Announcement::Copy(hostile.into()),
        ] {
            let written = written(&announcement);
            assert_eq!(written.matches('\x1b').count(), 1, "{written:?}");
            assert_eq!(written.matches(|c: char| c.is_control()).count(), 2, "{written:?}");
            assert!(written.starts_with("\x1b]") && written.ends_with('\x07'));
        }
        assert_eq!(written(&Announcement::Osc9 { text: hostile.into() }), "\x1b]9;삼성;전자\x07");
        assert_eq!(written(&Announcement::Bell), "\x07");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let written = written(&Announcement::Title("호".repeat(1_000)));
        assert_eq!(written, format!("\x1b]2;{}\x07", "호".repeat(85)));
    }
}
