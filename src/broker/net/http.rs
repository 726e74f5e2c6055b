//! One HTTP client for one broker: every request at most once, and an honest answer to "could it have happened?".
//!
//! No redirects, no retries, no request without a deadline. A request is built (and signed) only when its lane lets it
//! go, so its timestamp is as fresh as its bytes.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, StatusCode};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::WallClock;
use super::lanes::{Cost, Lane, LaneError, Lanes};
use super::tls::TlsTrust;
use crate::market::time::UtcTime;

mod error;

pub use error::{ConnectFault, NetError, Place, SilenceKind};

/// How to talk to one host.
#[derive(Clone)]
pub struct HttpRules {
    /// Whom to trust.
    pub trust: TlsTrust,
    /// Name look-up, TCP and TLS together.
    pub connect_timeout: Duration,
    /// Silence in the middle of an answer. The whole is bounded by each request's deadline.
    pub read_timeout: Duration,
    /// An idle connection older than this is not used again: brokers drop idle connections without a word, and a
    /// request written into one of those has an unknown outcome.
    pub idle_max: Duration,
    /// Largest answer, after decompression, in bytes.
    pub body_max: usize,
    /// Whether the environment's proxy is used.
    pub system_proxy: bool,
}

impl Default for HttpRules {
    fn default() -> Self {
        Self {
            trust: TlsTrust::system(),
            connect_timeout: Duration::from_secs(3),
            read_timeout: Duration::from_secs(5),
            idle_max: Duration::from_secs(20),
            body_max: 16 * 1024 * 1024,
            system_proxy: true,
        }
    }
}

/// One request, ready to go. It does not print: its query, headers and body may hold keys, tokens and account numbers.
#[derive(Clone)]
pub struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    hides_path: bool,
}

impl Request {
    /// A request without headers or body.
    ///
    /// # Errors
    /// When the text is not an `http` or `https` address with a host.
    pub fn new(method: Method, url: &str) -> Result<Self, NetError> {
        let url = Url::parse(url).map_err(|_| NetError::unbuildable("not a web address"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(NetError::unbuildable("not a web address"));
        }
        Ok(Self { method, url, headers: HeaderMap::new(), body: Bytes::new(), hides_path: false })
    }

    /// Adds a header. Every value is marked sensitive: most of ours are.
    ///
    /// # Errors
    /// When the value holds a line break or another byte that HTTP forbids.
    pub fn header(mut self, name: HeaderName, value: &str) -> Result<Self, NetError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| NetError::unbuildable("a header has a bad byte"))?;
        value.set_sensitive(true);
        self.headers.append(name, value);
        Ok(self)
    }

    /// Sets the body; its content type is a header like any other.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Keeps the path out of errors and logs too, where it carries a token.
    #[must_use]
    pub const fn hide_path(mut self) -> Self {
        self.hides_path = true;
        self
    }

    fn place(&self) -> Place {
        Place::of(&self.url, self.hides_path)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method, self.place())
    }
}

/// A whole answer, whatever its status.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: StatusCode,
    /// Headers as sent; they may hold secrets.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
    /// Local wall clock just before the request went to the connection.
    pub sent_at: UtcTime,
    /// Local wall clock when the last byte was here.
    pub received_at: UtcTime,
    /// From sending to the answer's head, by a monotonic clock. A new connection's set-up is in it.
    pub round_trip: Duration,
}

impl Response {
    /// A header as text, if it is there once and is plain ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }

    /// A header that is a whole number, such as a broker's own counter.
    #[must_use]
    pub fn counter(&self, name: &str) -> Option<u32> {
        self.header(name)?.trim().parse().ok()
    }

    /// How long `Retry-After` asks to wait, in seconds or as a date (RFC 9110, 10.2.3); at most a week.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);
        let text = self.header(RETRY_AFTER.as_str())?.trim();
        let wait = match text.parse::<u64>() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => {
                let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
                UtcTime::from_jiff(until).since(self.received_at)
            }
        };
        Some(wait.min(LONGEST))
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({}, {} bytes, {:?})", self.status, self.body.len(), self.round_trip)
    }
}

/// How a request queues, and until when it is worth anything.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its priority.
    pub lane: Lane,
    /// What it takes of the broker's limits.
    pub cost: Cost,
    /// Queueing, sending and reading together end here.
    pub deadline: Instant,
    /// Withdraws it while it still waits; once it goes, this does nothing, for its outcome must be known.
    pub withdrawn: CancellationToken,
}

