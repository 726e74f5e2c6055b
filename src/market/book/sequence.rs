//! Whether a diff connects to what a book contains.

use crate::market::Sequence;

/// Up to where a book has been brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// Nothing in it yet.
    Unknown,
    /// A whole book of a feed without ids.
    Unnumbered,
    /// A snapshot, and no diff since.
    Snapshot {
        /// `lastUpdateId`.
        last: u64,
    },
    /// A diff.
    Diff {
        /// `u`.
        last: u64,
    },
}

/// What to do with a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Apply it: the book then is here.
    Next(Position),
    /// The book contains it.
    Contained,
    /// Something is missing before it.
    Gap { expected: u64, got: u64 },
    /// Its ids cannot be.
    Contradiction,
}

impl Position {
    pub(super) const fn last(self) -> Option<u64> {
        match self {
            Self::Snapshot { last } | Self::Diff { last } => Some(last),
            Self::Unknown | Self::Unnumbered => None,
        }
    }

    /// Judges a diff; snapshots and whole books are never asked about.
    pub(super) const fn judge(self, diff: &Sequence) -> Verdict {
        let Some(have) = self.last() else { return Verdict::Contradiction };
        match *diff {
            Sequence::Chained { first, last, previous } if first <= last && previous <= last => {
                self.judge_chained(have, first, last, previous)
            }
            Sequence::Counted { first, last } if first <= last => {
                if last <= have {
                    Verdict::Contained
                } else if first <= have.saturating_add(1) {
                    // A diff that reaches back before `have` repeats it: quantities are absolute.
                    Verdict::Next(Self::Diff { last })
                } else {
                    Verdict::Gap { expected: have.saturating_add(1), got: first }
                }
            }
            _ => Verdict::Contradiction,
        }
    }

    /// Ids of futures diffs are shared by all symbols, so that only `previous` tells whether one is missing; right after
    /// a snapshot the diff must straddle it.
    const fn judge_chained(self, have: u64, first: u64, last: u64, previous: u64) -> Verdict {
        let after_snapshot = matches!(self, Self::Snapshot { .. });
        if last < have || (last == have && !after_snapshot) {
            Verdict::Contained
        } else if previous == have || (after_snapshot && first <= have) {
            Verdict::Next(Self::Diff { last })
        } else {
            Verdict::Gap { expected: have, got: if after_snapshot { first } else { previous } }
        }
    }
}
