//! What comes from outside neither moves the cursor nor presses a key.

use std::fmt::Write;

use rustix::process::Signal;

use crate::stage::{PATIENCE, attached, on_fake_desk};
use crate::terminal::allow_list::AllowList;
use crate::terminal::fake_desk::{FakeDesk, Faults, Market, hostile::ATTACKS};

/// The sequences the screen itself is made of; reports of focus (1004) are turned off with the rest at the end.
fn own() -> AllowList {
    AllowList::default().bell().notices().mode(1004)
}

#[test]
fn only_our_own_sequences_are_on_the_wire_whatever_brokers_and_names_bring() {
    for attack in ATTACKS {
        let desk = FakeDesk::start(Market::korean(10));
        desk.set_faults(Faults { hostile: Some((*attack).to_owned()), ..Faults::default() });
        let screen = attached(&desk, 45, 160, &[]);
        desk.push_event("an event");
        for workspace in ["2", "3", "4", "5", "6", "7", "1"] {
            screen.type_keys(workspace);
            desk.push_market(&desk_symbol());
        }
        for key in ["?", "<esc>", ":", "<esc>", "/", "<esc>", "`"] {
            screen.type_keys(key);
        }
        screen.type_keys("<esc>");
        screen.wait_for(|screen| screen.shows("VIRTUAL"), PATIENCE);
        screen.kill(Signal::TERM);
        screen.wait_exit();
        assert_eq!(own().unexpected(&screen.bytes()), Vec::<String>::new(), "{attack:?}");
    }
}

fn desk_symbol() -> String {
    Market::korean(10).listings.first().unwrap().symbol.clone()
}

/// Every hot key, with ends of pastes between them.
fn poison(bytes: usize) -> String {
    let mut text = String::new();
    let keys = "AbsyBSbs><cXxfF\rYy1234567890kjKJ()mqQ\t z;'\u{3142}";
    let mut count = 0_u32;
    while text.len() < bytes {
        text.push_str(keys);
        count += 1;
        if count.is_multiple_of(50) {
            text.push_str("\u{1b}[201~Abbbss\ryy\u{b}\u{b}");
        }
        let _ = write!(text, "{count}");
    }
    text
}

#[test]
fn a_paste_of_a_megabyte_with_every_hot_key_makes_no_order_on_any_page() {
    let (desk, screen) = on_fake_desk(45, 160, &[]);
    let text = poison(1 << 20);
    for page in ["1", "2", "3", "4", "5", "6", "7"] {
        screen.type_keys(page);
        screen.paste(&text);
        // The guard opens again after a moment of silence; the next page needs a key of its own.
        screen.wait_for(|screen| screen.shows("VIRTUAL"), PATIENCE);
        std::thread::park_timeout(std::time::Duration::from_millis(300));
        screen.type_keys("<esc>");
        assert_eq!(desk.actions(), 0, "page {page}: {:?}", desk.asked());
    }
    assert!(screen.exit().is_none(), "the screen is still there");
}
