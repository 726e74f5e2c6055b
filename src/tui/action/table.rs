//! The one table of actions: keys, hints, help, palette and command line read it, so that none can say what is not so.

use super::{Context, Entry};
use crate::text::screen::action::Label;

macro_rules! actions {
    ($($action:ident $name:literal $verb:expr, [$($context:ident $chord:literal),*];)+) => {
        /// Something a person can make the screen do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each has its text beside it in the language files")]
        pub enum Action { $($action),+ }

        impl Action {
            /// Its row in the table.
            #[must_use]
            pub const fn entry(self) -> &'static Entry {
                const ENTRIES: &[Entry] = TABLE;
                // The enum and the table are made of the same rows.
                &ENTRIES[self as usize]
            }
        }

        /// Every action.
        pub const TABLE: &[Entry] = &[$(Entry {
            action: Action::$action,
            name: $name,
            label: Label::$action,
            verb: $verb,
            bindings: &[$((Context::$context, $chord)),*],
        }),+];
    };
}

// The verb is the command that does the same; `None` for what only a screen can do.
actions! {
    Quit "quit" None, [Global "q"];
    Interrupt "interrupt" None, [Global "ctrl-c"];
    Suspend "suspend" None, [Global "ctrl-z"];
    Escape "escape" None, [Global "esc"];
    Help "help" Some("help"), [Global "?", Global "f1"];
    Palette "palette" None, [Global ":", Global "ctrl-p"];
    Search "search" Some("search"), [Global "/", Global "ctrl-f"];
    NextPane "next_pane" None, [Global "tab"];
    PreviousPane "previous_pane" None, [Global "shift-tab"];
    Workspace1 "workspace_1" None, [Global "1"];
    Workspace2 "workspace_2" None, [Global "2"];
    Workspace3 "workspace_3" None, [Global "3"];
    Workspace4 "workspace_4" None, [Global "4"];
    Workspace5 "workspace_5" None, [Global "5"];
    Workspace6 "workspace_6" None, [Global "6"];
    Workspace7 "workspace_7" None, [Global "7"];
    Workspace8 "workspace_8" None, [Global "8"];
    Workspace9 "workspace_9" None, [Global "9"];
    Redraw "redraw" None, [Global "ctrl-l"];
    Zoom "zoom" None, [Global "z"];
    Kill "kill" Some("kill"), [Global "ctrl-k", Global "f12"];
    Halt "halt" Some("halt"), [];
    Reduce "reduce" Some("reduce"), [];
    Resume "resume" Some("resume"), [];
    FlattenAll "flatten_all" Some("flatten"), [];
    CancelEverything "cancel_everything" Some("order cancel"), [Global "f9"];
    TakeLock "take_trading" None, [];
    BuyTicket "buy" Some("order buy"), [Global "b", Global "f2"];
    SellTicket "sell" Some("order sell"), [Global "s", Global "f3"];
    Modify "modify" Some("order replace"), [Global "m", Global "f4"];
    Cancel "cancel" Some("order cancel"), [Global "c"];
    CancelSymbol "cancel_symbol" Some("order cancel"), [Global "X", Global "f8"];
    ClosePosition "close_position" Some("flatten"), [Global "x"];
    Arm "arm" None, [Global "A"];
    AddAlert "add_alert" Some("alert add"), [Global "a"];
    WatchToggle "watch" Some("watch add"), [Global "w"];
    Settings "settings" Some("config show"), [Global ","];
    ActivityLog "activity" Some("desk logs"), [Global "`"];
    Refresh "refresh" Some("reconcile"), [Global "r", Global "R"];
    NextTheme "theme" None, [Global "T"];
    NextLanguage "language" None, [];
    NextProfile "profile" None, [];
    Tour "tour" None, [];
    ChartType "chart_type" None, [Global "t"];
    IntervalDown "interval_down" Some("candles"), [Global "["];
    IntervalUp "interval_up" Some("candles"), [Global "]"];
    Finer "finer" Some("book"), [Global "{"];
    Coarser "coarser" Some("book"), [Global "}"];
    Larger "larger" None, [Global "+"];
    Smaller "smaller" None, [Global "-"];
    TakePrice "take_price" None, [Global "="];
    Select "select" None, [Global "space"];
    Open "open" None, [Global "enter"];
    Edit "edit" None, [Global "e"];
    Delete "delete" Some("watch rm"), [Global "d"];
    Copy "copy" None, [Global "y"];
    NetProfit "net_profit" None, [Global "n"];
    Undo "undo" None, [Global "u"];
    Filter "filter" Some("order list"), [Global "f"];
    ClearFilter "clear_filter" Some("order list"), [Global "F"];
    Sort "sort" None, [Global "o"];
    SortReverse "sort_reverse" None, [Global "O"];
    Export "export" Some("transactions"), [];
    Acknowledge "acknowledge" Some("alert ack"), [];
    Up "up" None, [Global "up", Global "k"];
    Down "down" None, [Global "down", Global "j"];
    Left "left" None, [Global "left", Global "h"];
    Right "right" None, [Global "right", Global "l"];
    PageUp "page_up" None, [Global "pageup"];
    PageDown "page_down" None, [Global "pagedown"];
    Top "top" None, [Global "g g", Global "home"];
    Bottom "bottom" None, [Global "G", Global "end"];
    BuyHere "buy_here" Some("order buy"), [LadderArmed "b"];
    SellHere "sell_here" Some("order sell"), [LadderArmed "s"];
    BuyMarket "buy_market" Some("order buy"), [LadderArmed ">"];
    SellMarket "sell_market" Some("order sell"), [LadderArmed "<"];
    CancelHere "cancel_here" Some("order cancel"), [LadderArmed "c"];
    CancelBuys "cancel_buys" Some("order cancel"), [LadderArmed ";"];
    CancelSells "cancel_sells" Some("order cancel"), [LadderArmed "'"];
    MoveUp "move_up" Some("order replace"), [LadderArmed "shift-up", LadderArmed "K"];
    MoveDown "move_down" Some("order replace"), [LadderArmed "shift-down", LadderArmed "J"];
    BracketUp "bracket_up" Some("order replace"), [LadderArmed "alt-up", LadderArmed "("];
    BracketDown "bracket_down" Some("order replace"), [LadderArmed "alt-down", LadderArmed ")"];
    Size1 "size_1" None, [LadderArmed "1"];
    Size2 "size_2" None, [LadderArmed "2"];
    Size3 "size_3" None, [LadderArmed "3"];
    Size4 "size_4" None, [LadderArmed "4"];
    Size5 "size_5" None, [LadderArmed "5"];
    NextBracket "next_bracket" None, [LadderArmed "n"];
    PanLeft "pan_left" None, [Chart "H", Chart "shift-left"];
    PanRight "pan_right" None, [Chart "L", Chart "shift-right"];
    LogScale "log_scale" None, [Chart "v"];
    AddLine "horizontal_line" None, [Chart "i"];
    AddTrend "trend_line" None, [Chart "\\"];
    AddFibonacci "fibonacci" None, [Chart "|"];
    NextField "next_field" None, [Form "tab", Form "down"];
    PreviousField "previous_field" None, [Form "shift-tab", Form "up"];
    Submit "submit" Some("order buy"), [Form "enter"];
    Yes "yes" None, [Question "y"];
    No "no" None, [Question "n"];
}
