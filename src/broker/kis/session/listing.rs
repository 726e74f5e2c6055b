//! The instruments there are: from the broker's symbol master files, kept between runs, read anew each day.
//!
//! Before the first files have come, and for what they leave out (English names of Korean shares), a small list of our own
//! stands in. A file that does not come whole or cannot be right leaves the one before in use.

mod bundled;
pub(super) mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use tokio::sync::Notify;

use self::file::{FileTrouble, Kept, MasterFile};
use super::shared::Shared;
use crate::broker::kis::derivative::Margins;
use crate::market::gather::Gather;
use crate::market::session::local;
use crate::market::{Instrument, InstrumentId, UtcTime, Venue};
use crate::text::notice as text;

/// How often it is looked whether files are due: a clock may jump, a machine may sleep.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);
/// Wait before a file is asked for again that did not come.
const AGAIN_AFTER: Duration = Duration::from_secs(60 * 60);
/// Longest download of a file.
const DOWNLOAD_MAX: Duration = Duration::from_secs(120);
/// When a day of the files begins in Korea: after the last US session, before the first Korean one. The files are made
/// anew overnight, and those of midnight still hold the base prices of the day that is over.
const DAY_BEGINS: Duration = Duration::from_secs(7 * 60 * 60);

/// See the module.
pub(super) struct Listing {
    folder: PathBuf,
    /// The files were gone through for the first time.
    gone_through: Notify,
    known: Mutex<Arc<Known>>,
    /// The files have been gone through, for whoever waits beside the connection.
    read: tokio::sync::watch::Sender<bool>,
    /// Margin rates of futures, as far as the broker has told them.
    margins: Mutex<Margins>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Known {
    instruments: BTreeMap<InstrumentId, Instrument>,
}

impl Listing {
    /// Where the files are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Over the files of a folder, which may hold none yet. It begins with the list of our own.
    pub(super) fn new(folder: PathBuf) -> Self {
        let known = Known::of(&bundled::instruments(), &BTreeSet::new(), []);
        Self {
            folder: folder.join("masters"),
            gone_through: Notify::new(),
            known: Mutex::new(Arc::new(known)),
            read: tokio::sync::watch::Sender::new(false),
            margins: Mutex::default(),
        }
    }

    /// Waits until the files have been gone through once, whatever became of them. For one who waits.
    pub(super) async fn begun(&self) {
        self.gone_through.notified().await;
    }

    /// The same for whoever waits beside that one.
    pub(super) async fn read_through(&self) {
        let _ = self.read.subscribe().wait_for(|read| *read).await;
    }

    /// Gives futures the margin the broker asks for; whether anything is different now.
    pub(super) fn learn_margins(&self, margins: Margins) -> bool {
        *self.margins.lock().unwrap_or_else(PoisonError::into_inner) = margins;
        self.learn(Known { instruments: self.known().instruments.clone() })
    }

    /// All of them.
    pub(super) fn instruments(&self) -> Vec<Instrument> {
        self.known().instruments.values().cloned().collect()
    }

    /// One of them. A share of NXT is listed under KRX, whose symbol it is.
    pub(super) fn instrument(&self, id: InstrumentId) -> Option<Instrument> {
        let known = self.known();
        if id.venue == Venue::Nxt {
            let listed = known.instruments.get(&InstrumentId { venue: Venue::Krx, symbol: id.symbol })?;
            return Some(Instrument { id, ..listed.clone() });
        }
        known.instruments.get(&id).cloned()
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over what the files say; whether anything is different now.
    fn learn(&self, mut known: Known) -> bool {
        let margins = *self.margins.lock().unwrap_or_else(PoisonError::into_inner);
        let futures = known.instruments.values_mut().filter(|instrument| instrument.product.is_margined());
        futures.for_each(|future| margins.apply(future));
        let mut now = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let differs = **now != known;
        *now = Arc::new(known);
        differs
    }
}

impl Known {
    /// What the files have, and what our own list has of venues they do not cover yet. A file has no English names of
    /// Korean shares: those are ours.
    fn of(own: &[Instrument], covered: &BTreeSet<Venue>, files: impl IntoIterator<Item = Vec<Instrument>>) -> Self {
        let names: BTreeMap<InstrumentId, &str> = own.iter().map(|ours| (ours.id, ours.name_en.as_str())).into_map();
        let uncovered = own.iter().filter(|ours| !covered.contains(&ours.id.venue));
        let mut instruments: BTreeMap<InstrumentId, Instrument> =
            uncovered.map(|ours| (ours.id, ours.clone())).into_map();
        for mut instrument in files.into_iter().flatten() {
            if let Some(name) = names.get(&instrument.id).filter(|_| instrument.name_en.is_empty()) {
                instrument.name_en = (*name).to_owned();
            }
            instruments.insert(instrument.id, instrument);
        }
        Self { instruments }
    }
}

/// The day of the files at an instant.
fn day(now: UtcTime) -> Date {
    local(Venue::Krx, now.minus(DAY_BEGINS)).date()
}

/// The files as they are in use, and what became of them.
struct Masters {
    folder: PathBuf,
    /// Those that the account has use for.
    files: &'static [MasterFile],
    kept: BTreeMap<MasterFile, Kept>,
    /// When a file was last asked for in vain.
    failed: BTreeMap<MasterFile, UtcTime>,
    /// Files whose trouble people were told.
    told: BTreeSet<MasterFile>,
    /// Day of the base prices that are in use.
    day: Date,
}

impl Masters {
    /// The files that are kept. Damaged ones count as none.
    fn load(folder: &Path, files: &'static [MasterFile], now: UtcTime) -> Self {
        let kept = files.iter().copied().filter_map(|file| match file.load(folder) {
            Ok(kept) => Some((file, kept?)),
            Err(error) => {
                tracing::warn!(?file, %error, "a kept master file is not used");
                None
            }
        });
        Self {
            folder: folder.to_owned(),
            files,
            kept: kept.collect(),
            failed: BTreeMap::new(),
            told: BTreeSet::new(),
            day: day(now),
        }
    }

