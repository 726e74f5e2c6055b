//! Orders in bonds of the last week. There is no list of what is open that says more.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::span::{self, Span};
use super::{Line, Read};
use crate::broker::kis::order::listed::RowOf;
use crate::broker::kis::order::{Listed, OrderNumber};
use crate::broker::kis::request::bond_query;
use crate::broker::kis::rest::Fault;
use crate::broker::kis::session::shared::Shared;
use crate::broker::kis::wire::bond::BondOrder;
use crate::broker::kis::wire::{Part, Rows};
use crate::broker::net::lanes::Lane;
use crate::market::gather::Gather;

/// Every order since the first of these days, whatever its state. Of days before the last week nothing is listed, and what
/// is read is not all.
pub(super) async fn read(shared: &Shared, days: Span) -> Result<Read, Fault> {
    let (realm, now) = (shared.realm(), shared.now());
    let (oldest, today) = span::bonds_listed(now);
    let from = days.0.clamp(oldest, today);
    let mut read = Read { complete: days.0 >= oldest, ..Read::default() };
    let whole = shared
        .rest
        .pages(
            Lane::Query,
            |keys| bond_query::orders(&shared.account, realm, (from, today), keys),
            |reply| {
                let envelope = reply.envelope()?;
                // The rows and their sums change places.
                let part = if envelope.is_list(Part::Second) { Part::Second } else { Part::First };
                take(&mut read, &envelope.rows(part));
                Ok(())
            },
        )
        .await?;
    read.complete &= whole;
    refused_changes(&mut read.rows);
    Ok(read)
}

fn take(read: &mut Read, found: &Rows<BondOrder>) {
    read.complete &= found.refused == 0;
    for row in &found.rows {
        match Listed::bond(row) {
            Ok(listed) => read.rows.push(listed),
            Err(_) => {
                tracing::warn!(number = %row.number, "a row of the list of orders in bonds cannot be right");
                read.complete = false;
            }
        }
    }
}

/// A modification moves all that is open. One of which nothing came, while its order is open as before, was refused by the
/// exchange: the list has no word for it.
fn refused_changes(rows: &mut [Listed]) {
    let open: BTreeMap<OrderNumber, bool> =
        rows.iter().map(|row| (row.number.clone(), row.open > Decimal::ZERO)).into_map();
    for row in rows.iter_mut().filter(|row| row.row == RowOf::Order && row.number.line == Line::Bond) {
        let goes_on = row.changed.as_ref().is_some_and(|old| open.get(old).copied().unwrap_or_default());
        if goes_on && row.open.is_zero() && row.filled.is_zero() {
            row.refused = std::mem::take(&mut row.canceled);
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::wire::{Envelope, Text};
    use crate::order::OrderState;

    const BODY: &[u8] = include_bytes!("../../../../../tests/data/kis/bond_daily_ccld.json");

    fn sample() -> Rows<BondOrder> {
        let envelope = Envelope::parse("orders", BODY).unwrap();
        envelope.rows(Part::First)
    }

    fn read(found: &Rows<BondOrder>) -> Read {
        let mut read = Read::default();
        take(&mut read, found);
        refused_changes(&mut read.rows);
        read
    }

    #[test]
    fn a_filled_order_a_canceled_one_and_its_cancel() {
        let read = read(&sample());
        assert!(read.complete);
        let states: Vec<(OrderState, RowOf)> = read.rows.iter().map(|row| (row.state(), row.row)).collect();
        assert_eq!(states[0], (OrderState::Filled, RowOf::Order));
        assert_eq!(states[1], (OrderState::Canceled, RowOf::Order));
        assert_eq!(states[2].1, RowOf::Cancel);
        assert_eq!(read.rows[2].changed.as_ref(), Some(&read.rows[1].number));
        assert_eq!(read.rows[0].instrument.to_string(), "KRX_BONDS:KR6095572D81");
        // 1,025 won for one at 10,250.
        assert_eq!(read.rows[0].filled_value, dec!(10250.00));
        assert_eq!(read.rows[0].number.id().unwrap().as_str(), "bond:20240425:0000015201");
    }

    #[test]
    fn the_money_of_fills_decides_where_the_average_is_rounded() {
        let value = |said: Decimal, filled: Decimal, average: Decimal| {
            let mut rows = sample();
            let row = &mut rows.rows[0];
            (row.quantity, row.filled) = (filled.into(), filled.into());
            (row.filled_value, row.average) = (said.into(), average.into());
            read(&rows).rows[0].filled_value
        };
        assert_eq!(value(dec!(10190), dec!(10), dec!(10190.20)), dec!(101902.00), "cut to whole won");
        let many = value(dec!(10190233), dec!(10000), dec!(10190.23));
        assert_eq!((many / Decimal::TEN).trunc(), dec!(10190230).max(dec!(10190233)));
        let fewer = value(dec!(61140), dec!(60), dec!(10190.20));
        assert_eq!((fewer / Decimal::TEN).trunc(), dec!(61140), "each fill cut by itself");
    }

    #[test]
    fn a_modification_that_came_to_nothing_while_its_order_is_open_was_refused() {
        let mut rows = sample();
        rows.rows[1].open = dec!(1).into();
        rows.rows[2].kind_name = Text::new("매수정정*");
        rows.rows[2].price = dec!(10460).into();
        let refused = read(&rows);
        assert_eq!(refused.rows[1].state(), OrderState::Accepted);
        assert_eq!(refused.rows[2].state(), OrderState::Rejected);
        rows.rows[1].open = dec!(0).into();
        rows.rows[2].open = dec!(1).into();
        assert_eq!(read(&rows).rows[2].state(), OrderState::Accepted);
    }

    #[test]
    fn an_impossible_row_makes_the_list_incomplete() {
        let mut rows = sample();
        rows.rows[0].side = Text::new("9");
        let read = read(&rows);
        assert_eq!((read.complete, read.rows.len()), (false, 2));
    }
}
