//! The supervised WebSocket against a server that misbehaves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod misbehaving;

use std::time::Duration;

use hoga::broker::net::backoff::{BackoffRules, Jitter};
use hoga::broker::net::http::{ConnectFault, NetError};
use hoga::broker::net::system_wall_clock;
use hoga::broker::net::websocket::{
    CommandError, Endpoint, Loss, Meaning, Next, Protocol, Reaction, Socket, SocketEvent, SocketRules, SocketState,
};
use misbehaving::dead_address;
use misbehaving::feed::{FeedServer, Play, Step, text_frame};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

const MS: Duration = Duration::from_millis(1);

/// A broker with a login, subscriptions, an application ping and a way to throw clients out.
struct Desk {
    url: String,
    wanted: Vec<&'static str>,
    silence: Duration,
}

impl Protocol for Desk {
    type Command = &'static str;

    async fn endpoint(&mut self) -> Result<Endpoint, NetError> {
        Endpoint::new(&self.url)
    }

    fn on_open(&mut self) -> Reaction {
        Reaction { send: vec!["LOGIN".to_owned()], ..Reaction::default() }
    }

    fn on_ready(&mut self) -> Vec<String> {
        self.wanted.iter().map(|symbol| format!("REG {symbol}")).collect()
    }

    fn classify(&mut self, frame: &[u8]) -> Meaning {
        let then = |next| Meaning::Control(Reaction { next, ..Reaction::default() });
        match frame {
            b"OK" => then(Next::Ready),
            b"NO" => then(Next::Reconnect),
            b"OUT" => then(Next::Stop),
            b"PING" => Meaning::Echo,
            data if data.starts_with(b"D") => Meaning::Data,
            _ => Meaning::Unreadable,
        }
    }

    fn on_command(&mut self, symbol: &'static str, is_ready: bool) -> Vec<String> {
        self.wanted.push(symbol);
        if is_ready { vec![format!("REG {symbol}")] } else { Vec::new() }
    }

    fn data_silence(&self) -> Option<Duration> {
        (!self.wanted.is_empty()).then_some(self.silence)
    }
}

fn rules() -> SocketRules {
    SocketRules {
        opening_timeout: 300 * MS,
        backoff: BackoffRules { floor: 5 * MS, ceiling: 20 * MS, stable_after: 60_000 * MS },
        ..SocketRules::named("test")
    }
}

fn start(url: String, rules: SocketRules) -> (Socket<Desk>, Receiver<SocketEvent>) {
    let desk = Desk { url, wanted: vec!["a"], silence: 10_000 * MS };
    Socket::start(desk, rules, Jitter::from_seed(1), system_wall_clock())
}

fn login(mut more: Vec<Step>) -> Play {
    let mut steps = vec![Step::Read, Step::Say("OK"), Step::Read];
    steps.append(&mut more);
    Play::Steps(steps)
}

/// The next event that matters to a test; a test that waits for ever fails here.
async fn next(events: &mut Receiver<SocketEvent>) -> SocketEvent {
    timeout(5_000 * MS, events.recv()).await.expect("no event").expect("ended")
}

async fn until_live(events: &mut Receiver<SocketEvent>) {
    while next(events).await != SocketEvent::State(SocketState::Live) {}
}

async fn next_loss(events: &mut Receiver<SocketEvent>) -> Loss {
    loop {
        if let SocketEvent::State(SocketState::Reconnecting { loss, .. }) = next(events).await {
            return loss;
        }
    }
}

async fn next_text(events: &mut Receiver<SocketEvent>) -> String {
    loop {
        if let SocketEvent::Frame { bytes, .. } = next(events).await {
            return String::from_utf8_lossy(&bytes).into_owned();
        }
    }
}

async fn until_seen(server: &FeedServer, connection: usize, wanted: &[&str]) {
    let arrived = async {
        while server.seen().get(connection).is_none_or(|seen| seen != wanted) {
            tokio::task::yield_now().await;
        }
    };
    timeout(5_000 * MS, arrived).await.unwrap_or_else(|_| panic!("{wanted:?} in {:?}", server.seen()));
}

