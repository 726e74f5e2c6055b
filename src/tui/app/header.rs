//! The first line: where one trades, what phase the market is in, money, and whether everything behind is well.

use rust_decimal::Decimal;

use crate::market::{Currency, Venue};
use crate::text::screen::frame::Frame;
use crate::text::term;
use crate::tui::model::{Freshness, Model};
use crate::tui::theme::{Look, Role};
use crate::tui::time;
use crate::tui::widget::{Digits, Grouped, Pen, cells};

/// A part of the line. Parts of higher rank go first when there is no room.
struct Part {
    text: String,
    role: Role,
    rank: u8,
}

/// Draws the line.
pub fn draw(model: &Model, workspace: &str, pen: &mut Pen<'_>) {
    let bar = pen.style(Role::Bar);
    let width = pen.width();
    pen.rule(0, 0, width, " ", bar);
    let mut parts = parts(model, workspace);
    let needed = |parts: &[Part]| parts.iter().map(|part| cells(&part.text) + 2).sum::<u16>();
    while needed(&parts) > width && parts.len() > 1 {
        let Some(worst) = parts.iter().map(|part| part.rank).max() else { break };
        let Some(at) = parts.iter().rposition(|part| part.rank == worst) else { break };
        parts.remove(at);
    }
    let mut x = 0;
    for part in &parts {
        let style = bar.patch(pen.style(part.role));
        x += pen.text(x + 1, 0, &part.text, style) + 2;
    }
    let clock = time::clock(model.now.utc);
    let taken = cells(&clock);
    if x + taken + 2 <= width {
        pen.text(width - taken - 1, 0, &clock, bar);
    }
}

fn parts(model: &Model, workspace: &str) -> Vec<Part> {
    let look = &model.look;
    let language = look.language;
    let mut parts = Vec::new();
    let mut push = |text: String, role, rank| parts.push(Part { text, role, rank });
    let world = model.world();
    push(format!(" {} ", world.badge()), world.role(), 0);
    if model.view_only || (model.is_connected() && !model.may_trade() && model.status.is_some()) {
        push(format!(" {} ", Frame::View.text(language)), Role::View, 0);
    }
    push(model.profile.to_string(), Role::Strong, 4);
    match model.risk_state() {
        "halted" => push(format!(" {} ", Frame::Halted.text(language)), Role::Live, 0),
        "reducing" => push(Frame::Reducing.text(language).to_owned(), Role::Warning, 0),
        _ => {}
    }
    if let Some((text, rank)) = session(model) {
        push(text, Role::Text, rank);
    }
    if let Some((cash, day, sign)) = money(model) {
        push(format!("{} {cash}", Frame::Cash.text(language)), Role::Text, 5);
        let arrow = look.arrow(sign).trim();
        push(format!("{} {arrow}{day}", Frame::DayProfit.text(language)), Look::direction(sign), 2);
    }
    let (text, role) = feed(model);
    push(text, role, 3);
    let (text, role) = desk(model);
    push(text, role, if role == Role::Error { 0 } else { 6 });
    for (text, role) in warnings(model) {
        push(text, role, 1);
    }
    push(format!("[{workspace}]"), Role::Dim, 8);
    parts
}

/// Phase of the selected instrument's venue, with the time to the next.
fn session(model: &Model) -> Option<(String, u8)> {
    let venue = model.selected.id.map_or(Venue::Sim, |id| id.venue);
    let session = model.session(venue)?;
    let language = model.look.language;
    let phase = term::term(language, session.phase.as_str());
    let Some(at) = session.next_at.filter(|at| *at > model.now.utc) else { return Some((phase.to_owned(), 3)) };
    let left = time::countdown(at.since(model.now.utc));
    let text = match session.next_phase.map(|phase| term::term(language, phase.as_str())) {
        Some(next) => format!("{phase} {left} {} {next}", Frame::Until.text(language)),
        None => format!("{phase} {left}"),
    };
    Some((text, 3))
}

