//! From a profile of the config to a connection.

use std::path::{Path, PathBuf};

use tokio::runtime::Builder;
use tokio::sync::mpsc::unbounded_channel;
use tokio_util::sync::CancellationToken;

use super::adapter::KisBroker;
use super::capability;
use super::environment::Environment;
use super::feed::FeedRules;
use super::request::Account;
use super::rest::Limits;
use super::session::{self, Pace, QuotesParts, SessionParts};
use crate::broker::api::{Broker, BrokerEvent, Capabilities, Connection, World};
use crate::broker::inbox::{Outlet, inbox};
use crate::broker::net::backoff::Jitter;
use crate::broker::net::system_wall_clock;
use crate::broker::net::tls::TlsTrust;
use crate::broker::opening::{OpenError, Opening};
use crate::broker::paper::{PaperBroker, PaperConfig, virtual_capabilities};
use crate::config::{Masked, Profile};
use crate::market::UtcTime;
use crate::secrets::{Credential, SecretsError, find_unattended};
use crate::text::notice as text;

/// What KIS can do in a profile's world. In a virtual one orders are filled here, against its market.
#[must_use]
pub fn capabilities(profile: &Profile) -> Capabilities {
    let there = there(profile);
    if profile.world == World::Virtual { virtual_capabilities(&there) } else { there }
}

/// By the kind of its account: one that ends in -03 is for futures and options.
fn there(profile: &Profile) -> Capabilities {
    let account = profile.account.as_ref().and_then(|account| Account::parse(account.reveal()));
    match account.is_some_and(|account| account.is_derivatives()) {
        true => capability::of_derivatives(profile.world),
        false => capability::capabilities(profile.world),
    }
}

/// Opens the connection of a profile. It comes up by itself, and says so.
///
/// # Errors
/// There is no key for it, or none that fits, or no account.
pub fn open(opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
    let profile = &opening.profile;
    let account = account(profile)?;
    let environment = Environment::of(profile);
    let parts = SessionParts {
        credential: credential(profile, &opening.data_dir)?,
        account,
        hts_id: hts_id(profile),
        folder: folder(&opening.data_dir),
        trust: TlsTrust::system(),
        system_proxy: true,
        wall_clock: system_wall_clock(),
        jitter: Jitter::from_entropy(),
        limits: Limits::of(environment.realm),
        feed: FeedRules::of(environment.realm),
        quotes: quotes(opening)?,
        pace: Pace::default(),
        environment,
    };
    let broker: Box<dyn Broker> = Box::new(start(opening, parts)?);
    if profile.world == World::Virtual {
        return Ok(Box::new(PaperBroker::new(broker, PaperConfig::KRX, now)));
    }
    Ok(broker)
}

/// Where tokens and symbol files are kept, of all profiles.
pub(super) fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("kis")
}

/// The account whose orders these are. A virtual world only looks at the market and asks nothing of any account.
fn account(profile: &Profile) -> Result<Account, OpenError> {
    let shape = "write `account = \"12345678-01\"` (8 digits, a hyphen, 2 digits) into its part of the config";
    let unusable = |what: &str| OpenError::Unusable(format!("profile {}: {what}; {shape}", profile.name));
    match &profile.account {
        Some(account) => Account::parse(account.reveal()).ok_or_else(|| unusable("this is no account of KIS")),
        None if profile.world == World::Virtual => {
            Account::parse("00000000-01").ok_or_else(|| unusable("it has no account"))
        }
        None => Err(unusable("it has no account")),
    }
}

/// The name under which notices are registered. A virtual world must not hear of orders of a real account.
fn hts_id(profile: &Profile) -> Option<Masked> {
    profile.hts_id.clone().filter(|_| profile.world != World::Virtual)
}

/// The key of a profile. KIS shows its market to nobody without one, so a virtual world needs it too.
fn credential(profile: &Profile, data_dir: &Path) -> Result<Credential, OpenError> {
    find_unattended(profile, data_dir).map_err(|error| {
        let remedy = match &error {
            SecretsError::NoKey { .. } | SecretsError::WrongWorld { .. } | SecretsError::WrongBroker { .. } => {
                format!("; run `hoga auth add {}`", profile.name)
            }
            _ => format!("; run `hoga auth test {}`", profile.name),
        };
        OpenError::Unusable(format!("profile {}: {error}{remedy}", profile.name))
    })
}

