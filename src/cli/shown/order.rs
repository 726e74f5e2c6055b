//! Orders, fills and previews.

use super::{amount, lines, name, optional_amount, optional_text, price, quantity};
use crate::cli::output::{Look, Shown};
use crate::cli::table::{Cell, Paint, plain};
use crate::desk::protocol::{Killed, Preview};
use crate::desk::record::{FillRecord, OrderRecord};
use crate::market::Side;
use crate::order::WatchedBy;
use crate::text::{Column, Say, kis, refusal};

fn side(look: &Look, side: Side) -> Cell {
    look.word(side.as_str()).painted(Some(if side == Side::Buy { Paint::Up } else { Paint::Down }))
}

impl Shown for OrderRecord {
    const LEAST: &'static [Column] = &[
        Column::UpdatedAt,
        Column::AveragePrice,
        Column::TimeInForce,
        Column::Reason,
        Column::WatchedBy,
        Column::Kind,
        Column::PendingChange,
        Column::StopPrice,
        Column::Filled,
    ];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Id, Cell::id(&self.id)),
            (Column::Symbol, Cell::text(format!("{}:{}", self.venue, self.symbol))),
            (Column::Side, side(look, self.side)),
            (Column::Kind, look.word(self.kind.as_str())),
            (Column::TimeInForce, look.word(self.time_in_force.as_str())),
            (Column::Price, price(self.price)),
            (Column::StopPrice, price(self.stop_price)),
            (Column::Quantity, quantity(Some(self.quantity))),
            (Column::Filled, quantity(Some(self.filled_quantity))),
            (Column::AveragePrice, optional_amount(self.average_price)),
            (Column::State, look.word(self.state.as_str())),
            (Column::PendingChange, look.optional_word(self.pending_change.as_deref())),
            (Column::WatchedBy, look.optional_word(self.watched_by.map(WatchedBy::as_str))),
            (
                Column::Reason,
                self.reason.as_deref().map(|reason| Cell::name(kis::reason(look.language, reason))).unwrap_or_default(),
            ),
            (Column::UpdatedAt, look.time(self.updated_at)),
            (Column::Route, self.route.map(|route| Cell::text(route.as_str().to_uppercase())).unwrap_or_default()),
        ]
    }

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alone(&self, look: &Look) -> String {
        let mut all = self.row(look);
        all.extend([
            (Column::ClientId, optional_text(self.client_id.as_deref())),
            (Column::BrokerId, optional_text(self.broker_id.as_deref())),
            (Column::Profile, Cell::text(&self.profile)),
            (Column::Role, look.word(&self.role)),
            (Column::Parent, optional_text(self.parent_id.as_deref())),
            (Column::Source, look.word(&self.source)),
            (Column::ReduceOnly, look.word(if self.reduce_only { "true" } else { "false" })),
            (Column::QueueAhead, quantity(self.queue_ahead)),
            (Column::CreatedAt, look.time(self.created_at)),
        ]);
        lines(look, all)
    }
}

impl Shown for FillRecord {
    const LEAST: &'static [Column] = &[Column::Liquidity, Column::Currency, Column::Tax, Column::Fee, Column::Time];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Time, look.time(self.time)),
            (Column::Symbol, Cell::text(format!("{}:{}", self.venue, self.symbol))),
            (Column::Side, side(look, self.side)),
            (Column::Price, price(Some(self.price))),
            (Column::Quantity, quantity(Some(self.quantity))),
            (Column::Fee, amount(self.fee)),
            (Column::Tax, amount(self.tax)),
            (Column::Currency, Cell::text(self.currency.as_str())),
            (Column::Liquidity, look.word(&self.liquidity)),
            (Column::Order, Cell::id(&self.order_id)),
        ]
    }

    fn key(&self) -> String {
        self.id.clone()
    }
}

impl Shown for Preview {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        let [ko, en] = &self.name;
        vec![
            (Column::World, Cell::text(format!("{} · {}", self.world, self.profile))),
            (Column::Symbol, Cell::text(&self.instrument)),
            (Column::Name, name(look, ko, en)),
            (Column::Side, side(look, self.side)),
            (Column::Kind, look.word(self.kind.as_str())),
            (Column::Quantity, quantity(Some(self.quantity))),
            (Column::Price, price(self.price)),
            (Column::Cost, amount(self.cost)),
            (Column::Fee, amount(self.fee)),
            (Column::Tax, amount(self.tax)),
            (Column::Reserved, amount(self.reserved)),
            (Column::Breakeven, optional_amount(self.breakeven)),
            (Column::Available, amount(self.available)),
            (Column::Currency, Cell::text(self.currency.as_str())),
            (Column::WatchedBy, if self.held_by_desk { look.word("DESK") } else { Cell::default() }),
        ]
    }

    fn key(&self) -> String {
        self.reserved.normalize().to_string()
    }

    fn alone(&self, look: &Look) -> String {
        let mut all = self.row(look);
        if self.refusals.is_empty() {
            all.push((Column::Gate, Cell::text(Say::RiskPasses.text(look.language))));
        }
        let mut text = lines(look, all);
        for one in &self.refusals {
            let line = refusal::line(look.language, &one.rule.name(), &one.value, &one.limit);
            text.push_str(&format!("✗ {}\n", plain(&line)));
        }
        text
    }
}

impl Shown for Killed {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        let count = |count: usize| Cell::number(count.to_string());
        vec![
            (Column::Canceled, count(self.canceled)),
            (Column::StillOpen, count(self.still_open.len())),
            (Column::Closing, count(self.closing.len())),
            (Column::Verified, look.time(self.verified_at)),
        ]
    }

    fn key(&self) -> String {
        self.still_open.len().to_string()
    }

    fn alone(&self, look: &Look) -> String {
        let mut text = lines(look, self.row(look));
        for (column, orders) in [(Column::StillOpen, &self.still_open), (Column::Closing, &self.closing)] {
            if !orders.is_empty() {
                text.push_str(&format!("\n{}\n{}", look.head(column), crate::cli::output::rows(orders, look)));
            }
        }
        if !self.not_ours.is_empty() {
            text.push_str(&format!("\n{}\n", look.head(Column::StillOpen)));
            text.push_str(&crate::cli::output::rows(&self.not_ours, look));
        }
        text
    }
}
