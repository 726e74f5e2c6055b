//! The HTTP client and the rate lanes against a server that misbehaves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod misbehaving;

use std::sync::Arc;
use std::time::Duration;

use hoga::broker::net::http::{ConnectFault, HttpClient, HttpRules, NetError, Request, Response, SilenceKind, Ticket};
use hoga::broker::net::lanes::{Budget, BudgetId, Cost, Lane, LaneError, LaneRules, Lanes};
use hoga::broker::net::system_wall_clock;
use misbehaving::{Act, HttpServer, dead_address};
use reqwest::Method;
use reqwest::header::AUTHORIZATION;

const SECOND: Duration = Duration::from_secs(1);

fn client_with(change: impl FnOnce(&mut HttpRules)) -> HttpClient {
    let mut rules = HttpRules { system_proxy: false, ..HttpRules::default() };
    change(&mut rules);
    HttpClient::new(&rules, system_wall_clock()).unwrap()
}

fn client() -> HttpClient {
    client_with(|_| {})
}

fn free_lanes() -> Lanes {
    lanes(Vec::new())
}

fn lanes(budgets: Vec<Budget>) -> Lanes {
    Lanes::start(LaneRules { budgets, in_flight_max: 6, in_flight_for_cancels: 2, waiting_max: 2_000 })
}

async fn order_to(url: &str, client: &HttpClient, lanes: &Lanes, patience: Duration) -> Result<Response, NetError> {
    client
        .send(lanes, Ticket::new(Lane::Order, Cost::free(), patience), |_| {
            Ok(Request::new(Method::POST, url)?.header(AUTHORIZATION, "Bearer canary")?.body("{\"qty\":\"canary\"}"))
        })
        .await
}

/// Sends one order to a server that acts so, and gives what came back and how many requests the server saw.
async fn order(act: Act, patience: Duration) -> (Result<Response, NetError>, usize) {
    let server = HttpServer::start([act]).await;
    let client = client_with(|rules| rules.read_timeout = Duration::from_millis(150));
    let answer = order_to(&server.url("/order?account=canary"), &client, &free_lanes(), patience).await;
    (answer, server.seen().len())
}

#[tokio::test]
async fn faults_after_sending_may_have_happened_and_are_sent_once() {
    let quick = Duration::from_millis(80);
    let cases = [
        (Act::NoAnswer, quick, "no answer"),
        (Act::NoAnswer, SECOND, "no answer, read timeout"),
        (Act::Lose, SECOND, "lost after accept"),
        (Act::Late(SECOND), quick, "late"),
        (Act::CutBody, SECOND, "cut in the body"),
        (Act::StallBody, SECOND, "silent in the body"),
        (Act::StallBody, quick, "silent in the body, deadline"),
        (Act::Raw(b"\x00\xff\xfe garbage \xb0\xa1\r\n\r\n".to_vec()), SECOND, "not HTTP"),
    ];
    for (act, patience, name) in cases {
        let (answer, seen) = order(act, patience).await;
        let error = answer.expect_err(name);
        assert!(error.may_have_happened(), "{name}: {error:?}");
        assert!(!error.is_retryable(), "{name}: {error:?}");
        assert!(error.is_retryable_read(), "{name}: {error:?}");
        assert_eq!(seen, 1, "{name}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{name}: {error:?}");
    }
}

#[tokio::test]
async fn each_silence_is_named() {
    let kind_of = |error: NetError| match error {
        NetError::NoAnswer { kind, .. } | NetError::CutAnswer { kind, .. } => kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind_of(order(Act::Lose, SECOND).await.0.unwrap_err()), SilenceKind::Lost);
    assert_eq!(kind_of(order(Act::CutBody, SECOND).await.0.unwrap_err()), SilenceKind::Lost);
    assert_eq!(kind_of(order(Act::StallBody, SECOND).await.0.unwrap_err()), SilenceKind::Stalled);
    let garbage = Act::Raw(b"220 smtp.example ESMTP\r\n\r\n".to_vec());
    assert_eq!(kind_of(order(garbage, SECOND).await.0.unwrap_err()), SilenceKind::Garbled);
    let quick = Duration::from_millis(60);
    assert_eq!(kind_of(order(Act::NoAnswer, quick).await.0.unwrap_err()), SilenceKind::Deadline);
}

