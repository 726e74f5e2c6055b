//! Symbol master files: what can be traded, in fixed columns of bytes, Korean in CP949, each in a zip.
//!
//! Columns are cut from the bytes and decoded afterwards, never the other way round: a Korean letter is two bytes. A line
//! that is damaged is left out and counted; the rest of the file is used.

pub mod archive;
pub mod bond;
pub mod column;
mod cp949;
pub mod derivative;
pub mod index;
pub mod korean;
pub mod overseas;

pub use column::Listing;
