//! One symbol master file: where it comes from, how it is read, how it is kept.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::broker::kis::master::archive::{self, ArchiveFault};
use crate::broker::kis::master::bond;
use crate::broker::kis::master::derivative::{self, Contract};
use crate::broker::kis::master::korean::{self, KoreanList};
use crate::broker::kis::master::overseas;
use crate::market::session::local;
use crate::market::{Instrument, UtcTime, Venue};

/// Longest file that is read back; the longest has some ten megabytes.
const KEPT_MAX: u64 = 128 * 1024 * 1024;

/// Copies written by this process.
static WRITTEN: AtomicU32 = AtomicU32::new(0);

/// A file of the broker's that is read. KONEX is left out: its columns are not known well enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MasterFile {
    /// KOSPI shares, ETF, ETN.
    Kospi,
    /// KOSDAQ shares.
    Kosdaq,
    /// Nasdaq.
    Nasdaq,
    /// New York.
    Nyse,
    /// AMEX and Arca.
    Amex,
    /// Hong Kong.
    HongKong,
    /// Shanghai.
    Shanghai,
    /// Shenzhen.
    Shenzhen,
    /// Tokyo.
    Tokyo,
    /// Hanoi.
    Hanoi,
    /// Ho Chi Minh.
    HoChiMinh,
    /// Bonds.
    Bond,
    /// Index futures and options.
    IndexDerivatives,
}

