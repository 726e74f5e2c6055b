//! Orders in foreign shares by days of their exchanges. The list of open orders, which paper lacks, would say no more.

use super::Read;
use super::span::Span;
use crate::broker::kis::order::Listed;
use crate::broker::kis::request::overseas_query;
use crate::broker::kis::rest::Fault;
use crate::broker::kis::session::shared::Shared;
use crate::broker::kis::wire::overseas_account::OverseasOrder;
use crate::broker::kis::wire::{Part, Rows};
use crate::broker::net::lanes::Lane;

/// Every order of these days at every foreign exchange, whatever its state.
pub(super) async fn read(shared: &Shared, days: Span) -> Result<Read, Fault> {
    let realm = shared.realm();
    let mut read = Read::default();
    let whole = shared
        .rest
        .pages(
            Lane::Query,
            |keys| overseas_query::orders(&shared.account, realm, days, keys),
            |reply| {
                take(&mut read, &reply.envelope()?.rows(Part::First));
                Ok(())
            },
        )
        .await?;
    read.complete &= whole;
    Ok(read)
}

fn take(read: &mut Read, found: &Rows<OverseasOrder>) {
    read.complete &= found.refused == 0;
    for row in &found.rows {
        match Listed::overseas(row) {
            Ok(listed) => read.rows.push(listed),
            Err(_) => {
                tracing::warn!(number = %row.number, "a row of the list of foreign orders cannot be right");
                read.complete = false;
            }
        }
    }
}
