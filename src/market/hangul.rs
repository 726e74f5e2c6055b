//! Korean initials (초성): what people type to find a name fast.

/// The 19 initial consonants in the order of the Unicode Hangul syllable block.
const INITIALS: [char; 19] =
    ['ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'];
/// Syllables that share an initial: 21 vowels times 28 finals.
const SYLLABLES_PER_INITIAL: u32 = 588;

/// 삼성전자 → ㅅㅅㅈㅈ; what is no Hangul syllable stays, in lower case.
#[must_use]
pub fn initials(text: &str) -> String {
    let initial = |c: char| match u32::from(c).checked_sub(0xAC00) {
        Some(offset) if offset < 11_172 => {
            let index = usize::try_from(offset / SYLLABLES_PER_INITIAL).unwrap_or_default();
            INITIALS.get(index).copied().unwrap_or(c)
        }
        _ => c.to_ascii_lowercase(),
    };
    text.chars().map(initial).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_of_names() {
        assert_eq!(initials("삼성전자"), "ㅅㅅㅈㅈ");
        assert_eq!(initials("SK하이닉스"), "skㅎㅇㄴㅅ");
        assert_eq!(initials("KODEX 200"), "kodex 200");
        assert_eq!(initials("힣가"), "ㅎㄱ");
    }
}
