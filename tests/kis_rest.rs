//! Every sample of a REST reply of KIS decodes to the values it holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod kis_rest {
    pub mod domestic;
    pub mod others;
    pub mod sign_in;
    mod traps;
}

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hoga::broker::api::BrokerError;
use hoga::broker::kis::code::{Purpose, judge};
use hoga::broker::kis::wire::{Envelope, Number, Part, Record, Rows};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// A sample: its file, the HTTP status it came with, and what must be found in it.
pub type Sample = (&'static str, u16, fn(Reply<'_>));

/// What a sample is when it is looked at.
pub struct Reply<'a> {
    pub body: &'a [u8],
    pub judged: Result<&'a Envelope<'a>, &'a BrokerError>,
}

impl<'a> Reply<'a> {
    pub fn good(&self) -> &'a Envelope<'a> {
        self.judged.expect("a good reply")
    }

    pub fn one<T: Record>(&self, part: Part) -> T {
        self.good().one(part).unwrap()
    }

    pub fn rows<T: Record>(&self, part: Part) -> Vec<T> {
        let Rows { rows, refused } = self.good().rows(part);
        assert_eq!(refused, 0);
        rows
    }

    pub fn refused(&self, code: &str) {
        match self.judged {
            Err(BrokerError::Refused { code: told, text }) => {
                assert_eq!(told, code);
                assert!(!text.is_empty() && text.trim() == text);
            }
            other => panic!("{:?}", other.err()),
        }
    }
}

pub fn is(number: Number, value: Decimal) {
    assert_eq!(number.get(), Some(value));
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kis")
}

fn read(file: &str) -> Vec<u8> {
    std::fs::read(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn samples() -> impl Iterator<Item = Sample> {
    [sign_in_samples(), kis_rest::domestic::SAMPLES, kis_rest::others::SAMPLES].into_iter().flatten().copied()
}

fn sign_in_samples() -> &'static [Sample] {
    kis_rest::sign_in::SAMPLES
}

fn purpose(file: &str) -> Purpose {
    let orders = ["order_cash", "order_rvsecncl", "order_buy", "order_sell", "daytime_order", "futures_order"];
    if orders.iter().any(|name| file.contains(name)) { Purpose::Order } else { Purpose::Read }
}

#[test]
fn every_sample_holds_what_it_should() {
    for (file, status, check) in samples() {
        let body = read(file);
        let judged = judge("a sample", status, &body, purpose(file));
        println!("{file}");
        check(Reply { body: &body, judged: judged.as_ref() });
    }
}

#[test]
fn no_sample_is_left_out() {
    let known: BTreeSet<String> = samples().map(|(file, ..)| file.to_owned()).collect();
    let there: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("ws_") && !name.starts_with("master_"))
        .collect();
    assert_eq!(known, there);
    assert_eq!(there.len(), 124);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn damaged_replies_never_panic(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        end in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let all: Vec<Sample> = samples().collect();
        let (file, status, _) = all[which.index(all.len())];
        let mut body = read(file);
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        if cut {
            body.truncate(end.index(body.len()));
        }
        if let Ok(envelope) = judge("a damaged sample", status, &body, purpose(file)) {
            kis_rest::domestic::read_as_everything(&envelope);
            kis_rest::others::read_as_everything(&envelope);
        }
    }
}
