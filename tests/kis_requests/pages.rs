use std::sync::Mutex;

use hoga::broker::api::BrokerError;
use hoga::broker::kis::rest::Fault;
use hoga::broker::net::lanes::Lane;

use super::server::{Act, Asked, Server, refusal};
use crate::{balance_page, keep_token, rest};

/// A page whose list goes on behind these keys.
fn page(continuation: &'static str, search: &str, next: &str) -> Act {
    let body = format!(
        r#"{{"rt_cd":"0","msg_cd":"KIOK0500","msg1":"more","ctx_area_fk100":"{search}   ","ctx_area_nk100":"{next}   "}}"#
    );
    Act::Say(200, body, Some(continuation))
}

/// What becomes of a list whose pages come so, how many were taken, and what was asked.
async fn read(mut pages: impl FnMut(usize) -> Act + Send + 'static) -> (Result<bool, Fault>, usize, Vec<Asked>) {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let mut number = 0;
    let server = Server::start(move |_| {
        number += 1;
        pages(number)
    })
    .await;
    let taken = Mutex::new(0);
    let rest = rest(&server, folder.path());
    let take = |_: &_| {
        *taken.lock().unwrap() += 1;
        Ok(())
    };
    let outcome = rest.pages(Lane::Query, |keys| Ok(balance_page(keys)), take).await;
    let count = *taken.lock().unwrap();
    (outcome, count, server.asked())
}

#[tokio::test]
async fn pages_follow_by_header_and_keys() {
    let (outcome, taken, asked) = read(|number| match number {
        1 => page("F", "8765^A 1", "k1"),
        2 => page("M", "8765^A 1", "k2"),
        _ => page("D", "8765^A 1", "k3"),
    })
    .await;
    assert_eq!((outcome, taken, asked.len()), (Ok(true), 3, 3));
    let follows: Vec<_> = asked.iter().map(|asked| asked.header("tr_cont")).collect();
    assert_eq!(follows, [None, Some("N"), Some("N")]);
    assert!(asked[0].query.ends_with("CTX_AREA_FK100=&CTX_AREA_NK100="));
    assert!(asked[1].query.ends_with("CTX_AREA_FK100=8765%5EA+1&CTX_AREA_NK100=k1"), "{}", asked[1].query);
    assert!(asked[2].query.ends_with("CTX_AREA_NK100=k2"));
}

#[tokio::test]
async fn a_list_without_the_header_is_one_page() {
    let (outcome, taken, _) = read(|_| super::server::say(crate::GOOD)).await;
    assert_eq!((outcome, taken), (Ok(true), 1));
    let (outcome, taken, _) = read(|_| page("E", "a", "b")).await;
    assert_eq!((outcome, taken), (Ok(true), 1));
}

#[tokio::test]
async fn keys_that_stand_still_or_go_round_end_it_and_the_list_is_not_whole() {
    let (outcome, _, asked) = read(|_| page("M", "a", "same")).await;
    assert_eq!((outcome, asked.len()), (Ok(false), 2));
    let (outcome, _, asked) = read(|_| page("F", "", "")).await;
    assert_eq!((outcome, asked.len()), (Ok(false), 1));
    let (outcome, _, asked) = read(|number| page("M", "a", if number % 2 == 0 { "even" } else { "odd" })).await;
    assert_eq!((outcome, asked.len()), (Ok(false), 3));
}

#[tokio::test]
async fn a_list_without_end_is_left_after_200_pages() {
    let (outcome, taken, _) = read(|number| page("M", "a", &number.to_string())).await;
    assert_eq!((outcome, taken), (Ok(false), 200));
}

#[tokio::test]
async fn a_first_page_that_fails_is_a_fault_and_a_later_one_leaves_a_part() {
    let (outcome, taken, _) = read(|_| refusal("EGW00206")).await;
    assert!(matches!(outcome, Err(Fault::Refused(_))), "{outcome:?}");
    assert_eq!(taken, 0);
    let (outcome, taken, _) = read(|number| if number == 1 { page("F", "a", "b") } else { refusal("EGW00206") }).await;
    assert_eq!((outcome, taken), (Ok(false), 1));
}

#[tokio::test]
async fn what_the_reader_refuses_is_told() {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let server = Server::start(|_| page("F", "a", "b")).await;
    let rest = rest(&server, folder.path());
    let odd = || Fault::Unbelievable("odd");
    let outcome = rest.pages(Lane::Query, |keys| Ok(balance_page(keys)), |_| Err(odd())).await;
    assert_eq!(outcome, Err(odd()));
    let lacks = || BrokerError::Unsupported("this");
    let outcome = rest.pages(Lane::Query, |_| Err(lacks()), |_| Ok(())).await;
    assert_eq!(outcome, Err(Fault::NotAsked(lacks())));
    assert_eq!(server.asked().len(), 1);
}
