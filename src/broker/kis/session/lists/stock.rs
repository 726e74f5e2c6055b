//! Orders in Korean shares by days: KRX, NXT and what the broker routes, open and ended ones.

use super::Read;
use super::span::Span;
use crate::broker::kis::order::Listed;
use crate::broker::kis::request::stock_query;
use crate::broker::kis::rest::Fault;
use crate::broker::kis::session::shared::Shared;
use crate::broker::kis::wire::stock_order::StockOrder;
use crate::broker::kis::wire::{Part, Rows};
use crate::broker::net::lanes::Lane;
use crate::order::{OrderKind, TimeInForce};

/// Every order of these days, whatever its state: what was filled is told by ended ones too.
pub(super) async fn read(shared: &Shared, days: Span) -> Result<Read, Fault> {
    let realm = shared.realm();
    let mut read = Read::default();
    let whole = shared
        .rest
        .pages(
            Lane::Query,
            |keys| stock_query::orders(&shared.account, realm, days, false, keys),
            |reply| {
                take(&mut read, &reply.envelope()?.rows(Part::First));
                Ok(())
            },
        )
        .await?;
    read.complete &= whole;
    Ok(read)
}

fn take(read: &mut Read, found: &Rows<StockOrder>) {
    read.complete &= found.refused == 0;
    for row in &found.rows {
        let Ok(mut listed) = Listed::stock(row) else {
            tracing::warn!(number = %row.number, "a row of the list of orders cannot be right");
            read.complete = false;
            continue;
        };
        if listed.kind.is_none() {
            // An order of another program with a type hoga does not have: it is an order all the same.
            let kind = row.price.price().map_or(OrderKind::Market, |price| OrderKind::Limit { price });
            listed.kind = Some((kind, TimeInForce::Day));
        }
        read.rows.push(listed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::kis::wire::Envelope;

    #[test]
    fn an_order_of_an_unknown_type_is_listed_and_an_impossible_row_makes_the_list_incomplete() {
        let body = include_bytes!("../../../../../tests/data/kis/domestic_daily_ccld_states.json");
        let envelope = Envelope::parse("orders", body).unwrap();
        let mut rows: Rows<StockOrder> = envelope.rows(Part::First);
        for row in &mut rows.rows {
            row.kind = crate::broker::kis::wire::Text::new("99");
        }
        let mut read = Read::default();
        take(&mut read, &rows);
        assert!(read.complete);
        assert_eq!(read.rows.len(), 5);
        assert!(read.rows.iter().all(|row| row.kind.is_some()));
        rows.rows[0].side = crate::broker::kis::wire::Text::new("9");
        let mut read = Read::default();
        take(&mut read, &rows);
        assert!(!read.complete);
        assert_eq!(read.rows.len(), 4);
    }
}
