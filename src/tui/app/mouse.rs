//! The mouse: a click gives a pane the keys, and the rest is the pane's.

use std::time::Duration;

use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::App;
use super::outbox::Outbox;
use crate::tui::overlay::{Overlay, Stay};
use crate::tui::pane::Asks;

impl<O: Outbox> App<O> {
    pub(super) fn on_mouse(&mut self, mouse: &MouseEvent, _: Duration) {
        let mut asks = Asks::default();
        let under_mouse = |area: Rect| area.contains(Position { x: mouse.column, y: mouse.row });
        // What lets keys through lets clicks beside it through as well.
        let (model, screen) = (&self.model, self.screen);
        let takes_it = |overlay: &dyn Overlay| {
            !overlay.lets_keys_through() || under_mouse(overlay.place(model, screen).intersection(screen))
        };
        let top = self.overlays.last_mut().filter(|overlay| takes_it(overlay.as_ref()));
        if let Some(overlay) = top {
            let area = overlay.place(&self.model, self.screen).intersection(self.screen);
            let inside = under_mouse(area);
            let is_press = matches!(mouse.kind, MouseEventKind::Down(_));
            let stay = if inside {
                overlay.mouse(mouse, within(area), &self.model, &mut asks)
            } else if is_press {
                Stay::Close
            } else {
                Stay::Open
            };
            if stay == Stay::Close {
                self.overlays.pop();
            }
            self.dirty |= !matches!(mouse.kind, MouseEventKind::Moved);
            self.carry_out(asks);
            return;
        }
        let Some((kind, area)) = self.arrangement.at(mouse.column, mouse.row) else { return };
        if matches!(mouse.kind, MouseEventKind::Down(_)) {
            let title_row = mouse.row == area.y;
            if title_row && kind == self.focused() {
                self.next_in_place(kind);
                return;
            }
            self.focus(kind);
        }
        if let Some(pane) = self.panes.iter_mut().find(|pane| pane.kind() == kind)
            && pane.mouse(mouse, within(area), &self.model, &mut asks) == crate::tui::pane::Handled::Yes
        {
            self.dirty = true;
        }
        self.carry_out(asks);
    }

    /// A click on the title of the focused pane brings the next of those that share its place.
    fn next_in_place(&mut self, kind: crate::tui::pane::PaneKind) {
        let shown: Vec<_> = self.arrangement.shown().collect();
        let Some((panes, _, _)) = shown.into_iter().find(|(_, shown, _)| *shown == kind) else { return };
        let at = panes.iter().position(|pane| *pane == kind).unwrap_or(0);
        if let Some(next) = panes.get((at + 1) % panes.len().max(1)) {
            self.focus(*next);
        }
    }
}

/// The area within the lines of a pane.
const fn within(area: Rect) -> Rect {
    if area.width < 4 || area.height < 3 {
        return area;
    }
    Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
}
