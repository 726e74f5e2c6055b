//! The one connection that writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::desk_rows::BatchMark;
use super::error::LedgerError;
use super::files::{Lock, Reserve, Witness, grow_wal, make_folder, make_private};
use super::reader::LedgerReader;
use super::record::Batch;
use super::row::select;
use super::{schema, writes};

/// A file up to this size gets SQLite's full check at each start, a larger one the quick one.
const FULL_CHECK_UP_TO: u64 = 16 << 20;
const PAGE: u64 = 4096;

/// How a ledger is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Size the WAL is grown to and keeps.
    pub wal_bytes: u64,
    /// Space kept back for the time when the disk is full; 0 for none.
    pub reserve_bytes: u64,
    /// How long a commit waits for another writer. There should be none.
    pub busy_timeout: Duration,
    /// Largest size of the database in pages of 4 KiB, where there is to be one.
    pub max_pages: Option<u32>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { wal_bytes: 8 << 20, reserve_bytes: 16 << 20, busy_timeout: Duration::from_secs(2), max_pages: None }
    }
}

/// Where batches are made durable. The ledger's thread drives one; tests put a failing or slow one there.
pub trait Store: Send {
    /// Commits all batches in one SQL transaction, durably, or none of them.
    ///
    /// # Errors
    /// None of them is known to be committed. Giving the same batches again is right: those that are in are skipped.
    fn apply(&mut self, batches: &[Batch]) -> Result<(), LedgerError>;

    /// Work that can wait, done while there are no batches.
    fn tidy(&mut self) {}
}

#[derive(Debug)]
struct Files {
    path: PathBuf,
    witness: Witness,
    reserve: Reserve,
    _lock: Lock,
}

/// The ledger as its one writer has it. While it lives, no other process can open it for writing.
#[derive(Debug)]
pub struct LedgerStore {
    // Closed before the lock in `files` is given up.
    reader: LedgerReader,
    /// `None` after a failure, when the file has to be asked.
    last_sequence: Option<u64>,
    files: Option<Files>,
}

impl LedgerStore {
    /// Opens a ledger, makes it where there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// It is in use, of a newer version, damaged or older than what was committed; then its files are left as they are.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, LedgerError> {
        schema::check_sqlite()?;
        make_folder(path)?;
        let lock = Lock::take(path)?;
        let (witness, committed) = Witness::open(path)?;
        let committed = committed.unwrap_or(0);
        let size = fs::metadata(path).map_or(0, |file| file.len());
        if size == 0 && committed > 0 {
            return Err(LedgerError::Lost { path: path.to_path_buf(), found: 0, committed });
        }
        make_private(path)?;
        let connection = open_for_writing(path, options)?;
        if size > 0 {
            inspect(&connection, path, size).map_err(LedgerError::while_checking)?;
        }
        // Before anything is written: a WAL that was cut short must not be folded into the database.
        let before = if schema::version(&connection)? > 0 { last_sequence(&connection)? } else { 0 };
        if before < committed {
            return Err(LedgerError::Lost { path: path.to_path_buf(), found: before, committed });
        }
        make_durable(&connection)?;
        schema::migrate(&connection)?;
        grow_wal(path, options.wal_bytes)?;
        settle(&connection, options)?;
        let reserve = Reserve::new(path, options.reserve_bytes);
        if let Err(error) = reserve.restore() {
            tracing::warn!(%error, "no space is kept back for the ledger");
        }
        let files = Files { path: path.to_path_buf(), witness, reserve, _lock: lock };
        files.note(before);
        Ok(Self { reader: LedgerReader::over(connection)?, last_sequence: Some(before), files: Some(files) })
    }

    /// A ledger that ends with the process, for simulations and tests.
    ///
    /// # Errors
    /// SQLite could not make it.
    pub fn in_memory() -> Result<Self, LedgerError> {
        schema::check_sqlite()?;
        let connection = Connection::open_in_memory().map_err(|error| LedgerError::sqlite("open in memory", error))?;
        connection
            .execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;")
            .map_err(|error| LedgerError::sqlite("open in memory", error))?;
        schema::migrate(&connection)?;
        Ok(Self { reader: LedgerReader::over(connection)?, last_sequence: Some(0), files: None })
    }

    /// The ledger as readers see it.
    #[must_use]
    pub const fn reader(&self) -> &LedgerReader {
        &self.reader
    }

    /// The newest batch that is in.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn last_sequence(&self) -> Result<u64, LedgerError> {
        self.last_sequence.map_or_else(|| last_sequence(self.reader.connection()), Ok)
    }

    /// Moves the ceiling of [`OpenOptions::max_pages`].
    ///
    /// # Errors
    /// SQLite refused.
    pub fn set_max_pages(&self, pages: u32) -> Result<(), LedgerError> {
        limit_pages(self.reader.connection(), pages)
    }

    /// Whether the space kept back for a full disk is there.
    #[must_use]
    pub fn has_reserve(&self) -> bool {
        self.files.as_ref().is_none_or(|files| files.reserve.is_there())
    }

    /// Commits all batches in one SQL transaction, durably, or none of them. A batch that is in already is skipped.
    ///
    /// On a full disk the reserve is given up and the commit tried once more.
    ///
    /// # Errors
    /// A batch is not the next one, breaks a rule of the schema, or could not be written. Then none of them is known to
    /// be in; giving the same ones again is right.
    pub fn apply(&mut self, batches: &[Batch]) -> Result<(), LedgerError> {
        let mut outcome = self.commit(batches);
        if matches!(outcome, Err(LedgerError::DiskFull))
            && self.files.as_ref().is_some_and(|files| files.reserve.release())
        {
            tracing::warn!("the disk is full: the space kept back for the ledger was released");
            outcome = self.commit(batches);
        }
        self.last_sequence = outcome.as_ref().ok().copied();
        let sequence = outcome?;
        if let Some(files) = &self.files {
            files.note(sequence);
        }
        Ok(())
    }

    fn commit(&self, batches: &[Batch]) -> Result<u64, LedgerError> {
        let connection = self.reader.connection();
        let mut last = self.last_sequence()?;
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
            .map_err(|error| LedgerError::sqlite("begin to write", error))?;
        for batch in batches {
            let digest = writes::digest(batch);
            if batch.sequence <= last {
                is_repeat(connection, batch.sequence, digest, last)?;
                continue;
            }
            if batch.sequence != last + 1 {
                return Err(LedgerError::Sequence { expected: last + 1, got: batch.sequence });
            }
            writes::batch(connection, batch, digest).map_err(|error| refused(batch.sequence, error))?;
            last = batch.sequence;
        }
        transaction.commit().map_err(|error| refused(last, error))?;
        Ok(last)
    }

    /// Folds the WAL into the database and puts the reserve back, as far as both are possible now.
    pub fn tidy(&mut self) {
        let Some(files) = &self.files else { return };
        let folded = self.reader.connection().query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = folded {
            tracing::warn!(%error, "the ledger's WAL could not be folded in");
        }
        // No space for it is what it is for; the next time may do.
        let _ = files.reserve.restore();
    }
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn apply(&mut self, batches: &[Batch]) -> Result<(), LedgerError> {
        (**self).apply(batches)
    }

    fn tidy(&mut self) {
        (**self).tidy();
    }
}

