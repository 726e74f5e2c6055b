//! Where requests go.

use crate::desk::protocol::Command;
use crate::order::ProfileName;
use crate::tui::link::{Busy, Epoch, Link};

/// Where requests go: the desk, or a test.
pub trait Outbox {
    /// Sends a request over a connection; its number.
    ///
    /// # Errors
    /// Too many wait already.
    fn send(&mut self, epoch: Epoch, profile: Option<ProfileName>, command: Command) -> Result<u64, Busy>;

    /// No more requests come.
    fn close(&mut self) {}
}

impl Outbox for Link {
    fn send(&mut self, epoch: Epoch, profile: Option<ProfileName>, command: Command) -> Result<u64, Busy> {
        Self::send(self, epoch, profile, command)
    }

    fn close(&mut self) {
        Self::close(self);
    }
}