impl Ticket {
    /// A ticket good for `patience` from now.
    #[must_use]
    pub fn new(lane: Lane, cost: Cost, patience: Duration) -> Self {
        Self { lane, cost, deadline: Instant::now() + patience, withdrawn: CancellationToken::new() }
    }
}

/// The client of one broker's host.
pub struct HttpClient {
    client: Client,
    body_max: usize,
    wall_clock: WallClock,
}

impl HttpClient {
    /// Sets the client up; connects nowhere yet.
    ///
    /// # Errors
    /// When the TLS configuration cannot be used, as on a host without any certificate authority.
    pub fn new(rules: &HttpRules, wall_clock: WallClock) -> Result<Self, NetError> {
        let mut builder = rules
            .trust
            .for_http(Client::builder())
            .connect_timeout(rules.connect_timeout)
            .read_timeout(rules.read_timeout)
            .pool_idle_timeout(rules.idle_max)
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // On a connection that requests share, as HTTP/2's, one that is lost casts doubt on all of them.
            .http1_only();
        if !rules.system_proxy {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|_| NetError::unbuildable("the TLS configuration cannot be used"))?;
        Ok(Self { client, body_max: rules.body_max, wall_clock })
    }

    /// Waits for a slot, then builds the request (sign here: the time given is the local time of sending), sends it
    /// once and reads the whole answer. Any status is an answer; an error means that there is none.
    ///
    /// `Retry-After` on 429 silences all lanes by itself. Dropping the future after the request has gone leaves its
    /// outcome unknown.
    ///
    /// # Errors
    /// See [`NetError`]; [`NetError::may_have_happened`] decides what the caller must do next.
    pub async fn send<F>(&self, lanes: &Lanes, ticket: Ticket, build: F) -> Result<Response, NetError>
    where
        F: FnOnce(UtcTime) -> Result<Request, NetError>,
    {
        let waiting = lanes.enter(ticket.lane, ticket.cost, ticket.deadline);
        let permit = tokio::select! {
            biased;
            () = ticket.withdrawn.cancelled() => return Err(LaneError::Withdrawn.into()),
            permit = waiting => permit?,
        };
        let request = match build((self.wall_clock)()) {
            Ok(request) if Instant::now() < ticket.deadline => request,
            Ok(_) => {
                permit.unused();
                return Err(LaneError::Deadline(ticket.lane).into());
            }
            Err(error) => {
                permit.unused();
                return Err(error);
            }
        };
        let answer = self.exchange(request, ticket.deadline).await;
        if let Ok(response) = &answer
            && response.status == StatusCode::TOO_MANY_REQUESTS
            && let Some(wait) = response.retry_after()
        {
            lanes.pause(wait);
        }
        drop(permit);
        answer
    }

    async fn exchange(&self, request: Request, deadline: Instant) -> Result<Response, NetError> {
        let place = request.place();
        let sent_at = (self.wall_clock)();
        let started = Instant::now();
        let outgoing =
            self.client.request(request.method, request.url).headers(request.headers).body(request.body).send();
        let head = match timeout_at(deadline, outgoing).await {
            Ok(Ok(head)) => head,
            Ok(Err(error)) => return Err(NetError::before_head(place, &error)),
            Err(_) => return Err(NetError::NoAnswer { place, kind: SilenceKind::Deadline }),
        };
        let round_trip = started.elapsed();
        let (status, headers) = (head.status(), head.headers().clone());
        let body = match timeout_at(deadline, read_body(head, &place, self.body_max)).await {
            Ok(body) => body?,
            Err(_) => return Err(NetError::CutAnswer { place, status, kind: SilenceKind::Deadline }),
        };
        Ok(Response { status, headers, body, sent_at, received_at: (self.wall_clock)(), round_trip })
    }
}

async fn read_body(mut head: reqwest::Response, place: &Place, limit: usize) -> Result<Bytes, NetError> {
    let status = head.status();
    let mut body = BytesMut::new();
    loop {
        match head.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limit => {
                return Err(NetError::HugeAnswer { place: place.clone(), status, limit });
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.freeze()),
            Err(error) => {
                return Err(NetError::CutAnswer { place: place.clone(), status, kind: SilenceKind::of(&error) });
            }
        }
    }
}
