//! Holdings and cash: of Korean and of foreign shares. When one of the questions fails the whole answer fails: half an
//! account would look like holdings that are gone.

use futures_util::future::try_join_all;

use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{AccountReport, Answer, BrokerError};
use crate::broker::kis::environment::Realm;
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::map::account as map;
use crate::broker::kis::request::{overseas_query, stock_query};
use crate::broker::kis::rest::Fault;
use crate::broker::kis::wire::overseas_account::{OverseasCash, OverseasHolding};
use crate::broker::kis::wire::stock_account::{AccountTotals, Buyable, Holding};
use crate::broker::kis::wire::{Part, Record, Rows};
use crate::broker::net::lanes::Lane;

/// Holdings of every product.
pub(super) async fn positions(shared: &Shared) -> Outcome {
    let (korean, foreign) = tokio::join!(korean_positions(shared), foreign_positions(shared));
    let (mut reports, foreign) = (korean?, foreign?);
    reports.extend(foreign);
    Ok(Answer::Account(reports))
}

/// Cash in every currency.
pub(super) async fn balances(shared: &Shared) -> Outcome {
    let (won, foreign) = tokio::join!(won(shared), foreign_cash(shared));
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
    let mut balance = Balance { rows: Vec::new(), totals: None };
    let realm = shared.realm();
    let read = async {
        let whole = shared
            .rest
            .pages(
                Lane::Query,
                |keys| stock_query::balance(&shared.account, realm, keys),
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
    shared.balance.ask((), shared.rest.wall_clock(), read).await
}

async fn korean_positions(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    Ok(map::positions(&balance(shared).await?.rows))
}

/// Exchanges whose holdings are asked for. Live, Nasdaq stands for every US exchange; on paper each is asked.
const fn exchanges(realm: Realm) -> &'static [OverseasExchange] {
    match realm {
        Realm::Live => &[OverseasExchange::Nasdaq],
        Realm::Paper => &[OverseasExchange::Nasdaq, OverseasExchange::Nyse, OverseasExchange::Amex],
    }
}

async fn foreign_positions(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    let asked = exchanges(shared.realm()).iter().map(|exchange| positions_at(shared, *exchange));
    let held: Vec<OverseasHolding> = try_join_all(asked).await?.into_iter().flatten().collect();
    Ok(map::overseas_positions(&held))
}

async fn positions_at(shared: &Shared, exchange: OverseasExchange) -> Result<Vec<OverseasHolding>, BrokerError> {
    let realm = shared.realm();
    let mut rows: Vec<OverseasHolding> = Vec::new();
    let whole = shared
        .rest
        .pages(
            Lane::Query,
            |keys| overseas_query::balance(&shared.account, realm, exchange, keys),
            |reply| {
                rows.extend(all(reply.envelope()?.rows(Part::First))?);
                Ok(())
            },
        )
        .await;
    all_pages(whole)?;
    Ok(of_exchange(rows, realm, exchange))
}

/// On paper, where each exchange is asked alone, a holding that comes with every answer would be counted with every one.
fn of_exchange(rows: Vec<OverseasHolding>, realm: Realm, exchange: OverseasExchange) -> Vec<OverseasHolding> {
    let is_asked = |row: &OverseasHolding| realm == Realm::Live || *row.exchange == *exchange.orders();
    rows.into_iter().filter(is_asked).collect()
}

/// Won. No field of the balance is the cash that can be ordered with: it has a question of its own.
async fn won(shared: &Shared) -> Result<AccountReport, BrokerError> {
    let realm = shared.realm();
    let buyable = async {
        let call = stock_query::buyable(&shared.account, realm, None, None)?;
        let reply = shared.rest.ask(&call, Lane::Query).await?;
        reply.envelope()?.one::<Buyable>(Part::First).map_err(|_| Fault::Unbelievable("no cash to order with"))
    };
    let (balance, buyable) = tokio::join!(balance(shared), buyable);
    let buyable = buyable.map_err(|fault: Fault| fault.of_question())?;
    let lacks = || BrokerError::NotSent("the balance does not say the cash".into());
    balance?.totals.and_then(|totals| map::won(&totals, Some(&buyable))).ok_or_else(lacks)
}

/// Cash by currency. The paper environment fills only totals in won, which are no cash.
async fn foreign_cash(shared: &Shared) -> Result<Vec<AccountReport>, BrokerError> {
    if shared.realm() == Realm::Paper {
        return Ok(Vec::new());
    }
    let asked = async {
        let call = overseas_query::present_balance(&shared.account, shared.realm())?;
        let reply = shared.rest.ask(&call, Lane::Query).await?;
        all::<OverseasCash>(reply.envelope()?.rows(Part::Second))
    };
    let rows = asked.await.map_err(|fault: Fault| fault.of_question())?;
    Ok(map::overseas_cash(&rows))
}

/// Rows of which none was left out.
fn all<T: Record>(rows: Rows<T>) -> Result<Vec<T>, Fault> {
    if rows.refused == 0 { Ok(rows.rows) } else { Err(Fault::Unbelievable("a row of the account")) }
}

fn all_pages(whole: Result<bool, Fault>) -> Result<(), BrokerError> {
    match whole {
        Ok(true) => Ok(()),
        Ok(false) => Err(BrokerError::NotSent("not every page of the holdings came".into())),
        Err(fault) => Err(fault.of_question()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::kis::wire::Text;

    #[test]
    fn half_an_account_is_no_account() {
        assert!(all_pages(Ok(true)).is_ok());
        assert!(all_pages(Ok(false)).unwrap_err().is_retryable());
        assert!(all(Rows::<Holding> { rows: Vec::new(), refused: 1 }).is_err());
    }

    #[test]
    fn a_holding_that_every_paper_exchange_shows_is_counted_once() {
        let row = OverseasHolding { exchange: Text::new("NYSE"), ..OverseasHolding::default() };
        let counted = exchanges(Realm::Paper).iter().map(|asked| of_exchange(vec![row.clone()], Realm::Paper, *asked));
        assert_eq!(counted.map(|rows| rows.len()).sum::<usize>(), 1);
        assert_eq!(of_exchange(vec![row], Realm::Live, OverseasExchange::Nasdaq).len(), 1);
    }
}
