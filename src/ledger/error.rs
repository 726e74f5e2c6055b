//! What can go wrong with the ledger, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// What can go wrong with the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A file operation failed.
    #[error("cannot {doing} {path}: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// SQLite refused for a reason that has no name of its own here.
    #[error("the ledger could not {doing}: {source}")]
    Sqlite {
        /// What was tried.
        doing: &'static str,
        /// SQLite's answer.
        source: rusqlite::Error,
    },
    /// No space left, the reserve included.
    #[error("the disk that holds the ledger is full: make space; orders go on by themselves then")]
    DiskFull,
    /// The file or its folder cannot be written.
    #[error("the ledger cannot be written: it, its folder or its disk is read-only")]
    ReadOnly,
    /// Another connection kept the write lock for too long.
    #[error("the ledger is busy: something else is writing to it")]
    Busy,
    /// Another process has the ledger.
    #[error("the ledger {path} is in use by {}: only one desk may write to it", holder(*pid))]
    InUse {
        /// Which ledger.
        path: PathBuf,
        /// Process id written into the lock file, where it could be read.
        pid: Option<u32>,
    },
    /// Written by a newer hoga.
    #[error(
        "the ledger {path} has schema version {found}, this hoga knows up to {known}: use the newer hoga that wrote it, \
         or restore a backup of this version with `hoga db restore`"
    )]
    NewerVersion {
        /// Which ledger.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// Newest version known here.
        known: u32,
    },
    /// Written by an older hoga and not migrated yet; only a reader says so, the desk migrates.
    #[error(
        "the ledger {path} has schema version {found}, this hoga needs {known}: start the desk once, which brings it up \
         to date"
    )]
    OlderVersion {
        /// Which ledger.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// Version needed.
        known: u32,
    },
    /// The SQLite library is older than what the ledger relies on.
    #[error("SQLite {found} is too old for the ledger: {needed} or newer is needed")]
    SqliteTooOld {
        /// Version found, as SQLite counts.
        found: i32,
        /// Version needed.
        needed: i32,
    },
    /// There is no such ledger.
    #[error("there is no ledger at {0}")]
    Missing(PathBuf),
    /// The file is not what was written.
    #[error("the ledger is damaged ({detail}); it was left as it is. Restore a backup with `hoga db restore`")]
    Damaged {
        /// What was found.
        detail: String,
    },
    /// The file is older than what was committed: damaged, replaced, or its `-wal` file is gone.
    #[error(
        "the ledger {path} ends at batch {found}, but batch {committed} was committed: its file or its -wal file is \
         damaged or was replaced. Put the right file back, or restore a backup with `hoga db restore`"
    )]
    Lost {
        /// Which ledger.
        path: PathBuf,
        /// Newest batch in the file.
        found: u64,
        /// Newest batch that was ever committed.
        committed: u64,
    },
    /// Batches must come one after another.
    #[error("batch {got} was given to the ledger, but {expected} is next")]
    Sequence {
        /// The batch that is next.
        expected: u64,
        /// The batch that came.
        got: u64,
    },
    /// A batch that was committed came again with other content.
    #[error("batch {sequence} is already in the ledger with other content")]
    Changed {
        /// Its number.
        sequence: u64,
    },
    /// A row breaks a rule of the schema, such as an execution booked twice.
    #[error("the ledger refused batch {sequence}: {source}")]
    Refused {
        /// The batch.
        sequence: u64,
        /// The rule, as SQLite names it.
        source: rusqlite::Error,
    },
    /// A file is in the way.
    #[error("{0} exists already and is not overwritten")]
    Exists(PathBuf),
    /// The content of a backup does not add up.
    #[error("{path} does not add up in {count} places (first: {first}); it was not restored")]
    Differs {
        /// Which file.
        path: PathBuf,
        /// How many differences.
        count: usize,
        /// The first of them.
        first: String,
    },
    /// The ledger's thread is gone.
    #[error("the ledger's thread ended before everything was written")]
    ThreadEnded,
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

impl LedgerError {
    /// An SQLite error under the name it has here.
    pub(super) fn sqlite(doing: &'static str, source: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        if matches!(source, E::FromSqlConversionFailure(..) | E::Utf8Error(..) | E::InvalidColumnType(..)) {
            return Self::damaged(source);
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::damaged(source),
            _ => Self::Sqlite { doing, source },
        }
    }

    pub(super) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull => Self::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Io { doing, path: path.to_path_buf(), source },
        }
    }

    pub(super) fn damaged(detail: impl ToString) -> Self {
        Self::Damaged { detail: detail.to_string() }
    }

    /// The same, met while a file is looked at before its use: SQLite's plain errors then come from what is in it.
    pub(super) fn while_checking(self) -> Self {
        match self {
            Self::Sqlite { source, .. } if source.sqlite_error_code() == Some(ErrorCode::Unknown) => {
                Self::damaged(source)
            }
            other => other,
        }
    }

    /// Whether trying the same again later may help without anybody changing the batch.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::Sqlite { .. } | Self::DiskFull | Self::ReadOnly | Self::Busy)
    }
}
