//! Changing one limit while the desk runs.

use serde_json::{Map, Value};

use super::nearest::nearest;
use super::risk_limits::RiskLimits;

/// A change of a limit that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitChangeError {
    /// No such key.
    #[error("there is no limit '{key}'{}", nearest.as_ref().map_or_else(String::new, |near| format!("; did you mean '{near}'?")))]
    UnknownKey {
        /// As typed.
        key: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// The value does not fit the key.
    #[error("'{value}' does not fit {key}: {reason}")]
    BadValue {
        /// The key.
        key: String,
        /// As typed.
        value: String,
        /// What is wrong.
        reason: String,
    },
}

/// `limits` with one key changed; an empty value switches a rule off.
///
/// # Errors
/// An unknown key (with the nearest one), or a value that does not fit it.
pub fn with_limit(limits: &RiskLimits, key: &str, value: &str) -> Result<RiskLimits, LimitChangeError> {
    let bad = |reason: String| LimitChangeError::BadValue { key: key.into(), value: value.into(), reason };
    let Ok(Value::Object(mut map)) = serde_json::to_value(limits) else {
        return Err(bad("the limits cannot be read".into()));
    };
    let Some(old) = map.get(key).cloned() else {
        let near = nearest(key, map.keys().map(String::as_str)).map(str::to_owned);
        return Err(LimitChangeError::UnknownKey { key: key.chars().take(40).collect(), nearest: near });
    };
    let value = value.trim();
    let candidates = match (&old, value) {
        (_, "" | "off" | "none") => vec![Value::Null],
        (Value::Array(_), list) => {
            vec![list.split(',').map(|item| Value::from(item.trim())).filter(|item| item != "").collect()]
        }
        (_, text) => {
            // A number or a word: the type of the key decides.
            let mut candidates = vec![Value::from(text)];
            candidates.extend(text.parse::<u64>().ok().map(Value::from));
            candidates.extend(text.parse::<bool>().ok().map(Value::from));
            candidates
        }
    };
    let mut reason = String::new();
    for candidate in candidates {
        map.insert(key.to_owned(), candidate);
        match serde_json::from_value::<RiskLimits>(Value::Object(Map::clone(&map))) {
            Ok(changed) if is_sound(&changed) => return Ok(changed),
            Ok(_) => reason = "it must not be negative".into(),
            Err(error) => reason = error.to_string(),
        }
    }
    Err(bad(reason))
}

/// The value of one limit as it is typed; `off` for a rule that is switched off, empty for a key that does not exist.
#[must_use]
pub fn limit_text(limits: &RiskLimits, key: &str) -> String {
    let Ok(Value::Object(map)) = serde_json::to_value(limits) else { return String::new() };
    match map.get(key) {
        None => String::new(),
        Some(Value::Null) => "off".into(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        Some(other) => other.to_string(),
    }
}

fn is_sound(limits: &RiskLimits) -> bool {
    let amounts = [
        limits.max_order_amount,
        limits.max_order_quantity,
        limits.max_position_amount,
        limits.max_exposure,
        limits.max_daily_loss,
        limits.max_drawdown_percent,
        limits.price_collar_percent,
    ];
    amounts.into_iter().flatten().all(|amount| !amount.is_sign_negative())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn changes_switches_off_and_names_the_nearest() {
        let limits = RiskLimits::default();
        let changed = with_limit(&limits, "max_order_amount", "5000000").unwrap();
        assert_eq!(changed.max_order_amount, Some(dec!(5000000)));
        assert_eq!(with_limit(&limits, "max_positions", "3").unwrap().max_positions, Some(3));
        assert_eq!(with_limit(&limits, "max_positions", "").unwrap().max_positions, None);
        assert!(!with_limit(&limits, "refuse_self_crossing", "false").unwrap().refuse_self_crossing);
        assert_eq!(with_limit(&limits, "blocked", "005930, KRX:000660").unwrap().blocked, ["005930", "KRX:000660"]);
        let error = with_limit(&limits, "max_order_amont", "1").unwrap_err();
        assert!(error.to_string().contains("max_order_amount"), "{error}");
        assert_eq!(limit_text(&limits, "max_order_amount"), "10000000");
        assert_eq!(limit_text(&limits, "max_exposure"), "off");
        assert!(with_limit(&limits, "max_order_amount", "-1").is_err());
        assert!(with_limit(&limits, "max_positions", "many").is_err());
    }
}
