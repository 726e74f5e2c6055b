//! Orders of the past.

use std::cmp::Ordering;
use std::fmt::Display;

use super::listed::{COLUMNS_MAX, Cell, Listed, Maybe, Moment, SortBy, WITH_SECONDS, number, word};
use crate::desk::record::OrderRecord;
use crate::market::{InstrumentId, Price, Quantity, UtcTime};
use crate::text::kis;
use crate::text::screen::portfolio::Page;
use crate::tui::said::state_role;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Column, Grouped};

impl Listed for OrderRecord {
    const WORD: &'static str = "orders";
    const SORTS: &'static [SortBy] =
        &[SortBy::Time, SortBy::Symbol, SortBy::Side, SortBy::State, SortBy::Quantity, SortBy::Price];

    fn time(&self) -> UtcTime {
        self.created_at
    }

    fn instrument(&self) -> Option<InstrumentId> {
        crate::tui::model::instrument(self.venue, &self.symbol)
    }

    fn id(&self) -> String {
        self.id.clone()
    }

    fn is(&self, other: &Self) -> bool {
        self.id == other.id
    }

    fn words(&self, found_by: &mut dyn FnMut(&str)) {
        for text in [self.id.as_str(), self.side.as_str(), self.kind.as_str(), self.state.as_str(), &self.source] {
            found_by(text);
        }
        for text in [&self.client_id, &self.broker_id, &self.parent_id, &self.reason].into_iter().flatten() {
            found_by(text);
        }
        found_by(&self.role);
    }

    fn compare(&self, other: &Self, by: SortBy) -> Ordering {
        match by {
            SortBy::Time | SortBy::Amount => self.created_at.cmp(&other.created_at),
            SortBy::Symbol => self.symbol.cmp(&other.symbol),
            SortBy::Side => self.side.cmp(&other.side),
            SortBy::State => (self.state as usize).cmp(&(other.state as usize)),
            SortBy::Quantity => self.quantity.cmp(&other.quantity),
            SortBy::Price => self.price.or(self.stop_price).cmp(&other.price.or(other.stop_price)),
        }
    }

    fn columns(look: &Look, width: u16) -> ([Column; COLUMNS_MAX], usize) {
        let title = |page: Page| page.text(look.language);
        let columns = [
            Column::text(title(Page::Time), if width < WITH_SECONDS { 11 } else { 14 }, 0),
            Column::text(title(Page::Code), 7, 0),
            Column::text(title(Page::Name), 10, 3).growing(),
            Column::text(title(Page::Side), 4, 0),
            Column::text(title(Page::Type), 12, 6),
            Column::number(title(Page::Quantity), 8, 1),
            Column::number(title(Page::Price), 10, 2),
            Column::number(title(Page::Filled), 8, 4),
            Column::number(title(Page::Average), 10, 5),
            Column::text(title(Page::State), 11, 0),
            Column::text(title(Page::Source), 6, 7),
            Column::text(title(Page::Id), 9, 8),
            Column::text(title(Page::Reason), 16, 9).growing(),
        ];
        (columns, COLUMNS_MAX)
    }

    fn cell(&self, column: usize, cell: &mut Cell<'_, '_>) {
        match column {
            0 => cell.when(),
            1 => cell.code(),
            2 => cell.name(),
            3 => cell.side(self.side),
            4 => cell.term(self.kind.as_str(), Role::Text),
            5 => cell.number(self.quantity.value()),
            6 => {
                if let Some(price) = self.price.or(self.stop_price) {
                    cell.number(price.value());
                }
            }
            7 => cell.number(self.filled_quantity.value()),
            8 => {
                if let Some(average) = self.average_price {
                    cell.number(average.round_dp(4));
                }
            }
            9 => cell.term(self.state.as_str(), state_role(self.state)),
            10 => cell.term(&self.source, Role::Dim),
            11 => cell.id_end(&self.id),
            _ => cell.reason(self.reason.as_deref().unwrap_or_default()),
        }
    }

    fn fields(&self, look: &Look, field: &mut dyn FnMut(Page, &dyn Display)) {
        let yes_no = if self.reduce_only { Page::Yes } else { Page::No };
        field(Page::Id, &self.id);
        field(Page::ClientId, &Maybe(self.client_id.as_deref()));
        field(Page::BrokerId, &Maybe(self.broker_id.as_deref()));
        field(Page::ParentId, &Maybe(self.parent_id.as_deref()));
        field(Page::Profile, &self.profile);
        match self.route {
            Some(route) => field(Page::Venue, &format_args!("{} > {}", self.venue, route.as_str().to_uppercase())),
            None => field(Page::Venue, &self.venue.as_str()),
        }
        field(Page::Code, &self.symbol);
        field(Page::Side, &word(look, self.side.as_str()));
        field(Page::Type, &word(look, self.kind.as_str()));
        field(Page::TimeInForce, &word(look, self.time_in_force.as_str()));
        field(Page::Quantity, &Grouped::new(self.quantity.value()));
        field(Page::Filled, &Grouped::new(self.filled_quantity.value()));
        field(Page::Price, &number(self.price.map(Price::value)));
        field(Page::StopPrice, &number(self.stop_price.map(Price::value)));
        field(Page::Average, &number(self.average_price));
        field(Page::State, &word(look, self.state.as_str()));
        field(Page::PendingChange, &Maybe(self.pending_change.as_deref().map(|name| word(look, name))));
        field(Page::Reason, &Maybe(self.reason.as_deref().map(|reason| kis::reason(look.language, reason)).as_deref()));
        field(Page::WatchedBy, &Maybe(self.watched_by.map(|watched| word(look, watched.as_str()))));
        field(Page::Role, &word(look, &self.role));
        field(Page::Source, &word(look, &self.source));
        field(Page::ReduceOnly, &yes_no.text(look.language));
        field(Page::QueueAhead, &number(self.queue_ahead.map(Quantity::value)));
        field(Page::CreatedAt, &Moment(self.created_at));
        field(Page::UpdatedAt, &Moment(self.updated_at));
    }
}
