//! The `hoga` binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    hoga::cli::run(std::env::args_os())
}
