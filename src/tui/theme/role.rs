//! What a cell means.

macro_rules! roles {
    ($($(#[doc = $doc:literal])+ $role:ident;)+) => {
        /// What a cell means; its style follows from it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Role { $($(#[doc = $doc])+ $role),+ }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$role),+];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();
        }
    };
}

roles! {
    /// Plain text.
    Text;
    /// Text that matters less: units, old prints, labels.
    Dim;
    /// Text that matters more.
    Strong;
    /// Names of columns and fields.
    Label;
    /// Above the close of the day before; profit.
    Up;
    /// Below the close of the day before; loss.
    Down;
    /// Neither.
    Flat;
    /// Something bought: buy buttons, own bids, bought prints.
    Buy;
    /// Something sold.
    Sell;
    /// Ground under the asks of the ladder.
    AskGround;
    /// Ground under the bids of the ladder.
    BidGround;
    /// Bar of the quantity of an ask.
    AskBar;
    /// Bar of the quantity of a bid.
    BidBar;
    /// The row of the last trade.
    LastRow;
    /// Row under the cursor while keys do not trade.
    Cursor;
    /// Row under the cursor of an armed ladder.
    CursorArmed;
    /// An own order.
    Own;
    /// Average price of the position.
    Average;
    /// Price at which closing costs nothing.
    Breakeven;
    /// Daily limits and prices of volatility interruptions.
    Limit;
    /// Lines of a pane.
    Frame;
    /// Lines of the pane that gets the keys.
    FrameFocused;
    /// Lines of every pane while real money trades.
    FrameLive;
    /// Title of a pane.
    Title;
    /// Title of the pane that gets the keys.
    TitleFocused;
    /// Ground of the header and footer.
    Bar;
    /// A key in a hint.
    Key;
    /// Chosen row of a list.
    Chosen;
    /// Letters that a search found.
    Found;
    /// A field of a form.
    Field;
    /// The field that gets the keys.
    FieldFocused;
    /// A field whose text cannot be right.
    FieldWrong;
    /// Something went well.
    Good;
    /// Something may go wrong.
    Warning;
    /// Something went wrong.
    Error;
    /// A number too old to trade on.
    Stale;
    /// Badge of the VIRTUAL world.
    Virtual;
    /// Badge of the PAPER world.
    Paper;
    /// Badge of the REPLAY world.
    Replay;
    /// Badge of the LIVE world.
    Live;
    /// Badge of a screen that only looks.
    View;
    /// The word ARMED.
    Armed;
    /// Grid and axes of a chart.
    Grid;
    /// Crosshair of a chart.
    Crosshair;
    /// A candle that closed above its opening.
    CandleUp;
    /// A candle that closed below its opening.
    CandleDown;
    /// First line of an indicator.
    Line1;
    /// Second line.
    Line2;
    /// Third line.
    Line3;
    /// Fourth line.
    Line4;
    /// Fifth line.
    Line5;
    /// Sixth line.
    Line6;
    /// A line drawn by hand.
    Drawing;
}
