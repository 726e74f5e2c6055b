//! Control sequences: keys with modifiers, the mouse, the focus, answers.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::Parsed;

/// The key of a final letter, after `ESC [` and `ESC O` alike.
pub(super) const fn letter(byte: u8) -> Option<KeyCode> {
    match byte {
        b'A' => Some(KeyCode::Up),
        b'B' => Some(KeyCode::Down),
        b'C' => Some(KeyCode::Right),
        b'D' => Some(KeyCode::Left),
        b'F' => Some(KeyCode::End),
        b'H' => Some(KeyCode::Home),
        b'P'..=b'S' => Some(KeyCode::F(byte - b'P' + 1)),
        _ => None,
    }
}

/// The key of a number before `~`.
fn numbered(number: u16) -> Option<KeyCode> {
    let function = |first: u16, key: u16| u8::try_from(number - first + key).ok().map(KeyCode::F);
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(11, 1),
        17..=21 => function(17, 6),
        23..=26 => function(23, 11),
        28..=29 => function(28, 15),
        31..=34 => function(31, 17),
        _ => None,
    }
}

/// What a control sequence means; nothing for those that are nobody's key.
pub(super) fn control(parameters: &[u8], last: u8) -> Option<Parsed> {
    let text = std::str::from_utf8(parameters).ok()?;
    if let Some(mouse) = text.strip_prefix('<') {
        return self::mouse(mouse, last).map(|mouse| Parsed::Event(Event::Mouse(mouse)));
    }
    // Answers about the terminal begin with one of these.
    if text.starts_with(['?', '>', '=']) {
        return None;
    }
    let mut parts = text.split(';');
    let first = parts.next().unwrap_or_default();
    let number = || first.split(':').next().and_then(|number| number.parse::<u16>().ok());
    let second = parts.next().unwrap_or_default();
    match last {
        // F3 with modifiers is `1;…R`, so the question is asked from the second row on.
        b'R' if number().is_some_and(|row| row > 1) => {
            Some(Parsed::CursorAt { row: number()?, column: second.parse().ok()? })
        }
        b'I' => Some(Parsed::Event(Event::FocusGained)),
        b'O' => Some(Parsed::Event(Event::FocusLost)),
        b'Z' => Some(key(KeyCode::BackTab, held(second).0 | KeyModifiers::SHIFT, KeyEventKind::Press)),
        b'~' => Some(with_held(numbered(number()?)?, second)),
        b'u' => Some(with_held(unicode(number()?)?, second)),
        _ if first.is_empty() || first == "1" => Some(with_held(letter(last)?, second)),
        _ => None,
    }
}

/// A key of the kitty protocol, by its character.
fn unicode(number: u16) -> Option<KeyCode> {
    match number {
        13 => Some(KeyCode::Enter),
        27 => Some(KeyCode::Esc),
        9 => Some(KeyCode::Tab),
        127 => Some(KeyCode::Backspace),
        _ => char::from_u32(number.into()).filter(|c| !c.is_control()).map(KeyCode::Char),
    }
}

fn with_held(code: KeyCode, second: &str) -> Parsed {
    let (modifiers, kind) = held(second);
    key(code, modifiers, kind)
}

fn key(code: KeyCode, modifiers: KeyModifiers, kind: KeyEventKind) -> Parsed {
    Parsed::Event(Event::Key(KeyEvent::new_with_kind(code, modifiers, kind)))
}

/// Modifiers as xterm and kitty write them (1 and a bit each), and after a colon whether the key went down or up.
fn held(text: &str) -> (KeyModifiers, KeyEventKind) {
    let (mask, kind) = text.split_once(':').unwrap_or((text, ""));
    let mask = mask.parse::<u16>().unwrap_or(1).saturating_sub(1);
    let bits = [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
        (8, KeyModifiers::SUPER),
        (16, KeyModifiers::HYPER),
        (32, KeyModifiers::META),
    ];
    let modifiers = bits.iter().filter(|(bit, _)| mask & bit != 0).map(|(_, modifier)| *modifier).collect();
    let kind = match kind {
        "2" => KeyEventKind::Repeat,
        "3" => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    (modifiers, kind)
}

/// The SGR encoding: button, column, row; `M` down, `m` up.
fn mouse(text: &str, last: u8) -> Option<MouseEvent> {
    let mut parts = text.split(';');
    let mut number = || parts.next()?.parse::<u16>().ok();
    let (code, column, row) = (number()?, number()?.checked_sub(1)?, number()?.checked_sub(1)?);
    let button = match code & 3 {
        0 => MouseButton::Left,
        1 => MouseButton::Middle,
        _ => MouseButton::Right,
    };
    let kind = match (code & 0b1110_0000, code & 3, last) {
        (0, 3, _) => return None,
        (0, _, b'M') => MouseEventKind::Down(button),
        (0, _, b'm') => MouseEventKind::Up(button),
        (32, 3, b'M') => MouseEventKind::Moved,
        (32, _, b'M') => MouseEventKind::Drag(button),
        (64, 0, b'M') => MouseEventKind::ScrollUp,
        (64, 1, b'M') => MouseEventKind::ScrollDown,
        (64, 2, b'M') => MouseEventKind::ScrollLeft,
        (64, 3, b'M') => MouseEventKind::ScrollRight,
        _ => return None,
    };
    let bits = [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)];
    let modifiers = bits.iter().filter(|(bit, _)| code & bit != 0).map(|(_, modifier)| *modifier).collect();
    Some(MouseEvent { kind, column, row, modifiers })
}
