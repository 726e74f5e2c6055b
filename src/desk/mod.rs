//! The desk: a pure core, the shell that carries out what it decides, and the protocol faces speak.

pub mod client;
pub mod core;
pub mod protocol;
pub mod record;
pub mod wire;
