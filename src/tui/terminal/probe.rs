//! How wide the terminal draws characters of ambiguous width (Unicode's UAX 11): it is asked, as nothing else tells.

use std::time::Duration;

use rustix::event::PollFlags;

use super::input::{now, timespec};
use super::tty::{Tty, Wrote};

/// Longest wait for the answer.
const ANSWER_WAIT: Duration = Duration::from_millis(100);

/// In the first column of the second row (an answer from the first could be F3): a line of a frame, then the question
/// where the cursor is, then away with both.
const QUESTION: &[u8] = "\x1b[2;1H─\x1b[6n\r\x1b[K\x1b[H".as_bytes();

/// Cells of a character such as `─`, `▲` or `●`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmbiguousWidth {
    /// One cell, or no answer.
    Narrow = 1,
    /// Two cells.
    Wide = 2,
}

impl AmbiguousWidth {
    /// By the column of the cursor after one such character in the first.
    pub(super) const fn of_column(column: u16) -> Self {
        if column == 3 { Self::Wide } else { Self::Narrow }
    }

    pub(super) const fn of_cells(cells: u8) -> Self {
        if cells == 2 { Self::Wide } else { Self::Narrow }
    }
}

/// Asks, and returns the answer with all bytes that came and are none.
pub(super) fn ask(tty: &Tty) -> (AmbiguousWidth, Vec<u8>) {
    let mut came = Vec::new();
    if !matches!(tty.write(QUESTION), Ok(Wrote::Some(count)) if count == QUESTION.len()) {
        return (AmbiguousWidth::Narrow, came);
    }
    let start = now();
    loop {
        let left = ANSWER_WAIT.saturating_sub(now().saturating_duration_since(start));
        if left.is_zero() || !tty.wait(PollFlags::IN, Some(&timespec(left))).is_ok_and(|ready| ready) {
            return (AmbiguousWidth::Narrow, came);
        }
        let mut buffer = [0; 256];
        match tty.read(&mut buffer) {
            Ok(Some(0)) | Err(_) => return (AmbiguousWidth::Narrow, came),
            Ok(None) => {}
            Ok(Some(count)) => came.extend_from_slice(buffer.get(..count).unwrap_or_default()),
        }
        if let Some((column, rest)) = answer(&came) {
            return (AmbiguousWidth::of_column(column), rest);
        }
    }
}

/// The column of the first cursor report among bytes, and the other bytes.
fn answer(bytes: &[u8]) -> Option<(u16, Vec<u8>)> {
    (0..bytes.len()).find_map(|start| {
        let sequence = bytes.get(start..)?.strip_prefix(b"\x1b[")?;
        let length = sequence.iter().position(|byte| !byte.is_ascii_digit() && *byte != b';')?;
        let (row, column) = std::str::from_utf8(sequence.get(..length)?).ok()?.split_once(';')?;
        if sequence.get(length) != Some(&b'R') || row.is_empty() {
            return None;
        }
        let rest = [bytes.get(..start)?, sequence.get(length + 1..)?].concat();
        Some((column.parse().ok()?, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_found_among_keys() {
        assert_eq!(answer(b"\x1b[2;2R"), Some((2, vec![])));
        assert_eq!(answer(b"b\x1b[A\x1b[2;3Rs"), Some((3, b"b\x1b[As".to_vec())));
        for none in [&b""[..], b"\x1b", b"\x1b[2;3", b"\x1b[2;R", b"\x1b[;3R", b"\x1b[A", b"2;3R"] {
            assert_eq!(answer(none), None, "{none:?}");
        }
        assert_eq!(AmbiguousWidth::of_column(2), AmbiguousWidth::Narrow);
        assert_eq!(AmbiguousWidth::of_column(3), AmbiguousWidth::Wide);
    }
}
