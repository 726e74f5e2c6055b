//! Cash, holdings, profit and the journal.

use super::{amount, name, optional_amount, optional_profit, optional_text, price, profit, quantity};
use crate::cli::output::{Look, Shown};
use crate::cli::table::{Cell, Paint};
use crate::desk::record::{BalanceRecord, Direction, PnlRecord, PositionRecord, TransactionRecord};
use crate::text::Column;

impl Shown for BalanceRecord {
    const LEAST: &'static [Column] = &[Column::Margin, Column::Reserved, Column::Equity, Column::Profile];

    fn row(&self, _look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Profile, Cell::text(&self.profile)),
            (Column::Currency, Cell::text(self.currency.as_str())),
            (Column::Cash, amount(self.cash)),
            (Column::Reserved, amount(self.reserved)),
            (Column::Margin, amount(self.margin)),
            (Column::Available, amount(self.available)),
            (Column::Equity, amount(self.equity)),
        ]
    }

    fn key(&self) -> String {
        self.available.normalize().to_string()
    }
}

impl Shown for PositionRecord {
    const LEAST: &'static [Column] = &[
        Column::Currency,
        Column::Margin,
        Column::Realized,
        Column::Breakeven,
        Column::UnrealizedNet,
        Column::Leverage,
        Column::Name,
    ];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        let (side, paint) = match self.side {
            Direction::Long => ("long", Paint::Up),
            Direction::Short => ("short", Paint::Down),
        };
        vec![
            (Column::Symbol, Cell::text(format!("{}:{}", self.venue, self.symbol))),
            (Column::Name, name(look, &self.name_ko, &self.name_en)),
            (Column::Side, look.word(side).painted(Some(paint))),
            (Column::Quantity, amount(self.quantity)),
            (Column::AveragePrice, optional_amount(self.average_price)),
            (Column::Last, price(self.last)),
            (Column::Unrealized, optional_profit(self.unrealized)),
            (Column::UnrealizedNet, optional_profit(self.unrealized_net)),
            (Column::Realized, profit(self.realized)),
            (Column::Breakeven, optional_amount(self.breakeven)),
            (Column::Liquidation, optional_amount(self.liquidation_price)),
            (Column::Leverage, self.leverage.map(|times| Cell::number(format!("{times}x"))).unwrap_or_default()),
            (Column::Margin, optional_amount(self.margin)),
            (Column::Currency, Cell::text(self.currency.as_str())),
        ]
    }

    fn key(&self) -> String {
        self.quantity.normalize().to_string()
    }
}

impl Shown for PnlRecord {
    const LEAST: &'static [Column] =
        &[Column::Tax, Column::Fee, Column::PeakEquity, Column::UnrealizedNet, Column::Profile, Column::Realized];

    fn row(&self, _look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Profile, Cell::text(&self.profile)),
            (Column::Currency, Cell::text(self.currency.as_str())),
            (Column::Today, profit(self.today)),
            (Column::Realized, profit(self.realized)),
            (Column::Unrealized, profit(self.unrealized)),
            (Column::UnrealizedNet, profit(self.unrealized_net)),
            (Column::Fee, amount(self.fees)),
            (Column::Tax, amount(self.taxes)),
            (Column::Equity, amount(self.equity)),
            (Column::PeakEquity, amount(self.peak_equity)),
        ]
    }

    fn key(&self) -> String {
        self.today.normalize().to_string()
    }
}

impl Shown for TransactionRecord {
    const LEAST: &'static [Column] =
        &[Column::Tax, Column::Fee, Column::Currency, Column::Price, Column::Quantity, Column::Id];

    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![
            (Column::Id, Cell::number(self.id.to_string())),
            (Column::Time, look.time(self.time)),
            (Column::Kind, look.word(&self.kind)),
            (Column::Symbol, optional_text(self.symbol.as_deref())),
            (Column::Quantity, quantity(self.quantity)),
            (Column::Price, price(self.price)),
            (Column::Amount, amount(self.amount)),
            (Column::Fee, amount(self.commission)),
            (Column::Tax, amount(self.tax)),
            (Column::CashAfter, amount(self.cash_after)),
            (Column::Currency, Cell::text(self.currency.as_str())),
        ]
    }

    fn key(&self) -> String {
        self.cash_after.normalize().to_string()
    }
}
