//! What panes ask for.

use super::PaneKind;
use crate::config::Language;
use crate::config::UiSettings;
use crate::desk::protocol::{Command, OrderSelection, SubmitOrder};
use crate::market::{InstrumentId, Price, Quantity, Side};
use crate::order::ProfileName;
use crate::tui::action::Action;
use crate::tui::theme::{Role, Theme};

/// What is to happen with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It goes to the pane as [`super::News::Answer`] with this tag. An answer that comes after another instrument was
    /// selected is dropped.
    Pane(PaneKind, u32),
    /// It goes to what stands over the panes, as [`super::News::Answer`] with this tag. An answer that comes after
    /// another instrument or profile was selected is dropped; the overlay is told of that, and asks again.
    Overlay(u32),
    /// A failure is shown; success says nothing.
    Deed,
}

/// Something that makes, changes or ends orders. Each goes through the same guards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trade {
    /// A new order. Its client id is set on the way.
    Submit(Box<SubmitOrder>),
    /// Change of an open order.
    Replace {
        /// Its id.
        order: String,
        /// New limit price.
        price: Option<Price>,
        /// New trigger price.
        stop_price: Option<Price>,
        /// New quantity.
        quantity: Option<Quantity>,
    },
    /// End of orders.
    Cancel(OrderSelection),
}

/// How a ticket starts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TicketStart {
    /// Which way; as it was when absent.
    pub side: Option<Side>,
    /// Limit price.
    pub price: Option<Price>,
    /// Quantity.
    pub quantity: Option<Quantity>,
    /// At market.
    pub market: bool,
    /// Only makes a position smaller.
    pub reduce_only: bool,
    /// An open order that is to be changed instead.
    pub replace: Option<String>,
}

/// A question with the deed that follows a yes.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What is asked, a line each.
    pub lines: Vec<String>,
    /// The word that must be typed; `y` when none.
    pub word: Option<&'static str>,
    /// What follows.
    pub deed: Box<Ask>,
}

/// A line for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What is said.
    pub text: String,
    /// How it is drawn.
    pub role: Role,
}

/// What is done to workspaces by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkspaceDeed {
    /// It is shown.
    Show(String),
    /// What is shown is kept under the name; over what had it only after a yes.
    Save {
        /// The name.
        name: String,
        /// The yes was given.
        replace: bool,
    },
    /// It gets another name; the one shown, where none is named.
    Rename {
        /// Its name.
        from: Option<String>,
        /// Its new name.
        to: String,
    },
    /// It is removed, after a yes.
    Forget {
        /// The name.
        name: String,
        /// The yes was given.
        sure: bool,
    },
}

/// What a pane asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// A question or request to the desk.
    Send(Box<Command>, Purpose),
    /// An order, a change, a cancel.
    Trade(Trade),
    /// Another instrument.
    Select(InstrumentId),
    /// Another pane, brought into sight.
    Focus(PaneKind),
    /// A ticket.
    Ticket(TicketStart),
    /// An action, as if its key had been pressed.
    Act(Action),
    /// A question.
    Ask(Question),
    /// A line for the person.
    Say(Notice),
    /// Text for the clipboard.
    Copy(String),
    /// A command typed in words: for the pane that has the keys, else for the chart.
    Command(String),
    /// A line of the palette that is to come again with the up key.
    Typed(String),
    /// Something about workspaces by name.
    Workspace(WorkspaceDeed),
    /// Another profile.
    Profile(ProfileName),
    /// Another language.
    Language(Language),
    /// Other colours.
    Theme(Theme),
    /// The size of ladder orders.
    Size(Quantity),
    /// The bracket template of ladder and ticket.
    Bracket(Option<String>),
    /// The ladder was used: it stays armed for another while.
    Used,
    /// The ladder's keys are to trade no longer.
    Disarm,
    /// The ladder is to be armed, after the word for real money was typed.
    Arm,
    /// The kill switch.
    Kill,
    /// Other settings of the screen, for this run.
    Ui(Box<UiSettings>),
    /// Whether this screen only looks: the right to trade is given back, or asked for.
    LookOnly(bool),
    /// The screen is to be left.
    Leave,
    /// The layout or a pane's state changed and should be kept.
    Keep,
}

/// What a pane asks for, in order.
#[derive(Debug, Default)]
pub struct Asks(pub Vec<Ask>);

impl Asks {
    /// One more.
    pub fn push(&mut self, ask: Ask) {
        self.0.push(ask);
    }

    /// A line for the person.
    pub fn say(&mut self, role: Role, text: impl Into<String>) {
        self.push(Ask::Say(Notice { text: text.into(), role }));
    }

    /// A question to the desk whose answer comes back to the overlay.
    pub fn overlay_question(&mut self, tag: u32, command: Command) {
        self.push(Ask::Send(Box::new(command), Purpose::Overlay(tag)));
    }

    /// A question to the desk whose answer comes back to the pane.
    pub fn question(&mut self, pane: PaneKind, tag: u32, command: Command) {
        self.push(Ask::Send(Box::new(command), Purpose::Pane(pane, tag)));
    }
}
