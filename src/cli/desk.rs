//! `hoga desk`: the process that holds brokers and orders, seen from outside.

use std::time::{Duration, Instant};

use super::arguments::setup::Desk;
use super::ask;
use super::context::{Context, Stay};
use super::desk_logs;
use super::desk_run;
use super::desk_unit;
use super::link::Link;
use super::output::{Done, Stop};
use super::table::plain;
use super::talk;
use crate::desk::protocol::{Command, Failure, FailureKind, Response};
use crate::desk::record::DeskStatus;
use crate::text::Say;

/// Longest wait until a desk that was told to end has ended.
const END_WAIT_MAX: Duration = Duration::from_secs(15);
/// Between two looks whether it has.
const END_LOOK_EVERY: Duration = Duration::from_millis(20);

/// Runs the command.
///
/// # Errors
/// As every command: [`Stop`].
pub fn run(context: &Context, desk: &Desk) -> Done {
    match desk {
        Desk::Start => start(context),
        Desk::Stop { force } => stop(context, *force),
        Desk::Restart { force } => match stop(context, *force)? {
            0 => start(context),
            status => Ok(status),
        },
        Desk::Status => status(context),
        Desk::Logs { lines, follow } => desk_logs::run(context, *lines as usize, *follow),
        Desk::Install => desk_unit::install(context),
        Desk::Run { detached, until_idle } => desk_run::run(context, *detached, *until_idle),
    }
}

fn start(context: &Context) -> Done {
    let running = context.connect_running()?;
    let was_running = running.is_some();
    let mut link = match running {
        Some(link) => link,
        None => context.connect_for(Stay::UntilStopped)?,
    };
    let status = link.status()?;
    let pid = status.pid.unwrap_or_default();
    context.say(&if was_running { Say::DeskAlready(pid) } else { Say::DeskStarted(pid) });
    if context.output.is_for_people() || context.global.quiet {
        context.output.value(&serde_json::Value::Null, &pid.to_string())?;
    } else {
        context.output.one(&status)?;
    }
    Ok(0)
}

fn status(context: &Context) -> Done {
    let status = match context.connect_running()? {
        Some(mut link) => link.status()?,
        None => stopped(context),
    };
    context.output.one(&status)?;
    Ok(0)
}

fn stopped(context: &Context) -> DeskStatus {
    DeskStatus {
        running: false,
        pid: None,
        version: env!("CARGO_PKG_VERSION").into(),
        uptime_s: 0,
        state: String::new(),
        profiles: Vec::new(),
        faces: 0,
        trading_lock: None,
        holds: Vec::new(),
        storage: None,
        market_events: 0,
        data_dir: context.paths.data_dir.display().to_string(),
    }
}

fn stop(context: &Context, force: bool) -> Done {
    let Some(mut link) = context.connect_running()? else {
        context.say(&Say::DeskNotRunning);
        return Ok(0);
    };
    let pid = link.status()?.pid;
    if let Some(held) = shut_down(&mut link, force)? {
        tell_held(context, &held);
        if !context.global.yes && ask::can_ask(context).is_err() {
            let message = format!("the desk holds something: {}", held.join(", "));
            let failure = Failure::new(FailureKind::Usage, "HOLDS", message).about(held.join(", "));
            return Err(failure.hint("hoga desk stop --force").into());
        }
        ask::confirm(context, &Say::AskStop)?;
        shut_down(&mut link, true)?;
    }
    if is_gone(&mut link, pid) {
        context.say(&Say::DeskStopped);
        return Ok(0);
    }
    let message = "the desk was told to end and has not yet";
    Err(Failure::new(FailureKind::Unavailable, "DESK_STOPPING", message).retryable().hint("hoga desk status").into())
}

/// Tells it to end; what it holds when it does not want to.
fn shut_down(link: &mut Link, force: bool) -> Result<Option<Vec<String>>, Stop> {
    match link.ask(Command::Shutdown { force }) {
        Ok(Response::Unwatched(held)) if !force && !held.is_empty() => Ok(Some(held)),
        Ok(_) => Ok(None),
        // It may close the connection before its answer is out.
        Err(failure) if failure.code == "DESK_LOST" => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

fn tell_held(context: &Context, held: &[String]) {
    talk::line(&Say::LeftUnwatched.text(context.language));
    for one in held {
        talk::line(&format!("  {}", plain(one)));
    }
}

/// Waits until its process has ended: only then is the data folder free for another.
fn is_gone(link: &mut Link, pid: Option<u32>) -> bool {
    let deadline = Instant::now() + END_WAIT_MAX;
    while let Ok(Some(_)) = link.next_update(Some(deadline.saturating_duration_since(Instant::now()))) {}
    let pid = pid.and_then(|pid| i32::try_from(pid).ok()).and_then(rustix::process::Pid::from_raw);
    while Instant::now() < deadline {
        let lives = pid.is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok());
        if !lives {
            return true;
        }
        std::thread::park_timeout(END_LOOK_EVERY);
    }
    false
}
