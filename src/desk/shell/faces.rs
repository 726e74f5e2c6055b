//! Faces as the desk sees them: who they are, what they want to hear, and a bounded way to tell them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::desk::core::ProfileIndex;
use crate::desk::protocol::{Message, Topic, Update};
use crate::desk::wire;
use crate::market::InstrumentId;
use crate::order::{OrderId, Source};

/// Number of a connected face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(pub u64);

/// Most messages of complete streams kept for a slow face; more are counted as lost.
const COMPLETE_MAX: usize = 4_096;
/// Most replies kept for a face that asks and does not read; then it is disconnected.
const REPLIES_MAX: usize = 1_024;

/// What a newest-only message is about. They leave in this order: what decides first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// A market topic of an instrument.
    Market {
        /// Which.
        topic: Topic,
        /// Profile.
        profile: ProfileIndex,
        /// Instrument.
        instrument: InstrumentId,
    },
    /// Place in the queue of an order.
    Queue(OrderId),
    /// Account of a profile.
    Account(ProfileIndex),
    /// State of the desk, with the phases of a profile's venues.
    Status(ProfileIndex),
}

/// Encoded messages on their way to a face. The desk never waits here: complete streams are bounded and count what they
/// lose, and of a newest-only topic only the newest message is kept.
#[derive(Debug, Default)]
pub struct Outbound {
    queue: Mutex<Queue>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    replies: VecDeque<Arc<[u8]>>,
    complete: VecDeque<Arc<[u8]>>,
    latest: BTreeMap<Slot, Arc<[u8]>>,
    lost: u64,
    closed: bool,
}

impl Outbound {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // The queue is consistent after every statement, so a panic elsewhere does not spoil it.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A reply: never lost; a face that lets too many pile up is cut off.
    pub fn reply(&self, bytes: Arc<[u8]>) {
        let mut queue = self.lock();
        if queue.replies.len() >= REPLIES_MAX {
            queue.closed = true;
        } else {
            queue.replies.push_back(bytes);
        }
        drop(queue);
        self.wake.notify_one();
    }

    /// A message of a complete stream.
    pub fn complete(&self, bytes: Arc<[u8]>) {
        let mut queue = self.lock();
        if queue.complete.len() >= COMPLETE_MAX {
            queue.lost += 1;
        } else {
            queue.complete.push_back(bytes);
        }
        drop(queue);
        self.wake.notify_one();
    }

    /// A message of a newest-only topic: takes the place of the one before.
    pub fn latest(&self, slot: Slot, bytes: Arc<[u8]>) {
        self.lock().latest.insert(slot, bytes);
        self.wake.notify_one();
    }

    /// No more; what waits is still sent.
    pub fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_one();
    }

    /// Everything that waits, as one write. `None` when there will be no more.
    pub async fn take(&self, buffer: &mut Vec<u8>) -> Option<()> {
        loop {
            let woken = self.wake.notified();
            {
                let mut queue = self.lock();
                for bytes in queue.replies.drain(..) {
                    buffer.extend_from_slice(&bytes);
                }
                for bytes in queue.complete.drain(..) {
                    buffer.extend_from_slice(&bytes);
                }
                if queue.lost > 0 {
                    let lost = Message::Update(Box::new(Update::Lost { count: queue.lost }));
                    if let Ok(bytes) = wire::encode(&lost) {
                        buffer.extend_from_slice(&bytes);
                    }
                    queue.lost = 0;
                }
                for bytes in std::mem::take(&mut queue.latest).into_values() {
                    buffer.extend_from_slice(&bytes);
                }
                if !buffer.is_empty() {
                    return Some(());
                }
                if queue.closed {
                    return None;
                }
            }
            woken.await;
        }
    }
}

/// What a face wants to hear of one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interest {
    /// All of a profile.
    All(ProfileIndex),
    /// These instruments of a profile.
    Some(ProfileIndex, BTreeSet<InstrumentId>),
}

impl Interest {
    const fn profile(&self) -> ProfileIndex {
        match self {
            Self::All(profile) | Self::Some(profile, _) => *profile,
        }
    }

    fn named(&self) -> impl Iterator<Item = (ProfileIndex, InstrumentId)> {
        let (profile, instruments) = match self {
            Self::All(profile) => (*profile, None),
            Self::Some(profile, instruments) => (*profile, Some(instruments)),
        };
        instruments.into_iter().flatten().map(move |instrument| (profile, *instrument))
    }
}

/// Topics that are about instruments.
pub const MARKET_TOPICS: [Topic; 4] = [Topic::Quote, Topic::Book, Topic::Trades, Topic::Candles];

/// A connected face.
#[derive(Debug)]
pub struct Face {
    /// Who it says it is.
    pub name: String,
    /// What its orders are marked with; `None` before its hello.
    pub source: Option<Source>,
    /// The way to it.
    pub outbound: Arc<Outbound>,
    interests: BTreeMap<Topic, Vec<Interest>>,
}

impl Face {
    /// One that has not said hello.
    #[must_use]
    pub fn new(outbound: Arc<Outbound>) -> Self {
        Self { name: String::new(), source: None, outbound, interests: BTreeMap::new() }
    }

