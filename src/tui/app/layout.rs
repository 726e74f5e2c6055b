//! Which workspace is shown, which pane of each place, and which one gets the keys.

use std::collections::HashMap;

use ratatui::layout::Rect;

use super::Memory;
use crate::tui::layout::{Place, WORKSPACES, Workspace, divide};
use crate::tui::pane::PaneKind;

/// The present arrangement of panes.
#[derive(Debug)]
pub struct Arrangement {
    workspace: usize,
    focused: PaneKind,
    /// The pane last shown of those that share a place.
    recent: Vec<PaneKind>,
    /// The pane each workspace had the keys in.
    focus_of: HashMap<usize, PaneKind>,
    zoomed: bool,
    area: Rect,
    places: Vec<Place>,
}

impl Arrangement {
    /// As it was kept, or the trade workspace with the ladder.
    #[must_use]
    pub fn new(memory: &Memory) -> Self {
        let workspace = memory.word("workspace");
        let workspace = WORKSPACES.iter().position(|known| Some(known.key) == workspace).unwrap_or(0);
        let focused = memory.word("focus").and_then(PaneKind::named).unwrap_or(PaneKind::Ladder);
        let mut arrangement = Self {
            workspace,
            focused,
            recent: Vec::new(),
            focus_of: HashMap::new(),
            zoomed: false,
            area: Rect::default(),
            places: Vec::new(),
        };
        arrangement.arrange(Rect::new(0, 1, 160, 43));
        arrangement
    }

    /// Keeps what [`Self::new`] reads.
    pub fn keep(&self, memory: &mut Memory) {
        memory.keep_word("workspace", self.workspace().key);
        memory.keep_word("focus", self.focused.name());
    }

