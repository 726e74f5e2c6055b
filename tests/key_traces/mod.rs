//! Whether a program has left a trace of a key anywhere: in what it printed, in its files, on its command line.
//!
//! ```ignore
//! let traces = KeyTraces::of(KEY, SECRET);
//! traces.none_in("standard error", &bytes);
//! traces.none_under(&data_dir);
//! traces.none_on_command_line(pid);
//! ```
//! A key is looked for as it is, in hexadecimal, in base64 of either alphabet wherever it lies in what was encoded, and
//! percent-encoded; a secret also by its first eight letters. A key's last four letters may be shown.
#![allow(dead_code)]

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What must not be found.
pub struct KeyTraces {
    /// What it is, and its letters.
    wanted: Vec<(String, String)>,
}

impl KeyTraces {
    pub fn of(key: &str, secret: &str) -> Self {
        let mut wanted = vec![("the secret's first letters".to_owned(), secret[..8].to_owned())];
        for (name, text) in [("key", key), ("secret", secret)] {
            let mut add = |form: &str, trace: String| wanted.push((format!("the {name} {form}"), trace));
            add("as it is", text.to_owned());
            add("in hexadecimal", hex::encode(text));
            add("in hexadecimal", hex::encode_upper(text));
            add("percent-encoded", text.bytes().map(|byte| format!("%{byte:02X}")).collect());
            add("as bytes", format!("{:?}", text.as_bytes()).trim_matches(['[', ']']).to_owned());
            for before in 0..3 {
                add("in base64", aligned(STANDARD_NO_PAD.encode([&vec![0; before], text.as_bytes()].concat()), before));
                add("in base64", aligned(URL_SAFE_NO_PAD.encode([&vec![0; before], text.as_bytes()].concat()), before));
            }
        }
        Self { wanted }
    }

    /// # Panics
    /// When a trace is in these bytes.
    pub fn none_in(&self, place: &str, bytes: &[u8]) {
        // Every trace is of plain letters, which this leaves as they are.
        let text = String::from_utf8_lossy(bytes);
        for (what, trace) in &self.wanted {
            assert!(!text.contains(trace), "{what} is in {place}");
        }
    }

    /// Looks through every file below a folder, and its names.
    ///
    /// # Panics
    /// When a trace is in one.
    pub fn none_under(&self, folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let place = path.display().to_string();
            self.none_in("the name of a file", place.as_bytes());
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                self.none_under(&path);
            } else if kind.is_file() {
                // A file may be gone by now: logs and ledgers come and go.
                let Ok(bytes) = std::fs::read(&path) else { continue };
                self.none_in(&place, &bytes);
                if let Ok(unpacked) = zstd::decode_all(&bytes[..]) {
                    self.none_in(&place, &unpacked);
                }
            }
        }
    }

    /// # Panics
    /// When a trace is on the command line of a process, where every user of the machine can read it.
    pub fn none_on_command_line(&self, pid: impl std::fmt::Display) {
        if let Ok(line) = std::fs::read(format!("/proc/{pid}/cmdline")) {
            self.none_in("a command line", &line);
        }
    }
}

/// The letters of an encoding that depend on nothing before or behind what was encoded.
fn aligned(encoded: String, before: usize) -> String {
    let begin = [0, 2, 3][before];
    encoded[begin..encoded.len() - 2].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_found_in_every_form() {
        let (key, secret) = ("K3yOfSomebodyWithManyLetters", "S3cretOfSomebody+With/Letters");
        let traces = KeyTraces::of(key, secret);
        let leaks = |text: String| std::panic::catch_unwind(|| traces.none_in("x", text.as_bytes())).is_err();
        for begin in ["", "a", "ab", "abc"] {
            let text = format!("{begin}{secret} and so on");
            for written in [
                text.clone(),
                hex::encode(&text),
                hex::encode_upper(&text),
                STANDARD_NO_PAD.encode(&text),
                URL_SAFE_NO_PAD.encode(&text),
                format!("{:?}", text.as_bytes()),
            ] {
                assert!(leaks(written.clone()), "{written}");
            }
        }
        assert!(leaks(format!("begins with {}", &secret[..8])));
        assert!(leaks(format!("X-MBX-APIKEY: {key}")));
        assert!(!leaks(format!("****{}", &key[key.len() - 4..])));
    }
}
