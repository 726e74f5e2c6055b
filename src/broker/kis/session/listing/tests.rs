//! Tests of the listing: files that come, files that do not, and the entries that come with hoga.

use std::io::{Cursor, Write as _};

use rust_decimal::dec;

use super::*;
use crate::market::hangul::initials;
use crate::market::{Board, Price, Product};

const KOSPI: &[u8] = include_bytes!("../../../../../tests/data/kis/master_kospi_code.mst");
const KOSDAQ: &[u8] = include_bytes!("../../../../../tests/data/kis/master_kosdaq_code.mst");
const NASDAQ: &[u8] = include_bytes!("../../../../../tests/data/kis/master_nasmst.cod");
const HOUR: Duration = Duration::from_secs(60 * 60);
const EVERY: Duration = Duration::from_secs(6 * 60 * 60);

fn at(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

fn morning() -> UtcTime {
    at("2026-11-20T08:00:00+09:00")
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("master", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().into_inner()
}

/// A folder with the sample files, taken in the morning.
fn sampled(folder: &Path) -> Masters {
    let mut masters = Masters::load(folder, MasterFile::of_account(false), morning());
    for (file, bytes) in [(MasterFile::Kospi, KOSPI), (MasterFile::Kosdaq, KOSDAQ), (MasterFile::Nasdaq, NASDAQ)] {
        masters.take(file, &zipped(bytes), morning()).unwrap();
    }
    masters
}

fn listed(known: &Known, id: &str) -> Instrument {
    known.instruments.get(&id.parse().unwrap()).cloned().unwrap_or_else(|| panic!("{id} is not listed"))
}

#[test]
fn trap_40_korean_names_come_out_of_the_files_and_english_ones_out_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let known = sampled(folder.path()).known(morning());
    let samsung = listed(&known, "KRX:005930");
    assert_eq!((&*samsung.name_ko, &*samsung.name_en), ("삼성전자", "Samsung Electronics"));
    assert_eq!(initials(&samsung.name_ko), "ㅅㅅㅈㅈ");
    assert!(samsung.base_price.is_some());
    let biologics = listed(&known, "KRX:247540");
    assert_eq!(biologics.product, Product::KrxStock(Board::Kosdaq));
    assert_eq!(listed(&known, "NASDAQ:AAPL").base_price.map(Price::value), Some(dec!(258.6)));
    // Of a venue whose files have not come our own list is there, of another one it is not: shares are delisted.
    assert_eq!(listed(&known, "NYSE:KO").name_ko, "코카콜라");
    assert!(!known.instruments.contains_key(&"KRX:000660".parse().unwrap()));
}

#[test]
fn bonds_are_listed_by_isin_and_found_by_their_korean_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut masters = Masters::load(folder.path(), MasterFile::of_account(false), morning());
    let file = include_bytes!("../../../../../tests/data/kis/master_bond_code.mst");
    masters.take(MasterFile::Bond, &zipped(file), morning()).unwrap();
    let known = masters.known(morning());
    let bond = listed(&known, "KRX_BONDS:KR103502GD31");
    assert_eq!((bond.product, bond.lot.value(), bond.multiplier), (Product::KrxBond, dec!(10), dec!(0.1)));
    assert!(initials(&bond.name_ko).starts_with("ㄱㄱ03250"));
    assert!(!known.instruments.contains_key(&"KRX_BONDS:KR6003492D41".parse().unwrap()), "redeemed in April");
}

#[test]
fn trap_24_codes_with_letters_are_symbols_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let known = sampled(folder.path()).known(morning());
    assert_eq!(listed(&known, "KRX:Q530031").product, Product::KrxEtf);
}

