//! A derivatives account: its positions, its cash, and what its futures hold back.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use super::account::{all, all_pages};
use super::once::Age;
use super::shared::Shared;
use crate::broker::api::{AccountReport, BrokerError};
use crate::broker::kis::derivative::{self, Margins};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::map::future_account as map;
use crate::broker::kis::request::future::Session;
use crate::broker::kis::request::future_query;
use crate::broker::kis::rest::Fault;
use crate::broker::kis::wire::future_account::{FuturePosition, FutureTotals};
use crate::broker::kis::wire::future_quote::MarginRate;
use crate::broker::kis::wire::{Part, Rows};
use crate::broker::net::lanes::Lane;
use crate::market::Venue;
use crate::market::session::trading_date;

/// How often it is looked whether the margin rates of the day are known.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);

/// Positions, and the cash that is told with them.
#[derive(Debug, Clone, Default)]
pub(super) struct Balance {
    rows: Vec<FuturePosition>,
    totals: Option<FutureTotals>,
}

async fn balance(shared: &Shared) -> Result<Balance, BrokerError> {
    let read = |()| async {
        let _turn = shared.account_turn().await;
        let session = derivative::session(shared.realm(), shared.now());
        let mut balance = Balance::default();
        let whole = shared
            .rest
            .pages(
                Lane::Query,
                |keys| match session {
                    Session::Day => future_query::balance(&shared.account, shared.realm(), keys),
                    Session::Night => future_query::night_balance(&shared.account, shared.realm(), keys),
                },
                |reply| {
                    balance.rows.extend(all(reply.envelope()?.rows(Part::First))?);
                    balance.totals = reply.envelope()?.one(Part::Second).ok();
                    Ok(())
                },
            )
            .await;
        all_pages(whole)?;
        Ok(balance)
    };
    shared.future_balance.ask((), Age::OneBreath, shared.rest.wall_clock(), read).await
}

/// Positions of the account.
pub(super) async fn positions(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    let lacks = || Fault::Unbelievable("a position of the account").of_question();
    map::positions(&balance(shared).await?.rows).ok_or_else(lacks)
}

/// Cash of the account, in won.
pub(super) async fn cash(shared: &Shared) -> Result<AccountReport, BrokerError> {
    let lacks = || BrokerError::NotSent("the balance does not say the cash".into());
    let balance = balance(shared).await?;
    balance.totals.as_ref().and_then(|totals| map::won(totals, &balance.rows)).ok_or_else(lacks)
}

/// Learns the margin rates of each day. Where they are not told, on paper among others, a careful rate of our own stands in
/// for them.
pub(super) async fn keep_margins(shared: Arc<Shared>) {
    if !shared.account.is_derivatives() || shared.realm() == Realm::Paper {
        return;
    }
    let mut known: Option<Date> = None;
    // The token must be there: a question that signs in by itself would do so beside the session.
    shared.listing.read_through().await;
    loop {
        let today = trading_date(Venue::KrxFutures, shared.now());
        if known != Some(today) {
            match margins(&shared, today).await {
                Ok(margins) => {
                    known = Some(today);
                    if shared.listing.learn_margins(margins) && shared.is_up.load(std::sync::atomic::Ordering::Relaxed)
                    {
                        shared.up();
                    }
                }
                Err(error) => tracing::warn!(%error, "margin rates did not come: the careful rate stays"),
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn margins(shared: &Shared, day: Date) -> Result<Margins, BrokerError> {
    let mut rows: Vec<MarginRate> = Vec::new();
    let whole = shared
        .rest
        .pages(
            Lane::Bulk,
            |keys| future_query::margin_rates(shared.realm(), day, keys),
            |reply| {
                let page: Rows<MarginRate> = reply.envelope()?.rows(Part::First);
                rows.extend(page.rows);
                Ok(())
            },
        )
        .await;
    whole.map_err(|fault| fault.of_question())?;
    Ok(Margins::of(&rows))
}
