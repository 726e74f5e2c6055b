//! The server's side of the socket: registering with a fresh key, reading the answers, and the notices, which are read as
//! they come and never wait behind market data.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc::UnboundedSender;

use super::Questions;
use super::notices;
use super::registrar::{Outcome, Registrar};
use crate::broker::kis::budget::Registration;
use crate::broker::kis::environment::{Environment, Realm};
use crate::broker::kis::realtime::control::{Answer, Change, Control, Customer, Verdict, message};
use crate::broker::kis::realtime::frame::is_data;
use crate::broker::kis::realtime::notice::Notice;
use crate::broker::kis::realtime::row::Scratch;
use crate::broker::net::WallClock;
use crate::broker::net::http::NetError;
use crate::broker::net::websocket::{Endpoint, Meaning, Next, Protocol, Reaction};
use crate::market::UtcTime;
use crate::text::clean::short;

/// How long another session may hold the key before it is tried again: the server needs some time to notice a dead one.
const IN_USE_WAIT: Duration = Duration::from_secs(60);
/// Longest text of a refusal.
const REFUSAL_MAX: usize = 200;

/// What the socket tells the feed beside frames of market data.
pub(super) enum Told {
    /// A notice.
    Notice(Box<Notice>, UtcTime),
    /// One that cannot be read.
    NoticeLost(&'static str),
    /// The server does not register notices.
    NoticesRefused(String),
    /// Another session holds the key.
    InUse,
    /// A stream of market data is registered.
    Registered(Registration),
    /// What is polled may have changed, and whether notices live.
    Changed,
}

/// What is asked of a running connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// What is wanted has changed.
    Wanted,
    /// Some time has passed.
    Clock,
    /// A stream brings nothing although something happens: the connection is replaced.
    Mute,
}

/// Locks the registrar. Every change of it is whole, even when its holder panics.
pub(super) fn locked(registrar: &Mutex<Registrar>) -> MutexGuard<'_, Registrar> {
    registrar.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) struct Line {
    url: String,
    realm: Realm,
    questions: Arc<dyn Questions>,
    approval: SecretString,
    registrar: Arc<Mutex<Registrar>>,
    told: UnboundedSender<Told>,
    wall_clock: WallClock,
    scratch: Scratch,
    /// This connection brings nothing.
    is_mute: bool,
}

impl Line {
    pub(super) fn new(
        environment: &Environment,
        questions: Arc<dyn Questions>,
        registrar: Arc<Mutex<Registrar>>,
        told: UnboundedSender<Told>,
        wall_clock: WallClock,
    ) -> Self {
        Self {
            url: environment.stream.clone(),
            realm: environment.realm,
            questions,
            approval: SecretString::default(),
            registrar,
            told,
            wall_clock,
            scratch: Scratch::default(),
            is_mute: false,
        }
    }

    fn tell(&self, told: Told) {
        // Without a feed nobody is left to be told.
        let _ = self.told.send(told);
    }

    fn messages(&self, changes: Vec<(Change, Registration)>) -> Vec<String> {
        let message = |(change, one): (Change, Registration)| {
            let id = one.stream.id(self.realm.world())?;
            Some(message(self.approval.expose_secret(), Customer::default(), change, id, &one.key))
        };
        changes.into_iter().filter_map(message).collect()
    }

    fn take_notice(&mut self, frame: &[u8]) {
        let at = (self.wall_clock)();
        let told = &self.told;
        let registrar = locked(&self.registrar);
        notices::read(frame, registrar.keys(), &mut self.scratch, |read| {
            let _ = told.send(match read {
                Ok(notice) => Told::Notice(Box::new(notice), at),
                Err(why) => Told::NoticeLost(why),
            });
        });
    }

    fn answered(&self, answer: &Answer) -> Reaction {
        let mut registrar = locked(&self.registrar);
        let outcome = registrar.answered(answer);
        let mut next = Next::Stay;
        match outcome {
            Outcome::Nothing => {}
            Outcome::Registered(registration) => self.tell(Told::Registered(registration)),
            Outcome::NoticeRefused => {
                let text = match answer.verdict {
                    Verdict::Registered => "no key came with the registration".to_owned(),
                    _ => format!("{} {}", answer.code, answer.text),
                };
                self.tell(Told::NoticesRefused(short(text.trim(), REFUSAL_MAX)));
            }
            Outcome::BadApproval => next = Next::Reconnect,
            Outcome::KeyInUse { is_first } => {
                if is_first {
                    self.tell(Told::InUse);
                }
                next = Next::ReconnectAfter(IN_USE_WAIT);
            }
        }
        let changes = if next == Next::Stay { registrar.next() } else { Vec::new() };
        drop(registrar);
        self.tell(Told::Changed);
        Reaction { send: self.messages(changes), deliver: false, next }
    }
}

impl Protocol for Line {
    type Command = Command;

    async fn endpoint(&mut self) -> Result<Endpoint, NetError> {
        match self.questions.approval_key().await {
            Ok(key) => self.approval = key,
            Err(error) => {
                tracing::info!(%error, "no approval key for live data");
                return Err(NetError::unbuildable("no approval key could be had"));
            }
        }
        Endpoint::new(&self.url)
    }

    fn on_open(&mut self) -> Reaction {
        locked(&self.registrar).connected();
        self.is_mute = false;
        Reaction { next: Next::Ready, ..Reaction::default() }
    }

    fn on_ready(&mut self) -> Vec<String> {
        let changes = locked(&self.registrar).next();
        self.tell(Told::Changed);
        self.messages(changes)
    }

    fn classify(&mut self, frame: &[u8]) -> Meaning {
        if is_data(frame) {
            if notices::is_notice(frame) {
                self.take_notice(frame);
                return Meaning::Control(Reaction::default());
            }
            return Meaning::Data;
        }
        match Control::parse(frame) {
            Ok(Control::Ping) => Meaning::Echo,
            // Without a stream and a code it answers nothing.
            Ok(Control::Answer(answer)) if answer.tr_id.is_empty() && answer.code.is_empty() => Meaning::Unreadable,
            Ok(Control::Answer(answer)) => Meaning::Control(self.answered(&answer)),
            Err(_) => Meaning::Unreadable,
        }
    }

    fn on_command(&mut self, command: Command, is_ready: bool) -> Vec<String> {
        if !is_ready {
            return Vec::new();
        }
        let mut registrar = locked(&self.registrar);
        let changes = match command {
            Command::Wanted => registrar.next(),
            Command::Clock => registrar.look_at_clock(),
            Command::Mute => {
                self.is_mute = true;
                return Vec::new();
            }
        };
        drop(registrar);
        self.tell(Told::Changed);
        self.messages(changes)
    }

    /// A market may be quiet for hours; the server's own pings show that the socket lives. That it brings nothing although
    /// there is something to bring is found out by asking, and then it has been silent for too long already.
    fn data_silence(&self) -> Option<Duration> {
        self.is_mute.then_some(Duration::ZERO)
    }
}
