//! Which of the venues that trade the same thing an order goes to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where an order is sent when more than one venue takes orders for its instrument. What is held stays one holding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Korea Exchange.
    Krx,
    /// Nextrade.
    Nxt,
    /// The broker chooses for each order.
    #[serde(rename = "sor")]
    Best,
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 3] = [Self::Krx, Self::Nxt, Self::Best];

    /// Name in JSON and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Krx => "krx",
            Self::Nxt => "nxt",
            Self::Best => "sor",
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such route: krx, nxt or sor")]
pub struct NoRoute;

impl FromStr for Route {
    type Err = NoRoute;

    fn from_str(text: &str) -> Result<Self, NoRoute> {
        Self::ALL.into_iter().find(|route| route.as_str() == text).ok_or(NoRoute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_has_one_name_everywhere() {
        for route in Route::ALL {
            assert_eq!(serde_json::to_string(&route).unwrap(), format!("\"{route}\""));
            assert_eq!(route.as_str().parse(), Ok(route));
        }
        assert_eq!("NXT".parse::<Route>(), Err(NoRoute));
    }
}