    /// The workspace shown.
    #[must_use]
    pub fn workspace(&self) -> &'static Workspace {
        WORKSPACES.get(self.workspace).unwrap_or(&WORKSPACES[0])
    }

    /// Its number, from 0.
    #[must_use]
    pub const fn workspace_index(&self) -> usize {
        self.workspace
    }

    /// The pane that gets the keys.
    #[must_use]
    pub const fn focused(&self) -> PaneKind {
        self.focused
    }

    /// Gives the focused pane the whole screen, or takes it back.
    pub fn zoom(&mut self) {
        self.zoomed = !self.zoomed;
        self.lay_out();
    }

    /// Divides an area.
    pub fn arrange(&mut self, area: Rect) {
        if area != self.area {
            self.area = area;
            self.lay_out();
        }
    }

    fn lay_out(&mut self) {
        self.places = divide(&(self.workspace().split)(self.area.width, self.area.height), self.area);
        if !self.panes().any(|pane| pane == self.focused) {
            let first = self.places.first().and_then(|place| place.panes.first()).copied();
            self.focused = self.focus_of.get(&self.workspace).copied().or(first).unwrap_or(PaneKind::Ladder);
            if !self.panes().any(|pane| pane == self.focused) {
                self.focused = first.unwrap_or(PaneKind::Ladder);
            }
        }
        self.seen(self.focused);
    }

    fn panes(&self) -> impl DoubleEndedIterator<Item = PaneKind> + '_ {
        self.places.iter().flat_map(|place| place.panes.iter().copied())
    }

    /// Places on the screen, each with the pane shown there.
    pub fn shown(&self) -> impl Iterator<Item = (&'static [PaneKind], PaneKind, Rect)> + '_ {
        let zoomed = self.zoomed.then_some((self.area, self.focused));
        self.places.iter().filter_map(move |place| {
            let pane = self.shown_of(place)?;
            match zoomed {
                Some((area, focused)) => place.panes.contains(&focused).then_some((place.panes, pane, area)),
                None => Some((place.panes, pane, place.area)),
            }
        })
    }

    fn shown_of(&self, place: &Place) -> Option<PaneKind> {
        let recent = self.recent.iter().rev().find(|pane| place.panes.contains(pane));
        recent.or_else(|| place.panes.first()).copied()
    }

    fn seen(&mut self, pane: PaneKind) {
        self.recent.retain(|known| *known != pane);
        self.recent.push(pane);
    }

    /// Gives a pane the keys; in the present workspace if it is there, else in the first that has it.
    pub fn focus(&mut self, pane: PaneKind) {
        if !self.panes().any(|known| known == pane) {
            let (width, height) = (self.area.width, self.area.height);
            let has = |workspace: &Workspace| {
                divide(&(workspace.split)(width, height), Rect::new(0, 0, width, height))
                    .iter()
                    .any(|place| place.panes.contains(&pane))
            };
            if let Some(index) = WORKSPACES.iter().position(has) {
                self.show(index);
            }
        }
        if self.panes().any(|known| known == pane) {
            self.focused = pane;
            self.focus_of.insert(self.workspace, pane);
            self.seen(pane);
        }
    }

    /// Brings a pane into sight without giving it the keys, if the present workspace has it.
    pub fn bring(&mut self, pane: PaneKind) {
        if self.panes().any(|known| known == pane) {
            self.seen(pane);
            // What has the keys stays in sight where both share a place.
            let focused = self.focused;
            self.seen(focused);
        }
    }

    /// Shows a workspace; whether there is one.
    pub fn show(&mut self, index: usize) -> bool {
        if index >= WORKSPACES.len() {
            return false;
        }
        self.focus_of.insert(self.workspace, self.focused);
        self.workspace = index;
        self.zoomed = false;
        if let Some(pane) = self.focus_of.get(&index) {
            self.focused = *pane;
        }
        self.lay_out();
        true
    }

    /// Gives the next or previous pane the keys.
    pub fn step(&mut self, forward: bool) {
        let panes: Vec<PaneKind> = self.panes().collect();
        let Some(at) = panes.iter().position(|pane| *pane == self.focused) else { return };
        let next = if forward { at + 1 } else { at + panes.len() - 1 } % panes.len().max(1);
        if let Some(pane) = panes.get(next) {
            self.focus(*pane);
        }
    }

    /// The pane shown at a cell, with its place.
    #[must_use]
    pub fn at(&self, column: u16, row: u16) -> Option<(PaneKind, Rect)> {
        let inside = |area: &Rect| area.contains(ratatui::layout::Position { x: column, y: row });
        self.shown().find(|(_, _, area)| inside(area)).map(|(_, pane, area)| (pane, area))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pane_that_shares_its_place_comes_into_sight_with_the_keys() {
        let mut arrangement = Arrangement::new(&Memory::none());
        arrangement.arrange(Rect::new(0, 1, 80, 22));
        arrangement.focus(PaneKind::Fills);
        let is_shown = |arrangement: &Arrangement, pane| arrangement.shown().any(|(_, shown, _)| shown == pane);
        assert!(is_shown(&arrangement, PaneKind::Fills) && is_shown(&arrangement, PaneKind::Ladder));
        arrangement.focus(PaneKind::Ladder);
        assert!(is_shown(&arrangement, PaneKind::Fills), "what was last shown stays");
    }

    #[test]
    fn tab_visits_every_pane_and_comes_back() {
        for (width, height) in [(60, 16), (80, 22), (160, 43), (250, 78)] {
            let mut arrangement = Arrangement::new(&Memory::none());
            arrangement.arrange(Rect::new(0, 1, width, height));
            let first = arrangement.focused();
            let mut seen = vec![first];
            loop {
                arrangement.step(true);
                if arrangement.focused() == first {
                    break;
                }
                seen.push(arrangement.focused());
            }
            for pane in [PaneKind::Chart, PaneKind::Ticket, PaneKind::Orders, PaneKind::Watchlist] {
                assert!(seen.contains(&pane), "{pane:?} at {width}x{height}");
            }
        }
    }

    #[test]
    fn a_zoomed_pane_has_the_whole_screen() {
        let mut arrangement = Arrangement::new(&Memory::none());
        arrangement.focus(PaneKind::Chart);
        arrangement.zoom();
        let shown: Vec<_> = arrangement.shown().collect();
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].2, Rect::new(0, 1, 160, 43));
    }
}
