//! Whom the connections trust.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod misbehaving;

use std::time::Duration;

use hoga::broker::net::backoff::Jitter;
use hoga::broker::net::http::{ConnectFault, HttpClient, HttpRules, NetError, Request, Response, Ticket};
use hoga::broker::net::lanes::{Cost, Lane, LaneRules, Lanes};
use hoga::broker::net::system_wall_clock;
use hoga::broker::net::tls::TlsTrust;
use hoga::broker::net::websocket::{
    Endpoint, Loss, Meaning, Protocol, Reaction, Socket, SocketEvent, SocketRules, SocketState,
};
use misbehaving::tls::{EXPIRED, VALID, certificate, serve_once};
use reqwest::Method;
use reqwest::header::AUTHORIZATION;

async fn ask(host: &str, served: &[u8], trust: TlsTrust) -> (Result<Response, NetError>, Vec<u8>) {
    let (address, server) = serve_once(served);
    let rules = HttpRules { trust, system_proxy: false, ..HttpRules::default() };
    let client = HttpClient::new(&rules, system_wall_clock()).unwrap();
    let lanes =
        Lanes::start(LaneRules { budgets: Vec::new(), in_flight_max: 1, in_flight_for_cancels: 0, waiting_max: 1 });
    let url = format!("https://{host}:{}/order", address.port());
    let ticket = Ticket::new(Lane::Order, Cost::free(), Duration::from_secs(5));
    let answer =
        client.send(&lanes, ticket, |_| Request::new(Method::GET, &url)?.header(AUTHORIZATION, "Bearer canary")).await;
    (answer, server.join().unwrap())
}

#[tokio::test]
async fn a_known_authority_is_trusted() {
    let (answer, request) = ask("localhost", VALID, TlsTrust::only([certificate(VALID)]).unwrap()).await;
    assert_eq!(&answer.unwrap().body[..], b"ok");
    assert!(request.starts_with(b"GET /order"));
}

#[tokio::test]
async fn strangers_wrong_hosts_and_expired_certificates_get_no_request() {
    for (host, served, trust, name) in [
        ("localhost", VALID, TlsTrust::system(), "unknown authority"),
        ("127.0.0.1", VALID, TlsTrust::only([certificate(VALID)]).unwrap(), "wrong host"),
        ("localhost", EXPIRED, TlsTrust::only([certificate(EXPIRED)]).unwrap(), "expired"),
    ] {
        let (answer, request) = ask(host, served, trust).await;
        let error = answer.expect_err(name);
        assert!(matches!(error, NetError::Connect { fault: ConnectFault::Tls, .. }), "{name}: {error:?}");
        assert!(!error.may_have_happened() && !error.is_retryable(), "{name}");
        assert!(request.is_empty(), "{name}");
    }
}

struct Quiet(String);

impl Protocol for Quiet {
    type Command = ();

    async fn endpoint(&mut self) -> Result<Endpoint, NetError> {
        Endpoint::new(&self.0)
    }

    fn on_open(&mut self) -> Reaction {
        Reaction::default()
    }

    fn on_ready(&mut self) -> Vec<String> {
        Vec::new()
    }

    fn classify(&mut self, _: &[u8]) -> Meaning {
        Meaning::Data
    }

    fn on_command(&mut self, (): (), _: bool) -> Vec<String> {
        Vec::new()
    }

    fn data_silence(&self) -> Option<Duration> {
        None
    }
}

#[tokio::test]
async fn the_websocket_refuses_a_wrong_host_too() {
    let (address, server) = serve_once(VALID);
    let trust = TlsTrust::only([certificate(VALID)]).unwrap();
    let rules = SocketRules { trust, ..SocketRules::named("test") };
    let desk = Quiet(format!("wss://127.0.0.1:{}/feed", address.port()));
    let (socket, mut events) = Socket::start(desk, rules, Jitter::from_seed(1), system_wall_clock());
    let loss = loop {
        if let SocketEvent::State(SocketState::Reconnecting { loss, .. }) = events.recv().await.unwrap() {
            break loss;
        }
    };
    assert_eq!(loss, Loss::Connect(ConnectFault::Tls));
    socket.close().await;
    assert!(server.join().unwrap().is_empty());
}
