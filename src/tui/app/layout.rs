//! Which workspace is shown, which pane of each place, and which one gets the keys.

use std::borrow::Cow;
use std::collections::HashMap;

use ratatui::layout::Rect;

use super::Memory;
use crate::text::Language;
use crate::tui::layout::{OwnWorkspace, Place, Split, WORKSPACES, divide};
use crate::tui::pane::PaneKind;

/// Cells and rows below which a place of a person's own workspace shows nothing of use.
const PLACE_MIN: (u16, u16) = (20, 5);

/// The present arrangement of panes.
#[derive(Debug)]
pub struct Arrangement {
    /// Number of the workspace shown: those that come with hoga first, then the person's own.
    workspace: usize,
    own: Vec<OwnWorkspace>,
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
    pub fn new(memory: &Memory, own: Vec<OwnWorkspace>) -> Self {
        let focused = memory.word("focus").and_then(PaneKind::named).unwrap_or(PaneKind::Ladder);
        let mut arrangement = Self {
            workspace: 0,
            own,
            focused,
            recent: Vec::new(),
            focus_of: HashMap::new(),
            zoomed: false,
            area: Rect::default(),
            places: Vec::new(),
        };
        let workspace = memory.word("workspace").and_then(|name| arrangement.named(name));
        arrangement.workspace = workspace.unwrap_or(0);
        arrangement.arrange(Rect::new(0, 1, 160, 43));
        arrangement
    }

    /// The person's own workspaces were read anew. One that is shown stays, unless it has gone.
    pub fn set_own(&mut self, own: Vec<OwnWorkspace>) {
        let name = self.name().to_owned();
        self.own = own;
        self.focus_of.retain(|index, _| *index < WORKSPACES.len());
        self.workspace = self.named(&name).unwrap_or(0);
        self.zoomed = false;
        self.lay_out();
    }

    /// Number of the workspace of a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<usize> {
        let own = || self.own.iter().position(|own| own.name == name).map(|at| at + WORKSPACES.len());
        WORKSPACES.iter().position(|known| known.is_named(name)).or_else(own)
    }

    /// Number of the person's own workspace that a key shows.
    #[must_use]
    pub fn with_key(&self, key: u8) -> Option<usize> {
        self.own.iter().position(|own| own.key == Some(key)).map(|at| at + WORKSPACES.len())
    }

    /// The person's own workspaces.
    #[must_use]
    pub fn own(&self) -> &[OwnWorkspace] {
        &self.own
    }

    fn shown_own(&self) -> Option<&OwnWorkspace> {
        self.own.get(self.workspace.checked_sub(WORKSPACES.len())?)
    }

    /// Keeps what [`Self::new`] reads.
    pub fn keep(&self, memory: &mut Memory) {
        memory.keep_word("workspace", self.name());
        memory.keep_word("focus", self.focused.name());
    }

    /// Name of the workspace shown, as files have it.
    #[must_use]
    pub fn name(&self) -> &str {
        let known = WORKSPACES.get(self.workspace).map(|known| known.key);
        known.or_else(|| self.shown_own().map(|own| own.name.as_str())).unwrap_or_default()
    }

    /// The workspace shown with its key, as the header says it: `2 Chart`.
    #[must_use]
    pub fn label(&self, language: Language) -> String {
        let own = |own: &OwnWorkspace| own.key.map_or_else(|| own.name.clone(), |key| format!("{key} {}", own.name));
        let known = WORKSPACES.get(self.workspace);
        let known = known.map(|known| format!("{} {}", self.workspace + 1, known.name.text(language)));
        known.or_else(|| self.shown_own().map(own)).unwrap_or_default()
    }

    /// How the screen is divided now, each place with the pane shown there first.
    #[must_use]
    pub fn division(&self) -> Split {
        self.split(self.workspace).with_places(&|panes| {
            let first = self.recent.iter().rev().find(|pane| panes.contains(pane));
            let others = panes.iter().filter(|pane| Some(*pane) != first);
            first.into_iter().chain(others).copied().collect()
        })
    }

    /// The division of a workspace for the present size. On a screen too small for one of the person's own, its panes
    /// share a single place.
    fn split(&self, index: usize) -> Split {
        let (width, height) = (self.area.width, self.area.height);
        let own = index.checked_sub(WORKSPACES.len()).and_then(|at| self.own.get(at));
        let Some(own) = own else {
            let known = WORKSPACES.get(index).unwrap_or(&WORKSPACES[0]);
            return (known.split)(width, height);
        };
        let is_small = |place: &Place| place.area.width < PLACE_MIN.0 || place.area.height < PLACE_MIN.1;
        if divide(&own.split, self.area).iter().any(is_small) {
            return Split::Own(own.split.every_pane());
        }
        own.split.clone()
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
        self.places = divide(&self.split(self.workspace), self.area);
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
    pub fn shown(&self) -> impl Iterator<Item = (Cow<'static, [PaneKind]>, PaneKind, Rect)> + '_ {
        let zoomed = self.zoomed.then_some((self.area, self.focused));
        self.places.iter().filter_map(move |place| {
            let pane = self.shown_of(place)?;
            let area = match zoomed {
                Some((area, focused)) => place.panes.contains(&focused).then_some(area)?,
                None => place.area,
            };
            Some((place.panes.clone(), pane, area))
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
            let has = |index: &usize| self.split(*index).every_pane().contains(&pane);
            if let Some(index) = (0..WORKSPACES.len()).find(has) {
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
        if index >= WORKSPACES.len() + self.own.len() {
            return false;
        }
        self.focus_of.insert(self.workspace, self.focused);
        self.workspace = index;
        self.zoomed = false;
        if let Some(pane) = self.focus_of.get(&index).copied().or_else(|| self.shown_own()?.focus) {
            self.focused = pane;
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
        let mut arrangement = Arrangement::new(&Memory::none(), Vec::new());
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
            let mut arrangement = Arrangement::new(&Memory::none(), Vec::new());
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
        let mut arrangement = Arrangement::new(&Memory::none(), Vec::new());
        arrangement.focus(PaneKind::Chart);
        arrangement.zoom();
        let shown: Vec<_> = arrangement.shown().collect();
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].2, Rect::new(0, 1, 160, 43));
    }
}
