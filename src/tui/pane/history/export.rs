//! Rows as files, written by a thread of their own: the screen never waits for a disk.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use serde::Serialize;

use crate::config::private_dir::ensure_private_dir;
use crate::market::session::zone;
use crate::market::{UtcTime, Venue};

/// Folder in the data folder.
pub const FOLDER: &str = "exports";

/// What was written.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// The file of comma-separated values; beside it stands one of JSON lines.
    pub csv: PathBuf,
    /// Rows in each.
    pub count: usize,
}

/// An export under way.
#[derive(Debug)]
pub struct Export {
    said: Receiver<Result<Written, String>>,
}

impl Export {
    /// What came of it; `None` while it is under way.
    pub fn outcome(&self) -> Option<Result<Written, String>> {
        match self.said.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err("the thread that wrote it ended".to_owned())),
        }
    }

    /// One that has ended.
    #[cfg(test)]
    pub fn ended(outcome: Result<Written, String>) -> Self {
        let (say, said) = sync_channel(1);
        say.send(outcome).unwrap();
        Self { said }
    }

    /// Waits for it.
    #[cfg(test)]
    pub fn wait(&self) -> Result<Written, String> {
        self.said.recv().unwrap()
    }
}

/// Name of the files without their endings: `sim-orders-20261120-103000-000`, in Korean time.
#[must_use]
pub fn stem(profile: &str, word: &str, now: UtcTime) -> String {
    let local = now.to_jiff().to_zoned(zone(Venue::Krx).clone());
    format!("{profile}-{word}-{}", local.strftime("%Y%m%d-%H%M%S-%3f"))
}

/// Begins to write records into two files of a folder.
///
/// # Errors
/// The system gives no thread.
pub fn begin<R: Serialize + Send + 'static>(folder: PathBuf, stem: String, records: Vec<R>) -> io::Result<Export> {
    let (say, said) = sync_channel(1);
    std::thread::Builder::new().name("export".into()).spawn(move || {
        let outcome = write_both(&folder, &stem, &records).map_err(|error| error.to_string());
        // Nobody waits for it any more when the screen was left.
        let _ = say.send(outcome);
    })?;
    Ok(Export { said })
}

fn write_both<R: Serialize>(folder: &Path, stem: &str, records: &[R]) -> io::Result<Written> {
    ensure_private_dir(folder).map_err(io::Error::other)?;
    let csv = folder.join(format!("{stem}.csv"));
    write_file(&csv, &as_csv(records)?)?;
    write_file(&folder.join(format!("{stem}.jsonl")), &as_json_lines(records)?)?;
    Ok(Written { csv, count: records.len() })
}

/// Comma-separated values, the first line with the keys of the records' JSON.
fn as_csv<R: Serialize>(records: &[R]) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        writer.serialize(record).map_err(io::Error::other)?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn as_json_lines<R: Serialize>(records: &[R]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for record in records {
        serde_json::to_writer(&mut text, record)?;
        text.push(b'\n');
    }
    Ok(text)
}

/// Writes a file that only its owner may read, whole or not at all.
fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::desk::record::OrderRecord;
    use crate::tui::model::fixture;

    #[test]
    fn files_have_the_keys_of_the_records_and_are_their_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let order: OrderRecord = serde_json::from_value(fixture::order("o-1", "buy", "71000", 10)).unwrap();
        let mut other = order.clone();
        other.reason = Some("no, \"not\" now\nlater".into());
        let records = vec![order, other];
        let stem = stem("sim", "orders", fixture::now().utc);
        let written = begin(folder.path().join(FOLDER), stem, records.clone()).unwrap().wait().unwrap();
        assert!(written.csv.ends_with("exports/sim-orders-20261120-103000-000.csv"), "{written:?}");
        let mode = fs::metadata(&written.csv).unwrap().permissions().mode();
        assert_eq!((mode & 0o777, written.count), (0o600, 2));

        let mut reader = csv::Reader::from_path(&written.csv).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let mut keys: Vec<String> =
            serde_json::to_value(&records[0]).unwrap().as_object().unwrap().keys().cloned().collect();
        let mut sorted = header.clone();
        sorted.sort();
        keys.sort();
        assert_eq!(sorted, keys);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let cell = |row: usize, key: &str| rows[row][header.iter().position(|name| name == key).unwrap()].to_owned();
        assert_eq!((cell(0, "price").as_str(), cell(0, "created_at").as_str()), ("71000", "2026-11-20T01:29:00.000Z"));
        assert_eq!((cell(0, "reason").as_str(), cell(0, "type").as_str()), ("", "limit"));
        assert_eq!(cell(1, "reason"), "no, \"not\" now\nlater");

        let lines = fs::read_to_string(written.csv.with_extension("jsonl")).unwrap();
        let read: Vec<OrderRecord> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read, records);
    }

    #[test]
    fn a_folder_that_takes_no_file_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("file");
        fs::write(&taken, "").unwrap();
        let outcome = begin::<OrderRecord>(taken, "x".into(), Vec::new()).unwrap().wait();
        assert!(outcome.unwrap_err().contains("file"));
    }
}