/// Why a file is not used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileTrouble {
    /// It does not unpack.
    #[error(transparent)]
    Archive(#[from] ArchiveFault),
    /// Hardly a line can be read.
    #[error("{damaged} of {lines} lines cannot be read")]
    Unreadable { damaged: usize, lines: usize },
    /// It has less than half of what the one before had.
    #[error("it holds less than half of the one before")]
    Shrunk,
    /// The kept copy has no time of its own.
    #[error("the kept copy is damaged")]
    Damaged,
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A file as it was read.
#[derive(Debug)]
pub(super) struct Kept {
    /// When it came.
    pub(super) fetched: UtcTime,
    /// What searches show of it.
    pub(super) instruments: Vec<Instrument>,
    /// The unpacked file; empty once it is kept.
    pub(super) bytes: Vec<u8>,
}

impl MasterFile {
    /// Every file.
    const ALL: [Self; 13] = [
        Self::Kospi,
        Self::Kosdaq,
        Self::Nasdaq,
        Self::Nyse,
        Self::Amex,
        Self::IndexDerivatives,
        Self::Bond,
        Self::HongKong,
        Self::Tokyo,
        Self::Shanghai,
        Self::Shenzhen,
        Self::HoChiMinh,
        Self::Hanoi,
    ];
    /// How many of them an account of derivatives has use for.
    const OF_DERIVATIVES: usize = 7;

    /// The files of an account, in the order in which they are asked for.
    pub(super) fn of_account(is_derivatives: bool) -> &'static [Self] {
        let count = if is_derivatives { Self::OF_DERIVATIVES } else { Self::ALL.len() };
        Self::ALL.get(..count).unwrap_or(&Self::ALL)
    }

    /// Its name at the broker.
    pub(super) const fn remote(self) -> &'static str {
        match self {
            Self::Kospi => "kospi_code.mst.zip",
            Self::Kosdaq => "kosdaq_code.mst.zip",
            Self::Nasdaq => "nasmst.cod.zip",
            Self::Nyse => "nysmst.cod.zip",
            Self::Amex => "amsmst.cod.zip",
            Self::HongKong => "hksmst.cod.zip",
            Self::Shanghai => "shsmst.cod.zip",
            Self::Shenzhen => "szsmst.cod.zip",
            Self::Tokyo => "tsemst.cod.zip",
            Self::Hanoi => "hnxmst.cod.zip",
            Self::HoChiMinh => "hsxmst.cod.zip",
            Self::Bond => "bond_code.mst.zip",
            Self::IndexDerivatives => "fo_idx_code_mts.mst.zip",
        }
    }

    /// The venue whose instruments it has, or a part of them.
    pub(super) const fn venue(self) -> Venue {
        match self {
            Self::Kospi | Self::Kosdaq => Venue::Krx,
            Self::Nasdaq => Venue::Nasdaq,
            Self::Nyse => Venue::Nyse,
            Self::Amex => Venue::Amex,
            Self::HongKong => Venue::Hkex,
            Self::Shanghai => Venue::Sse,
            Self::Shenzhen => Venue::Szse,
            Self::Tokyo => Venue::Tse,
            Self::Hanoi => Venue::Hnx,
            Self::HoChiMinh => Venue::Hose,
            Self::Bond => Venue::KrxBonds,
            Self::IndexDerivatives => Venue::KrxFutures,
        }
    }

    /// Its name here.
    fn local(self) -> &'static str {
        self.remote().trim_end_matches(".zip")
    }

    /// Reads what came.
    pub(super) fn read_zip(self, zipped: &[u8], fetched: UtcTime) -> Result<Kept, FileTrouble> {
        self.read(archive::only_file(zipped)?, fetched)
    }

    /// Single lines may be damaged; a file of which hardly anything can be read has other columns than it should.
    pub(super) fn read(self, bytes: Vec<u8>, fetched: UtcTime) -> Result<Kept, FileTrouble> {
        let (rows, damaged, instruments) = match self {
            Self::Kospi => Self::korean(KoreanList::Kospi, &bytes),
            Self::Kosdaq => Self::korean(KoreanList::Kosdaq, &bytes),
            Self::Bond => {
                let listing = bond::read(&bytes);
                let on = local(Venue::KrxBonds, fetched).date();
                let instruments = listing.rows.iter().filter_map(|bond| bond.instrument(on)).collect();
                (listing.rows.len(), listing.damaged, instruments)
            }
            Self::Nasdaq
            | Self::Nyse
            | Self::Amex
            | Self::HongKong
            | Self::Shanghai
            | Self::Shenzhen
            | Self::Tokyo
            | Self::Hanoi
            | Self::HoChiMinh => {
                let listing = overseas::read(&bytes);
                let instruments = listing.rows.iter().filter_map(overseas::OverseasIssue::instrument).collect();
                (listing.rows.len(), listing.damaged, instruments)
            }
            Self::IndexDerivatives => {
                let listing = derivative::read(&bytes);
                let instruments = listing.rows.iter().filter_map(Contract::instrument).collect();
                (listing.rows.len(), listing.damaged, instruments)
            }
        };
        if rows == 0 || damaged > rows / 10 {
            return Err(FileTrouble::Unreadable { damaged, lines: rows + damaged });
        }
        if damaged > 0 {
            tracing::warn!(file = ?self, damaged, rows, "damaged lines of a master file were left out");
        }
        Ok(Kept { fetched, instruments, bytes })
    }

    fn korean(list: KoreanList, bytes: &[u8]) -> (usize, usize, Vec<Instrument>) {
        let listing = korean::read(list, bytes);
        let searched = listing.rows.iter().filter(|issue| issue.is_searched());
        let instruments = searched.filter_map(|issue| issue.instrument(Venue::Krx)).collect();
        (listing.rows.len(), listing.damaged, instruments)
    }

    /// The kept copy; none where there is none.
    pub(super) fn load(self, folder: &Path) -> Result<Option<Kept>, FileTrouble> {
        let file = match File::open(folder.join(self.local())) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut bytes = Vec::new();
        file.take(KEPT_MAX).read_to_end(&mut bytes)?;
        let ends = bytes.iter().position(|byte| *byte == b'\n').ok_or(FileTrouble::Damaged)?;
        let fetched = bytes.get(..ends).and_then(|line| std::str::from_utf8(line).ok()).and_then(UtcTime::parse);
        let fetched = fetched.ok_or(FileTrouble::Damaged)?;
        bytes.drain(..=ends);
        let kept = self.read(bytes, fetched)?;
        Ok(Some(Kept { bytes: Vec::new(), ..kept }))
    }
}

impl Kept {
    /// Writes it whole or not at all: a first line with its time, then the file as it is.
    pub(super) fn save(&self, folder: &Path, file: MasterFile) -> io::Result<()> {
        let head = format!("{}\n", self.fetched);
        write_parts(folder, file.local(), &[head.as_bytes(), &self.bytes])
    }
}

/// Writes a file into the folder whole or not at all.
pub(in crate::broker::kis::session) fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    write_parts(folder, name, &[bytes])
}

fn write_parts(folder: &Path, name: &str, parts: &[&[u8]]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // Two profiles may keep the same file at the same time.
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let aside = folder.join(format!("{name}.{}-{number}.new", std::process::id()));
    let written = write_aside(&aside, parts).and_then(|()| fs::rename(&aside, folder.join(name)));
    if written.is_err() {
        let _ = fs::remove_file(&aside);
    }
    written
}

fn write_aside(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = File::create(path)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()
}
