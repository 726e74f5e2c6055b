//! Every sample of KIS damaged at every place: nothing panics, and nothing is told that the bytes do not say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[allow(dead_code, reason = "those of other brokers")]
#[path = "../examples/fuzz_decoders/target.rs"]
mod target;

mod kis_damage {
    pub mod found;
    pub mod said;
}

use std::path::{Path, PathBuf};

use hoga::broker::kis::map::stock_market::frame_events;
use hoga::broker::kis::realtime::{Frame, Reader, Tally};
use hoga::market::UtcTime;
use target::Target;

/// What a field between carets is replaced by.
const FIELDS: [&str; 15] = [
    "",
    " ",
    "0",
    "-0",
    "-1",
    "-71900",
    "+71900",
    "71900.50",
    "0.0000000000001",
    "999999999999999999",
    "9999999999999999999",
    "79228162514264337593543950336",
    "1e400",
    "(null)",
    "\u{c0bc}\u{c131}",
];

/// What a value of a reply is replaced by.
const VALUES: [&str; 6] =
    ["\"\"", "\"-1\"", "\"79228162514264337593543950335\"", "\"-79228162514264337593543950335\"", "null", "{}"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kis")
}

fn samples(target: &Target) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let of_target = |path: &&PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap();
        target.samples.iter().any(|start| name.starts_with(start))
    };
    let samples: Vec<Vec<u8>> = paths.iter().filter(of_target).map(|path| std::fs::read(path).unwrap()).collect();
    assert!(!samples.is_empty(), "{}", target.name);
    samples
}

/// Gives every damaged form of a sample to `each`.
fn damage(sample: &[u8], mut each: impl FnMut(&[u8])) {
    for end in 0..=sample.len() {
        each(&sample[..end]);
    }
    let mut bytes = sample.to_vec();
    // A reply is long and read slowly: of its bytes every fifth is changed.
    let step = if sample.contains(&b'^') { 1 } else { 5 };
    for at in (0..bytes.len()).step_by(step) {
        let byte = bytes[at];
        for other in [byte ^ (1 << (at % 8)), b'^'] {
            bytes[at] = other;
            each(&bytes);
        }
        bytes[at] = byte;
    }
    for (start, end, values) in places(sample) {
        for value in values {
            each(&[&sample[..start], value.as_bytes(), &sample[end..]].concat());
        }
    }
}

/// Where values stand, and what they are replaced by.
fn places(sample: &[u8]) -> Vec<(usize, usize, &'static [&'static str])> {
    let find = |from: usize, wanted: &[u8]| {
        sample[from..].iter().position(|byte| wanted.contains(byte)).map_or(sample.len(), |found| from + found)
    };
    let (marks, ends, values): (&[u8], &[u8], &'static [&'static str]) =
        if sample.contains(&b'^') { (b"^|", b"^|\n", &FIELDS) } else { (b":", b",}]\n", &VALUES) };
    let marks = (0..sample.len()).filter(|at| marks.contains(&sample[*at]));
    marks.map(|mark| (mark + 1, find(mark + 1, ends), values)).collect()
}

fn harmless(name: &str) {
    let target = target::all().find(|target| target.name == name).unwrap();
    for sample in samples(target) {
        damage(&sample, |bytes| {
            let outcome = std::panic::catch_unwind(|| (target.run)(bytes));
            assert!(outcome.is_ok(), "{name}: {}", bytes.escape_ascii());
        });
    }
}

macro_rules! harmless {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            harmless(stringify!($name));
        }
    )* };
}

harmless! {
    kis_frame_trade kis_frame_book kis_frame_overseas kis_frame_derivative kis_frame_other kis_notice kis_control
    kis_rest_stock kis_rest_overseas kis_rest_future kis_rest_bond kis_lists kis_chart kis_oauth kis_refusals
    kis_masters kis_archive
}

#[test]
fn every_target_of_kis_is_here() {
    assert_eq!(target::all().filter(|target| target.folder == "kis").count(), 17);
}

/// The events of a damaged frame are compared with what a plain reading of its fields finds.
#[test]
fn frames_of_shares_say_what_their_fields_say() {
    let received = UtcTime::parse("2026-09-15T15:05:27+09:00").unwrap();
    let (mut reader, mut out, mut told) = (Reader::new(), Vec::new(), 0);
    for target in target::all().filter(|target| ["kis_frame_trade", "kis_frame_book"].contains(&target.name)) {
        for sample in samples(target) {
            damage(&sample, |bytes| {
                out.clear();
                let Ok(frame) = Frame::parse(bytes) else { return };
                let all = Reader::new().read(&frame, |_, _| {});
                let tally = frame_events(&mut reader, &frame, received, |_| true, &mut out);
                let dates_refuse = |tally: Tally, all: Tally| tally.read <= all.read;
                assert!(match (tally, all) {
                    (Ok(tally), Ok(all)) => tally.width == all.width && dates_refuse(tally, all),
                    (tally, all) => tally == all,
                });
                kis_damage::said::check(bytes, &out);
                told += out.len();
            });
        }
    }
    assert!(told > 30_000, "{told} events of damaged frames");
}
