//! The indicator a mistyped name most likely meant.

/// Longer words are no typos of any name.
const LENGTH_MAX: usize = 32;

/// The known word with the fewest edits (letters inserted, dropped or replaced, neighbours swapped); the earlier one of
/// equals, none when all are more than one edit in three letters away.
pub(super) fn nearest(typed: &str, known: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    let typed: Vec<char> = typed.chars().take(LENGTH_MAX + 1).collect();
    if typed.is_empty() || typed.len() > LENGTH_MAX {
        return None;
    }
    known
        .into_iter()
        .map(|word| (distance(&typed, &word.chars().collect::<Vec<_>>()), word))
        .filter(|(edits, word)| *edits <= typed.len().max(word.len()).div_ceil(3))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, word)| word)
}

fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let mut edits = (above[j] + usize::from(a != b)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                edits = edits.min(before[j - 1] + 1);
            }
            row.push(edits);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_name() {
        let known = ["ema", "macd", "bollinger"];
        assert_eq!(nearest("emma", known), Some("ema"));
        assert_eq!(nearest("mcad", known), Some("macd"));
        assert_eq!(nearest("bolinger", known), Some("bollinger"));
        assert_eq!(nearest("ema20", known), Some("ema"));
        assert_eq!(nearest("rainbow", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"x".repeat(10_000), known), None);
    }
}
