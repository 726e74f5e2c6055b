//! The known word nearest to a mistyped one.

use std::collections::BTreeMap;

/// Longer words are no typos of any key, and the distance costs their length times a key's.
const LENGTH_MAX: usize = 64;

/// The known word a typo most likely meant: fewest edits, the earlier one of equals; none when all are too far.
///
/// Case and `-` for `_` cost nothing. One edit in three letters is allowed.
#[must_use]
pub fn nearest<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let typed = folded(typed);
    if typed.is_empty() || typed.len() > LENGTH_MAX {
        return None;
    }
    known
        .into_iter()
        .map(|word| (distance(&typed, &folded(word)), word))
        .filter(|(edits, word)| *edits <= typed.len().max(word.chars().count()).div_ceil(3))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, word)| word)
}

fn folded(word: &str) -> Vec<char> {
    word.chars().take(LENGTH_MAX + 1).flat_map(char::to_lowercase).map(|c| if c == '-' { '_' } else { c }).collect()
}

/// Damerau-Levenshtein distance: letters inserted, dropped, replaced, and neighbours swapped, each as one edit
/// (Lowrance and Wagner's form, where a swapped pair may also be edited between).
fn distance(from: &[char], to: &[char]) -> usize {
    let width = to.len() + 2;
    let far = from.len() + to.len();
    let mut cells = vec![far; (from.len() + 2) * width];
    let at = |row: usize, column: usize| row * width + column;
    for row in 0..=from.len() {
        cells[at(row + 1, 1)] = row;
    }
    for column in 0..=to.len() {
        cells[at(1, column + 1)] = column;
    }
    let mut last_row_of: BTreeMap<char, usize> = BTreeMap::new();
    for (i, a) in from.iter().enumerate() {
        let row = i + 1;
        let mut last_match_column = 0;
        for (j, b) in to.iter().enumerate() {
            let column = j + 1;
            let swap_row = last_row_of.get(b).copied().unwrap_or(0);
            let swap_column = last_match_column;
            let same = a == b;
            if same {
                last_match_column = column;
            }
            let replaced = cells[at(row, column)] + usize::from(!same);
            let inserted = cells[at(row + 1, column)] + 1;
            let dropped = cells[at(row, column + 1)] + 1;
            let between = (row - swap_row - 1) + (column - swap_column - 1);
            let swapped = cells[at(swap_row, swap_column)] + between + 1;
            cells[at(row + 1, column + 1)] = replaced.min(inserted).min(dropped).min(swapped);
        }
        last_row_of.insert(*a, row);
    }
    cells[at(from.len() + 1, to.len() + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edits(from: &str, to: &str) -> usize {
        distance(&folded(from), &folded(to))
    }

    #[test]
    fn counts_each_kind_of_edit_once() {
        for (from, to, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("same", "same", 0),
            ("worlds", "world", 1),
            ("wrld", "world", 1),
            ("warld", "world", 1),
            ("wrold", "world", 1),
            ("ca", "abc", 2),
            ("호까", "호가", 1),
        ] {
            assert_eq!(edits(from, to), expected, "{from} -> {to}");
        }
    }

    #[test]
    fn finds_the_key_that_was_meant() {
        let known = ["max_order_amount", "max_orders_per_second", "max_positions", "blocked"];
        assert_eq!(nearest("max_postions", known), Some("max_positions"));
        assert_eq!(nearest("Max-Positions", known), Some("max_positions"));
        assert_eq!(nearest("block", known), Some("blocked"));
        assert_eq!(nearest("telegram", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }

    proptest! {
        #[test]
        fn is_a_distance(a in "[a-d]{0,8}", b in "[a-d]{0,8}", c in "[a-d]{0,8}") {
            prop_assert_eq!(edits(&a, &a), 0);
            prop_assert_eq!(edits(&a, &b), edits(&b, &a));
            prop_assert!(edits(&a, &c) <= edits(&a, &b) + edits(&b, &c));
            prop_assert!(edits(&a, &b) >= a.len().abs_diff(b.len()));
            prop_assert!(a == b || edits(&a, &b) > 0);
        }
    }
}
