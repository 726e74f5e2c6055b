//! The sections of the page.

use std::time::Duration;

use rust_decimal::Decimal;

use super::amounts::{Age, Bytes, Micros, Rate, Uptime};
use super::heard::{Feed, Heard};
use super::page::{Page, fields};
use crate::desk::health::BudgetRecord;
use crate::desk::record::DeskStatus;
use crate::text::screen::system::System as Texts;
use crate::text::term;
use crate::tui::model::Model;
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Role};
use crate::tui::widget::{Align, Digits, Grouped, Pen};

use Align::{Left, Right};

/// A budget this full is worth a warning.
const NEARLY: f64 = 0.8;

/// What the sections are written from.
pub struct Facts<'a> {
    /// The screen's own.
    pub model: &'a Model,
    /// The desk's newest answer.
    pub heard: &'a Heard,
    /// The desk's state, as far as it is known.
    pub status: Option<&'a DeskStatus>,
    /// Whether it is too old to stand for now.
    pub is_old: bool,
    /// Frames drawn in the last whole second.
    pub frames: u32,
    /// Columns and rows of the terminal.
    pub terminal: (u16, u16),
}

impl Facts<'_> {
    fn say(&self, text: Texts) -> &'static str {
        text.text(self.model.look.language)
    }

    /// The role of a number of the answer.
    const fn role(&self, fresh: Role) -> Role {
        if self.is_old { Role::Stale } else { fresh }
    }

    fn digits(&self, value: u64) -> Digits {
        Digits::new(Decimal::from(value), self.model.look.language == crate::text::Language::Ko)
    }

    const fn rate<T>(&self, amount: T) -> Rate<T> {
        Rate { language: self.model.look.language, amount }
    }

    /// The connections of the desk to its brokers.
    pub fn feeds(&self, page: &mut Page<'_>) {
        page.heading(self.say(Texts::Feeds));
        if self.heard.feeds.is_empty() {
            page.text(self.say(Texts::NoFeeds), Role::Dim);
            return;
        }
        let columns = fields([
            (8, Left),
            (6, Left),
            (9, Left),
            (8, Right),
            (5, Right),
            (7, Right),
            (6, Right),
            (4, Right),
            (4, Right),
            (4, Right),
            (6, Right),
        ]);
        let titles = [
            Texts::Profile,
            Texts::Feed,
            Texts::State,
            Texts::Since,
            Texts::Age,
            Texts::Messages,
            Texts::PerSecond,
            Texts::Dropped,
            Texts::Gaps,
            Texts::Resyncs,
            Texts::Bytes,
        ];
        page.titles(&columns, &titles.map(|title| self.say(title)));
        for (index, feed) in self.heard.feeds.iter().enumerate() {
            if let Some(mut pen) = page.line() {
                self.feed(feed, &columns, &mut pen);
            }
            // Losses are those of the whole connection, which its feeds share.
            let next = self.heard.feeds.get(index + 1);
            if next.is_none_or(|next| next.record.profile != feed.record.profile) {
                self.losses(feed, page);
            }
        }
    }

    fn feed(&self, feed: &Feed, columns: &[(u16, u16, Align)], pen: &mut Pen<'_>) {
        let record = &feed.record;
        let language = self.model.look.language;
        let name = match record.name.as_str() {
            "market" => self.say(Texts::Market),
            "user" => self.say(Texts::User),
            "rest" => self.say(Texts::Rest),
            other => other,
        };
        let (text, dim) = (pen.style(self.role(Role::Text)), pen.style(self.role(Role::Dim)));
        let state = pen.style(self.role(state_role(&record.state)));
        let since_answer = self.model.now.after(self.heard.at);
        let age = record.age_ms.map(|ms| Age(Duration::from_millis(ms).saturating_add(since_answer)));
        let bad = |count: u64| self.role(if count > 0 { Role::Warning } else { Role::Dim });
        for (column, (x, width, align)) in columns.iter().copied().enumerate() {
            match column {
                0 => pen.field(x, 0, width, &record.profile, align, text),
                1 => pen.field(x, 0, width, name, align, text),
                2 => pen.field(x, 0, width, term::term(language, &record.state), align, state),
                3 => pen.field(x, 0, width, &feed.since, align, dim),
                4 => age.map_or(0, |age| pen.value(x, 0, width, age, align, text)),
                5 => pen.value(x, 0, width, self.digits(record.messages), align, text),
                6 => feed.per_second.map_or(0, |rate| pen.value(x, 0, width, self.digits(rate), align, text)),
                7..=9 => {
                    let count = [record.dropped, record.gaps, record.resyncs].get(column - 7).copied().unwrap_or(0);
                    let style = pen.style(bad(count));
                    pen.value(x, 0, width, self.digits(count), align, style)
                }
                // A feed within the process has no wire.
                _ if record.bytes == 0 => pen.field(x, 0, width, "-", align, dim),
                _ => pen.value(x, 0, width, Bytes(record.bytes), align, text),
            };
        }
    }

    /// How often a connection was lost, when it is tried again and what went wrong.
    fn losses(&self, feed: &Feed, page: &mut Page<'_>) {
        let record = &feed.record;
        if record.reconnects == 0 && feed.retry.is_none() && record.last_error.is_none() {
            return;
        }
        let Some(mut pen) = page.line() else { return };
        let (label, warning) = (pen.style(Role::Label), pen.style(self.role(Role::Warning)));
        let mut x = 9;
        x += pen.text(x, 0, self.say(Texts::Reconnects), label) + 1;
        x += pen.value(x, 0, 12, record.reconnects, Left, warning) + 2;
        if let Some(retry) = &feed.retry {
            x += pen.text(x, 0, self.say(Texts::RetryAt), label) + 1;
            pen.text(x, 0, retry, warning);
        }
        // A line of its own: what a broker says is long, and its end is often what matters.
        let Some(error) = &record.last_error else { return };
        let Some(mut pen) = page.line() else { return };
        let used = pen.text(9, 0, self.say(Texts::LastError), label);
        pen.text(10 + used, 0, error, warning);
    }

    /// How long orders take on their way.
    pub fn order_path(&self, page: &mut Page<'_>) {
        page.heading(self.say(Texts::OrderPath));
        if self.heard.order_path.iter().all(|stage| stage.count == 0) {
            page.text(self.say(Texts::NoOrders), Role::Dim);
            return;
        }
        let columns = fields([(24, Left), (8, Right), (9, Right), (9, Right), (9, Right)]);
        let titles = [Texts::Stage, Texts::Count, Texts::Half, Texts::Most, Texts::Slowest];
        page.titles(&columns, &titles.map(|title| self.say(title)));
        let ascii = page.is_ascii();
        for stage in &self.heard.order_path {
            let Some(mut pen) = page.line() else { continue };
            let name = match stage.stage.as_str() {
                "gate" => self.say(Texts::Gate),
                "ledger" => self.say(Texts::Ledger),
                "sent" => self.say(Texts::Sent),
                "acknowledged" => self.say(Texts::Acknowledged),
                "filled" => self.say(Texts::Filled),
                other => other,
            };
            let (text, dim) = (pen.style(self.role(Role::Text)), pen.style(self.role(Role::Dim)));
            let [first, second, rest @ ..] = columns;
            pen.field(first.0, 0, first.1, name, first.2, text);
            pen.value(second.0, 0, second.1, self.digits(stage.count), second.2, text);
            for ((x, width, align), us) in rest.into_iter().zip([stage.p50_us, stage.p99_us, stage.max_us]) {
                if stage.count == 0 {
                    pen.field(x, 0, width, "-", align, dim);
                } else {
                    pen.value(x, 0, width, Micros { us, ascii }, align, text);
                }
            }
        }
    }

    /// How much of what a broker allows is used.
    pub fn budgets(&self, page: &mut Page<'_>) {
        page.heading(self.say(Texts::Budgets));
        let columns = fields([(8, Left), (13, Left), (20, Left), (13, Right), (10, Left)]);
        let titles =
            [Texts::Profile, Texts::Lane, Texts::Used, Texts::Used, Texts::Window].map(|title| self.say(title));
        page.titles(&columns, &[titles[0], titles[1], "", titles[3], titles[4]]);
        for budget in &self.heard.budgets {
            if let Some(mut pen) = page.line() {
                self.budget(budget, &columns, &mut pen);
            }
        }
    }

    fn budget(&self, budget: &BudgetRecord, columns: &[(u16, u16, Align); 5], pen: &mut Pen<'_>) {
        let [profile, lane, bar, used, window] = *columns;
        let (text, dim) = (pen.style(self.role(Role::Text)), pen.style(self.role(Role::Dim)));
        let name = match budget.lane.as_str() {
            "order" => self.say(Texts::LaneOrder),
            "cancel" => self.say(Texts::LaneCancel),
            "query" => self.say(Texts::LaneQuery),
            "registrations" => self.say(Texts::LaneRegistrations),
            other => other,
        };
        pen.field(profile.0, 0, profile.1, &budget.profile, profile.2, text);
        pen.field(lane.0, 0, lane.1, name, lane.2, text);
        match budget.limit {
            Some(limit) => {
                let share = if limit == 0 { 1.0 } else { f64::from(budget.used) / f64::from(limit) };
                let role = match share {
                    share if share >= 1.0 => Role::Error,
                    share if share >= NEARLY => Role::Warning,
                    _ => Role::Good,
                };
                draw_bar(pen, (bar.0, bar.1), share, self.role(role));
                let style = pen.style(self.role(if role == Role::Good { Role::Text } else { role }));
                pen.value(used.0, 0, used.1, format_args!("{} / {limit}", budget.used), used.2, style);
            }
            None => {
                pen.field(bar.0, 0, bar.1, self.say(Texts::NoLimit), bar.2, dim);
                pen.value(used.0, 0, used.1, budget.used, used.2, text);
            }
        }
        match budget.window_ms {
            0 => pen.field(window.0, 0, window.1, self.say(Texts::Standing), window.2, dim),
            ms if ms.is_multiple_of(1_000) => {
                pen.value(window.0, 0, window.1, format_args!("{}s", ms / 1_000), window.2, dim)
            }
            ms => pen.value(window.0, 0, window.1, format_args!("{ms}ms"), window.2, dim),
        };
    }

    /// The process behind the screens.
    pub fn desk(&self, page: &mut Page<'_>) {
        page.heading(self.say(Texts::Desk));
        let text = self.role(Role::Text);
        if let Some(status) = self.status {
            let pid = status.pid.unwrap_or_default();
            page.pair(self.say(Texts::Version), format_args!("{}  pid {pid}", status.version), text);
            page.pair(self.say(Texts::Uptime), Uptime(status.uptime_s), text);
            page.pair(self.say(Texts::Faces), status.faces, text);
            match status.trading_lock.as_deref() {
                Some(holder) if holder == self.model.name => {
                    page.pair(self.say(Texts::Lock), format_args!("{holder} ({})", self.say(Texts::ThisScreen)), text);
                }
                Some(holder) => page.pair(self.say(Texts::Lock), holder, self.role(Role::Warning)),
                None => page.pair(self.say(Texts::Lock), self.say(Texts::Nobody), self.role(Role::Warning)),
            }
        }
        let events = Grouped::new(Decimal::from(self.heard.market_events));
        match self.heard.events_per_second {
            Some(rate) => {
                let line = format_args!("{events}  ({})", self.rate(self.digits(rate)));
                page.pair(self.say(Texts::Events), line, text);
            }
            None => page.pair(self.say(Texts::Events), events, text),
        }
        match self.heard.resident_bytes {
            Some(bytes) => page.pair(self.say(Texts::Memory), Bytes(bytes), text),
            None => page.pair(self.say(Texts::Memory), self.say(Texts::NotKnown), Role::Dim),
        }
        page.pair(self.say(Texts::LedgerSize), Bytes(self.heard.ledger_bytes), text);
        match self.heard.clock_offset_ms {
            // The gate refuses orders beyond a second.
            Some(ms) => {
                let role = if ms.unsigned_abs() > 1_000 { Role::Error } else { text };
                page.pair(self.say(Texts::ClockOffset), format_args!("{ms:+} ms"), role);
            }
            None => page.pair(self.say(Texts::ClockOffset), self.say(Texts::NotKnown), Role::Dim),
        }
        self.keeping(page);
    }

    /// Whether the ledger takes writes, and what the desk watches.
    fn keeping(&self, page: &mut Page<'_>) {
        let Some(status) = self.status else { return };
        let text = self.role(Role::Text);
        match status.storage.as_deref() {
            Some(reason) => page.pair(self.say(Texts::Storage), crate::text::clean::clean(reason), Role::Error),
            None => page.pair(self.say(Texts::Storage), self.say(Texts::StorageFine), text),
        }
        page.pair(self.say(Texts::DataDir), crate::text::clean::clean(&status.data_dir), text);
        if status.holds.is_empty() {
            page.pair(self.say(Texts::Holds), self.say(Texts::NoHolds), Role::Dim);
        }
        for (index, hold) in status.holds.iter().enumerate() {
            let name = if index == 0 { self.say(Texts::Holds) } else { "" };
            page.pair(name, crate::text::clean::clean(hold), text);
        }
    }

    /// This screen.
    pub fn screen(&self, page: &mut Page<'_>) {
        page.heading(self.say(Texts::Screen));
        let (total, second) = self.model.screen_bytes;
        let line = format_args!("{}  ({})", self.rate(Bytes(second)), Bytes(total));
        page.pair(self.say(Texts::Written), line, Role::Text);
        page.pair(self.say(Texts::Frames), self.rate(self.frames), Role::Text);
        let (width, height) = self.terminal;
        page.pair(self.say(Texts::Size), format_args!("{width}x{height}"), Role::Text);
        page.pair(self.say(Texts::Colours), self.say(depth(self.model.look.depth)), Role::Text);
        page.pair(self.say(Texts::Glyphs), self.say(glyphs(&self.model.look)), Role::Text);
        page.pair(self.say(Texts::Name), &self.model.name, Role::Text);
    }
}

