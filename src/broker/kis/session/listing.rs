//! The instruments there are: from the broker's symbol master files, kept between runs, read anew each day.

use std::path::PathBuf;
use std::sync::Arc;

use super::shared::Shared;
use crate::market::{Instrument, InstrumentId};

/// See the module.
pub(super) struct Listing {
    _folder: PathBuf,
}

impl Listing {
    /// Over the files of a folder, which may hold none yet.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { _folder: folder }
    }

    /// All of them.
    pub(super) fn instruments(&self) -> Vec<Instrument> {
        unimplemented!()
    }

    /// One of them.
    pub(super) fn instrument(&self, _id: InstrumentId) -> Option<Instrument> {
        unimplemented!()
    }
}

/// Reads the files, now and whenever they are old.
pub(super) async fn keep(_shared: Arc<Shared>) {
    unimplemented!()
}
