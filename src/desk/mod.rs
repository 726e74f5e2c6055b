//! The desk: a pure core, the shell that carries out what it decides, and the protocol faces speak.

pub mod alert;
pub mod client;
pub mod clock;
pub mod core;
pub mod health;
pub mod ids;
pub mod key_check;
pub mod performance;
pub mod protocol;
pub mod realised;
pub mod record;
pub mod shell;
pub mod wire;
