//! The `hoga` binary: everything is in the library.

use std::process::ExitCode;

use hoga::cli::DeskLaunch;
use hoga::desk::protocol::{Failure, FailureKind};

fn main() -> ExitCode {
    hoga::cli::run(std::env::args_os(), run_desk)
}

fn run_desk(_launch: DeskLaunch) -> Result<(), Failure> {
    Err(Failure::new(FailureKind::Other, "UNSUPPORTED", "this build has no desk"))
}
