//! Bytes, spans and rates in few letters, written without allocating.

use std::fmt;
use std::time::Duration;

use crate::text::Language;
use crate::text::screen::system::System;

/// `812B`, `12.3KB`, `4.56MB`, `1.20GB`; by 1,000.
#[derive(Debug, Clone, Copy)]
pub struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes @ 0..=999 => write!(f, "{bytes}B"),
            bytes @ 1_000..=999_999 => scaled(f, bytes, 1_000, "KB"),
            bytes @ 1_000_000..=999_999_999 => scaled(f, bytes, 1_000_000, "MB"),
            bytes => scaled(f, bytes, 1_000_000_000, "GB"),
        }
    }
}

/// `850µs`, `1.24ms`, `2.50s`. The sign of micro is two cells wide on some terminals, which get `us`.
#[derive(Debug, Clone, Copy)]
pub struct Micros {
    /// How many.
    pub us: u64,
    /// Whether only ASCII may be written.
    pub ascii: bool,
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.us {
            us @ 0..=999 => write!(f, "{us}{}", if self.ascii { "us" } else { "µs" }),
            us @ 1_000..=999_999 => scaled(f, us, 1_000, "ms"),
            us => scaled(f, us, 1_000_000, "s"),
        }
    }
}

/// `초당 250`, `250/s`.
#[derive(Debug, Clone, Copy)]
pub struct Rate<T> {
    /// In what language.
    pub language: Language,
    /// How much a second.
    pub amount: T,
}

impl<T: fmt::Display> fmt::Display for Rate<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = System::PerSecond.text(self.language);
        match self.language {
            Language::Ko => write!(f, "{name} {}", self.amount),
            Language::En => write!(f, "{}{name}", self.amount),
        }
    }
}

/// Three digits at most, as far as the number is below a thousand units.
fn scaled(f: &mut fmt::Formatter<'_>, value: u64, unit: u64, name: &str) -> fmt::Result {
    let whole = value / unit;
    let hundredths = value % unit * 100 / unit;
    match whole {
        0..=9 => write!(f, "{whole}.{hundredths:02}{name}"),
        10..=99 => write!(f, "{whole}.{}{name}", hundredths / 10),
        _ => write!(f, "{whole}{name}"),
    }
}

/// `0.2s`, `12s`, `3m`, `2h`.
#[derive(Debug, Clone, Copy)]
pub struct Age(pub Duration);

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            seconds @ 0..=9 => write!(f, "{seconds}.{}s", self.0.subsec_millis() / 100),
            seconds @ 10..=119 => write!(f, "{seconds}s"),
            seconds @ 120..=7_199 => write!(f, "{}m", seconds / 60),
            seconds => write!(f, "{}h", seconds / 3_600),
        }
    }
}

/// `5:03`, `1:12:40`, `3d 04:00`.
#[derive(Debug, Clone, Copy)]
pub struct Uptime(pub u64);

impl fmt::Display for Uptime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0;
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
        match (days, hours) {
            (0, 0) => write!(f, "{minutes}:{:02}", seconds % 60),
            (0, _) => write!(f, "{hours}:{minutes:02}:{:02}", seconds % 60),
            _ => write!(f, "{days}d {hours:02}:{minutes:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short() {
        let bytes = |count| Bytes(count).to_string();
        assert_eq!([bytes(812), bytes(12_345), bytes(4_560_000)], ["812B", "12.3KB", "4.56MB"]);
        assert_eq!([bytes(999_999), bytes(1_200_000_000)], ["999KB", "1.20GB"]);
        let micros = |us| Micros { us, ascii: false }.to_string();
        assert_eq!([micros(0), micros(850), micros(1_240), micros(2_500_000)], ["0µs", "850µs", "1.24ms", "2.50s"]);
        assert_eq!(Micros { us: 7, ascii: true }.to_string(), "7us");
        let age = |ms| Age(Duration::from_millis(ms)).to_string();
        assert_eq!([age(230), age(12_000), age(700_000), age(7_300_000)], ["0.2s", "12s", "11m", "2h"]);
        assert_eq!([Uptime(303).to_string(), Uptime(4_360).to_string()], ["5:03", "1:12:40"]);
        assert_eq!(Uptime(273_600).to_string(), "3d 04:00");
    }
}
