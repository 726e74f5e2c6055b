//! The config file, profiles and paths.

pub mod risk_limits;

pub use risk_limits::{Permission, RiskLimits};
