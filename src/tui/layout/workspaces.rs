//! The workspaces and how each folds.

use super::{Share, Split};
use crate::text::Language;
use crate::text::screen::frame::WorkspaceName;
use crate::tui::pane::PaneKind::{
    Activity, Alerts, Chart, Equity, Fills, History, Ladder, Orders, Portfolio, Positions, Prints, Profit, Settings,
    Stops, System, Ticket, Watchlist,
};

/// A workspace.
#[derive(Debug)]
pub struct Workspace {
    /// Its name.
    pub name: WorkspaceName,
    /// Name in files.
    pub key: &'static str,
    /// Four digits that bring it up in the palette, as the numbers of Korean trading screens do.
    pub number: &'static str,
    /// Its division for so many cells between header and footer.
    pub split: fn(u16, u16) -> Split,
}

impl Workspace {
    /// Whether a name is its own, in whatever language and case.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        let names = [self.key, self.name.text(Language::Ko), self.name.text(Language::En)];
        names.iter().any(|known| known.to_lowercase() == name.to_lowercase())
    }
}

/// The workspaces, in the order of their keys 1 to 9.
pub const WORKSPACES: &[Workspace] = &[
    Workspace { name: WorkspaceName::Trade, key: "trade", number: "0111", split: trade },
    Workspace { name: WorkspaceName::Chart, key: "chart", number: "0600", split: chart },
    Workspace { name: WorkspaceName::Portfolio, key: "portfolio", number: "0345", split: portfolio },
    Workspace { name: WorkspaceName::Orders, key: "orders", number: "0341", split: orders },
    Workspace { name: WorkspaceName::Alerts, key: "alerts", number: "0150", split: alerts },
    Workspace { name: WorkspaceName::System, key: "system", number: "0900", split: system },
    Workspace { name: WorkspaceName::Settings, key: "settings", number: "0999", split: settings },
];

/// Cells the ladder needs with its lines.
const LADDER: u16 = 46;
/// Cells the ladder needs on a small terminal.
const LADDER_SMALL: u16 = 40;
/// Cells the watch list needs.
const WATCHLIST: u16 = 38;
/// Cells it takes of a very wide terminal, where it shows volume, value and the best prices too.
const WATCHLIST_WIDE: u16 = 60;
/// Cells from which on a terminal is very wide.
const VERY_WIDE: u16 = 200;
/// Rows the ticket needs.
const TICKET: u16 = 15;
/// Rows of the lists below.
const LISTS: u16 = 13;
/// Rows of the prints.
const PRINTS: u16 = 12;

fn trade(width: u16, height: u16) -> Split {
    let wide = width >= 140;
    let tall = height >= 36;
    match (width, height) {
        (110.., 32..) => {
            let lists = if width >= VERY_WIDE {
                Split::Beside(vec![
                    (Share::Parts(1), Split::Panes(&[Positions, Fills, Activity])),
                    (Share::Parts(1), Split::Panes(&[Orders, Stops, Alerts])),
                ])
            } else {
                Split::Panes(&[Positions, Orders, Fills, Stops, Activity, Alerts])
            };
            let main = if wide {
                let watchlist = if width >= VERY_WIDE { WATCHLIST_WIDE } else { WATCHLIST };
                Split::Beside(vec![
                    (Share::Cells(watchlist), Split::Panes(&[Watchlist])),
                    (Share::Parts(1), Split::Panes(&[Chart])),
                ])
            } else {
                Split::Panes(&[Chart, Watchlist])
            };
            let left = Split::Above(vec![(Share::Parts(1), main), (Share::Cells(LISTS), lists)]);
            let right = if tall {
                let ladder = Split::Panes(&[Ladder]);
                let lower = if height >= 60 {
                    Split::Above(vec![
                        (Share::Parts(1), Split::Panes(&[Prints])),
                        (Share::Cells(TICKET), Split::Panes(&[Ticket])),
                    ])
                } else {
                    Split::Panes(&[Ticket, Prints])
                };
                let rows = if height >= 60 { TICKET + PRINTS + 6 } else { TICKET };
                Split::Above(vec![(Share::Parts(1), ladder), (Share::Cells(rows), lower)])
            } else {
                Split::Panes(&[Ladder, Ticket, Prints])
            };
            Split::Beside(vec![(Share::Parts(1), left), (Share::Cells(LADDER), right)])
        }
        (110.., _) => Split::Beside(vec![
            (Share::Parts(1), Split::Panes(&[Chart, Watchlist, Positions, Orders, Fills, Stops, Activity, Alerts])),
            (Share::Cells(LADDER), Split::Panes(&[Ladder])),
            (Share::Cells(34), Split::Panes(&[Ticket, Prints])),
        ]),
        _ => {
            let ladder = if width >= 86 { LADDER } else { LADDER_SMALL.min(width / 2) };
            Split::Beside(vec![
                (Share::Cells(ladder), Split::Panes(&[Ladder])),
                (
                    Share::Parts(1),
                    Split::Panes(&[
                        Ticket, Chart, Watchlist, Positions, Orders, Prints, Fills, Stops, Activity, Alerts,
                    ]),
                ),
            ])
        }
    }
}

fn chart(width: u16, height: u16) -> Split {
    if width >= 110 && height >= 30 {
        Split::Beside(vec![
            (Share::Parts(1), Split::Panes(&[Chart])),
            (
                Share::Cells(WATCHLIST),
                Split::Above(vec![
                    (Share::Parts(1), Split::Panes(&[Watchlist])),
                    (Share::Cells(TICKET), Split::Panes(&[Prints, Ticket])),
                ]),
            ),
        ])
    } else {
        Split::Panes(&[Chart, Watchlist, Prints, Ticket])
    }
}

fn portfolio(width: u16, height: u16) -> Split {
    if width >= 110 && height >= 30 {
        Split::Above(vec![
            (
                Share::Parts(1),
                Split::Beside(vec![
                    (Share::Parts(1), Split::Panes(&[Portfolio])),
                    (Share::Parts(1), Split::Panes(&[Equity])),
                ]),
            ),
            (
                Share::Parts(1),
                Split::Beside(vec![
                    (Share::Parts(1), Split::Panes(&[Positions])),
                    (Share::Parts(1), Split::Panes(&[Profit])),
                ]),
            ),
        ])
    } else {
        Split::Panes(&[Portfolio, Positions, Equity, Profit])
    }
}

fn orders(_: u16, height: u16) -> Split {
    if height >= 30 {
        Split::Above(vec![
            (Share::Cells(12), Split::Panes(&[Orders, Stops, Fills])),
            (Share::Parts(1), Split::Panes(&[History])),
        ])
    } else {
        Split::Panes(&[Orders, History, Stops, Fills])
    }
}

fn alerts(_: u16, height: u16) -> Split {
    if height >= 30 {
        Split::Above(vec![(Share::Parts(1), Split::Panes(&[Alerts])), (Share::Cells(12), Split::Panes(&[Activity]))])
    } else {
        Split::Panes(&[Alerts, Activity])
    }
}

fn system(_: u16, height: u16) -> Split {
    if height >= 30 {
        Split::Above(vec![(Share::Parts(1), Split::Panes(&[System])), (Share::Cells(12), Split::Panes(&[Activity]))])
    } else {
        Split::Panes(&[System, Activity])
    }
}

fn settings(_: u16, _: u16) -> Split {
    Split::Panes(&[Settings])
}
