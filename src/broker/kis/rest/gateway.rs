//! One request on its way: its headers, its turn, its answer, and what the answer says.

use std::pin::Pin;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use secrecy::ExposeSecret;
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;
use url::form_urlencoded;

use super::limits::Throttle;
use super::{Fault, Limits, Reply};
use crate::broker::kis::code::Meaning;
use crate::broker::kis::request::call::{Call, Parameters};
use crate::broker::kis::service;
use crate::broker::kis::wire::Envelope;
use crate::broker::kis::wire::envelope::BODY_MAX;
use crate::broker::net::WallClock;
use crate::broker::net::http::{HttpClient, HttpRules, NetError, Request, Response, Ticket};
use crate::broker::net::lanes::{Lane, LaneError};
use crate::broker::net::tls::TlsTrust;
use crate::broker::net::token::AccessToken;
use crate::secrets::SecretText;

const JSON: &str = "application/json; charset=utf-8";
/// The only customers there are here: persons.
const PERSON: &str = "P";
/// `tr_cont` of every page but the first.
const NEXT_PAGE: &str = "N";
/// Codes of orders that were taken, live and paper. They prove nothing, but a refusal never carries one.
const SENT_CODES: [&str; 4] = ["APBK0013", "APBK0029", "40600000", "40590000"];
/// The silence of a connection; longer than any request waits by itself.
const SILENCE_MAX: Duration = Duration::from_secs(15);

/// What is sent.
#[derive(Clone, Copy)]
pub(super) enum Errand<'a> {
    /// For an access token.
    Token,
    /// For a key of streams.
    Approval,
    /// A question; whether it asks for another page of what was asked before.
    Question(&'a Call, bool),
    /// What may change something.
    Change(&'a Call),
}

impl Errand<'_> {
    /// Whether an access token goes with it.
    pub(super) const fn is_signed(self) -> bool {
        matches!(self, Self::Question(..) | Self::Change(_))
    }
}

/// How a request waits.
pub(super) struct Wait<'a> {
    pub(super) lane: Lane,
    /// Until when its turn must have come.
    pub(super) turn: Pin<&'a mut Sleep>,
    /// From the turn to the answer.
    pub(super) answer: Duration,
    /// Takes it back while it waits for its turn.
    pub(super) withdrawn: &'a CancellationToken,
}

/// The REST address of an environment with one key.
pub(super) struct Gateway {
    http: HttpClient,
    throttle: Throttle,
    base: String,
    key: SecretText,
    secret: SecretText,
    wall_clock: WallClock,
}

impl Gateway {
    /// Sets it up within a tokio runtime; connects nowhere yet.
    ///
    /// # Errors
    /// The TLS configuration cannot be used.
    pub(super) fn new(
        base: String,
        (key, secret): (SecretText, SecretText),
        (trust, system_proxy): (TlsTrust, bool),
        limits: Limits,
        wall_clock: WallClock,
    ) -> Result<Self, NetError> {
        let rules =
            HttpRules { trust, system_proxy, body_max: BODY_MAX, read_timeout: SILENCE_MAX, ..HttpRules::default() };
        let http = HttpClient::new(&rules, wall_clock.clone())?;
        Ok(Self { http, throttle: Throttle::start(limits), base, key, secret, wall_clock })
    }

    /// Sends an errand once and gives a good reply, or the fault. Whoever drops this after its turn knows no outcome.
    pub(super) async fn send(
        &self,
        errand: Errand<'_>,
        token: Option<&AccessToken>,
        wait: Wait<'_>,
    ) -> Result<Reply, Fault> {
        let response = self.once(errand, token, wait).await?;
        self.judge(errand, response)
    }

