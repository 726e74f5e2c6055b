//! `kis_masters` of the decoders, see the module it calls.
#![no_main]

#[allow(dead_code, reason = "one of its targets")]
#[path = "../../examples/fuzz_decoders/target.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::kis::kis_masters(bytes));
