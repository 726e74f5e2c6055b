//! What a key may do: the question behind `hoga auth test`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::runtime::Builder;

use super::code::Meaning;
use super::environment::{Environment, Realm};
use super::open::folder;
use super::request::call::Account;
use super::request::{future_query, stock_query};
use super::rest::{Fault, Limits, Rest, RestParts};
use super::wire::page::PageKeys;
use crate::broker::api::BrokerError;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::NetError;
use crate::broker::net::lanes::Lane;
use crate::broker::net::system_wall_clock;
use crate::broker::net::tls::TlsTrust;
use crate::broker::net::token::{IssueError, TokenError};
use crate::broker::opening::KeyRights;
use crate::config::{Masked, Profile};
use crate::secrets::Credential;

/// Longest time the whole check may take; the paper environment takes one request a second.
const PATIENCE: Duration = Duration::from_secs(45);

/// Codes that name the secret, not the key.
const SECRET_CODES: [&str; 2] = ["EGW00105", "EGW00304"];

/// Signs in with a key at the environment of a profile, and asks for the balance of the profile's account. It uses the
/// token that the desk keeps below the data folder, and keeps there the one it gets: the broker gives one a minute and
/// tells the customer of each. Waits; not for the desk's thread.
///
/// # Errors
/// [`BrokerError::Unauthorized`] when the broker does not take the key: of the other environment, wrong, without the right,
/// or not of this account. Otherwise why it could not be asked.
pub fn check(profile: &Profile, credential: Credential, data_dir: &Path) -> Result<KeyRights, BrokerError> {
    credential.check_fits(profile).map_err(|error| BrokerError::Unauthorized(error.to_string()))?;
    let no_runtime = |error: std::io::Error| BrokerError::NotSent(error.to_string());
    let runtime = Builder::new_current_thread().enable_all().build().map_err(no_runtime)?;
    let outcome = runtime.block_on(async {
        match tokio::time::timeout(PATIENCE, ask(profile, credential, folder(data_dir))).await {
            Ok(outcome) => outcome,
            Err(_) => Err(BrokerError::NotSent("no answer in time".into())),
        }
    });
    runtime.shutdown_background();
    outcome
}

async fn ask(profile: &Profile, credential: Credential, tokens: PathBuf) -> Result<KeyRights, BrokerError> {
    let environment = Environment::of(profile);
    let realm = environment.realm;
    let parts = RestParts {
        environment,
        credential,
        tokens,
        trust: TlsTrust::system(),
        system_proxy: true,
        wall_clock: system_wall_clock(),
        jitter: Jitter::from_entropy(),
        limits: Limits::of(realm),
    };
    let rest = Rest::new(parts).map_err(|error: NetError| BrokerError::NotSent(error.to_string()))?;
    rest.sign_in().await.map_err(|fault| explained(&fault, realm))?;
    // Without an account, as with virtual cash, there is nothing to trade with.
    let trades = match &profile.account {
        Some(account) => {
            let (account, first) = (parsed(account)?, PageKeys::default());
            let call = match account.is_derivatives() {
                true => future_query::balance(&account, realm, &first)?,
                false => stock_query::balance(&account, realm, &first)?,
            };
            rest.ask(&call, Lane::Query).await.map_err(|fault| explained(&fault, realm))?;
            true
        }
        None => false,
    };
    Ok(KeyRights { trades, withdraws: false, hedge_mode: None, clock_offset_ms: None })
}

fn parsed(account: &Masked) -> Result<Account, BrokerError> {
    Account::parse(account.reveal())
        .ok_or(BrokerError::Unsupported("an account of KIS is 8 digits, a hyphen and 2 digits"))
}

/// With what usually is the cause.
fn explained(fault: &Fault, realm: Realm) -> BrokerError {
    let (here, key, other) = match realm {
        Realm::Live => ("live", "a live key", "a paper key"),
        Realm::Paper => ("paper", "a paper key", "a live key"),
    };
    let (code, meaning) = match fault {
        Fault::Refused(refusal) => (&*refusal.code, fault.meaning()),
        Fault::Token(TokenError::Issue(IssueError::Refused(text))) => {
            let code = text.split(' ').next().unwrap_or_default();
            (code, Some(Meaning::of(code, "")))
        }
        Fault::Token(TokenError::RejectedAgain) => ("", Some(Meaning::Token)),
        _ => ("", None),
    };
    let cause = match meaning {
        Some(Meaning::Key) if SECRET_CODES.contains(&code) => "the secret does not belong to the key".to_owned(),
        Some(Meaning::Key | Meaning::Token | Meaning::PaperLacks | Meaning::Malformed) => {
            format!("the key is wrong or of the other environment: the {here} one takes {key}, never {other}")
        }
        Some(Meaning::NotAllowed) => {
            "the key has no right to this service, or this machine's internet address is not allowed".to_owned()
        }
        Some(Meaning::Account) => "the account of the profile is not one of this key".to_owned(),
        _ => return fault.of_question(),
    };
    BrokerError::Unauthorized(format!("{fault}; asked in the {here} environment: {cause}"))
}