#[tokio::test]
async fn after_every_kind_of_loss_it_logs_in_and_subscribes_again() {
    let garbage = vec![0xff, 0x03, 0x00, 0xb0, 0xa1];
    let cases = [
        (Step::Cut, Loss::Cut, "cut"),
        (Step::Close(1000), Loss::Closed(Some(1000)), "closed"),
        (Step::Raw(garbage), Loss::Protocol, "garbage"),
        (Step::Raw(text_frame(&[0xc8, 0xa3, 0xb0, 0xa1])), Loss::Protocol, "EUC-KR as text"),
        (Step::Raw(vec![0x81, 0x7f, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]), Loss::Protocol, "endless frame"),
    ];
    for (fault, expected, name) in cases {
        let server = FeedServer::start([login(vec![fault, Step::Cut]), login(vec![Step::Listen])]).await;
        let (socket, mut events) = start(server.url(), rules());
        until_live(&mut events).await;
        assert_eq!(next_loss(&mut events).await, expected, "{name}");
        until_live(&mut events).await;
        until_seen(&server, 1, &["LOGIN", "REG a"]).await;
        socket.close().await;
    }
}

#[tokio::test]
async fn a_feed_without_data_is_dead_although_the_socket_lives() {
    let beat = Step::Repeat("PING", 5 * MS);
    for (quiet, name) in [(Step::Freeze, "silent stall"), (beat, "heartbeats only")] {
        let server = FeedServer::start([login(vec![Step::Say("D1"), quiet]), login(vec![Step::Listen])]).await;
        let desk = Desk { url: server.url(), wanted: vec!["a"], silence: 80 * MS };
        let (socket, mut events) = Socket::start(desk, rules(), Jitter::from_seed(1), system_wall_clock());
        until_live(&mut events).await;
        assert_eq!(next_text(&mut events).await, "D1", "{name}");
        let SocketEvent::State(SocketState::Silent { duration }) = next(&mut events).await else {
            panic!("{name}: not silent")
        };
        assert!(duration >= 80 * MS, "{name}: {duration:?}");
        assert_eq!(next_loss(&mut events).await, Loss::DataSilence, "{name}");
        until_live(&mut events).await;
        socket.close().await;
    }
}

#[tokio::test]
async fn a_half_open_connection_is_noticed_without_subscriptions() {
    let server = FeedServer::start([Play::Steps(vec![Step::Read, Step::Say("OK"), Step::Freeze])]).await;
    let desk = Desk { url: server.url(), wanted: Vec::new(), silence: 20 * MS };
    let rules = SocketRules { frame_silence: 150 * MS, ..rules() };
    let (socket, mut events) = Socket::start(desk, rules, Jitter::from_seed(1), system_wall_clock());
    until_live(&mut events).await;
    assert_eq!(next_loss(&mut events).await, Loss::FrameSilence);
    socket.close().await;
}

#[tokio::test]
async fn a_frame_in_single_bytes_and_a_repeated_one_arrive_as_sent() {
    let mut three = text_frame(b"D1");
    three.extend(text_frame(b"D2"));
    three.extend(text_frame(b"D2"));
    let server = FeedServer::start([login(vec![Step::Drip(three), Step::Say("what?"), Step::Listen])]).await;
    let (socket, mut events) = start(server.url(), rules());
    let mut texts = Vec::new();
    for _ in 0..4 {
        texts.push(next_text(&mut events).await);
    }
    assert_eq!(texts, ["D1", "D2", "D2", "what?"]);
    socket.close().await;
}

#[tokio::test]
async fn pings_of_both_kinds_are_answered_with_the_same_bytes() {
    let server = FeedServer::start([login(vec![Step::Say("PING"), Step::Read, Step::Ping, Step::Listen])]).await;
    let (socket, _events) = start(server.url(), rules());
    until_seen(&server, 0, &["LOGIN", "REG a", "PING", "pong beat"]).await;
    socket.close().await;
}

