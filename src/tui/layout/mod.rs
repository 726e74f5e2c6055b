//! Where panes stand. A workspace is a division of the screen that depends on how much of it there is: on a small terminal
//! panes share a place and the rest is a key away.

mod divide;
mod own;
mod text;
mod trouble;
mod workspaces;

use std::borrow::Cow;

pub use divide::{Place, divide};
pub use own::{OWN_KEYS, OwnWorkspace, WorkspaceFiles, WrongFile, check_name};
pub use trouble::Trouble;
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
    /// The same of a person's own workspace.
    Own(Vec<PaneKind>),
    /// Beside each other.
    Beside(Vec<(Share, Split)>),
    /// Above each other.
    Above(Vec<(Share, Split)>),
}

impl Split {
    /// Panes of a place; none of a division.
    fn panes(&self) -> Cow<'static, [PaneKind]> {
        match self {
            Self::Panes(panes) => Cow::Borrowed(panes),
            Self::Own(panes) => Cow::Owned(panes.clone()),
            Self::Beside(_) | Self::Above(_) => Cow::Borrowed(&[]),
        }
    }

    /// Every pane of it, in the order in which Tab visits them.
    #[must_use]
    pub fn every_pane(&self) -> Vec<PaneKind> {
        match self {
            Self::Panes(_) | Self::Own(_) => self.panes().into_owned(),
            Self::Beside(parts) | Self::Above(parts) => parts.iter().flat_map(|(_, part)| part.every_pane()).collect(),
        }
    }

    /// The same division with the panes of each place in another order.
    #[must_use]
    pub fn with_places(&self, order: &impl Fn(&[PaneKind]) -> Vec<PaneKind>) -> Self {
        let each = |parts: &[(Share, Self)]| {
            parts.iter().map(|(share, part)| (*share, part.with_places(order))).collect::<Vec<_>>()
        };
        match self {
            Self::Panes(_) | Self::Own(_) => Self::Own(order(&self.panes())),
            Self::Beside(parts) => Self::Beside(each(parts)),
            Self::Above(parts) => Self::Above(each(parts)),
        }
    }
}
