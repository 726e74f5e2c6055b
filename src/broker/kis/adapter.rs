//! KIS as the desk sees it: requests go to a thread of their own, what that tells waits in an inbox.

use std::thread::JoinHandle;

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use super::late;
use crate::broker::api::{Broker, BrokerError, BrokerEvent, BrokerRequest, Capabilities};
use crate::broker::inbox::{Inbox, Outlet};
use crate::market::UtcTime;

/// Most events one call of `poll` gives.
const EVENTS: usize = 1_024;

/// One profile's connection.
pub struct KisBroker {
    capabilities: Capabilities,
    requests: UnboundedSender<BrokerRequest>,
    outlet: Outlet,
    inbox: Inbox,
    ended: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl KisBroker {
    /// Around a session that runs on `thread`, takes `requests`, tells `outlet`, and ends with `ended`.
    #[must_use]
    pub fn new(
        capabilities: Capabilities,
        requests: UnboundedSender<BrokerRequest>,
        (outlet, inbox): (Outlet, Inbox),
        ended: CancellationToken,
        thread: JoinHandle<()>,
    ) -> Self {
        Self { capabilities, requests, outlet, inbox, ended, thread: Some(thread) }
    }
}

impl Broker for KisBroker {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn request(&mut self, _now: UtcTime, request: BrokerRequest) {
        if let Err(unsent) = self.requests.send(request) {
            let reason = "the connection has ended".to_owned();
            self.outlet.answer(unsent.0.id, Err(BrokerError::NotSent(reason)));
        }
    }

    fn poll(&mut self, now: UtcTime, out: &mut Vec<BrokerEvent>) -> Option<UtcTime> {
        // Whoever tells something wakes the desk.
        let before = out.len();
        let is_more = self.inbox.take(EVENTS, out);
        for event in out.iter_mut().skip(before) {
            if let BrokerEvent::Market(event) = event {
                late::date(event);
            }
        }
        is_more.then_some(now)
    }

    fn close(&mut self) {
        self.ended.cancel();
        self.inbox.close();
        if let Some(thread) = self.thread.take() {
            // It only has to drop its tasks. Its panic has been told already, and there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

impl Drop for KisBroker {
    fn drop(&mut self) {
        self.ended.cancel();
    }
}