#[tokio::test]
async fn any_status_and_any_body_is_an_answer() {
    for (act, status, body) in [
        (Act::status(500, "broken"), 500, "broken"),
        (Act::status(502, "<html>"), 502, "<html>"),
        (Act::status(504, ""), 504, ""),
        (Act::ok("not json {"), 200, "not json {"),
        (Act::Drip, 200, "drip"),
        (Act::Redirect, 302, ""),
    ] {
        let (answer, seen) = order(act, SECOND).await;
        let answer = answer.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (status, body.as_bytes()));
        assert!(answer.received_at >= answer.sent_at);
        assert_eq!(seen, 1);
    }
}

#[tokio::test]
async fn a_duplicate_answer_never_answers_the_next_request() {
    let server = HttpServer::start([Act::Twice, Act::ok("mine")]).await;
    let (client, lanes) = (client(), free_lanes());
    let first = order_to(&server.url("/1"), &client, &lanes, SECOND).await.unwrap();
    assert_eq!(&first.body[..], b"first");
    for path in ["/2", "/3"] {
        match order_to(&server.url(path), &client, &lanes, SECOND).await {
            Ok(answer) => assert_ne!(&answer.body[..], b"second"),
            Err(error) => assert!(error.may_have_happened()),
        }
    }
}

#[tokio::test]
async fn a_late_answer_never_answers_the_next_request() {
    let server = HttpServer::start([Act::Late(Duration::from_millis(120)), Act::ok("mine")]).await;
    let (client, lanes) = (client(), free_lanes());
    let late = order_to(&server.url("/1"), &client, &lanes, Duration::from_millis(40)).await.unwrap_err();
    assert!(late.may_have_happened());
    let next = order_to(&server.url("/2"), &client, &lanes, SECOND).await.unwrap();
    assert_eq!(&next.body[..], b"mine");
}

#[tokio::test]
async fn an_order_on_a_used_connection_is_still_sent_once() {
    let closing = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec();
    for first in [Act::ok("ok"), Act::Raw(closing)] {
        let server = HttpServer::start([first, Act::Lose]).await;
        let (client, lanes) = (client(), free_lanes());
        order_to(&server.url("/1"), &client, &lanes, SECOND).await.unwrap();
        let lost = order_to(&server.url("/2"), &client, &lanes, SECOND).await.unwrap_err();
        assert!(lost.may_have_happened());
        // A connection that the server closed first may have swallowed the request; it never arrives twice.
        let arrived = server.seen().iter().filter(|request| request.line.contains("/2")).count();
        assert!(arrived <= 1, "arrived {arrived} times");
    }
}

#[tokio::test]
async fn a_request_is_signed_when_it_goes_and_not_when_it_queues() {
    let server = HttpServer::start([]).await;
    let (client, lanes) = (client(), free_lanes());
    lanes.pause(Duration::from_millis(100));
    let queued_at = system_wall_clock()();
    let mut signed_at = queued_at;
    let ticket = Ticket::new(Lane::Order, Cost::free(), SECOND);
    let answer = client
        .send(&lanes, ticket, |now| {
            signed_at = now;
            Request::new(Method::POST, &server.url("/"))
        })
        .await
        .unwrap();
    assert!(signed_at.since(queued_at) >= Duration::from_millis(90));
    assert!(answer.sent_at >= signed_at);
}

#[tokio::test]
async fn faults_before_sending_did_not_happen() {
    let (client, lanes) = (client(), free_lanes());
    let dead = dead_address().await;
    let refused = order_to(&format!("http://{dead}/order"), &client, &lanes, SECOND).await.unwrap_err();
    assert!(matches!(refused, NetError::Connect { fault: ConnectFault::Refused, .. }), "{refused:?}");
    assert!(!refused.may_have_happened() && refused.is_retryable());

    let unnamed = order_to("http://no-such-host.invalid/order", &client, &lanes, 5 * SECOND).await.unwrap_err();
    assert!(matches!(unnamed, NetError::Connect { fault: ConnectFault::Name, .. }), "{unnamed:?}");
    assert!(!unnamed.may_have_happened());

    let unbuilt = order_to("ftp://127.0.0.1/order", &client, &lanes, SECOND).await.unwrap_err();
    assert!(!unbuilt.may_have_happened() && !unbuilt.is_retryable());
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_never_got_the_request() {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr().unwrap();
    let talker = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        let (mut stream, _) = server.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        stream
    });
    let error = order_to(&format!("https://{address}/order"), &client(), &free_lanes(), SECOND).await.unwrap_err();
    drop(talker.await);
    assert!(matches!(error, NetError::Connect { fault: ConnectFault::Tls, .. }), "{error:?}");
    assert!(!error.may_have_happened() && !error.is_retryable());
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_cut_off() {
    let server = HttpServer::start([Act::ok(&"x".repeat(5_000))]).await;
    let client = client_with(|rules| rules.body_max = 1_000);
    let error = order_to(&server.url("/"), &client, &free_lanes(), SECOND).await.unwrap_err();
    assert!(matches!(error, NetError::HugeAnswer { limit: 1_000, .. }) && error.may_have_happened());
}

