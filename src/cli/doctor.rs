//! `hoga doctor`: looks for what could be wrong on this machine, and says what to do about it. Changes nothing.

use std::io::IsTerminal;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::context::Context;
use super::output::Done;
use super::report;
use super::shown::CheckRecord;
use crate::desk::protocol::{Failure, FailureKind};
use crate::text::Language;
use crate::text::doctor::Finding;

/// Least free space for the ledger and logs.
const FREE_BYTES_MIN: u64 = 200 * 1024 * 1024;
/// How long the two clocks are compared.
const CLOCK_SPAN: Duration = Duration::from_millis(100);
/// Most that they may part in that time.
const CLOCK_PART_MAX: Duration = Duration::from_millis(20);
/// A clock before this was never set: 2025-01-01, in seconds since the epoch.
const CLOCK_EARLIEST_S: u64 = 1_735_689_600;
/// Where systems keep the certificates of authorities.
const ROOT_FILES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
    "/usr/local/etc/openssl/cert.pem",
];

/// Runs the command. Exit 1 when a check fails.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn run(context: &Context) -> Done {
    let checks = vec![
        config(context),
        data_dir(context),
        disk(context),
        ledger(context),
        desk(context),
        clock(context.language),
        terminal(context.language),
        locale(context.language),
        roots(context.language),
    ];
    context.output.list(&checks)?;
    if checks.iter().all(|check| check.ok) {
        return Ok(0);
    }
    let failed: Vec<&str> = checks.iter().filter(|check| !check.ok).map(|check| check.check.as_str()).collect();
    let failed = failed.join(", ");
    Err(Failure::new(FailureKind::Other, "DOCTOR", format!("found something wrong: {failed}")).about(failed).into())
}

fn pass(check: &str, detail: impl Into<String>) -> CheckRecord {
    CheckRecord { check: check.into(), ok: true, detail: detail.into(), cure: None }
}

fn fail(check: &str, detail: impl Into<String>, cure: impl Into<String>) -> CheckRecord {
    CheckRecord { check: check.into(), ok: false, detail: detail.into(), cure: Some(cure.into()) }
}

fn config(context: &Context) -> CheckRecord {
    let path = context.paths.config_file.display().to_string();
    match &context.config {
        Ok(_) if context.paths.config_file.exists() => pass("config", path),
        Ok(_) => pass("config", format!("{path} ({})", Finding::BuiltIn.text(context.language))),
        Err(error) => fail("config", error.to_string().replace('\n', "; "), "hoga config check"),
    }
}

fn data_dir(context: &Context) -> CheckRecord {
    let path = &context.paths.data_dir;
    let shown = path.display().to_string();
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            pass("data_dir", format!("{shown} ({})", Finding::NotMade.text(context.language)))
        }
        Err(error) => fail("data_dir", format!("{shown}: {error}"), format!("chmod 700 '{shown}'")),
        Ok(folder) if folder.permissions().mode() & 0o077 != 0 => {
            let mode = folder.permissions().mode() & 0o777;
            fail(
                "data_dir",
                format!("{shown}: {} ({mode:o})", Finding::OthersLookIn.text(context.language)),
                format!("chmod 700 '{shown}'"),
            )
        }
        Ok(_) => pass("data_dir", shown),
    }
}

/// The nearest folder above that exists: the data folder may not be made yet.
fn existing(path: &Path) -> &Path {
    path.ancestors().find(|path| path.exists()).unwrap_or(path)
}

fn disk(context: &Context) -> CheckRecord {
    match rustix::fs::statvfs(existing(&context.paths.data_dir)) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let detail = format!("{} MiB", free / (1024 * 1024));
            if free >= FREE_BYTES_MIN {
                pass("disk", detail)
            } else {
                fail("disk", detail, Finding::CureDisk.text(context.language))
            }
        }
        Err(error) => fail("disk", error.to_string(), "--data-dir"),
    }
}

fn ledger(context: &Context) -> CheckRecord {
    match super::db::differences(context) {
        Ok(None) => pass("ledger", "-"),
        Ok(Some(differences)) if differences.is_empty() => pass("ledger", context.paths.ledger().display().to_string()),
        Ok(Some(differences)) => fail(
            "ledger",
            format!("{}: {}", Finding::Differences.text(context.language), differences.len()),
            "hoga db verify",
        ),
        Err(failure) => fail("ledger", report::message(&failure, context.language), "hoga db restore FILE"),
    }
}

