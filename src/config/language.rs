//! The language people are spoken to in.

use serde::Serialize;

/// A language hoga speaks. Keys, codes and JSON are the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// 한국어.
    Ko,
    /// English.
    En,
}

impl Language {
    /// `ko` or `en`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// The language to speak: that of the flag, else of `HOGA_LANG`, else of the config, else of the locale
    /// (`LC_ALL`, `LC_MESSAGES`, `LANG`: the first that is set and not empty), else English.
    ///
    /// `auto` anywhere means "ask the locale". A `HOGA_LANG` that names no language counts as not set.
    #[must_use]
    pub fn detect(
        flag: Option<LanguageChoice>,
        variable: &dyn Fn(&str) -> Option<String>,
        config: LanguageChoice,
    ) -> Self {
        let named = || variable("HOGA_LANG").and_then(|text| LanguageChoice::from_name(&text));
        match flag.or_else(named).unwrap_or(config) {
            LanguageChoice::Ko => Self::Ko,
            LanguageChoice::En => Self::En,
            LanguageChoice::Auto => Self::of_locale(variable),
        }
    }

    fn of_locale(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let language = locale.split(['_', '.', '-', '@']).next().unwrap_or_default();
        if matches!(language, "ko" | "kor" | "korean") { Self::Ko } else { Self::En }
    }
}

/// What `language` in the config, `--lang` and `HOGA_LANG` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageChoice {
    /// Always Korean.
    Ko,
    /// Always English.
    En,
    /// As the locale says.
    Auto,
}

impl LanguageChoice {
    /// Every choice, for parsing and help.
    pub const ALL: [Self; 3] = [Self::Ko, Self::En, Self::Auto];

    /// Name in the config.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
            Self::Auto => "auto",
        }
    }

    /// The choice of that name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.as_str().eq_ignore_ascii_case(name.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(flag: Option<LanguageChoice>, variables: &[(&str, &str)], config: LanguageChoice) -> Language {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Language::detect(flag, &variable, config)
    }

    #[test]
    fn flag_beats_variable_beats_config_beats_locale() {
        use LanguageChoice::{Auto, En, Ko};
        let korean = ("LANG", "ko_KR.UTF-8");
        assert_eq!(detect(Some(En), &[("HOGA_LANG", "ko"), korean], Ko), Language::En);
        assert_eq!(detect(None, &[("HOGA_LANG", "en"), korean], Ko), Language::En);
        assert_eq!(detect(None, &[korean], En), Language::En);
        assert_eq!(detect(None, &[korean], Auto), Language::Ko);
        assert_eq!(detect(Some(Auto), &[("HOGA_LANG", "en"), korean], En), Language::Ko);
        assert_eq!(detect(None, &[("HOGA_LANG", "klingon"), korean], Auto), Language::Ko);
        assert_eq!(detect(None, &[], Auto), Language::En);
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        use LanguageChoice::Auto;
        assert_eq!(detect(None, &[("LC_ALL", "C"), ("LANG", "ko_KR.UTF-8")], Auto), Language::En);
        assert_eq!(detect(None, &[("LC_ALL", ""), ("LC_MESSAGES", "ko"), ("LANG", "C")], Auto), Language::Ko);
        assert_eq!(detect(None, &[("LANG", "kok_IN")], Auto), Language::En);
    }
}
