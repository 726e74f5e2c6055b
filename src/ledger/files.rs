//! The files beside the database: the lock, the witness, the reserve, and the WAL's size.
//!
//! The *witness* holds the number of the newest committed batch. It is written after each commit without waiting for
//! the disk, so it never runs ahead of the database; a database that ends before it has lost commits, be it through a
//! damaged WAL (SQLite takes a broken frame for the end of the log and says nothing) or a file put back from elsewhere.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::error::LedgerError;

/// Only the owner reads and writes.
const PRIVATE_FILE: u32 = 0o600;
const PRIVATE_FOLDER: u32 = 0o700;
/// Zeros written at once.
const BLOCK_BYTES: usize = 64 * 1024;

/// `ledger.db` and a suffix: `ledger.db-wal`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

/// `ledger.db` and its sibling: `ledger.reserve`.
fn reserve_path(path: &Path) -> PathBuf {
    path.with_extension("reserve")
}

/// Makes the folder of a file, for the owner only, where it is not there.
pub(super) fn make_folder(path: &Path) -> Result<(), LedgerError> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => DirBuilder::new()
            .recursive(true)
            .mode(PRIVATE_FOLDER)
            .create(folder)
            .map_err(|error| LedgerError::io("make the folder", folder, error)),
        _ => Ok(()),
    }
}

/// Makes a database file for the owner only, or takes others' rights from it.
///
/// One that exists is not opened: closing any descriptor of a file drops the locks that SQLite holds on it in this
/// process.
pub(super) fn make_private(path: &Path) -> Result<(), LedgerError> {
    match fs::metadata(path) {
        Ok(file) if file.permissions().mode() & 0o077 != 0 => {
            fs::set_permissions(path, fs::Permissions::from_mode(PRIVATE_FILE))
                .map_err(|error| LedgerError::io("take others' rights from", path, error))
        }
        Ok(_) => Ok(()),
        Err(_) => create_private(path).map(drop),
    }
}

/// Opens a file of the owner's for reading and writing, and makes it where it is not there.
pub(super) fn open_private(path: &Path) -> Result<File, LedgerError> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(PRIVATE_FILE)
        .open(path)
        .map_err(|error| LedgerError::io("open", path, error))?;
    let mode = file.metadata().map_err(|error| LedgerError::io("look at", path, error))?.permissions().mode();
    if mode & 0o077 != 0 {
        let private = fs::Permissions::from_mode(PRIVATE_FILE);
        file.set_permissions(private).map_err(|error| LedgerError::io("take others' rights from", path, error))?;
    }
    Ok(file)
}

/// Makes a file of the owner's that must not be there yet.
pub(super) fn create_private(path: &Path) -> Result<File, LedgerError> {
    match OpenOptions::new().read(true).write(true).create_new(true).mode(PRIVATE_FILE).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(LedgerError::Exists(path.to_path_buf())),
        other => other.map_err(|error| LedgerError::io("make", path, error)),
    }
}

/// Makes renames and new files in the folder of `path` last.
pub(super) fn sync_folder(path: &Path) -> Result<(), LedgerError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| LedgerError::io("sync", folder, error))
}

/// The right to write to a ledger, held as long as this lives.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes it, or says who has it.
    pub fn take(path: &Path) -> Result<Self, LedgerError> {
        let lock_path = beside(path, ".lock");
        let mut file = open_private(&lock_path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(LedgerError::InUse { path: path.to_path_buf(), pid });
            }
            Err(TryLockError::Error(error)) => return Err(LedgerError::io("lock", &lock_path, error)),
        }
        let written = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        written.map_err(|error| LedgerError::io("write", &lock_path, error))?;
        Ok(Self { _file: file })
    }
}

/// The number of the newest committed batch, outside the database.
#[derive(Debug)]
pub(super) struct Witness {
    file: File,
}

/// The batch a witness names when it is whole. A torn one says nothing; it is a second opinion, not the record.
fn testimony(text: &str) -> Option<u64> {
    let (sequence, seal) = text.trim_end().split_once(' ')?;
    let seal = u32::from_str_radix(seal, 16).ok()?;
    (crc32fast::hash(sequence.as_bytes()) == seal).then(|| sequence.parse().ok())?
}

impl Witness {
    /// Opens it; with what it says.
    pub fn open(path: &Path) -> Result<(Self, Option<u64>), LedgerError> {
        let witness_path = beside(path, ".witness");
        let mut file = open_private(&witness_path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(|error| LedgerError::io("read", &witness_path, error))?;
        Ok((Self { file }, testimony(&String::from_utf8_lossy(&text))))
    }

    /// Says that everything up to `sequence` is committed.
    pub fn note(&self, sequence: u64) -> io::Result<()> {
        let digits = format!("{sequence:020}");
        let line = format!("{digits} {:08x}\n", crc32fast::hash(digits.as_bytes()));
        self.file.write_all_at(line.as_bytes(), 0)
    }

    /// Makes it last; for when it may move backwards.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

/// Writes zeros from the end of a file until it is `size` long, really on the disk.
fn grow(file: &mut File, size: u64) -> io::Result<()> {
    let mut at = file.seek(SeekFrom::End(0))?;
    if at >= size {
        return Ok(());
    }
    let zeros = vec![0; BLOCK_BYTES];
    while at < size {
        let part = usize::try_from(size - at).unwrap_or(usize::MAX).min(zeros.len());
        file.write_all(zeros.get(..part).unwrap_or(&zeros))?;
        at += part as u64;
    }
    file.sync_all()
}

/// Grows the WAL, so that commits overwrite blocks that exist instead of making the file system journal a new size at
/// each of them. SQLite takes zeros for the end of the log.
pub(super) fn grow_wal(path: &Path, size: u64) -> Result<(), LedgerError> {
    let wal = beside(path, "-wal");
    let mut file = open_private(&wal)?;
    grow(&mut file, size).map_err(|error| LedgerError::io("grow", &wal, error))
}

/// Space kept back so that orders can still be written when everything else has filled the disk.
#[derive(Debug)]
pub(super) struct Reserve {
    path: PathBuf,
    size: u64,
}

impl Reserve {
    pub fn new(ledger: &Path, size: u64) -> Self {
        Self { path: reserve_path(ledger), size }
    }

    /// Whether it is there in full.
    pub fn is_there(&self) -> bool {
        self.size == 0 || fs::metadata(&self.path).is_ok_and(|file| file.len() >= self.size)
    }

    /// Gives the space back; whether there was any to give.
    pub fn release(&self) -> bool {
        self.size > 0 && fs::remove_file(&self.path).is_ok()
    }

    /// Takes the space when the disk has twice as much, so that it is not taken from what it is for.
    pub fn restore(&self) -> io::Result<()> {
        if self.is_there() {
            return Ok(());
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let disk = rustix::fs::statvfs(folder)?;
        if disk.f_bavail.saturating_mul(disk.f_frsize) < self.size.saturating_mul(2) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(PRIVATE_FILE)
            .open(&self.path)?;
        grow(&mut file, self.size).inspect_err(|_| {
            // Half a reserve would keep the space and not count as one.
            let _ = fs::remove_file(&self.path);
        })
    }
}