fn desk(context: &Context) -> CheckRecord {
    match context.connect_running() {
        Ok(None) => pass("desk", Finding::DeskNotRunning.text(context.language)),
        Err(_) => fail("desk", Finding::DeskOther.text(context.language), "hoga desk restart"),
        Ok(Some(mut link)) => match link.status() {
            Ok(status) if status.version != env!("CARGO_PKG_VERSION") => fail(
                "desk",
                format!("{}: {}", Finding::DeskVersion.text(context.language), status.version),
                "hoga desk restart",
            ),
            Ok(status) if status.storage.is_some() => {
                fail("desk", status.storage.unwrap_or_default(), "hoga desk logs")
            }
            Ok(status) => pass("desk", format!("{} · {}", status.version, status.state)),
            Err(failure) => fail("desk", report::message(&failure, context.language), "hoga desk logs"),
        },
    }
}

fn clock(language: Language) -> CheckRecord {
    let (steady, wall) = (Instant::now(), SystemTime::now());
    while steady.elapsed() < CLOCK_SPAN {
        std::thread::park_timeout(CLOCK_SPAN - steady.elapsed().min(CLOCK_SPAN));
    }
    let (steady, wall_now) = (steady.elapsed(), SystemTime::now());
    let cure = "timedatectl set-ntp true";
    let since_epoch = wall_now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    if since_epoch.as_secs() < CLOCK_EARLIEST_S {
        return fail("clock", Finding::ClockEarly.text(language), cure);
    }
    let parted = wall_now.duration_since(wall).map_or(Duration::MAX, |wall| wall.abs_diff(steady));
    if parted > CLOCK_PART_MAX {
        return fail(
            "clock",
            format!("{}: {} ms / 100 ms", Finding::ClockJumps.text(language), parted.as_millis()),
            cure,
        );
    }
    pass("clock", jiff::Timestamp::now().to_zoned(super::zone::of_this_machine()).strftime("%F %T %:z").to_string())
}

fn terminal(language: Language) -> CheckRecord {
    if !std::io::stdout().is_terminal() {
        return pass("terminal", Finding::NoTerminal.text(language));
    }
    let term = std::env::var("TERM").unwrap_or_default();
    if term.is_empty() || term == "dumb" {
        return fail("terminal", format!("TERM={term}"), "export TERM=xterm-256color");
    }
    let colour = match std::env::var("COLORTERM").as_deref() {
        Ok("truecolor" | "24bit") => "16M",
        _ if term.contains("256") => "256",
        _ => "16",
    };
    match size() {
        Some((columns, rows)) if columns < 80 || rows < 24 => {
            fail("terminal", format!("{columns}x{rows}"), Finding::CureWindow.text(language))
        }
        Some((columns, rows)) => {
            pass("terminal", format!("{term} {columns}x{rows}, {colour} {}", Finding::Colours.text(language)))
        }
        None => pass("terminal", format!("{term}, {colour} {}", Finding::Colours.text(language))),
    }
}

/// Columns and rows, as `stty` says.
fn size() -> Option<(u32, u32)> {
    let tty = std::fs::File::open("/dev/tty").ok()?;
    let said = std::process::Command::new("stty").arg("size").stdin(tty).output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let (rows, columns) = said.trim().split_once(' ')?;
    Some((columns.parse().ok()?, rows.parse().ok()?))
}

fn locale(language: Language) -> CheckRecord {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    let locale = set.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    let plain = locale.to_lowercase().replace('-', "");
    if plain.contains("utf8") {
        pass("locale", locale)
    } else {
        fail("locale", format!("'{locale}' {}", Finding::NotUtf8.text(language)), "export LANG=C.UTF-8")
    }
}

fn roots(language: Language) -> CheckRecord {
    let named = std::env::var("SSL_CERT_FILE").ok().filter(|file| !file.is_empty());
    let files: Vec<String> = named.map_or_else(|| ROOT_FILES.map(String::from).to_vec(), |file| vec![file]);
    let found = files.into_iter().find_map(|file| {
        let text = std::fs::read(&file).ok()?;
        let count = text.windows(MARK.len()).filter(|window| *window == MARK).count();
        (count > 0).then_some((file, count))
    });
    match found {
        Some((file, count)) => pass("tls_roots", format!("{file}: {count}")),
        None => fail("tls_roots", Finding::NoRoots.text(language), Finding::CureRoots.text(language)),
    }
}

const MARK: &[u8] = b"BEGIN CERTIFICATE";
