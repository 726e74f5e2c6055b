//! Symbol master files: a zip of lines in CP949.

use std::io::{Cursor, Write};

use encoding_rs::EUC_KR;

use super::listing::{Board, Listing};

/// The file of a name such as `kospi_code.mst.zip`, below `/masters/`.
pub fn file(name: &str, listings: &[Listing]) -> Option<Vec<u8>> {
    let inner = name.strip_suffix(".zip")?;
    let board = match inner {
        "kospi_code.mst" => Board::Kospi,
        "kosdaq_code.mst" => Board::Kosdaq,
        "nasmst.cod" => Board::Nasdaq,
        "nysmst.cod" => Board::Nyse,
        "amsmst.cod" => Board::Amex,
        "hksmst.cod" => Board::HongKong,
        "shsmst.cod" => Board::Shanghai,
        "szsmst.cod" => Board::Shenzhen,
        "tsemst.cod" => Board::Tokyo,
        "hnxmst.cod" => Board::Hanoi,
        "hsxmst.cod" => Board::HoChiMinh,
        "bond_code.mst" => Board::Bonds,
        "fo_idx_code_mts.mst" => Board::Derivatives,
        _ => return None,
    };
    let mut content = Vec::new();
    for listing in listings.iter().filter(|listing| listing.board == board) {
        content.extend(match board {
            Board::Kospi => korean(listing, include_bytes!("../data/kis/master_kospi_code.mst"), 227, 41, 22),
            Board::Kosdaq => korean(listing, include_bytes!("../data/kis/master_kosdaq_code.mst"), 221, 36, 18),
            Board::Bonds => bond(listing),
            Board::Derivatives => derivative(listing),
            _ => foreign(listing),
        });
        content.push(b'\n');
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file(inner, options).unwrap();
    zip.write_all(&content).unwrap();
    Some(zip.finish().unwrap().into_inner())
}

fn column(text: &str, width: usize) -> Vec<u8> {
    let (bytes, _, _) = EUC_KR.encode(text);
    let mut bytes = bytes.into_owned();
    bytes.resize(width, b' ');
    bytes
}

/// A line whose tail is that of the sample's first line, but for group, kind of fund, base price and halt.
fn korean(listing: &Listing, sample: &[u8], tail_length: usize, base: usize, etp: usize) -> Vec<u8> {
    let first = sample.split(|byte| *byte == b'\n').next().unwrap();
    let first = first.strip_suffix(b"\r").unwrap_or(first);
    let mut tail = first[first.len() - tail_length..].to_vec();
    tail[..2].copy_from_slice(if listing.is_fund { b"EF" } else { b"ST" });
    tail[etp] = if listing.is_fund { b'1' } else { b'0' };
    tail[base..base + 9].copy_from_slice(format!("{:0>9}", listing.base.trunc().to_string()).as_bytes());
    tail[base + 19] = if listing.halted { b'Y' } else { b'N' };
    let mut line = column(listing.symbol, 9);
    line.extend(column(listing.isin, 12));
    line.extend(column(listing.name, 40));
    line.extend(tail);
    line
}

/// A line as the sample's: class, ISIN, name, class of interest, dates of listing, issue and redemption.
fn bond(listing: &Listing) -> Vec<u8> {
    let (_, redeemed) = listing.bond.unwrap();
    let mut line = b"A0GA".to_vec();
    line.extend(column(listing.isin, 12));
    line.extend(column(listing.name, 40));
    line.extend(format!("132023031020230310{redeemed}").bytes());
    line
}

fn derivative(listing: &Listing) -> Vec<u8> {
    let moneyness = if listing.is_option() { "3" } else { "0" };
    let columns = [listing.kind, listing.symbol, listing.isin, listing.name, moneyness, "0", "1", "2001", "KOSPI200"];
    EUC_KR.encode(&columns.join("|")).0.into_owned()
}

fn foreign(listing: &Listing) -> Vec<u8> {
    let (_, product, exchange) = listing.board.notice();
    let (kind, group) = if listing.is_fund { ("3", "001") } else { ("2", "") };
    let (currency, lot) = (listing.board.currency(), listing.board.lot().to_string());
    let columns = [
        if listing.board.is_american() { "US" } else { &currency[..2] },
        product,
        listing.board.quotes(),
        exchange,
        listing.symbol,
        &listing.stream_key(),
        listing.name,
        listing.english,
        kind,
        currency,
        "4",
        "1",
        &format!("{:.4}", listing.base),
        &lot,
        &lot,
        "0930",
        "1600",
        "N",
        "",
        "370",
        "0",
        "1",
        group,
        "",
    ];
    EUC_KR.encode(&columns.join("\t")).0.into_owned()
}
