use std::time::Duration;

use hoga::broker::api::BrokerError;
use hoga::broker::kis::environment::Realm;
use hoga::broker::kis::rest::{Fault, Limits};
use hoga::broker::net::lanes::Lane;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::server::{Act, Server, TOKEN, refusal, say, status};
use crate::{BALANCE, GOOD, ORDER, balance, cancel, keep_token, order, rest, rest_with};

/// What becomes of a question that is answered so one after the other, and when it was sent.
async fn answered(acts: Vec<Act>) -> (Result<(), Fault>, Vec<tokio::time::Instant>) {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let mut acts = acts.into_iter();
    let server = Server::start(move |_| acts.next().unwrap_or_else(|| say(GOOD))).await;
    let outcome = rest(&server, folder.path()).ask(&balance(), Lane::Query).await;
    (outcome.map(|_| ()), server.of(BALANCE).into_iter().map(|asked| asked.at).collect())
}

#[tokio::test]
async fn a_question_is_asked_again_after_faults_that_pass() {
    for act in [
        Act::Lose,
        status(502, "<html>Bad Gateway</html>"),
        say(""),
        say("{}"),
        refusal("EGW00302"),
        refusal("EGW00001"),
        refusal("OPSQ1002"),
    ] {
        let (outcome, times) = answered(vec![act.clone(), act]).await;
        assert!(outcome.is_ok(), "{outcome:?}");
        assert_eq!(times.len(), 3);
    }
}

#[tokio::test]
async fn a_throttled_question_waits_and_is_answered() {
    for code in ["EGW00201", "EGW00215"] {
        let (outcome, times) = answered(vec![refusal(code), refusal(code)]).await;
        assert!(outcome.is_ok(), "{outcome:?}");
        assert_eq!(times.len(), 3);
        for two in times.windows(2) {
            assert!(two[1] - two[0] >= Duration::from_secs(1), "{code}");
        }
    }
}

#[tokio::test]
async fn a_clear_no_is_not_asked_again() {
    for (code, is_nothing) in [("OPSQ2001", false), ("EGW00206", false), ("XX000", false), ("70070000", true)] {
        let (outcome, times) = answered(vec![refusal(code)]).await;
        // An empty list is told as a failure, and is none.
        assert_eq!((outcome.is_ok(), times.len()), (is_nothing, 1), "{code}");
    }
}

#[tokio::test]
async fn a_broker_that_stays_away_is_told_in_the_end() {
    let mut gone = Server::start(|_| say(GOOD)).await;
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    gone.address = format!("http://{nobody}");
    let started = tokio::time::Instant::now();
    let fault = rest(&gone, folder.path()).ask(&balance(), Lane::Query).await.unwrap_err();
    assert!(matches!(fault.of_question(), BrokerError::NotSent(_)), "{fault}");
    assert!(started.elapsed() < Duration::from_secs(14));
}

/// The most requests that came within any second.
fn most_in_a_second(server: &Server) -> usize {
    let times: Vec<_> = server.asked().into_iter().map(|asked| asked.at).collect();
    let within =
        |from: usize| times[from..].iter().take_while(|at| **at - times[from] < Duration::from_secs(1)).count();
    (0..times.len()).map(within).max().unwrap_or_default()
}

#[tokio::test]
async fn no_second_ever_sees_more_requests_than_allowed_whatever_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let server =
        Server::start(
            |asked| {
                if asked.path.ends_with("Approval") { say(r#"{"approval_key":"canary"}"#) } else { say(GOOD) }
            },
        )
        .await;
    let limits = Limits { per_second: 6, in_flight: 4 };
    let rest = rest_with(&server, folder.path(), Realm::Live, limits);
    let mut work = JoinSet::new();
    for number in 0..20 {
        let rest = rest.clone();
        let lane = if number % 2 == 0 { Lane::Query } else { Lane::Bulk };
        work.spawn(async move { rest.ask(&balance(), lane).await.map(|_| ()) });
    }
    for number in 0..6 {
        let rest = rest.clone();
        work.spawn(async move {
            let withdrawn = CancellationToken::new();
            match number % 2 {
                0 => rest.change(&order(), Lane::Order, &withdrawn).await.map(|_| ()),
                _ => rest.change(&cancel(), Lane::Cancel, &withdrawn).await.map(|_| ()),
            }
        });
    }
    let approving = rest.clone();
    work.spawn(async move { approving.approval_key().await.map(|_| ()) });
    while let Some(done) = work.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!((server.asked().len(), server.of(TOKEN).len()), (28, 1));
    assert!(most_in_a_second(&server) <= 6, "{}", most_in_a_second(&server));
    // Orders and cancels had no question before them but what was under way already.
    let place = |path: &str| server.asked().iter().rposition(|asked| asked.path == path).unwrap();
    assert!(place(ORDER) < 12, "{}", place(ORDER));
}

#[tokio::test]
async fn paper_is_asked_once_a_second_and_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| say(GOOD)).await;
    let rest = rest_with(&server, folder.path(), Realm::Paper, Limits::of(Realm::Paper));
    let (one, two, withdrawn) = (balance(), order(), CancellationToken::new());
    let (first, second) = tokio::join!(rest.ask(&one, Lane::Query), rest.change(&two, Lane::Order, &withdrawn));
    assert!(first.is_ok() && second.is_ok());
    assert_eq!((server.asked().len(), most_in_a_second(&server)), (3, 1));
    assert_eq!(server.asked()[1].path, ORDER);
}

#[tokio::test]
async fn a_file_comes_without_any_key() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|asked| match asked.path.as_str() {
        "/masters/kospi_code.mst.zip" => say("PK"),
        _ => status(404, "nothing"),
    })
    .await;
    let rest = rest(&server, folder.path());
    let wait = Duration::from_secs(5);
    assert_eq!(&rest.download("kospi_code.mst.zip", wait).await.unwrap()[..], b"PK");
    assert!(rest.download("other.zip", wait).await.is_err());
    assert_eq!(server.asked().len(), 2);
    for asked in server.asked() {
        for name in ["authorization", "appkey", "appsecret"] {
            assert_eq!(asked.header(name), None);
        }
    }
}
