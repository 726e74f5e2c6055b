//! Sentences with gaps, in both languages: what is said in English, for the ledger and for scripts, is read again to be shown
//! in Korean.

/// A sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// In English, each gap as `{}`.
    en: &'static str,
    /// In Korean, with the number of the English gap that stands there.
    ko: &'static str,
}

/// What stands in a gap of both languages.
const GAP: &str = "{}";

impl Form {
    /// The same sentence in both languages.
    #[must_use]
    pub const fn new(en: &'static str, ko: &'static str) -> Self {
        Self { en, ko }
    }

    /// In English.
    #[must_use]
    pub fn english(&self, values: &[&str]) -> String {
        let mut said = String::with_capacity(self.en.len());
        for (at, piece) in self.en.split(GAP).enumerate() {
            if let Some(value) = at.checked_sub(1).and_then(|gap| values.get(gap)) {
                said.push_str(value);
            }
            said.push_str(piece);
        }
        said
    }

    /// What was said in English, in Korean; each value goes through `word`. `None` when it is not this sentence.
    #[must_use]
    pub fn korean(&self, english: &str, word: impl Fn(&str) -> String) -> Option<String> {
        let values = self.values(english)?;
        let mut said = String::with_capacity(english.len());
        let mut rest = self.ko;
        while let Some((before, (gap, after))) =
            rest.split_once('{').and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
        {
            said.push_str(before);
            said.push_str(&word(gap.parse().ok().and_then(|gap: usize| values.get(gap).copied())?));
            rest = after;
        }
        said.push_str(rest);
        Some(said)
    }

    /// What stands in the gaps of an English sentence.
    fn values<'a>(&self, english: &'a str) -> Option<Vec<&'a str>> {
        let Some((start, gaps)) = self.en.split_once(GAP) else {
            return (self.en == english).then(Vec::new);
        };
        let mut rest = english.strip_prefix(start)?;
        let mut values = Vec::new();
        let mut pieces = gaps.split(GAP).peekable();
        while let Some(piece) = pieces.next() {
            if pieces.peek().is_none() {
                values.push(rest.strip_suffix(piece)?);
            } else {
                let (value, after) = rest.split_once(piece)?;
                values.push(value);
                rest = after;
            }
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(value: &str) -> String {
        value.to_owned()
    }

    #[test]
    fn what_is_said_in_english_is_read_again() {
        let form = Form::new("the exchange refused the {} of {}", "거래소가 {1} {0} 요청을 거부했습니다");
        let said = form.english(&["cancel", "KRX:005930"]);
        assert_eq!(said, "the exchange refused the cancel of KRX:005930");
        let korean = form.korean(&said, |word| if word == "cancel" { "취소".into() } else { same(word) });
        assert_eq!(korean.as_deref(), Some("거래소가 KRX:005930 취소 요청을 거부했습니다"));
        assert_eq!(form.korean("the exchange is closed", same), None);
        assert_eq!(form.korean("the exchange refused the cancel", same), None);
    }

    #[test]
    fn a_value_may_contain_what_looks_like_the_sentence() {
        let form = Form::new("{} was not read ({}): wait", "{0} ({1})");
        let said = form.english(&["{0}", "no (really): wait"]);
        assert_eq!(form.korean(&said, same).as_deref(), Some("{0} (no (really): wait)"));
    }

    #[test]
    fn a_sentence_without_gaps_is_itself() {
        let form = Form::new("connected", "연결됨");
        assert_eq!(
            (form.english(&[]).as_str(), form.korean("connected", same).as_deref()),
            ("connected", Some("연결됨"))
        );
        assert_eq!(form.korean("connected again", same), None);
    }
}
