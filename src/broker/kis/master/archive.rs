//! The zip a master file comes in.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

/// Largest file after unpacking; the longest has about 20 megabytes.
const UNPACKED_MAX: u64 = 128 * 1024 * 1024;
/// Most bytes that come out of one; columns of blanks and zeros shrink to a tenth, a bomb to a thousandth.
const RATIO_MAX: u64 = 64;

/// An archive that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveFault {
    /// No zip, or a damaged one.
    #[error("a master file is not a sound zip")]
    Damaged,
    /// Without a file.
    #[error("a master file's zip is empty")]
    Empty,
    /// Larger than any master file.
    #[error("a master file is too large")]
    TooLarge,
}

/// The only file of an archive.
///
/// # Errors
/// When it is damaged, empty or too large.
pub fn only_file(bytes: &[u8]) -> Result<Vec<u8>, ArchiveFault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ArchiveFault::Damaged)?;
    if archive.is_empty() {
        return Err(ArchiveFault::Empty);
    }
    let file = archive.by_index(0).map_err(|_| ArchiveFault::Damaged)?;
    let mut unpacked = Vec::new();
    let most = UNPACKED_MAX.min(RATIO_MAX * bytes.len() as u64);
    // One byte more than allowed shows that there is too much, whatever the header says.
    file.take(most + 1).read_to_end(&mut unpacked).map_err(|_| ArchiveFault::Damaged)?;
    if unpacked.len() as u64 > most {
        return Err(ArchiveFault::TooLarge);
    }
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_file_comes_out_as_it_went_in() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file("kospi_code.mst", options).unwrap();
        zip.write_all(b"005930   KR7005930003").unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        assert_eq!(only_file(&bytes).unwrap(), b"005930   KR7005930003");
        for end in [0, 10, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(only_file(&bytes[..end]), Err(ArchiveFault::Damaged), "cut at {end}");
        }
        let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
        bomb.start_file("kospi_code.mst", options).unwrap();
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
        assert_eq!(only_file(&bomb.finish().unwrap().into_inner()), Err(ArchiveFault::TooLarge));
        let empty = zip::ZipWriter::new(Cursor::new(Vec::new())).finish().unwrap().into_inner();
        assert_eq!(only_file(&empty), Err(ArchiveFault::Empty));
    }
}
