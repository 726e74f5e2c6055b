//! Execution notices out of their frames: decrypted with the keys of this connection, and read.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::broker::kis::realtime::cipher::NoticeKeys;
use crate::broker::kis::realtime::notice::{Notice, NoticeFault};
use crate::broker::kis::realtime::row::Scratch;
use crate::broker::kis::realtime::{Frame, Stream};

/// Keys of the streams of one connection. The next one has others.
pub(super) type Keys = BTreeMap<Stream, NoticeKeys>;

/// Whether a frame is a notice: encrypted, or of a stream of notices. Looked at before every frame, so it only looks at the
/// id: `H0STCNI0` and all others have the same letters in the middle.
pub(super) fn is_notice(bytes: &[u8]) -> bool {
    bytes.first() == Some(&b'1') || bytes.get(6..9) == Some(b"CNI")
}

/// Gives every notice of a frame to `each`, in its order, or says why one is lost. The flag of the frame says whether it is
/// encrypted; the answer of its registration says no even where it is.
pub(super) fn read(
    bytes: &[u8],
    keys: &Keys,
    scratch: &mut Scratch,
    mut each: impl FnMut(Result<Notice, &'static str>),
) {
    let frame = match Frame::parse(bytes) {
        Ok(frame) => frame,
        Err(_) => return each(Err("its frame is broken")),
    };
    let Some(stream) = Stream::of(frame.tr_id).filter(|stream| stream.is_notice()) else {
        return each(Err("it is of an unknown stream"));
    };
    let text = if frame.encrypted {
        let Some(keys) = keys.get(&stream) else { return each(Err("there is no key for its stream")) };
        keys.decrypt(frame.payload).map_err(|_| "it cannot be decrypted")
    } else {
        std::str::from_utf8(frame.payload).map(str::to_owned).map_err(|_| "it is no text")
    };
    // It names the customer.
    let text = match text.map(Zeroizing::new) {
        Ok(text) => text,
        Err(why) => return each(Err(why)),
    };
    let Some(records) = records(&text, frame.count) else { return each(Err("its records do not come out even")) };
    for record in records {
        each(Notice::parse(stream, record, scratch).map_err(|fault| match fault {
            NoticeFault::NotANotice => "it is no notice",
            NoticeFault::TooNarrow(_) => "it has too few fields",
            NoticeFault::Field(_) => "one of its fields cannot be read",
        }));
    }
}

/// A text cut into `count` records of equal width. One record is the rule.
fn records(text: &str, count: usize) -> Option<Vec<&str>> {
    let fields = text.bytes().filter(|byte| *byte == b'^').count() + 1;
    if count == 0 || !fields.is_multiple_of(count) {
        return None;
    }
    let width = fields / count;
    let mut records = Vec::with_capacity(count);
    let mut rest = text;
    for _ in 1..count {
        let (end, _) = rest.match_indices('^').nth(width.checked_sub(1)?)?;
        records.push(rest.get(..end)?);
        rest = rest.get(end + 1..)?;
    }
    records.push(rest);
    Some(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_records_are_cut_apart_and_uneven_ones_are_none() {
        assert_eq!(records("a^b^c^", 2), Some(vec!["a^b", "c^"]));
        assert_eq!(records("a^b^c", 1), Some(vec!["a^b^c"]));
        assert_eq!(records("a^b^c", 3), Some(vec!["a", "b", "c"]));
        assert_eq!(records("a^b^c", 2), None);
        assert_eq!(records("", 0), None);
    }

    #[test]
    fn every_stream_of_notices_is_seen_as_one_and_no_other() {
        for stream in Stream::all() {
            for world in [crate::config::World::Live, crate::config::World::Paper] {
                let Some(id) = stream.id(world) else { continue };
                assert_eq!(is_notice(format!("0|{id}|001|a").as_bytes()), stream.is_notice(), "{id}");
                assert!(is_notice(format!("1|{id}|001|a").as_bytes()), "{id}");
            }
        }
        assert!(!is_notice(b""));
    }
}
