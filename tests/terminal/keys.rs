//! Keys and the mouse as the bytes a terminal sends for them.

/// Bytes of keys. Names stand in angle brackets: `<enter>`, `<esc>`, `<tab>`, `<backspace>`, `<up>`, `<pagedown>`, `<f1>`,
/// `<ctrl-c>`, `<alt-x>`, `<shift-tab>`, `<lt>` for `<`; everything else is typed as it is.
///
/// # Panics
/// On a name it does not know.
pub fn typed(keys: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = keys;
    while let Some(start) = rest.find('<') {
        bytes.extend_from_slice(&rest.as_bytes()[..start]);
        let end = rest[start..].find('>').unwrap_or_else(|| panic!("'<' without '>' in {keys:?}; '<' itself is <lt>"));
        bytes.extend(named(&rest[start + 1..start + end]));
        rest = &rest[start + end + 1..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

fn named(name: &str) -> Vec<u8> {
    if let Some(key) = name.strip_prefix("ctrl-") {
        let key = if key == "space" { b'@' } else { key.bytes().next().unwrap_or(b'@') };
        return vec![key.to_ascii_uppercase() & 0x1f];
    }
    if let Some(key) = name.strip_prefix("alt-") {
        let key = if key.len() > 1 { named(key) } else { key.as_bytes().to_vec() };
        return [b"\x1b".as_slice(), key.as_slice()].concat();
    }
    let sequence: &[u8] = match name {
        "lt" => b"<",
        "enter" => b"\r",
        "esc" => b"\x1b",
        "tab" => b"\t",
        "shift-tab" => b"\x1b[Z",
        "space" => b" ",
        "backspace" => b"\x7f",
        "up" => b"\x1b[A",
        "down" => b"\x1b[B",
        "right" => b"\x1b[C",
        "left" => b"\x1b[D",
        "home" => b"\x1b[H",
        "end" => b"\x1b[F",
        "insert" => b"\x1b[2~",
        "delete" => b"\x1b[3~",
        "pageup" => b"\x1b[5~",
        "pagedown" => b"\x1b[6~",
        "f1" => b"\x1bOP",
        "f2" => b"\x1bOQ",
        "f3" => b"\x1bOR",
        "f4" => b"\x1bOS",
        "f5" => b"\x1b[15~",
        "f6" => b"\x1b[17~",
        "f7" => b"\x1b[18~",
        "f8" => b"\x1b[19~",
        "f9" => b"\x1b[20~",
        "f10" => b"\x1b[21~",
        "f11" => b"\x1b[23~",
        "f12" => b"\x1b[24~",
        other => panic!("no key is called <{other}>"),
    };
    sequence.to_vec()
}

/// A pasted text between the marks of bracketed paste, unaltered: a text with an end mark in it ends early, as from a
/// terminal that does not filter.
pub fn pasted(text: &str) -> Vec<u8> {
    format!("\x1b[200~{text}\x1b[201~").into_bytes()
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mouse {
    /// Left button, pressed and released.
    Click,
    /// Right button, pressed and released.
    RightClick,
    /// Left button, pressed.
    Press,
    /// Moved with the left button held.
    Drag,
    /// Left button, released.
    Release,
    /// Moved with no button held.
    Move,
    /// Wheel away from the user.
    WheelUp,
    /// Wheel towards the user.
    WheelDown,
}

/// SGR reports (mode 1006) of a column and row, both from 0.
pub fn mouse(what: Mouse, x: u16, y: u16) -> Vec<u8> {
    let report = |button: u8, end: char| format!("\x1b[<{button};{};{}{end}", x + 1, y + 1);
    match what {
        Mouse::Click => report(0, 'M') + &report(0, 'm'),
        Mouse::RightClick => report(2, 'M') + &report(2, 'm'),
        Mouse::Press => report(0, 'M'),
        Mouse::Drag => report(32, 'M'),
        Mouse::Release => report(0, 'm'),
        Mouse::Move => report(35, 'M'),
        Mouse::WheelUp => report(64, 'M'),
        Mouse::WheelDown => report(65, 'M'),
    }
    .into_bytes()
}
