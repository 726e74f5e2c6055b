//! The screen: what a person trades on.

pub mod terminal;
