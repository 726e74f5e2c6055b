//! Lists that come page by page.

use super::{Fault, Reply, Rest};
use crate::broker::api::BrokerError;
use crate::broker::kis::request::call::Call;
use crate::broker::kis::wire::page::{After, PageKeys, after};
use crate::broker::net::lanes::Lane;

/// Pages at most: a hundred rows each, of a day's orders, are more than anybody has.
const PAGES_MAX: usize = 200;

impl Rest {
    /// Asks page after page. `call` makes the question for a page, `take` reads a reply. Whether every page came.
    ///
    /// # Errors
    /// The fault of the first page; a later page that fails makes the answer incomplete instead. Whatever `call` and
    /// `take` refuse.
    pub async fn pages(
        &self,
        lane: Lane,
        call: impl Fn(&PageKeys) -> Result<Call, BrokerError> + Send + Sync,
        mut take: impl FnMut(&Reply) -> Result<(), Fault> + Send,
    ) -> Result<bool, Fault> {
        self.turn_pages(lane, &call, &mut take).await
    }

    /// The same, written once for every list.
    async fn turn_pages(
        &self,
        lane: Lane,
        call: &(dyn Fn(&PageKeys) -> Result<Call, BrokerError> + Send + Sync),
        take: &mut (dyn FnMut(&Reply) -> Result<(), Fault> + Send),
    ) -> Result<bool, Fault> {
        let mut asked: Vec<PageKeys> = Vec::new();
        let mut keys = PageKeys::default();
        while asked.len() < PAGES_MAX {
            let question = call(&keys)?;
            let follows = !asked.is_empty();
            let reply = match self.ask_page(&question, lane, follows).await {
                Ok(reply) => reply,
                Err(fault) if follows => {
                    tracing::warn!(%fault, page = asked.len() + 1, "a list of KIS is not whole");
                    return Ok(false);
                }
                Err(fault) => return Err(fault),
            };
            take(&reply)?;
            let came = reply.envelope()?.next;
            match after(reply.continuation.as_deref(), &keys, &came) {
                After::Complete => return Ok(true),
                After::Stuck => return Ok(false),
                // Keys that go round in a circle are no better than keys that stand still.
                After::More(next) if asked.contains(&next) => return Ok(false),
                After::More(next) => asked.push(std::mem::replace(&mut keys, next)),
            }
        }
        Ok(false)
    }
}
