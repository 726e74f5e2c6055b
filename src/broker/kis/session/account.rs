//! Holdings and cash: of Korean and of foreign shares, and of bonds. When one of the questions fails the whole answer fails: half an
//! account would look like holdings that are gone.

use super::abroad;
use super::bonds;
use super::futures;
use super::once::Age;
use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{AccountReport, Answer, BrokerError};
use crate::broker::kis::map::account as map;
use crate::broker::kis::request::stock_query;
use crate::broker::kis::rest::Fault;
use crate::broker::kis::wire::stock_account::{AccountTotals, Buyable, Holding};
use crate::broker::kis::wire::{Part, Record, Rows};
use crate::broker::net::lanes::Lane;

/// Holdings of every product.
pub(super) async fn positions(shared: &Shared) -> Outcome {
    if shared.account.is_derivatives() {
        let reports = futures::positions(shared).await?;
        shared.held.learn(&reports);
        return Ok(Answer::Account(reports));
    }
    let (korean, foreign, bonds) =
        tokio::join!(korean_positions(shared), abroad::positions(shared), bonds::positions(shared));
    let (mut reports, foreign, bonds) = (korean?, foreign?, bonds?);
    reports.extend(foreign);
    reports.extend(bonds);
    shared.held.learn(&reports);
    Ok(Answer::Account(reports))
}

/// Cash in every currency.
pub(super) async fn balances(shared: &Shared) -> Outcome {
    if shared.account.is_derivatives() {
        return Ok(Answer::Account(vec![futures::cash(shared).await?]));
    }
    let (won, foreign) = tokio::join!(won(shared), abroad::cash(shared));
    let (won, foreign) = (won?, foreign?);
    Ok(Answer::Account(std::iter::once(won).chain(foreign).collect()))
}

/// Holdings in Korean shares, and the cash that is told with them.
#[derive(Debug, Clone)]
pub(super) struct Balance {
    rows: Vec<Holding>,
    totals: Option<AccountTotals>,
}

async fn balance(shared: &Shared) -> Result<Balance, BrokerError> {
    let read = |()| async {
        let _turn = shared.account_turn().await;
        let mut balance = Balance { rows: Vec::new(), totals: None };
        let whole = shared
            .rest
            .pages(
                Lane::Query,
                |keys| stock_query::balance(&shared.account, shared.realm(), keys),
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
    shared.balance.ask((), Age::OneBreath, shared.rest.wall_clock(), read).await
}

async fn korean_positions(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    Ok(map::positions(&balance(shared).await?.rows))
}

/// Won. No field of the balance is the cash that can be ordered with: it has a question of its own.
async fn won(shared: &Shared) -> Result<AccountReport, BrokerError> {
    let read = |()| async {
        let _turn = shared.account_turn().await;
        let asked = async {
            let call = stock_query::buyable(&shared.account, shared.realm(), None, None)?;
            let reply = shared.rest.ask(&call, Lane::Query).await?;
            reply.envelope()?.one::<Buyable>(Part::First).map_err(|_| Fault::Unbelievable("no cash to order with"))
        };
        asked.await.map_err(|fault: Fault| fault.of_question())
    };
    let buyable = shared.buyable.ask((), Age::OneBreath, shared.rest.wall_clock(), read);
    let (balance, buyable) = tokio::join!(balance(shared), buyable);
    let buyable = buyable?;
    let lacks = || BrokerError::NotSent("the balance does not say the cash".into());
    balance?.totals.and_then(|totals| map::won(&totals, Some(&buyable))).ok_or_else(lacks)
}

/// Rows of which none was left out.
pub(super) fn all<T: Record>(rows: Rows<T>) -> Result<Vec<T>, Fault> {
    if rows.refused == 0 { Ok(rows.rows) } else { Err(Fault::Unbelievable("a row of the account")) }
}

pub(super) fn all_pages(whole: Result<bool, Fault>) -> Result<(), BrokerError> {
    match whole {
        Ok(true) => Ok(()),
        Ok(false) => Err(BrokerError::NotSent("not every page of the holdings came".into())),
        Err(fault) => Err(fault.of_question()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_account_is_no_account() {
        assert!(all_pages(Ok(true)).is_ok());
        assert!(all_pages(Ok(false)).unwrap_err().is_retryable());
        assert!(all(Rows::<Holding> { rows: Vec::new(), refused: 1 }).is_err());
    }
}
