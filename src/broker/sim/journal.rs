//! The exchange's memory across processes: an append-only file of JSON lines, each with its CRC-32.
//!
//! A line is written before the answer it belongs to goes out, without waiting for the disk: it survives the end of the
//! process, which is what a real venue would survive. A torn last line, as a crash leaves it, is dropped.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::truth::{Record, Truth};
use crate::market::UtcTime;

/// Days that finished orders and their fills are kept over restarts.
const KEPT_DAYS: u64 = 7;

/// Bytes it may grow by before it is shortened.
const GROWTH: usize = 8 << 20;

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system said no.
    #[error("journal of the simulated exchange: {0}")]
    Io(#[from] io::Error),
    /// A record could not be written as JSON.
    #[error("journal of the simulated exchange: {0}")]
    Encode(#[from] serde_json::Error),
    /// A line in the middle is damaged: later lines cannot be trusted either.
    #[error("journal of the simulated exchange: line {line} is damaged, and it is not the last one")]
    Damaged {
        /// Counted from 1.
        line: usize,
    },
}

/// Bytes of a journal that lives in memory; clones share them, as two processes would share a file.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal {
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl MemoryJournal {
    /// Everything written so far.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A journal as a crash might have left it.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self { bytes: Arc::new(Mutex::new(bytes)) }
    }
}

/// Where records go.
#[derive(Debug)]
pub struct Journal {
    place: Place,
    /// Bytes written since it was last shortened, and how many it had then.
    written: usize,
    whole: usize,
}

#[derive(Debug)]
enum Place {
    Memory(MemoryJournal),
    File { path: PathBuf, file: File },
}

#[derive(Deserialize)]
struct LineIn<'a> {
    crc: u32,
    #[serde(borrow)]
    record: &'a RawValue,
}

#[derive(Serialize)]
struct LineOut<'a> {
    crc: u32,
    record: &'a RawValue,
}

fn encode(record: &Record) -> Result<Vec<u8>, JournalError> {
    let record = serde_json::value::to_raw_value(record)?;
    let mut line = serde_json::to_vec(&LineOut { crc: crc32fast::hash(record.get().as_bytes()), record: &record })?;
    line.push(b'\n');
    Ok(line)
}

fn decode(line: &[u8]) -> Option<Record> {
    let line: LineIn<'_> = serde_json::from_slice(line).ok()?;
    let text = line.record.get();
    (crc32fast::hash(text.as_bytes()) == line.crc).then(|| serde_json::from_str(text).ok()).flatten()
}

fn replay(bytes: &[u8]) -> Result<Truth, JournalError> {
    let mut truth = Truth::default();
    let mut rest = bytes;
    let mut number = 0;
    while !rest.is_empty() {
        number += 1;
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = end.map_or((rest, &[] as &[u8]), |end| (&rest[..end], &rest[end + 1..]));
        match decode(line) {
            Some(record) => truth.apply(&record),
            None if after.is_empty() => break,
            None => return Err(JournalError::Damaged { line: number }),
        }
        rest = after;
    }
    Ok(truth)
}

/// What the exchange knew when a file was written last. The file is left alone, and an exchange may go on writing to it.
///
/// # Errors
/// It cannot be read, or a line before the last is damaged.
pub fn read(path: &Path) -> Result<Truth, JournalError> {
    replay(&std::fs::read(path)?)
}

impl Journal {
    const fn at(place: Place) -> Self {
        Self { place, written: 0, whole: 0 }
    }

    /// A journal in memory, for tests and for exchanges that need not remember.
    #[must_use]
    pub const fn memory(memory: MemoryJournal) -> Self {
        Self::at(Place::Memory(memory))
    }

