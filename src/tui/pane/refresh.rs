//! When a pane asks the desk anew for what it shows: only while it is in sight, and never while an answer is out.

use std::time::Duration;

use crate::order::ProfileName;
use crate::tui::model::Model;

/// A pane that was not drawn for this long is out of sight.
const OUT_OF_SIGHT: Duration = Duration::from_secs(2);

/// Two questions are at least this far apart, unless a pane's answer costs the desk more.
const APART: Duration = Duration::from_secs(1);

/// After a failure the next question waits this long.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// An answer that has not come by now is not waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// When to ask anew.
#[derive(Debug)]
pub struct Refresh {
    every: Duration,
    apart: Duration,
    seen: Option<Duration>,
    asked: Option<Duration>,
    waiting: bool,
    failed: bool,
    due: bool,
    tag: u32,
    profile: Option<ProfileName>,
}

impl Refresh {
    /// What is in sight is asked again after this long.
    #[must_use]
    pub const fn every(every: Duration) -> Self {
        Self {
            every,
            apart: APART,
            seen: None,
            asked: None,
            waiting: false,
            failed: false,
            due: true,
            tag: 0,
            profile: None,
        }
    }

    /// Two questions are at least this far apart, however often what is known may have changed.
    #[must_use]
    pub const fn apart(mut self, apart: Duration) -> Self {
        self.apart = apart;
        self
    }

    /// The pane was drawn, or got the keys.
    pub const fn seen(&mut self, model: &Model) {
        self.seen = Some(model.now.since_start);
    }

    /// What is known may not be true any more.
    pub const fn stale(&mut self) {
        self.due = true;
    }

    /// Something else is wanted: an answer that is out is no answer to it.
    pub const fn restart(&mut self) {
        self.due = true;
        self.waiting = false;
        self.asked = None;
        self.tag = self.tag.wrapping_add(1);
    }

    /// The connection or the profile may be another. Whether what is kept belongs to a profile that is not shown any more.
    pub fn reset(&mut self, model: &Model) -> bool {
        let another = self.profile.as_ref().is_some_and(|known| *known != model.profile);
        if another {
            self.restart();
        }
        self.due = true;
        another
    }

    /// The tag to ask under, when it is time to ask.
    pub fn ask(&mut self, model: &Model) -> Option<u32> {
        let now = model.now;
        let since = |moment: Option<Duration>| moment.map(|moment| now.after(moment));
        let in_sight = since(self.seen).is_some_and(|since| since <= OUT_OF_SIGHT);
        let asked = since(self.asked);
        let waits = self.waiting && asked.is_some_and(|asked| asked < PATIENCE);
        if !in_sight || waits || !model.is_connected() {
            return None;
        }
        let gap = match (self.failed, self.due) {
            (true, _) => AFTER_FAILURE,
            (false, true) => self.apart,
            (false, false) => self.every,
        };
        if asked.is_some_and(|asked| asked < gap) {
            return None;
        }
        self.tag = self.tag.wrapping_add(1);
        self.asked = Some(now.since_start);
        self.waiting = true;
        self.due = false;
        self.profile = Some(model.profile.clone());
        Some(self.tag)
    }

    /// An answer came. Whether it is the one that is waited for.
    pub const fn answered(&mut self, tag: u32, good: bool) -> bool {
        if tag != self.tag || !self.waiting {
            return false;
        }
        self.waiting = false;
        self.failed = !good;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Language;
    use crate::tui::model::fixture;

    fn later(model: &mut Model, seconds: u64) {
        model.now.since_start += Duration::from_secs(seconds);
    }

    #[test]
    fn only_what_is_in_sight_is_asked_and_once_a_minute() {
        let mut model = fixture::trading(Language::Ko);
        let mut refresh = Refresh::every(Duration::from_secs(60));
        assert_eq!(refresh.ask(&model), None, "never drawn");
        refresh.seen(&model);
        let tag = refresh.ask(&model).unwrap();
        assert_eq!(refresh.ask(&model), None, "the answer is out");
        assert!(refresh.answered(tag, true));
        for _ in 0..59 {
            later(&mut model, 1);
            refresh.seen(&model);
            assert_eq!(refresh.ask(&model), None);
        }
        later(&mut model, 1);
        refresh.seen(&model);
        assert!(refresh.ask(&model).is_some());
        later(&mut model, 3);
        refresh.stale();
        assert_eq!(refresh.ask(&model), None, "out of sight");
    }

    #[test]
    fn an_answer_to_an_earlier_wish_is_dropped() {
        let mut model = fixture::trading(Language::Ko);
        let mut refresh = Refresh::every(Duration::from_secs(60));
        refresh.seen(&model);
        let first = refresh.ask(&model).unwrap();
        model.profile = "other".parse().unwrap();
        assert!(refresh.reset(&model), "another profile");
        assert!(!refresh.answered(first, true));
        let second = refresh.ask(&model).unwrap();
        assert!(!refresh.answered(first, true) && refresh.answered(second, true));
        assert!(!refresh.reset(&model), "the same profile: what is kept stays");
    }

    #[test]
    fn changes_are_asked_for_at_most_once_a_second_and_failures_less_often() {
        let mut model = fixture::trading(Language::Ko);
        let mut refresh = Refresh::every(Duration::from_secs(60));
        refresh.seen(&model);
        let tag = refresh.ask(&model).unwrap();
        refresh.answered(tag, true);
        refresh.stale();
        assert_eq!(refresh.ask(&model), None);
        later(&mut model, 1);
        let tag = refresh.ask(&model).unwrap();
        refresh.answered(tag, false);
        refresh.seen(&model);
        later(&mut model, 2);
        assert_eq!(refresh.ask(&model), None, "it failed two seconds ago");
    }
}
