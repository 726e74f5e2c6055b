//! Where panes stand. A workspace is a division of the screen that depends on how much of it there is: on a small terminal
//! panes share a place and the rest is a key away.

mod divide;
mod workspaces;

pub use divide::{Place, divide};
pub use workspaces::{WORKSPACES, Workspace};

use super::pane::PaneKind;

/// Smallest terminal there is a layout for, in cells.
pub const SMALLEST: (u16, u16) = (60, 18);

/// How much of a division a part gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// So many cells.
    Cells(u16),
    /// So many parts of what the others leave.
    Parts(u16),
}

/// A division of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Split {
    /// One pane, or several of which one is shown.
    Panes(&'static [PaneKind]),
    /// Beside each other.
    Beside(Vec<(Share, Split)>),
    /// Above each other.
    Above(Vec<(Share, Split)>),
}