/// Cash, profit of the day, and its sign, in the currency of the selected instrument.
fn money(model: &Model) -> Option<(String, String, std::cmp::Ordering)> {
    let currency = currency(model);
    let balance = model.account.balance(currency).or_else(|| model.account.record.as_ref()?.balances.first())?;
    let day = model.account.pnl(balance.currency).map_or(Decimal::ZERO, |pnl| pnl.today);
    let decimals = balance.currency.decimals();
    let cash = if balance.cash.abs() >= Decimal::from(1_000_000_000_i64) {
        Digits::new(balance.cash, model.look.language == crate::text::Language::Ko).to_string()
    } else {
        Grouped::with_decimals(balance.cash, decimals).to_string()
    };
    let day = day.round_dp(decimals);
    Some((
        format!("{cash} {}", balance.currency.as_str()),
        // The arrow in front is its sign.
        Grouped::with_decimals(day.abs(), decimals).to_string(),
        day.cmp(&Decimal::ZERO),
    ))
}

fn currency(model: &Model) -> Currency {
    model.selected.id.and_then(|id| model.quotes.get(&id)).map_or(Currency::Krw, |quote| quote.currency)
}

/// Age of the selected instrument's data.
fn feed(model: &Model) -> (String, Role) {
    let label = Frame::Feed.text(model.look.language);
    match model.book_freshness() {
        Freshness::Missing => (format!("{label} -"), Role::Warning),
        // A figure that changes with every frame says nothing; below a second it is "now".
        Freshness::Fresh(age) if age.as_secs() < 1 => (format!("{label} <1s"), Role::Good),
        Freshness::Fresh(age) => (format!("{label} {}s", age.as_secs()), Role::Good),
        Freshness::Old(age) | Freshness::Stale(age) => (format!("{label} {}", time::age(age)), Role::Error),
    }
}

fn desk(model: &Model) -> (String, Role) {
    let language = model.look.language;
    let label = Frame::Desk.text(language);
    match &model.connection {
        super::super::model::Connection::Connecting => (Frame::Connecting.text(language).to_owned(), Role::Warning),
        super::super::model::Connection::Down(_) => (Frame::Disconnected.text(language).to_owned(), Role::Error),
        super::super::model::Connection::Up { .. } => {
            let profile = model
                .status
                .as_ref()
                .and_then(|status| status.profiles.iter().find(|profile| profile.name == model.profile.as_str()));
            match profile {
                Some(profile) if profile.connection != "up" => {
                    (format!("{label} {}", term::term(language, &profile.connection)), Role::Warning)
                }
                _ => (format!("{label} ok"), Role::Good),
            }
        }
    }
}

/// What must not be overlooked: orders of unknown outcome, stops nobody watches, a ledger that takes no writes.
fn warnings(model: &Model) -> Vec<(String, Role)> {
    let language = model.look.language;
    let mut warnings = Vec::new();
    let unknown = model.account.open_orders().filter(|order| order.state == crate::order::OrderState::Unknown).count();
    if unknown > 0 {
        warnings.push((format!("{} {unknown}", Frame::Unknown.text(language)), Role::Error));
    }
    let nobody = Some(crate::order::WatchedBy::Nobody);
    let unwatched = model.account.open_orders().filter(|order| order.watched_by == nobody).count();
    if unwatched > 0 {
        warnings.push((format!("{} {unwatched}", Frame::Unwatched.text(language)), Role::Error));
    }
    let unseen = model.alerts.values().filter(|alert| alert.fired_at.is_some() && alert.acknowledged_at.is_none());
    let unseen = unseen.count();
    if unseen > 0 {
        warnings.push((format!("{} {unseen}", model.look.glyphs.alert), Role::Warning));
    }
    if let Some(storage) = model.status.as_ref().and_then(|status| status.storage.as_ref()) {
        warnings.push((crate::text::clean::clean(storage).into_owned(), Role::Error));
    }
    warnings
}
