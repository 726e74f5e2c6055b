//! What goes to standard error: everything that is no data.

use std::io::Write;

/// A line. That nobody reads it stops nothing.
pub fn line(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "{text}");
}

/// Text without a line's end, for a question.
pub fn question(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "{text}");
    let _ = stderr.flush();
}
