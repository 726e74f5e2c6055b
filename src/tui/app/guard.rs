//! Keys that must not trade: held ones, pasted ones, ones that came too soon.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::tui::action::Key;
use crate::tui::terminal::{PasteGuard, Take};

/// A key that comes again within this time is held: keyboards wait at most two thirds of a second before they repeat, and
/// terminals do not tell a repeat from a press.
const HELD: Duration = Duration::from_millis(700);

/// Keys of a person are at least this far apart; closer ones came as one piece.
const APART: Duration = Duration::from_millis(8);

/// Second press of the kill switch.
const KILL_AGAIN: Duration = Duration::from_secs(1);

/// Second press of Ctrl-C.
const INTERRUPT_AGAIN: Duration = Duration::from_secs(2);

/// Why a key does not trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is held down.
    Held,
    /// It came with others as one piece.
    Pasted,
}

/// What is known of keys pressed before.
#[derive(Debug, Default)]
pub struct Guards {
    paste: PasteGuard,
    last: HashMap<Key, Duration>,
    pressed: Option<(Key, Duration)>,
    former: Option<Duration>,
    kill: Option<Duration>,
    interrupt: Option<Duration>,
}

impl Guards {
    /// A key arrived. Whether somebody pressed it.
    pub fn key(&mut self, at: Instant) -> bool {
        self.paste.key(at) == Take::Key
    }

    /// A paste arrived.
    pub fn pasted(&mut self, at: Instant) {
        self.paste.pasted(at);
    }

    /// The mouse did something. Whether somebody moved it.
    pub fn mouse(&mut self, at: Instant) -> bool {
        self.paste.mouse(at) == Take::Key
    }

    /// Notes a press, and says why it may not trade if it may not. Every press is to be noted, also of keys that do not
    /// trade: another key in between says that the first was let go.
    pub fn press(&mut self, key: Key, at: Duration) -> Option<Refused> {
        let again = self.pressed.is_some_and(|(known, _)| known == key)
            && self.last.get(&key).is_some_and(|last| at.saturating_sub(*last) < HELD);
        let close = self.former.is_some_and(|former| at.saturating_sub(former) < APART);
        self.last.insert(key, at);
        self.former = Some(at);
        self.pressed = Some((key, at));
        match (again, close) {
            (true, _) => Some(Refused::Held),
            (false, true) => Some(Refused::Pasted),
            (false, false) => None,
        }
    }

    /// The kill switch was pressed. Whether that was the second time.
    pub fn kill(&mut self, at: Duration) -> bool {
        let again = self.kill.is_some_and(|first| at.saturating_sub(first) < KILL_AGAIN);
        self.kill = if again { None } else { Some(at) };
        again
    }

    /// Ctrl-C was pressed. Whether that was the second time.
    pub fn interrupt(&mut self, at: Duration) -> bool {
        let again = self.interrupt.is_some_and(|first| at.saturating_sub(first) < INTERRUPT_AGAIN);
        self.interrupt = if again { None } else { Some(at) };
        again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        text.parse().unwrap()
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_held_key_is_one_press() {
        let mut guards = Guards::default();
        assert_eq!(guards.press(key("b"), at(1_000)), None);
        // First repeat after half a second, then 30 a second.
        let repeats = std::iter::once(1_500).chain((1..200).map(|n| 1_500 + n * 33));
        for millis in repeats {
            assert_eq!(guards.press(key("b"), at(millis)), Some(Refused::Held), "{millis}");
        }
        assert_eq!(guards.press(key("b"), at(20_000)), None);
    }

    #[test]
    fn another_key_in_between_says_that_the_first_was_let_go() {
        let mut guards = Guards::default();
        assert_eq!(guards.press(key("b"), at(1_000)), None);
        assert_eq!(guards.press(key("down"), at(1_100)), None);
        assert_eq!(guards.press(key("b"), at(1_200)), None);
    }

    #[test]
    fn keys_that_come_as_one_piece_do_not_trade() {
        let mut guards = Guards::default();
        guards.press(key("A"), at(1_000));
        assert_eq!(guards.press(key("b"), at(1_001)), Some(Refused::Pasted));
    }
}
