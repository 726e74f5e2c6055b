//! The inputs that coverage has found: a text file for each target, an input a line, so that a change of them can be read.
//! A backslash is written twice, and what cannot be printed as `\x` with two digits.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/corpus");
/// Longest input that is kept: what a long one reaches, a short one mostly reaches too.
const SIZE_MAX: usize = 512;

fn file(target: &str) -> PathBuf {
    Path::new(FOLDER).join(format!("{target}.txt"))
}

/// The inputs kept of a target; none where nothing was kept.
///
/// # Errors
/// The file cannot be read, or a line of it is no input.
pub fn read(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let text = match fs::read_to_string(file(target)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        text => text?,
    };
    let parsed = text.lines().map(|line| parse(line).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, line)));
    parsed.collect()
}

/// Keeps the inputs of a folder, one a file, in place of those there were; how many.
///
/// # Errors
/// The folder cannot be read, or the file not written.
pub fn pack(target: &str, folder: &Path) -> io::Result<usize> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let bytes = fs::read(entry?.path())?;
        if bytes.len() <= SIZE_MAX {
            inputs.push(bytes);
        }
    }
    inputs.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    inputs.dedup();
    fs::create_dir_all(FOLDER)?;
    fs::write(file(target), inputs.iter().map(|bytes| write(bytes) + "\n").collect::<String>())?;
    Ok(inputs.len())
}

/// Writes the inputs of a target into a folder, one a file; how many.
///
/// # Errors
/// What is kept cannot be read, or the folder not written.
pub fn unpack(target: &str, folder: &Path) -> io::Result<usize> {
    let inputs = read(target)?;
    fs::create_dir_all(folder)?;
    for (number, bytes) in inputs.iter().enumerate() {
        fs::write(folder.join(format!("{number:04}")), bytes)?;
    }
    Ok(inputs.len())
}

fn write(bytes: &[u8]) -> String {
    let mut line = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\\' => line.push_str("\\\\"),
            b' '..=b'~' => line.push(char::from(byte)),
            _ => line.push_str(&format!("\\x{byte:02x}")),
        }
    }
    line
}

fn parse(line: &str) -> Option<Vec<u8>> {
    let mut rest = line.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    loop {
        rest = match rest {
            [] => return Some(bytes),
            [b'\\', b'\\', rest @ ..] => {
                bytes.push(b'\\');
                rest
            }
            [b'\\', b'x', digits @ ..] => {
                let [high, low, rest @ ..] = digits else { return None };
                let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                bytes.push(digit(*high)? << 4 | digit(*low)?);
                rest
            }
            [b'\\', ..] => return None,
            [byte, rest @ ..] => {
                bytes.push(*byte);
                rest
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, write};

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=u8::MAX).chain(*b"\\x41\\").collect();
        assert_eq!(parse(&write(&all)), Some(all));
        assert_eq!([parse("\\"), parse("\\x4"), parse("\\n"), parse("\\x+1")], [const { None }; 4]);
    }
}
