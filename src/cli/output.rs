//! What goes to standard output: data, in the shape asked for. A reader that went away ends the command quietly.

use std::io::{self, IsTerminal, Write};

use jiff::tz::TimeZone;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::arguments::Format;
use super::keys::keys_of;
use super::table::{Cell, folded};
use crate::desk::protocol::{Failure, FailureKind};
use crate::text::{Column, Language, Say};

/// Why a command ends before its end.
#[derive(Debug)]
pub enum Stop {
    /// Nobody reads any more.
    PipeClosed,
    /// It failed; to be told.
    Failed(Box<Failure>),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl From<Box<Failure>> for Stop {
    fn from(failure: Box<Failure>) -> Self {
        Self::Failed(failure)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::PipeClosed;
        }
        Failure::new(FailureKind::Other, "OUTPUT", format!("cannot write: {error}")).into()
    }
}

/// Exit status of a command, or why it stopped.
pub type Done = Result<u8, Stop>;

/// How things are to look for people.
#[derive(Debug, Clone)]
pub struct Look {
    /// Language of headings and words.
    pub language: Language,
    /// Whether standard output takes colour.
    pub colour: bool,
    /// Zone of times.
    pub zone: TimeZone,
    /// Cells a line has, where standard output is a terminal.
    pub width: Option<usize>,
}

impl Look {
    /// Colour only on a terminal that is not told otherwise; times in the zone of the machine.
    #[must_use]
    pub fn of_stdout(language: Language) -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let terminal = io::stdout().is_terminal();
        let size = if terminal { rustix::termios::tcgetwinsize(io::stdout()).ok() } else { None };
        Self {
            language,
            colour: wanted && terminal,
            zone: super::zone::of_this_machine(),
            // A serial line or a plain pty does not know its size.
            width: size.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0),
        }
    }

    /// A heading.
    #[must_use]
    pub const fn head(&self, column: Column) -> &'static str {
        column.text(self.language)
    }

    /// A word for a value, as a cell.
    #[must_use]
    pub fn word(&self, name: &str) -> Cell {
        Cell::text(crate::text::term::term(self.language, name))
    }

    /// A word for a value that may be missing.
    #[must_use]
    pub fn optional_word(&self, name: Option<&str>) -> Cell {
        name.map(|name| self.word(name)).unwrap_or_default()
    }

    /// A time, as a cell.
    #[must_use]
    pub fn time(&self, time: crate::market::UtcTime) -> Cell {
        Cell::text(super::number::time(time, &self.zone))
    }
}

/// A record that can be shown to people; its JSON is its own.
pub trait Shown: Serialize + DeserializeOwned {
    /// Its line of a table; the same columns for every record of the type.
    fn row(&self, look: &Look) -> Vec<(Column, Cell)>;

    /// Columns that are left out where the terminal is too narrow for all, the least important first.
    const LEAST: &'static [Column] = &[];

    /// The one value that `-q` prints.
    fn key(&self) -> String;

    /// What it looks like alone.
    fn alone(&self, look: &Look) -> String {
        rows(std::slice::from_ref(self), look)
    }
}

/// Records as a table.
pub(super) fn rows<T: Shown>(records: &[T], look: &Look) -> String {
    let lines: Vec<Vec<(Column, Cell)>> = records.iter().map(|record| record.row(look)).collect();
    let first = lines.first().into_iter().flatten();
    let heads = first.map(|(column, _)| (*column, column.text(look.language))).collect();
    let cells = lines.into_iter().map(|line| line.into_iter().map(|(_, cell)| cell).collect()).collect();
    folded(heads, cells, T::LEAST, look.width, look.colour)
}

/// Standard output.
#[derive(Debug)]
pub struct Output {
    /// Shape of the data.
    pub format: Format,
    /// Only the value that matters.
    pub quiet: bool,
    /// How it looks for people.
    pub look: Look,
}

impl Output {
    /// Whether a person reads it: no machine's shape was asked for.
    #[must_use]
    pub fn is_for_people(&self) -> bool {
        self.format == Format::Table
    }

    /// One thing: an object, or a table of its own.
    ///
    /// # Errors
    /// [`Stop`] as every writer here.
    pub fn one<T: Shown>(&self, record: &T) -> Result<(), Stop> {
        match self.format {
            _ if self.quiet => write(&line(&record.key())),
            Format::Table => write(&record.alone(&self.look)),
            Format::Json | Format::Jsonl => write(&json_line(record)?),
            Format::Csv => write(&csv(std::slice::from_ref(record))?),
        }
    }

    /// Several things: a list, or a table.
    ///
    /// # Errors
    /// [`Stop`] as every writer here.
    pub fn list<T: Shown>(&self, records: &[T]) -> Result<(), Stop> {
        match self.format {
            _ if self.quiet => write(&records.iter().map(|record| line(&record.key())).collect::<String>()),
            Format::Table if records.is_empty() => {
                super::talk::line(&Say::Nothing.text(self.look.language));
                Ok(())
            }
            Format::Table => write(&rows(records, &self.look)),
            Format::Json => write(&json_line(&records)?),
            Format::Jsonl => write(&records.iter().map(json_line).collect::<Result<String, Stop>>()?),
            Format::Csv => write(&csv(records)?),
        }
    }

    /// What is no record: JSON for scripts, text for people and for `-q`. Empty text prints nothing.
    ///
    /// # Errors
    /// [`Stop`] as every writer here.
    pub fn value(&self, json: &Value, text: &str) -> Result<(), Stop> {
        if matches!(self.format, Format::Json | Format::Jsonl) && !self.quiet {
            return write(&json_line(json)?);
        }
        if text.is_empty() { Ok(()) } else { write(&format!("{}\n", text.trim_end_matches('\n'))) }
    }
}

fn line(text: &str) -> String {
    format!("{}\n", super::table::plain(text))
}

/// A value as a line of JSON.
///
/// # Errors
/// It cannot be JSON.
pub fn json_line<T: Serialize>(value: &T) -> Result<String, Stop> {
    let mut text = serde_json::to_string(value).map_err(io::Error::from)?;
    text.push('\n');
    Ok(text)
}

fn csv<T: Shown>(records: &[T]) -> Result<String, Stop> {
    let keys = keys_of::<T>();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(keys).map_err(csv_error)?;
    for record in records {
        let value = serde_json::to_value(record).map_err(io::Error::from)?;
        let cells = keys.iter().map(|key| match value.get(key) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        });
        writer.write_record(cells).map_err(csv_error)?;
    }
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn csv_error(error: csv::Error) -> io::Error {
    io::Error::other(error)
}

/// Writes text to standard output and flushes.
///
/// # Errors
/// [`Stop::PipeClosed`] when nobody reads any more.
pub fn write(text: &str) -> Result<(), Stop> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}
