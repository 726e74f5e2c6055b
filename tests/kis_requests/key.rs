//! What `hoga auth test` finds out.

use hoga::broker::api::BrokerError;
use hoga::broker::kis::auth_check::check;
use hoga::broker::opening::KeyRights;
use hoga::config::{Address, BrokerName, Masked, Profile, RiskLimits, World};
use hoga::order::ProfileName;
use hoga::secrets::Credential;

use super::server::{Act, Server, TOKEN, refusal, say, status};
use crate::{BALANCE, GOOD, key};

fn profile(world: World, address: &str) -> Profile {
    let name = ProfileName::new("k").unwrap();
    let mut profile = Profile::new(name, BrokerName::Kis, world, RiskLimits::default());
    profile.rest_url = Some(Address::new(address).unwrap());
    profile.account = Some(Masked::new("87654321-01"));
    profile
}

/// On a data folder of its own.
fn checked_alone(profile: &Profile, key: Credential) -> Result<KeyRights, BrokerError> {
    let folder = tempfile::tempdir().unwrap();
    check(profile, key, folder.path())
}

/// What a check says where requests for the balance are answered so.
async fn checked(world: World, act: Act) -> (Result<KeyRights, BrokerError>, Server) {
    let server = Server::start(move |_| act.clone()).await;
    let profile = profile(world, &server.address);
    let told = tokio::task::spawn_blocking(move || checked_alone(&profile, key())).await.unwrap();
    (told, server)
}

#[tokio::test]
async fn a_key_whose_balance_comes_may_trade() {
    for world in [World::Live, World::Paper] {
        let (told, server) = checked(world, say(GOOD)).await;
        let rights = KeyRights { trades: true, withdraws: false, hedge_mode: None, clock_offset_ms: None };
        assert_eq!(told, Ok(rights));
        let id = if world == World::Live { "TTTC8434R" } else { "VTTC8434R" };
        assert_eq!(server.of(BALANCE)[0].header("tr_id"), Some(id));
    }
}

#[tokio::test]
async fn a_key_of_the_other_environment_is_told_so() {
    for (world, words) in [(World::Live, "never a paper key"), (World::Paper, "never a live key")] {
        let body = include_str!("../data/kis/auth_token_bad_appkey.json");
        let server = Server::bare(move |_| status(403, body)).await;
        let profile = profile(world, &server.address);
        let told = tokio::task::spawn_blocking(move || checked_alone(&profile, key())).await.unwrap();
        let Err(BrokerError::Unauthorized(text)) = told else { panic!("{told:?}") };
        assert!(text.contains(words) && text.contains("EGW00103"), "{text}");
        assert!(!text.contains("canary") && !text.contains("87654321"), "{text}");
        assert_eq!(server.asked().len(), 1);
    }
    // One that was added for another world does not even leave.
    let server = Server::start(|_| say(GOOD)).await;
    let profile = profile(World::Live, &server.address);
    let mut paper = key();
    paper.world = Some(World::Paper);
    let told = tokio::task::spawn_blocking(move || checked_alone(&profile, paper)).await.unwrap();
    assert!(matches!(told, Err(BrokerError::Unauthorized(_))), "{told:?}");
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn what_the_balance_says_no_to() {
    for (code, words) in [
        ("OPSQ2000", "not one of this key"),
        ("EGW00206", "no right"),
        ("EGW00304", "secret does not belong"),
        ("EGW00213", "other environment"),
    ] {
        let (told, _) = checked(World::Live, refusal(code)).await;
        let Err(BrokerError::Unauthorized(text)) = told else { panic!("{told:?}") };
        assert!(text.contains(words), "{text}");
    }
}

#[tokio::test]
async fn a_token_that_the_desk_keeps_is_used() {
    let folder = tempfile::tempdir().unwrap();
    crate::keep_token(&folder.path().join("kis"), "old");
    let server = Server::start(|_| say(GOOD)).await;
    let (profile, data_dir) = (profile(World::Live, &server.address), folder.path().to_owned());
    let told = tokio::task::spawn_blocking(move || check(&profile, key(), &data_dir)).await.unwrap();
    assert!(told.is_ok());
    assert_eq!((server.of(TOKEN).len(), server.of(BALANCE).len()), (0, 1));
}

#[tokio::test]
async fn the_token_of_a_check_is_kept_for_the_desk() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| say(GOOD)).await;
    for _ in 0..2 {
        let (profile, data_dir) = (profile(World::Live, &server.address), folder.path().to_owned());
        let told = tokio::task::spawn_blocking(move || check(&profile, key(), &data_dir)).await.unwrap();
        assert!(told.is_ok());
    }
    assert_eq!((server.of(TOKEN).len(), server.of(BALANCE).len()), (1, 2));
}
