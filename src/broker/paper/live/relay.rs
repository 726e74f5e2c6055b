//! Requests to the wrapped broker, under numbers of their own: those of the desk never reach it.

use std::collections::BTreeMap;

use crate::broker::api::RequestId;
use crate::market::InstrumentId;

/// Most questions that are out; a broker that never answers must not fill the memory.
const OUT_MAX: usize = 4_096;

/// Who waits for an answer of the wrapped broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    /// The desk, under this number.
    Desk(RequestId),
    /// The desk, for an instrument's data.
    Subscriber(RequestId, InstrumentId),
    /// The desk, for the list of instruments.
    Listing(RequestId),
    /// This broker itself, for an instrument's data.
    Own(InstrumentId),
    /// This broker itself, for the list of instruments.
    OwnListing,
    /// Nobody.
    Nobody,
}

impl Asker {
    /// The desk's number of the question, where it asked.
    pub(super) const fn desk(self) -> Option<RequestId> {
        match self {
            Self::Desk(id) | Self::Subscriber(id, _) | Self::Listing(id) => Some(id),
            Self::Own(_) | Self::OwnListing | Self::Nobody => None,
        }
    }
}

/// Questions that are out.
#[derive(Debug, Default)]
pub(super) struct Relay {
    last: u64,
    out: BTreeMap<RequestId, Asker>,
}

impl Relay {
    /// The number a question goes out under, and whoever is given up for it.
    pub(super) fn send(&mut self, asker: Asker) -> (RequestId, Option<Asker>) {
        self.last += 1;
        let id = RequestId(self.last);
        self.out.insert(id, asker);
        let given_up = (self.out.len() > OUT_MAX).then(|| self.out.pop_first()).flatten();
        (id, given_up.map(|(_, asker)| asker))
    }

    /// Whose answer this is; `None` for one that was not asked for or comes twice.
    pub(super) fn take(&mut self, id: RequestId) -> Option<Asker> {
        self.out.remove(&id)
    }

    /// Whether the list of instruments is asked for.
    pub(super) fn lists(&self) -> bool {
        self.out.values().any(|asker| matches!(asker, Asker::Listing(_) | Asker::OwnListing))
    }

    /// The connection was lost: what was under way says nothing of the next one. The desk's questions keep their number
    /// for an answer that comes all the same.
    pub(super) fn lose(&mut self) {
        self.out.retain(|_, asker| asker.desk().is_some());
        for asker in self.out.values_mut() {
            if let Some(id) = asker.desk() {
                *asker = Asker::Desk(id);
            }
        }
    }
}
