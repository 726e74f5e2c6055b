//! What terminals send, and what hostile ones could.

use std::slice::from_ref;

use crossterm::event::{KeyEventKind, MouseButton, MouseEventKind};
use proptest::prelude::*;

use super::*;

fn parse(bytes: &[u8]) -> Vec<Parsed> {
    let mut parser = Parser::new(ESCAPE_WAIT);
    parser.feed(bytes);
    while parser.wait().is_some() {
        parser.timed_out();
    }
    std::iter::from_fn(|| parser.next()).collect()
}

fn keys(bytes: &[u8]) -> Vec<(KeyCode, KeyModifiers)> {
    let key = |parsed| match parsed {
        Parsed::Event(Event::Key(key)) => (key.code, key.modifiers),
        other => panic!("{other:?} is no key"),
    };
    parse(bytes).into_iter().map(key).collect()
}

const ESCAPE_WAIT: Duration = Duration::from_millis(15);

/// What packets mean that arrive so many milliseconds after the first, each event with when it was told.
fn timed(packets: &[(u64, &[u8])]) -> Vec<(u64, Parsed)> {
    let mut parser = Parser::new(ESCAPE_WAIT);
    let mut told = Vec::new();
    let mut now = Duration::ZERO;
    let end = (u64::MAX, &b""[..]);
    for (at, bytes) in packets.iter().chain([&end]) {
        let at = Duration::from_millis(*at);
        while let Some(wait) = parser.wait().filter(|wait| now + *wait <= at) {
            now += wait;
            parser.timed_out();
            told.extend(std::iter::from_fn(|| parser.next()).map(|parsed| (now, parsed)));
        }
        now = at;
        parser.feed(bytes);
        told.extend(std::iter::from_fn(|| parser.next()).map(|parsed| (now, parsed)));
    }
    told.into_iter().map(|(at, parsed)| (u64::try_from(at.as_millis()).unwrap(), parsed)).collect()
}

fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Parsed {
    Parsed::Event(Event::Key(KeyEvent::new(code, modifiers)))
}

const NONE: KeyModifiers = KeyModifiers::NONE;

#[test]
fn keys_of_every_kind() {
    for (bytes, code, modifiers) in [
        (&b"b"[..], KeyCode::Char('b'), NONE),
        (b"B", KeyCode::Char('B'), KeyModifiers::SHIFT),
        (b"\r", KeyCode::Enter, NONE),
        (b"\n", KeyCode::Char('j'), KeyModifiers::CONTROL),
        (b"\x03", KeyCode::Char('c'), KeyModifiers::CONTROL),
        (b"\x0b", KeyCode::Char('k'), KeyModifiers::CONTROL),
        (b"\0", KeyCode::Char(' '), KeyModifiers::CONTROL),
        (b"\x7f", KeyCode::Backspace, NONE),
        (b"\x1b", KeyCode::Esc, NONE),
        (b"\x1bx", KeyCode::Char('x'), KeyModifiers::ALT),
        (b"\x1b\r", KeyCode::Enter, KeyModifiers::ALT),
        ("ㅂ".as_bytes(), KeyCode::Char('ㅂ'), NONE),
        ("\x1b호".as_bytes(), KeyCode::Char('호'), KeyModifiers::ALT),
        (b"\x1b[A", KeyCode::Up, NONE),
        (b"\x1bOB", KeyCode::Down, NONE),
        (b"\x1b[1;2A", KeyCode::Up, KeyModifiers::SHIFT),
        (b"\x1b[1;7D", KeyCode::Left, KeyModifiers::ALT.union(KeyModifiers::CONTROL)),
        (b"\x1b[Z", KeyCode::BackTab, KeyModifiers::SHIFT),
        (b"\x1bOP", KeyCode::F(1), NONE),
        (b"\x1b[1;2R", KeyCode::F(3), KeyModifiers::SHIFT),
        (b"\x1b[[C", KeyCode::F(3), NONE),
        (b"\x1b[15~", KeyCode::F(5), NONE),
        (b"\x1b[24;5~", KeyCode::F(12), KeyModifiers::CONTROL),
        (b"\x1b[5~", KeyCode::PageUp, NONE),
        (b"\x1b[3~", KeyCode::Delete, NONE),
        (b"\x1bOq", KeyCode::Char('1'), NONE),
        (b"\x1bOM", KeyCode::Enter, NONE),
        (b"\x1b[107;5u", KeyCode::Char('k'), KeyModifiers::CONTROL),
        (b"\x1bO", KeyCode::Char('O'), KeyModifiers::ALT.union(KeyModifiers::SHIFT)),
        (b"\x1b[", KeyCode::Char('['), KeyModifiers::ALT),
    ] {
        assert_eq!(keys(bytes), [(code, modifiers)], "{bytes:?}");
    }
    assert_eq!(keys(b"\x1b\x1b[A"), [(KeyCode::Esc, NONE), (KeyCode::Up, NONE)]);
    let Parsed::Event(Event::Key(release)) = parse(b"\x1b[98;1:3u").remove(0) else { panic!() };
    assert_eq!(release.kind, KeyEventKind::Release);
}

