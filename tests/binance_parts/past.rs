//! The past of a price, the same for the same seed: value noise over several spans, in ticks, and only whole numbers.

use super::random::mixed;

/// Spans in minutes with the height of their waves, in parts of a million of the price.
const WAVES: [(i64, i64); 5] = [(1, 250), (7, 700), (61, 2_000), (727, 9_000), (10_007, 40_000)];

/// How far the price of a minute is from its base, in millionths of the base.
pub fn offset(seed: u64, minute: i64) -> i64 {
    WAVES.iter().map(|(span, height)| wave(seed, minute, *span, *height)).sum()
}

fn wave(seed: u64, minute: i64, span: i64, height: i64) -> i64 {
    let (cell, within) = (minute.div_euclid(span), minute.rem_euclid(span));
    let (from, to) = (corner(seed, cell, span, height), corner(seed, cell + 1, span, height));
    from + (to - from) * within / span
}

fn corner(seed: u64, cell: i64, span: i64, height: i64) -> i64 {
    let range = u64::try_from(2 * height + 1).unwrap_or(1);
    i64::try_from(hash(seed ^ span.unsigned_abs(), cell) % range).unwrap_or_default() - height
}

/// A number of a place in time.
pub fn hash(seed: u64, at: i64) -> u64 {
    mixed(seed ^ mixed(at as u64))
}
