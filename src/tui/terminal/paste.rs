//! Keys that nobody pressed: what comes in a paste, or in a burst like one, acts on nothing.

use std::time::{Duration, Instant};

use super::announcement::cut;
use crate::text::clean::clean;

/// More keys than this, each close to the one before, are a paste that the terminal did not mark as one.
const BURST_KEYS: u32 = 16;

/// Keys this close together are of one burst: no finger, and no key repeat, is faster.
const BURST_GAP: Duration = Duration::from_millis(5);

/// After a paste, keys count again when nothing came for this long.
const QUIET: Duration = Duration::from_millis(150);

/// Most bytes of a paste that a text field takes.
const FIELD_BYTES: usize = 4 * 1024;

/// What becomes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// Somebody pressed it.
    Key,
    /// It is part of a paste, or came too soon after one.
    Swallow,
}

/// Tells keys from pastes by when they arrive.
#[derive(Debug, Clone, Default)]
pub struct PasteGuard {
    last: Option<Instant>,
    close_together: u32,
    is_closed: bool,
}

impl PasteGuard {
    /// A guard that has seen nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { last: None, close_together: 0, is_closed: false }
    }

    /// A key, of whatever kind, arrived at `at`.
    pub fn key(&mut self, at: Instant) -> Take {
        self.arrived(at);
        if self.close_together > BURST_KEYS {
            self.is_closed = true;
        }
        self.take()
    }

    /// The mouse, at `at`: a paste can hold what looks like clicks. A moving mouse alone is no burst.
    pub fn mouse(&mut self, at: Instant) -> Take {
        if self.is_closed {
            self.arrived(at);
        }
        self.take()
    }

    /// A paste arrived at `at`. Its text is for a text field ([`field_text`]) or for nothing.
    pub fn pasted(&mut self, at: Instant) {
        self.arrived(at);
        self.is_closed = true;
    }

    /// Whether a key at `at` would be swallowed, as a hint for the footer.
    #[must_use]
    pub fn is_closed(&self, at: Instant) -> bool {
        self.is_closed && !self.is_quiet(at)
    }

    fn arrived(&mut self, at: Instant) {
        if self.is_quiet(at) {
            self.is_closed = false;
        }
        let gap = self.last.map(|last| at.saturating_duration_since(last));
        self.close_together = match gap {
            Some(gap) if gap < BURST_GAP => self.close_together.saturating_add(1),
            _ => 1,
        };
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
    }

    fn is_quiet(&self, at: Instant) -> bool {
        self.last.is_none_or(|last| at.saturating_duration_since(last) >= QUIET)
    }

    const fn take(&self) -> Take {
        if self.is_closed { Take::Swallow } else { Take::Key }
    }
}

/// A paste as a text field takes it: cleaned, in one line, at most 4 KiB.
#[must_use]
pub fn field_text(pasted: &str) -> String {
    // Cleaning shortens, and more than this much of it would be cut off anyway.
    let text = clean(cut(pasted, FIELD_BYTES * 4));
    cut(text.trim(), FIELD_BYTES).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Instant {
        Instant::now()
    }

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn nobody_types_into_a_closed_guard() {
        let mut guard = PasteGuard::new();
        let mut now = start();
        // The fastest key repeat there is, and two hands.
        for gap in [33, 8, 12, 5, 90, 6, 7, 30, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5] {
            now += ms(gap);
            assert_eq!(guard.key(now), Take::Key);
        }
        // Three fingers at once.
        for _ in 0..3 {
            assert_eq!(guard.key(now), Take::Key);
        }
    }

    #[test]
    fn after_a_paste_keys_wait_for_quiet() {
        let mut guard = PasteGuard::new();
        let now = start();
        guard.pasted(now);
        assert_eq!(guard.key(now), Take::Swallow);
        assert_eq!(guard.key(now + ms(149)), Take::Swallow, "149 ms after the last key");
        assert_eq!(guard.mouse(now + ms(200)), Take::Swallow, "51 ms after it");
        assert_eq!(guard.key(now + ms(349)), Take::Swallow, "149 ms after the mouse");
        assert!(guard.is_closed(now + ms(350)));
        assert!(!guard.is_closed(now + ms(499)));
        assert_eq!(guard.key(now + ms(499)), Take::Key);
    }

    #[test]
    fn a_burst_is_a_paste_from_its_seventeenth_key() {
        let mut guard = PasteGuard::new();
        let mut now = start();
        let mut taken = 0;
        for _ in 0..10_000 {
            now += ms(4);
            taken += u32::from(guard.key(now) == Take::Key);
        }
        assert_eq!(taken, 16);
        assert_eq!(guard.key(now + ms(100)), Take::Swallow);
        assert_eq!(guard.key(now + ms(250)), Take::Key);
    }

    #[test]
    fn a_moving_mouse_is_no_burst() {
        let mut guard = PasteGuard::new();
        let now = start();
        for _ in 0..100 {
            assert_eq!(guard.mouse(now), Take::Key);
        }
        assert_eq!(guard.key(now), Take::Key);
    }

    #[test]
    fn a_field_takes_one_clean_line() {
        assert_eq!(field_text("005930\r\n"), "005930");
        assert_eq!(field_text("삼성\n전자\u{1b}[31m!\u{202e}"), "삼성 전자!");
        let long = field_text(&"호".repeat(1_000_000));
        assert_eq!(long, "호".repeat(FIELD_BYTES / 3));
        assert_eq!(field_text("\u{0}\u{7}"), "");
    }
}
