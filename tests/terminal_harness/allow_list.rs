//! The allow-list against everything a terminal would obey and should not be told.

use crate::terminal::allow_list::{AllowList, unexpected_sequences};
use crate::terminal::fake_desk::hostile::ATTACKS;

const NONE: [&str; 0] = [];

#[test]
fn what_a_screen_draws_with_is_allowed() {
    let drawn = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1000h\x1b[?1002h\x1b[?1003h\x1b[?1015h\x1b[?1006h\x1b[?2026h\
                 \x1b[2J\x1b[1;1H\x1b[0;1;38;2;255;80;80;48;5;236m삼성전자 71,500\x1b[39;49m\x1b[59m\x1b[58:2::1:2:3m\
                 \x1b[4:3m한\u{1112}\u{1161}\u{11ab}\r\n\x1b[K\x1b[3C\x1b[12X\x1b[6n\x1b[m\x1b[?7l\x1b[?7h\x1b[?2026l\
                 \x1b[?1000;1006l\x1b[?25h\x1b[?1049l";
    assert_eq!(unexpected_sequences(drawn.as_bytes()), NONE);
}

#[test]
fn each_attack_is_found() {
    // What screens draw with themselves is not found by its form.
    for attack in ATTACKS.iter().filter(|attack| !attack.starts_with("\u{1b}[2J")) {
        let found = unexpected_sequences(format!("삼성{attack}전자").as_bytes());
        assert!(!found.is_empty(), "{attack:?} passed");
    }
}

#[test]
fn every_control_but_those_of_a_line_end_is_found() {
    for byte in (0..0x20).chain(0x7f..=0xff).filter(|byte| !matches!(byte, b'\r' | b'\n')) {
        assert!(!unexpected_sequences(&[b'a', byte, b'b']).is_empty(), "byte {byte:#04x} passed");
    }
    for c1 in '\u{80}'..='\u{9f}' {
        assert_eq!(unexpected_sequences(c1.to_string().as_bytes()).len(), 1, "{c1:?} passed");
    }
}

#[test]
fn a_sequence_inside_a_title_or_one_cut_short_is_found() {
    for hostile in [
        "\x1b]2;one\x1b[31mtwo\x07",
        "\x1b]2;never ended",
        "\x1b[31",
        "\x1b",
        "\x1b[3\x1b[4m",
        "\x1b[3\x18m",
        "\x1b[?12$p",
        "\x1b[>4;2m",
        "\x1b[38;2;300;0;0m",
        "\x1b[38;7m",
        "\x1b[8;24;80t",
        "\x1b[?1;2c",
        "\x1b[5n",
        "\x1b[?25",
        "\x1b[?1004h",
        "\x1b[4h",
        "\x1b[1 q",
        "\x1b[!p",
        "\x1b(0",
        "\x1b7",
        "\x1bc",
    ] {
        assert!(!AllowList::default().titles().unexpected(hostile.as_bytes()).is_empty(), "{hostile:?} passed");
    }
}

#[test]
fn what_is_told_is_allowed_and_nothing_beside_it() {
    let told = |list: AllowList, text: &str| list.unexpected(text.as_bytes()).is_empty();
    assert!(told(AllowList::default().titles(), "\x1b]0;호가 005930\x07\x1b]2;hoga\x1b\\"));
    assert!(!told(AllowList::default().titles(), "\x1b]2;\u{202e}agoh\x07"));
    assert!(told(AllowList::default().notices(), "\x1b]9;filled\x07\x1b]777;notify;hoga;filled\x07"));
    assert!(told(AllowList::default().clipboard(), "\x1b]52;c;aG9nYQ==\x07"));
    assert!(!told(AllowList::default().clipboard(), "\x1b]52;c;?\x07"), "the clipboard was read");
    assert!(told(AllowList::default().bell(), "\x07"));
    assert!(told(AllowList::default().keyboard(), "\x1b[?u\x1b[>1u\x1b[<1u"));
    assert!(told(AllowList::default().mode(1004), "\x1b[?1004h"));
    assert!(!told(AllowList::default().mode(1004), "\x1b[?1005h"));
}

#[test]
fn what_is_found_is_named_with_its_place() {
    let found = unexpected_sequences("ab\x1b]52;c;?\x07c\u{9b}d\u{200b}".as_bytes());
    assert_eq!(found, ["OSC 52;c;? before byte 11", "U+009B before byte 14", "U+200B before byte 18"]);
}
