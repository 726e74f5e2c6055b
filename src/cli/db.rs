//! `hoga db`: the ledger's file. Reads beside a running desk; never writes to it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::arguments::setup::Db;
use super::ask;
use super::context::Context;
use super::output::{Done, Look, Shown, rows};
use super::table::Cell;
use crate::desk::protocol::{Failure, FailureKind};
use crate::ledger::{Difference, LedgerError, LedgerReader, backup, restore, verify};
use crate::market::UtcTime;
use crate::text::{Column, Say};

/// What the audit of a ledger came to.
#[derive(Debug, Serialize, Deserialize)]
struct AuditRecord {
    ok: bool,
    differences: Vec<Difference>,
}

impl Shown for AuditRecord {
    fn row(&self, look: &Look) -> Vec<(Column, Cell)> {
        vec![(Column::Result, Cell::text(Say::Agrees(self.ok).text(look.language)))]
    }

    fn key(&self) -> String {
        if self.ok { "ok".into() } else { self.differences.len().to_string() }
    }

    fn alone(&self, look: &Look) -> String {
        let list = if self.ok { String::new() } else { rows(&self.differences, look) };
        format!("{}\n{list}", Say::Agrees(self.ok).text(look.language))
    }
}

impl Shown for Difference {
    fn row(&self, _look: &Look) -> Vec<(Column, Cell)> {
        let kind = serde_json::to_value(self.kind).ok();
        vec![
            (Column::Kind, Cell::text(kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default())),
            (Column::Subject, Cell::name(&self.subject)),
            (Column::Local, Cell::name(&self.local)),
            (Column::Expected, Cell::name(&self.expected)),
        ]
    }

    fn key(&self) -> String {
        self.subject.clone()
    }
}

/// What does not add up in the ledger; `None` when there is no ledger yet.
///
/// # Errors
/// It cannot be read.
pub fn differences(context: &Context) -> Result<Option<Vec<Difference>>, Box<Failure>> {
    let path = context.paths.ledger();
    if !path.exists() {
        return Ok(None);
    }
    let reader = LedgerReader::open(&path).map_err(|error| failure(&error, &path))?;
    Ok(verify(&reader).map(Some).map_err(|error| failure(&error, &path))?)
}

/// Runs the command.
///
/// # Errors
/// As every command: [`Stop`].
pub fn run(context: &Context, db: &Db) -> Done {
    match db {
        Db::Verify => audit(context),
        Db::Backup { file } => copy(context, file),
        Db::Restore { file } => put_back(context, file),
    }
}

fn audit(context: &Context) -> Done {
    let missing = || failure(&LedgerError::Missing(context.paths.ledger()), &context.paths.ledger());
    let differences = differences(context)?.ok_or_else(missing)?;
    let audit = AuditRecord { ok: differences.is_empty(), differences };
    context.output.one(&audit)?;
    if audit.ok { Ok(0) } else { Err(damaged(audit.differences.len()).into()) }
}

fn damaged(count: usize) -> Failure {
    let count = count.to_string();
    Failure::new(FailureKind::Other, "LEDGER_DAMAGED", format!("the ledger does not add up in {count} places"))
        .about(count)
        .hint("hoga db restore FILE")
}

fn copy(context: &Context, to: &Path) -> Done {
    let ledger = context.paths.ledger();
    let copied = backup(&ledger, to).map_err(|error| failure(&error, &ledger))?;
    let shown = to.display().to_string();
    context.say(&Say::BackupDone(&shown));
    let ok = copied.differences.is_empty();
    let json = serde_json::json!({
        "ok": ok, "file": shown, "bytes": copied.bytes, "sequence": copied.sequence, "differences": copied.differences,
    });
    context.output.value(&json, &shown)?;
    if ok { Ok(0) } else { Err(damaged(copied.differences.len()).into()) }
}

fn put_back(context: &Context, from: &Path) -> Done {
    ask::can_ask(context)?;
    if context.connect_running()?.is_some() {
        let failure = Failure::new(FailureKind::Other, "DESK_RUNS", "the desk runs; stop it first");
        return Err(failure.hint("hoga desk stop").into());
    }
    ask::confirm(context, &Say::AskRestore)?;
    let now = UtcTime::from_jiff(jiff::Timestamp::now());
    let restored = restore(from, &context.paths.ledger(), now).map_err(|error| failure(&error, from))?;
    let shown = from.display().to_string();
    let former = restored.former.map(|path| path.display().to_string());
    context.say(&Say::RestoreDone(&shown));
    let json = serde_json::json!({ "ok": true, "file": shown, "sequence": restored.sequence, "former": former });
    context.output.value(&json, former.as_deref().unwrap_or_default())?;
    Ok(0)
}

/// A ledger that does not serve, as a failure; `file` is the one it is about where the error does not name it.
#[must_use]
pub fn failure(error: &LedgerError, file: &Path) -> Failure {
    let text = error.to_string();
    let made = |kind, code| Failure::new(kind, code, text.clone()).about(text.clone());
    match error {
        LedgerError::InUse { .. } => made(FailureKind::NoDesk, "LEDGER_IN_USE").hint("hoga desk stop"),
        LedgerError::Missing(_) | LedgerError::Exists(_) => made(FailureKind::Usage, "FILE"),
        LedgerError::DiskFull | LedgerError::ReadOnly | LedgerError::Busy => {
            made(FailureKind::Unavailable, "STORAGE").retryable()
        }
        LedgerError::Damaged { detail } => damaged_file(file, detail),
        LedgerError::Lost { .. } | LedgerError::Differs { .. } => {
            made(FailureKind::Other, "LEDGER_DAMAGED").hint("hoga db restore FILE")
        }
        _ => made(FailureKind::Other, "LEDGER"),
    }
}

fn damaged_file(file: &Path, detail: &str) -> Failure {
    let file = file.display().to_string();
    let text = format!(
        "the ledger {file} is damaged ({detail}); it was left as it is. `hoga db verify` tells what is wrong with it, and \
         `hoga db restore BACKUP` puts a backup in its place"
    );
    let failure = Failure::new(FailureKind::Other, "LEDGER_DAMAGED", text);
    failure.about(file).about(detail).hint("hoga db restore BACKUP")
}
