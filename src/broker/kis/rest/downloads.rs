//! Files of the public download server: no key goes there, and it has no limit of its own.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;

use super::Fault;
use crate::broker::net::WallClock;
use crate::broker::net::http::{HttpClient, HttpRules, NetError, Request, Ticket};
use crate::broker::net::lanes::{Cost, Lane, LaneRules, Lanes};
use crate::broker::net::tls::TlsTrust;

/// Largest file; the longest of them are a few MB.
const FILE_MAX: usize = 32 * 1024 * 1024;
/// Files on their way at once.
const AT_ONCE: usize = 2;
/// Files that may be asked for at once; there are about twenty.
const WAITING_MAX: usize = 100;

/// The download server.
pub(super) struct Downloads {
    http: HttpClient,
    lanes: Lanes,
    base: String,
}

impl Downloads {
    /// Sets it up within a tokio runtime; connects nowhere yet.
    ///
    /// # Errors
    /// The TLS configuration cannot be used.
    pub(super) fn new(
        base: String,
        trust: TlsTrust,
        system_proxy: bool,
        wall_clock: WallClock,
    ) -> Result<Self, NetError> {
        let rules = HttpRules { trust, system_proxy, body_max: FILE_MAX, ..HttpRules::default() };
        let lanes = Lanes::start(LaneRules {
            budgets: Vec::new(),
            in_flight_max: AT_ONCE,
            in_flight_for_cancels: 0,
            waiting_max: WAITING_MAX,
        });
        Ok(Self { http: HttpClient::new(&rules, wall_clock)?, lanes, base })
    }

    /// A file, whole.
    pub(super) async fn get(&self, file: &str, longest: Duration) -> Result<Bytes, Fault> {
        let ticket = Ticket::new(Lane::Bulk, Cost::free(), longest);
        let address = format!("{}/{file}", self.base);
        let response = self.http.send(&self.lanes, ticket, |_| Request::new(Method::GET, &address)).await?;
        if !response.status.is_success() {
            tracing::warn!(file, status = response.status.as_u16(), "a file of the download server did not come");
            return Err(Fault::Unbelievable("the download server does not give the file"));
        }
        Ok(response.body)
    }
}