    async fn once(&self, errand: Errand<'_>, token: Option<&AccessToken>, wait: Wait<'_>) -> Result<Response, Fault> {
        let Wait { lane, mut turn, answer, withdrawn } = wait;
        let (too_late, gone) = (withdrawn.child_token(), CancellationToken::new());
        // It ends by `answer` from its turn on, below; the deadline of the whole is for what never gets its turn.
        let deadline = turn.deadline() + answer;
        let ticket = Ticket { lane, cost: Throttle::cost(lane), deadline, withdrawn: too_late.clone() };
        let sending = self.http.send(self.throttle.lanes(), ticket, |_| {
            gone.cancel();
            self.build(errand, token)
        });
        tokio::pin!(sending);
        let outcome = tokio::select! {
            biased;
            () = turn.as_mut() => {
                // Only what still waits for its turn goes back: this one never left.
                too_late.cancel();
                sending.await
            }
            outcome = &mut sending => outcome,
            () = gone.cancelled() => match tokio::time::timeout(answer, sending).await {
                Ok(outcome) => outcome,
                Err(_) => return Err(Fault::Late),
            },
        };
        match outcome {
            Err(NetError::Lane(LaneError::Withdrawn)) if !withdrawn.is_cancelled() => {
                Err(Fault::Net(LaneError::Deadline(lane).into()))
            }
            outcome => Ok(outcome?),
        }
    }

    fn build(&self, errand: Errand<'_>, token: Option<&AccessToken>) -> Result<Request, NetError> {
        let (call, follows) = match errand {
            Errand::Token => return self.sign_in("/oauth2/tokenP", "appsecret"),
            // The same secret under another name.
            Errand::Approval => return self.sign_in("/oauth2/Approval", "secretkey"),
            Errand::Question(call, follows) => (call, follows),
            Errand::Change(call) => (call, false),
        };
        let token = token.ok_or_else(|| NetError::unbuildable("it needs a token and there is none"))?;
        let request = match call.method {
            service::Method::Get => Request::new(Method::GET, &self.address(call))?,
            service::Method::Post => {
                Request::new(Method::POST, &format!("{}{}", self.base, call.path))?.body(call.parameters.body())
            }
        };
        let own = HeaderName::from_static;
        let request = request
            .header(CONTENT_TYPE, JSON)?
            .header(AUTHORIZATION, &format!("Bearer {}", token.secret.expose_secret()))?
            .header(own("appkey"), self.key.expose())?
            .header(own("appsecret"), self.secret.expose())?
            .header(own("tr_id"), call.id)?
            .header(own("custtype"), PERSON)?;
        if follows { request.header(own("tr_cont"), NEXT_PAGE) } else { Ok(request) }
    }

    fn sign_in(&self, path: &str, secret: &'static str) -> Result<Request, NetError> {
        let body = Parameters::new()
            .with("grant_type", "client_credentials")
            .with("appkey", self.key.expose())
            .with(secret, self.secret.expose())
            .body();
        Ok(Request::new(Method::POST, &format!("{}{path}", self.base))?.header(CONTENT_TYPE, JSON)?.body(body))
    }

    fn address(&self, call: &Call) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(call.parameters.iter()).finish();
        format!("{}{}?{query}", self.base, call.path)
    }

    /// The body is read before the status: refusals of the gateway come with 500 and hold their code, and no status says
    /// that something was done.
    fn judge(&self, errand: Errand<'_>, response: Response) -> Result<Reply, Fault> {
        let status = response.status.as_u16();
        let envelope = Envelope::parse("reply", &response.body).inspect_err(|error| {
            tracing::debug!(status, %error, "an answer of KIS cannot be read");
        })?;
        match envelope.outcome() {
            Ok(()) => {}
            Err(None) if !errand.is_signed() && response.status.is_success() => {}
            Err(None) => return Err(Fault::Unbelievable("it says neither yes nor no")),
            Err(Some(refusal)) => {
                let is_question = matches!(errand, Errand::Question(..));
                match Meaning::of(&refusal.code, &refusal.text) {
                    // An empty list, told as a failure.
                    Meaning::Nothing if is_question => {}
                    Meaning::TooMany => {
                        self.throttle.refused(response.sent_at, (self.wall_clock)());
                        return Err(Fault::Refused(refusal));
                    }
                    // Whom to believe nobody knows, so an order is looked for.
                    _ if !is_question && SENT_CODES.contains(&&*refusal.code) => {
                        return Err(Fault::Unbelievable("it says no, and that the order was sent"));
                    }
                    _ => return Err(Fault::Refused(refusal)),
                }
            }
        }
        self.throttle.answered();
        let continuation = response.header("tr_cont").map(|text| text.trim().to_owned());
        Ok(Reply { continuation, received_at: response.received_at, body: response.body.clone() })
    }
}