    /// Wants to hear of something, in addition to what it hears already.
    pub fn subscribe(&mut self, topic: Topic, interest: Interest) {
        let interests = self.interests.entry(topic).or_default();
        if !interests.contains(&interest) {
            interests.push(interest);
        }
    }

    /// Wants to hear of exactly these instruments of a profile and topic from now on.
    pub fn follow(&mut self, topic: Topic, profile: ProfileIndex, instruments: BTreeSet<InstrumentId>) {
        let interests = self.interests.entry(topic).or_default();
        interests.retain(|interest| interest.profile() != profile);
        if !instruments.is_empty() {
            interests.push(Interest::Some(profile, instruments));
        }
        if interests.is_empty() {
            self.interests.remove(&topic);
        }
    }

    /// Instruments of market topics that it named, of every profile.
    pub fn named(&self) -> impl Iterator<Item = (ProfileIndex, InstrumentId)> {
        self.interests.values().flatten().flat_map(Interest::named)
    }

    /// Instruments that it named of one topic, of every profile.
    pub fn named_of(&self, topic: Topic) -> impl Iterator<Item = (ProfileIndex, InstrumentId)> {
        self.interests.get(&topic).into_iter().flatten().flat_map(Interest::named)
    }

    /// Whether it wants an instrument's data in any form.
    #[must_use]
    pub fn needs(&self, profile: ProfileIndex, instrument: InstrumentId) -> bool {
        MARKET_TOPICS.iter().any(|topic| self.wants(*topic, profile, instrument))
    }

    /// Whether it wants to hear of a topic of a profile, of any instrument.
    #[must_use]
    pub fn wants_of(&self, topic: Topic, profile: ProfileIndex) -> bool {
        self.interests.get(&topic).is_some_and(|interests| interests.iter().any(|i| i.profile() == profile))
    }

    /// Whether it wants to hear of an instrument's news of a topic.
    #[must_use]
    pub fn wants(&self, topic: Topic, profile: ProfileIndex, instrument: InstrumentId) -> bool {
        self.interests.get(&topic).is_some_and(|interests| {
            interests.iter().any(|interest| match interest {
                Interest::All(index) => *index == profile,
                Interest::Some(index, instruments) => *index == profile && instruments.contains(&instrument),
            })
        })
    }

    /// Whether it wants to hear of a topic at all.
    #[must_use]
    pub fn wants_any(&self, topic: Topic) -> bool {
        self.interests.contains_key(&topic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(n: usize) -> Arc<[u8]> {
        Arc::from(n.to_le_bytes().as_slice())
    }

    #[tokio::test]
    async fn a_face_that_does_not_read_costs_a_bounded_queue_and_is_told_what_it_missed() {
        let outbound = Outbound::default();
        for n in 0..COMPLETE_MAX + 5 {
            outbound.complete(bytes(n));
        }
        let slot = Slot::Market { topic: Topic::Book, profile: 0, instrument: "SIM:005930".parse().unwrap() };
        for n in 0..10_000 {
            outbound.latest(slot, bytes(n));
        }
        let mut buffer = Vec::new();
        outbound.take(&mut buffer).await.unwrap();
        assert!(buffer.len() < COMPLETE_MAX * 8 + 8 + 200);
        let text = String::from_utf8_lossy(&buffer).into_owned();
        assert!(text.contains("\"count\":5"), "the loss is told");
        assert!(buffer.ends_with(&9_999_usize.to_le_bytes()), "only the newest book is sent");
    }

    #[test]
    fn following_replaces_what_was_followed_of_the_same_topic_and_profile_only() {
        let (samsung, hynix): (InstrumentId, InstrumentId) =
            ("SIM:005930".parse().unwrap(), "SIM:000660".parse().unwrap());
        let mut face = Face::new(Arc::default());
        face.subscribe(Topic::Quote, Interest::All(0));
        face.follow(Topic::Book, 0, BTreeSet::from([samsung]));
        face.follow(Topic::Quote, 1, BTreeSet::from([samsung]));
        face.follow(Topic::Quote, 0, BTreeSet::from([hynix]));
        assert!(face.wants(Topic::Quote, 0, hynix) && !face.wants(Topic::Quote, 0, samsung));
        assert!(face.wants(Topic::Quote, 1, samsung) && face.wants(Topic::Book, 0, samsung));
        face.follow(Topic::Quote, 0, BTreeSet::new());
        face.follow(Topic::Quote, 1, BTreeSet::new());
        assert!(!face.wants_any(Topic::Quote) && face.needs(0, samsung) && !face.needs(0, hynix));
    }

    #[tokio::test]
    async fn a_face_that_asks_and_never_reads_is_cut_off() {
        let outbound = Outbound::default();
        for n in 0..REPLIES_MAX + 1 {
            outbound.reply(bytes(n));
        }
        let mut buffer = Vec::new();
        outbound.take(&mut buffer).await.unwrap();
        buffer.clear();
        assert_eq!(outbound.take(&mut buffer).await, None);
    }
}
