//! The screen: what a person trades on. It speaks to the desk through its protocol alone and holds no trading logic.

pub mod action;
pub mod app;
pub mod clock;
pub mod inbox;
pub mod layout;
pub mod link;
pub mod model;
pub mod overlay;
pub mod pane;
pub mod said;
pub mod terminal;
pub mod theme;
pub mod time;
pub mod widget;
