//! Which panes there are.

use crate::text::screen::frame::PaneName;

macro_rules! panes {
    ($($(#[doc = $doc:literal])+ $kind:ident $name:literal;)+) => {
        /// A pane.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PaneKind { $($(#[doc = $doc])+ $kind),+ }

        impl PaneKind {
            /// Every pane.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Name in files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),+ }
            }

            /// Name for people.
            #[must_use]
            pub const fn label(self) -> PaneName {
                match self { $(Self::$kind => PaneName::$kind),+ }
            }
        }
    };
}

panes! {
    /// The watch list.
    Watchlist "watchlist";
    /// The chart.
    Chart "chart";
    /// The order book that trades (호가창).
    Ladder "ladder";
    /// Prints (체결).
    Prints "prints";
    /// The order ticket.
    Ticket "ticket";
    /// Holdings.
    Positions "positions";
    /// Working orders.
    Orders "orders";
    /// Fills.
    Fills "fills";
    /// Stops and who watches them.
    Stops "stops";
    /// What happened.
    Activity "activity";
    /// Cash, equity, profit.
    Portfolio "portfolio";
    /// Equity over time.
    Equity "equity";
    /// Profit by day and by instrument.
    Profit "profit";
    /// Every order and transaction of the past.
    History "history";
    /// Alerts.
    Alerts "alerts";
    /// Feeds, latencies, budgets.
    System "system";
    /// Settings.
    Settings "settings";
}

impl PaneKind {
    /// The pane of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
