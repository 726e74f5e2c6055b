//! Requests to KIS against a server that answers as it is told: signed in, paced, and orders at most once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod kis_requests {
    pub mod key;
    pub mod orders;
    pub mod pages;
    pub mod questions;
    pub mod server;
    pub mod sign_in;
}

use std::path::Path;
use std::sync::Arc;

use hoga::broker::kis::environment::{Environment, Realm};
use hoga::broker::kis::request::call::{Account, Call};
use hoga::broker::kis::request::stock_query;
use hoga::broker::kis::rest::{Limits, Rest, RestParts};
use hoga::broker::kis::service::Service;
use hoga::broker::kis::wire::page::PageKeys;
use hoga::broker::net::backoff::Jitter;
use hoga::broker::net::system_wall_clock;
use hoga::broker::net::tls::TlsTrust;
use hoga::broker::net::token::{AccessToken, FileTokenStore, TokenSlot, TokenStore};
use hoga::config::BrokerName;
use hoga::order::ProfileName;
use hoga::secrets::{Credential, Origin, Secret, SecretText};
use kis_requests::server::{CANARY, Server};
use secrecy::SecretString;

pub const ORDER: &str = "/uapi/domestic-stock/v1/trading/order-cash";
pub const CANCEL: &str = "/uapi/domestic-stock/v1/trading/order-rvsecncl";
pub const BALANCE: &str = "/uapi/domestic-stock/v1/trading/inquire-balance";

pub const GOOD: &str = r#"{"rt_cd":"0","msg_cd":"MCA00000","msg1":"good","output":{"ODNO":"0000117057"}}"#;

const KEY: &str = "canary-key-0123456789";

pub fn key() -> Credential {
    Credential {
        profile: ProfileName::new("k").unwrap(),
        broker: BrokerName::Kis,
        world: None,
        added_at: None,
        origin: Origin::Environment,
        key: SecretText::new(KEY.to_owned()),
        secret: Secret::Shared(SecretText::new("canary-secret".to_owned())),
    }
}

pub fn environment(realm: Realm, address: &str) -> Environment {
    let (rest, masters) = (address.to_owned(), format!("{address}/masters"));
    Environment { realm, rest, stream: "ws://127.0.0.1:9".into(), masters }
}

pub fn rest_with(server: &Server, folder: &Path, realm: Realm, limits: Limits) -> Arc<Rest> {
    Rest::new(RestParts {
        environment: environment(realm, &server.address),
        credential: key(),
        tokens: folder.to_owned(),
        trust: TlsTrust::system(),
        system_proxy: false,
        wall_clock: system_wall_clock(),
        jitter: Jitter::from_seed(7),
        limits,
    })
    .unwrap()
}

/// A live one that need not wait for the limits.
pub fn rest(server: &Server, folder: &Path) -> Arc<Rest> {
    rest_with(server, folder, Realm::Live, Limits { per_second: 500, in_flight: 20 })
}

/// Keeps a token there as if an earlier run had got it an hour ago.
pub fn keep_token(folder: &Path, text: &str) {
    let now = system_wall_clock()();
    let hour = std::time::Duration::from_secs(3_600);
    let slot = TokenSlot::new("kis-live", &SecretString::from(KEY)).unwrap();
    let secret = SecretString::from(format!("{CANARY}-{text}"));
    let kept = AccessToken { secret, issued_at: now.minus(hour), expires_at: now.plus(hour * 20) };
    FileTokenStore::new(folder, &slot).save(&kept).unwrap();
}

pub fn account() -> Account {
    Account::parse("87654321-01").unwrap()
}

pub fn order() -> Call {
    let parameters = account().parameters().with("PDNO", "005930").with("ORD_QTY", "10").with("ORD_UNPR", "70000");
    Call::new(Service::StockBuy, Realm::Live, parameters).unwrap()
}

pub fn cancel() -> Call {
    Call::new(Service::StockChange, Realm::Live, account().parameters().with("ORGN_ODNO", "0000117057")).unwrap()
}

pub fn balance() -> Call {
    balance_page(&PageKeys::default())
}

pub fn balance_page(page: &PageKeys) -> Call {
    stock_query::balance(&account(), Realm::Live, page).unwrap()
}
