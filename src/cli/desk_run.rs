//! `hoga desk run`: the desk's own process. Started by a face it has no terminal, so it writes why it could not start to
//! a file where that face looks.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::output::{Done, Stop};
use super::report;
use crate::config::{Config, Paths};
use crate::desk::protocol::{Failure, FailureKind};

/// What a desk is started with.
#[derive(Debug)]
pub struct DeskLaunch {
    /// Where its files are; the folders are made.
    pub paths: Paths,
    /// Its config.
    pub config: Config,
}

/// Runs a desk until it ends. A data folder that another desk has is [`FailureKind::NoDesk`]: the face that started this
/// one then waits for the other.
pub type DeskEntry = fn(DeskLaunch) -> Result<(), Failure>;

/// Where a desk that could not start says why.
#[must_use]
pub fn error_file(paths: &Paths) -> PathBuf {
    paths.data_dir.join("desk.error")
}

/// Runs the command.
///
/// # Errors
/// As every command: [`Stop`].
pub fn run(context: &Context, detached: bool, entry: DeskEntry) -> Done {
    if detached {
        // It fails only for the leader of a process group, which then has a session of its own already or is a shell's
        // job that the person asked for.
        let _ = rustix::process::setsid();
    }
    let file = error_file(&context.paths);
    match launch(context).and_then(|launch| {
        let _ = std::fs::remove_file(&file);
        Ok(entry(launch)?)
    }) {
        Ok(()) => Ok(0),
        Err(Stop::Failed(failure)) => {
            if failure.kind != FailureKind::NoDesk {
                let _ = write_error(&file, &report::message(&failure, context.language));
            }
            Err(Stop::Failed(failure))
        }
        Err(closed) => Err(closed),
    }
}

fn launch(context: &Context) -> Result<DeskLaunch, Stop> {
    let prepared = context.paths.prepare();
    prepared.map_err(|error| {
        Failure::new(FailureKind::Usage, "DATA_DIR", error.to_string()).about(error.to_string())
    })?;
    Ok(DeskLaunch { paths: context.paths.clone(), config: context.config()?.clone() })
}

fn write_error(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    writeln!(file, "{text}")
}
