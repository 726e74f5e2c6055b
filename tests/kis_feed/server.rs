//! The stream server of KIS as far as the feed needs it: it takes registrations, counts them, answers as a test says, and
//! sends what a test writes. And the questions over REST, answered by a test.
//!
//! Time stands still in these tests; it moves a few milliseconds at a time while something is waited for, and as far as a test
//! says.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::{SinkExt, StreamExt};
use hoga::broker::api::{BrokerError, Channel};
use hoga::broker::kis::feed::Questions;
use hoga::market::{InstrumentId, MarketEvent};
use secrecy::SecretString;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

/// Waits until something holds, giving every task its turn.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    let mut turns = 0_u64;
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "still waiting for {what}");
        tokio::task::yield_now().await;
        turns += 1;
        if turns.is_multiple_of(64) {
            tokio::time::advance(Duration::from_millis(5)).await;
        }
    }
}

/// Lets so much time pass, a little at a time so that what is due between runs between.
pub async fn pass(time: Duration) {
    let end = tokio::time::Instant::now() + time;
    while tokio::time::Instant::now() < end {
        tokio::time::advance(Duration::from_millis(20)).await;
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
    }
}

/// A registration or its end, as it was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub kind: String,
    pub id: String,
    pub key: String,
    pub approval: String,
}

/// What a message was about, in short: `1 H0STCNT0 005930`.
impl std::fmt::Display for Heard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.kind, self.id, self.key)
    }
}

/// How the server answers.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Registrations it takes.
    pub room: usize,
    /// Keys it refuses for good.
    pub refuses: BTreeSet<String>,
    /// Ends of registrations it does not answer by itself.
    pub holds_ends: bool,
    /// Registrations it does not answer.
    pub mute: bool,
    /// What it answers to everything instead, if anything: a file.
    pub instead: Option<String>,
    /// Key of notices, by connection from 0; the last for all that follow.
    pub keys: Vec<String>,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            room: 41,
            refuses: BTreeSet::new(),
            holds_ends: false,
            mute: false,
            instead: None,
            keys: vec!["abcdefghijklmnopabcdefghijklmnop".into()],
        }
    }
}

struct Connection {
    heard: Vec<Heard>,
    /// What was no registration.
    other: Vec<String>,
    held: BTreeSet<(String, String)>,
    most: usize,
    say: mpsc::UnboundedSender<Option<String>>,
}

#[derive(Default)]
struct Log {
    connections: Vec<Connection>,
    manner: Manner,
}

pub struct StreamServer {
    pub address: SocketAddr,
    log: Arc<Mutex<Log>>,
    _tasks: JoinSet<()>,
}

impl StreamServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log: Arc<Mutex<Log>> = Arc::default();
        let shared = Arc::clone(&log);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, log, _tasks: tasks }
    }

    pub fn manner(&self, change: impl FnOnce(&mut Manner)) {
        change(&mut self.log.lock().unwrap().manner);
    }

    fn latest<T>(&self, of: impl FnOnce(&Connection) -> T) -> Option<T> {
        self.log.lock().unwrap().connections.last().map(of)
    }

    pub fn connections(&self) -> usize {
        self.log.lock().unwrap().connections.len()
    }

    /// The latest connection says something.
    pub fn say(&self, text: impl Into<String>) {
        self.latest(|one| one.say.send(Some(text.into())).unwrap());
    }

    /// The latest connection breaks off.
    pub fn cut(&self) {
        self.latest(|one| drop(one.say.send(None)));
    }

    /// Registrations and their ends on the latest connection, in short.
    pub fn heard(&self) -> Vec<String> {
        self.latest(|one| one.heard.iter().map(ToString::to_string).collect()).unwrap_or_default()
    }

    pub fn approvals(&self) -> BTreeSet<String> {
        self.latest(|one| one.heard.iter().map(|heard| heard.approval.clone()).collect()).unwrap_or_default()
    }

    pub fn other(&self) -> Vec<String> {
        self.latest(|one| one.other.clone()).unwrap_or_default()
    }

    /// What the latest connection has registered.
    pub fn held(&self) -> BTreeSet<(String, String)> {
        self.latest(|one| one.held.clone()).unwrap_or_default()
    }

    /// The most that any connection ever had registered.
    pub fn most(&self) -> usize {
        self.log.lock().unwrap().connections.iter().map(|one| one.most).max().unwrap_or_default()
    }

    /// Answers the end of a registration.
    pub fn end(&self, id: &str, key: &str) {
        let mut log = self.log.lock().unwrap();
        let one = log.connections.last_mut().unwrap();
        assert!(one.held.remove(&(id.to_owned(), key.to_owned())), "{id} {key} is not held");
        one.say.send(Some(answer(id, key, "0", "OPSP0001", "UNSUBSCRIBE SUCCESS", ""))).unwrap();
    }

    pub async fn hears(&self, connection: usize, messages: usize) {
        until(&format!("{messages} messages on connection {connection}"), || {
            self.connections() >= connection && self.heard().len() >= messages
        })
        .await;
    }

    pub async fn holds(&self, count: usize) {
        until(&format!("{count} registrations"), || self.held().len() == count).await;
    }
}

pub fn answer(id: &str, key: &str, rt: &str, code: &str, text: &str, output: &str) -> String {
    format!(
        r#"{{"header":{{"tr_id":"{id}","tr_key":"{key}","encrypt":"N"}},"body":{{"rt_cd":"{rt}","msg_cd":"{code}","msg1":"{text}"{output}}}}}"#
    )
}