/// How the state of a connection is drawn.
fn state_role(state: &str) -> Role {
    match state {
        "up" => Role::Good,
        "connecting" => Role::Warning,
        _ => Role::Error,
    }
}

const fn depth(depth: ColourDepth) -> Texts {
    match depth {
        ColourDepth::True => Texts::Depth24,
        ColourDepth::Indexed => Texts::Depth256,
        ColourDepth::Sixteen => Texts::Depth16,
        ColourDepth::None => Texts::DepthNone,
    }
}

fn glyphs(look: &Look) -> Texts {
    if look.glyphs == GlyphSet::Full.glyphs() {
        Texts::GlyphFull
    } else if look.glyphs == GlyphSet::Narrow.glyphs() {
        Texts::GlyphNarrow
    } else {
        Texts::GlyphAscii
    }
}

/// A bar of so many cells, with eighths where there are symbols for them.
fn draw_bar(pen: &mut Pen<'_>, (x, width): (u16, u16), share: f64, role: Role) {
    let (style, dim) = (pen.style(role), pen.style(Role::Grid));
    let glyphs = pen.look.glyphs;
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a few cells")]
    let eighths = (share * f64::from(width) * 8.0).round() as u16;
    let (whole, part) = (eighths / 8, eighths % 8);
    pen.rule(x, 0, width, glyphs.dot, dim);
    let full = glyphs.eighths.last().copied().unwrap_or("#");
    pen.rule(x, 0, whole, full, style);
    if let Some(symbol) = part.checked_sub(1).and_then(|part| glyphs.eighths.get(usize::from(part))) {
        pen.symbol(x + whole, 0, symbol, style);
    } else if part >= 4 && glyphs.eighths.is_empty() {
        pen.symbol(x + whole, 0, full, style);
    }
}