    /// The files to be asked for now.
    fn due(&self, now: UtcTime, every: Duration) -> Vec<MasterFile> {
        let is_due = |file: &MasterFile| {
            let waits = self.failed.get(file).is_some_and(|at| now.since(*at) < AGAIN_AFTER);
            // Fetched in the future means that a clock was wrong.
            let is_fresh = self.kept.get(file).is_some_and(|kept| {
                kept.fetched <= now && now.since(kept.fetched) < every && day(kept.fetched) == day(now)
            });
            !waits && !is_fresh
        };
        self.files.iter().copied().filter(is_due).collect()
    }

    /// Takes a file that came, and keeps it. One that cannot be right changes nothing.
    fn take(&mut self, file: MasterFile, zipped: &[u8], now: UtcTime) -> Result<(), FileTrouble> {
        let kept = file.read_zip(zipped, now)?;
        if self.kept.get(&file).is_some_and(|before| kept.instruments.len() < before.instruments.len() / 2) {
            return Err(FileTrouble::Shrunk);
        }
        // In use it is either way; without a copy it is asked for again after the next start.
        if let Err(error) = kept.save(&self.folder, file) {
            tracing::warn!(?file, %error, "a master file cannot be kept");
        }
        self.failed.remove(&file);
        self.told.remove(&file);
        self.kept.insert(file, Kept { bytes: Vec::new(), ..kept });
        Ok(())
    }

    /// Takes note that a file did not come or cannot be used; whether people should hear of it.
    fn missed(&mut self, file: MasterFile, now: UtcTime) -> bool {
        self.failed.insert(file, now);
        self.told.insert(file)
    }

    /// What there is by these files. Base prices are those of a day, and are left out on any other.
    fn known(&mut self, now: UtcTime) -> Known {
        self.day = day(now);
        let files = self.kept.values().map(|kept| {
            let is_todays = day(kept.fetched) == self.day;
            let base = |instrument: &Instrument| instrument.base_price.filter(|_| is_todays);
            kept.instruments.iter().map(|listed| Instrument { base_price: base(listed), ..listed.clone() }).collect()
        });
        Known::of(&bundled::instruments(), &self.covered(), files)
    }

    /// Venues of which every file is in use.
    fn covered(&self) -> BTreeSet<Venue> {
        let missing: BTreeSet<Venue> =
            self.files.iter().copied().filter(|file| !self.kept.contains_key(file)).map(MasterFile::venue).into_set();
        self.kept.keys().map(|file| file.venue()).filter(|venue| !missing.contains(venue)).into_set()
    }
}

/// Reads the files, now and whenever they are old.
pub(super) async fn keep(shared: Arc<Shared>) {
    let (folder, now) = (shared.listing.folder.clone(), shared.now());
    let files = MasterFile::of_account(shared.account.is_derivatives());
    let Some(mut masters) = beside(move || Masters::load(&folder, files, now)).await else { return };
    let mut changed = !masters.kept.is_empty();
    loop {
        for file in masters.due(shared.now(), shared.pace.masters_every) {
            let came = shared.rest.download(file.remote(), DOWNLOAD_MAX).await.map_err(|fault| fault.to_string());
            let now = shared.now();
            let Some((taken, back)) = beside(move || {
                let taken = came.and_then(|zipped| masters.take(file, &zipped, now).map_err(|error| error.to_string()));
                (taken, masters)
            })
            .await
            else {
                return;
            };
            masters = back;
            match taken {
                Ok(()) => changed = true,
                Err(error) => missed(&shared, &mut masters, file, &error),
            }
        }
        let now = shared.now();
        if changed || masters.day != day(now) {
            let Some((known, back)) = beside(move || (masters.known(now), masters)).await else { return };
            masters = back;
            tell(&shared, known);
        }
        changed = false;
        shared.listing.gone_through.notify_one();
        shared.listing.read.send_replace(true);
        tokio::time::sleep(LOOK_EVERY.min(shared.pace.masters_every)).await;
    }
}

/// Runs what takes longer than a message, beside the session's thread. `None` when it failed.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.inspect_err(|error| tracing::error!(%error, "the listing is not kept any more")).ok()
}

fn missed(shared: &Shared, masters: &mut Masters, file: MasterFile, error: &str) {
    tracing::warn!(?file, error, "a master file was not read");
    if masters.missed(file, shared.now()) {
        let is_kept = masters.kept.contains_key(&file);
        let form = if is_kept { text::OLD_SYMBOL_FILE } else { text::NO_SYMBOL_FILE };
        shared.notice(form.english(&[file.remote(), error]));
    }
}

/// The desk asks for the instruments again whenever it hears that the connection is up. Before that it will by itself.
fn tell(shared: &Shared, known: Known) {
    tracing::info!(instruments = known.instruments.len(), "the listing was read");
    if shared.listing.learn(known) && shared.is_up.load(std::sync::atomic::Ordering::Relaxed) {
        shared.up();
    }
}

#[cfg(test)]
mod tests;