#[test]
fn what_is_nobodys_key_acts_on_nothing() {
    for bytes in [
        &b"\x1b[?62;22c"[..],
        b"\x1b[>0;276;0c",
        b"\x1b[?2026;2$y",
        b"\x1b]11;rgb:0000/0000/0000\x07",
        b"\x1b]11;rgb:0000/0000/0000\x1b\\",
        b"\x1bP>|xterm(390)\x1b\\",
        b"\x1b[M !!",
        b"\x1b[999z",
        b"\x1b[1;2",
        b"\x1b[99999999999~",
        b"\x1b[<0;0;0M",
        b"\x1b[<999999;1;1M",
        b"\xff\xfe\x80",
        b"\xed\xa0\x80",
        b"\xc2\x9b",
        b"\x1b[201~",
    ] {
        assert_eq!(parse(bytes), [], "{bytes:?}");
    }
    assert_eq!(parse(&[&b"\x1b["[..], &b"1".repeat(1_000_000), b"A"].concat()), []);
}

#[test]
fn the_mouse_and_the_cursor() {
    let Parsed::Event(Event::Mouse(mouse)) = parse(b"\x1b[<16;3;4M").remove(0) else { panic!() };
    assert_eq!((mouse.kind, mouse.column, mouse.row), (MouseEventKind::Down(MouseButton::Left), 2, 3));
    assert_eq!(mouse.modifiers, KeyModifiers::CONTROL);
    let Parsed::Event(Event::Mouse(wheel)) = parse(b"\x1b[<65;1;1M").remove(0) else { panic!() };
    assert_eq!(wheel.kind, MouseEventKind::ScrollDown);
    assert_eq!(parse(b"\x1b[2;3R"), [Parsed::CursorAt { row: 2, column: 3 }]);
    assert_eq!(parse(b"\x1b[I\x1b[O"), [Event::FocusGained, Event::FocusLost].map(Parsed::Event));
}

#[test]
fn a_paste_is_one_event_however_it_is_cut() {
    let text = "b\rs\x1b[A\x1b[20\x1b\x1b[201 ~호가\x03X";
    let bytes = format!("\x1b[200~{text}\x1b[201~q");
    let whole = parse(bytes.as_bytes());
    assert_eq!(whole.first(), Some(&Parsed::Event(Event::Paste(text.into()))));
    assert_eq!(whole.len(), 2);
    assert_eq!(parse(b"\x1b[200~lost"), [Parsed::Event(Event::Paste("lost".into()))]);
    let long = [&b"\x1b[200~"[..], &b"x".repeat(1 << 20), b"\x1b[201~"].concat();
    let Parsed::Event(Event::Paste(kept)) = parse(&long).remove(0) else { panic!() };
    assert_eq!(kept.len(), PASTE_BYTES);
}

#[test]
fn esc_answers_soon() {
    let esc = pressed(KeyCode::Esc, NONE);
    assert_eq!(timed(&[(0, b"\x1b")]), [(15, esc.clone())]);
    let held = [(0, &b"\x1b"[..]), (30, b"\x1b"), (60, b"\x1b")];
    assert_eq!(timed(&held), [(15, esc.clone()), (45, esc.clone()), (75, esc.clone())]);
    // A key that follows as fast as a hand can is that key; so is one that begins a sequence, a little later.
    let cancel = pressed(KeyCode::Char('X'), KeyModifiers::SHIFT);
    assert_eq!(timed(&[(0, b"\x1b"), (51, b"X")]), [(15, esc.clone()), (51, cancel)]);
    let kill = pressed(KeyCode::Char('k'), KeyModifiers::CONTROL);
    assert_eq!(timed(&[(0, b"\x1b"), (60, b"\x0b")]), [(15, esc.clone()), (60, kill)]);
    let shorter = pressed(KeyCode::Char('['), NONE);
    assert_eq!(timed(&[(0, b"\x1b"), (120, b"[")]), [(15, esc.clone()), (320, shorter.clone())]);
    assert_eq!(timed(&[(0, b"\x1b"), (199, b"[")]), [(15, esc.clone()), (399, shorter.clone())]);
    assert_eq!(timed(&[(0, b"\x1b"), (200, b"[")]), [(15, esc.clone()), (200, shorter)]);
    let sort = pressed(KeyCode::Char('O'), KeyModifiers::SHIFT);
    assert_eq!(timed(&[(0, b"\x1b"), (100, b"O")]), [(15, esc.clone()), (300, sort)]);
    // Key after key, each whole.
    let up = pressed(KeyCode::Up, NONE);
    assert_eq!(timed(&[(0, b"\x1b"), (20, b"\x1b[A"), (40, b"\x1bOA")]), [(15, esc), (20, up.clone()), (40, up)]);
}

