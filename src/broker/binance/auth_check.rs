//! What a key may do: the question behind `hoga auth test`.

use std::time::Duration;

use tokio::runtime::Builder;

use super::environment::Environment;
use super::limits::{OrderWindows, lanes};
use super::rest::{Fault, Rest, RestParts, futures, spot};
use super::sign::Signer;
use super::spot::wire::account;
use super::wire::account::AccountConfig;
use crate::broker::api::BrokerError;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::{HttpClient, HttpRules};
use crate::broker::net::lanes::Lanes;
use crate::broker::net::{json, system_wall_clock};
use crate::broker::opening::KeyRights;
use crate::config::{BinanceMarket, Profile};
use crate::secrets::Credential;

/// Longest time the whole check may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks the exchange of a profile what a key may do there. Waits; not for the desk's thread.
///
/// # Errors
/// [`BrokerError::Unauthorized`] when it does not take the key: of another environment, not from this address, withdrawn,
/// or wrong. Otherwise why it could not be asked.
pub fn check(profile: &Profile, credential: Credential) -> Result<KeyRights, BrokerError> {
    let no_runtime = |error: std::io::Error| BrokerError::NotSent(error.to_string());
    let runtime = Builder::new_current_thread().enable_all().build().map_err(no_runtime)?;
    let outcome = runtime.block_on(async {
        match tokio::time::timeout(PATIENCE, ask(profile, credential)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(BrokerError::NotSent("no answer in time".into())),
        }
    });
    runtime.shutdown_background();
    outcome
}

async fn ask(profile: &Profile, credential: Credential) -> Result<KeyRights, BrokerError> {
    let environment = Environment::of(profile);
    let market = environment.market;
    let wall_clock = system_wall_clock();
    let http = HttpClient::new(&HttpRules::default(), wall_clock.clone())
        .map_err(|error| BrokerError::NotSent(error.to_string()))?;
    let rest = Rest::new(RestParts {
        market,
        http,
        lanes: Lanes::start(lanes(OrderWindows::of(market))),
        base: environment.rest,
        signer: Some(Signer::new(credential, profile.binance.recv_window_ms)),
        wall_clock,
        jitter: Jitter::from_entropy(),
        notices: Box::new(|text| tracing::warn!(text, "while a key was checked")),
    });
    rest.resync().await;
    let call = match market {
        BinanceMarket::Futures => futures::account_config(),
        BinanceMarket::Spot => spot::account(),
    };
    let answer = rest.ask(&call).await.map_err(|fault| explained(&fault, profile))?;
    let clock_offset_ms = rest.clock().offset_millis();
    let unread = |fault: Fault| fault.of_question();
    Ok(match market {
        BinanceMarket::Futures => {
            let config: AccountConfig =
                json::parse("account settings", &answer.body, 1 << 20).map_err(|error| unread(error.into()))?;
            KeyRights {
                trades: config.can_trade,
                withdraws: config.can_withdraw,
                hedge_mode: Some(config.dual_side_position),
                clock_offset_ms,
            }
        }
        BinanceMarket::Spot => {
            let account = account::decode(&answer.body).map_err(|error| unread(error.into()))?;
            let (trades, withdraws) = (account.can_trade, account.can_withdraw);
            KeyRights { trades, withdraws, hedge_mode: None, clock_offset_ms }
        }
    })
}

/// With what usually is the cause, for the codes that name none.
fn explained(fault: &Fault, profile: &Profile) -> BrokerError {
    let world = profile.world.as_str();
    let cause = match fault.code() {
        Some(-2015) => {
            "the key is of another environment (demo keys only work in the paper world, real ones only live), this \
             machine's internet address is not on the key's list, or the key has no right to trade this market"
        }
        Some(-2014) => "that is no key of Binance",
        Some(-1022) => "the secret does not belong to the key",
        Some(-2017) => "the key is locked at Binance",
        _ => return fault.of_question(),
    };
    BrokerError::Unauthorized(format!("{fault}; asked in the {world} world: {cause}"))
}