#[tokio::test]
async fn retry_after_silences_every_lane() {
    let limited =
        Act::Answer { status: 429, headers: vec![("retry-after", "7".to_owned())], body: "slow down".to_owned() };
    let server = HttpServer::start([limited]).await;
    let (client, lanes) = (client(), free_lanes());
    let answer = order_to(&server.url("/"), &client, &lanes, SECOND).await.unwrap();
    assert_eq!(answer.status.as_u16(), 429);
    let error = order_to(&server.url("/"), &client, &lanes, SECOND).await.unwrap_err();
    assert!(matches!(error, NetError::Lane(LaneError::Paused { remaining }) if remaining > 6 * SECOND), "{error:?}");
    assert!(!error.may_have_happened());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_withdrawn_order_is_never_sent() {
    let server = HttpServer::start([]).await;
    let (client, lanes) = (client(), lanes(vec![Budget::new("one", 1, 60 * SECOND)]));
    let cost = Cost::free().and(BudgetId(0), 1);
    let held = lanes.enter(Lane::Order, cost.clone(), tokio::time::Instant::now() + SECOND).await.unwrap();
    let ticket = Ticket::new(Lane::Order, cost, SECOND);
    let withdrawn = ticket.withdrawn.clone();
    let sending = client.send(&lanes, ticket, |_| Request::new(Method::POST, &server.url("/")));
    let withdrawing = async {
        while lanes.waiting()[Lane::Order.index()] == 0 {
            tokio::task::yield_now().await;
        }
        withdrawn.cancel();
    };
    let (answer, ()) = tokio::join!(sending, withdrawing);
    assert_eq!(answer.unwrap_err(), NetError::Lane(LaneError::Withdrawn));
    assert_eq!(lanes.waiting(), [0; 4]);
    drop(held);
    assert!(server.seen().is_empty());
}

/// The most requests in any half-open window of this length.
fn most_in_any(window: Duration, at: &[tokio::time::Instant]) -> usize {
    at.iter().enumerate().map(|(n, start)| at[n..].iter().take_while(|t| **t - *start < window).count()).max().unwrap()
}

#[tokio::test]
async fn a_hundred_cancels_overtake_a_thousand_queries_and_no_window_overflows() {
    const LIMIT: u32 = 60;
    let window = Duration::from_millis(100);
    let server = HttpServer::start([]).await;
    let client = Arc::new(client());
    let lanes = Arc::new(lanes(vec![Budget::new("requests", LIMIT, window).reserve(Lane::Cancel, 10)]));
    // All are queued before the first goes, so that the order of arrival cannot help the cancels.
    let mut held = Vec::new();
    for _ in 0..6 {
        let soon = tokio::time::Instant::now() + SECOND;
        held.push(lanes.enter(Lane::Cancel, Cost::free(), soon).await.unwrap());
    }
    let mut tasks = tokio::task::JoinSet::new();
    for (lane, path, n) in [(Lane::Query, "/query", 1_000), (Lane::Cancel, "/cancel", 100)] {
        for _ in 0..n {
            let (client, lanes, url) = (Arc::clone(&client), Arc::clone(&lanes), server.url(path));
            tasks.spawn(async move {
                let ticket = Ticket::new(lane, Cost::free().and(BudgetId(0), 1), 30 * SECOND);
                client.send(&lanes, ticket, |_| Request::new(Method::GET, &url)).await
            });
        }
    }
    while lanes.waiting() != [100, 0, 1_000, 0] {
        tokio::task::yield_now().await;
    }
    drop(held);
    while let Some(answer) = tasks.join_next().await {
        assert_eq!(answer.unwrap().unwrap().status.as_u16(), 200);
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 1_100);
    let last_cancel = seen.iter().rposition(|request| request.line.contains("/cancel")).unwrap();
    assert!(last_cancel < 106, "a cancel was the {last_cancel}th request");
    let most = most_in_any(window, &seen.iter().map(|request| request.at).collect::<Vec<_>>());
    assert!(most <= LIMIT as usize, "{most} in one window");
}
