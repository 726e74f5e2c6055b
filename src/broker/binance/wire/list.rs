//! Lists whose elements are read one by one: one that cannot be read costs itself and not its neighbours.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::broker::net::json::{self, JsonError};

/// What a list held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The elements that could be read, in their order.
    pub elements: Vec<T>,
    /// How many could not be. The list is not whole unless this is zero.
    pub refused: usize,
}

/// Reads a list.
///
/// # Errors
/// When the bytes are no JSON list, or more than `limit`.
pub fn parse<'a, T: Deserialize<'a>>(
    what: &'static str,
    bytes: &'a [u8],
    limit: usize,
) -> Result<Listed<T>, JsonError> {
    let rows: Vec<&RawValue> = json::parse(what, bytes, limit)?;
    let count = rows.len();
    let elements: Vec<T> =
        rows.into_iter().filter_map(|row| json::parse(what, row.get().as_bytes(), limit).ok()).collect();
    Ok(Listed { refused: count - elements.len(), elements })
}
