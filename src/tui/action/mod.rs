//! Actions: everything keys, the mouse and the palette can ask for, and which key asks for what where.

mod chord;
mod keymap;
mod table;

pub use chord::{Chord, ChordError, Key};
pub use keymap::{Conflict, KeyError, Keymap, Looked};
pub use table::{Action, TABLE};

use crate::text::screen::action::Label;

/// Where a key is pressed. The most specific context that knows the key wins; a chord means one thing in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Everywhere but in text fields.
    Global,
    /// On the ladder while it is armed.
    LadderArmed,
    /// On the chart.
    Chart,
    /// In a form.
    Form,
    /// While a question waits for its answer.
    Question,
}

impl Context {
    /// Every context.
    pub const ALL: [Self; 5] = [Self::Global, Self::LadderArmed, Self::Chart, Self::Form, Self::Question];
}

/// A row of the table of actions.
#[derive(Debug)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Name in the `[keys]` table of the config.
    pub name: &'static str,
    /// What it is called.
    pub label: Label,
    /// Command of the command line that does the same.
    pub verb: Option<&'static str>,
    /// Keys it has when the config says nothing.
    pub bindings: &'static [(Context, &'static str)],
}

impl Action {
    /// The action of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.name == name).map(|entry| entry.action)
    }

    /// Whether it sends, changes or ends orders at once. Such an action needs a fresh press of its key.
    #[must_use]
    pub const fn trades(self) -> bool {
        use Action::{
            BracketDown, BracketUp, BuyHere, BuyMarket, CancelBuys, CancelHere, CancelSells, MoveDown, MoveUp,
            SellHere, SellMarket, Submit, Yes,
        };
        matches!(
            self,
            BracketDown
                | BracketUp
                | BuyHere
                | BuyMarket
                | CancelBuys
                | CancelHere
                | CancelSells
                | MoveDown
                | MoveUp
                | SellHere
                | SellMarket
                | Submit
                | Yes
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_row_of_its_own_and_a_name_of_its_own() {
        for (index, entry) in TABLE.iter().enumerate() {
            assert_eq!(entry.action as usize, index, "{}", entry.name);
            assert_eq!(Action::named(entry.name), Some(entry.action));
            assert_eq!(entry.action.entry().name, entry.name);
        }
    }

    #[test]
    fn keys_near_a_slip_of_the_finger_never_trade() {
        let risky = ["~", "delete", "backspace", "f5", "esc", "tab", "shift-tab", "space"];
        for entry in TABLE.iter().filter(|entry| entry.action.trades()) {
            for (_, chord) in entry.bindings {
                assert!(!risky.contains(chord), "{} is on {chord}", entry.name);
            }
        }
    }

    #[test]
    fn enter_never_answers_a_question() {
        let keymap = Keymap::standard();
        let enter = "enter".parse::<Key>().unwrap();
        assert_ne!(keymap.look(&[Context::Question], &[enter]), Looked::Action(Action::Yes));
    }
}