impl Log {
    /// The answer to a message, if it has one.
    fn hear(&mut self, number: usize, heard: Heard) -> Option<String> {
        let Self { connections, manner } = self;
        let one = &mut connections[number];
        let (id, key) = (heard.id.clone(), heard.key.clone());
        let ends = heard.kind == "2";
        let subject = (id.clone(), key.clone());
        one.heard.push(heard);
        if let Some(file) = &manner.instead {
            return Some(String::from_utf8(super::bytes(file)).unwrap());
        }
        if ends {
            if manner.holds_ends {
                return None;
            }
            let was = one.held.remove(&subject);
            let (rt, code) = if was { ("0", "OPSP0001") } else { ("1", "OPSP0003") };
            return Some(answer(&id, &key, rt, code, "UNSUBSCRIBE", ""));
        }
        if manner.mute {
            return None;
        }
        if manner.refuses.contains(&key) {
            return Some(answer(&id, &key, "1", "OPSP0007", "SUBSCRIBE INTERNAL ERROR", ""));
        }
        let secret = manner.keys.get(number).or(manner.keys.last()).cloned().unwrap_or_default();
        let output = format!(r#","output":{{"iv":"0123456789abcdef","key":"{secret}"}}"#);
        if one.held.contains(&subject) {
            return Some(answer(&id, &key, "1", "OPSP0002", "ALREADY IN SUBSCRIBE", &output));
        }
        if one.held.len() >= manner.room {
            return Some(answer(&id, &key, "1", "OPSP0008", "MAX SUBSCRIBE OVER", ""));
        }
        one.held.insert(subject);
        one.most = one.most.max(one.held.len());
        Some(answer(&id, &key, "0", "OPSP0000", "SUBSCRIBE SUCCESS", &output))
    }
}

fn registration(text: &str) -> Option<Heard> {
    let message: serde_json::Value = serde_json::from_str(text).ok()?;
    let at = |path: &str| Some(message.pointer(path)?.as_str()?.to_owned());
    Some(Heard {
        kind: at("/header/tr_type")?,
        id: at("/body/input/tr_id")?,
        key: at("/body/input/tr_key")?,
        approval: at("/header/approval_key")?,
    })
}

async fn serve(stream: TcpStream, log: Arc<Mutex<Log>>) {
    stream.set_nodelay(true).unwrap();
    let Ok(mut feed) = accept_async(stream).await else { return };
    let (say, mut said) = mpsc::unbounded_channel();
    let number = {
        let mut log = log.lock().unwrap();
        let (heard, other, held) = (Vec::new(), Vec::new(), BTreeSet::new());
        log.connections.push(Connection { heard, other, held, most: 0, say });
        log.connections.len() - 1
    };
    loop {
        let out = tokio::select! {
            message = feed.next() => match message {
                Some(Ok(Message::Text(text))) => match registration(&text) {
                    Some(heard) => log.lock().unwrap().hear(number, heard),
                    None => {
                        log.lock().unwrap().connections[number].other.push(text.to_string());
                        None
                    }
                },
                Some(Ok(_)) => None,
                _ => return,
            },
            say = said.recv() => match say {
                Some(Some(text)) => Some(text),
                _ => return,
            },
        };
        if let Some(text) = out
            && feed.send(Message::text(text)).await.is_err()
        {
            return;
        }
    }
}

type Reply = Result<Vec<MarketEvent>, BrokerError>;

/// Questions over REST: answered at once, with what a test has laid down for them, else with nothing.
#[derive(Default)]
pub struct Rest {
    keys: Mutex<usize>,
    asked: Mutex<Vec<(InstrumentId, Channel, tokio::time::Instant)>>,
    replies: Mutex<BTreeMap<(InstrumentId, Channel), Reply>>,
    /// Questions wait while it is set.
    pub held: tokio::sync::RwLock<()>,
}

impl Rest {
    pub fn reply(&self, instrument: InstrumentId, channel: Channel, reply: Reply) {
        self.replies.lock().unwrap().insert((instrument, channel), reply);
    }

    pub fn asked(&self) -> Vec<(InstrumentId, Channel, tokio::time::Instant)> {
        self.asked.lock().unwrap().clone()
    }

    /// Times at which a channel of an instrument was asked for.
    pub fn times(&self, instrument: InstrumentId, channel: Channel) -> Vec<tokio::time::Instant> {
        let asked = self.asked();
        asked.into_iter().filter(|one| (one.0, one.1) == (instrument, channel)).map(|one| one.2).collect()
    }
}

/// The fake as the feed sees it.
pub struct Asked(pub Arc<Rest>);

impl Questions for Asked {
    fn approval_key(&self) -> BoxFuture<'static, Result<SecretString, BrokerError>> {
        let mut keys = self.0.keys.lock().unwrap();
        *keys += 1;
        let key = format!("approval-{}", *keys);
        Box::pin(async move { Ok(SecretString::from(key)) })
    }

    fn look(&self, instrument: InstrumentId, channel: Channel) -> BoxFuture<'static, Reply> {
        let rest = Arc::clone(&self.0);
        rest.asked.lock().unwrap().push((instrument, channel, tokio::time::Instant::now()));
        let reply = rest.replies.lock().unwrap().get(&(instrument, channel)).cloned();
        Box::pin(async move {
            drop(rest.held.read().await);
            reply.unwrap_or(Ok(Vec::new()))
        })
    }
}
