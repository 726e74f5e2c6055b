//! Requests to Binance: signed when they leave, counted, and sent at most once unless they only ask.
//!
//! One request is repeated although it may change something: one refused for its time stamp (-1021), which the exchange
//! never looked at. The clock is read anew before that.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderName;
use tokio_util::sync::CancellationToken;

use super::code::{self, Then};
use super::limits::{self, Silence};
use super::query::Query;
use super::sign::{KEY_HEADER, Signer};
use crate::broker::api::BrokerError;
use crate::broker::net::WallClock;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::http::{HttpClient, NetError, Request, Response, Ticket};
use crate::broker::net::lanes::{Cost, Lane, Lanes};
use crate::config::BinanceMarket;
use crate::market::UtcTime;

pub mod both;
mod clock;
mod fault;
pub mod futures;
pub mod spot;

pub use clock::ExchangeClock;
pub use fault::{Fault, Refusal};

/// How long a request that may change something waits for its turn: later its price is of another market.
const TURN_MAX: Duration = Duration::from_secs(2);
/// The same of a cancel, which is right at any time: it outlasts the silences that are usual.
const CANCEL_TURN_MAX: Duration = Duration::from_secs(20);
/// From the turn of such a request to its answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// A question and all its repetitions.
const QUESTION_MAX: Duration = Duration::from_secs(9);
/// One try of a question.
const TRY_MAX: Duration = Duration::from_secs(5);
/// How long nothing is sent after a firewall has stepped in.
const FIREWALL_PAUSE: Duration = Duration::from_secs(60);
/// Pauses between the tries of a question, spread by half.
const PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_millis(400), Duration::from_millis(800)];

/// What a request must carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Nothing.
    Open,
    /// The API key.
    Key,
    /// The API key, a time stamp and a signature.
    Signed,
}

/// A request before it leaves.
#[derive(Debug, Clone)]
pub struct Call {
    /// How.
    pub method: Method,
    /// What, such as `/fapi/v1/order`.
    pub path: &'static str,
    /// Its parameters.
    pub query: Query,
    /// What it must carry.
    pub security: Security,
    /// Its priority.
    pub lane: Lane,
    /// What it takes of the limits.
    pub cost: Cost,
    /// What is asked, which decides what a bad answer means.
    pub asks: code::Call,
}

impl Call {
    /// A question without parameters, for anybody.
    #[must_use]
    pub fn ask(path: &'static str, cost: Cost) -> Self {
        let (method, query) = (Method::GET, Query::new());
        Self { method, path, query, security: Security::Open, lane: Lane::Query, cost, asks: code::Call::Read }
    }

    /// The same with these parameters.
    #[must_use]
    pub fn with(self, query: Query) -> Self {
        Self { query, ..self }
    }

    /// The same with another method.
    #[must_use]
    pub fn by(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// The same, carrying this.
    #[must_use]
    pub fn carrying(self, security: Security) -> Self {
        Self { security, ..self }
    }

    /// The same, asking this.
    #[must_use]
    pub fn asking(self, asks: code::Call) -> Self {
        Self { asks, ..self }
    }

    /// The same in another lane.
    #[must_use]
    pub fn within(self, lane: Lane) -> Self {
        Self { lane, ..self }
    }
}

/// What tells people of a ban.
pub type Notices = Box<dyn Fn(String) + Send + Sync>;

/// One address of Binance, with one key or none.
pub struct Rest {
    market: BinanceMarket,
    http: HttpClient,
    lanes: Lanes,
    base: String,
    signer: Option<Signer>,
    clock: ExchangeClock,
    wall_clock: WallClock,
    jitter: Mutex<Jitter>,
    /// Refusals as too many since the last good answer.
    crowded: AtomicU32,
    notices: Notices,
}

/// What a [`Rest`] is made of.
pub struct RestParts {
    /// Which market's codes it speaks.
    pub market: BinanceMarket,
    /// The client.
    pub http: HttpClient,
    /// Lanes of this address.
    pub lanes: Lanes,
    /// Address without a trailing slash.
    pub base: String,
    /// The key, where there is one.
    pub signer: Option<Signer>,
    /// The local clock.
    pub wall_clock: WallClock,
    /// Spreads repetitions.
    pub jitter: Jitter,
    /// Hears of bans.
    pub notices: Notices,
}

impl Rest {
    /// Puts it together; connects nowhere yet.
    #[must_use]
    pub fn new(parts: RestParts) -> Self {
        Self {
            market: parts.market,
            http: parts.http,
            lanes: parts.lanes,
            base: parts.base,
            signer: parts.signer,
            clock: ExchangeClock::new(both::time_path(parts.market)),
            wall_clock: parts.wall_clock,
            jitter: Mutex::new(parts.jitter),
            crowded: AtomicU32::new(0),
            notices: parts.notices,
        }
    }

    /// Which market it is of.
    #[must_use]
    pub const fn market(&self) -> BinanceMarket {
        self.market
    }

    /// What signs, where there is a key.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// Whether it has a key.
    #[must_use]
    pub const fn has_key(&self) -> bool {
        self.signer.is_some()
    }

    /// The exchange's time now, as far as it is known.
    #[must_use]
    pub fn server_now(&self) -> UtcTime {
        self.clock.to_server((self.wall_clock)())
    }

    /// The local time now.
    #[must_use]
    pub fn local_now(&self) -> UtcTime {
        (self.wall_clock)()
    }

    /// The clock, for its upkeep.
    #[must_use]
    pub const fn clock(&self) -> &ExchangeClock {
        &self.clock
    }

