//! The table of code page 949 (`cp949.table`), and two wishes to the linker that make the program smaller and no slower, each where it can be granted: relative relocations
//! packed, where the system's loader reads them so, which is glibc since 2.36 (0.4 MB); and functions of the same machine
//! code kept once, where the linker in use can do that, which lld and gold can (0.1 MB). Nothing here compares the addresses
//! of functions; data of the same content stays apart.

#![allow(clippy::print_stdout)]

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

/// The first glibc whose loader reads packed relocations.
const FIRST: (u32, u32) = (2, 36);

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Some(folder) = env::var_os("OUT_DIR") {
        let written = std::fs::write(Path::new(&folder).join("cp949.table"), characters_of_cp949());
        if let Err(error) = written {
            println!("cargo::error=the table of code page 949 cannot be written: {error}");
        }
    }
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let for_this_machine = env::var("HOST").ok() == env::var("TARGET").ok();
    if !for_this_machine || !is("CARGO_CFG_TARGET_OS", "linux") {
        return;
    }
    if is("CARGO_CFG_TARGET_ENV", "gnu") && glibc().is_some_and(|version| version >= FIRST) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    // Only the program that is given away is worth the time.
    if is("OPT_LEVEL", "s") && links_with("-Wl,--icf=all").unwrap_or(false) {
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
    }
}

/// The characters of two bytes of code page 949 as UTF-16 units, low byte first, by lead from 0x81 and trail from 0x41 to
/// 0xFE; zero where there is none.
fn characters_of_cp949() -> Vec<u8> {
    let pairs = (0x81..=0xfe_u8).flat_map(|lead| (0x41..=0xfe_u8).map(move |trail| [lead, trail]));
    let unit = |pair: [u8; 2]| {
        let text = encoding_rs::EUC_KR.decode_without_bom_handling_and_without_replacement(&pair);
        let mut units = text.iter().flat_map(|text| text.encode_utf16());
        // A lead that is none and a letter behind it are two characters, or none.
        match (units.next(), units.next()) {
            (Some(one), None) => one,
            _ => 0,
        }
    };
    pairs.flat_map(|pair| unit(pair).to_le_bytes()).collect()
}

/// The version of this machine's glibc, as `glibc 2.36` says it.
fn glibc() -> Option<(u32, u32)> {
    let said = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    let minor: String = minor.chars().take_while(char::is_ascii_digit).collect();
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Whether the linker that will be used knows an option: an empty program is linked with it.
fn links_with(option: &str) -> Option<bool> {
    let folder = env::var("OUT_DIR").ok()?;
    let source = Path::new(&folder).join("empty.rs");
    std::fs::write(&source, "fn main() {}").ok()?;
    let mut compiler = Command::new(env::var("RUSTC").ok()?);
    compiler.args(["--crate-type", "bin", "--target"]).arg(env::var("TARGET").ok()?).arg(&source);
    compiler.arg("-o").arg(Path::new(&folder).join("empty")).arg("-C").arg(format!("link-arg={option}"));
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    compiler.args(flags.split('\u{1f}').filter(|flag| !flag.is_empty()));
    if let Ok(linker) = env::var("RUSTC_LINKER") {
        compiler.arg("-C").arg(format!("linker={linker}"));
    }
    Some(compiler.stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?.success())
}
