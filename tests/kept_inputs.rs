//! The inputs that a search by coverage has found, through the decoders they are of: what comes out is sound, or nothing.
//! The ways and the files are those of `examples/fuzz_decoders`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, dead_code)]

#[path = "../examples/fuzz_decoders/corpus.rs"]
mod corpus;
#[path = "../examples/fuzz_decoders/target.rs"]
mod target;

#[test]
fn what_coverage_has_found_harms_no_decoder() {
    for target in target::all() {
        let kept = corpus::read(target.name).unwrap();
        // Those of KIS were searched by changed samples so far (`tests/kis_damage.rs`), not by coverage.
        let enough = kept.len() > 50 || target.folder == "kis";
        assert!(enough, "{}: {} inputs are kept", target.name, kept.len());
        for bytes in kept {
            let outcome = std::panic::catch_unwind(|| (target.run)(&bytes));
            assert!(outcome.is_ok(), "{}: {}", target.name, bytes.escape_ascii());
        }
    }
}
