//! Orders in Korean index futures and options by days.

use super::Read;
use super::span::Span;
use crate::broker::kis::order::Listed;
use crate::broker::kis::request::future_query;
use crate::broker::kis::rest::Fault;
use crate::broker::kis::session::shared::Shared;
use crate::broker::kis::wire::future_account::FutureOrder;
use crate::broker::kis::wire::{Part, Rows};
use crate::broker::net::lanes::Lane;

/// Every order of these days, whatever its state.
pub(super) async fn read(shared: &Shared, days: Span) -> Result<Read, Fault> {
    let realm = shared.realm();
    let mut read = Read::default();
    let whole = shared
        .rest
        .pages(
            Lane::Query,
            |keys| future_query::orders(&shared.account, realm, days, keys),
            |reply| {
                take(&mut read, &reply.envelope()?.rows(Part::First));
                Ok(())
            },
        )
        .await?;
    read.complete &= whole;
    Ok(read)
}

fn take(read: &mut Read, found: &Rows<FutureOrder>) {
    read.complete &= found.refused == 0;
    for row in &found.rows {
        match Listed::future(row) {
            Ok(listed) => read.rows.push(listed),
            Err(_) => {
                tracing::warn!(number = %row.number, "a row of the list of futures orders cannot be right");
                read.complete = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::order::listed::RowOf;
    use crate::broker::kis::wire::Envelope;
    use crate::order::OrderState;

    #[test]
    fn the_sample_gives_a_filled_order_and_a_cancel() {
        let body = include_bytes!("../../../../../tests/data/kis/futures_inquire_ccnl_orders.json");
        let envelope = Envelope::parse("orders", body).unwrap();
        let mut rows: Rows<FutureOrder> = envelope.rows(Part::First);
        let mut read = Read::default();
        take(&mut read, &rows);
        assert!(read.complete);
        let [filled, cancel] = read.rows.as_slice() else { panic!("{:?}", read.rows) };
        assert_eq!((filled.state(), filled.filled_value), (OrderState::Filled, dec!(400)));
        assert_eq!(filled.number.id().unwrap().as_str(), "future:20220113:0000007045");
        assert_eq!((cancel.row, cancel.changed.is_some()), (RowOf::Cancel, true));
        rows.rows[0].side = crate::broker::kis::wire::Text::new("9");
        let mut read = Read::default();
        take(&mut read, &rows);
        assert!(!read.complete);
    }
}
