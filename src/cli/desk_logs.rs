//! `hoga desk logs`: the end of the newest log file, and what is written to it from then on.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::context::Context;
use super::desk_run::error_file;
use super::output::{Done, Stop, write};
use super::table::plain;
use crate::text::Say;

/// Between two looks for more.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Runs the command.
///
/// # Errors
/// As every command: [`Stop`].
pub fn run(context: &Context, lines: usize, follow: bool) -> Done {
    let dir = context.paths.log_dir();
    let mut file = newest(&dir);
    let mut at = 0;
    match &file {
        Some(path) => at = tail(path, lines)?,
        None => context.say(&Say::NoLog),
    }
    if let Ok(text) = std::fs::read_to_string(error_file(&context.paths)) {
        write(&cleaned(&text))?;
    }
    if !follow {
        return Ok(0);
    }
    loop {
        std::thread::park_timeout(LOOK_EVERY);
        let now = newest(&dir);
        if now != file {
            (file, at) = (now, 0);
        }
        if let Some(path) = &file {
            at += more(path, at)?;
        }
    }
}

/// The log file written to last.
fn newest(dir: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(dir).ok()?.flatten();
    let files = files.filter_map(|file| {
        let metadata = file.metadata().ok()?;
        metadata.is_file().then_some((metadata.modified().ok()?, file.path()))
    });
    files.max().map(|(_, path)| path)
}

/// Prints the last `lines` and returns how many bytes the file had.
fn tail(path: &Path, lines: usize) -> Result<u64, Stop> {
    let mut reader = BufReader::new(File::open(path)?);
    let mut kept: VecDeque<String> = VecDeque::new();
    let mut bytes = Vec::new();
    let mut size = 0;
    loop {
        bytes.clear();
        let read = reader.read_until(b'\n', &mut bytes)?;
        if read == 0 {
            break;
        }
        size += read as u64;
        if kept.len() == lines {
            kept.pop_front();
        }
        kept.push_back(cleaned(&String::from_utf8_lossy(&bytes)));
    }
    write(&kept.into_iter().collect::<String>())?;
    Ok(size)
}

/// Prints what is behind byte `from`, up to the last line's end, and returns how many bytes that were.
fn more(path: &Path, from: u64) -> Result<u64, Stop> {
    use std::io::{Seek, SeekFrom};
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let text = String::from_utf8_lossy(bytes.get(..whole).unwrap_or_default()).into_owned();
    if !text.is_empty() {
        write(&cleaned(&text))?;
    }
    Ok(whole as u64)
}

/// Lines without control characters.
fn cleaned(text: &str) -> String {
    text.lines().map(|line| plain(line) + "\n").collect()
}
