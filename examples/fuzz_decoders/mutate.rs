//! Samples, changed as a broken line, a new version or somebody hostile would change them; the same seed changes the same.

/// A generator that is its seed and nothing else (SplitMix64, public domain, by S. Vigna).
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below a bound; 0 for no bound.
    pub const fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.next() % bound as u64) as usize }
    }
}

/// What a value may be replaced by.
const VALUES: [&str; 30] = [
    "0",
    "-0",
    "1",
    "-1",
    "\"\"",
    "null",
    "true",
    "{}",
    "[]",
    "[[]]",
    "\"0\"",
    "\"-0.0\"",
    "\"-1\"",
    "1e400",
    "\"1e28\"",
    "9999999999999999999999999999e28",
    "1E-30",
    "\"0.00000000000000000000000000000001\"",
    "18446744073709551616",
    "9223372036854775807",
    "-9223372036854775808",
    "\"79228162514264337593543950335\"",
    "\"79228162514264337593543950336\"",
    "4102444800000",
    "1483228799999",
    "\"NaN\"",
    "\"\\u001b[2J\"",
    "\"\\ud800\"",
    "\"BTCUSDT\"",
    "\"TRADE\"",
];

/// Longest input made.
const SIZE_MAX: usize = 1 << 16;

/// A sample with one to eight changes.
pub fn input(samples: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = samples.get(random.below(samples.len())).cloned().unwrap_or_default();
    for _ in 0..=random.below(8) {
        change(&mut bytes, samples, random);
        if bytes.len() > SIZE_MAX {
            bytes.truncate(SIZE_MAX);
        }
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, samples: &[Vec<u8>], random: &mut Random) {
    let at = random.below(bytes.len());
    let end = (at + 1 + random.below(64)).min(bytes.len());
    match random.below(8) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.next() as u8;
            }
        }
        1 => bytes.truncate(at),
        2 => drop(bytes.drain(at.min(end)..end)),
        3 => {
            let part = bytes.get(at..end).unwrap_or_default().to_vec();
            bytes.splice(at..at, part);
        }
        4 => {
            let other = samples.get(random.below(samples.len())).map_or(&[][..], Vec::as_slice);
            let from = random.below(other.len());
            let part = other.get(from..(from + random.below(256)).min(other.len())).unwrap_or_default().to_vec();
            bytes.splice(at..at, part);
        }
        5 => {
            let open = if random.below(2) == 0 { b'[' } else { b'{' };
            let many = random.below(2_000);
            bytes.splice(at..at, std::iter::repeat_n(open, many));
        }
        _ => value(bytes, at, random),
    }
}

/// Replaces the value after the next mark: a colon or a comma, a caret or a bar where fields stand between those.
fn value(bytes: &mut Vec<u8>, at: usize, random: &mut Random) {
    let (marks, ends): (&[u8], &[u8]) = if bytes.contains(&b'^') { (b"^|", b"^|\n") } else { (b":,", b",}]\n") };
    let Some(start) = bytes.iter().skip(at).position(|byte| marks.contains(byte)).map(|found| at + found + 1) else {
        return;
    };
    let end = bytes.iter().skip(start).position(|byte| ends.contains(byte)).map_or(bytes.len(), |found| start + found);
    let mut new = VALUES.get(random.below(VALUES.len())).copied().unwrap_or_default();
    if marks.contains(&b'^') {
        new = new.trim_matches('"');
    }
    bytes.splice(start..end, new.bytes());
}
