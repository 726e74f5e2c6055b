//! Copies of the ledger, made while it is written to, and put back whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup as Copy, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::difference::Difference;
use super::error::LedgerError;
use super::files::{Lock, Witness, beside, create_private, make_folder, sync_folder};
use super::reader::LedgerReader;
use super::schema;
use super::store::last_sequence;
use super::verify::verify;
use crate::market::UtcTime;

/// A copy that was made and read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The newest batch in it.
    pub sequence: u64,
    /// Its size.
    pub bytes: u64,
    /// What does not add up in it, as in the ledger it was made from.
    pub differences: Vec<Difference>,
}

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The newest batch in it.
    pub sequence: u64,
    /// Where the ledger that was there before is kept.
    pub former: Option<PathBuf>,
}

/// Copies a ledger into one file for the owner only, as it is at one moment, while the desk goes on writing; then reads
/// the copy back and audits it.
///
/// # Errors
/// The target exists, or the ledger or the target cannot be read or written; then no target is left behind.
pub fn backup(from: &Path, to: &Path) -> Result<Backup, LedgerError> {
    let reader = LedgerReader::open(from)?;
    // Holds the name, so that nobody else's file is replaced by the finished copy.
    drop(create_private(to)?);
    let partial = beside(to, ".partial");
    let made = copy(&reader, &partial).and_then(|backup| {
        fs::rename(&partial, to).map_err(|error| LedgerError::io("name the copy", to, error))?;
        sync_folder(to)?;
        Ok(backup)
    });
    if made.is_err() {
        // What is left of a failed copy helps nobody; its error is what counts.
        let _ = fs::remove_file(&partial);
        let _ = fs::remove_file(to);
    }
    made
}

fn copy(reader: &LedgerReader, to: &Path) -> Result<Backup, LedgerError> {
    let failed = |error| LedgerError::sqlite("copy itself", error);
    drop(create_private(to)?);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(to, flags).map_err(failed)?;
    {
        let copy = Copy::new(reader.connection(), &mut target).map_err(failed)?;
        // All pages in one step: one moment of the ledger, and in WAL mode no writer waits for it.
        match copy.step(-1).map_err(failed)? {
            StepResult::Done => {}
            _ => return Err(LedgerError::Busy),
        }
    }
    if schema::check(&target, to)? < schema::VERSION {
        schema::migrate(&target)?;
    }
    // A copy is one file: without its own log it can be carried anywhere.
    target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(failed)?;
    target.close().map_err(|(_, error)| failed(error))?;
    let file = fs::File::open(to).map_err(|error| LedgerError::io("open", to, error))?;
    file.sync_all().map_err(|error| LedgerError::io("sync", to, error))?;
    let bytes = file.metadata().map_err(|error| LedgerError::io("look at", to, error))?.len();
    let copied = LedgerReader::open(to)?;
    let differences = verify(&copied)?;
    Ok(Backup { sequence: last_sequence(copied.connection())?, bytes, differences })
}

/// Puts a backup in the ledger's place. The backup is audited first, and brought up to date if an older hoga made it; the ledger that was there is kept beside it under
/// a name with the time.
///
/// # Errors
/// A desk has the ledger, or the backup is damaged, of another version, or does not add up. Then nothing is changed.
pub fn restore(from: &Path, to: &Path, now: UtcTime) -> Result<Restored, LedgerError> {
    make_folder(to)?;
    let _lock = Lock::take(to)?;
    let incoming = beside(to, ".incoming");
    match fs::remove_file(&incoming) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(LedgerError::io("remove", &incoming, error));
        }
        _ => {}
    }
    let (source, _) = LedgerReader::open_any_version(from)?;
    let copied = copy(&source, &incoming).and_then(|copied| match copied.differences.first() {
        None => Ok(copied.sequence),
        Some(first) => Err(LedgerError::Differs {
            path: from.to_path_buf(),
            count: copied.differences.len(),
            first: first.to_string(),
        }),
    });
    let sequence = copied.inspect_err(|_| {
        let _ = fs::remove_file(&incoming);
    })?;
    let former = put_aside(to, now)?;
    fs::rename(&incoming, to).map_err(|error| LedgerError::io("put the backup at", to, error))?;
    sync_folder(to)?;
    let (witness, _) = Witness::open(to)?;
    witness
        .note(sequence)
        .and_then(|()| witness.sync())
        .map_err(|error| LedgerError::io("write the witness of", to, error))?;
    Ok(Restored { sequence, former })
}

/// Keeps the old ledger under a dated name. Its log goes with it: it must never be applied to another database. The
/// database itself keeps its name too until it is replaced, so that there is no moment without one.
fn put_aside(path: &Path, now: UtcTime) -> Result<Option<PathBuf>, LedgerError> {
    if !path.exists() {
        return Ok(None);
    }
    let stamp: String = now.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    let former = beside(path, &format!(".before-{stamp}"));
    if former.exists() {
        return Err(LedgerError::Exists(former));
    }
    let kept = |error| LedgerError::io("keep the old ledger as", &former, error);
    if fs::hard_link(path, &former).is_err() {
        fs::copy(path, &former).map_err(kept)?;
    }
    let log = beside(path, "-wal");
    if log.exists() {
        fs::rename(&log, beside(&former, "-wal")).map_err(kept)?;
    }
    match fs::remove_file(beside(path, "-shm")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(kept(error)),
        _ => Ok(Some(former)),
    }
}
