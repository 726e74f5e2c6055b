//! What the broker knows of an instrument beside its listing.

use super::market::{Place, place};
use super::requests::Outcome;
use super::shared::Shared;
use crate::broker::api::{Answer, BrokerError};
use crate::broker::kis::request::call::Call;
use crate::broker::kis::request::{product_query, stock_query};
use crate::broker::kis::rest::Reply;
use crate::broker::kis::wire::bond::BondIssue;
use crate::broker::kis::wire::etf::EtfPrice;
use crate::broker::kis::wire::product::{StockInfo, plain_symbol};
use crate::broker::kis::wire::{Missing, Part, Record, Text};
use crate::broker::net::lanes::Lane;
use crate::market::{Facts, InstrumentId, Product};

/// What is known of an instrument; nothing of products that the broker tells nothing more of.
pub(super) async fn facts(shared: &Shared, instrument: InstrumentId) -> Outcome {
    let symbol = instrument.symbol.as_str();
    let realm = shared.market.realm();
    let facts = match place(realm, instrument)? {
        Place::Korea => {
            let facts = of_share(symbol, &ask(shared, stock_query::info(realm, symbol)).await?)?;
            let product = shared.listing.instrument(instrument).map(|listed| listed.product);
            if product == Some(Product::KrxEtf) {
                with_net_asset_value(facts, &ask(shared, product_query::etf_price(realm, symbol)).await?)?
            } else {
                facts
            }
        }
        Place::Bonds => of_bond(symbol, &ask(shared, product_query::bond_issue(realm, symbol)).await?)?,
        Place::Overseas(_) | Place::Derivatives => Facts::default(),
    };
    Ok(Answer::Facts(Box::new(facts)))
}

async fn ask(shared: &Shared, call: Result<Call, BrokerError>) -> Result<Reply, BrokerError> {
    shared.market.ask(&call?, Lane::Query).await.map_err(|fault| fault.of_question())
}

fn read<T: Record>(said: &Reply) -> Result<T, BrokerError> {
    said.envelope().map_err(|fault| fault.of_question())?.one(Part::First).map_err(|_: Missing| unreadable())
}

fn unreadable() -> BrokerError {
    BrokerError::NotSent("what the broker says of the instrument cannot be read".into())
}

/// A flag that says neither yes nor no says nothing.
fn flag(text: &Text) -> Option<bool> {
    if text.is_yes() {
        return Some(true);
    }
    matches!(text.as_str(), "N" | "n" | "0").then_some(false)
}

fn of_share(symbol: &str, said: &Reply) -> Result<Facts, BrokerError> {
    let info: StockInfo = read(said)?;
    if plain_symbol(&info.padded_symbol) != symbol {
        return Err(unreadable());
    }
    let on_nextrade = flag(&info.on_nextrade).map(|_| info.trades_on_nextrade());
    Ok(Facts { halted: flag(&info.halted), on_nextrade, ..Facts::default() })
}

fn with_net_asset_value(facts: Facts, said: &Reply) -> Result<Facts, BrokerError> {
    let price: EtfPrice = read(said)?;
    // Before the first one of the day it says nought, and the premium over it means nothing.
    let Some(value) = price.nav.get().filter(|value| !value.is_zero()) else { return Ok(facts) };
    Ok(Facts { net_asset_value: Some(value), premium_percent: price.premium_percent.get(), ..facts })
}

fn of_bond(isin: &str, said: &Reply) -> Result<Facts, BrokerError> {
    let issue: BondIssue = read(said)?;
    if &*issue.isin != isin {
        return Err(unreadable());
    }
    let given =
        [("KIS", &issue.rating), ("KBP", &issue.rating_kbp), ("NICE", &issue.rating_nice), ("FNP", &issue.rating_fnp)];
    let given = given.into_iter().filter(|(_, rating)| !rating.is_empty());
    let ratings: Vec<String> = given.map(|(agency, rating)| format!("{agency} {rating}")).collect();
    Ok(Facts {
        coupon_percent: issue.coupon.get().map(|coupon| coupon.normalize()),
        matures: issue.matures.get().map(|day| day.to_string()),
        ratings: (!ratings.is_empty()).then(|| ratings.join(", ")),
        ..Facts::default()
    })
}