    /// Opens a file, or makes it.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn file(path: &Path) -> Result<Self, JournalError> {
        let file = OpenOptions::new().create(true).append(true).read(true).mode(0o600).open(path)?;
        Ok(Self::at(Place::File { path: path.to_owned(), file }))
    }

    /// What was known when it was written last; the journal is shortened to that and what is old is dropped.
    ///
    /// # Errors
    /// When it cannot be read or written, or a line before the last is damaged. It is left as it is then.
    pub fn recover(&mut self, now: UtcTime) -> Result<Truth, JournalError> {
        let bytes = match &mut self.place {
            Place::Memory(memory) => memory.bytes(),
            Place::File { file, .. } => {
                let mut bytes = Vec::new();
                file.seek(SeekFrom::Start(0))?;
                file.read_to_end(&mut bytes)?;
                bytes
            }
        };
        let mut truth = replay(&bytes)?;
        truth.forget(now.minus(std::time::Duration::from_secs(KEPT_DAYS * 86_400)));
        self.start_over(&truth)?;
        Ok(truth)
    }

    /// Appends a record.
    ///
    /// # Errors
    /// When it cannot be written; then what it says must not be told to anybody.
    pub fn write(&mut self, record: &Record) -> Result<(), JournalError> {
        let line = encode(record)?;
        self.written += line.len();
        match &mut self.place {
            Place::Memory(memory) => {
                memory.bytes.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&line);
            }
            Place::File { file, .. } => file.write_all(&line)?,
        }
        Ok(())
    }

    /// Shortens it when it has grown far beyond what it has to say.
    ///
    /// # Errors
    /// When the new file cannot be written; the old one is left as it is.
    pub fn shorten(&mut self, truth: &Truth) -> Result<(), JournalError> {
        if self.written < GROWTH + 2 * self.whole {
            return Ok(());
        }
        self.start_over(truth)
    }

    /// Puts one line that says everything in the place of all others. A crash leaves the old file or the new one.
    fn start_over(&mut self, truth: &Truth) -> Result<(), JournalError> {
        let line = encode(&Record::Whole(Box::new(truth.clone())))?;
        (self.written, self.whole) = (0, line.len());
        match &mut self.place {
            Place::Memory(memory) => *memory.bytes.lock().unwrap_or_else(PoisonError::into_inner) = line,
            Place::File { path, file } => {
                let beside = path.with_extension("new");
                // One left by a crash may have another mode.
                match std::fs::remove_file(&beside) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                    _ => {}
                }
                let mut fresh = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&beside)?;
                fresh.write_all(&line)?;
                fresh.sync_all()?;
                std::fs::rename(&beside, &*path)?;
                *file = OpenOptions::new().append(true).read(true).open(&*path)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices(day: u64) -> Record {
        Record::Prices { day, prices: Vec::new() }
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_a_damaged_one_before_it_is_not_passed_over() {
        let mut bytes = Vec::new();
        for day in 1..=3 {
            bytes.extend(encode(&prices(day)).unwrap());
        }
        let torn = &bytes[..bytes.len() - 5];
        let mut journal = Journal::memory(MemoryJournal::from_bytes(torn.to_vec()));
        assert_eq!(journal.recover(UtcTime::EPOCH).unwrap().day, 2);
        let mut damaged = bytes.clone();
        damaged[30] ^= 1;
        let mut journal = Journal::memory(MemoryJournal::from_bytes(damaged));
        assert!(matches!(journal.recover(UtcTime::EPOCH), Err(JournalError::Damaged { line: 1 })));
    }

    #[test]
    fn it_does_not_grow_for_ever_while_the_exchange_runs() {
        let memory = MemoryJournal::default();
        let mut journal = Journal::memory(memory.clone());
        let mut truth = Truth::default();
        truth.apply(&prices(7));
        let mut most = 0;
        for _ in 0..2 {
            while journal.written < GROWTH + 2 * journal.whole {
                journal.write(&prices(1)).unwrap();
            }
            most = most.max(memory.bytes.lock().unwrap().len());
            journal.shorten(&truth).unwrap();
        }
        assert!(most < GROWTH + GROWTH / 8);
        assert_eq!(journal.recover(UtcTime::EPOCH).unwrap().day, 7);
    }

    #[test]
    fn an_order_that_came_twice_is_known_after_restarts() {
        let memory = MemoryJournal::default();
        let mut journal = Journal::memory(memory.clone());
        journal.write(&Record::Repeated("01a1fce6-bc89-7000-9eec-84fea2c0469e".parse().unwrap())).unwrap();
        for _ in 0..2 {
            assert_eq!(Journal::memory(memory.clone()).recover(UtcTime::EPOCH).unwrap().repeated, 1);
        }
    }

    #[test]
    fn a_file_is_shortened_when_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exchange.jsonl");
        let mut journal = Journal::file(&path).unwrap();
        journal.recover(UtcTime::EPOCH).unwrap();
        for day in 0..100 {
            journal.write(&prices(day)).unwrap();
        }
        drop(journal);
        let mut journal = Journal::file(&path).unwrap();
        assert_eq!(journal.recover(UtcTime::EPOCH).unwrap().day, 99);
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1);
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "nobody else may read it");
        journal.write(&prices(100)).unwrap();
        drop(journal);
        assert_eq!(Journal::file(&path).unwrap().recover(UtcTime::EPOCH).unwrap().day, 100);
    }
}
