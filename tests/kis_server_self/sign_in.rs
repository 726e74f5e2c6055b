//! Tokens, approval keys, and what every call must carry.

use std::time::Duration;

use hoga::broker::kis::wire::oauth::{Approval, Token};
use hoga::market::UtcTime;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::caller::{Caller, QUOTES};
use crate::kis_server::{APP_KEY, APP_SECRET, Fault, Options, PAPER_APP_KEY, PAPER_APP_SECRET, Server};

const PRICE: [(&str, &str); 2] = [("FID_COND_MRKT_DIV_CODE", "J"), ("FID_INPUT_ISCD", "005930")];

async fn price(caller: &Caller<'_>) -> (u16, String) {
    let came = caller.get(&format!("{QUOTES}/inquire-price"), "FHKST01010100", &PRICE).await;
    (came.status, came.code())
}

#[test]
fn keys_have_the_lengths_of_real_ones() {
    for (key, secret) in [(APP_KEY, APP_SECRET), (PAPER_APP_KEY, PAPER_APP_SECRET)] {
        assert_eq!((key.len(), secret.len()), (36, 180));
    }
}

#[tokio::test]
async fn a_token_lives_for_a_day_of_the_server_and_stays_the_same_for_six_hours() {
    let server = Server::start(Options::default());
    let mut caller = Caller::new(&server).await;
    let first = caller.token.clone();
    assert_eq!(price(&caller).await, (200, "MCA00000".into()));

    let again = caller.sign_in().await;
    assert_eq!((again.status, again.code().as_str()), (403, "EGW00133"));
    server.advance(Duration::from_secs(61));
    let same = caller.sign_in().await;
    let token: Token = serde_json::from_slice(&same.bytes).unwrap();
    assert_eq!(token.access_token.secret().expose_secret(), first);
    let ends = token.ends(UtcTime::from_millis(server.now())).unwrap();
    let left = ends.since(UtcTime::from_millis(server.now()));
    assert!((86_300..86_400).contains(&left.as_secs()), "{left:?}");
    assert_eq!(server.tokens_issued(), 1);

    server.advance(Duration::from_secs(6 * 3_600));
    caller.token = caller.sign_in().await.body()["access_token"].as_str().unwrap().to_owned();
    assert_ne!(caller.token, first);
    assert_eq!(server.tokens_issued(), 2);
    server.advance(Duration::from_secs(24 * 3_600));
    assert_eq!(price(&caller).await, (500, "EGW00123".into()));
    caller.token = "nonsense".into();
    assert_eq!(price(&caller).await, (500, "EGW00121".into()));
}

#[tokio::test]
async fn a_token_that_is_revoked_is_gone_and_another_may_be_asked_for() {
    let server = Server::start(Options::default());
    let mut caller = Caller::new(&server).await;
    let body = json!({"appkey": APP_KEY, "appsecret": APP_SECRET, "token": caller.token});
    assert_eq!(caller.post_plain("/oauth2/revokeP", &body).await.body()["code"], 200);
    assert_eq!(price(&caller).await.1, "EGW00121");
    caller.token = caller.sign_in().await.body()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(price(&caller).await.0, 200);
    assert_eq!(server.tokens_issued(), 2);
}

#[tokio::test]
async fn a_token_that_suddenly_expires_is_replaced_by_a_new_one_at_once() {
    let server = Server::start(Options::default());
    let mut caller = Caller::new(&server).await;
    server.fault("GET", "/inquire-price", 1, Fault::TokenExpired);
    assert_eq!(price(&caller).await.1, "EGW00123");
    assert_eq!(price(&caller).await.1, "EGW00121");
    caller.token = caller.sign_in().await.body()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(price(&caller).await.0, 200);
}

#[tokio::test]
async fn keys_of_one_environment_are_refused_by_the_other() {
    for options in [Options::default(), Options::paper()] {
        let server = Server::start(options);
        let caller = Caller::unsigned(&server);
        let (other, secret) = match caller.realm {
            hoga::broker::kis::environment::Realm::Live => (PAPER_APP_KEY, PAPER_APP_SECRET),
            hoga::broker::kis::environment::Realm::Paper => (APP_KEY, APP_SECRET),
        };
        let body = json!({"grant_type": "client_credentials", "appkey": other, "appsecret": secret});
        let came = caller.post_plain("/oauth2/tokenP", &body).await;
        assert_eq!((came.status, came.code().as_str()), (403, "EGW00103"));
        assert!(came.body()["rt_cd"].is_null());
    }
}

#[tokio::test]
async fn every_call_carries_what_it_must() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let target = format!("{QUOTES}/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=005930");
    for (header, value, code) in [
        ("content-type", "text/plain", "EGW00132"),
        ("appkey", "nobody", "EGW00103"),
        ("appsecret", "wrong", "EGW00105"),
        ("authorization", "eyJ0", "EGW00205"),
        ("custtype", "X", "EGW00208"),
        ("tr_id", "FHKST99999999", "OPSQ0002"),
    ] {
        let mut request = caller.request("GET", &target, "FHKST01010100").build().unwrap();
        request.headers_mut().insert(header, value.parse().unwrap());
        let answer = reqwest::Client::builder().no_proxy().build().unwrap().execute(request).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(body["msg_cd"], code, "{header}");
    }
}

#[tokio::test]
async fn an_approval_key_is_a_new_one_each_time_and_never_two_in_a_second() {
    let server = Server::start(Options::default());
    let caller = Caller::unsigned(&server);
    let body = json!({"grant_type": "client_credentials", "appkey": APP_KEY, "secretkey": APP_SECRET});
    let first = caller.post_plain("/oauth2/Approval", &body).await;
    let approval: Approval = serde_json::from_slice(&first.bytes).unwrap();
    assert_eq!(approval.approval_key.secret().expose_secret().len(), 36);
    assert_eq!(caller.post_plain("/oauth2/Approval", &body).await.code(), "EGW00201");
    server.advance(Duration::from_secs(1));
    let second = caller.post_plain("/oauth2/Approval", &body).await;
    assert_ne!(first.body()["approval_key"], second.body()["approval_key"]);
}
