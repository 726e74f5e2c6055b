//! Drawing a frame: header, panes, footer, and what stands over them.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::outbox::Outbox;
use super::{App, footer, header};
use crate::text::screen::frame::Frame as Words;
use crate::tui::layout::SMALLEST;
use crate::tui::pane::PaneKind;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Border, Pen, border};

impl<O: Outbox> App<O> {
    /// Draws everything into a frame of the terminal.
    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let area = frame.area();
        self.draw_into(frame.buffer_mut(), area);
    }

    /// Draws everything into cells.
    pub fn draw_into(&mut self, buffer: &mut Buffer, screen: Rect) {
        self.screen = screen;
        let mut scratch = std::mem::take(&mut self.scratch);
        if screen.width < SMALLEST.0 || screen.height < SMALLEST.1 {
            let look = &self.model.look;
            let mut pen = Pen::new(buffer, screen, look, &mut scratch);
            let style = pen.style(Role::Warning);
            let y = screen.height / 2;
            let (width, language) = (screen.width, look.language);
            pen.field(0, y.saturating_sub(1), width, Words::TooSmall.text(language), Align::Centre, style);
            pen.field(0, y, width, Words::TooSmallNeeds.text(language), Align::Centre, style);
            self.scratch = scratch;
            return;
        }
        self.arrangement.arrange(Self::body(screen));
        self.draw_header(buffer, screen, &mut scratch);
        let shown: Vec<_> = self.arrangement.shown().collect();
        for (panes, kind, area) in shown {
            self.draw_pane(buffer, &panes, kind, area, &mut scratch);
        }
        self.draw_footer(buffer, screen, &mut scratch);
        self.draw_overlays(buffer, screen, &mut scratch);
        self.scratch = scratch;
    }

    fn draw_header(&self, buffer: &mut Buffer, screen: Rect, scratch: &mut String) {
        let area = Rect { height: 1, ..screen };
        let mut pen = Pen::new(buffer, area, &self.model.look, scratch);
        let workspace = self.arrangement.label(self.model.look.language);
        header::draw(&self.model, &workspace, &mut pen);
    }

    fn draw_footer(&self, buffer: &mut Buffer, screen: Rect, scratch: &mut String) {
        let area = Rect { y: screen.bottom() - 1, height: 1, ..screen };
        let mut pen = Pen::new(buffer, area, &self.model.look, scratch);
        let mut hints = Vec::new();
        if let Some(pane) = self.pane(self.focused()) {
            pane.hints(&self.model, &mut hints);
        }
        let notice = self.notice.as_ref().map(|(notice, _)| notice);
        let foot = footer::Foot { notice, hints: &hints, keymap: &self.keymap, prefix: self.prefix };
        footer::draw(&self.model, &foot, &mut pen);
    }

    fn draw_pane(
        &mut self,
        buffer: &mut Buffer,
        shared: &[PaneKind],
        kind: PaneKind,
        area: Rect,
        scratch: &mut String,
    ) {
        let has_keys = self.overlays.iter().all(|overlay| overlay.lets_keys_through());
        let focused = self.arrangement.focused() == kind && has_keys;
        let live = self.model.is_live();
        let Some(pane) = self.panes.iter_mut().find(|pane| pane.kind() == kind) else { return };
        self.title.clear();
        pane.title(&self.model, &mut self.title);
        let mut note = String::new();
        pane.note(&self.model, &mut note);
        if shared.len() > 1 {
            self.title = with_neighbours(&self.title, shared, kind, &self.model, area.width);
        }
        let mut pen = Pen::new(buffer, area, &self.model.look, scratch);
        let inner = border(&mut pen, &Border { title: &self.title, note: &note, focused, live });
        let mut pen = Pen::new(buffer, inner, &self.model.look, scratch);
        pane.draw(&self.model, focused, &mut pen);
    }

    fn draw_overlays(&mut self, buffer: &mut Buffer, screen: Rect, scratch: &mut String) {
        let live = self.model.is_live();
        for overlay in &mut self.overlays {
            let area = overlay.place(&self.model, screen).intersection(screen);
            let mut pen = Pen::new(buffer, area, &self.model.look, scratch);
            let ground = pen.style(Role::Text);
            clear_under(pen.buffer, area);
            pen.clear(ground);
            let title = overlay.title(&self.model);
            let inner = border(&mut pen, &Border { title: &title, note: "", focused: true, live });
            let mut pen = Pen::new(buffer, inner, &self.model.look, scratch);
            overlay.draw(&self.model, &mut pen);
        }
    }
}

/// A wide letter that reaches into the area from its left goes whole: half of it cannot be drawn.
fn clear_under(buffer: &mut Buffer, area: Rect) {
    if area.x == 0 {
        return;
    }
    for y in area.top()..area.bottom() {
        if let Some(cell) = buffer.cell_mut((area.x - 1, y))
            && crate::tui::widget::cells(cell.symbol()) > 1
        {
            cell.set_symbol(" ");
        }
    }
}

/// The title of a pane with the names of those behind it, as far as there is room.
fn with_neighbours(
    title: &str,
    shared: &[PaneKind],
    kind: PaneKind,
    model: &crate::tui::model::Model,
    width: u16,
) -> String {
    use crate::tui::widget::cells;
    let language = model.look.language;
    let room = width.saturating_sub(4);
    let separator = format!(" {} ", model.look.glyphs.vertical);
    let mut text = String::new();
    for pane in shared {
        let name = if *pane == kind { title } else { pane.label().text(language) };
        if !text.is_empty() {
            text.push_str(&separator);
        }
        if *pane == kind {
            text.push_str(model.look.glyphs.cursor);
        }
        text.push_str(name);
    }
    if cells(&text) <= room { text } else { format!("{title} +{}", shared.len() - 1) }
}