#[tokio::test]
async fn a_burst_beyond_a_slow_reader_is_counted_and_told() {
    let burst = 5_000;
    let server = FeedServer::start([login(vec![Step::Burst("D", burst), Step::Ping, Step::Listen])]).await;
    let (socket, mut events) = start(server.url(), SocketRules { events_max: 64, ..rules() });
    // The pong shows that the whole burst has gone through while nobody read.
    until_seen(&server, 0, &["LOGIN", "REG a", "pong beat"]).await;
    let (mut frames, mut lost) = (0, 0);
    while frames + lost < burst as u64 {
        match next(&mut events).await {
            SocketEvent::Frame { .. } => frames += 1,
            SocketEvent::Lagged { dropped } => lost += dropped,
            SocketEvent::State(_) => {}
        }
    }
    assert_eq!(frames + lost, burst as u64);
    assert!(lost > 0 && frames >= 50, "{frames} read, {lost} lost");
    assert_eq!(socket.state(), SocketState::Live);
    socket.close().await;
}

#[tokio::test]
async fn a_server_that_cannot_be_opened_is_tried_again_with_its_reason() {
    let server = FeedServer::start([
        Play::Refuse("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"),
        Play::Ignore,
        Play::Steps(vec![Step::Read, Step::Freeze]),
        Play::Steps(vec![Step::Read, Step::Say("NO"), Step::Freeze]),
        login(vec![Step::Listen]),
    ])
    .await;
    let (socket, mut events) = start(server.url(), rules());
    let expected = [Loss::Status(503), Loss::OpeningTimeout, Loss::OpeningTimeout, Loss::Asked];
    for loss in expected {
        assert_eq!(next_loss(&mut events).await, loss);
    }
    until_live(&mut events).await;
    socket.close().await;
}

#[tokio::test]
async fn nobody_listening_is_a_refused_connection_and_attempts_are_counted() {
    let (socket, mut events) = start(format!("ws://{}", dead_address().await), rules());
    for wanted in 1..=3 {
        let event = loop {
            match next(&mut events).await {
                SocketEvent::State(SocketState::Connecting) => {}
                other => break other,
            }
        };
        let SocketEvent::State(SocketState::Reconnecting { attempt, loss, .. }) = event else { panic!("{event:?}") };
        assert_eq!((attempt, loss), (wanted, Loss::Connect(ConnectFault::Refused)));
    }
    socket.close().await;
}

#[tokio::test]
async fn a_client_thrown_out_stays_away() {
    let server = FeedServer::start([login(vec![Step::Say("OUT"), Step::Listen]), login(vec![Step::Listen])]).await;
    let (socket, mut events) = start(server.url(), rules());
    until_live(&mut events).await;
    assert_eq!(next(&mut events).await, SocketEvent::State(SocketState::Closed));
    assert!(events.recv().await.is_none());
    assert_eq!(socket.command("b"), Err(CommandError::Closed));
    assert_eq!(server.seen().len(), 1);
    socket.close().await;
}

#[tokio::test]
async fn it_is_replaced_before_its_lifetime_ends() {
    let server = FeedServer::start([login(vec![Step::Listen]), login(vec![Step::Listen])]).await;
    let (socket, mut events) = start(server.url(), SocketRules { lifetime: 150 * MS, ..rules() });
    until_live(&mut events).await;
    assert_eq!(next_loss(&mut events).await, Loss::Planned);
    until_live(&mut events).await;
    assert_eq!(server.seen()[0][..2], ["LOGIN", "REG a"]);
    socket.close().await;
}

#[tokio::test]
async fn a_subscription_made_while_down_is_sent_when_up() {
    let server =
        FeedServer::start([login(vec![Step::Cut]), Play::Steps(vec![Step::Read, Step::Say("OK"), Step::Listen])]).await;
    let (socket, mut events) = start(server.url(), rules());
    assert_eq!(next_loss(&mut events).await, Loss::Cut);
    socket.command("b").unwrap();
    until_live(&mut events).await;
    socket.command("c").unwrap();
    until_seen(&server, 1, &["LOGIN", "REG a", "REG b", "REG c"]).await;
    socket.close().await;
}

#[tokio::test]
async fn closing_ends_the_task_at_any_moment() {
    for play in [Play::Ignore, login(vec![Step::Listen]), login(vec![Step::Freeze])] {
        let server = FeedServer::start([play]).await;
        let (socket, mut events) = start(server.url(), rules());
        next(&mut events).await;
        timeout(2_000 * MS, socket.close()).await.expect("still running");
        while events.recv().await.is_some() {}
    }
}
