//! A connection that comes and goes.

use super::profile::Link;
use super::report::clean;
use super::{Core, Effects, ProfileIndex, Purpose};
use crate::broker::api::{BrokerError, Connection, RequestBody, RequestId};
use crate::market::UtcTime;

impl Core {
    pub(super) fn on_connection(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        connection: Connection,
        effects: &mut Effects,
    ) {
        let text = match &connection {
            Connection::Up => "connected".to_owned(),
            Connection::Down { reason, .. } => format!("connection lost: {}", clean(reason)),
            Connection::Silent => "no data is coming".to_owned(),
        };
        let Some(state) = self.profiles.get_mut(profile) else { return };
        state.link = match connection {
            Connection::Up => Link::Up,
            Connection::Down { reason, .. } => Link::Down(clean(&reason)),
            Connection::Silent => Link::Silent,
        };
        let link = state.link.clone();
        self.publish_event(now, Some(profile), "connection", None, text, effects);
        match link {
            Link::Up => self.connected(now, profile, effects),
            Link::Down(_) => self.disconnected(now, profile, effects),
            Link::Silent | Link::Connecting => {}
        }
    }

    fn connected(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        if let Some(state) = self.profiles.get_mut(profile) {
            state.markets.each(super::Market::unasked);
        }
        self.tell_recovered(now, profile, effects);
        self.tell_selected_anew(now, profile, effects);
        self.send(now, profile, Purpose::Instruments, RequestBody::Instruments, effects);
        self.compare_all_anew(now, profile, effects);
    }

    fn disconnected(&mut self, now: UtcTime, profile: ProfileIndex, effects: &mut Effects) {
        if let Some(state) = self.profiles.get_mut(profile) {
            state.compare_anew();
            state.markets.each(|market| {
                market.book.mark_stale(crate::market::book::StaleReason::Feed);
                market.dirty.book = true;
                market.polled = false;
            });
        }
        self.overdue.retain(|_, request| request.profile != profile);
        // Their answers can no longer come.
        let lost: Vec<RequestId> =
            self.requests.iter().filter(|(_, request)| request.profile == profile).map(|(id, _)| *id).collect();
        for id in lost {
            if let Some(outstanding) = self.requests.remove(&id) {
                self.settle(now, outstanding, Err(BrokerError::Unknown("the connection was lost".into())), effects);
            }
        }
    }
}
