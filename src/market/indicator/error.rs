//! Why a text names no indicator.

/// A text that is no indicator, and what would be one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum IndicatorError {
    /// Nothing was written.
    #[error("an indicator is a name and numbers, such as 'ema 20'")]
    Empty,
    /// No indicator has this name.
    #[error("there is no indicator '{name}'{}", nearest.map_or_else(String::new, |near| format!("; did you mean '{near}'?")))]
    Unknown {
        /// What was written, cut when long.
        name: String,
        /// The nearest name there is.
        nearest: Option<&'static str>,
    },
    /// More numbers than the indicator has parameters.
    #[error("too many numbers for {indicator}: {given}, and it takes {max}")]
    TooMany {
        /// Which indicator.
        indicator: &'static str,
        /// How many it takes.
        max: usize,
        /// How many were written.
        given: usize,
    },
    /// A word where a number should be.
    #[error("{parameter} of {indicator} is a number, not '{text}'")]
    NotANumber {
        /// Which indicator.
        indicator: &'static str,
        /// Which parameter.
        parameter: &'static str,
        /// What was written, cut when long.
        text: String,
    },
    /// A fraction where only whole numbers make sense.
    #[error("{parameter} of {indicator} is a whole number, not {value}")]
    NotWhole {
        /// Which indicator.
        indicator: &'static str,
        /// Which parameter.
        parameter: &'static str,
        /// What was given.
        value: f64,
    },
    /// A number too small or too large.
    #[error("{parameter} of {indicator} is from {min} to {max}, not {value}")]
    OutOfRange {
        /// Which indicator.
        indicator: &'static str,
        /// Which parameter.
        parameter: &'static str,
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
        /// What was given.
        value: f64,
    },
}
