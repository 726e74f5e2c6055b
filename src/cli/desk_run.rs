//! `hoga desk run`: the desk's own process. Started by a face it has no terminal, so it writes why it could not start to
//! a file where that face looks.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::context::{Context, data_dir_failure};
use super::output::{Done, Stop};
use super::{db, report};
use crate::config::{Config, Paths};
use crate::desk::protocol::{Failure, FailureKind};
use crate::desk::shell::{self, DeskOptions, StartError};

/// Where a desk that could not start says why.
#[must_use]
pub fn error_file(paths: &Paths) -> PathBuf {
    paths.data_dir.join("desk.error")
}

/// Runs a desk until it ends. When another desk has the data folder it ends with [`FailureKind::NoDesk`], and the face
/// that started it waits for that other one.
///
/// # Errors
/// As every command: [`Stop`].
pub fn run(context: &Context, detached: bool, until_idle: bool) -> Done {
    // Whatever it writes, logs too, is for this user only.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    if detached {
        // It fails only for the leader of a process group: a shell's own job, which nobody has detached.
        let _ = rustix::process::setsid();
    }
    let file = error_file(&context.paths);
    match serve(context, until_idle, &file) {
        Err(Stop::Failed(failure)) => {
            tracing::error!(code = %failure.code, "{}", failure.message);
            if failure.kind != FailureKind::NoDesk {
                // The face reads it; without it the exit status still tells that something is wrong.
                let _ = write_error(&file, &report::message(&failure, context.language));
            }
            Err(Stop::Failed(failure))
        }
        other => other,
    }
}

fn serve(context: &Context, until_idle: bool, error_file: &Path) -> Done {
    let config = context.config()?;
    context.paths.prepare().map_err(|error| data_dir_failure(&error.to_string()))?;
    let _logs = start_log(config, &context.paths)?;
    let _ = std::fs::remove_file(error_file);
    let idle_exit = until_idle.then(|| Duration::from_secs(config.desk.idle_exit_seconds));
    let options = DeskOptions { data_dir: context.paths.data_dir.clone(), idle_exit };
    shell::run(config, &context.paths, options).map_err(|error| failure(&error, &context.paths))?;
    Ok(0)
}

/// A file a day, the oldest beyond the configured number removed; written by a thread of its own, so that a slow disk
/// holds no order up.
fn start_log(config: &Config, paths: &Paths) -> Result<WorkerGuard, Box<Failure>> {
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("desk")
        .filename_suffix("log")
        .max_log_files(config.desk.log_files.max(1) as usize)
        .build(paths.log_dir())
        .map_err(|error| data_dir_failure(&error.to_string()))?;
    let (writer, guard) = tracing_appender::non_blocking(appender);
    let own: LevelFilter = config.desk.log_level.as_str().parse().unwrap_or(LevelFilter::INFO);
    let filter = Targets::new().with_default(LevelFilter::WARN).with_target("hoga", own);
    let written = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false).with_filter(filter);
    let started = tracing_subscriber::registry().with(written).try_init();
    started.map_err(|error| Failure::new(FailureKind::Other, "INTERNAL", error.to_string()))?;
    Ok(guard)
}

fn failure(error: &StartError, paths: &Paths) -> Failure {
    let text = error.to_string();
    match error {
        StartError::Ledger(error) => db::failure(error, &paths.ledger()),
        StartError::Path(_) => data_dir_failure(&text),
        StartError::Socket { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
            Failure::new(FailureKind::NoDesk, "LEDGER_IN_USE", text.clone()).about(text)
        }
        StartError::Broker(_) => Failure::new(FailureKind::Usage, "CONFIG", text.clone()).about(text),
        _ => Failure::new(FailureKind::Other, "INTERNAL", text.clone()).about(text),
    }
}

fn write_error(file: &Path, text: &str) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    writeln!(file, "{text}")
}