    /// The lanes, for limits and silences.
    #[must_use]
    pub const fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// Sends what may change something: once, and once more only after a refusal for its time stamp.
    ///
    /// # Errors
    /// See [`Fault`]; [`Fault::error`] says what it means.
    pub async fn change(&self, call: &Call) -> Result<Response, Fault> {
        self.change_unless(call, &CancellationToken::new()).await
    }

    /// The same, unless it is withdrawn while it still waits for its turn.
    ///
    /// # Errors
    /// As [`Self::change`].
    pub async fn change_unless(&self, call: &Call, withdrawn: &CancellationToken) -> Result<Response, Fault> {
        let turn = if call.lane == Lane::Cancel { CANCEL_TURN_MAX } else { TURN_MAX };
        match self.once(call, withdrawn, turn, ANSWER_MAX).await {
            Err(fault) if fault.then() == Then::SyncClock => {
                self.resync().await;
                self.once(call, withdrawn, turn, ANSWER_MAX).await
            }
            outcome => outcome,
        }
    }

    /// Asks, and asks again after harmless faults until it has taken too long.
    ///
    /// # Errors
    /// The last fault; see [`Fault::of_question`].
    pub async fn ask(&self, call: &Call) -> Result<Response, Fault> {
        let mut last = None;
        let tries = async {
            for pause in PAUSES.into_iter().map(Some).chain([None]) {
                let fault = match self.once(call, &CancellationToken::new(), QUESTION_MAX, TRY_MAX).await {
                    Ok(answer) => return Ok(answer),
                    Err(fault) => fault,
                };
                let Some(pause) = pause.filter(|_| fault.may_be_asked_again()) else { return Err(fault) };
                if fault.then() == Then::SyncClock {
                    self.resync().await;
                }
                last = Some(fault);
                tokio::time::sleep(self.spread(pause)).await;
            }
            Err(Fault::Late)
        };
        match tokio::time::timeout(QUESTION_MAX, tries).await {
            Ok(outcome) => outcome,
            Err(_) => Err(last.unwrap_or(Fault::Late)),
        }
    }

    fn spread(&self, pause: Duration) -> Duration {
        let mut jitter = self.jitter.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        jitter.between(pause, pause + pause / 2)
    }

    /// Reads the exchange's clock anew, unless somebody has just done so.
    pub async fn resync(&self) {
        let send = |call: Call| async move { self.once(&call, &CancellationToken::new(), TURN_MAX, ANSWER_MAX).await };
        self.clock.resync(send).await;
    }

    /// A request on its way, at most once.
    async fn once(
        &self,
        call: &Call,
        withdrawn: &CancellationToken,
        turn: Duration,
        answer: Duration,
    ) -> Result<Response, Fault> {
        let mut ticket = Ticket::new(call.lane, call.cost.clone(), turn + answer);
        let too_late = withdrawn.child_token();
        ticket.withdrawn = too_late.clone();
        let sending = self.http.send(&self.lanes, ticket, |local| self.build(call, local));
        tokio::pin!(sending);
        let outcome = tokio::select! {
            biased;
            outcome = &mut sending => outcome,
            () = tokio::time::sleep(turn) => {
                // Only what still waits for its turn goes back; what has left is waited for.
                too_late.cancel();
                sending.await
            }
        };
        let answer = outcome?;
        limits::observe(&self.lanes, &answer, !call.path.contains("/ticker/"));
        if answer.status.is_success() {
            self.crowded.store(0, Ordering::Relaxed);
            return Ok(answer);
        }
        let mut refusal = Refusal::of(self.market, call.asks, &answer);
        if let Some(wait) = self.keep_silence(&refusal) {
            refusal.meaning.error = BrokerError::Throttled { retry_after: wait };
        }
        Err(Fault::Refused(refusal))
    }

    fn build(&self, call: &Call, local: UtcTime) -> Result<Request, NetError> {
        let unsigned = NetError::unbuildable("it needs a key and the profile has none");
        let signer = match (&self.signer, call.security) {
            (_, Security::Open) => None,
            (Some(signer), _) => Some(signer),
            (None, _) => return Err(unsigned),
        };
        let query = match signer {
            Some(signer) if call.security == Security::Signed => {
                signer.sign(call.query.clone(), self.clock.to_server(local))
            }
            _ => call.query.clone(),
        };
        let mark = if query.is_empty() { "" } else { "?" };
        let request =
            Request::new(call.method.clone(), &format!("{}{}{mark}{}", self.base, call.path, query.as_str()))?;
        match signer {
            Some(signer) => request.header(HeaderName::from_static(KEY_HEADER), signer.key()),
            None => Ok(request),
        }
    }

    /// Keeps the silence that a refusal asks for; how long it lasts.
    fn keep_silence(&self, refusal: &Refusal) -> Option<Duration> {
        if refusal.meaning.then == Then::Firewall {
            self.lanes.pause(FIREWALL_PAUSE);
            (self.notices)(
                "a firewall before Binance refuses requests from here: none are sent for a minute".to_owned(),
            );
            return None;
        }
        let in_a_row = self.crowded.load(Ordering::Relaxed).saturating_add(1);
        let (status, code) = (refusal.status, refusal.code);
        let server_now = self.server_now();
        let silence = limits::silence(status, code, &refusal.text, refusal.retry_after, server_now, in_a_row)?;
        tracing::warn!(status, code, wait = ?silence.wait(), "too many requests");
        self.crowded.store(in_a_row, Ordering::Relaxed);
        silence.keep(&self.lanes);
        if let Silence::Banned(wait) = silence {
            let until = self.local_now().plus(wait);
            (self.notices)(format!(
                "Binance has banned this address for too many requests until {until}; nothing can be sent until then, \
                 cancels included"
            ));
        }
        Some(silence.wait())
    }
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").field("base", &self.base).finish_non_exhaustive()
    }
}
