//! The right to trade from a screen: one has it at a time, anybody may take it, and everybody concerned is told.

use std::sync::Arc;

use super::Shell;
use super::faces::FaceId;
use crate::desk::protocol::{EventRecord, Message, Topic, Update};
use crate::desk::wire;
use crate::market::UtcTime;

impl Shell {
    /// Name of who has it.
    pub(super) fn lock_holder(&self) -> Option<&str> {
        self.trading_lock.and_then(|face| self.faces.get(&face)).map(|face| face.name.as_str())
    }

    /// A face takes it, from whoever has it.
    pub(super) fn take_lock(&mut self, now: UtcTime, face: FaceId) {
        if self.trading_lock == Some(face) {
            return;
        }
        let name = self.faces.get(&face).map(|face| face.name.clone()).unwrap_or_default();
        let text = match self.lock_holder() {
            Some(former) => format!("{name} took the right to trade from {former}"),
            None => format!("{name} holds the right to trade"),
        };
        let former = self.trading_lock.replace(face);
        self.tell_lock(now, text, former.into_iter().chain([face]).collect());
    }

    /// A face gives it back, if it has it.
    pub(super) fn release_lock(&mut self, now: UtcTime, face: FaceId) {
        if self.trading_lock != Some(face) {
            return;
        }
        let text = format!("{} gave the right to trade back", self.lock_holder().unwrap_or_default());
        self.trading_lock = None;
        self.tell_lock(now, text, vec![face]);
    }

    /// A face is gone, and with it what it had.
    pub(super) fn drop_lock(&mut self, now: UtcTime, face: FaceId, name: &str) {
        if self.trading_lock == Some(face) {
            self.trading_lock = None;
            self.tell_lock(now, format!("{name} left: nobody holds the right to trade"), Vec::new());
        }
    }

    /// Tells all who listen, and those concerned also when they do not.
    fn tell_lock(&mut self, now: UtcTime, text: String, concerned: Vec<FaceId>) {
        let event = EventRecord { time: now, kind: "lock".into(), profile: None, order_id: None, text };
        let update = Update::Event(event);
        if let Ok(bytes) = wire::encode(&Message::Update(Box::new(update.clone()))) {
            let bytes: Arc<[u8]> = bytes.into();
            let deaf = concerned.iter().filter_map(|id| self.faces.get(id)).filter(|f| !f.wants_any(Topic::Events));
            deaf.for_each(|face| face.outbound.complete(bytes.clone()));
        }
        self.publish(update);
    }
}
