//! Words typed for the chart: `ind ema 20`, `type line`, `interval 5m`, `line 71000`, `fib`, `log`.

use super::drawing::{Drawing, Pair};
use super::study::Study;
use super::{Chart, Kind};
use crate::config::nearest::nearest;
use crate::market::indicator::IndicatorError;
use crate::market::{Interval, Price};
use crate::text::Language;
use crate::text::screen::chart::{self as text, Chart as Words};
use crate::tui::model::Model;
use crate::tui::pane::{Ask, Asks};

/// Words the chart knows.
const VERBS: [&str; 6] = ["ind", "type", "interval", "line", "fib", "log"];
/// Most indicators over the candles.
const OVERLAYS_MAX: usize = 6;
/// Most indicators below, beside the volume.
const STRIPS_MAX: usize = 3;
/// The indicator that does not count as one below.
pub(super) const VOLUME: &str = "volume";

/// Why an indicator was not added.
#[derive(Debug)]
pub(super) enum NotAdded {
    Unknown(IndicatorError),
    Overlays,
    Strips,
    There(String),
}

impl NotAdded {
    fn text(&self, language: Language) -> String {
        match self {
            Self::Unknown(error) if language == Language::Ko => text::wrong_indicator(wrong(error)),
            Self::Unknown(error) => error.to_string(),
            Self::Overlays => Words::TooManyOverlays.text(language).to_owned(),
            Self::Strips => Words::TooManyStrips.text(language).to_owned(),
            Self::There(label) => text::there_already(language, label),
        }
    }
}

/// What the language files are told of an error.
fn wrong(error: &IndicatorError) -> text::WrongIndicator<'_> {
    use text::WrongIndicator as Wrong;
    match error {
        IndicatorError::Empty => Wrong::Empty,
        IndicatorError::Unknown { name, nearest } => Wrong::Unknown { name, nearest: *nearest },
        IndicatorError::TooMany { indicator, max, given } => Wrong::TooMany { indicator, max: *max, given: *given },
        IndicatorError::NotANumber { indicator, parameter, text } => Wrong::NotANumber { indicator, parameter, text },
        IndicatorError::NotWhole { indicator, parameter, value } => {
            Wrong::NotWhole { indicator, parameter, value: *value }
        }
        IndicatorError::OutOfRange { indicator, parameter, min, max, value } => {
            Wrong::OutOfRange { indicator, parameter, min: *min, max: *max, value: *value }
        }
    }
}

impl Chart {
    /// Does what words say; `None` when they are not for a chart.
    pub(super) fn words(&mut self, words: &str, model: &Model, asks: &mut Asks) -> Option<Result<String, String>> {
        let language = model.look.language;
        let words = crate::text::clean::clean(words).into_owned();
        let (verb, rest) = words.trim().split_once(char::is_whitespace).unwrap_or((words.trim(), ""));
        let rest = rest.trim();
        let said = match verb.to_lowercase().as_str() {
            "ind" | "indicator" => self.indicator_words(rest, language),
            "type" => self.type_words(rest, language),
            "interval" => self.interval_words(rest, language, model, asks),
            "line" => self.line_words(rest, language, model),
            "fib" => self.fibonacci_words(language, model),
            "log" => {
                self.log = !self.log;
                Ok(if self.log { Words::LogOn } else { Words::LogOff }.text(language).to_owned())
            }
            other => {
                let near = nearest(other, VERBS)?;
                return Some(Err(text::unknown(language, other, Some(near))));
            }
        };
        if said.is_ok() {
            asks.push(Ask::Keep);
        }
        Some(said)
    }

    /// Adds an indicator.
    pub(super) fn add_study(&mut self, formula: &str) -> Result<String, NotAdded> {
        let study = Study::new(formula, self.series.venue()).map_err(NotAdded::Unknown)?;
        if self.studies.iter().any(|known| known.label() == study.label()) {
            return Err(NotAdded::There(study.label().to_owned()));
        }
        let alike = |known: &&Study| known.is_below() == study.is_below() && known.name() != VOLUME;
        let many = self.studies.iter().filter(alike).count();
        let label = study.label().to_owned();
        if study.name() == VOLUME {
            self.studies.retain(|known| known.name() != VOLUME);
            self.studies.insert(0, study);
            return Ok(label);
        }
        match study.is_below() {
            true if many >= STRIPS_MAX => return Err(NotAdded::Strips),
            false if many >= OVERLAYS_MAX => return Err(NotAdded::Overlays),
            _ => self.studies.push(study),
        }
        Ok(label)
    }