/// Where a paper profile's market data comes from instead, if it names a live one.
fn quotes(opening: &Opening) -> Result<Option<QuotesParts>, OpenError> {
    let Some(live) = &opening.profile.quotes else { return Ok(None) };
    let environment = Environment::of(live);
    Ok(Some(QuotesParts {
        credential: credential(live, &opening.data_dir)?,
        limits: Limits::of(environment.realm),
        feed: FeedRules::of(environment.realm),
        environment,
    }))
}

/// Starts a session on a thread of its own.
///
/// # Errors
/// The system gives no thread or no runtime.
pub fn start(opening: &Opening, parts: SessionParts) -> Result<KisBroker, OpenError> {
    let profile = &opening.profile;
    let no_thread =
        |error: std::io::Error| OpenError::Unusable(format!("profile {}: no thread: {error}", profile.name));
    let runtime = Builder::new_current_thread().enable_all().build().map_err(no_thread)?;
    let (outlet, events) = inbox(opening.wake.clone());
    let (requests, waiting) = unbounded_channel();
    let ended = CancellationToken::new();
    let (told, stop) = (outlet.clone(), ended.clone());
    if parts.hts_id.is_none() && profile.world != World::Virtual {
        outlet.tell(BrokerEvent::Notice(no_notices(profile)));
    }
    let work = move || {
        let last_words = LastWords { outlet: told.clone(), ended: stop.clone() };
        if let Err(error) = runtime.block_on(session::run(parts, told, waiting, stop)) {
            last_words.say(error.to_string());
        }
        // A name look-up that hangs must not hold up the end.
        runtime.shutdown_background();
    };
    let thread = std::thread::Builder::new().name(profile.name.to_string()).spawn(work).map_err(no_thread)?;
    let there = there(profile);
    Ok(KisBroker::new(there, requests, (outlet, events), ended, thread))
}

fn no_notices(profile: &Profile) -> String {
    text::NO_HTS_ID.english(&[&profile.name.to_string()])
}

/// Tells the desk when a session ends without having been told to, even by a panic.
struct LastWords {
    outlet: Outlet,
    ended: CancellationToken,
}

impl LastWords {
    fn say(&self, reason: String) {
        self.outlet.tell(BrokerEvent::Connection(Connection::Down { reason, retry_at: None }));
    }
}

impl Drop for LastWords {
    fn drop(&mut self) {
        if !self.ended.is_cancelled() {
            self.say("the session with KIS ended; start the desk anew".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{BrokerName, RiskLimits};
    use crate::order::ProfileName;

    fn profile(world: World, account: Option<&str>) -> Profile {
        let name = ProfileName::new("kis-mock").unwrap();
        let mut profile = Profile::new(name, BrokerName::Kis, world, RiskLimits::default());
        profile.account = account.map(Masked::new);
        profile.hts_id = Some(Masked::new("myhtsid1"));
        profile
    }

    #[test]
    fn a_missing_or_wrong_account_says_what_to_do_and_does_not_print_it() {
        for wrong in [None, Some("1234567801"), Some("12345678-1")] {
            let error = account(&profile(World::Paper, wrong)).err().unwrap().to_string();
            assert!(error.contains("kis-mock") && error.contains("account ="), "{error}");
            assert!(wrong.is_none_or(|wrong| !error.contains(wrong)), "{error}");
        }
        assert!(account(&profile(World::Live, Some("12345678-01"))).is_ok());
    }

    #[test]
    fn a_virtual_world_needs_no_account_and_hears_no_notices() {
        assert!(account(&profile(World::Virtual, None)).is_ok());
        assert_eq!(hts_id(&profile(World::Virtual, None)), None);
        assert!(hts_id(&profile(World::Paper, None)).is_some());
        assert!(capabilities(&profile(World::Virtual, None)).virtual_cash);
        assert!(!capabilities(&profile(World::Paper, None)).client_order_ids);
    }
}