impl Store for LedgerStore {
    fn apply(&mut self, batches: &[Batch]) -> Result<(), LedgerError> {
        Self::apply(self, batches)
    }

    fn tidy(&mut self) {
        Self::tidy(self);
    }
}

impl Files {
    fn note(&self, sequence: u64) {
        if let Err(error) = self.witness.note(sequence) {
            tracing::warn!(%error, path = %self.path.display(), "the ledger's witness could not be written");
        }
    }
}

fn open_for_writing(path: &Path, options: &OpenOptions) -> Result<Connection, LedgerError> {
    let opened = |error| LedgerError::sqlite("open", error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(opened)?;
    // Until the file has passed its checks, closing it must not write to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(opened)?;
    connection.busy_timeout(options.busy_timeout).map_err(opened)?;
    Ok(connection)
}

fn inspect(connection: &Connection, path: &Path, size: u64) -> Result<(), LedgerError> {
    let version = schema::check(connection, path)?;
    if let Some(detail) = schema::difference(connection, version)? {
        return Err(LedgerError::damaged(detail));
    }
    let check = if size <= FULL_CHECK_UP_TO { "integrity_check" } else { "quick_check" };
    let answer: String = connection
        .query_row(&format!("PRAGMA {check}(1)"), [], |row| row.get(0))
        .map_err(|error| LedgerError::sqlite("check itself", error))?;
    if answer != "ok" {
        return Err(LedgerError::damaged(answer));
    }
    tracing::debug!(version, check, "the ledger is sound");
    Ok(())
}

fn make_durable(connection: &Connection) -> Result<(), LedgerError> {
    let failed = |error| LedgerError::sqlite("switch to its write-ahead log", error);
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(failed)?;
    if mode != "wal" {
        return Err(LedgerError::ReadOnly);
    }
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = -1;").map_err(failed)
}

/// After the WAL has its size: fold it in when half of it is used, so that it is overwritten and never grows.
fn settle(connection: &Connection, options: &OpenOptions) -> Result<(), LedgerError> {
    let failed = |error| LedgerError::sqlite("set its limits", error);
    let frames = (options.wal_bytes / PAGE / 2).max(64);
    connection.execute_batch(&format!("PRAGMA wal_autocheckpoint = {frames};")).map_err(failed)?;
    if let Some(pages) = options.max_pages {
        limit_pages(connection, pages)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(failed)?;
    Ok(())
}

fn limit_pages(connection: &Connection, pages: u32) -> Result<(), LedgerError> {
    connection
        .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
        .map_err(|error| LedgerError::sqlite("set its limits", error))
}

pub(super) fn last_sequence(connection: &Connection) -> Result<u64, LedgerError> {
    let marks: Vec<BatchMark> = select(connection, "ORDER BY sequence DESC LIMIT 1", [])?;
    Ok(marks.first().map_or(0, |mark| mark.sequence))
}

fn is_repeat(connection: &Connection, sequence: u64, digest: u32, last: u64) -> Result<(), LedgerError> {
    let marks: Vec<BatchMark> = select(connection, "WHERE sequence = ?1", [sequence.cast_signed()])?;
    match marks.first() {
        Some(mark) if mark.digest == digest => Ok(()),
        Some(_) => Err(LedgerError::Changed { sequence }),
        None => Err(LedgerError::Sequence { expected: last + 1, got: sequence }),
    }
}

fn refused(sequence: u64, error: rusqlite::Error) -> LedgerError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => LedgerError::Refused { sequence, source: error },
        _ => LedgerError::sqlite("write", error),
    }
}