#[test]
fn the_rest_of_a_key_that_comes_late_presses_nothing() {
    let up = pressed(KeyCode::Up, NONE);
    assert_eq!(timed(&[(0, b"\x1b"), (14, b"[A")]), [(14, up.clone())]);
    assert_eq!(timed(&[(0, b"\x1b["), (199, b"A")]), [(199, up.clone())]);
    let esc = (15, pressed(KeyCode::Esc, NONE));
    for rest in
        [&b"[A"[..], b"OA", b"OM", b"[1;2A", b"[15~", b"[13u", b"[[C", b"[<0;5;5M", b"[M !!", "[98;1:1u".as_bytes()]
    {
        for at in [15, 20, 50, 64, 199] {
            assert_eq!(timed(&[(0, b"\x1b"), (at, rest)]), from_ref(&esc), "{rest:?} after {at} ms");
            // In pieces, and what comes after it is a key again.
            let (first, second) = rest.split_at(1);
            let pieces = [(0, &b"\x1b"[..]), (at, first), (at + 150, second), (at + 151, b"\x1b[A")];
            assert_eq!(timed(&pieces), [esc.clone(), (at + 151, up.clone())], "{rest:?} after {at} ms");
        }
    }
    // Alt and a letter, cut: the letter alone would open an order.
    for letter in ["b", "\r", "ㅠ", "y"] {
        assert_eq!(timed(&[(0, b"\x1b"), (49, letter.as_bytes())]), from_ref(&esc), "{letter:?}");
    }
    // What is no key counts whenever it comes; a paste above all must not be typed.
    let paste = Parsed::Event(Event::Paste("b\r".into()));
    assert_eq!(timed(&[(0, b"\x1b"), (150, b"[200~b\r\x1b[201~")]), [esc.clone(), (150, paste)]);
    assert_eq!(timed(&[(0, b"\x1b"), (90, b"[2;3R")]), [esc.clone(), (90, Parsed::CursorAt { row: 2, column: 3 })]);
    assert_eq!(timed(&[(0, b"\x1b"), (90, b"[I")]), [esc, (90, Parsed::Event(Event::FocusGained))]);
}

proptest! {
    /// However a line stalls, up to the longest wait, nothing is pressed but the key that was, or Esc.
    #[test]
    fn a_sequence_cut_in_time_presses_no_other_key(
        key in proptest::sample::select(vec!["\x1b[A", "\x1bOM", "\x1b[24;5~", "\x1b[<0;5;5M", "\x1b[98;1:3u", "\x1b[[C"]),
        gaps in proptest::collection::vec(0..200_u64, 12),
    ) {
        let mut at = 0;
        let mut packets = Vec::new();
        for (byte, gap) in key.as_bytes().chunks(1).zip(gaps) {
            packets.push((at, byte));
            at += gap;
        }
        let whole = timed(&[(0, key.as_bytes())]).remove(0).1;
        let told: Vec<_> = timed(&packets).into_iter().map(|(_, parsed)| parsed).collect();
        prop_assert!(told == [whole] || told == [pressed(KeyCode::Esc, NONE)], "{:?}", told);
    }

    /// Packets end anywhere.
    #[test]
    fn where_bytes_are_cut_does_not_matter(
        parts in proptest::collection::vec("(\u{1b}|\\[|O|<|200~|201~|[0-9;:~MmRAu]|호|b|\r|\\]|P|\\\\|\u{7}){1,8}", 1..8),
    ) {
        let whole = parts.concat();
        let mut parser = Parser::new(ESCAPE_WAIT);
        parts.iter().for_each(|part| part.bytes().for_each(|byte| parser.feed(&[byte])));
        let cut: Vec<_> = std::iter::from_fn(|| parser.next()).collect();
        let mut parser = Parser::new(ESCAPE_WAIT);
        parser.feed(whole.as_bytes());
        let at_once: Vec<_> = std::iter::from_fn(|| parser.next()).collect();
        prop_assert_eq!(cut, at_once);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        parse(&bytes);
    }
}