    fn indicator_words(&mut self, rest: &str, language: Language) -> Result<String, String> {
        let (first, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        match first {
            "" => Err(Words::IndUsage.text(language).to_owned()),
            "list" => Ok(self.labels().unwrap_or_else(|| Words::NoIndicators.text(language).to_owned())),
            "clear" => {
                self.studies.retain(|study| study.name() == VOLUME);
                Ok(Words::Cleared.text(language).to_owned())
            }
            "rm" | "remove" => self.remove_study(after.trim(), language),
            "add" => self.add_study(after).map(|label| text::added(language, &label)).map_err(|e| e.text(language)),
            _ => self.add_study(rest).map(|label| text::added(language, &label)).map_err(|e| e.text(language)),
        }
    }

    fn labels(&self) -> Option<String> {
        let labels: Vec<&str> = self.studies.iter().map(Study::label).collect();
        (!labels.is_empty()).then(|| labels.join(", "))
    }

    /// Removes the indicators of that name, or the one of that name and numbers.
    fn remove_study(&mut self, which: &str, language: Language) -> Result<String, String> {
        // `bb` is another name of `bollinger`; an indicator knows its own.
        let wanted = Study::new(which, self.series.venue()).ok();
        let bare = !which.contains(char::is_whitespace);
        let is_meant = |study: &Study| match &wanted {
            Some(wanted) if bare => study.name() == wanted.name(),
            Some(wanted) => study.label() == wanted.label(),
            None => false,
        };
        let gone: Vec<&str> = self.studies.iter().filter(|study| is_meant(study)).map(Study::label).collect();
        if gone.is_empty() {
            let near = nearest(which, self.studies.iter().map(Study::name));
            return Err(text::unknown(language, which, near));
        }
        let said = text::removed(language, &gone.join(", "));
        self.studies.retain(|study| !is_meant(study));
        Ok(said)
    }

    fn type_words(&mut self, rest: &str, language: Language) -> Result<String, String> {
        if rest.is_empty() {
            return Err(Words::TypeUsage.text(language).to_owned());
        }
        match Kind::named(&rest.to_lowercase()) {
            Some(kind) => {
                self.kind = kind;
                Ok(kind.label().text(language).to_owned())
            }
            None => Err(text::unknown(language, rest, nearest(rest, Kind::ALL.map(Kind::name)))),
        }
    }

    fn interval_words(
        &mut self,
        rest: &str,
        language: Language,
        model: &Model,
        asks: &mut Asks,
    ) -> Result<String, String> {
        match rest.parse::<Interval>() {
            Ok(interval) => {
                self.change_interval(interval, model, asks);
                Ok(interval.to_string())
            }
            Err(_) => {
                let names = Interval::ALL.map(Interval::as_str);
                let near = nearest(rest, names).unwrap_or("1m 5m 15m 1h 1d");
                Err(text::unknown(language, rest, Some(near)))
            }
        }
    }

    fn line_words(&mut self, rest: &str, language: Language, model: &Model) -> Result<String, String> {
        match rest {
            "" => Err(Words::LineUsage.text(language).to_owned()),
            "rm" | "remove" => {
                if let Some(drawn) = self.drawn_mut(model) {
                    drawn.retain(|drawing| !matches!(drawing, Drawing::Level(_)));
                }
                Ok(Words::LinesRemoved.text(language).to_owned())
            }
            price => {
                let price: Price = price.replace(',', "").parse().map_err(|_| text::no_price(language, price))?;
                self.draw_by_hand(Drawing::Level(price), model);
                Ok(Words::Drawn.text(language).to_owned())
            }
        }
    }

    /// Without a crosshair it spans the move in sight.
    fn fibonacci_words(&mut self, language: Language, model: &Model) -> Result<String, String> {
        let drawing = match self.move_in_sight() {
            Some((from, to)) => Pair::Fibonacci.between(from, to),
            None => return Err(Words::NeedsCandles.text(language).to_owned()),
        };
        self.draw_by_hand(drawing, model);
        Ok(Words::Drawn.text(language).to_owned())
    }
}