#[test]
fn files_are_kept_between_runs() {
    let folder = tempfile::tempdir().unwrap();
    let before = sampled(folder.path()).known(morning());
    let mut again = Masters::load(folder.path(), MasterFile::of_account(false), morning().plus(HOUR));
    assert_eq!(again.known(morning().plus(HOUR)), before);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn an_old_file_survives_a_bad_download() {
    let folder = tempfile::tempdir().unwrap();
    let mut masters = sampled(folder.path());
    let before = masters.known(morning());
    let whole = zipped(KOSPI);
    let one_line: Vec<u8> = KOSPI.split_inclusive(|byte| *byte == b'\n').take(1).flatten().copied().collect();
    let other_columns: Vec<u8> = KOSPI.iter().copied().filter(|byte| *byte != b' ').collect();
    for bad in [Vec::new(), whole[..whole.len() / 2].to_vec(), zipped(b""), zipped(&one_line), zipped(&other_columns)] {
        assert!(masters.take(MasterFile::Kospi, &bad, morning().plus(HOUR)).is_err());
        assert_eq!(masters.known(morning()), before);
        assert_eq!(
            Masters::load(folder.path(), MasterFile::of_account(false), morning()).known(morning()),
            before,
            "the copy on the disk"
        );
    }
}

#[test]
fn a_damaged_copy_is_fetched_anew_and_harms_no_other() {
    let folder = tempfile::tempdir().unwrap();
    sampled(folder.path());
    std::fs::write(folder.path().join("kospi_code.mst"), b"garbage").unwrap();
    let mut masters = Masters::load(folder.path(), MasterFile::of_account(false), morning());
    assert!(masters.due(morning(), EVERY).contains(&MasterFile::Kospi));
    assert!(!masters.due(morning(), EVERY).contains(&MasterFile::Kosdaq));
    assert_eq!(listed(&masters.known(morning()), "KRX:005930").base_price, None, "ours stands in");
}

#[test]
fn files_are_due_when_they_are_old_or_of_another_day() {
    let folder = tempfile::tempdir().unwrap();
    let masters = Masters::load(folder.path(), MasterFile::of_account(false), morning());
    assert_eq!(masters.due(morning(), EVERY), MasterFile::of_account(false));
    let masters = sampled(folder.path());
    let here = [MasterFile::Kospi, MasterFile::Kosdaq, MasterFile::Nasdaq];
    let missing: Vec<_> = MasterFile::of_account(false).iter().copied().filter(|file| !here.contains(file)).collect();
    assert_eq!(masters.due(morning().plus(HOUR), EVERY), missing);
    assert_eq!(masters.due(morning().plus(EVERY), EVERY), MasterFile::of_account(false));
    // The day of the files begins at seven in the morning.
    let long = Duration::from_secs(48 * 60 * 60);
    assert_eq!(masters.due(at("2026-11-21T06:59:59+09:00"), long), missing);
    assert_eq!(masters.due(at("2026-11-21T07:00:00+09:00"), long), MasterFile::of_account(false));
    // A clock that was ahead when they came does not keep them for ever.
    assert_eq!(masters.due(morning().minus(HOUR), EVERY), MasterFile::of_account(false));
}

#[test]
fn a_file_that_does_not_come_is_told_once_and_asked_for_again_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut masters = sampled(folder.path());
    let now = morning().plus(EVERY);
    assert!(masters.missed(MasterFile::Kospi, now));
    assert!(!masters.due(now, EVERY).contains(&MasterFile::Kospi));
    let later = now.plus(AGAIN_AFTER);
    assert!(masters.due(later, EVERY).contains(&MasterFile::Kospi));
    assert!(!masters.missed(MasterFile::Kospi, later), "people know");
    masters.take(MasterFile::Kospi, &zipped(KOSPI), later).unwrap();
    assert!(masters.missed(MasterFile::Kospi, later.plus(EVERY)), "it had come in between");
}

#[test]
fn base_prices_of_another_day_are_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut masters = sampled(folder.path());
    assert!(listed(&masters.known(morning()), "KRX:005930").base_price.is_some());
    let next = masters.known(at("2026-11-21T07:00:00+09:00"));
    assert_eq!(listed(&next, "KRX:005930").base_price, None);
}

#[test]
fn a_listing_begins_with_ours_and_says_whether_it_changed() {
    let folder = tempfile::tempdir().unwrap();
    let listing = Listing::new(folder.path().to_owned());
    let nextrade: InstrumentId = "NXT:005930".parse().unwrap();
    assert_eq!(listing.instrument(nextrade).map(|instrument| instrument.id), Some(nextrade));
    assert_eq!(listing.instrument("KRX:001440".parse().unwrap()), None);
    let mut masters = sampled(&folder.path().join("masters"));
    assert!(listing.learn(masters.known(morning())));
    assert_eq!(listing.instrument("KRX:001440".parse().unwrap()).map(|i| i.name_ko), Some("대한전선".into()));
    assert!(!listing.learn(masters.known(morning())));
    assert!(listing.instruments().iter().all(|instrument| instrument.id.venue != Venue::Nxt));
}
